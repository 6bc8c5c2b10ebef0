//! How often what stands in for a text that is not laid out yet looks like what comes. Tests only.

use super::tests::{PROSE, seen, show, whole};
use super::*;

/// Sections as models write them. Each document is made of all of them, several times over, and begins with another one.
fn sections() -> Vec<String> {
    let code = |lang: &str, lines: usize| {
        let line = |at: usize| match at % 7 {
            0 => String::new(),
            1 => format!("# step {at}: not a heading"),
            2 => format!("def step_{at}(value):"),
            3 => "- not an item".to_owned(),
            _ => format!("    return compute(value, {at})  # and so on"),
        };
        format!("```{lang}\n{}\n```\n\n", (0..lines).map(line).collect::<Vec<_>>().join("\n"))
    };
    let row =
        |at: usize| format!("| option {at} | {} ms | costs **{}** | see `row_{at}` |\n", at * 7, at * 13);
    vec![
        PROSE.to_owned(),
        code("python", 40),
        format!("Now a table:\n\n| what | time | price | note |\n|:--|--:|:-:|---|\n{}\n", (0..25).map(row).collect::<String>()),
        "日本語の段落です。これは長い文章で、途中に**太字**や`code`があります。表示幅は二倍です。\n\n1. 最初の項目です。\n2. 次の項目です。\n\n".repeat(4),
        "- first point\n  - with a detail\n  - and another one, which is rather long and goes over two lines for sure\n\n    in a paragraph\n- second point:\n\n  ```sh\n  make all\n\n  make install\n  ```\n\n- third\n\n".repeat(3),
        "One paragraph that goes on and on without ever saying much, as *some* models do when they are asked to. ".repeat(24) + "\n\n",
        "> A quote\n> of two lines\n\n---\n\n### A heading\n\nTwo lines\nof one paragraph, with a [link](https://example.org/a/b/c).\n\n".repeat(3),
        "Outside:\n\n~~~\nverbatim text\n\n```\nnot a fence\n```\n~~~\n\nand after it.\n\n".to_owned(),
        code("", 30),
        "1. Do this first.\n\n   It matters because of what follows.\n2. Then that.\n10. Last of all.\n\n".repeat(4),
        "**Bold lead.** A sentence. `x = 1` and _more_.\n\n* star one\n* star two\n\n    indented code\n    second line\n\nDone.\n\n".repeat(3),
    ]
}

/// Answers of ordinary sections in any order, and some that are one single thing.
fn documents() -> Vec<String> {
    let sections = sections();
    let mixed = |first: usize| {
        let mut text = String::new();
        while text.len() < 64 * 1024 {
            (0..sections.len())
                .for_each(|at| text += &sections[(first + at * (1 + first % 3)) % sections.len()]);
        }
        text
    };
    let long = |first: &str, unit: &str| format!("{first}{}", unit.repeat(64 * 1024 / unit.len()));
    let mut documents: Vec<String> = (0..sections.len()).map(mixed).collect();
    documents.extend([
        long("", "- item of a list\n  with a second line\n"),
        long("- a\n\n", "  - item of a list in an item\n\n"),
        long("| a | b |\n|---|---|\n", "| cell | another cell |\n"),
        long("", "words and **more** words,\nthen `others` follow it\n"),
        long("", "words and **more** words, "),
        long("> ", "somebody said so\n> and more\n"),
        long("```rust\n", "let value = compute(input, other);\n\n# no heading\n"),
        long("", "日本語のテキストです。"),
    ]);
    documents
}

#[test]
fn what_stands_in_looks_like_what_comes() {
    let (height, mut views, mut same) = (40, 0, 0);
    for (number, text) in documents().iter().enumerate() {
        let expected = whole(text, 40);
        let before = same;
        let places = (0..20).map(|at| outline::boundary(text, text.len() / 20 * at));
        for at in places.map(|at| At::Byte(at, 0)).chain([At::End]) {
            // Nothing is left to pay with: all that can be shown is a stand-in.
            let mut stream = StreamText::default();
            let (view, ..) = seen(&mut stream, text, at, height, Budget::default());
            assert!(stream.stand_in.is_some());
            let top = match at {
                At::Byte(byte, _) => expected.iter().position(|line| line.source.end > byte).unwrap(),
                _ => expected.len(),
            };
            let top = top.min(expected.len() - height);
            views += 1;
            same += usize::from(show(&view) == show(&expected[top..top + height]));
            if views % 25 == 0 {
                settles(&mut stream, text, at, height);
                let (view, ..) = seen(&mut stream, text, at, height, Budget::default());
                assert_eq!(show(&view), show(&expected[top..top + height]));
            }
        }
        println!("document {number}: {} of 21 views look the same at first sight", same - before);
    }
    println!("{same} of {views} in all");
    assert!(same * 100 >= views * 95, "{same} of {views}");
}

/// Draws frame by frame until nothing is left to do, which must not take more frames than there is work.
fn settles(stream: &mut StreamText, text: &str, at: At, height: usize) {
    let most = text.len() / Budget::LEAST * 3 + 8;
    for _ in 0..most {
        let want = Want { width: 40, height, at, under: 0 };
        let mut budget = Budget::default();
        stream.look(text, true, &want, &mut budget);
        if !stream.go_on(text, true, &mut budget.of_the_rest()) {
            assert!(stream.stand_in.is_none(), "what is read needs no stand-in");
            return;
        }
    }
    panic!("not settled after {most} frames");
}
