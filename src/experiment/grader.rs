//! Whether an answer is right, by what the data set says. Where a member is the judge, its verdicts are on record with the
//! trial and read from there ([`super::facts`]).

use super::item::Item;
use crate::agreement::position::{Kind, Position, position};
use crate::core::Member;
use regex_lite::Regex;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How answers are graded.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grader {
    /// The number that the answer comes to is that of the data set, up to the tolerance.
    Number(f64),
    /// The letter that the answer comes to, or the choice of that text.
    Choice,
    /// The words that the answer comes to are those of the data set, but for case, blanks and marks at their ends.
    Exact,
    /// The data set's words stand somewhere in the answer, as whole words, whatever their case.
    Contains,
    /// What the pattern finds last in the answer (its first group, where it has one) is what the data set says; without an
    /// answer there, that it is found at all.
    #[serde(serialize_with = "as_text", deserialize_with = "of_text")]
    Regex(Regex),
    /// A member says whether it comes to the same as what the data set says.
    Judge(Box<Member>),
    /// Nothing is graded.
    #[default]
    None,
}

fn as_text<S: Serializer>(pattern: &Regex, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(pattern.as_str())
}

fn of_text<'de, D: Deserializer<'de>>(from: D) -> Result<Regex, D::Error> {
    let text = String::deserialize(from)?;
    Regex::new(&text).map_err(serde::de::Error::custom)
}

impl Grader {
    /// The names of all, for people.
    pub const NAMES: [&'static str; 7] = ["number", "choice", "exact", "contains", "regex", "judge", "none"];

    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Number(_) => "number",
            Self::Choice => "choice",
            Self::Exact => "exact",
            Self::Contains => "contains",
            Self::Regex(_) => "regex",
            Self::Judge(_) => "judge",
            Self::None => "none",
        }
    }

    /// What the data set says is right, as it is held against answers: of a worked solution the number alone.
    pub fn meant(&self, answer: &str) -> String {
        let found = position(answer);
        match self {
            Self::Number(_) if plain(answer).is_none() && found.kind == Kind::Number => found.value,
            _ => answer.to_owned(),
        }
    }

    /// Whether an answer is right; `None` where that can't be said here: nothing is graded, the data set does not say what is
    /// right, or a judge has to.
    pub fn right(&self, item: &Item, text: &str, found: &Position) -> Option<bool> {
        // Of several right answers one will do.
        let mut graded = None;
        for known in item.right().map(Some).chain(item.answer.is_none().then_some(None)) {
            graded = graded.max(self.right_by(item, known, text, found));
        }
        graded
    }

    /// What an answer comes to where this grades: votes are counted by what is graded, not by how it is worded. `None` where it
    /// comes to nothing that could be graded. What is right plays no part in it.
    pub fn reads(&self, item: &Item, text: &str, found: Position) -> Option<Position> {
        let confidence = found.confidence;
        let stated = |value: String| Position { kind: Kind::Stated, value, confidence };
        match self {
            Self::Number(_) => {
                let number = value(&found, text)?;
                Some(Position { kind: Kind::Number, value: number.to_string(), confidence })
            }
            Self::Choice => {
                let letter = chosen(item, text, &found).and_then(Item::letter)?;
                Some(Position { kind: Kind::Choice, value: letter.to_string(), confidence })
            }
            Self::Regex(pattern) => {
                let last = pattern.captures_iter(text).last()?;
                Some(stated(bare(last.get(1).or(last.get(0))?.as_str())))
            }
            Self::Exact if !found.stated() => Some(stated(bare(text))),
            Self::Exact | Self::Contains | Self::None | Self::Judge(_) => Some(found),
        }
    }

    fn right_by(&self, item: &Item, known: Option<&str>, text: &str, found: &Position) -> Option<bool> {
        match self {
            Self::None | Self::Judge(_) => None,
            Self::Number(within) => {
                let known = number(known?)?;
                Some(value(found, text).is_some_and(|said| close(said, known, *within)))
            }
            Self::Choice => {
                let known = choice(item, known?)?;
                Some(chosen(item, text, found) == Some(known))
            }
            Self::Exact => {
                let known = bare(known?);
                let said = if found.stated() { bare(&found.value) } else { String::new() };
                Some(said == known || bare(text) == known)
            }
            Self::Contains => Some(holds(&text.to_lowercase(), &known?.trim().to_lowercase())),
            Self::Regex(pattern) => {
                let last = pattern.captures_iter(text).last();
                let found = last.and_then(|all| all.get(1).or(all.get(0))).map(|found| found.as_str());
                Some(match known {
                    Some(known) => found.is_some_and(|found| bare(found) == bare(known)),
                    None => found.is_some(),
                })
            }
        }
    }

    /// Whether answers to a question can be graded at all.
    pub fn grades(&self, item: &Item) -> bool {
        let known = item.answer.is_some() || matches!(self, Self::Regex(_));
        !matches!(self, Self::None) && known && self.misfit(item).is_none()
    }

    /// Why what the data set says is right can't be graded by it; `None` where it can.
    pub fn misfit(&self, item: &Item) -> Option<String> {
        item.right()
            .map(Some)
            .chain(item.answer.is_none().then_some(None))
            .find_map(|known| self.misfit_of(item, known))
    }

    fn misfit_of(&self, item: &Item, known: Option<&str>) -> Option<String> {
        match (self, known) {
            (Self::None | Self::Regex(_), _) => None,
            (_, None) => Some("has no answer to grade by".to_owned()),
            (Self::Number(_), Some(known)) => {
                number(known).is_none().then(|| "has an answer that is no number".to_owned())
            }
            (Self::Choice, Some(known)) => choice(item, known)
                .is_none()
                .then(|| "has an answer that is neither a letter nor one of its choices".to_owned()),
            (_, Some(known)) => known.trim().is_empty().then(|| "has an empty answer".to_owned()),
        }
    }
}

