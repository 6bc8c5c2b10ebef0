//! A file that is not wholly TOML: what breaks it is taken out, line by line, so that every other key still holds. Which
//! keys there are is not known here, save for those that keep a person safe.
//!
//! Nothing is guessed: a statement that can't be read is gone as a whole, and a table whose header can't be read is gone
//! to the next header, so that no key ends up in a table that it was not written in.

use super::faults::GUARDS;
use std::ops::Range;
use toml::de::DeTable;

/// A file with more wrong in it than this is no configuration.
const MOST_FAULTS: usize = 20;

/// How often a file is read anew at most, and how large one may be that is.
const MOST_READS: usize = 300;
const LARGEST: usize = 64 << 10;

/// What can be read of a file.
#[derive(Debug)]
pub(super) struct Mended {
    /// The file with blanks in the place of what can't be read: every byte that is left stands where it stood.
    pub(super) text: String,
    /// What can't be read, in the order of the file.
    pub(super) broken: Vec<Broken>,
    /// All that was taken out.
    pub(super) lost: String,
}

/// Something that is no TOML.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// Where the fault is.
    pub(super) at: Range<usize>,
    /// What is wrong, and what is left out for it.
    pub(super) what: String,
    /// Whether something that keeps a person safe may be in what is left out.
    pub(super) guard: bool,
}

/// Takes out of a file what is no TOML.
pub(super) fn mend(bytes: &[u8]) -> Mended {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut work = Work::new(bytes);
    let whole = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        Err((0, "is UTF-16; save it as UTF-8".to_owned()))
    } else {
        work.text_only().and_then(|()| work.toml_only())
    };
    match whole {
        Ok(()) => work.mended(),
        Err((at, what)) => {
            let text = bytes.iter().map(|byte| if *byte == b'\n' { '\n' } else { ' ' }).collect();
            let what = format!("{what}; nothing in this file is used until that is mended");
            let lost = String::from_utf8_lossy(bytes).into_owned();
            Mended { text, broken: vec![Broken { at: at..at, what, guard: has_guard(bytes) }], lost }
        }
    }
}

/// Lines that are left out for one fault.
struct Gap {
    at: usize,
    what: String,
    lines: Range<usize>,
    header: bool,
}

struct Work<'a> {
    bytes: &'a [u8],
    lines: Vec<Range<usize>>,
    left: Vec<u8>,
    gaps: Vec<Gap>,
    reads: usize,
}

/// Where and why a whole file is given up.
type Hopeless = (usize, String);

