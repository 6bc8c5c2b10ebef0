//! Where a sentence ends, decided from the text so far and a bounded look ahead. Not lines and not blocks.

/// What can be said about a place in a text that may still grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The sentence ends before this byte; the flag says that its line ends there too.
    At(usize, bool),
    /// It goes on; look further from this byte.
    On(usize),
    /// What follows decides, and it isn't there yet.
    Wait,
}

/// Longest run of marks or spaces that is looked through, so that noise can't make the look-ahead long.
const LOOK: usize = 64;

const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "st", "vs", "etc", "approx", "fig", "no", "nos", "vol", "cf", "ca",
    "al", "eq", "inc", "ltd", "jr", "sr", "sen", "gov", "gen", "rep", "dept", "est", "e.g", "i.e", "z.b",
    "bzw", "usw", "nr", "min", "max", "p", "pp",
];

/// Marks that end a sentence of a script with spaces.
pub fn latin(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '؟' | '۔' | '।')
}

/// Marks that end a sentence without a space behind them.
pub fn wide(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '｡')
}

fn closer(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | ')' | ']' | '»' | '*' | '_' | '`' | '」' | '』' | '）')
}

/// Decides at the mark that stands at byte `at`; `start` is where the sentence began, `ended` says that the text is whole.
pub fn ending(text: &str, start: usize, at: usize, ended: bool) -> Ending {
    let mut after = at;
    let (mut dots, mut strong, mut dense) = (0, false, false);
    let mut rest = text[at..].chars();
    let mut looked = 0;
    let next = loop {
        let Some(c) = rest.next() else { break None };
        if !(latin(c) || wide(c) || closer(c)) {
            break Some(c);
        }
        dots += usize::from(c == '.');
        strong |= latin(c) && c != '.';
        dense |= wide(c);
        after += c.len_utf8();
        looked += 1;
        if looked == LOOK {
            return Ending::On(after);
        }
    };
    let Some(next) = next else {
        return if ended { Ending::At(after, true) } else { Ending::Wait };
    };
    if !next.is_whitespace() {
        return if dense { Ending::At(after, false) } else { Ending::On(after) };
    }
    let Some(follow) = text[after..].chars().take(LOOK).find(|c| !c.is_whitespace() || *c == '\n') else {
        return match text[after..].chars().take(LOOK).count() {
            LOOK => Ending::At(after, false),
            _ if ended => Ending::At(after, true),
            _ => Ending::Wait,
        };
    };
    if follow == '\n' {
        return Ending::At(after, true);
    }
    if dense {
        return Ending::At(after, false);
    }
    if follow.is_lowercase() || (!strong && dots == 1 && shortened(&text[start..at])) {
        return Ending::On(after);
    }
    Ending::At(after, false)
}

/// Whether the point behind this text belongs to its last word: an abbreviation, an initial or a list number.
fn shortened(before: &str) -> bool {
    let word_of = |text: &str| {
        let from = text
            .rfind(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '"' | '*'))
            .map_or(0, |at| at + 1);
        // The found character may be longer than a byte: step to the next boundary.
        (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(0)
    };
    let from = word_of(before);
    let word = &before[from..];
    let head = before[..from].trim_end();
    if head.len() <= LOOK
        && head.trim_start_matches(['*', '_', '-', ' ']).is_empty()
        && !word.is_empty()
        && word.bytes().all(|byte| byte.is_ascii_digit())
    {
        return true;
    }
    let mut letters = word.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        let previous = &head[word_of(head)..];
        return letter.is_uppercase()
            && letter != 'I'
            && (head.is_empty() || previous.starts_with(char::is_uppercase));
    }
    let lower = word.to_lowercase();
    if lower.contains('.') {
        // "e.g." and "U.S." go on; "p.m." and "3.5" end where a capital follows.
        return lower
            .split('.')
            .all(|part| part.chars().count() == 1 && part.chars().all(char::is_alphabetic))
            && !matches!(lower.as_str(), "a.m" | "p.m");
    }
    // "No." is a number's name only in front of a digit, which never follows here as a sentence.
    ABBREVIATIONS.contains(&lower.as_str()) && !(lower == "no" && head.is_empty())
}
