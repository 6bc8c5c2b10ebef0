//! Prompt templates of the person's own: which there are, what may stand in them, and whether one can be used. Reading
//! them is [`super::load`]'s; what is filled in is [`crate::core::prompt`]'s.

use super::{Config, Fault};
use crate::core::Templates;
use std::path::{Path, PathBuf};

/// A template: its name, its fields, and the place it has among the templates.
struct Kind {
    name: &'static str,
    fields: &'static [&'static str],
    /// Without these a member would not know what it is about.
    needed: &'static [&'static str],
    place: fn(&mut Templates) -> &mut String,
}

const KINDS: [Kind; 17] = [
    Kind {
        name: "critique",
        fields: &["question", "own", "answers", "labels", "word"],
        needed: &["question", "answers"],
        place: |templates| &mut templates.critique,
    },
    Kind {
        name: "merge",
        fields: &["question", "answers", "labels", "claims", "how", "rulings", "chosen", "instruction"],
        needed: &["question", "answers"],
        place: |templates| &mut templates.merge,
    },
    Kind {
        name: "ballot",
        fields: &["question", "answers", "labels", "ballot", "scores"],
        needed: &["question", "answers"],
        place: |templates| &mut templates.ballot,
    },
    Kind {
        name: "repair",
        fields: &["fault", "labels", "ballot", "scores"],
        needed: &["fault", "labels"],
        place: |templates| &mut templates.repair,
    },
    Kind {
        name: "point",
        fields: &["question", "own", "point", "word"],
        needed: &["question", "point"],
        place: |templates| &mut templates.point,
    },
    Kind {
        name: "judge",
        fields: &["question", "pairs"],
        needed: &["question", "pairs"],
        place: |templates| &mut templates.judge,
    },
    Kind {
        name: "debate-anonymous-self",
        fields: &["question", "answers", "labels", "word"],
        needed: &["question", "answers"],
        place: |templates| &mut templates.debates.anonymous_self,
    },
    Kind {
        name: "debate-du",
        fields: &["question", "answers", "labels", "word"],
        needed: &["answers"],
        place: |templates| &mut templates.debates.du,
    },
    Kind {
        name: "debate-reconcile",
        fields: &["question", "groups", "word"],
        needed: &["question", "groups"],
        place: |templates| &mut templates.debates.reconcile,
    },
    Kind {
        name: "debate-chateval",
        fields: &["question", "own", "answers", "labels", "role", "word"],
        needed: &["question", "answers", "role"],
        place: |templates| &mut templates.debates.chateval,
    },
    Kind {
        name: "debate-free-mad",
        fields: &["question", "own", "answers", "labels", "word"],
        needed: &["question", "answers"],
        place: |templates| &mut templates.debates.free_mad,
    },
    Kind {
        name: "debate-reflect",
        fields: &["question", "own", "word"],
        needed: &["question", "own"],
        place: |templates| &mut templates.debates.reflect,
    },
    Kind { name: "roles", fields: &[], needed: &[], place: |templates| &mut templates.debates.roles },
    Kind {
        name: "aggregate",
        fields: &["answers", "labels"],
        needed: &["answers"],
        place: |templates| &mut templates.plans.aggregate,
    },
    Kind {
        name: "task",
        fields: &["question", "texts", "note", "task"],
        needed: &["question", "texts", "task"],
        place: |templates| &mut templates.plans.task,
    },
    Kind {
        name: "check",
        fields: &["question", "answers", "claims", "note", "task"],
        needed: &["question", "claims"],
        place: |templates| &mut templates.plans.check,
    },
    Kind {
        name: "triage",
        fields: &["question", "topics", "task"],
        needed: &["question"],
        place: |templates| &mut templates.plans.triage,
    },
];

/// The folder of the person's own templates, under the one for configuration.
pub fn folder(config_home: &Path) -> PathBuf {
    config_home.join("synod").join("prompts")
}

/// The files in it that synod looks for, with the texts that are built in.
pub fn built_in() -> [(&'static str, String); 17] {
    let mut templates = Templates::default();
    KINDS.map(|kind| (kind.name, std::mem::take((kind.place)(&mut templates))))
}

/// A template's text by its name.
pub fn text<'t>(templates: &'t Templates, name: &str) -> Option<&'t str> {
    match name {
        "critique" => Some(&templates.critique),
        "merge" => Some(&templates.merge),
        "ballot" => Some(&templates.ballot),
        "repair" => Some(&templates.repair),
        "point" => Some(&templates.point),
        "judge" => Some(&templates.judge),
        "debate-anonymous-self" => Some(&templates.debates.anonymous_self),
        "debate-du" => Some(&templates.debates.du),
        "debate-reconcile" => Some(&templates.debates.reconcile),
        "debate-chateval" => Some(&templates.debates.chateval),
        "debate-free-mad" => Some(&templates.debates.free_mad),
        "debate-reflect" => Some(&templates.debates.reflect),
        "roles" => Some(&templates.debates.roles),
        "aggregate" => Some(&templates.plans.aggregate),
        "task" => Some(&templates.plans.task),
        "check" => Some(&templates.plans.check),
        "triage" => Some(&templates.plans.triage),
        _ => None,
    }
}

