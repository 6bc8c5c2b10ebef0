//! Cutting a claim into words, numbers and signs. No weights, no meaning; markup is dropped here.

use super::words;
use unicode_normalization::UnicodeNormalization;

/// A piece of a claim.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// A word as written; never empty.
    Word(String),
    /// Two neighbouring characters of a script without spaces (one, when it stands alone).
    Pair(String),
    /// Digits as stated, without separators, the number of decimals, and what was glued behind them ("th", "x").
    Number {
        /// Digits and an optional point, readable by `str::parse`.
        digits: String,
        /// Places after the point.
        decimals: usize,
        /// Whether a thousands separator was written.
        grouped: bool,
    },
    /// Any other sign.
    Sign(char),
}

/// Whether a character belongs to a script that writes without spaces and is read in pairs.
pub fn dense(c: char) -> bool {
    matches!(c,
        '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3134f}')
}

/// NFKC, without markup: emphasis, calculator notes `<<..>>`, back-slashed dollar signs and brackets of mathematics.
fn plain(text: &str) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(text.len());
    let mut chars = text.nfkc().peekable();
    // A dollar sign before a letter opens a formula; where there is one, unescaped dollars are no money.
    let formulas = text
        .as_bytes()
        .windows(2)
        .any(|pair| pair[0] == b'$' && (pair[1].is_ascii_alphabetic() || pair[1] == b'\\'));
    while let Some(c) = chars.next() {
        match c {
            '<' if chars.peek() == Some(&'<') => {
                // A calculator note ends at ">>"; an unclosed one ends with the text.
                let mut last = ' ';
                for inner in chars.by_ref() {
                    if last == '>' && inner == '>' {
                        break;
                    }
                    last = inner;
                }
            }
            '*' | '_' if chars.peek() == Some(&c) => {
                chars.next();
            }
            '\\' => match chars.peek() {
                Some('$') => out.extend(chars.next()),
                Some('%' | '(' | ')' | '[' | ']' | '_' | '#' | '&' | ',') => {}
                Some(next) if next.is_ascii_alphabetic() => {
                    let mut name = String::new();
                    while let Some(letter) = chars.next_if(char::is_ascii_alphabetic) {
                        name.push(letter);
                    }
                    match name.as_str() {
                        "times" | "cdot" => out.push('×'),
                        "div" => out.push('÷'),
                        "text" | "mathrm" | "textbf" | "frac" | "dfrac" | "left" | "right" | "boxed" => {
                            out.push(' ');
                        }
                        _ => {
                            out.push(' ');
                            out.extend(name.chars());
                        }
                    }
                }
                _ => out.push(' '),
            },
            '$' if formulas => out.push(' '),
            '’' | '‘' | 'ʼ' => out.push('\''),
            '`' => out.push(' '),
            '−' | '‐' | '‑' | '–' | '—' => out.push('-'),
            '⁄' => out.push('/'),
            _ => out.push(c),
        }
    }
    out
}

/// Cuts a claim into tokens.
pub fn lex(text: &str) -> Vec<Token> {
    let chars = plain(text);
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        if c.is_ascii_digit() {
            at = number(&chars, at, &mut tokens);
        } else if c == '-' && negative(&chars, at, tokens.last()) {
            at = number(&chars, at + 1, &mut tokens);
            if let Some(Token::Number { digits, .. }) = tokens.last_mut() {
                digits.insert(0, '-');
            }
        } else if dense(c) {
            let from = at;
            while chars.get(at).is_some_and(|c| dense(*c)) {
                at += 1;
            }
            pairs(&chars[from..at], &mut tokens);
        } else if c.is_alphanumeric() {
            let from = at;
            while let Some(&c) = chars.get(at) {
                let joint = c == '\'' && chars.get(at + 1).is_some_and(|next| next.is_alphabetic());
                if (c.is_alphanumeric() && !dense(c)) || joint || combining(c) {
                    at += 1;
                } else {
                    break;
                }
            }
            tokens.push(Token::Word(chars[from..at].iter().collect()));
        } else {
            if !c.is_whitespace() {
                tokens.push(Token::Sign(c));
            }
            at += 1;
        }
    }
    tokens
}

