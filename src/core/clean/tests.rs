//! Hostile payloads, each cut everywhere, and the laws of the sanitiser over random text.

use super::class::{Class, class, is_joining_script, is_picture, is_skin_tone};
use super::*;
use proptest::prelude::*;

/// Raw text, the clean text, how many things were filtered.
const PAYLOADS: &[(&str, &str, usize)] = &[
    ("plain text", "plain text", 0),
    ("two\nlines\n", "two\nlines\n", 0),
    // CSI
    ("a\x1b[31mred\x1b[0m", "a␛red␛", 2),
    ("\x1b[2J\x1b[H", "␛␛", 2),
    ("\x1b[?1049h", "␛", 1),
    ("\x1b[>0;276;0c", "␛", 1),
    ("\x1b[6n", "␛", 1),
    ("\x1b[38;2;1;2;3mx", "␛x", 1),
    ("\x1b[38:2::1:2:3mx", "␛x", 1),
    ("\x1b[1", "␛", 1),
    ("\x1b[", "␛", 1),
    ("\x1b[3\n1m", "␛\n1m", 1),
    ("\x1b[3é", "␛é", 1),
    ("\x1b[\x1b[31mx", "␛␛x", 2),
    ("\x1b[20;5 qx", "␛x", 1),
    ("\u{9b}31mx", "␛x", 1),
    ("\u{9b}", "␛", 1),
    // OSC
    ("\x1b]0;title\x07x", "␛x", 1),
    ("\x1b]0;title\x1b\\x", "␛x", 1),
    ("\x1b]2;t\u{9c}x", "␛x", 1),
    ("\u{9d}0;t\x07x", "␛x", 1),
    ("\x1b]52;c;cm0gLXJmIC8=\x07", "␛", 1),
    ("\x1b]52;c;?\x1b\\", "␛", 1),
    ("\x1b]11;?\x07", "␛", 1),
    ("\x1b]1337;File=inline=1:AAAA\x07x", "␛x", 1),
    ("\x1b]9;notify\x07", "␛", 1),
    ("\x1b]0;never ended", "␛", 1),
    ("\x1b]0;cut\nnext", "␛\nnext", 1),
    ("\x1b]0;a\x1b[31mb", "␛␛b", 2),
    ("\x1b]0;a\x18b", "␛b", 1),
    ("\x1b]0;a\x1ab", "␛b", 1),
    ("\x1b]0;a\x1b", "␛", 1),
    ("\x1b]", "␛", 1),
    // OSC 8
    ("\x1b]8;;https://a.b\x1b\\text\x1b]8;;\x1b\\.", "text <https://a.b>.", 2),
    ("\x1b]8;id=1;https://a.b\x07text\x1b]8;;\x07", "text <https://a.b>", 2),
    ("\x1b]8;;https://a.b\x07https://a.b\x1b]8;;\x07!", "https://a.b!", 2),
    ("\x1b]8;;https://a.b\x07text", "text <https://a.b>", 1),
    ("\x1b]8;;x:1\x07a\x1b]8;;x:2\x07b\x1b]8;;\x07", "a <x:1>b <x:2>", 3),
    ("\x1b]8;;a\u{202e}b c\x07t\x1b]8;;\x07", "t <abc>", 2),
    ("\x1b]8;;https://a.b\ntext", "␛\ntext", 1),
    ("\x1b]8;;\x07x", "x", 1),
    // DCS, SOS, PM, APC
    ("\x1bPq#0;1\x1b\\x", "␛x", 1),
    ("\x1bP+q544e\x1b\\", "␛", 1),
    ("\u{90}q#0\u{9c}x", "␛x", 1),
    ("\x1bXsos\x1b\\x", "␛x", 1),
    ("\x1b^pm\x1b\\x", "␛x", 1),
    ("\x1b_Gf=100;AAAA\x1b\\x", "␛x", 1),
    ("\u{9f}apc\u{9c}x", "␛x", 1),
    ("\u{98}x\u{9e}y\u{9c}z", "␛␛z", 2),
    ("\x1b_never", "␛", 1),
    ("\x1bPtmux;\x1b\x1b]0;t\x07\x1b\\x", "␛␛␛␛x", 4),
    // nF, single, lone
    ("\x1b(0lqk\x1b(B", "␛lqk␛", 2),
    ("\x1b#8x", "␛x", 1),
    ("\x1b%Gx", "␛x", 1),
    ("\x1b( ", "␛", 1),
    ("\x1bcx", "␛x", 1),
    ("\x1b7\x1b8\x1b=\x1b>\x1bM", "␛␛␛␛␛", 5),
    ("\x1b", "␛", 1),
    ("\x1b\x1b\x1b", "␛␛␛", 3),
    ("\x1b\nx", "␛\nx", 1),
    ("\x1bé", "␛é", 1),
    // Other controls
    ("a\x08b\x07c\0d\x0be\x0cf\x0eg\x7fh", "abcdefgh", 7),
    ("a\u{80}b\u{8e}c\u{9c}d", "abcd", 3),
    ("a\r\nb\rc\r", "a\nb\nc\n", 2),
    ("a\r\r\nb", "a\n\nb", 1),
    ("real\rfake", "real\nfake", 1),
    ("a\u{85}b\u{2028}c\u{2029}d", "a\nb\nc\nd", 3),
    ("\tx\ty\n\tz", "    x   y\n    z", 0),
    ("日\tx", "日  x", 0),
    // Reordering and invisible
    ("a\u{202e}b\u{202c}c", "abc", 2),
    ("\u{2066}a\u{2069}\u{200e}\u{200f}\u{61c}", "a", 5),
    ("שלום\u{202e}x", "שלוםx", 1),
    ("a\u{200b}b\u{2060}c\u{feff}d\u{ad}e\u{180e}f", "abcdef", 5),
    ("a\u{115f}\u{1160}\u{3164}\u{ffa0}b\u{fff9}c", "abc", 5),
    ("a\u{200d}b\u{200c}c", "abc", 2),
    ("\u{200d}", "", 1),
    ("می\u{200c}خواهم", "می\u{200c}خواهم", 0),
    ("क्\u{200d}ष", "क्\u{200d}ष", 0),
    ("\u{1f469}\u{200d}\u{1f467}", "\u{1f469}\u{200d}\u{1f467}", 0),
    (
        "\u{1f469}\u{1f3fb}\u{200d}\u{2764}\u{fe0f}\u{200d}\u{1f468}",
        "\u{1f469}\u{1f3fb}\u{200d}\u{2764}\u{fe0f}\u{200d}\u{1f468}",
        0,
    ),
    ("\u{1f469}\u{200d}x", "\u{1f469}x", 1),
    ("\u{1f469}\u{200d}\u{200d}\u{1f467}", "\u{1f469}\u{200d}\u{1f467}", 1),
    ("\u{1f469}\u{200c}\u{1f467}", "\u{1f469}\u{1f467}", 1),
    ("a\u{e0041}\u{e0042}\u{e007f}b", "ab", 3),
    ("a\u{fe0f}b\u{e0100}c\u{fe00}", "abc", 3),
    ("1\u{fe0f}\u{20e3} \u{26a0}\u{fe0f}", "1\u{fe0f}\u{20e3} \u{26a0}\u{fe0f}", 0),
    ("a\u{e000}b\u{f0000}c\u{10fffd}d", "abcd", 3),
    ("a\u{fdd0}b\u{ffff}c\u{1fffe}d", "abcd", 3),
    ("e\u{301}", "e\u{301}", 0),
    ("e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}x", "e\u{301}\u{301}\u{301}\u{301}x", 2),
    ("\u{301}a\n\u{301}b", "a\nb", 2),
    ("\u{1100}\u{1161}\u{11a8}", "\u{1100}\u{1161}\u{11a8}", 0),
    ("\u{1f3fb}\u{1f3fc}\u{1f3fd}\u{1f3fe}\u{1f3ff}", "\u{1f3fb}\u{1f3fc}\u{1f3fd}\u{1f3fe}\u{1f3ff}", 0),
];

