//! Whether a question holds a word or a phrase, whatever its language. No lists of words stand here, and no meaning.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Small letters, and one way to write what looks alike (NFKC), so that words can be compared.
pub(super) fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

/// Whether a character belongs to a script that writes without spaces, or glues particles to words as Korean does: there
/// a word is found inside of others.
pub(super) fn dense(c: char) -> bool {
    matches!(c,
        // Thai, Lao, Burmese, Khmer.
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        // Chinese, Japanese, Korean.
        | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3134f}')
}

/// Whether a character is a part of a word that is set off by spaces or signs.
pub(super) fn of_word(c: char) -> bool {
    (c.is_alphanumeric() || is_combining_mark(c)) && !dense(c)
}

/// Whether a text holds a word or a phrase as a whole, both [`folded`]: nothing of a word may go on before or after it. At an
/// edge that is a sign, as in `c++`, or a character of a dense script, nothing is asked of what is beside it.
pub(super) fn holds(text: &str, word: &str) -> bool {
    let (Some(first), Some(last)) = (word.chars().next(), word.chars().next_back()) else { return false };
    let mut from = 0;
    while let Some(at) = text[from..].find(word).map(|at| from + at) {
        let before = text[..at].chars().next_back().is_some_and(of_word);
        let after = text[at + word.len()..].chars().next().is_some_and(of_word);
        if !(of_word(first) && before || of_word(last) && after) {
            return true;
        }
        from = at + first.len_utf8();
    }
    false
}

/// The words of a folded text that are set off by spaces or signs.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !of_word(c)).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_as_a_whole() {
        let text = folded("Is the CONTRACT of ＬＡＷ void, or Über-all in c++? unlawful");
        for word in ["contract", "law", "über", "c++", "contract of law", "void"] {
            assert!(holds(&text, word), "{word}");
        }
        for word in ["", "con", "tract", "lawful", "void or", "al", "c+++"] {
            assert!(!holds(&text, word), "{word}");
        }
        assert!(holds("ba a a", "a a"), "matches may overlap");
        assert_eq!(words(&text).take(3).collect::<Vec<_>>(), ["is", "the", "contract"]);
    }

    #[test]
    fn in_a_dense_script_it_is_found_inside_of_others() {
        assert!(holds("这份合同法律上有效吗", "法律"));
        assert!(holds("계약법을 설명해", "계약"));
        assert!(holds("用python写", "python"), "a dense neighbour ends a word");
        assert!(!holds("用cpython写", "python"));
        assert!(!holds("कानूनी", "कानून"), "a mark goes on with a word");
    }

    #[test]
    fn letters_are_folded_alike() {
        assert_eq!(folded("Cafe\u{301}"), folded("CAFÉ"));
        assert!(holds(&folded("CAFÉ?"), &folded("cafe\u{301}")));
    }
}
