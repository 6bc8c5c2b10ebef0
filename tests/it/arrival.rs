//! Texts that arrive in pieces, in any order and of any kind: what is shown at the end is what the whole texts give, and
//! no mark goes to and fro on the way. How good the marks are is measured in `agreement`.
//!
//! A million chunkings instead of ten thousand, which takes some minutes:
//!
//! ```text
//! cargo test --release --test it -- --ignored arrival::a_million_chunkings
//! ```

#![cfg(test)]

use fastrand::Rng;
use std::collections::BTreeMap;
use synod::agreement::{Agreement, Claim, Comparison, Mark, compare};

/// Updates for which a mark that has changed does not change back, as `agreement::board` promises.
const HOLD: u64 = 8;

/// Parts of answers that meet, exclude and nearly repeat each other, and parts that break a careless reader.
const PARTS: &[&str] = &[
    "The bridge is safe for 12 tonnes. ",
    "The bridge is safe for 8 tonnes.\n",
    "The old bridge is safe for 12 tonnes. ",
    "The bridge is not safe for trucks. ",
    "- The bridge is safe for trucks.\n",
    "The bridge is safe for cars and trucks! ",
    "It was inspected in 2024.\n",
    "It was inspected in 2021. ",
    "It was inspected by the city in 2024. ",
    "Yes. ",
    "No, it is not. ",
    "```\nlet x = 1;\n```\n",
    "```\nlet x = 2;\n",
    "| load | tonnes |\n|---|---|\n| truck | 12 |\n",
    "|a|b\n|--\n",
    "这座桥不安全。",
    "这座桥是安全的！",
    "הגשר בטוח. The bridge is safe. ",
    "🙂🙂 🙂!\n",
    "**Bold.** Mr. Smith said e.g. this... ",
    "## Heading\n",
    "POSITION: yes\n",
    "\u{0}\u{1}\u{fffd}\u{202e}",
    "   \n\n",
];

fn text(random: &mut Rng, most: usize) -> String {
    (0..random.usize(0..=most)).map(|_| PARTS[random.usize(..PARTS.len())]).collect()
}

/// Claims of one template, which all resemble each other.
fn alike(random: &mut Rng, most: usize) -> String {
    let claim = |random: &mut Rng| match random.u8(0..4) {
        0 => format!("Table {} grows daily. ", random.u8(0..6)),
        1 => format!("Table {} grows by {} rows a day.\n", random.u8(0..4), random.u8(0..9)),
        2 => format!(
            "- Table {} needs index {} and {} rows.\n",
            random.u8(0..4),
            random.u8(0..9),
            random.u8(0..3)
        ),
        _ => "The table does not grow. ".to_owned(),
    };
    (0..random.usize(0..=most)).map(|_| claim(random)).collect()
}

fn by_id(agreement: &Agreement) -> Agreement {
    let claims = agreement.claims.iter().cloned().map(|claim| Claim { number: claim.id, ..claim });
    Agreement { claims: claims.collect(), ..agreement.clone() }
}

/// The marks of each claim of each answer, and when the last one came.
#[derive(Default)]
struct Seen {
    marks: BTreeMap<(usize, usize), Vec<(u64, Mark)>>,
    updates: u64,
}

impl Seen {
    fn look(&mut self, agreement: &Agreement) {
        self.updates += 1;
        for (span, mark) in
            agreement.claims.iter().flat_map(|claim| claim.spans.iter().map(|span| (span, claim.mark)))
        {
            let marks = self.marks.entry((span.slot, span.range.start)).or_default();
            if marks.last().is_some_and(|(_, last)| *last == mark) {
                continue;
            }
            if let [.., (_, before), (since, between)] = marks.as_slice() {
                let back = *before == mark && self.updates < since + HOLD;
                assert!(!back, "{mark:?}, {between:?} at {since}, {mark:?} again at {}", self.updates);
            }
            marks.push((self.updates, mark));
        }
    }
}