/// Whether a text holds another one as whole words: `no` is not in `another`, and 18 is not in 180.
fn holds(text: &str, known: &str) -> bool {
    let joins = |one: Option<char>, other: Option<char>| match (one, other) {
        (Some(one), Some(other)) => one.is_alphanumeric() && other.is_alphanumeric(),
        _ => false,
    };
    !known.is_empty()
        && text.match_indices(known).any(|(at, _)| {
            let (before, after) = (&text[..at], &text[at + known.len()..]);
            // A point or comma between digits is a part of the number.
            let mut rest = after.chars();
            let goes_on = matches!(rest.next(), Some('.' | ','))
                && rest.next().is_some_and(|c| c.is_ascii_digit())
                && known.ends_with(|c: char| c.is_ascii_digit());
            let ends = before.ends_with(['.', ',', '-'])
                && known.starts_with(|c: char| c.is_ascii_digit())
                && (before.ends_with('-')
                    || before.trim_end_matches(['.', ',']).ends_with(|c: char| c.is_ascii_digit()));
            !joins(before.chars().next_back(), known.chars().next())
                && !joins(known.chars().next_back(), after.chars().next())
                && !goes_on
                && !ends
        })
}

/// Words without case, and without blanks and marks at their ends.
fn bare(text: &str) -> String {
    let marks =
        |c: char| c.is_whitespace() || matches!(c, '.' | ',' | ';' | ':' | '!' | '"' | '\'' | '*' | '`');
    text.trim_matches(marks).split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The number that a data set means.
fn number(text: &str) -> Option<f64> {
    plain(text).or_else(|| fraction(text)).or_else(|| value(&position(text), text))
}

/// A number written as a fraction: `1/2`, `3 1/2`, `-1/4`, `\\frac{1}{2}`.
fn fraction(text: &str) -> Option<f64> {
    let text = text.trim().trim_matches('$').trim();
    if let Some(rest) = text.trim_start_matches('-').strip_prefix("\\frac{") {
        let (over, under) = rest.strip_suffix('}')?.split_once("}{")?;
        let value = plain(over)? / plain(under)?;
        return Some(if text.starts_with('-') { -value } else { value }).filter(|it| it.is_finite());
    }
    let (over, under) = text.split_once('/')?;
    let under = plain(under)?;
    let value = match over.trim().rsplit_once(' ') {
        Some((whole, over)) => {
            let (whole, part) = (plain(whole)?, plain(over)? / under);
            if whole < 0.0 { whole - part } else { whole + part }
        }
        None => plain(over)? / under,
    };
    Some(value).filter(|it| it.is_finite())
}

/// A number written with nothing around it but a currency or percent sign.
fn plain(text: &str) -> Option<f64> {
    let text = text.trim().trim_matches(['$', '%', '€', '£']).trim();
    let grouped = |text: &str| {
        let whole = text.trim_start_matches('-').split('.').next().unwrap_or_default();
        let mut groups = whole.split(',');
        let first = groups.next().is_some_and(|first| (1..=3).contains(&first.len()));
        first && groups.all(|group| group.len() == 3)
    };
    if text.contains(',') && !grouped(text) {
        return None;
    }
    text.replace(',', "").parse().ok().filter(|number: &f64| number.is_finite())
}

/// The number that an answer comes to.
fn value(found: &Position, text: &str) -> Option<f64> {
    let value = (found.kind == Kind::Number || found.stated()).then_some(found.value.as_str())?;
    let whole = plain(value).and_then(|_| around(text, value));
    whole
        .or_else(|| plain(value))
        .or_else(|| fraction(value))
        .or_else(|| plain(&value.replace(' ', "")))
        .or_else(|| {
            if value.contains('/') {
                return None;
            }
            let digits: String =
                value.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | ',')).collect();
            plain(digits.trim_end_matches(['.', ',']).trim_end_matches('-'))
        })
}

