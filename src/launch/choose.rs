//! Who is asked. It chooses among what is configured and asks nobody.

use super::UsageError;
use crate::cli::Common;
use crate::config::Config;
use crate::core::Council;
use crate::providers::scripted;

/// Who is asked: what the command line names, else what the configuration says, else a preset for the first key found.
/// The second value tells whether it is such a preset.
///
/// # Errors
/// [`UsageError`] when a council or provider that was named does not exist.
pub fn choose(common: &Common, config: &Config) -> Result<(Option<Council>, bool), UsageError> {
    if common.demo {
        return Ok((Some(scripted::council()), false));
    }
    if !common.models.is_empty() {
        for model in &common.models {
            if !config.providers.contains_key(&model.provider) {
                let names = config.providers.keys().map(String::as_str);
                return Err(unknown("provider", &model.provider, names, "add it to the configuration"));
            }
        }
        return Ok((Some(config.council_of("models", &common.models)), false));
    }
    if let Some(name) = &common.council {
        let names = config.councils.keys().map(String::as_str);
        let found = config.councils.get(name).cloned();
        return found
            .map(|council| (Some(council), false))
            .ok_or_else(|| unknown("council", name, names, "add it to the configuration"));
    }
    let named = config.council.as_ref().and_then(|name| config.councils.get(name));
    let only = config.councils.values().next().filter(|_| config.councils.len() == 1);
    Ok(match named.or(only) {
        Some(council) => (Some(council.clone()), false),
        None => (config.preset_council(), true),
    })
}

/// Says that there is nothing of this name, and which name is nearest.
pub(crate) fn unknown<'a>(
    what: &str,
    name: &str,
    names: impl Iterator<Item = &'a str>,
    hint: &str,
) -> UsageError {
    let names: Vec<&str> = names.collect();
    let near = names.iter().min_by_key(|known| strsim::damerau_levenshtein(known, name));
    let near = near.filter(|known| strsim::damerau_levenshtein(known, name) <= 2);
    let name = crate::core::clean::exact(name);
    UsageError(match (names.is_empty(), near) {
        (true, _) => format!("no {what} \"{name}\", and none is configured: {hint}"),
        (false, Some(near)) => format!("no {what} \"{name}\": did you mean {near}?"),
        (false, None) => format!("no {what} \"{name}\"; there are {}: or {hint}", names.join(", ")),
    })
}
