//! Any document in any chunks draws as the whole does, and what is frozen stays.

use super::*;
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

pub(super) fn whole(text: &str, width: u16) -> Vec<Line> {
    StreamText::default().lines(text, true, width).into_iter().cloned().collect()
}

pub(super) fn show<'a>(lines: impl IntoIterator<Item = &'a Line>) -> String {
    let mut shown = String::new();
    for line in lines {
        line.pieces.iter().for_each(|piece| shown.push_str(&piece.text));
        shown.push('\n');
    }
    shown
}

fn drawn(text: &str, width: u16) -> String {
    show(&whole(text, width))
}

/// The lines of the parts that can't change any more.
fn closed(stream: &mut StreamText, text: &str) -> Vec<Line> {
    let (outline, layout) = (&stream.outline, &mut stream.layouts[0]);
    let mut lines = Vec::new();
    for part in 0..outline.parts() {
        layout.hold(outline, text, part, &mut Budget::endless());
        lines.extend_from_slice(layout.lines(part));
    }
    lines
}

/// The laws of one text fed up to each of the cuts.
fn check(text: &str, width: u16, cuts: impl IntoIterator<Item = usize>) {
    let expected = whole(text, width);
    let mut stream = StreamText::default();
    let mut parts = 0;
    for cut in cuts {
        let lines: Vec<Line> = stream.lines(&text[..cut], false, width).into_iter().cloned().collect();
        check_lines(&lines, &text[..cut], width);
        assert!(stream.outline.parts() >= parts, "closed parts stay closed");
        parts = stream.outline.parts();
        let kept = closed(&mut stream, &text[..cut]);
        assert!(
            expected.starts_with(&kept),
            "{text:?} at {cut} of {} w {width}\nkept: {kept:#?}\nwhole: {expected:#?}",
            text.len(),
        );
    }
    let lines: Vec<Line> = stream.lines(text, true, width).into_iter().cloned().collect();
    assert_eq!(lines, expected, "{text:?}");
    check_lines(&lines, text, width);
}

fn check_lines(lines: &[Line], text: &str, width: u16) {
    let mut end = 0;
    for line in lines {
        assert!(
            line.source.start <= line.source.end && line.source.end >= end && line.source.end <= text.len(),
            "{text:?}"
        );
        end = line.source.end;
        assert!(text.is_char_boundary(line.source.start) && text.is_char_boundary(line.source.end));
        let cells: usize = line.pieces.iter().map(|piece| piece.text.width()).sum();
        assert!(cells <= usize::from(width).max(2), "{cells} of {width}: {line:?}");
        assert!(line.pieces.iter().all(|piece| !piece.text.contains('\n')));
    }
}

fn cuts_at_every_byte(text: &str) -> impl Iterator<Item = usize> {
    (0..=text.len()).filter(|&cut| text.is_char_boundary(cut))
}

const NASTY: &[&str] = &[
    "0. a\n\n0",
    "0. a\n\n0. b\n",
    "- a\n\n- b\n- c\n\n\n- d\n\npara\n",
    "- a\n  - b\n    - c\n\n      d\n- e\n\n  f\n\n      code\n",
    "1. one\n   ```sh\n   ls\n\n   x\n   ```\n2. two\n",
    "text\n```rust\nfn a() {}\n\n    b\n```\nafter\n",
    "```\nnever closed\n\n# no heading\n",
    "````\n```\n````\n~~~\n```\n~~~\nx",
    "a\n===\nb\n---\nc\n\n---\n***\n",
    "| a | b |\n|---|--:|\n| 1 | 2 |\n| long cell here | x |\n\nafter\n",
    "a|b\n-|-\n1|2\nno pipe\n\n> q\n",
    "x\na|b\n-|-\n1|2\n",
    "<div>\n<b>x</b>\n\n</div>\n\ntext <i>in</i> line\n",
    "<!-- a\n\nb -->\nc\n<pre>\n\n# x\n</pre>\ny\n",
    "[a]: /u \"t\"\n[a] and [b][a] and [c]\n\n[b]: /v\n",
    "p\n\n[foo]: /url\n\"title\nmore\"\nx\n",
    "[foo]: /url\n'title\n\nnot'\n",
    "[foo]:\n/url\n\n[foo]\n",
    "    code\n\n    more\n\n  para\n",
    "para\n    lazy\n\n\tcode\n",
    "> a\nlazy\n> b\n>\n> - c\n>   d\n\n> new\n",
    "> ```\n> x\n> ```\n\n- ```\n  y\n  ```\n- > z\n  > w\n",
    "日本語のテキスト。**太字**です。\n\n- 項目\n- \u{1f469}\u{200d}\u{1f467} x\n",
    "*a **b* c** _d\n\ne_ `f` ``g`h`` \\*i\\* &amp; &#27; &#x202e; &nbsp; &Tab;\n",
    "[l](http://x \"t\") ![i](u) <http://y> [http://z](http://z) [](e)\n",
    "- [ ] todo\n- [x] done\n\n  - [x] nested\n",
    "-\n- \n\n  x\n1.\n2) y\n",
    "- a\n\n\n\n\n- b\n* c\n+ d\n",
    "# A\n## B ##\n#no\n####### seven\ntext\n",
    "a  \nb\\\nc\nd\n",
    "\n\n\n  \na\n\n\n\nb\n\n",
    "- a\n - b\n  - c\n   - d\n    - e\n",
    "10. a\n    - b\n   - c\n",
    "* a\n* * *\n- b\n---\n",
    "[^1]: note\n\ntext[^1]\n",
    "- a\n[r]: /u\n- b\n\n[r]: /v\n```\nx\n```\n",
    "[r]: /u\n    i\n==\na\n",
    "[r]: /u\n```\nx\n```\n[r]: /w\n# h\n",
];

