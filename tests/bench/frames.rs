//! What a frame costs, with everything that belongs to it: taking messages in, drawing, finding out what changed.

use crate::clock::{head, print};
use crate::scene::{PROSE, Scene, begun, boundary, delta, ended, long};
use crossterm::event::{KeyCode, KeyModifiers};
use synod::core::{Channel, Event};

const SIZES: [(u16, u16); 2] = [(320, 100), (220, 60)];

const HARD: &[(&str, &str)] = &[
    ("one paragraph", "words and **more** words, "),
    ("one paragraph of many lines", "words and **more** words,\nthen `others` follow\n"),
    ("one list", "- item of a list\n  with a second line\n"),
    ("one item", "  - item of a list in an item\n\n"),
    ("one table", "| cell | another cell |\n"),
    ("one quote", "> somebody said so\n"),
    ("CJK", "日本語のテキストです。**太字**も続きます。"),
    ("code without a fence's end", "let value = compute(input, other);\n"),
];

fn answer(name: &str, unit: &str, kib: usize) -> String {
    let first = match name {
        "one table" => "| a | b |\n|---|---|\n",
        "one item" => "- a\n\n",
        "code without a fence's end" => "```rust\n",
        _ => "",
    };
    format!("{first}{}", long(unit, kib))
}

/// Eight answers of ordinary length.
pub fn board() {
    head("frames, ms of processor time each, 8 panes x 100 KiB:");
    for size in SIZES {
        println!(" at {}x{}", size.0, size.1);
        streaming(size, "streaming, 40-byte deltas from nothing on", &vec![long(PROSE, 100); 8]);
        scrolling(size);
        changing(size);
        marks(size);
    }
}

/// The first frames of a kept session.
pub fn first() {
    head("first frames of a kept session, 8 panes x 100 KiB:");
    for size in SIZES {
        opening(size, &format!("at {}x{}", size.0, size.1), &vec![long(PROSE, 100); 8]);
    }
}

/// Texts that are longer than anybody reads.
pub fn texts() {
    let size = SIZES[0];
    head("frames with long texts at 320x100:");
    overlay(size);
    thinking(size);
    question(size);
    opening(size, "opening 8 x 1 MiB", &vec![long(PROSE, 1024); 8]);
}

/// Answers that are one single thing.
pub fn hard() {
    let size = SIZES[0];
    head("frames with hard answers, 8 panes at 320x100:");
    for (name, unit) in HARD {
        let answers = vec![answer(name, unit, 100); 8];
        opening(size, &format!("opening 100 KiB: {name}"), &answers);
        let answers = vec![answer(name, unit, 40); 8];
        streaming(size, &format!("streaming 40 KiB: {name}"), &answers);
    }
}

fn streaming(size: (u16, u16), name: &str, answers: &[String]) {
    let mut scene = Scene::new(size, begun(answers.len() as u16, "Should we shard?", "Should we shard?"));
    let longest = answers.iter().map(String::len).max().unwrap_or(0);
    let mut at = 0;
    while at < longest {
        if at % 8_000 == 0 {
            scene.mark();
        }
        scene.frame(|scene| {
            for (slot, text) in answers.iter().enumerate() {
                let piece = &text[boundary(text, at)..boundary(text, at + 40)];
                scene.send(delta(slot as u16, piece));
            }
        });
        at += 40;
    }
    print(name, std::mem::take(&mut scene.spent));
    scene.frame(|scene| {
        for (slot, text) in answers.iter().enumerate() {
            scene.send(ended(slot as u16, text));
        }
    });
    scene.rest();
    print("  all end at once", scene.spent);
}

/// Every frame until all is laid out, of ten cold starts.
fn opening(size: (u16, u16), name: &str, answers: &[String]) {
    let (mut spent, mut first) = (Vec::new(), Vec::new());
    for _ in 0..10 {
        let mut scene = Scene::answered(size, answers);
        scene.mark();
        scene.rest();
        first.push(scene.spent[0]);
        spent.extend(scene.spent);
    }
    print(name, spent);
    print("  the first frame alone", first);
}

fn open(size: (u16, u16)) -> Scene {
    let mut scene = Scene::answered(size, &vec![long(PROSE, 100); 8]);
    scene.mark();
    scene.rest();
    scene.spent.clear();
    scene
}