/// Whether a dash is the sign of the number behind it, and neither an operator nor a range.
fn negative(chars: &[char], at: usize, last: Option<&Token>) -> bool {
    let apart =
        at.checked_sub(1).and_then(|at| chars.get(at)).is_none_or(|c| !c.is_alphanumeric() && *c != ')');
    let free = !matches!(last, Some(Token::Number { .. } | Token::Sign(')')));
    apart && free && chars.get(at + 1).is_some_and(char::is_ascii_digit)
}

/// Marks that belong to the letter before them, such as Indic vowel signs and Hebrew points.
fn combining(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c) || matches!(c, '\u{200c}' | '\u{200d}')
}

/// What [`lex`] writes for a negator inside a run without spaces.
pub const NOT: char = '¬';

fn pairs(run: &[char], tokens: &mut Vec<Token>) {
    let negator = |at: usize| {
        let next = run.get(at + 1).copied().unwrap_or(' ');
        // 不但, 不仅, 不过, 不同, 不断, 无论 and 不久 negate nothing; 不是 at the end of a run still does.
        matches!(run[at], '不' | '没' | '沒' | '無' | '无' | '未')
            && !matches!(next, '但' | '仅' | '過' | '过' | '同' | '断' | '论' | '久')
    };
    let emit = |part: &[char], tokens: &mut Vec<Token>| match part {
        [] => {}
        [single] => tokens.push(Token::Pair(single.to_string())),
        _ => tokens.extend(part.windows(2).map(|pair| Token::Pair(pair.iter().collect()))),
    };
    let mut from = 0;
    for at in 0..run.len() {
        if negator(at) {
            emit(&run[from..at], tokens);
            tokens.push(Token::Sign(NOT));
            from = at + 1;
        }
    }
    emit(&run[from..], tokens);
}

fn number(chars: &[char], from: usize, tokens: &mut Vec<Token>) -> usize {
    if let Some(at) = date(chars, from, tokens) {
        return at;
    }
    let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    // "1.904.569,50" and "3,5" as well as "1,904,569.50" and "3.5".
    let continental = continental(chars, from);
    let (group, point) = if continental { ('.', ',') } else { (',', '.') };
    let (mut at, mut digits, mut decimals, mut grouped) = (from, String::new(), 0, false);
    while let Some(&c) = chars.get(at) {
        if c.is_ascii_digit() {
            digits.push(c);
        } else if c == group && digit(at + 1) && digit(at + 2) && digit(at + 3) && !digit(at + 4) {
            grouped = true;
        } else {
            break;
        }
        at += 1;
    }
    if chars.get(at) == Some(&point) && digit(at + 1) {
        digits.push('.');
        at += 1;
        while digit(at) {
            digits.push(chars[at]);
            decimals += 1;
            at += 1;
        }
    }
    tokens.push(Token::Number { digits, decimals, grouped });
    // "30km" is 30 km; "4th" stays a number with an ordinal ending that counts for nothing.
    at
}