#[test]
fn nasty_documents_draw_the_same_in_any_chunks() {
    for text in NASTY {
        for width in [1, 7, 30] {
            check(text, width, cuts_at_every_byte(text));
        }
    }
}

fn document() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "a",
        "0",
        "0.",
        "0. a",
        "1. b",
        "2) c",
        "- d",
        "-",
        "* e",
        "+ f",
        "  g",
        "   - h",
        "    i",
        "      j",
        "# k",
        "==",
        "---",
        "***",
        "```",
        "```sh",
        "~~~",
        "   ```",
        "> l",
        ">",
        "> - m",
        "> ```",
        "|a|b|",
        "|-|-|",
        "|1|2|",
        "1|2|3",
        "|1|2|z|y|",
        "a|b",
        "-|-",
        "[r]: /u",
        "[r]: /u 't'",
        "[r]:",
        "/u",
        "\"t",
        "t\"",
        "'t'",
        "[r] x [s][r]",
        "<div>",
        "</div>",
        "<!--",
        "-->",
        "<pre>",
        "</pre>",
        "<b>",
        "**n",
        "n** *o*",
        "`p",
        "`q`",
        "日本語 字",
        "\u{1f469}\u{200d}\u{1f467}",
        "",
        "",
        "",
        "",
        "  ",
        "  ```",
        "  x",
        "\\",
        "word word word word",
        "[^1]: n",
        "- [ ] t",
        "  - u",
        "     - v",
        "&amp;",
        "<http://w>",
        "[x](y",
        "\"z\")",
        "(",
        "1. ```",
        "- # h",
        "- > q",
        "- - w",
        "   1. x",
        "\u{a0}",
        "  [r]: /v",
        "> [r]: /w",
        "- [r]: /x",
        "__",
    ]);
    let end = prop::sample::select(vec!["\n", "\n", "\n", "\n\n", " ", ""]);
    prop::collection::vec((line, end), 0..14)
        .prop_map(|lines| lines.into_iter().flat_map(|(line, end)| [line, end]).collect::<String>())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost(text in document()) {
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        // Only an entity is shown as another character than it is written with.
        let text = text.replace("&amp;", "");
        prop_assert_eq!(letters(&drawn(&text, 500)), letters(&text), "{:?}", text);
    }

    #[test]
    fn any_document_in_any_chunks_draws_as_the_whole(text in document(), width in 1_u16..40) {
        check(&text, width, cuts_at_every_byte(&text));
    }
}
/// Found at random: a definition that the next line completes, behind a footnote.
#[test]
fn a_definition_that_goes_on_behind_a_footnote_draws_as_the_whole() {
    let text = "[^1]: n\n\n[r]:\n|a|b|\n";
    check(text, 1, cuts_at_every_byte(text));
}

