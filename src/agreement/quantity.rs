//! Reading a number with what stands around it: magnitude, unit, rate, and its place in a sum. It compares nothing.

use super::bound;
use super::clock;
use super::lex::{self, Token};
use super::normalise::{Reader, Weighted, hash};
use super::number::{self, Kind, Number, Per};
use super::words::{self, Class};

impl Reader {
    /// Reads the number at `at` with its magnitude and unit; gives how many tokens were read as part of the number.
    pub(super) fn number(&mut self, tokens: &[Token], at: usize, equals: Option<usize>) -> usize {
        let Some((mut value, digits, decimals, mut used)) = value(tokens, at) else { return 1 };
        let word = |at: usize| match tokens.get(at) {
            Some(Token::Word(word)) => Some(word.to_lowercase()),
            _ => None,
        };
        let sign = |at: usize| match tokens.get(at) {
            Some(Token::Sign(sign)) => Some(*sign),
            _ => None,
        };
        if let Some(ending) = word(at + used).filter(|word| lex::ordinal(word)) {
            let root = format!("{digits}{ending}");
            self.push(&root, &root, Class::Content, false);
            return used + 1;
        }
        let before = at.checked_sub(1).and_then(word).unwrap_or_default();
        if matches!(
            before.as_str(),
            "step" | "option" | "part" | "chapter" | "section" | "figure" | "level" | "version"
        ) {
            let root = format!("{before}{digits}");
            self.push(&root, &digits, Class::Content, false);
            return used;
        }
        let written = match &tokens[at] {
            Token::Word(_) => word(at).unwrap_or_default(),
            _ if used > 1 => tokens[at..at + used].iter().map(written).collect::<String>(),
            token => grouped(token),
        };
        let mut show = written;
        let mut rounded = words::approximate(&before);
        if let Some(factor) = word(at + used).and_then(|word| words::magnitude(&word)) {
            value *= factor;
            show = format!("{show} {}", word(at + used).unwrap_or_default());
            used += 1;
            rounded = true;
        }
        let scale =
            digits.parse::<f64>().ok().filter(|stated| *stated > 0.0).map_or(1.0, |stated| value / stated);
        let mut number = Number {
            value,
            tolerance: number::tolerance(&digits, decimals, rounded) * scale.max(1e-12),
            spread: 0.0,
            kind: Kind::Plain,
            measure: None,
            units: Vec::new(),
            per: None,
            bound: bound::bound(tokens, at),
            half: false,
            clause: (!self.supposing).then_some(self.clause),
            before: self
                .out
                .words
                .iter()
                .rev()
                .filter(|word| word.class == Class::Content)
                .take(2)
                .map(|word| word.hash)
                .collect(),
            result: false,
            operand: false,
            show,
        };
        used += range(tokens, at + used, equals, &mut number);
        used += temperature(tokens, at + used, &mut number);
        let decade = word(at + used).as_deref() == Some("s") && digits.len() == 4;
        if decade {
            number.value += 4.5;
            number.tolerance = 5.0;
            number.show.push('s');
            used += 1;
        }
        let mut next = at + used;
        let currency =
            at.checked_sub(1).and_then(sign).filter(|sign| matches!(sign, '$' | '€' | '£' | '¥' | '₹'));
        if let Some(sign) = currency {
            number.kind = Kind::Money;
            number.show = format!("{sign}{}", number.show);
        } else if matches!(sign(next), Some('$' | '€' | '£' | '¥' | '₹'))
            && !matches!(tokens.get(next + 1), Some(Token::Number { .. }))
        {
            number.kind = Kind::Money;
            number.show.extend(sign(next));
            next += 1;
        } else if sign(next) == Some('%') || matches!(word(next).as_deref(), Some("percent")) {
            number.kind = Kind::Percent;
            number.show.push('%');
            next += 1;
        }
        if number.kind == Kind::Plain && number.measure.is_none() {
            next = units(tokens, next, self.seed, &mut number);
        }
        if (sign(next) == Some('/') || word(next).as_deref() == Some("per"))
            && let Some(per) = word(next + 1)
        {
            if number.kind != Kind::Plain || !number.units.is_empty() {
                let slash = sign(next) == Some('/');
                number.show = format!("{}{}{per}", number.show, if slash { "/" } else { " per " });
            }
            number.per = Some(rate(&per, self.seed));
        }
        let start = if currency.is_some() { at.saturating_sub(1) } else { at };
        number.operand = operator(tokens, next, true) || operator(tokens, start.wrapping_sub(1), false);
        let year = decimals == 0
            && digits.len() == 4
            && (1500.0..=2100.0).contains(&value)
            && number.units.is_empty();
        let plain = matches!(&tokens[at], Token::Number { grouped: false, .. });
        if number.kind == Kind::Plain && plain && (year && !number.operand && equals.is_none() || decade) {
            number.kind = Kind::Year;
            if !decade {
                number.tolerance = 0.49;
            }
        }
        number.result = equals.is_some_and(|equals| {
            at > equals
                && !tokens[equals..at].iter().any(|token| matches!(token, Token::Number { .. }))
                && !operator(tokens, next, true)
        });
        used += clock::rest(tokens, at + used, &mut number);
        self.out.tokens.push(Weighted { hash: identity(&number, self.seed), weight: 1.0 });
        self.text.push_str(&digits);
        self.text.push(' ');
        self.scope = 0;
        self.out.numbers.push(number);
        used
    }
}

