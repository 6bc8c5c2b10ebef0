//! The questions of an experiment: from rows of a file to what is asked, and what is wrong with them, each kind of fault once.

use super::fault;
use crate::config::Fault;
use crate::config::experiment::Sheet;
use crate::core::shuffle::{mix, shuffle};
use crate::core::{clean, nearest};
use crate::experiment::{Design, Item};
use crate::store::rows::{self, Format, Row, Unread};
use std::collections::HashMap;
use std::path::Path;

/// The largest question, in bytes: more than that is no question.
const LARGEST: usize = 1 << 20;

/// Reads a file of rows.
pub(super) fn rows(folder: &Path, file: &str, format: Option<&str>) -> Result<Vec<Row>, Unread> {
    let path = folder.join(file);
    let named = format.and_then(|name| Format::ALL.iter().find(|(known, _)| *known == name));
    let format = named.map(|(_, format)| *format).or_else(|| Format::of_name(&path));
    let Some(format) = format else {
        let message =
            "has an ending that says no format; add format = \"jsonl\", json, columns, csv or tsv".to_owned();
        return Err(Unread { line: None, message });
    };
    rows::read(&path, format)
}

/// What is said of a field that no row has.
pub(super) fn no_field(field: &str, row: &Row) -> String {
    let (way, names) = match field.rsplit_once('.') {
        Some((way, _)) if !row.names(way).is_empty() => (format!("{way}."), row.names(way)),
        _ => (String::new(), row.names("")),
    };
    let last = field.rsplit('.').next().unwrap_or(field);
    let near = nearest(last, &names).map(|near| format!("; did you mean {way}{near}?")).unwrap_or_default();
    let there: Vec<String> = names.iter().take(12).map(|name| clean::exact(name)).collect();
    let more = if names.len() > 12 { ", …" } else { "" };
    format!("no row has the field {}; there are {}{more}{near}", clean::exact(field), there.join(", "))
}

/// Reads the questions.
pub(super) fn read(sheet: &Sheet, shown: &str, folder: &Path, faults: &mut Vec<Fault>) -> Vec<Item> {
    let data = &sheet.data;
    let path = folder.join(&data.file).display().to_string();
    let all = match rows(folder, &data.file, data.format.as_deref()) {
        Ok(all) => all,
        Err(Unread { line, message }) => {
            faults.push(fault(&path, line, "", &message));
            return Vec::new();
        }
    };
    let fields = [
        ("id", data.id.as_deref()),
        ("question", Some(data.question.as_str())),
        ("answer", data.answer.as_deref()),
        ("choices", data.choices.as_deref()),
        ("topic", data.topic.as_deref()),
    ];
    let before = faults.len();
    for (key, field) in fields {
        let Some(field) = field else { continue };
        // What is there and empty has a line of its own below.
        if !all.iter().any(|row| row.has(field)) {
            faults.push(fault(shown, data.line(key), &format!("data.{key}"), &no_field(field, &all[0])));
        }
    }
    if faults.len() > before {
        return Vec::new();
    }
    let mut items = Vec::with_capacity(all.len());
    let mut lines: HashMap<String, usize> = HashMap::with_capacity(all.len());
    let mut kinds: Vec<(&str, usize, String, usize)> = Vec::new();
    let mut wrong =
        |kind: &'static str, line: usize, what: String| match kinds.iter_mut().find(|it| it.0 == kind) {
            Some(known) => known.3 += 1,
            None => kinds.push((kind, line, what, 0)),
        };
    for row in &all {
        let question = row.text(&data.question);
        let Some(question) = question.filter(|text| text.len() <= LARGEST) else {
            let what = if row.get(&data.question).is_some() {
                "is no text of at most 1 MiB"
            } else {
                "is missing or empty"
            };
            wrong("question", row.line, format!("{} {what}; mend the row or take it out", data.question));
            continue;
        };
        let id = match &data.id {
            None => row.line.to_string(),
            Some(field) => {
                if let Some(id) = row.text(field) {
                    id.trim().to_owned()
                } else {
                    wrong(
                        "id",
                        row.line,
                        format!("{field} is missing or empty; give the row one, or leave data.id out"),
                    );
                    continue;
                }
            }
        };
        if let Some(first) = lines.insert(id.clone(), row.line) {
            let what = format!(
                "the id {} stands in line {first} too; give each question one of its own",
                clean::exact(&id)
            );
            wrong("twice", row.line, what);
        }
        let choices = match data.choices.as_deref().map(|field| choices(row, field)) {
            None => Vec::new(),
            Some(Some(choices)) => choices,
            Some(None) => {
                let what = "has no choices; write them as a list, as an object by letters, or with | between";
                wrong("choices", row.line, what.to_owned());
                Vec::new()
            }
        };
        let question = Item::asked(&question, &choices);
        let question = match &data.ask {
            Some(ask) => ask.replace("{question}", &question),
            None => question,
        };
        let text = |field: &Option<String>| field.as_ref().and_then(|field| row.text(field));
        let topic = text(&data.topic).as_deref().and_then(crate::core::grade::topic);
        let mut right = right(row, data.answer.as_deref())
            .into_iter()
            .map(|right| labelled(row, data.choices.as_deref(), &right).unwrap_or(right));
        items.push(Item { id, question, answer: right.next(), or: right.collect(), choices, topic });
    }
    for (_, line, what, more) in kinds {
        faults.push(fault(&path, Some(line), "", &format!("{what}{}", and_more(more))));
    }
    sampled(items, sheet)
}