#[test]
fn what_it_looks_like() {
    let cases = [
        (PROSE, 24, include_str!("looks_24.txt")),
        (PROSE, 60, include_str!("looks_60.txt")),
        ("a\n===\nb\n---\n***\n", 5, "# a\n## b\n─────\n"),
        (
            "10. long words\n    * deep words here\n",
            14,
            "10. long words\n    - deep\n      words\n      here\n",
        ),
        (
            "- > quote words\n- - x\n- # h\n-\n- [x] done\n",
            9,
            "- > quote\n  > words\n- - x\n- # h\n-\n- [x]\n  done\n",
        ),
        ("|a|b|\n|-|-|\n|long cell|x|\n", 8, "- a:\n  long\n  cell\n  b: x\n"),
        ("a|b\n-|-\n1|2|3\n", 20, "a | b\n--+---+--\n1 | 2 | 3\n"),
        (
            "[l](http://x \"t\") ![i](u) <http://y> [http://z](http://z)",
            99,
            "l <http://x \"t\"> i <u> <http://y> http://z\n",
        ),
        ("e ``g`h`` \\*i\\* &lt; &#27; &#x202e; &Tab;", 99, "e ``g`h`` *i* < &#27; &#x202e; &Tab;\n"),
    ];
    for (text, width, expected) in cases {
        assert_eq!(drawn(text, width), expected, "{text:?}");
    }
}

/// What is in view, looking at a place of a text for the first time.
pub(super) fn seen(
    stream: &mut StreamText,
    text: &str,
    at: At,
    height: usize,
    budget: Budget,
) -> (Vec<Line>, usize, isize) {
    let want = Want { width: 40, height, at, under: 0 };
    let seen = stream.look(text, true, &want, &mut { budget });
    (seen.lines[seen.shown.clone()].iter().copied().cloned().collect(), seen.byte, seen.offset)
}

#[test]
fn a_byte_is_found_in_the_line_that_shows_it() {
    let text = "# One\n\nTwo *three* four &amp; five\n\n- six\n- seven\n".repeat(30);
    for word in ["One", "Two", "three", "four", "five", "six", "seven"] {
        for (at, _) in text.match_indices(word) {
            let (lines, ..) = seen(&mut StreamText::default(), &text, At::Byte(at, 0), 1, Budget::default());
            // The last line of a text is the last in view.
            let piece = lines[0].pieces.iter().find(|piece| piece.source.contains(&at)).unwrap();
            assert!(piece.text.contains(word), "{word}: {lines:?}");
        }
    }
    for text in ["", "a", "a\n\n"] {
        for at in [At::End, At::Row(9), At::Byte(9, 3), At::Byte(0, -3)] {
            let lines = whole(text, 40);
            assert_eq!(seen(&mut StreamText::default(), text, at, 3, Budget::default()).0, lines);
        }
    }
}

#[test]
fn every_view_shows_a_part_of_the_whole() {
    let text = PROSE.repeat(4) + "```\nlet a = 1;\n\nlet b = 2;\n";
    let expected = whole(&text, 40);
    let height = 9;
    let last = expected.len() - height;
    let find = |byte: usize| {
        expected.iter().position(|line| line.source.end > byte).unwrap_or(expected.len() - 1) as isize
    };
    for warm in [false, true] {
        let mut stream = StreamText::default();
        for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
            let lines = (at % 61) as isize - 30;
            if !warm {
                stream = StreamText::default();
            }
            let top = (find(at) + lines).clamp(0, last as isize) as usize;
            let (view, byte, offset) =
                seen(&mut stream, &text, At::Byte(at, lines), height, Budget::endless());
            assert_eq!(show(&view), show(&expected[top..top + height]), "at {at}, {lines} on, warm: {warm}");
            // Where it came to rest leads there again.
            let again = seen(&mut stream, &text, At::Byte(byte, offset), height, Budget::endless());
            assert_eq!(show(&again.0), show(&view));
            let row = top + at % 5;
            let view = seen(&mut stream, &text, At::Row(row), height, Budget::endless()).0;
            let row = row.min(last);
            assert_eq!(show(&view), show(&expected[row..row + height]));
        }
    }
}

#[test]
fn rows_under_a_text_scroll_with_it() {
    let text = "one\ntwo\nthree\n";
    let mut stream = StreamText::default();
    for (height, at, shown, under, below) in [
        (9, At::End, 0..3, 0..2, 0),
        (3, At::End, 2..3, 0..2, 0),
        (1, At::End, 0..0, 1..2, 0),
        (2, At::Row(0), 0..2, 0..0, 3),
        (2, At::Row(2), 2..3, 0..1, 1),
        (2, At::Row(3), 0..0, 0..2, 0),
        (2, At::Row(99), 0..0, 0..2, 0),
    ] {
        let want = Want { width: 40, height, at, under: 2 };
        let seen = stream.look(text, true, &want, &mut Budget::endless());
        assert_eq!((seen.shown, seen.under, seen.below), (shown, under, below), "{height} {at:?}");
    }
}