impl<'a> Work<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let mut lines = Vec::new();
        let mut from = 0;
        for line in bytes.split(|byte| *byte == b'\n') {
            lines.push(from..from + line.len());
            from += line.len() + 1;
        }
        Self { bytes, lines, left: bytes.to_vec(), gaps: Vec::new(), reads: 0 }
    }

    /// Takes out lines that are not UTF-8.
    fn text_only(&mut self) -> Result<(), Hopeless> {
        for line in 0..self.lines.len() {
            if let Err(error) = std::str::from_utf8(&self.left[self.lines[line].clone()]) {
                let at = self.lines[line].start + error.valid_up_to();
                self.take_out(line, at, "is not UTF-8 text")?;
            }
        }
        Ok(())
    }

    /// Takes out what is no TOML.
    fn toml_only(&mut self) -> Result<(), Hopeless> {
        while let Some((at, what)) = self.fault(self.left.len()) {
            if self.bytes.len() > LARGEST || self.reads > MOST_READS {
                return Err((at, what));
            }
            let Some(line) = self.beginning(at) else { return Err((at, what)) };
            self.take_out(line, at, &what)?;
        }
        Ok(())
    }

    /// What is wrong in the first so many bytes.
    fn fault(&mut self, end: usize) -> Option<(usize, String)> {
        self.reads += 1;
        let text = std::str::from_utf8(&self.left[..end]).unwrap_or_default();
        let error = DeTable::parse(text).err()?;
        let what = error.message().lines().next().unwrap_or("is no TOML").to_owned();
        Some((error.span().map_or(0, |span| span.start), what))
    }

    /// The line on which the statement around a fault begins: all that stands before it reads.
    fn beginning(&mut self, at: usize) -> Option<usize> {
        let line = self.lines.iter().rposition(|line| line.start <= at)?;
        for line in (0..=line).rev().filter(|line| !self.blank(*line)).collect::<Vec<_>>() {
            if self.reads > MOST_READS {
                return None;
            }
            if self.fault(self.lines[line].start).is_none() {
                return Some(line);
            }
        }
        None
    }

    fn blank(&self, line: usize) -> bool {
        self.left[self.lines[line].clone()].iter().all(u8::is_ascii_whitespace)
    }

    /// Takes a line out; with a header, its table too.
    fn take_out(&mut self, line: usize, at: usize, what: &str) -> Result<(), Hopeless> {
        let header = self.begins(line, b'[');
        let next = (line + 1..self.lines.len()).find(|next| !header || self.begins(*next, b'['));
        let end = next.unwrap_or(self.lines.len());
        let follows = self.follows(line);
        for line in line..end {
            self.left[self.lines[line].clone()].fill(b' ');
        }
        match self.gaps.iter_mut().find(|gap| Some(gap.lines.end) == follows) {
            Some(gap) => gap.lines.end = end,
            None => self.gaps.push(Gap { at, what: what.to_owned(), lines: line..end, header }),
        }
        if self.gaps.len() > MOST_FAULTS {
            self.gaps.sort_by_key(|gap| gap.at);
            let first = self.gaps.swap_remove(0);
            return Err((first.at, first.what));
        }
        Ok(())
    }

    fn begins(&self, line: usize, with: u8) -> bool {
        self.bytes[self.lines[line].clone()].trim_ascii_start().first() == Some(&with)
    }

    /// Where the gap ends that a line goes on with: one right before it, when the line is no statement of its own.
    fn follows(&self, line: usize) -> Option<usize> {
        let text = &self.bytes[self.lines[line].clone()];
        let indented = text.first().is_some_and(u8::is_ascii_whitespace);
        let key = text.split(|byte| *byte == b'=').next().unwrap_or_default().trim_ascii();
        let named = !key.is_empty() && key.len() < text.trim_ascii().len() && !key.contains(&b'{');
        if self.begins(line, b'[') || (named && !indented) {
            return None;
        }
        let gap = self.gaps.iter().rev().find(|gap| gap.lines.end <= line)?;
        (gap.lines.end..line).all(|between| self.blank(between)).then_some(gap.lines.end)
    }

    /// Whether a line is one of the table `private`.
    fn is_private(&self, line: usize) -> bool {
        let header = (0..line).rev().find(|line| self.begins(*line, b'['));
        let text = |line: usize| self.bytes[self.lines[line].clone()].trim_ascii_start();
        header.is_some_and(|line| text(line).starts_with(b"[private"))
    }

    fn mended(mut self) -> Mended {
        self.gaps.sort_by_key(|gap| gap.lines.start);
        let mut all = String::new();
        let broken = self.gaps.iter().map(|gap| {
            let fate = match (gap.header, gap.lines.len()) {
                (true, _) => "this table is left out".to_owned(),
                (false, 1) => "this line is left out".to_owned(),
                (false, _) => format!("lines {} to {} are left out", gap.lines.start + 1, gap.lines.end),
            };
            let lost = self.lines[gap.lines.start].start..self.lines[gap.lines.end - 1].end;
            all.push_str(&String::from_utf8_lossy(&self.bytes[lost.clone()]));
            let what = format!("{}, so {fate}", gap.what);
            // Where a value was never closed the fault shows late; it is where the statement begins.
            let at = if gap.at > lost.end { lost.start } else { gap.at };
            let guard = self.is_private(gap.lines.start) || has_guard(&self.bytes[lost]);
            Broken { at: at..at, what, guard }
        });
        let broken = broken.collect();
        Mended { text: String::from_utf8(self.left).unwrap_or_default(), broken, lost: all }
    }
}