/// Lets the texts arrive in pieces of up to `piece` bytes and looks at each snapshot.
fn arrive(random: &mut Rng, texts: &[String], piece: usize, whole: &Agreement) {
    let (mut comparison, mut seen) = (Comparison::new(), Seen::default());
    for slot in 0..texts.len() {
        comparison.set(slot, "", false);
    }
    let mut open: Vec<(usize, usize)> = (0..texts.len()).map(|slot| (slot, 0)).collect();
    while !open.is_empty() {
        let at = random.usize(..open.len());
        let (slot, from) = open[at];
        let text = &texts[slot];
        let to = (from + random.usize(1..=piece)).min(text.len());
        let to = (to..=text.len()).find(|to| text.is_char_boundary(*to)).unwrap();
        let finished = to == text.len() && (from == to || random.bool());
        open[at].1 = to;
        if finished {
            open.swap_remove(at);
        }
        comparison.set(slot, &text[..to], finished);
        // Now and then several pieces arrive between two looks.
        if !open.is_empty() && (from < to || finished) && random.u8(0..4) > 0 {
            seen.look(&comparison.agreement());
        }
    }
    assert_eq!(by_id(&comparison.agreement()), *whole, "{texts:?}");
}

/// So many chunkings, some of each set of texts.
fn chunkings(seed: u64, count: usize, make: impl Fn(&mut Rng) -> Vec<String>) {
    const EACH: usize = 20;
    for at in 0..count / EACH {
        // A case that fails is run again by its seed alone.
        let case = seed + at as u64;
        let mut random = Rng::with_seed(case);
        let texts = make(&mut random);
        let all: Vec<(usize, &str)> = texts.iter().map(String::as_str).enumerate().collect();
        let whole = compare(&all);
        for _ in 0..EACH {
            let piece = [3, 20, 60][random.usize(..3)];
            arrive(&mut random, &texts, piece, &whole);
        }
    }
}

fn small(random: &mut Rng) -> Vec<String> {
    (0..random.usize(1..4)).map(|_| text(random, 4)).collect()
}

#[test]
fn ten_thousand_chunkings() {
    chunkings(1, 10_000, small);
}

#[test]
fn chunkings_of_claims_that_are_nearly_alike() {
    chunkings(100_000, 200, |random| (0..4).map(|_| alike(random, 12)).collect());
}

#[test]
#[ignore = "takes minutes: see the head of this file"]
fn a_million_chunkings() {
    chunkings(200_000, 900_000, small);
    chunkings(900_000, 60_000, |random| (0..random.usize(2..6)).map(|_| text(random, 12)).collect());
    chunkings(300_000, 40_000, |random| (0..random.usize(2..9)).map(|_| alike(random, 30)).collect());
}

/// Two answers of which the first arrives in pieces.
fn bear(text: &str, piece: usize) -> Agreement {
    let mut comparison = Comparison::new();
    comparison.set(1, "The bridge is safe for trucks.", true);
    let mut to = 0;
    while to < text.len() {
        to = (to + piece).min(text.len());
        to = (to..=text.len()).find(|to| text.is_char_boundary(*to)).unwrap();
        comparison.set(0, &text[..to], false);
        comparison.agreement();
    }
    comparison.set(0, text, true);
    comparison.agreement()
}

#[test]
fn a_giant_line_is_borne() {
    let ten = "word by word ".repeat(10_000_000 / 13);
    assert_eq!(bear(&ten, 1 << 20).summary.claims, 2);
    for sign in [
        "-", " ", ">", "`", "~", "|", "#", "*", "_", ".", "?! ", "1", "a.", ", ", "**a** ", "🙂", "。", "ש",
        "\t", "=\r",
    ] {
        let line = sign.repeat(50_000 / sign.len());
        assert!(bear(&line, 100).summary.claims >= 1, "{sign:?}");
        assert!(bear(&format!("***{line}. A"), 5_000).summary.claims >= 1, "{sign:?}");
    }
}

#[test]
fn a_hundred_thousand_claims_are_borne() {
    let many: Vec<String> = (0..100_000).map(|at| format!("- c{at}\n")).collect();
    let many = many.concat();
    let agreement = compare(&[(0, &many), (1, &many)]);
    assert_eq!(agreement.summary.claims, 200_000 - agreement.summary.agreed);
    assert!(agreement.summary.agreed > 0);
}

#[test]
fn noise_is_borne() {
    let mut random = Rng::with_seed(7);
    for _ in 0..40 {
        let bytes: Vec<u8> = (0..random.usize(0..20_000)).map(|_| random.u8(..)).collect();
        let noise = String::from_utf8_lossy(&bytes);
        bear(&noise, 997);
        assert_eq!(compare(&[(0, &noise), (1, &noise)]).summary.conflict, 0);
    }
    let emoji = "🙂".repeat(5_000);
    assert_eq!(compare(&[(0, &emoji), (1, &emoji), (2, "")]).summary.conflict, 0);
    let table = "|---|\n| a | | b\n||||\n|--|\n".repeat(500);
    assert_eq!(compare(&[(0, &table), (1, &table)]).summary.conflict, 0);
}