pub(super) fn and_more(more: usize) -> String {
    match more {
        0 => String::new(),
        1 => " (and 1 more)".to_owned(),
        more => format!(" (and {more} more)"),
    }
}

/// What is right: a text, or a list of which each is right.
fn right(row: &Row, field: Option<&str>) -> Vec<String> {
    let Some(value) = field.and_then(|field| row.get(field)) else { return Vec::new() };
    match value.as_array() {
        Some(all) => all.iter().filter_map(rows::text).collect(),
        None => rows::text(value).into_iter().collect(),
    }
}

/// The letter of a choice that is meant by a label of its own, as in ARC, where some labels are numbers from 1.
fn labelled(row: &Row, choices: Option<&str>, right: &str) -> Option<String> {
    let labels = row.get(choices?)?.get("label")?.as_array()?;
    let place = labels.iter().position(|label| rows::text(label).as_deref() == Some(right.trim()))?;
    Item::letter(place).map(String::from)
}

/// What there is to choose from: a list, an object by letters, or a text with bars.
fn choices(row: &Row, field: &str) -> Option<Vec<String>> {
    let value = row.get(field)?;
    let all: Vec<String> = if let Some(list) = value.as_array() {
        list.iter().filter_map(rows::text).collect()
    } else if let Some(by_letter) = value.as_object() {
        // The shape of ARC: { text: [..], label: [..] }.
        if let Some(texts) = by_letter.get("text").and_then(|texts| texts.as_array()) {
            texts.iter().filter_map(rows::text).collect()
        } else {
            let mut pairs: Vec<(&String, String)> =
                by_letter.iter().filter_map(|(letter, text)| Some((letter, rows::text(text)?))).collect();
            pairs.sort_by(|one, other| one.0.cmp(other.0));
            pairs.into_iter().map(|(_, text)| text).collect()
        }
    } else {
        value.as_str()?.split('|').map(|text| text.trim().to_owned()).collect()
    };
    let all: Vec<String> = all.into_iter().filter(|text| !text.trim().is_empty()).collect();
    (2..=26).contains(&all.len()).then_some(all)
}

/// So many of the questions as the file says, drawn from the seed, in their order.
fn sampled(items: Vec<Item>, sheet: &Sheet) -> Vec<Item> {
    let Some(many) = sheet.data.sample.filter(|many| *many < items.len()) else { return items };
    let mut places: Vec<usize> = (0..items.len()).collect();
    shuffle(&mut places, mix(&[sheet.seed, 0x7361_6d70]));
    places.truncate(many);
    places.sort_unstable();
    let mut places = places.into_iter().peekable();
    let drawn = items.into_iter().enumerate().filter(|(at, _)| places.next_if_eq(at).is_some());
    drawn.map(|(_, item)| item).collect()
}

/// Notes what can't be graded.
pub(super) fn check(design: &Design, sheet: &Sheet, shown: &str, faults: &mut Vec<Fault>) {
    let graded = !matches!(design.grader, crate::experiment::Grader::None);
    if graded && sheet.data.answer.is_none() && !matches!(design.grader, crate::experiment::Grader::Regex(_))
    {
        let what = format!(
            "is missing; {} grades by it: name the field that holds what is right",
            design.grader.name()
        );
        faults.push(fault(shown, sheet.data.line("answer"), "data.answer", &what));
        return;
    }
    let misfits: Vec<(&Item, String)> =
        design.items.iter().filter_map(|item| Some((item, design.grader.misfit(item)?))).collect();
    if let Some((item, what)) = misfits.first() {
        let more = and_more(misfits.len() - 1);
        let line =
            format!("question {} {what} (grader {}){more}", clean::exact(&item.id), design.grader.name());
        faults.push(fault(shown, sheet.data.line("answer"), "data.answer", &line));
    }
}
