//! Figures of speed, printed and never asserted: `cargo bench`, or `cargo bench -- PART..`. Processor time of this thread, so that a busy machine
//! counts as little as can be.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

mod client;
mod clock;
mod comparing;
mod experiments;
mod frames;
mod receiving;
mod routes;
mod scene;

use clock::{cpu, taken};
use scene::{PROSE, boundary, long};
use synod::ui::stream::{At, Budget, StreamText, Want};

fn main() {
    let mut words = std::env::args().skip(1);
    if words.next().is_some_and(|word| word == client::FLAG) {
        return client::main(&words.collect::<Vec<_>>());
    }
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let parts: [(&str, fn()); 11] = [
        ("markdown", markdown),
        ("first", frames::first),
        ("board", frames::board),
        ("texts", frames::texts),
        ("hard", frames::hard),
        ("agreement", comparing::comparing),
        ("receiving", receiving::receiving),
        ("cancelling", receiving::cancelling),
        ("routes", routes::routes),
        ("replay", experiments::replay),
        ("asked", experiments::asked),
    ];
    for (name, print) in parts {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            print();
        }
    }
}

/// Markdown to wrapped lines while an answer grows.
fn markdown() {
    println!("markdown, 256 KiB in 43-byte deltas at 60 columns:");
    for (name, text) in [
        ("an answer", long(PROSE, 256)),
        ("one paragraph", long("words and **more** words, ", 256)),
        ("one fence", format!("```\n{}", long("let value = compute(input, other);\n", 256))),
        ("one list", long("- item of a list\n", 256)),
    ] {
        let mut stream = StreamText::default();
        let (mut cut, mut most) = (0, 0.0_f64);
        let begun = cpu();
        let want = Want { width: 60, height: 50, at: At::End, under: 0 };
        while cut < text.len() {
            cut = boundary(&text, cut + 43);
            let spent = taken(|| {
                stream.look(&text[..cut], false, &want, &mut Budget::of_a_frame());
            });
            most = most.max(spent);
        }
        let lines = stream.lines(&text, true, 60).len();
        println!("  {name}: {:.0} ms in all, one delta at most {most:.2} ms, {lines} lines", cpu() - begun);
    }
    println!("markdown, 800 KiB at once at 27 columns:");
    for (name, text) in [
        ("an answer", long(PROSE, 800)),
        ("one paragraph", long("words and **more** words, ", 800)),
        ("one fence", format!("```\n{}", long("let value = compute(input, other);\n", 800))),
        ("one list", long("- item of a list\n  with a second line\n", 800)),
        ("one item", format!("- a\n\n{}", long("  - item of a list in an item\n\n", 800))),
        ("one table", format!("| a | b |\n|---|---|\n{}", long("| cell | another cell |\n", 800))),
        ("CJK", long("日本語のテキストです。**太字**も続きます。", 800)),
    ] {
        let mut stream = StreamText::default();
        let want = |height, at| Want { width: 27, height, at, under: 0 };
        let mut look = |want: &Want| {
            taken(|| {
                stream.look(&text, true, want, &mut Budget::endless());
            })
        };
        let read = look(&want(0, At::Row(0)));
        let seen = look(&want(50, At::End));
        let all = look(&want(usize::MAX, At::Row(0)));
        println!("  {name}: read {read:.1} ms, a look at its end {seen:.2} ms, laid out {all:.1} ms");
    }
}
