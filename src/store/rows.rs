//! Files of data: JSON lines, a JSON array, JSON columns, or comma-separated values, as rows of JSON with the lines they stand
//! in. What the fields of a row mean is the caller's.

use serde_json::{Map, Value};
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _};
use std::path::Path;

/// More rows than this are no data set that anybody meant, in one file.
const MOST_ROWS: usize = 2_000_000;
/// The largest file that is read as one JSON value, in bytes.
const LARGEST: u64 = 1 << 30;

/// How rows are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    Jsonl,
    /// One JSON array of objects.
    Json,
    /// One JSON object of arrays of one length, which may lie in objects; other fields are passed over.
    Columns,
    /// Comma-separated values under a line of names.
    Csv,
    /// The same with tabs.
    Tsv,
}

impl Format {
    /// All of them, with their names.
    pub const ALL: [(&'static str, Self); 5] = [
        ("jsonl", Self::Jsonl),
        ("json", Self::Json),
        ("columns", Self::Columns),
        ("csv", Self::Csv),
        ("tsv", Self::Tsv),
    ];

    /// The format that the ending of a file's name means.
    pub fn of_name(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_lowercase();
        match ending.as_str() {
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "tsv" => Some(Self::Tsv),
            _ => None,
        }
    }
}

/// A row, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The line that it begins in, from 1; in one JSON value its place, from 1.
    pub line: usize,
    /// What it holds.
    pub value: Value,
}

/// Why a file of data can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The line, from 1, where it is one line that can't be read.
    pub line: Option<usize>,
    /// What is wrong, and what to do.
    pub message: String,
}

impl Unread {
    fn whole(message: impl Into<String>) -> Self {
        Self { line: None, message: message.into() }
    }

    fn at(line: usize, message: impl Into<String>) -> Self {
        Self { line: Some(line), message: message.into() }
    }

    fn io(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => {
                Self::whole("does not exist; paths are taken from the folder of the experiment's file")
            }
            io::ErrorKind::IsADirectory => Self::whole("is a folder; name a file in it"),
            io::ErrorKind::InvalidData => Self::whole("is not UTF-8 text; save it as UTF-8"),
            _ => Self::whole(format!("can't be read ({error}); check its owner and mode")),
        }
    }
}

/// Reads all rows of a file.
///
/// # Errors
/// What is wrong with it: one line.
pub fn read(path: &Path, format: Format) -> Result<Vec<Row>, Unread> {
    let file = File::open(path).map_err(|error| Unread::io(&error))?;
    let size = file.metadata().map_err(|error| Unread::io(&error))?;
    if size.is_dir() {
        return Err(Unread::io(&io::ErrorKind::IsADirectory.into()));
    }
    let rows = match format {
        Format::Jsonl => lines(BufReader::new(file)),
        Format::Csv => separated(file, b','),
        Format::Tsv => separated(file, b'\t'),
        Format::Json | Format::Columns if size.len() > LARGEST => {
            Err(Unread::whole("is larger than 1 GiB for one JSON value; make it JSON lines"))
        }
        Format::Json | Format::Columns => {
            let mut text = String::new();
            BufReader::new(file).read_to_string(&mut text).map_err(|error| Unread::io(&error))?;
            let value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
                .map_err(|error| bad_json(&error, 0))?;
            if format == Format::Json { array(value) } else { columns(&value) }
        }
    }?;
    if rows.is_empty() {
        return Err(Unread::whole("holds no rows; it is to have one for each question"));
    }
    Ok(rows)
}

fn bad_json(error: &serde_json::Error, before: usize) -> Unread {
    let what = error.to_string();
    let what = what.split(" at line ").next().unwrap_or(&what).to_owned();
    Unread::at(before + error.line().max(1), format!("is no JSON ({what}); mend that line"))
}

fn lines(mut source: BufReader<File>) -> Result<Vec<Row>, Unread> {
    let (mut rows, mut text, mut number) = (Vec::new(), String::new(), 0);
    loop {
        text.clear();
        number += 1;
        let read = source
            .read_line(&mut text)
            .map_err(|error| Unread { line: Some(number), ..Unread::io(&error) })?;
        if read == 0 {
            return Ok(rows);
        }
        let line = text.trim_start_matches('\u{feff}').trim();
        if line.is_empty() {
            continue;
        }
        let value: Value = serde_json::from_str(line).map_err(|error| bad_json(&error, number - 1))?;
        if !value.is_object() {
            return Err(Unread::at(
                number,
                "is no JSON object; each line is to be one, such as {\"question\": \"…\"}",
            ));
        }
        rows.push(Row { line: number, value });
        bounded(rows.len())?;
    }
}