fn scrolling(size: (u16, u16)) {
    let mut scene = open(size);
    scene.press(KeyCode::Char('g'), KeyModifiers::NONE);
    scene.rest();
    scene.spent.clear();
    for _ in 0..200 {
        scene.frame(|scene| scene.press(KeyCode::Char('d'), KeyModifiers::CONTROL));
    }
    print("Ctrl-D from top to end", std::mem::take(&mut scene.spent));
    scene.press(KeyCode::Char('g'), KeyModifiers::NONE);
    scene.rest();
    scene.spent.clear();
    for _ in 0..1000 {
        scene.frame(|scene| scene.press(KeyCode::Char('j'), KeyModifiers::NONE));
    }
    print("j, a thousand times", scene.spent);
    // All at once, and nothing laid out yet.
    let mut scene = Scene::answered(size, &vec![long(PROSE, 100); 8]);
    scene.frame(|_| ());
    scene.press(KeyCode::Char('g'), KeyModifiers::NONE);
    scene.frame(|_| ());
    scene.frame(|scene| {
        for _ in 0..60 {
            scene.press(KeyCode::Char('d'), KeyModifiers::CONTROL);
        }
    });
    scene.rest();
    print("Ctrl-D, 60 in one frame, right after opening", scene.spent);
}

fn changing(size: (u16, u16)) {
    let mut scene = open(size);
    for step in 0..120 {
        let width = size.0 - 90 + step * 37 % 91;
        scene.resize((width, size.1));
        scene.frame(|_| ());
    }
    scene.rest();
    print("a storm of resizes, another width each frame", scene.spent);
    let mut scene = open(size);
    for _ in 0..40 {
        scene.frame(|scene| scene.press(KeyCode::Char('z'), KeyModifiers::NONE));
        scene.frame(|scene| scene.press(KeyCode::Char('l'), KeyModifiers::NONE));
    }
    scene.rest();
    print("zoom in and out, seat by seat", scene.spent);
    let mut scene = open(size);
    for _ in 0..40 {
        scene.frame(|scene| scene.press(KeyCode::Char('L'), KeyModifiers::SHIFT));
    }
    scene.rest();
    print("another layout", scene.spent);
}

fn marks(size: (u16, u16)) {
    let mut scene = open(size);
    for _ in 0..300 {
        scene.frame(|scene| scene.press(KeyCode::Char('n'), KeyModifiers::NONE));
    }
    print("n, from claim to claim", scene.spent);
    let mut scene = open(size);
    for _ in 0..50 {
        scene.frame(Scene::mark);
    }
    print("other claims in each frame (with making them)", scene.spent);
}

/// The exact prompt of 1 MiB: opened, to its end, and back.
fn overlay(size: (u16, u16)) {
    let prompt = long(PROSE, 1024);
    let mut events = begun(8, "Should we shard?", &prompt);
    events.extend((0..8).map(|slot| ended(slot, "Yes.")));
    let mut scene = Scene::new(size, events);
    scene.rest();
    scene.spent.clear();
    scene.press(KeyCode::Enter, KeyModifiers::NONE);
    scene.rest();
    scene.frame(|scene| scene.press(KeyCode::Char('G'), KeyModifiers::SHIFT));
    for _ in 0..100 {
        scene.frame(|scene| scene.press(KeyCode::Char('k'), KeyModifiers::NONE));
    }
    print("the prompt of an answer, 1 MiB", scene.spent);
}

fn thinking(size: (u16, u16)) {
    let mut scene = Scene::new(size, begun(8, "Should we shard?", "Should we shard?"));
    let thought = long("and then there is the question of what happens when it fails, ", 1024);
    let piece = |slot: usize, text: &str| Event::Delta {
        call: crate::scene::call(slot as u16),
        channel: Channel::Thinking,
        text: text.to_owned(),
    };
    (0..8).for_each(|slot| scene.send(piece(slot, &thought)));
    for _ in 0..50 {
        scene.frame(|scene| (0..8).for_each(|slot| scene.send(piece(slot, "and so on and on, "))));
    }
    print("8 members thinking, 1 MiB each so far", scene.spent);
}

fn question(size: (u16, u16)) {
    let mut scene = Scene::new(size, begun(8, &long("is it wise to shard, ", 300), "Should we shard?"));
    for _ in 0..50 {
        scene.frame(|_| ());
    }
    print("a question of 300 KiB in the header", scene.spent);
}
