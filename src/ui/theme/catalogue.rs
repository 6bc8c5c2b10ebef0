//! All themes by name: those that come with synod, and the person's own over them. It knows how themes inherit and what
//! stands in for what is wrong; it reads no files.

use super::file::{self, Base, Look, Sheet};
use super::{Looks, Role, Theme};
use crate::core::{clean, nearest};
use std::collections::BTreeMap;

/// The theme that is there without a choice, and that stands in for what is missing or wrong.
pub const DEFAULT: &str = "default";

/// The themes that come with synod.
pub const BUILT_IN: [(&str, &str); 6] = [
    (DEFAULT, include_str!("../../../themes/default.toml")),
    ("dark", include_str!("../../../themes/dark.toml")),
    ("light", include_str!("../../../themes/light.toml")),
    ("high-contrast", include_str!("../../../themes/high-contrast.toml")),
    ("colour-blind", include_str!("../../../themes/colour-blind.toml")),
    ("mono", include_str!("../../../themes/mono.toml")),
];

/// A theme of the person's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// Its name: that of the file without its ending.
    pub name: String,
    /// The file, as messages call it.
    pub file: String,
    /// What is in it.
    pub text: String,
}

/// All themes.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    own: Vec<Own>,
}

/// Where a theme comes from.
#[derive(Clone, Copy)]
struct Origin<'a> {
    file: &'a str,
    text: &'a str,
    own: bool,
}

/// A theme put together from its file and those that it inherits from.
#[derive(Default)]
struct Resolved {
    base: Base,
    roles: BTreeMap<Role, Look>,
}

impl Catalogue {
    /// The built-in themes and the person's own. One of the same name goes over a built-in one, and may inherit from it.
    pub fn new(own: Vec<Own>) -> Self {
        Self { own }
    }

    /// Every name once: the built-in ones first.
    pub fn names(&self) -> Vec<&str> {
        let built_in = BUILT_IN.iter().map(|(name, _)| *name);
        let own = self.own.iter().map(|own| own.name.as_str());
        let own = own.filter(|name| !BUILT_IN.iter().any(|(known, _)| known == name));
        built_in.chain(own).collect()
    }

    /// Whether there is a theme of this name.
    ///
    /// # Errors
    /// One line with the names there are.
    pub fn check(&self, name: &str) -> Result<(), String> {
        if self.names().contains(&name) { Ok(()) } else { Err(self.unknown(name)) }
    }

    /// A theme, and one line for each thing that is wrong with it; the default stands in for that.
    ///
    /// # Errors
    /// One line with the names there are, when there is no theme of this name.
    pub fn load(&self, name: &str, looks: Looks) -> Result<(Theme, Vec<String>), String> {
        let origin = self.own(name).or_else(|| built_in(name)).ok_or_else(|| self.unknown(name))?;
        let mut faults = Vec::new();
        let resolved = self.resolve(name, origin, &mut Vec::new(), &mut faults);
        Ok((Theme::of(resolved.base, &resolved.roles, looks), faults))
    }

    /// The line for a name that no theme has.
    fn unknown(&self, name: &str) -> String {
        let names = self.names();
        let near = nearest(name, &names).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        let line = format!("no theme \"{name}\"; there are {}{near}", names.join(", "));
        clean::exact(&line)
    }

    fn own(&self, name: &str) -> Option<Origin<'_>> {
        let own = self.own.iter().find(|own| own.name == name)?;
        Some(Origin { file: &own.file, text: &own.text, own: true })
    }

    /// Puts a theme together. `above` are the person's own themes on the way here.
    fn resolve<'a>(
        &'a self,
        name: &str,
        origin: Origin<'a>,
        above: &mut Vec<String>,
        faults: &mut Vec<String>,
    ) -> Resolved {
        let (sheet, found) = file::read(origin.file, origin.text);
        faults.extend(found);
        if origin.own {
            above.push(name.to_owned());
        }
        let below = match self.parent(&sheet, above) {
            Ok(Some((name, parent))) => self.resolve(name, parent, above, faults),
            // What everything rests on has nothing below it.
            Ok(None) if !origin.own && name == DEFAULT => Resolved::default(),
            other => {
                if let Err((line, what)) = other {
                    faults.push(clean::exact(&format!("{}:{line}: inherits: {what}", origin.file)));
                }
                self.ground(faults)
            }
        };
        let mut roles = below.roles;
        roles.extend(sheet.roles);
        Resolved { base: sheet.base.unwrap_or(below.base), roles }
    }

    /// The default theme as it comes with synod.
    fn ground(&self, faults: &mut Vec<String>) -> Resolved {
        let (file, text) = BUILT_IN[0];
        self.resolve(file, Origin { file, text, own: false }, &mut Vec::new(), faults)
    }

    /// The theme that a file inherits from: the person's own, unless it is on the way here already.
    fn parent<'a>(
        &'a self,
        sheet: &'a Sheet,
        above: &[String],
    ) -> Result<Option<(&'a str, Origin<'a>)>, (usize, String)> {
        let Some((name, line)) = &sheet.inherits else { return Ok(None) };
        let seen = above.contains(name);
        let own = self.own(name).filter(|_| !seen);
        match own.or_else(|| built_in(name)) {
            Some(origin) => Ok(Some((name, origin))),
            None if seen => {
                Err((*line, format!("\"{name}\" inherits from this theme, so it goes in a circle")))
            }
            None => Err((*line, self.unknown(name))),
        }
    }
}

fn built_in(name: &str) -> Option<Origin<'static>> {
    let (file, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
    Some(Origin { file, text, own: false })
}