/// Whether a number is written with a comma before its decimals: groups of three after points, or a comma with one or two
/// digits behind it that no list of numbers goes on from.
fn continental(chars: &[char], from: usize) -> bool {
    let run = |at: usize| chars[at.min(chars.len())..].iter().take_while(|c| c.is_ascii_digit()).count();
    let sign = |at: usize| chars.get(at).copied().unwrap_or(' ');
    // "1,2,3" is a list wherever it is looked at.
    let listed = from >= 2 && chars[from - 1] == ',' && chars[from - 2].is_ascii_digit();
    let mut at = from + run(from);
    let mut groups = 0;
    while sign(at) == '.' && run(at + 1) == 3 {
        at += 4;
        groups += 1;
    }
    let decimals = if sign(at) == ',' { run(at + 1) } else { 0 };
    let goes_on = matches!(sign(at + 1 + decimals), ',' | '.') && sign(at + 2 + decimals).is_ascii_digit();
    match groups {
        0 => matches!(decimals, 1 | 2) && !goes_on && !listed && run(from) <= 3,
        1 => matches!(decimals, 1 | 2) && !goes_on,
        _ => true,
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Reads a date such as 2024-03-05 as "March 5 2024"; gives the place behind it.
fn date(chars: &[char], from: usize, tokens: &mut Vec<Token>) -> Option<usize> {
    let part = |at: usize, count: usize| -> Option<usize> {
        let text: String = chars.get(at..at + count)?.iter().collect();
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
    };
    let (year, month, day) = (part(from, 4)?, part(from + 5, 2)?, part(from + 8, 2)?);
    let dashed = chars[from + 4] == '-' && chars[from + 7] == '-';
    let ends = chars.get(from + 10).is_none_or(|c| !c.is_alphanumeric());
    let name = MONTHS.get(month.checked_sub(1)?).filter(|_| dashed && ends && (1..=31).contains(&day))?;
    tokens.push(Token::Word((*name).to_owned()));
    for value in [day, year] {
        tokens.push(Token::Number { digits: value.to_string(), decimals: 0, grouped: false });
    }
    Some(from + 10)
}

/// Whether a glued ending makes the number before it an ordinal.
pub fn ordinal(word: &str) -> bool {
    matches!(word.to_lowercase().as_str(), "st" | "nd" | "rd" | "th")
}

/// The word in lower case, contractions of "not" cut off: `("do", true)` for "don't".
pub fn lower(word: &str) -> (String, bool) {
    let lower = word.to_lowercase();
    if lower == "can't" || lower == "cannot" {
        return ("can".to_owned(), true);
    }
    if lower == "won't" {
        return ("will".to_owned(), true);
    }
    if let Some(cut) = lower.strip_suffix("n't") {
        return (cut.to_owned(), true);
    }
    match lower.split_once('\'') {
        Some((head, "s" | "re" | "ve" | "ll" | "d" | "m")) => (head.to_owned(), false),
        // Elision of the Romance languages: "l'eau".
        Some((head, tail)) if head.chars().count() <= 2 && words::class(tail) == words::Class::Content => {
            (tail.to_owned(), false)
        }
        _ => (lower, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        lex(text)
            .into_iter()
            .map(|token| match token {
                Token::Word(word) => word,
                Token::Pair(pair) => format!("<{pair}>"),
                Token::Number { digits, .. } => format!("#{digits}"),
                Token::Sign(sign) => sign.to_string(),
            })
            .collect()
    }

    #[test]
    fn a_claim_is_cut() {
        assert_eq!(shown("**It** costs $1,904,569.50."), ["It", "costs", "$", "#1904569.50", "."]);
        assert_eq!(shown("16 - 3 = <<16-3=13>>13 eggs"), ["#16", "-", "#3", "=", "#13", "eggs"]);
        assert_eq!(
            shown("x = -10, 7 -3, 5-10"),
            ["x", "=", "#-10", ",", "#7", "-", "#3", ",", "#5", "-", "#10"]
        );
        assert_eq!(
            shown("1.904.569,50 or 3,5 or 1,2,3"),
            ["#1904569.50", "or", "#3.5", "or", "#1", ",", "#2", ",", "#3"]
        );
        assert_eq!(shown("on 2024-03-05."), ["on", "March", "#5", "#2024", "."]);
        assert_eq!(shown("don’t 30km"), ["don't", "#30", "km"]);
        assert_eq!(shown("桥不安全。"), ["<桥>", "¬", "<安全>", "。"]);
        assert_eq!(shown(r"$2 \times 3$"), ["$", "#2", "×", "#3", "$"]);
        assert_eq!(shown("<<never closed"), Vec::<String>::new());
    }

    #[test]
    fn contractions_hold_their_not() {
        assert_eq!(lower("Don't"), ("do".into(), true));
        assert_eq!(lower("bridge's"), ("bridge".into(), false));
        assert_eq!(lower("l'eau"), ("eau".into(), false));
    }
}