fn bounded(rows: usize) -> Result<(), Unread> {
    let line = format!("holds more than {MOST_ROWS} rows; split it");
    if rows > MOST_ROWS { Err(Unread::whole(line)) } else { Ok(()) }
}

fn array(value: Value) -> Result<Vec<Row>, Unread> {
    let Value::Array(all) = value else {
        return Err(Unread::whole(
            "is no JSON array of objects; say format = \"columns\" where it is an object of arrays",
        ));
    };
    bounded(all.len())?;
    let rows = all.into_iter().enumerate().map(|(at, value)| Row { line: at + 1, value });
    let rows: Vec<Row> = rows.collect();
    match rows.iter().find(|row| !row.value.is_object()) {
        Some(row) => Err(Unread::at(row.line, "is no JSON object (counted from 1); each entry is to be one")),
        None => Ok(rows),
    }
}

fn columns(value: &Value) -> Result<Vec<Row>, Unread> {
    let Value::Object(all) = value else {
        return Err(Unread::whole("is no JSON object of arrays; say format = \"json\" where it is an array"));
    };
    let Some(length) = longest(value) else {
        return Err(Unread::whole(
            "holds no arrays; format = \"columns\" is an object of arrays of one length",
        ));
    };
    bounded(length)?;
    let row = |at: usize| {
        let mut row = Map::new();
        for (name, column) in all {
            row.extend(cell(column, at, length).map(|cell| (name.clone(), cell)));
        }
        Row { line: at + 1, value: Value::Object(row) }
    };
    Ok((0..length).map(row).collect())
}

/// The length of the longest array.
fn longest(value: &Value) -> Option<usize> {
    match value {
        Value::Array(all) => Some(all.len()),
        Value::Object(all) => all.values().filter_map(longest).max(),
        _ => None,
    }
}

/// What stands at a place of a column, or of the columns in an object.
fn cell(column: &Value, at: usize, length: usize) -> Option<Value> {
    match column {
        Value::Array(all) if all.len() == length => all.get(at).cloned(),
        Value::Object(all) => {
            let cells =
                all.iter().filter_map(|(name, column)| Some((name.clone(), cell(column, at, length)?)));
            Some(Value::Object(cells.collect()))
                .filter(|cells| cells.as_object().is_some_and(|all| !all.is_empty()))
        }
        _ => None,
    }
}

/// What separates the fields of a file whose ending says commas: semicolons where the first line has these and none of those.
fn separator(file: &mut File) -> io::Result<u8> {
    let mut start = vec![0; 4096];
    let read = file.read(&mut start)?;
    file.rewind()?;
    let first = start[..read].split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(if first.contains(&b';') && !first.contains(&b',') { b';' } else { b',' })
}

fn separated(mut file: File, by: u8) -> Result<Vec<Row>, Unread> {
    let by = if by == b',' { separator(&mut file).map_err(|error| Unread::io(&error))? } else { by };
    let mut reader = csv::ReaderBuilder::new().delimiter(by).from_reader(file);
    let fault = |error: &csv::Error| {
        let line = error.position().map(|place| place.line() as usize);
        let message = match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => format!(
                "has {len} fields and the first line has {expected_len}; put fields with commas or line breaks into quotes"
            ),
            csv::ErrorKind::Utf8 { .. } => "is not UTF-8 text; save it as UTF-8".to_owned(),
            csv::ErrorKind::Io(error) => return Unread::io(error),
            _ => format!("can't be read ({error}); mend that line"),
        };
        Unread { line, message }
    };
    let names = reader.headers().map_err(|error| fault(&error))?.clone();
    let names: Vec<String> =
        names.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_owned()).collect();
    if let Some(twice) = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
        return Err(Unread::at(
            1,
            format!("names the column {:?} twice; give each a name of its own", twice.1),
        ));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| fault(&error))?;
        let line = record.position().map_or(rows.len() + 2, |place| place.line() as usize);
        let cells =
            names.iter().zip(&record).map(|(name, cell)| (name.clone(), Value::String(cell.to_owned())));
        rows.push(Row { line, value: Value::Object(cells.collect()) });
        bounded(rows.len())?;
    }
    Ok(rows)
}