fn cleaned(chunks: &[&str]) -> CleanText {
    let mut text = CleanText::new();
    for chunk in chunks {
        text.push(chunk);
    }
    text
}

/// All that can be seen of a text: what it shows and where.
fn view(text: &CleanText, raw: &str) -> (String, usize, Vec<usize>, Vec<usize>) {
    let to_clean = (0..=raw.len()).map(|at| text.to_clean(at)).collect();
    let to_raw = (0..=text.as_str().len()).map(|at| text.to_raw(at)).collect();
    (text.as_str().to_owned(), text.filtered(), to_clean, to_raw)
}

fn check_neutral(clean: &str) {
    let chars: Vec<char> = clean.chars().collect();
    for (i, &c) in chars.iter().enumerate() {
        let kind = class(c);
        let at = |n: usize| chars.get(n).copied().unwrap_or(' ');
        match kind {
            Class::Plain | Class::Extender | Class::Presentation | Class::LetterForm => {}
            Class::Newline => assert_eq!(c, '\n'),
            Class::Joiner => {
                let before = at(i.wrapping_sub(1));
                let picture = is_picture(before)
                    || before == '\u{fe0f}'
                    || before == '\u{fe0e}'
                    || is_skin_tone(before)
                    || class(before) == Class::Extender;
                let pictures = picture && is_picture(at(i + 1));
                assert!(pictures || is_joining_script(before) && is_joining_script(at(i + 1)), "{clean:?}");
            }
            _ => panic!("{c:?} in {clean:?}"),
        }
        assert!(c == '\n' || !c.is_control());
        let marks = chars[i..].iter().take_while(|&&c| class(c) == Class::Extender).count();
        assert!(marks <= 5, "{clean:?}");
    }
}

