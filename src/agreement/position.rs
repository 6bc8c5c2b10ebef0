//! What an answer comes to: its stated position, or the final answer found in it. It compares positions, not claims.

use super::lex::{self, Token};
use super::normalise::Features;
use super::number::Number;
use super::segment::{self, Form, Piece};
use super::stance;
use super::words;
use serde::{Deserialize, Serialize};

/// The form of a position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Yes or no.
    YesNo,
    /// A letter of a named choice.
    Choice,
    /// A number.
    Number,
    /// A few words that were marked as the answer.
    Phrase,
    /// The words of an answer line that are none of these.
    Stated,
    /// Nothing was found.
    #[default]
    None,
}

/// Where a member stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Its form.
    pub kind: Kind,
    /// The value: `yes` or `no`, a capital letter, a number as stated, or words.
    pub value: String,
    /// What the member itself put on it, 0 to 1; only where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub confidence: Option<f64>,
}

impl Position {
    /// Whether there is a position at all.
    pub fn stated(&self) -> bool {
        self.kind != Kind::None
    }

    /// Whether two members stand at the same place: numbers by their stated precision, words without case, function
    /// words and order of writing. `none` equals nothing.
    pub fn same(&self, other: &Self) -> bool {
        match (self.kind, other.kind) {
            (Kind::YesNo, Kind::YesNo) | (Kind::Choice, Kind::Choice) => self.value == other.value,
            (Kind::Number, Kind::Number) => {
                let (a, b) = (Features::prose(&self.value), Features::prose(&other.value));
                match (a.numbers.as_slice(), b.numbers.as_slice()) {
                    ([x], [y]) => x.exactly(y),
                    _ => self.value == other.value,
                }
            }
            (Kind::Phrase | Kind::Stated, Kind::Phrase | Kind::Stated) => {
                let (a, b) = (Features::prose(&self.value), Features::prose(&other.value));
                self.value.eq_ignore_ascii_case(&other.value)
                    || (a.substance() > 0
                        && a.content == b.content
                        && a.negated == b.negated
                        && a.numbers.len() == b.numbers.len()
                        && a.numbers.iter().zip(&b.numbers).all(|(x, y)| x.same(y)))
            }
            _ => false,
        }
    }
}

/// The position of an answer: its last `POSITION:` line, else the final answer that the text marks or comes to.
///
/// Order of the extractor: answer line, `\boxed`, JSON field `answer`, `####` or `A:`, "the answer is", a leading yes or
/// no, the right side of the last equation, a lone number (design notes, section 4, with yes and no put in before the
/// guesses, because a text that opens with one is not about its last number).
pub fn position(text: &str) -> Position {
    position_in(text, &segment::segment(text))
}

/// Who stands at the same place, in order of first mention; who stands nowhere is in no group.
pub(super) fn grouped<'p, W>(said: impl Iterator<Item = (W, &'p Position)>) -> Vec<(&'p Position, Vec<W>)> {
    let mut groups: Vec<(&Position, Vec<W>)> = Vec::new();
    for (who, position) in said.filter(|(_, position)| position.stated()) {
        match groups.iter_mut().find(|(held, _)| held.same(position)) {
            Some((_, all)) => all.push(who),
            None => groups.push((position, vec![who])),
        }
    }
    groups
}

/// How a final answer was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// The text gives it in a line made for it, in `\boxed` or in a JSON field.
    Stated,
    /// The text marks it in passing: "####", "the answer is".
    Marked,
    /// It was found in the reasoning: a leading yes or no, the last result, a lone number or name.
    Found,
    /// There is none.
    None,
}

impl Tier {
    /// 1 to 3, the surest first; 0 for none.
    pub fn number(self) -> u8 {
        match self {
            Self::Stated => 1,
            Self::Marked => 2,
            Self::Found => 3,
            Self::None => 0,
        }
    }

    /// Whether the text itself says that it is its final answer; what is found in the reasoning is a guess.
    pub fn given(self) -> bool {
        matches!(self, Self::Stated | Self::Marked)
    }

    /// What a person is told.
    pub fn words(self) -> &'static str {
        match self {
            Self::Stated => "stated as the answer",
            Self::Marked => "marked in the text",
            Self::Found => "found in the text, unsure",
            Self::None => "the text marks none",
        }
    }
}