/// Reads the rest of a range, "-10" or "to 10" behind a 5; gives how many tokens it read. A difference is no range.
fn range(tokens: &[Token], at: usize, equals: Option<usize>, number: &mut Number) -> usize {
    let joint = match tokens.get(at) {
        Some(Token::Sign('-')) => equals.is_none(),
        Some(Token::Word(word)) => word == "to",
        _ => false,
    };
    let Some(Token::Number { digits, decimals, .. }) = tokens.get(at + 1).filter(|_| joint) else { return 0 };
    let Ok(end) = digits.parse::<f64>() else { return 0 };
    // What is counted stands behind a range; "from 1990 to 1995" are two years, and "2 to 1" is a score.
    let counted = match tokens.get(at + 2) {
        Some(Token::Word(word)) => words::class(&word.to_lowercase()) == Class::Content,
        Some(Token::Sign('%' | '°' | '€' | '$') | Token::Pair(_)) => true,
        _ => false,
    };
    if !counted || end <= number.value || number.value < 0.0 {
        return 0;
    }
    number.show = format!("{}-{digits}", number.show);
    number.tolerance = number.tolerance.max(number::tolerance(digits, *decimals, false)).min(0.49);
    number.spread = (end - number.value) / 2.0;
    number.value = f64::midpoint(number.value, end);
    2
}

/// What a number is matched by as a word: its kind and its value, so that 2 hours meet 120 minutes and the year 1871 no
/// 1871 seats.
fn identity(number: &Number, seed: u64) -> u64 {
    let factor = number.measure.map_or(1.0, |(_, factor)| factor);
    let year = u64::from(number.kind == Kind::Year);
    // Three places are enough to meet, whatever the conversion lost.
    let value = format!("{:.3e}", number.value * factor);
    hash(value.as_bytes(), seed ^ (1 + year))
}

/// What a rate is counted by.
fn rate(per: &str, seed: u64) -> Per {
    let lower = per.to_lowercase();
    match words::unit(&lower) {
        Some((words::Dimension::Time, seconds)) => Per { hash: hash(b"time", seed ^ 2), seconds },
        _ => Per { hash: hash(words::stem(&lower).as_bytes(), seed), seconds: 1.0 },
    }
}

/// The stated value at a number or number word: value, digits, decimals and tokens read.
fn value(tokens: &[Token], at: usize) -> Option<(f64, String, usize, usize)> {
    match tokens.get(at)? {
        Token::Number { digits, decimals, .. } => {
            let stated: f64 = digits.parse().ok()?;
            if let Some(part) = fraction(tokens, at) {
                return Some((part, format!("{part:.3}"), 3, 3));
            }
            match fraction(tokens, at + 1).filter(|_| *decimals == 0) {
                Some(part) => Some((stated + part, format!("{:.3}", stated + part), 3, 4)),
                None => Some((stated, digits.clone(), *decimals, 1)),
            }
        }
        Token::Word(word) => {
            let lower = word.to_lowercase();
            // "a million": the magnitude alone is the number.
            if let (Some(value), true) = (words::magnitude(&lower), one_of(tokens, at)) {
                return Some((value, format!("{value}"), 0, 1));
            }
            let tens = words::number_word(&lower)?;
            let skip = usize::from(tokens.get(at + 1) == Some(&Token::Sign('-')));
            if let (true, Some(Token::Word(next))) = (tens >= 20.0, tokens.get(at + 1 + skip))
                && let Some(ones) = words::number_word(&next.to_lowercase())
                && (1.0..10.0).contains(&ones)
            {
                return Some((tens + ones, format!("{}", tens + ones), 0, 2 + skip));
            }
            Some((tens, format!("{tens}"), 0, 1))
        }
        _ => None,
    }
}

