//! Roles and how they look: read from a theme file. The only place where a role becomes a style; not what has a role.

use crate::agreement::Mark;
use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What a piece of the screen is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A frame.
    Frame,
    /// The frame that has the focus.
    FrameFocus,
    /// A title.
    Title,
    /// Something less important.
    Dim,
    /// The name of a key.
    Key,
    /// Something to find quickly.
    Accent,
    /// An agreed claim.
    Agree,
    /// A partly agreed claim.
    Partly,
    /// A claim in conflict.
    Conflict,
    /// A claim of one member.
    Only,
    /// A claim that is not compared yet.
    Pending,
    /// What is chosen.
    Selected,
    /// A fault.
    Error,
    /// Something to beware of.
    Warning,
    /// Something that went well.
    Good,
    /// A heading in an answer.
    Heading,
    /// Strong text in an answer.
    Strong,
    /// Emphasised text in an answer.
    Emphasis,
    /// Code in an answer.
    Code,
    /// A quotation in an answer.
    Quote,
    /// A list marker in an answer.
    Marker,
    /// A link in an answer.
    Link,
    /// The label of the scripted council.
    Demo,
}

impl Role {
    /// The role of a mark.
    pub fn of(mark: Mark) -> Self {
        match mark {
            Mark::Agree => Self::Agree,
            Mark::Partly => Self::Partly,
            Mark::Conflict => Self::Conflict,
            Mark::Only => Self::Only,
            Mark::Pending => Self::Pending,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the theme file")]
struct Look {
    fg: Option<String>,
    bg: Option<String>,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
    reverse: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    roles: BTreeMap<Role, Look>,
}

/// A theme.
#[derive(Clone, Debug, Default)]
pub struct Theme {
    styles: BTreeMap<Role, Style>,
    /// Draw with ASCII only.
    pub ascii: bool,
}

impl Theme {
    /// Reads a theme.
    ///
    /// # Errors
    /// One line that says what is wrong with the file.
    pub fn parse(text: &str, colours: bool, ascii: bool) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        let mut styles = BTreeMap::new();
        for (role, look) in file.roles {
            let mut style = Style::default();
            for (name, is_fg) in [(&look.fg, true), (&look.bg, false)] {
                let Some(name) = name.as_ref().filter(|_| colours) else { continue };
                let colour: Color = name.parse().map_err(|_| format!("no colour {name:?} ({role:?})"))?;
                style = if is_fg { style.fg(colour) } else { style.bg(colour) };
            }
            let modifiers = [
                (look.bold, Modifier::BOLD),
                (look.dim, Modifier::DIM),
                (look.italic, Modifier::ITALIC),
                (look.underline, Modifier::UNDERLINED),
                (look.reverse, Modifier::REVERSED),
            ];
            for (on, modifier) in modifiers {
                if on {
                    style = style.add_modifier(modifier);
                }
            }
            styles.insert(role, style);
        }
        Ok(Self { styles, ascii })
    }

    /// The built-in theme; without colours it keeps bold, underline and the rest.
    pub fn built_in(colours: bool, ascii: bool) -> Self {
        Self::parse(include_str!("../../themes/default.toml"), colours, ascii).unwrap_or_default()
    }

    /// How a role looks.
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(&role).copied().unwrap_or_default()
    }

    /// How a mark looks beside the text. The underline of a conflict is for its words alone.
    pub fn mark(&self, mark: Mark) -> Style {
        let mut style = self.style(Role::of(mark));
        style.add_modifier.remove(Modifier::UNDERLINED);
        style
    }

    /// A sign that has an ASCII stand-in.
    pub fn sign(&self, sign: &'static str, ascii: &'static str) -> &'static str {
        if self.ascii { ascii } else { sign }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_theme_has_every_role_and_paints_no_background() {
        let theme = Theme::parse(include_str!("../../themes/default.toml"), true, false).unwrap();
        assert_eq!(theme.styles.len(), 23, "a role is missing in themes/default.toml");
        assert!(theme.styles.values().all(|style| style.bg.is_none()));
    }

    #[test]
    fn without_colours_the_attributes_stay() {
        let style = Theme::built_in(false, false).style(Role::Conflict);
        assert_eq!(style.fg, None);
        assert!(style.add_modifier.contains(Modifier::UNDERLINED | Modifier::BOLD));
    }
}
