//! Reading the rest of a time of day behind its hour: ":30", "pm", "o'clock", "in the morning". Not the hour itself.

use super::lex::Token;
use super::number::{Kind, Number};

/// Reads the rest of a time of day; gives how many tokens it read, none where the number is no hour.
pub(super) fn rest(tokens: &[Token], at: usize, number: &mut Number) -> usize {
    let hour =
        number.kind == Kind::Plain && (0.0..=24.0).contains(&number.value) && number.value.fract() == 0.0;
    if !hour {
        return 0;
    }
    let minutes = minutes(tokens, at);
    let behind = at + if minutes.is_some() { 2 } else { 0 };
    let half = half_day(tokens, behind);
    let whole = word(tokens, behind) == "o'clock";
    if minutes.is_none() && half.is_none() && !whole {
        return 0;
    }
    let mut hours = number.value;
    number.half = half.is_none() && hours <= 12.0;
    if let Some(minutes) = minutes {
        number.show = format!("{}:{minutes:02}", number.show);
    }
    let mut used = behind - at + usize::from(whole);
    if let Some((later, count, name)) = half {
        hours = hours % 12.0 + later;
        number.show = format!("{} {name}", number.show);
        used += count;
    }
    number.kind = Kind::Clock;
    number.value = hours * 60.0 + minutes.unwrap_or_default();
    number.tolerance = 0.49;
    used
}

fn word(tokens: &[Token], at: usize) -> String {
    match tokens.get(at) {
        Some(Token::Word(word)) => word.to_lowercase(),
        _ => String::new(),
    }
}

/// The minutes behind a colon.
fn minutes(tokens: &[Token], at: usize) -> Option<f64> {
    let (Token::Sign(':'), Token::Number { digits, decimals: 0, .. }) =
        (tokens.get(at)?, tokens.get(at + 1)?)
    else {
        return None;
    };
    let stated: f64 = digits.parse().ok()?;
    (digits.len() == 2 && stated < 60.0).then_some(stated)
}

/// Which half of the day is named: hours to add, tokens read, and its name.
fn half_day(tokens: &[Token], at: usize) -> Option<(f64, usize, &'static str)> {
    let dotted = |letter: &str| {
        let signs = [at + 1, at + 3].map(|at| tokens.get(at) == Some(&Token::Sign('.')));
        let read = 3 + usize::from(signs[1]);
        (word(tokens, at) == letter && signs[0] && word(tokens, at + 2) == "m").then_some(read)
    };
    match word(tokens, at).as_str() {
        "am" => return Some((0.0, 1, "am")),
        "pm" => return Some((12.0, 1, "pm")),
        // The words themselves are read on as words.
        "in" if word(tokens, at + 1) == "the" => match word(tokens, at + 2).as_str() {
            "morning" => return Some((0.0, 0, "am")),
            "afternoon" | "evening" => return Some((12.0, 0, "pm")),
            _ => {}
        },
        _ => {}
    }
    dotted("a").map(|read| (0.0, read, "am")).or_else(|| dotted("p").map(|read| (12.0, read, "pm")))
}

#[cfg(test)]
mod tests {
    use crate::agreement::normalise::Features;
    use crate::agreement::number::Kind;

    fn minutes(text: &str) -> Option<f64> {
        let features = Features::prose(text);
        features.numbers.first().filter(|number| number.kind == Kind::Clock).map(|number| number.value)
    }

    #[test]
    fn times_of_day_are_read_however_they_are_written() {
        for (text, expected) in [
            ("It leaves at 14:30.", Some(870.0)),
            ("It leaves at 2:30 pm.", Some(870.0)),
            ("It leaves at 2:30 P.M. sharp.", Some(870.0)),
            ("It leaves at 2 in the afternoon.", Some(840.0)),
            ("It leaves at 12 am.", Some(0.0)),
            ("It leaves at 7 o'clock.", Some(420.0)),
            ("The ratio is 3:2.", None),
            ("It has 8 ambulances.", None),
        ] {
            assert_eq!(minutes(text), expected, "{text}");
        }
    }
}
