//! Recorded members of an experiment: from rows of files in any of the common shapes to takes by question and member.

use super::fault;
use super::items::{and_more, no_field, rows};
use crate::config::Fault;
use crate::config::experiment::{Names, Recording, Sheet};
use crate::core::{Usage, clean};
use crate::experiment::Item;
use crate::experiment::design::hash;
use crate::providers::recorded::{Recordings, Take};
use crate::store::rows::{self as store_rows, Row, Unread};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// What was read.
#[derive(Default)]
pub(super) struct Read {
    /// All takes.
    pub(super) all: Arc<Recordings>,
    /// A digest of them: with other answers it is another experiment.
    pub(super) digest: u64,
    /// Whether any of them says what it cost.
    pub(super) costs: bool,
}

/// Reads the recordings of an experiment.
pub(super) fn read(
    sheet: &Sheet,
    shown: &str,
    folder: &Path,
    items: &[Item],
    faults: &mut Vec<Fault>,
) -> Read {
    let mut read = Read::default();
    if items.is_empty() {
        return read;
    }
    // By id first; a question that stands there twice can't be told apart by its words.
    let by_id: HashMap<&str, usize> =
        items.iter().enumerate().map(|(at, item)| (item.id.as_str(), at)).collect();
    let mut by_words: HashMap<&str, usize> = HashMap::new();
    if !sheet.recorded.is_empty() {
        for (at, item) in items.iter().enumerate() {
            if let Some(first) = by_words.insert(&item.question, at) {
                let what = format!(
                    "questions {} and {} are the same words, so recorded answers can't be told apart; take one out",
                    clean::exact(&items[first].id),
                    clean::exact(&item.id)
                );
                faults.push(fault(shown, sheet.data.line("question"), "data.question", &what));
                return read;
            }
        }
    }
    let mut takes = Recordings::default();
    for recording in &sheet.recorded {
        one(sheet, recording, shown, folder, items, &by_id, &mut takes, &mut read, faults);
    }
    read.all = Arc::new(takes);
    read
}

#[expect(clippy::too_many_arguments, reason = "they are what one file is read with, and used here alone")]
fn one(
    sheet: &Sheet,
    recording: &Recording,
    shown: &str,
    folder: &Path,
    items: &[Item],
    by_id: &HashMap<&str, usize>,
    takes: &mut Recordings,
    read: &mut Read,
    faults: &mut Vec<Fault>,
) {
    let path = folder.join(&recording.file).display().to_string();
    let all = match rows(folder, &recording.file, recording.format.as_deref()) {
        Ok(all) => all,
        Err(Unread { line, message }) => return faults.push(fault(&path, line, "", &message)),
    };
    let id = recording.id.as_ref().or(sheet.data.id.as_ref());
    let has = |field: &str| all.iter().any(|row| row.get(field).is_some());
    let id = id.filter(|field| recording.id.is_some() || has(field));
    let words = recording.question.as_ref().unwrap_or(&sheet.data.question);
    // Where neither is there, rows stand in the order of the questions of the same file alone.
    let same_file = recording.file == sheet.data.file;
    if id.is_none() && !has(words) && !same_file {
        let what = format!(
            "{}: say id = or question =, the field that says which question a row answers",
            no_field(words, &all[0])
        );
        return faults.push(fault(shown, Some(recording.line), "recorded", &what));
    }
    if let Some(field) = id.filter(|field| !has(field)) {
        return faults.push(fault(shown, Some(recording.line), "recorded.id", &no_field(field, &all[0])));
    }
    let questions: HashMap<&str, usize> = match id {
        Some(_) => HashMap::new(),
        None => items.iter().enumerate().map(|(at, item)| (item.question.as_str(), at)).collect(),
    };
    let (mut found, mut odd, mut said): (usize, Option<(usize, String)>, usize) = (0, None, 0);
    let mut more = 0;
    for row in &all {
        let item = match id {
            Some(field) => row.text(field).and_then(|id| by_id.get(id.trim()).copied()),
            None if same_file && sheet.data.id.is_none() => by_id.get(row.line.to_string().as_str()).copied(),
            None => row.text(words).and_then(|words| {
                let asked = sheet.data.ask.as_ref().map(|ask| ask.replace("{question}", words.trim_end()));
                questions.get(asked.as_deref().unwrap_or(words.trim_end())).copied()
            }),
        };
        let Some(item) = item else { continue };
        found += 1;
        for (member, text, below) in texts(recording, row) {
            let take = match take(recording, row, below.as_deref(), text) {
                Ok(take) => take,
                Err(what) => {
                    more += usize::from(odd.is_some());
                    odd = odd.or(Some((row.line, what)));
                    continue;
                }
            };
            said += 1;
            read.costs |= take.usage.is_some_and(|usage| usage.cost.is_some());
            let sum =
                [read.digest, hash(&items[item].id), hash(&member), hash(&take.text), u64::from(take.round)];
            read.digest = crate::core::shuffle::mix(&sum);
            takes.add(&items[item].question, &member, take);
        }
    }
    if let Some((line, what)) = odd {
        faults.push(fault(&path, Some(line), "", &format!("{what}{}", and_more(more))));
    } else if found == 0 {
        let what = "holds no answer to any of the questions; check that id or question name the right fields";
        faults.push(fault(&path, None, "", what));
    } else if said == 0 {
        let what = match &recording.members {
            Names::Below(field) => no_field(field, &all[0]),
            Names::Fields(fields) => no_field(fields.first().map_or("", String::as_str), &all[0]),
            _ => no_field(recording.text.as_deref().unwrap_or("text"), &all[0]),
        };
        faults.push(fault(shown, Some(recording.line), "recorded", &what));
    } else if let Names::Fields(fields) = &recording.members
        && let Some(missing) = fields.iter().find(|field| !has(field))
    {
        faults.push(fault(shown, Some(recording.line), "recorded.members", &no_field(missing, &all[0])));
    }
}

