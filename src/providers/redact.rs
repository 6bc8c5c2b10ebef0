//! Takes keys out of what a person is shown: the loaded one in every spelling, and whatever looks like one.
//!
//! Not an escaper: control characters are [`super::fault`]'s.

use crate::config::key::STARTS;
use std::fmt::Write as _;

/// What stands in a key's place.
const GONE: &str = "[key]";

/// What stands before a key in a header.
const BEARER: [&str; 2] = ["Bearer ", "bearer "];

/// How many characters after such a start make it a key.
const SECRET: usize = 8;

/// Keys shorter than this are left: taking a letter out of every message helps nobody.
const SHORTEST: usize = 4;

/// The spellings of one key.
#[derive(Clone, Default)]
pub struct Redactor(Vec<String>);

impl Redactor {
    /// For a loaded key.
    pub fn new(key: &str) -> Self {
        let key = key.trim();
        if key.len() < SHORTEST {
            return Self::default();
        }
        let mut spellings =
            vec![key.to_owned(), percent(key, Case::Upper), percent(key, Case::Lower), in_json(key)];
        // Base64 spells the same bytes in three ways, by where they begin; the characters at the two ends depend on
        // what stands around them and stay.
        for before in 0..3 {
            let mut bytes = vec![0; before];
            bytes.extend_from_slice(key.as_bytes());
            let first = (before * 8).div_ceil(6);
            let last = bytes.len() * 8 / 6;
            let spelled = base64(&bytes).get(first..last).unwrap_or_default().to_owned();
            spellings.push(spelled.replace('+', "-").replace('/', "_"));
            spellings.push(spelled);
        }
        spellings.retain(|spelling| spelling.len() >= SHORTEST);
        spellings.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
        spellings.dedup();
        Self(spellings)
    }

    /// The text without keys.
    pub fn clean(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for spelling in &self.0 {
            if text.contains(spelling) {
                text = text.replace(spelling, GONE);
            }
        }
        patterns(&text)
    }
}

fn patterns(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut inside_word = false;
    while let Some(letter) = rest.chars().next() {
        let start = STARTS.iter().chain(&BEARER).find(|start| !inside_word && rest.starts_with(**start));
        let secret = start.map_or(0, |start| {
            let part = |letter: &char| letter.is_ascii_alphanumeric() || "-_.*+/=~".contains(*letter);
            rest[start.len()..].chars().take_while(part).count()
        });
        match start {
            Some(start) if secret >= SECRET => {
                out.push_str(if start.ends_with(' ') { start } else { "" });
                out.push_str(GONE);
                rest = &rest[start.len() + secret..];
                inside_word = true;
            }
            _ => {
                out.push(letter);
                rest = &rest[letter.len_utf8()..];
                inside_word = letter.is_alphanumeric();
            }
        }
    }
    out
}

/// The letters of hexadecimal digits.
#[derive(Clone, Copy)]
enum Case {
    Upper,
    Lower,
}

/// As it stands between quotes in JSON.
fn in_json(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

fn percent(text: &str, case: Case) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = match case {
                Case::Upper => write!(out, "%{byte:02X}"),
                Case::Lower => write!(out, "%{byte:02x}"),
            };
        }
    }
    out
}

/// Base64 without padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len() * 4 / 3 + 2);
    for group in bytes.chunks(3) {
        let at = |place: usize| u32::from(group.get(place).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..=group.len() {
            out.push(char::from(LETTERS[(bits >> (18 - 6 * place)) as usize & 63]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_the_published_one() {
        let spelled: Vec<String> = ["", "f", "fo", "foo", "foob", "fooba", "foobar"]
            .iter()
            .map(|text| base64(text.as_bytes()))
            .collect();
        assert_eq!(spelled, ["", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"]);
    }

    #[test]
    fn the_loaded_key_is_gone_in_every_spelling() {
        let key = "geheim/Schlüssel+42?\"x\\";
        let redactor = Redactor::new(key);
        for around in ["", "u", "us", "user:", "Bearer "] {
            let packed = base64(format!("{around}{key}:tail").as_bytes());
            let urlsafe = packed.replace('+', "-").replace('/', "_");
            for text in [
                format!("{around}{key}"),
                percent(key, Case::Upper),
                percent(key, Case::Lower),
                in_json(key),
                packed,
                urlsafe,
            ] {
                let clean = redactor.clean(&format!("no: {text}!"));
                assert!(clean.contains(GONE), "{text} -> {clean}");
                assert!(
                    !clean.contains("Schl") && !clean.contains(&base64(key.as_bytes())[4..12]),
                    "{clean}"
                );
            }
        }
    }

    #[test]
    fn what_looks_like_a_key_is_gone() {
        let redactor = Redactor::default();
        let clean = redactor.clean("Incorrect API key provided: sk-proj-ab*****wxyz. See docs");
        assert_eq!(clean, "Incorrect API key provided: [key] See docs");
        assert_eq!(redactor.clean("Authorization: Bearer abcdefghijkl"), "Authorization: Bearer [key]");
        assert_eq!(redactor.clean("?key=AIzaSyA1234567&x"), "?key=[key]&x");
        assert_eq!(redactor.clean("gsk_12345678"), "[key]");
        for kept in ["task-oriented-things", "sk-short", "a Bearer of news", "desk-abcdefghijk"] {
            assert_eq!(redactor.clean(kept), kept);
        }
    }

    #[test]
    fn a_key_too_short_to_be_one_is_left() {
        assert_eq!(Redactor::new("x").clean("max 1"), "max 1");
    }
}
