//! Which theme the workbench is drawn with, by the command line, the configuration and the person's theme files. It gives
//! no role a look.

use super::UsageError;
use crate::config::Config;
use crate::config::load::{self, Env, ThemeFile};
use crate::core::clean;
use crate::ui::theme::{Catalogue, DEFAULT, Looks, Own, Theme};

/// The themes there are, and which of them was chosen.
pub struct Themes {
    /// All of them.
    pub catalogue: Catalogue,
    /// The name of the one to begin with.
    pub chosen: String,
    /// One line for each thing that was wrong on the way.
    pub warnings: Vec<String>,
}

impl Themes {
    /// Reads the person's themes and chooses: what the command line says, else the configuration, else the default.
    ///
    /// # Errors
    /// [`UsageError`] when the command line names a theme that does not exist.
    pub fn find(wanted: Option<&str>, config: &Config, env: &Env) -> Result<Self, UsageError> {
        let (files, mut warnings) = load::themes(env);
        for line in &mut warnings {
            *line = clean::exact(line);
        }
        let own =
            |file: ThemeFile| Own { name: file.name, file: file.path.display().to_string(), text: file.text };
        let catalogue = Catalogue::new(files.into_iter().map(own).collect());
        let chosen = match (wanted, &config.theme) {
            (Some(name), _) => {
                catalogue.check(name).map_err(UsageError)?;
                name
            }
            (None, Some(name)) => match catalogue.check(name) {
                Ok(()) => name,
                Err(why) => {
                    let file = config.file.as_ref().map(|file| format!("{}: ", file.display()));
                    let line = format!("{}theme: {why}; the default stands in", file.unwrap_or_default());
                    warnings.push(clean::exact(&line));
                    DEFAULT
                }
            },
            (None, None) => DEFAULT,
        };
        Ok(Self { chosen: chosen.to_owned(), catalogue, warnings })
    }

    /// One line for each thing that is wrong with a theme of the person's own, chosen or not, and with the choice.
    pub fn faults(config: &Config, env: &Env) -> Vec<String> {
        let Ok(themes) = Self::find(None, config, env) else { return Vec::new() };
        let mut lines = themes.warnings;
        for name in themes.catalogue.names() {
            let (_, faults) = themes.catalogue.load(name, Looks::default()).unwrap_or_default();
            // What two themes inherit is wrong once.
            lines.extend(faults.into_iter().filter(|line| !lines.contains(line)).collect::<Vec<_>>());
        }
        lines
    }

    /// The theme that was chosen, and one line for each thing that was wrong, its file's faults among them.
    pub fn theme(&self, looks: Looks) -> (Theme, Vec<String>) {
        let (theme, faults) = self.catalogue.load(&self.chosen, looks).unwrap_or_default();
        (theme, [self.warnings.clone(), faults].concat())
    }
}
