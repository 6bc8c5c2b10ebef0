//! Roles and how they look. The only place where a role becomes a style; not what has a role, nor where theme files are.

mod catalogue;
mod colour;
mod depth;
mod file;

pub use catalogue::{BUILT_IN, Catalogue, DEFAULT, Own};
pub use depth::Depth;

use crate::agreement::Mark;
use file::{Base, Look};
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};
use std::collections::BTreeMap;

/// The roles, each with its name in theme files.
macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident = $name:literal,)*) => {
        /// What a piece of the screen is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Role {
            $($(#[$doc])* $role,)*
        }

        impl Role {
            /// Every role and its name in theme files.
            pub const ALL: &'static [(Self, &'static str)] = &[$((Self::$role, $name),)*];
        }
    };
}

roles! {
    /// A frame, and lines that part one thing from another.
    Frame = "frame",
    /// The line between the marks and an answer. It parts nothing that blanks don't part too.
    Gutter = "gutter",
    /// The frame that has the focus.
    FrameFocus = "frame_focus",
    /// A title.
    Title = "title",
    /// Something less important.
    Dim = "dim",
    /// The name of a key.
    Key = "key",
    /// Something to find quickly.
    Accent = "accent",
    /// An agreed claim.
    Agree = "agree",
    /// A partly agreed claim.
    Partly = "partly",
    /// A claim in conflict.
    Conflict = "conflict",
    /// A claim of one member.
    Only = "only",
    /// A claim that is not compared yet.
    Pending = "pending",
    /// What is chosen.
    Selected = "selected",
    /// A fault.
    Error = "error",
    /// Something to beware of.
    Warning = "warning",
    /// Something that went well.
    Good = "good",
    /// A heading in an answer.
    Heading = "heading",
    /// Strong text in an answer.
    Strong = "strong",
    /// Emphasised text in an answer.
    Emphasis = "emphasis",
    /// Code in an answer.
    Code = "code",
    /// A quotation in an answer.
    Quote = "quote",
    /// A list marker in an answer.
    Marker = "marker",
    /// A link in an answer.
    Link = "link",
    /// The label of the scripted council.
    Demo = "demo",
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

    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(role, _)| *role)
    }
}

/// What the terminal can show, and what the person wants of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looks {
    /// How many colours.
    pub depth: Depth,
    /// Draw with ASCII only.
    pub ascii: bool,
}

/// A theme.
#[derive(Clone, Debug, Default)]
pub struct Theme {
    base: Style,
    styles: BTreeMap<Role, Style>,
    /// Draw with ASCII only.
    pub ascii: bool,
}

impl Theme {
    fn of(base: Base, roles: &BTreeMap<Role, Look>, looks: Looks) -> Self {
        let depth = looks.depth;
        let (text, ground) = match base {
            Base::Terminal => (None, None),
            Base::Painted { text, background } => {
                (Some(text), depth.ground(background).map(|shown| (background, shown)))
            }
        };
        let style = |role: Role, look: &Look| {
            let own = look.bg.and_then(|bg| Some((bg, depth.background(bg)?)));
            let fg = look.fg.or(text.filter(|_| look.bg.is_some()));
            let mut style = Style {
                fg: fg.and_then(|fg| depth.text(fg, own.or(ground))).map(Color::Indexed),
                bg: own.map(|(_, shown)| Color::Indexed(shown)),
                add_modifier: look.attributes,
                ..Style::default()
            };
            // Without colours a background of its own becomes the other way round, and what is chosen always shows.
            let painted = depth == Depth::None && look.bg.is_some();
            if painted || (role == Role::Selected && style.bg.is_none() && style.add_modifier.is_empty()) {
                style.add_modifier |= Modifier::REVERSED;
            }
            style
        };
        let styles = roles.iter().map(|(role, look)| (*role, style(*role, look))).collect();
        let base = Style {
            fg: text.and_then(|text| depth.text(text, ground)).map(Color::Indexed),
            bg: ground.map(|(_, shown)| Color::Indexed(shown)),
            ..Style::default()
        };
        Self { base, styles, ascii: looks.ascii }
    }

    /// The default theme; without colours it keeps bold, underline and the rest.
    pub fn built_in(colours: bool, ascii: bool) -> Self {
        let depth = if colours { Depth::Palette } else { Depth::None };
        let looks = Looks { depth, ascii };
        Catalogue::default().load(DEFAULT, looks).map(|(theme, _)| theme).unwrap_or_default()
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

    /// What lies under everything: text and background, where the theme has its own.
    pub fn base(&self) -> Style {
        self.base
    }

    /// Gives everything that was drawn without a colour the theme's text and background.
    pub fn paint(&self, buffer: &mut Buffer) {
        let (Some(text), Some(background)) = (self.base.fg, self.base.bg) else { return };
        for cell in &mut buffer.content {
            if cell.fg == Color::Reset {
                cell.fg = text;
            }
            if cell.bg == Color::Reset {
                cell.bg = background;
            }
        }
    }

    /// A sign that has an ASCII stand-in.
    pub fn sign(&self, sign: &'static str, ascii: &'static str) -> &'static str {
        if self.ascii { ascii } else { sign }
    }
}