/// The position of an answer and how it was found.
pub fn with_tier(text: &str) -> (Position, Tier) {
    let (position, tier) = tiered(text, &segment::segment(text));
    // An answer line may say nothing.
    let tier = if position.stated() { tier } else { Tier::None };
    (position, tier)
}

fn tiered(text: &str, claims: &[Piece]) -> (Position, Tier) {
    if let Some(position) = stated_line(text) {
        return (position, Tier::Stated);
    }
    if let Some(position) = marked(text) {
        let given = boxed(text).or_else(|| json(text)).is_some();
        return (position, if given { Tier::Stated } else { Tier::Marked });
    }
    match found(text, claims) {
        Some(position) => (position, Tier::Found),
        None => (Position::default(), Tier::None),
    }
}

/// The one of several positions that a text takes without marking it: the only one whose number it gives, or whose words
/// it holds. For first answers, which nobody asked to end in a position, next to those stated later.
pub fn among(text: &str, candidates: &[Position]) -> Option<Position> {
    let claims = segment::segment(text);
    let lower = text.to_lowercase();
    let gives = |candidate: &&Position| match candidate.kind {
        Kind::Number => {
            let wanted = Features::prose(&candidate.value).numbers;
            let given = |number: &Number| {
                claims
                    .iter()
                    .flat_map(|claim| &claim.features.numbers)
                    .any(|one| one.same_slot(number) && one.same(number))
            };
            !wanted.is_empty() && wanted.iter().all(given)
        }
        Kind::Phrase => lower.contains(&candidate.value.to_lowercase()),
        Kind::YesNo | Kind::Choice | Kind::Stated | Kind::None => false,
    };
    let mut found: Vec<&Position> = Vec::new();
    for candidate in candidates.iter().filter(gives) {
        if !found.iter().any(|other| other.same(candidate)) {
            found.push(candidate);
        }
    }
    match found.as_slice() {
        [one] => Some(Position { confidence: None, ..(*one).clone() }),
        _ => None,
    }
}

/// The same for a text whose claims are known already.
pub(super) fn position_in(text: &str, claims: &[Piece]) -> Position {
    tiered(text, claims).0
}

/// Where a text says that it stands in a line made for it; `none` without one. All that counts of a text that is not whole.
pub fn stated(text: &str) -> Position {
    stated_line(text).unwrap_or_default()
}

/// The last line `POSITION: ..`, in any case and emphasis.
fn stated_line(text: &str) -> Option<Position> {
    let line = text.lines().rev().find_map(|line| {
        let bare = line.trim_start_matches(|c: char| {
            c.is_whitespace() || matches!(c, '*' | '_' | '#' | '>' | '-' | '`')
        });
        let rest = bare.get(..8).filter(|head| head.eq_ignore_ascii_case("position")).map(|_| &bare[8..])?;
        let rest = rest.trim_start_matches(['*', '_', ' ', '`']);
        rest.strip_prefix([':', '：'])
    })?;
    let (value, confidence) = confidence(clean(line));
    if value.is_empty() {
        return None;
    }
    let mut position = read(value, true);
    position.confidence = confidence;
    Some(position)
}

/// Takes "(confidence 0.8)" or "confidence: 80%" off the end of an answer line.
fn confidence(line: &str) -> (&str, Option<f64>) {
    let lower = line.to_ascii_lowercase();
    let Some(at) = lower.rfind("confidence") else { return (line, None) };
    let number = Features::prose(head(&line[at..])).numbers.into_iter().next();
    let value = number.map(|number| if number.value > 1.0 { number.value / 100.0 } else { number.value });
    let head = line[..at].trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, '(' | ',' | ';' | '[' | '-' | '–' | '|')
    });
    (head, value.filter(|value| (0.0..=1.0).contains(value)))
}