fn check_offsets(text: &CleanText, raw: &str) {
    let (clean, _, to_clean, to_raw) = view(text, raw);
    assert!(to_clean.is_sorted() && to_raw.is_sorted(), "{raw:?}: {to_clean:?} {to_raw:?}");
    assert!(to_clean.iter().all(|&at| clean.is_char_boundary(at)));
    assert!(to_raw.iter().all(|&at| at <= raw.len()));
    assert_eq!(text.to_clean(0), 0);
    for (at, c) in clean.char_indices() {
        let raw_at = text.to_raw(at);
        assert!(text.to_clean(raw_at) <= at, "{raw:?} {at}");
        // A character that is the same in both is found again from either side.
        if raw[raw_at..].starts_with(c) && text.to_clean(raw_at) == at {
            assert_eq!(text.to_raw(text.to_clean(raw_at)), raw_at);
        }
    }
}

fn check_all(raw: &str) {
    let whole = {
        let mut text = cleaned(&[raw]);
        text.finish();
        text
    };
    check_neutral(whole.as_str());
    check_offsets(&whole, raw);
    assert_eq!(prose(whole.as_str()), whole.as_str(), "idempotent: {raw:?}");
    let exact_once = exact(raw);
    assert!(!exact_once.contains('\n'));
    check_neutral(&exact_once);
    assert_eq!(exact(&exact_once), exact_once);
    let line_once = line(raw);
    assert!(!line_once.contains('\n'));
    assert_eq!(line(&line_once), line_once);
}

#[test]
fn payloads_are_neutral_wherever_they_are_cut() {
    assert!(PAYLOADS.len() >= 60);
    for &(raw, expected, filtered) in PAYLOADS {
        check_all(raw);
        let mut whole = cleaned(&[raw]);
        let before_finish = view(&whole, raw);
        whole.finish();
        assert_eq!(whole.as_str(), expected, "{raw:?}");
        assert_eq!(whole.filtered(), filtered, "{raw:?}");
        let finished = view(&whole, raw);
        for cut in (0..=raw.len()).filter(|&cut| raw.is_char_boundary(cut)) {
            let mut parts = cleaned(&[&raw[..cut], &raw[cut..]]);
            assert_eq!(view(&parts, raw), before_finish, "{raw:?} cut at {cut}");
            parts.finish();
            assert_eq!(view(&parts, raw), finished, "{raw:?} cut at {cut}");
        }
    }
}

