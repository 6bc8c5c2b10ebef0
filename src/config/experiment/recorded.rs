//! `[[recorded]]`: where answers that somebody has stand in files of any of the common shapes. Reading those files is not done
//! here.

use super::{format, needed};
use crate::config::faults::{Faults, Section, text};
use toml::de::DeValue;

/// Answers in a file.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The file, from the folder of the experiment's.
    pub file: String,
    /// How it is written, by name; none where its ending says it.
    pub format: Option<String>,
    /// The field with the question's id; none is that of the data.
    pub id: Option<String>,
    /// The field with the question itself, where there is no id.
    pub question: Option<String>,
    /// Whose answers stand in it.
    pub members: Names,
    /// The field with the text: of the row, or below the member's own field.
    pub text: Option<String>,
    /// The field with the round of a debate, from 0.
    pub round: Option<String>,
    /// The fields with tokens read and written.
    pub input: Option<String>,
    /// Tokens written.
    pub output: Option<String>,
    /// The field with the cost in US dollars.
    pub cost: Option<String>,
    /// The field with how long it took, in milliseconds.
    pub ms: Option<String>,
    /// The same in seconds.
    pub seconds: Option<String>,
    /// Its line.
    pub line: usize,
}

/// Whose answers stand in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Names {
    /// One member's, in all rows.
    One(String),
    /// That of the member which a field of the row names.
    Field(String),
    /// A field of the row for each of these members.
    Fields(Vec<String>),
    /// A field below this one for each member.
    Below(String),
}

const ALLOWED: &str = "tables such as [[recorded]] with file = \"answers.jsonl\" and member = \"name\"";

/// Reads all of them.
pub(super) fn read(root: &Section<'_>, faults: &mut Faults<'_>) -> Vec<Recording> {
    let Some(item) = root.get("recorded") else { return Vec::new() };
    let Some(list) = item.list() else {
        faults.add(&item.at, "recorded", &format!("{}; allowed: {ALLOWED}", item.is()));
        return Vec::new();
    };
    let mut all = Vec::with_capacity(list.len());
    for item in list {
        all.extend(item.section(faults, ALLOWED).and_then(|section| one(&section, faults)));
    }
    all
}

fn one(section: &Section<'_>, faults: &mut Faults<'_>) -> Option<Recording> {
    let keys = [
        "cost",
        "file",
        "format",
        "id",
        "input",
        "member",
        "member_field",
        "members",
        "ms",
        "output",
        "question",
        "round",
        "seconds",
        "text",
    ];
    section.only(faults, &keys);
    let file = needed(section, faults, "file", "a file such as \"answers.jsonl\"");
    let format = format(section, faults);
    let mut field =
        |key: &str| section.read(faults, key, "the name of a field", text).map(|name| name.trim().to_owned());
    let (id, question, of_text, round) = (field("id"), field("question"), field("text"), field("round"));
    let (input, output, cost) = (field("input"), field("output"), field("cost"));
    let (ms, seconds) = (field("ms"), field("seconds"));
    let members = names(section, faults);
    Some(Recording {
        file: file?,
        format,
        id,
        question,
        members: members?,
        text: of_text,
        round,
        input,
        output,
        cost,
        ms,
        seconds,
        line: faults.line(section.at.start),
    })
}

fn names(section: &Section<'_>, faults: &mut Faults<'_>) -> Option<Names> {
    const ONE: &str =
        "member = \"NAME\", member_field = \"FIELD\", members = [\"FIELD\", ..] or members = \"FIELD\"";
    let there: Vec<&str> =
        ["member", "member_field", "members"].into_iter().filter(|key| section.get(key).is_some()).collect();
    if there.len() != 1 {
        let what = match there.len() {
            0 => format!("does not say whose answers these are; add one of {ONE}"),
            _ => format!("says in several ways whose answers these are; keep one of {ONE}"),
        };
        faults.add(&section.at, &section.path, &what);
        return None;
    }
    let one = |faults: &mut Faults<'_>, key: &str| {
        section.read(faults, key, "a text", text).map(|it| it.trim().to_owned())
    };
    match there.first() {
        Some(&"member") => one(faults, "member").map(Names::One),
        Some(&"member_field") => {
            if section.get("text").is_none() {
                let path = format!("{}.text", section.path);
                faults.add(&section.at, &path, "is missing; name the field that holds the answer");
                return None;
            }
            one(faults, "member_field").map(Names::Field)
        }
        _ => {
            let item = section.get("members")?;
            match item.value {
                DeValue::Array(list) if !list.is_empty() => {
                    let names: Option<Vec<String>> = list
                        .iter()
                        .map(|entry| text(entry.get_ref()).map(|it| it.trim().to_owned()))
                        .collect();
                    if names.is_none() {
                        faults.add(
                            &item.at,
                            &item.path,
                            "holds what is no text; allowed: names of fields, one a member",
                        );
                    }
                    names.map(Names::Fields)
                }
                DeValue::String(_) => one(faults, "members").map(Names::Below),
                _ => {
                    let what = format!("{}; allowed: {ONE}", item.is());
                    faults.add(&item.at, &item.path, &what);
                    None
                }
            }
        }
    }
}