/// As much of a text as is read closely, in bytes: a line without an end must not cost time.
fn head(text: &str) -> &str {
    const READ: usize = 2_000;
    let end = (0..=READ.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}

fn clean(text: &str) -> &str {
    let cut = |c: char| c.is_whitespace() || matches!(c, '*' | '_' | '`' | '"' | '“' | '”');
    text.trim_matches(cut).trim_end_matches('.').trim_matches(cut)
}

/// Reads a value that stands where an answer is expected.
fn read(value: &str, line: bool) -> Position {
    let of = |kind, value: String| Position { kind, value, confidence: None };
    let tokens = lex::lex(head(value));
    let features = Features::prose(head(value));
    let first = tokens.iter().find_map(|token| match token {
        Token::Word(word) => Some(word.clone()),
        _ => None,
    });
    let verdict = first.as_deref().and_then(|word| words::verdict(&word.to_lowercase()));
    if let Some(yes) = features.verdict.or(verdict.filter(|_| line)) {
        return of(Kind::YesNo, if yes { "yes" } else { "no" }.to_owned());
    }
    if let Some(letter) = letter(&tokens).or(features.choice) {
        return of(Kind::Choice, letter.to_string());
    }
    let numeric = features.content.len() <= 3 || features.numbers.iter().any(|number| number.result);
    if let Some(number) = stance::outcome(&features).filter(|_| numeric) {
        return of(Kind::Number, number.show.clone());
    }
    of(if line { Kind::Stated } else { Kind::Phrase }, value.to_owned())
}

/// A value that is nothing but a letter, or opens with one: "B", "(B)", "B) Paris", "B. Paris".
fn letter(tokens: &[Token]) -> Option<char> {
    let mut tokens = tokens.iter().skip_while(|token| matches!(token, Token::Sign('(' | '[' | '$' | '{')));
    let Some(Token::Word(word)) = tokens.next() else { return None };
    let mut chars = word.chars();
    let (Some(letter @ 'A'..='J'), None) = (chars.next(), chars.next()) else { return None };
    matches!(tokens.next(), None | Some(Token::Sign(')' | '.' | ':' | ']' | '}' | ','))).then_some(letter)
}

/// What the text itself marks as its answer.
fn marked(text: &str) -> Option<Position> {
    boxed(text)
        .or_else(|| json(text))
        .or_else(|| answer_line(text))
        .or_else(|| sentence(text))
        .map(|value| read(clean(value), false))
        .filter(|position| !position.value.is_empty())
}

/// The content of the last `\boxed{..}`.
fn boxed(text: &str) -> Option<&str> {
    let from = text.rfind("\\boxed{")? + "\\boxed{".len();
    let mut depth = 1;
    for (at, c) in text[from..].char_indices() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if depth == 0 {
            return Some(&text[from..from + at]);
        }
    }
    None
}

/// The value of the last JSON field `answer` (or `final_answer`), read by its quotes: the object around it is often torn.
fn json(text: &str) -> Option<&str> {
    let at = text.rfind("answer\"").map(|at| at + "answer\"".len())?;
    let rest = text[at..].trim_start().strip_prefix(':')?.trim_start();
    match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => rest.split([',', '}', '\n']).next().map(str::trim),
    }
    .filter(|value| !value.is_empty())
}

/// A last line "#### 18", "A: 18", "Answer: 18" or "Final answer: 18".
fn answer_line(text: &str) -> Option<&str> {
    text.lines()
        .rev()
        .find_map(|line| {
            let bare = line.trim().trim_start_matches(['*', '_', ' ', '>']);
            if let Some(value) = bare.strip_prefix("####") {
                return Some(value);
            }
            let bare = bare.trim_start_matches(['#', ' ']);
            ["final answer", "answer", "a"].iter().find_map(|name| {
                let rest = bare
                    .get(..name.len())
                    .filter(|head| head.eq_ignore_ascii_case(name))
                    .map(|_| &bare[name.len()..])?;
                rest.trim_start_matches(['*', '_', ' '])
                    .strip_prefix([':', '：'])
                    .map(|value| value.trim_start_matches(['*', '_', ' ']))
            })
        })
        .filter(|value| !clean(value).is_empty())
}

/// What follows the last "the answer is", to the end of its sentence.
fn sentence(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    let (at, phrase) = ["answer is", "answer would be"]
        .iter()
        .filter_map(|phrase| lower.rfind(phrase).map(|at| (at, *phrase)))
        .max()?;
    let rest = text[at + phrase.len()..].trim_start_matches([':', ' ', '*']);
    let line = rest.lines().next()?;
    let end = line.char_indices().find(|(at, c)| {
        let next = line[at + c.len_utf8()..].chars().next();
        matches!(c, '!' | '。' | ';') || (*c == '.' && next.is_none_or(char::is_whitespace))
    });
    let value = &line[..end.map_or(line.len(), |(at, _)| at)];
    (value.split_whitespace().count() <= 12 && !clean(value).is_empty()).then_some(value)
}