#[test]
fn exact_shows_what_prose_takes_out() {
    assert_eq!(
        exact("a\x1b[31m\tb\r\n\x07\u{9b}\u{202e}\u{200d}\u{e0041}"),
        "a\\x1b[31m\\tb\\r\\n\\x07\\x9b\\u{202e}\\u{200d}\\u{e0041}"
    );
    assert_eq!(exact("/home/é/\u{65e5}"), "/home/é/\u{65e5}");
    assert_eq!(line("  two\r\nlines\x1b[0m "), "two lines␛");
}

#[test]
fn honest_text_costs_no_map() {
    let raw = "Ünïcode, 日本語, \u{1f469}\u{200d}\u{1f467} and\nlines ".repeat(100);
    let text = cleaned(&[&raw]);
    assert_eq!(text.offsets.len(), 0);
    assert_eq!(text.to_clean(77), text.to_raw(77));
}

#[test]
fn offsets_find_the_same_character_on_both_sides() {
    let raw = "a\x1b[31mb\u{202e}c\td";
    let text = cleaned(&[raw]);
    assert_eq!(text.as_str(), "a␛bc    d");
    for (shown, found) in [("a", "a"), ("b", "b"), ("c", "c"), ("d", "d"), ("␛", "\x1b"), ("    ", "\t")] {
        let (clean, at) = (text.as_str().find(shown).unwrap(), raw.find(found).unwrap());
        assert_eq!(text.to_raw(clean), at, "{shown:?}");
        assert_eq!(text.to_clean(at), clean, "{shown:?}");
    }
}

#[test]
fn an_endless_sequence_holds_little_and_gives_up() {
    let mut text = CleanText::new();
    text.push("\x1b]0;");
    (0..5000).for_each(|_| text.push("x"));
    text.push("end");
    assert!(text.as_str().starts_with(MARK) && text.as_str().ends_with("xend"));
    assert_eq!(text.filtered(), 1);
}

#[test]
fn tags_are_decoded_for_the_event_list() {
    let text = cleaned(&["hi\u{e0001}\u{e0072}\u{e006d}\u{e0020}\u{e002d}\u{e0072}\u{e007f}"]);
    assert_eq!((text.as_str(), text.smuggled()), ("hi", "rm -r"));
}

fn hostile() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        "\x1b",
        "\x1b[",
        "\x1b]",
        "\x1b]8;;",
        "\x1bP",
        "\x07",
        "\x1b\\",
        "\u{9b}",
        "\u{9c}",
        "\u{9d}",
        "m",
        ";",
        "0",
        " ",
        "\r",
        "\n",
        "\t",
        "\u{202e}",
        "\u{200b}",
        "\u{200c}",
        "\u{200d}",
        "\u{1f469}",
        "\u{2764}",
        "\u{fe0f}",
        "\u{1f3fb}",
        "\u{301}",
        "\u{64e}",
        "\u{645}",
        "\u{915}",
        "\u{94d}",
        "\u{e0041}",
        "\u{e000}",
        "\u{2028}",
        "日",
        "\u{1161}",
        "\u{1100}",
        "\u{1820}",
        "\u{180b}",
        "a",
        "\x18",
        "https://x.y",
        "\u{600}",
        "\u{1f1e6}",
    ]);
    let piece = prop_oneof![6 => odd.prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn laws_hold_for_hostile_text(raw in hostile()) {
        check_all(&raw);
    }

    #[test]
    fn cutting_changes_nothing(raw in hostile(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(raw.len() + 1)).filter(|&at| raw.is_char_boundary(at)).collect();
        cuts.extend([0, raw.len()]);
        cuts.sort_unstable();
        let mut parts = CleanText::new();
        let mut shown = String::new();
        for pair in cuts.windows(2) {
            parts.push(&raw[pair[0]..pair[1]]);
            prop_assert!(parts.as_str().starts_with(&shown), "only ever grows");
            shown = parts.as_str().to_owned();
        }
        let mut whole = cleaned(&[&raw]);
        prop_assert_eq!(view(&parts, &raw), view(&whole, &raw));
        parts.finish();
        whole.finish();
        prop_assert_eq!(view(&parts, &raw), view(&whole, &raw));
    }
}