/// The file of a template.
pub fn file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.md"))
}

/// Takes the text of one file over the one that is built in, or says why not.
pub(super) fn take(config: &mut Config, file: &Path, name: &str, bytes: &[u8]) {
    let Some(kind) = KINDS.iter().find(|kind| kind.name == name) else { return };
    match check(kind, bytes) {
        Ok(text) => {
            text.clone_into((kind.place)(&mut config.templates));
            config.own_prompts.push((kind.name, file.to_owned()));
        }
        Err((line, key, what)) => {
            let message = format!("{what}; allowed: {}; the built-in text is used", fields(kind));
            config.faults.push(Fault { line, key, ..Fault::of_file(file, message) });
        }
    }
}

/// The text of a template, or the line, the field and what is wrong.
fn check<'t>(kind: &Kind, bytes: &'t [u8]) -> Result<&'t str, (Option<usize>, String, String)> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let line = |at: usize| Some(bytes[..at].split(|byte| *byte == b'\n').count());
    let text = std::str::from_utf8(bytes)
        .map_err(|error| (line(error.valid_up_to()), String::new(), "is not UTF-8 text".to_owned()))?;
    if let Some((at, field)) = named(text).find(|(_, field)| !kind.fields.contains(field)) {
        return Err((line(at), format!("{{{field}}}"), "unknown field".to_owned()));
    }
    match kind.needed.iter().find(|needed| !named(text).any(|(_, field)| field == **needed)) {
        Some(needed) => Err((None, String::new(), format!("lacks {{{needed}}}"))),
        None => Ok(text),
    }
}

fn fields(kind: &Kind) -> String {
    if kind.fields.is_empty() {
        return "none".to_owned();
    }
    kind.fields.iter().map(|field| format!("{{{field}}}")).collect::<Vec<_>>().join(", ")
}

/// The fields in a text: a word in braces. Other braces, as in JSON, are text.
fn named(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices('{').filter_map(|(at, _)| {
        let rest = &text[at + 1..];
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let end = rest.find(|c| !plain(c)).unwrap_or(rest.len());
        (end > 0 && rest[end..].starts_with('}')).then(|| (at, &rest[..end]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(name: &str, text: &str) -> (Config, Vec<String>) {
        let mut config = Config::default();
        take(&mut config, Path::new("p.md"), name, text.as_bytes());
        let lines = config.warnings();
        (config, lines)
    }

    #[test]
    fn those_built_in_are_all_right() {
        for (name, text) in built_in() {
            let (config, lines) = taken(name, &text);
            assert_eq!((lines, config.own_prompts.len()), (vec![], 1), "{name}");
            assert_eq!(config.templates, Templates::default());
        }
    }

    #[test]
    fn one_that_can_be_used_is() {
        let (config, lines) = taken("merge", "{question}\n{\"json\": {}}\n{ spaced } {answers}");
        assert_eq!(lines, Vec::<String>::new());
        assert_eq!(config.templates.merge, "{question}\n{\"json\": {}}\n{ spaced } {answers}");
        assert_eq!(config.templates.ballot, Templates::default().ballot);
    }

    #[test]
    fn one_that_can_not_is_a_line_and_the_built_in_one_stays() {
        for (name, text, line) in [
            (
                "merge",
                "{question}\n{answer}",
                "p.md:2 {answer}: unknown field; allowed: {question}, {answers}, {labels}, {claims}, {how}, {rulings}, {chosen}, {instruction}; the built-in text is used",
            ),
            (
                "ballot",
                "{question} {own} {answers}",
                "p.md:1 {own}: unknown field; allowed: {question}, {answers}, {labels}, {ballot}, {scores}; the built-in text is used",
            ),
            (
                "critique",
                "{question}",
                "p.md: lacks {answers}; allowed: {question}, {own}, {answers}, {labels}, {word}; the built-in text is used",
            ),
            (
                "merge",
                "{answers}",
                "p.md: lacks {question}; allowed: {question}, {answers}, {labels}, {claims}, {how}, {rulings}, {chosen}, {instruction}; the built-in text is used",
            ),
        ] {
            let (config, lines) = taken(name, text);
            assert_eq!((lines, config.own_prompts.len()), (vec![line.to_owned()], 0));
            assert_eq!(config.templates, Templates::default());
        }
        let mut config = Config::default();
        take(&mut config, Path::new("p.md"), "merge", b"{question}\n{answers}\n\xff");
        assert!(config.warnings()[0].starts_with("p.md:3: is not UTF-8 text; "), "{:?}", config.faults);
    }
}