/// Most words of a text that may be an answer by itself.
const SHORT: usize = 12;

/// What an unmarked text comes to, guessed in order of trust.
fn found(text: &str, claims: &[Piece]) -> Option<Position> {
    let opening = text.lines().find(|line| !line.trim().is_empty()).map(clean).unwrap_or_default();
    let opening = Features::prose(head(opening));
    let of = |kind, value: &str| Some(Position { kind, value: value.to_owned(), confidence: None });
    if let Some(yes) = opening.verdict {
        return of(Kind::YesNo, if yes { "yes" } else { "no" });
    }
    // Only a text that calculates comes to a number; an essay's last number is just a number.
    let prose = || claims.iter().filter(|claim| claim.form != Form::Code).map(|claim| &claim.features);
    let sum = |features: &Features| features.equation && features.numbers.iter().any(|number| number.operand);
    if prose().any(sum) {
        return prose().rev().find_map(stance::outcome).and_then(|number| of(Kind::Number, &number.show));
    }
    if text.split_whitespace().count() <= SHORT {
        let whole = Features::prose(text);
        let letter = letter(&lex::lex(clean(text))).or(whole.choice);
        if let Some(letter) = letter {
            return of(Kind::Choice, &letter.to_string());
        }
        if let [number] = whole.numbers.as_slice() {
            return of(Kind::Number, &number.show);
        }
        let phrase =
            whole.words.len() <= 5 && whole.substance() > 0 && !text.trim_end().ends_with([':', '?']);
        return phrase.then(|| of(Kind::Phrase, clean(text)))?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> (Kind, String) {
        let position = position(text);
        (position.kind, position.value)
    }

    fn is(text: &str, kind: Kind, value: &str) {
        assert_eq!(of(text), (kind, value.to_owned()), "{text}");
    }

    #[test]
    fn the_answer_line_goes_before_all_else() {
        is("The answer is 3.\n**POSITION:** Yes, with limits", Kind::YesNo, "yes");
        is("position: no.\nPosition: **42 km** (confidence 0.8)", Kind::Number, "42 km");
        is("POSITION: B", Kind::Choice, "B");
        is("POSITION: rebuild the northern pillar first", Kind::Stated, "rebuild the northern pillar first");
        assert_eq!(position("POSITION: yes (confidence: 80%)").confidence, Some(0.8));
        is("POSITION:", Kind::None, "");
    }

    #[test]
    fn marked_answers_are_found() {
        is("So we get \\boxed{\\frac{1}{2} = 0.5} here", Kind::Number, "0.5");
        is("{\"reasoning\": \"3 + 4 = 7\", \"answer\": \"7\"}", Kind::Number, "7");
        is("3 + 4 = 7\n#### 7", Kind::Number, "7");
        is("She has 3 + 4 = 8 apples\nA: 7", Kind::Number, "7");
        is("Thus the answer is (C) because of this.", Kind::Choice, "C");
        is("I think the answer is Paris.", Kind::Phrase, "Paris");
        is("Final answer: $1,200", Kind::Number, "$1,200");
    }

    #[test]
    fn unmarked_answers_are_guessed_only_where_it_is_safe() {
        is("Yes. The bridge carries 12 tonnes.", Kind::YesNo, "yes");
        is("He has 3 left, so he ate 5 - 3 = 2 eggs.", Kind::Number, "2 eggs");
        is("42", Kind::Number, "42");
        is("Paris", Kind::Phrase, "Paris");
        is(
            "The city was founded in 1291 and has since then been visited by many people every year.",
            Kind::None,
            "",
        );
        is("", Kind::None, "");
    }

    #[test]
    fn positions_meet_by_meaning() {
        let same = |a: &str, b: &str| position(a).same(&position(b));
        assert!(same("POSITION: Yes", "POSITION: yes, with limits"));
        assert!(!same("POSITION: Yes", "POSITION: no"));
        assert!(same("A: 1,200", "A: $1200.00"));
        assert!(same("The answer is Paris", "Paris"));
        assert!(!same("", ""));
    }
}
