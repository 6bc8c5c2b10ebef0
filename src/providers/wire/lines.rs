//! Cuts bytes into lines, however they arrive: the framing of newline-delimited JSON. What a line means is no matter of
//! this file.

use super::events::{LARGEST, Unreadable};

/// Holds the line that has not ended yet.
#[derive(Debug, Default)]
pub struct Lines(Vec<u8>);

impl Lines {
    /// Takes bytes as they arrived and appends each line that ended with them, blank ones left out.
    ///
    /// # Errors
    /// Where a line is longer than [`LARGEST`]; those before it are in `lines`.
    pub fn push(&mut self, bytes: &[u8], lines: &mut Vec<String>) -> Result<(), Unreadable> {
        let mut parts = bytes.split(|byte| *byte == b'\n');
        let mut part = parts.next();
        while let Some(text) = part {
            if self.0.len() + text.len() > LARGEST {
                return Err(Unreadable);
            }
            self.0.extend_from_slice(text);
            part = parts.next();
            if part.is_some() {
                self.end(lines);
            }
        }
        Ok(())
    }

    /// How many bytes are held.
    pub fn held(&self) -> usize {
        self.0.len()
    }

    /// Ends the stream: what stands in it without a line end counts as if it had one.
    pub fn finish(&mut self, lines: &mut Vec<String>) {
        self.end(lines);
    }

    fn end(&mut self, lines: &mut Vec<String>) {
        let text = String::from_utf8_lossy(&self.0);
        let text = text.trim_start_matches('\u{feff}').trim();
        if !text.is_empty() {
            lines.push(text.to_owned());
        }
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
        let (mut lines, mut out) = (Lines::default(), Vec::new());
        for chunk in chunks {
            lines.push(chunk, &mut out).unwrap();
        }
        lines.finish(&mut out);
        out
    }

    #[test]
    fn lines_are_the_same_wherever_they_are_cut() {
        let stream = "\u{feff}{\"a\":\"東京 🦀\"}\r\n\n \n{\"b\":1}\n{\"c\":".as_bytes();
        let expected = ["{\"a\":\"東京 🦀\"}", "{\"b\":1}", "{\"c\":"];
        assert_eq!(read([stream]), expected);
        assert_eq!(read(stream.chunks(1)), expected);
        for cut in 0..stream.len() {
            let (head, tail) = stream.split_at(cut);
            assert_eq!(read([head, tail]), expected, "cut at {cut}");
        }
    }

    #[test]
    fn a_line_has_a_cap() {
        let (mut lines, mut out) = (Lines::default(), Vec::new());
        lines.push(b"first\n", &mut out).unwrap();
        let long = vec![b'x'; LARGEST];
        assert_eq!(lines.push(&long, &mut out), Ok(()));
        assert_eq!(lines.push(b"x", &mut out), Err(Unreadable));
        assert_eq!(out, ["first"]);
    }
}