#[test]
fn a_revision_or_another_width_starts_over() {
    let text = PROSE.repeat(3);
    let mut stream = StreamText::default();
    for (text, width, finished) in [
        (&*text, 40, false),
        (&text, 30, false),
        ("short", 30, false),
        ("sh日rt and longer", 30, false),
        (&text, 30, true),
        (&text, 30, true),
        ("other", 30, true),
        ("other things", 30, false),
    ] {
        stream.lines(text, finished, width);
        let lines = show(stream.lines(text, finished, width));
        assert_eq!(lines, show(StreamText::default().lines(text, finished, width)));
    }
    // A change far back that leaves length and end alone is noticed at the end.
    stream.lines(&text, false, 30);
    let revised = text.replacen("heading", "HEADING", 1);
    assert_eq!(show(stream.lines(&revised, true, 30)), drawn(&revised, 30));
}

#[test]
fn giant_blocks_are_cut_the_same_way_in_any_chunks() {
    for unit in ["words and **more**, ", "日本語", "- x\n  y\n\n  ", "> q\n", "```\nlet a;", "|a|b|\n|-|-|\n"]
    {
        let text = unit.repeat(3 * LONGEST / unit.len());
        let cuts = (0..text.len()).step_by(7919).map(|cut| outline::boundary(&text, cut));
        let expected = whole(&text, 50);
        let mut stream = StreamText::default();
        for cut in cuts {
            stream.lines(&text[..cut], false, 50);
            assert!(expected.starts_with(&closed(&mut stream, &text[..cut])), "{unit:?} at {cut}");
        }
        assert_eq!(show(stream.lines(&text, true, 50)), show(&expected), "{unit:?}");
    }
}

pub(super) const PROSE: &str = "## A heading with some words\n\nYour write rate of about **4k per second** is far below what one \
    large machine can do; `pg_stat_statements` shows it. Add *two read replicas* first and send the reports \
    there, see [the manual](https://example.org/manual).\n\n1. Partition the three largest tables by month.\n   This \
    keeps indexes small.\n2. Measure the p99 latency weekly.\n\n   - set a trigger\n   - write it down\n\n```sql\n\
    select relname, age(relfrozenxid) from pg_class order by 2 desc;\n```\n\n| model | verdict | share |\n|---|---|---:|\n\
    | opus | yes | 80% |\n| gpt | no | 75% |\n\n> Nobody here has run a sharded cluster.\n\n";

/// Streams a text in deltas of about 40 bytes, as a call reads a stream.
fn streamed(text: &str) -> String {
    let mut stream = StreamText::default();
    let want = Want { width: 60, height: 20, at: At::End, under: 0 };
    let mut cut = 0;
    while cut < text.len() {
        cut = outline::boundary(text, cut + 43);
        stream.look(&text[..cut], false, &want, &mut Budget::of_a_frame());
    }
    show(stream.lines(text, true, 60))
}

#[test]
fn long_texts_of_every_kind_stream_to_what_they_are_as_a_whole() {
    let size = 4_000;
    let long = |unit: &str| unit.repeat(size / unit.len() + 1);
    let texts = [
        ("answer", long(PROSE)),
        ("one paragraph, one line", long("words and **more** words, ")),
        ("one paragraph, many lines", long("words and **more** words,\nthen `others` follow it\n")),
        ("one fence", format!("```\n{}", long("let value = compute(input, other);\n"))),
        ("one fence, one line", format!("```\n{}", long("let value = compute(input, other);"))),
        ("one item", format!("- a\n\n{}", long("  paragraph in an item\n\n"))),
        ("one list", long("- item of a list\n")),
        ("one table", format!("|a|b|\n|-|-|\n{}", long("| cell | another cell |\n"))),
        ("one html block", format!("<div>\n{}", long("<p>words</p>\n"))),
        ("blank lines", long("\n")),
        ("stars", long("**")),
        ("brackets", long("[")),
        ("quotes", long("> ")),
        ("CJK", long("日本語のテキストです。")),
    ];
    for (name, text) in texts {
        assert_eq!(drawn(&text, 60), streamed(&text), "{name}");
    }
}
