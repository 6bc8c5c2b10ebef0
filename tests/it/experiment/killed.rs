//! Runs that end as `kill -9` ends them, at points drawn from a seed: no finished trial is lost, none is done twice.

use super::{home, report};
use crate::home::{Home, kill};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Stdio;
use synod::core::shuffle::mix;

/// How many experiments are killed, and how often each.
const EXPERIMENTS: u64 = 25;
const KILLS: u64 = 8;
/// Questions of each; two treatments and two repeats make four trials of one.
const QUESTIONS: usize = 12;

const ARMS: &str = "repeats = 2\nat_once = 3\n---[[arm]]\nname = \"vote\"\n[[arm]]\nname = \"pair\"\ncouncil = [\"recorded/x\", \"recorded/y\"]\n";

/// The trials in whole lines of a log, each with how often it stands there.
fn finished(log: &Path) -> BTreeMap<(String, String, u64), usize> {
    let Ok(bytes) = std::fs::read(log) else { return BTreeMap::new() };
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let mut all = BTreeMap::new();
    for line in bytes[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let line: Value = serde_json::from_slice(line).unwrap();
        if line["kind"] == "trial" {
            let text = |key: &str| line[key].as_str().unwrap().to_owned();
            *all.entry((text("treatment"), text("item"), line["repeat"].as_u64().unwrap())).or_default() += 1;
        }
    }
    all
}

/// Begins it, and kills it when the log has reached this size, or lets it end before.
fn killed_at(home: &Home, log: &Path, size: u64) -> bool {
    let mut command = home.synod(&["experiment", "run", "small.toml", "--plain", "--quiet"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    loop {
        if log.metadata().is_ok_and(|it| it.len() >= size) {
            kill(&child, rustix::process::Signal::KILL);
            child.wait().unwrap();
            return true;
        }
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::yield_now();
    }
}

#[test]
fn no_finished_trial_is_lost_or_done_twice_over_two_hundred_kills() {
    let whole = home(QUESTIONS, ARMS);
    assert_eq!(super::carry_out(&whole, &[]).code, Some(0));
    let log_of = |home: &Home| home.path().join("small.runs/trials.jsonl");
    let full = log_of(&whole).metadata().unwrap().len();
    let counted = |home: &Home| {
        let report = report(home, "small.runs");
        let arms = report["arms"].as_array().unwrap().iter();
        arms.map(|arm| (arm["name"].clone(), arm["right"]["count"].clone(), arm["done"].clone()))
            .collect::<Vec<_>>()
    };
    let expected = counted(&whole);
    let mut kills = 0;
    for experiment in 0..EXPERIMENTS {
        let home = home(QUESTIONS, ARMS);
        let log = log_of(&home);
        let mut before = BTreeSet::new();
        for round in 0..KILLS {
            // Somewhere between where it is and where it will be, in the middle of lines too.
            let at = log.metadata().map_or(0, |it| it.len());
            let size =
                at + mix(&[20_261_201, experiment, round]) % (full.saturating_sub(at) / (KILLS - round) + 1);
            kills += u64::from(killed_at(&home, &log, size));
            let after = finished(&log);
            assert!(after.values().all(|times| *times == 1), "{after:?}");
            let after: BTreeSet<_> = after.into_keys().collect();
            assert!(before.is_subset(&after), "lost: {:?}", before.difference(&after));
            before = after;
        }
        let ran = super::carry_out(&home, &[]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let done = finished(&log);
        assert_eq!((done.len(), done.values().sum::<usize>()), (QUESTIONS * 4, QUESTIONS * 4));
        assert_eq!(counted(&home), expected);
    }
    crate::said(&format!("{kills} kills of {EXPERIMENTS} experiments: nothing lost, nothing done twice"));
    assert!(kills >= EXPERIMENTS * KILLS * 9 / 10, "{kills}");
}