/// The number that a part of it stands in where it was written last: 400 in `1/400`, 5 in `.5`.
fn around(text: &str, part: &str) -> Option<f64> {
    let before = &text[..text.rfind(part)?];
    if let Some(over) = before.trim_end().strip_suffix('/') {
        let over = over.trim_end();
        let from = over
            .rfind(|c: char| !c.is_ascii_digit())
            .map_or(0, |at| at + over[at..].chars().next().map_or(1, char::len_utf8));
        return fraction(&format!("{}/{part}", &over[from..]));
    }
    let bare = before.strip_suffix('.')?;
    (!bare.ends_with(|c: char| c.is_alphanumeric())).then(|| plain(&format!("0.{part}"))).flatten()
}

/// Whether two numbers are one, up to a share of the greater.
fn close(one: f64, other: f64, within: f64) -> bool {
    let most = one.abs().max(other.abs());
    (one - other).abs() <= within.max(1e-9) * most
}

/// The place of the choice that a data set means: a letter, a number from 0 where there is no such text, or the text.
fn choice(item: &Item, known: &str) -> Option<usize> {
    let known = known.trim();
    let is = |text: &String| bare(text) == bare(known);
    if let Some(place) = item.choices.iter().position(is) {
        return Some(place);
    }
    let bare = known.trim_matches(['(', ')', '.']);
    let mut letters = bare.chars();
    let letter = letters.next().filter(char::is_ascii_alphabetic).filter(|_| letters.next().is_none());
    let place = match letter {
        Some(letter) => usize::from(letter.to_ascii_uppercase() as u8 - b'A'),
        None => bare.parse().ok()?,
    };
    (item.choices.is_empty() && letter.is_some() || place < item.choices.len()).then_some(place)
}

/// The place of the choice that an answer comes to.
fn chosen(item: &Item, text: &str, found: &Position) -> Option<usize> {
    let said = if found.stated() { found.value.as_str() } else { text };
    match found.kind {
        Kind::Choice => choice(item, said),
        _ => item.choices.iter().position(|choice| bare(choice) == bare(said)).or_else(|| choice(item, said)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_worked_solution_the_number_is_meant() {
        let worked = "Janet sells 16 - 3 - 4 = 9 eggs a day.\nShe makes 9 * 2 = 18 dollars.\nA: 18";
        assert_eq!(Grader::Number(0.0).meant(worked), "18");
        assert_eq!(Grader::Number(0.0).meant("$1,200"), "$1,200");
        assert_eq!(Grader::Exact.meant(worked), worked);
    }

    #[test]
    fn a_number_is_graded_however_it_is_written() {
        let right = |known: &str, said: &str| {
            let item = Item { answer: Some(known.to_owned()), ..Item::default() };
            let text = format!("The answer is {said}");
            Grader::Number(0.0).right(&item, &text, &position(&text))
        };
        for (known, said) in [
            ("1/2", "0.5"),
            ("0.5", "1/2"),
            ("\\frac{1}{2}", "0.5"),
            ("0.0025", "1/400"),
            ("0.5", ".5"),
            ("0.25", "1 / 4 of it"),
            ("1e3", "1000"),
            ("$1,200", "1200 dollars"),
            ("18.0", "18"),
            ("-4", "-4"),
            ("1000", "1,000"),
        ] {
            assert_eq!(
                right(known, said),
                Some(true),
                "{known} {said} {:?}",
                position(&format!("The answer is {said}"))
            );
        }
        for (known, said) in [("1/2", "2"), ("18", "180"), ("1.6e-19", "0"), ("12", "1/2"), ("5", "-5")] {
            assert_eq!(right(known, said), Some(false), "{known} {said}");
        }
    }

    #[test]
    fn a_text_holds_whole_words_and_numbers() {
        for (text, known) in [
            ("no, never", "no"),
            ("it is 18.", "18"),
            ("up to 12 tonnes", "12 tonnes"),
            ("(42)", "42"),
            ("a-b", "b"),
        ] {
            assert!(holds(text, known), "{text} {known}");
        }
        for (text, known) in [
            ("i know another", "no"),
            ("180", "18"),
            ("118", "18"),
            ("3.18", "18"),
            ("18.5", "18"),
            ("1,018", "18"),
            ("-18", "18"),
            ("anything", ""),
        ] {
            assert!(!holds(text, known), "{text} {known}");
        }
    }
}