impl Row {
    /// What stands under a name: that of a field, or a way through objects with points between. Empty text is nothing.
    pub fn get(&self, path: &str) -> Option<&Value> {
        let found = find(&self.value, path)?;
        let nothing = found.is_null() || found.as_str().is_some_and(|text| text.trim().is_empty());
        (!nothing).then_some(found)
    }

    /// Whether there is such a field, empty or not.
    pub fn has(&self, path: &str) -> bool {
        find(&self.value, path).is_some()
    }

    /// The same as text; numbers as they are written.
    pub fn text(&self, path: &str) -> Option<String> {
        text(self.get(path)?)
    }

    /// The names of its fields; of a way into objects those below it.
    pub fn names(&self, path: &str) -> Vec<&str> {
        let at = if path.is_empty() { Some(&self.value) } else { find(&self.value, path) };
        at.and_then(Value::as_object).map(|all| all.keys().map(String::as_str).collect()).unwrap_or_default()
    }
}

/// A value as text.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => {
            // 18.0 and 18 are one number, and read better without the point.
            let whole = number.as_f64().filter(|it| it.fract() == 0.0 && it.abs() < 1e15);
            Some(whole.map_or_else(|| number.to_string(), |it| format!("{it:.0}")))
        }
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

fn find<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let all = value.as_object()?;
    if let Some(found) = all.get(path) {
        return Some(found);
    }
    // A field's own name may have points in it: the longest one that is there goes before.
    let mut ends: Vec<usize> = path.match_indices('.').map(|(at, _)| at).collect();
    ends.reverse();
    ends.into_iter().find_map(|end| find(all.get(&path[..end])?, &path[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn of(name: &str, text: &str) -> Result<Vec<Row>, Unread> {
        let home = tempfile::tempdir().unwrap();
        let path: PathBuf = home.path().join(name);
        std::fs::write(&path, text).unwrap();
        let columns = name.starts_with("columns").then_some(Format::Columns);
        read(&path, columns.or_else(|| Format::of_name(&path)).unwrap())
    }

    #[test]
    fn every_format_gives_the_same_rows() {
        let shapes = [
            (
                "a.jsonl",
                "{\"id\": 1, \"a\": {\"x.y\": \"yes\"}}\n\n{\"id\": 2.0, \"a\": {\"x.y\": \"no\"}}\n",
            ),
            ("a.json", "[{\"id\": 1, \"a\": {\"x.y\": \"yes\"}}, {\"id\": 2, \"a\": {\"x.y\": \"no\"}}]"),
            ("columns.json", "{\"id\": [1, 2], \"note\": \"z\", \"a\": {\"x.y\": [\"yes\", \"no\"]}}"),
            ("a.csv", "\u{feff}id,a.x.y\n1,yes\n2,\"no\"\n"),
            ("a.tsv", "id\ta.x.y\n1\tyes\n2\tno\n"),
        ];
        for (name, text) in shapes {
            let rows = of(name, text).unwrap();
            let ids: Vec<String> = rows.iter().map(|row| row.text("id").unwrap()).collect();
            assert_eq!(ids, ["1", "2"], "{name}");
            let said: Vec<String> = rows.iter().map(|row| row.text("a.x.y").unwrap()).collect();
            assert_eq!(said, ["yes", "no"], "{name}");
            assert!(rows[0].get("b").is_none() && rows[0].get("a.z").is_none());
        }
    }

    #[test]
    fn a_bad_line_is_named() {
        let line = |name: &str, text: &str| of(name, text).unwrap_err();
        assert_eq!(line("a.jsonl", "{}\n{\"a\": }\n").line, Some(2));
        assert_eq!(line("a.jsonl", "{}\n[1]\n").line, Some(2));
        assert_eq!(line("a.json", "[{},\n{]").line, Some(2));
        assert_eq!(line("a.csv", "a,b\n1,2\n1,2,3\n").line, Some(3));
        assert_eq!(line("a.csv", "a,a\n1,2\n").line, Some(1));
        assert_eq!(line("a.csv", "a,b\n").line, None);
        assert_eq!(line("columns.json", "{\"a\": 1}").line, None);
    }
}
