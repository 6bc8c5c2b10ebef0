//! Reading the words before a number that make it a bound: "at least", "no more than", "a minimum of". Not the number.

use super::lex::Token;
use super::number::Bound;

/// What the words before the number at a place make of it.
pub(super) fn bound(tokens: &[Token], at: usize) -> Bound {
    let currency = |at: usize| matches!(tokens.get(at), Some(Token::Sign('$' | '€' | '£' | '¥' | '₹')));
    let at = if at > 0 && currency(at - 1) { at - 1 } else { at };
    let word = |back: usize| match at.checked_sub(back).and_then(|at| tokens.get(at)) {
        Some(Token::Word(word)) => word.to_lowercase(),
        Some(Token::Sign(sign @ ('>' | '<' | '≥' | '≤'))) => sign.to_string(),
        _ => String::new(),
    };
    let (last, second, third) = (word(1), word(2), word(3));
    let denied = matches!(third.as_str(), "no" | "not") || third.ends_with("n't");
    let bound = match (second.as_str(), last.as_str()) {
        ("at", "least")
        | ("minimum" | "minimal", "of" | "is")
        | ("more" | "greater" | "higher" | "larger" | "longer" | "older", "than")
        | (_, "minimum" | "over" | "above" | "exceeds" | "exceeding" | "≥" | ">") => Bound::Least,
        ("at", "most")
        | ("maximum" | "maximal", "of" | "is")
        | ("up", "to")
        | ("less" | "fewer" | "lower" | "smaller" | "shorter" | "younger", "than")
        | (_, "maximum" | "under" | "below" | "≤" | "<") => Bound::Most,
        _ => Bound::Exact,
    };
    match bound {
        Bound::Least if denied && last == "than" => Bound::Most,
        Bound::Most if denied && last == "than" => Bound::Least,
        bound => bound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::normalise::Features;

    #[test]
    fn bounds_are_read_and_turned() {
        for (text, expected) in [
            ("It takes at least 5 days.", Bound::Least),
            ("It takes no less than 5 days.", Bound::Least),
            ("It takes more than 5 days.", Bound::Least),
            ("It takes no more than 5 days.", Bound::Most),
            ("It costs up to $5.", Bound::Most),
            ("It takes a maximum of 5 days.", Bound::Most),
            ("It takes 5 days.", Bound::Exact),
        ] {
            assert_eq!(Features::prose(text).numbers[0].bound, expected, "{text}");
        }
    }
}