/// Whose texts stand in a row: the member, the text, and the way to the member's own fields where it has any.
fn texts(recording: &Recording, row: &Row) -> Vec<(String, String, Option<String>)> {
    let below = |way: String, member: &str| {
        let field = match &recording.text {
            Some(text) => format!("{way}.{text}"),
            None => way.clone(),
        };
        row.text(&field).map(|text| (member.to_owned(), text, Some(way)))
    };
    match &recording.members {
        Names::One(member) => {
            let text = row.text(recording.text.as_deref().unwrap_or("text"));
            text.map(|text| (member.clone(), text, None)).into_iter().collect()
        }
        Names::Field(field) => {
            let member = row.text(field);
            let text = recording.text.as_deref().and_then(|field| row.text(field));
            member.zip(text).map(|(member, text)| (member, text, None)).into_iter().collect()
        }
        Names::Fields(fields) => fields.iter().filter_map(|member| below(member.clone(), member)).collect(),
        Names::Below(field) => {
            let members = row.names(field);
            members.iter().filter_map(|member| below(format!("{field}.{member}"), member)).collect()
        }
    }
}

/// An answer with what is known of it.
fn take(recording: &Recording, row: &Row, below: Option<&str>, text: String) -> Result<Take, String> {
    let number = |field: &Option<String>| -> Result<Option<f64>, String> {
        let Some(field) = field else { return Ok(None) };
        let own = below.and_then(|below| row.get(&format!("{below}.{field}")));
        let Some(value) = own.or_else(|| row.get(field)) else { return Ok(None) };
        let number =
            store_rows::text(value).and_then(|text| text.trim().trim_start_matches('$').parse::<f64>().ok());
        match number.filter(|number| number.is_finite() && *number >= 0.0) {
            Some(number) => Ok(Some(number)),
            None => {
                Err(format!("{field} is no number from 0; mend it, or leave the key out of [[recorded]]"))
            }
        }
    };
    let (input, output) = (number(&recording.input)?, number(&recording.output)?);
    let cost = number(&recording.cost)?;
    let ms = number(&recording.ms)?.or(number(&recording.seconds)?.map(|seconds| seconds * 1000.0));
    let round = number(&recording.round)?.unwrap_or(0.0);
    let counted = input.is_some() || output.is_some() || cost.is_some();
    let usage = counted.then(|| Usage {
        input: input.unwrap_or(0.0) as u64,
        output: output.unwrap_or(0.0) as u64,
        cost: cost.map(|dollars| (dollars * 1e9).round() as u64),
        ..Usage::default()
    });
    Ok(Take { round: round as u16, text, usage, ms: ms.map(|ms| ms.round() as u64) })
}