/// Whether a text may set one of the keys that keep a person safe, or opens the table of one.
fn has_guard(text: &[u8]) -> bool {
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let set = |guard: &str| {
        let at = |(at, part): (usize, &[u8])| {
            let after =
                text[at + guard.len()..].iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'"' | b'\''));
            let whole = at == 0 || !word(&text[at - 1]);
            part == guard.as_bytes()
                && whole
                && after.is_none_or(|byte| matches!(byte, b'=' | b':' | b']' | b'.' | b'\n' | b'\r'))
        };
        text.windows(guard.len()).enumerate().any(at)
    };
    // A provider of that name is none.
    let own_table = |guard: &&&str| **guard != "local" || !text.trim_ascii_start().starts_with(b"[");
    GUARDS.iter().filter(own_table).any(|guard| set(guard))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Pieces that make and break TOML.
    const PIECES: [&str; 20] = [
        "a", "b.c", " ", "\n", "\r\n", "=", "[", "]", "{", "}", "\"", "\"\"\"", "'", ",", "#", "1",
        "x = 1\n", "[t]\n", "\0", "ü",
    ];

    proptest! {
        #[test]
        fn what_is_left_always_reads_and_stands_where_it_stood(
            pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..60),
            odd in prop::collection::vec(any::<u8>(), 0..3),
        ) {
            let bytes = [pieces.concat().as_bytes(), &odd].concat();
            let mended = mend(&bytes);
            prop_assert!(DeTable::parse(&mended.text).is_ok());
            prop_assert_eq!(mended.text.len(), bytes.len());
            for (left, was) in mended.text.bytes().zip(&bytes) {
                prop_assert!(left == *was || left == b' ');
            }
            let whole = std::str::from_utf8(&bytes).is_ok_and(|text| DeTable::parse(text).is_ok());
            prop_assert_eq!(mended.broken.is_empty(), whole);
        }
    }

    /// What is left, its lines joined, and the first line of each fault.
    fn mended(text: &str) -> (String, Vec<usize>) {
        let mended = mend(text.as_bytes());
        assert_eq!(mended.text.len(), text.len(), "nothing moves");
        assert!(DeTable::parse(&mended.text).is_ok(), "{text}");
        let left: Vec<&str> =
            mended.text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
        let line = |broken: &Broken| 1 + text[..broken.at.start].matches('\n').count();
        (left.join("|"), mended.broken.iter().map(line).collect())
    }

    #[test]
    fn what_is_whole_stays_as_it_is() {
        for text in ["", "a = 1\n[b]\nc = \"\"\"x\ny = \n\"\"\"\n", "a = [\n 1,\n 2,\n]\r\nb = 2\r\n"] {
            let mended = mend(text.as_bytes());
            assert_eq!((mended.text.as_str(), mended.broken), (text, vec![]));
        }
    }

    #[test]
    fn a_fault_costs_its_statement() {
        for (text, left, lines) in [
            ("a = 1\nb = \nc = 2\n", "a = 1|c = 2", vec![2]),
            ("a = \nb = \nc = 2\n", "c = 2", vec![1, 2]),
            ("a = 1\na = 2\nb = 3\n", "a = 1|b = 3", vec![2]),
            ("a = \"x\nb = 2\n", "b = 2", vec![1]),
            ("a b = 1\nc = 2\n", "c = 2", vec![1]),
            ("just words\nand more\n\nof them\nb = 2\n", "b = 2", vec![1]),
            ("m = [\n  {n = 1, q = },\n  {n = 2},\n]\nb = 2\n", "b = 2", vec![2]),
            ("m = [ 1,\n  2,\n[t]\nb = 2\n", "[t]|b = 2", vec![1]),
            ("m = [\n  \"a\"\n  \"b\"\n]\nb = 2\n", "b = 2", vec![3]),
            ("p = \"\"\"You are\n\na poet.\nb = 2\n", "b = 2", vec![1]),
            ("a = 1\n[t\nb = 2\n[u]\nc = 3\n", "a = 1|[u]|c = 3", vec![2]),
            ("[t]\nb = 2\n[t]\nc = 3\n[u]\nd = 4\n", "[t]|b = 2|[u]|d = 4", vec![3]),
            ("{\"a\": 1}", "", vec![1]),
        ] {
            let (found, at) = mended(text);
            assert_eq!((found.as_str(), at), (left, lines), "{text}");
        }
    }

    #[test]
    fn a_key_never_ends_up_in_another_table() {
        let (left, _) = mended("[providers.a]\n[providers.b\nbase_url = \"http://b\"\n\n[c]\nd = 1\n");
        assert_eq!(left, "[providers.a]|[c]|d = 1");
    }

    #[test]
    fn what_is_no_configuration_at_all_is_given_up_in_one_line() {
        let prose = "So it goes on = and on\n".repeat(50);
        for text in [prose.as_bytes(), b"\xff\xfea\0=\x001\0", &[b'[', 0xff, b'\n'].repeat(30)] {
            let mended = mend(text);
            assert_eq!(mended.broken.len(), 1);
            assert!(mended.broken[0].what.ends_with("nothing in this file is used until that is mended"));
            assert_eq!(mended.text.trim(), "");
        }
    }

    #[test]
    fn what_keeps_a_person_safe_and_is_lost_is_told() {
        let guard = |text: &str| mend(text.as_bytes()).broken.iter().map(|it| it.guard).collect::<Vec<_>>();
        assert_eq!(guard("a = \nconfirm_above = o.1\n"), [false, true]);
        assert_eq!(guard("p = \"\"\"x\nconfirm_above = 0.1\n"), [false], "it is kept");
        assert_eq!(guard("[private\nwords = [\"x\"]\n"), [true]);
        assert_eq!(guard("[private]\nwords = [\"x\", y]\n[limits]\nidle = x\n"), [true, false]);
        assert_eq!(guard("private.words = [\"x\", y]\n"), [true]);
        assert_eq!(guard("[providers.a]\nlocal = flase\nbase_url = x\n"), [true, false]);
        assert_eq!(guard("persona = private words\nmodel = local/any\n[providers.local\n"), [false; 3]);
    }
}