fn written(token: &Token) -> String {
    match token {
        Token::Number { digits, .. } => digits.clone(),
        Token::Sign(sign) => sign.to_string(),
        Token::Word(word) | Token::Pair(word) => word.clone(),
    }
}

/// A proper fraction such as 2/3 at a place, outside of sums.
fn fraction(tokens: &[Token], at: usize) -> Option<f64> {
    let whole = |at: usize| match tokens.get(at) {
        Some(Token::Number { digits, decimals: 0, grouped: false }) => digits.parse::<f64>().ok(),
        _ => None,
    };
    let slash =
        tokens.get(at + 1) == Some(&Token::Sign('/')) && tokens.get(at + 3) != Some(&Token::Sign('/'));
    let (over, under) = (whole(at)?, whole(at + 2)?);
    let sum = tokens.contains(&Token::Sign('='));
    (slash && !sum && over > 0.0 && over < under && under <= 100.0).then_some(over / under)
}

/// Whether "a" or "one" stands before a magnitude: "a million".
pub(super) fn one_of(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| tokens.get(at));
    matches!(before, Some(Token::Word(word)) if matches!(&*word.to_lowercase(), "a" | "one"))
}

fn grouped(token: &Token) -> String {
    let Token::Number { digits, grouped, .. } = token else { return String::new() };
    if !grouped {
        return digits.clone();
    }
    let (whole, rest) =
        digits.split_once('.').map_or((digits.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut out = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(rest) = rest {
        out.push('.');
        out.push_str(rest);
    }
    out
}

/// Reads "°C" or "degrees Fahrenheit" and brings the value to degrees Celsius; gives how many tokens it read.
fn temperature(tokens: &[Token], at: usize, number: &mut Number) -> usize {
    let degrees = match tokens.get(at) {
        Some(Token::Sign('°')) => true,
        Some(Token::Word(word)) => matches!(word.as_str(), "degree" | "degrees"),
        _ => false,
    };
    let Some(Token::Word(scale)) = tokens.get(at + 1).filter(|_| degrees) else { return 0 };
    let fahrenheit = match scale.as_str() {
        "C" | "Celsius" | "celsius" | "centigrade" => false,
        "F" | "Fahrenheit" | "fahrenheit" => true,
        _ => return 0,
    };
    number.measure = Some((words::Dimension::Temperature, 1.0));
    number.show = format!("{} °{}", number.show, if fahrenheit { 'F' } else { 'C' });
    if fahrenheit {
        number.value = (number.value - 32.0) / 1.8;
        number.tolerance /= 1.8;
    }
    2
}

/// Reads the unit words behind a number, and gives the place behind them.
fn units(tokens: &[Token], from: usize, seed: u64, number: &mut Number) -> usize {
    let mut at = from
        + usize::from(
            tokens.get(from) == Some(&Token::Sign('-'))
                && matches!(tokens.get(from + 1), Some(Token::Word(_))),
        );
    let start = at;
    while at < start + 2 {
        let (root, surface) = match tokens.get(at) {
            Some(Token::Word(word)) => {
                let lower = word.to_lowercase();
                if words::class(&lower) != Class::Content
                    || words::number_word(&lower).is_some()
                    || lower == "x"
                {
                    break;
                }
                if let Some(measure) = words::unit(&lower).filter(|_| at == start) {
                    number.measure = Some(measure);
                }
                (words::stem(&lower), word.clone())
            }
            Some(Token::Pair(pair)) => (pair.clone(), pair.clone()),
            _ => break,
        };
        number.units.push(hash(root.as_bytes(), seed));
        number.show = if at == start { format!("{} {surface}", number.show) } else { number.show.clone() };
        at += 1;
        if number.measure.is_some() {
            break;
        }
    }
    number.units.sort_unstable();
    if number.units.is_empty() { from } else { at }
}

/// Whether a sign of arithmetic stands at a place, with something to work on behind (or before) it.
fn operator(tokens: &[Token], at: usize, forward: bool) -> bool {
    let sign = match tokens.get(at) {
        Some(Token::Sign(sign)) => *sign,
        Some(Token::Word(word)) if word == "x" => '×',
        _ => return false,
    };
    let other = if forward { tokens.get(at + 1) } else { at.checked_sub(1).and_then(|at| tokens.get(at)) };
    let value = match other {
        Some(Token::Number { .. }) => true,
        Some(Token::Sign(sign)) => matches!(sign, '$' | '(' | ')' | '€' | '£'),
        Some(Token::Word(_)) => matches!(sign, '+' | '×' | '÷' | '*'),
        _ => false,
    };
    value && matches!(sign, '+' | '-' | '*' | '×' | '÷' | '/')
}
