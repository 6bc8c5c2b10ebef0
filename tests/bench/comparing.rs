//! Figures of the live comparison: what each arriving token costs, and each update of the screen. No frames are drawn.

use crate::clock::cpu;
use crate::scene::boundary;
use std::fmt::Write as _;
use std::hint::black_box;
use synod::agreement::Comparison;

/// Bytes of a token, about.
const TOKEN: usize = 4;

/// Claims and marks while answers arrive token by token in turn, each token with an update: a snapshot taken, the one
/// before dropped.
pub fn comparing() {
    let clock = median((0..1000).map(|_| -(cpu() - cpu())).collect());
    println!(
        "agreement, answers arriving token by token, an update each; times in us, the clock's {clock:.2} included"
    );
    println!(
        "  {:<38} {:>7}  {:>26}  {:>26}  {:>9}",
        "", "claims", "a token (med, 99 %, most)", "an update (the same)", "mean"
    );
    for tokens in [1_000, 10_000, 16_000, 100_000] {
        let answers: Vec<String> = (0..8).map(|member| answer(member, tokens / 8 * TOKEN)).collect();
        run(&format!("8 answers, nasty, {tokens} tokens"), &answers);
    }
    let Some(models) = real() else {
        println!("  open-questions-5-models.json is not here: no figures of real answers");
        return;
    };
    for tokens in [1_000, 10_000, 16_000, 100_000] {
        let cut = |text: &String| text[..boundary(text, tokens / models.len() * TOKEN)].to_owned();
        let answers: Vec<String> = models.iter().map(cut).collect();
        run(&format!("{} real answers, {tokens} tokens", answers.len()), &answers);
    }
}

fn run(name: &str, answers: &[String]) {
    let longest = answers.iter().map(String::len).max().unwrap_or(0);
    let mut comparison = Comparison::new();
    let (mut sets, mut updates) = (Vec::new(), Vec::new());
    let mut last = comparison.agreement();
    let mut at = vec![0; answers.len()];
    for _ in 0..=longest / TOKEN {
        for (slot, text) in answers.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            if at[slot] == text.len() {
                continue;
            }
            at[slot] = boundary(text, at[slot] + TOKEN);
            let begun = cpu();
            comparison.set(slot, &text[..at[slot]], at[slot] == text.len());
            let between = cpu();
            last = black_box(comparison.agreement());
            let ended = cpu();
            sets.push((between - begun) * 1000.0);
            updates.push((ended - begun) * 1000.0);
        }
    }
    let mean = updates.iter().sum::<f64>() / updates.len().max(1) as f64;
    println!("  {name:<38} {:>7}  {}  {}  {mean:>9.2}", last.summary.claims, figures(sets), figures(updates));
}

fn figures(mut spent: Vec<f64>) -> String {
    spent.sort_by(f64::total_cmp);
    let at = |share: f64| spent[((spent.len() as f64 * share) as usize).min(spent.len() - 1)];
    format!("{:>8.2} {:>8.2} {:>8.1}", at(0.5), at(0.99), at(1.0))
}

fn median(mut spent: Vec<f64>) -> f64 {
    spent.sort_by(f64::total_cmp);
    spent[spent.len() / 2] * 1000.0
}

/// The answers of five models to many questions, those of a model one behind the other.
fn real() -> Option<Vec<String>> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/agreement/open-questions-5-models.json");
    #[expect(clippy::disallowed_methods, reason = "a bench may be told where the data lies")]
    let told = std::env::var_os("SYNOD_DATA")
        .map(|root| std::path::PathBuf::from(root).join("open-questions-5-models.json"));
    let text = std::fs::read_to_string(file).ok().or_else(|| std::fs::read_to_string(told?).ok())?;
    let questions: Vec<serde_json::Value> = serde_json::from_str(&text).ok()?;
    let mut answers: Vec<String> = Vec::new();
    for question in &questions {
        for (at, text) in question["answers"].as_object()?.values().enumerate() {
            if answers.len() == at {
                answers.push(String::new());
            }
            answers[at].push_str(text.as_str()?);
            answers[at].push_str("\n\n");
        }
    }
    Some(answers)
}

/// An answer of its own words, some of them shared with the others: most claims are of one template and differ in their
/// numbers, so that nearly everything is related to everything.
fn answer(member: usize, bytes: usize) -> String {
    let shared = [
        "The write rate fits one machine.",
        "Add read replicas before anything else.",
        "Measure the latency every week.",
    ];
    let mut text = String::new();
    let mut at = member;
    while text.len() < bytes {
        at = (at * 31 + 7) % 1_000_003;
        text.push_str(shared[at % shared.len()]);
        let (table, rows, index) = (at % 97, at % 1013, member * 7 + at % 5);
        let _ = write!(text, " Table {table} grows by {rows} rows a day and needs index {index}.");
        text.push_str(
            " Nobody on the team has run such a cluster, so the first step takes longer than planned.\n\n",
        );
    }
    text
}
