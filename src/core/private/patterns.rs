//! The patterns that make a text private: keys, e-mail addresses, words. What follows from them is [`super`]'s.

use unicode_normalization::UnicodeNormalization as _;

/// How the keys that providers of models hand out begin.
pub const KEY_STARTS: [&str; 4] = ["sk-", "gsk_", "AIza", "xai-"];
/// How other services' keys begin: forges, clouds, chats, package registries.
const OTHER_STARTS: [&str; 13] = [
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "hf_",
    "npm_",
    "pypi-",
    "xoxb-",
    "xoxp-",
    "AKIA",
    "ASIA",
];

/// Whether a text as a whole looks like a key: as providers begin theirs, or one long word of letters and digits.
pub fn looks_like_a_key(text: &str) -> bool {
    let text = text.trim();
    let mixed =
        text.bytes().any(|byte| byte.is_ascii_digit()) && text.bytes().any(|byte| byte.is_ascii_alphabetic());
    begins_like_a_key(text, &KEY_STARTS) || (text.len() >= 32 && plain(text) && mixed)
}

fn plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn begins_like_a_key(text: &str, starts: &[&str]) -> bool {
    let rests = starts.iter().filter_map(|start| text.strip_prefix(start));
    rests.into_iter().any(|rest| rest.len() >= 8 && plain(&rest.replace(['-', '_'], "")))
}

/// Whether something in a text looks like a key. In prose a word that only begins like one has no digit.
pub(super) fn holds_a_key(text: &str) -> bool {
    let part = |c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_';
    let words = text.split(part).map(|word| word.trim_matches(['-', '_']));
    let like_one = |word: &str| {
        let digit = word.bytes().any(|byte| byte.is_ascii_digit());
        digit && (looks_like_a_key(word) || begins_like_a_key(word, &OTHER_STARTS))
    };
    words.into_iter().any(like_one)
        || text.match_indices("-----BEGIN ").any(|(at, _)| {
            let line = text[at..].lines().next().unwrap_or_default();
            line.contains("PRIVATE KEY")
        })
}

/// Whether a text holds an e-mail address: a name, `@`, and a domain with a dot whose end is letters.
pub(super) fn holds_an_email(text: &str) -> bool {
    text.match_indices('@').any(|(at, _)| {
        let name = text[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || "_+-%".contains(c));
        let after = &text[at + 1..];
        let end = after.find(|c: char| !c.is_alphanumeric() && c != '-' && c != '.').unwrap_or(after.len());
        let domain = after[..end].trim_end_matches(['.', '-']);
        let labels: Vec<&str> = domain.split('.').collect();
        let top = labels.last().copied().unwrap_or_default();
        let ends = top.chars().count() >= 2 && top.chars().all(char::is_alphabetic);
        name && ends && labels.len() >= 2 && labels.iter().all(|label| !label.is_empty())
    })
}

/// A text as words are compared: compatible letters as one, small, without what is not seen, blanks as single ones.
pub(super) fn folded(text: &str) -> String {
    let unseen = |c: &char| matches!(*c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
    let small: String = text.nfkc().filter(|c| !unseen(c)).flat_map(char::to_lowercase).nfc().collect();
    small.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a folded text holds a folded word as a whole.
pub(super) fn holds_word(text: &str, word: &str) -> bool {
    if word.is_empty() {
        return false;
    }
    let joins = |one: Option<char>, other: Option<char>| {
        one.zip(other).is_some_and(|(one, other)| spaced(one) && spaced(other))
    };
    text.match_indices(word).any(|(at, _)| {
        let before = joins(text[..at].chars().next_back(), word.chars().next());
        let after = joins(word.chars().next_back(), text[at + word.len()..].chars().next());
        !before && !after
    })
}

/// Whether a letter or digit is of a script that sets blanks between words; in the others a word is anywhere.
fn spaced(c: char) -> bool {
    let unspaced = matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
        || ('\u{2e80}'..='\u{d7ff}').contains(&c)
        || c >= '\u{f900}';
    c.is_alphanumeric() && !unspaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_known_in_the_middle_of_a_text() {
        for text in [
            "my key is sk-proj-4f7eAbCd9012, why is it refused?",
            "OPENAI_API_KEY=sk-canary-4f7e90",
            "Authorization: Bearer gsk_0123456789abcdef",
            "url?key=AIzaSyA12345678&x=1",
            "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
            "token = \"0123456789abcdef0123456789abcdef\"",
            "AKIAIOSFODNN7EXAMPLE",
            "(glpat-1234567890abcdefghij)",
            "-----BEGIN RSA PRIVATE KEY-----\nMII",
        ] {
            assert!(holds_a_key(text), "{text}");
        }
        for text in [
            "",
            "sk-ating is a fine sport",
            "the class sk-loading-spinner is in sk-folding-cube.css",
            "gpt-6-luna-2026-11-22-preview-with-a-long-name",
            "a-very-long-identifier_with_2_numbers_and_more_words",
            "1234567890123456789012345678901234567890",
            "-----BEGIN CERTIFICATE-----",
            "AKIA is how they begin",
        ] {
            assert!(!holds_a_key(text), "{text}");
        }
    }

    #[test]
    fn addresses_are_known_and_mentions_are_none() {
        for text in [
            "write to jane.doe+x@mail.example.com.",
            "<Jörg@müller.example>",
            "mailto:a@b.co?x=1",
            "a_@b-c.org",
        ] {
            assert!(holds_an_email(text), "{text}");
        }
        for text in
            ["", "@", "@notes.txt", "look at @src/main.rs", "foo@1.2.3", "a@b", "a@.com", "a@b.c", "x @y.com"]
        {
            assert!(!holds_an_email(text), "{text}");
        }
    }

    #[test]
    fn words_are_whole_and_looks_do_not_hide_them() {
        let words = ["Project Falcon", "müller", "秘密", "R2-D2"].map(folded);
        let found = |text: &str| words.iter().any(|word| holds_word(&folded(text), word));
        for text in [
            "what of project\n  FALCON's budget",
            "(Project Falcon)",
            "MU\u{308}LLER",
            "Mül\u{ad}ler",
            "Project\u{a0}Fal\u{200b}con",
            "Ｐｒｏｊｅｃｔ Ｆａｌｃｏｎ",
            "これは秘密です",
            "is r2-d2 here?",
        ] {
            assert!(found(text), "{text}");
        }
        for text in ["projects falcon", "project falconry", "Müllerin", "subproject falcon", "R2-D22", ""] {
            assert!(!found(text), "{text}");
        }
    }
}
