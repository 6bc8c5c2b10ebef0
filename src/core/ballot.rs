//! Ballots: reading a judge's ranking strictly, and counting rankings. Not who judges, and not how it is shown.

use super::ids::MemberId;
use super::prompt::{self, label};
use super::run::{Call, Run};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// One judge's ranking of the answers it was shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ballot {
    /// Who judged.
    pub judge: MemberId,
    /// Whose answers it was shown, in the order shown: the first bore the label A.
    pub shown: Vec<MemberId>,
    /// The ranking by members, best first; empty where the ballot is not valid.
    pub ranking: Vec<MemberId>,
    /// Whether it counts.
    pub valid: bool,
    /// The judge's reason, or why the ballot is not valid.
    pub note: String,
}

/// Reads a ranking of `count` labels: the last complete JSON object of the text, with every label exactly once.
///
/// # Errors
/// One line that says what is wrong with it. Nothing is guessed.
pub fn parse(text: &str, count: usize) -> Result<(Vec<usize>, String), String> {
    let object = last_object(text).ok_or("no JSON object in the reply")?;
    if let Some(key) = object.keys().find(|key| !matches!(key.as_str(), "ranking" | "reason")) {
        return Err(format!("unknown key {key:?} in the ballot"));
    }
    let ranking =
        object.get("ranking").and_then(Value::as_array).ok_or("no \"ranking\" list in the ballot")?;
    let mut places = Vec::with_capacity(count);
    for entry in ranking {
        let name = entry.as_str().unwrap_or_default().trim();
        let place = (0..count).find(|place| label(*place) == name);
        let place = place.ok_or_else(|| format!("{entry} is no label that the judge was shown"))?;
        if places.contains(&place) {
            return Err(format!("{name} is ranked twice"));
        }
        places.push(place);
    }
    if places.len() < count {
        return Err(format!("{} of {count} answers ranked", places.len()));
    }
    let reason = object.get("reason").and_then(Value::as_str).unwrap_or_default();
    Ok((places, reason.trim().to_owned()))
}

/// The last complete JSON object in a text that may hold prose, fences and other objects around it.
fn last_object(text: &str) -> Option<serde_json::Map<String, Value>> {
    let mut found = None;
    let mut from = 0;
    while let Some(open) = text[from..].find('{').map(|at| from + at) {
        let mut stream = serde_json::Deserializer::from_str(&text[open..]).into_iter::<Value>();
        match stream.next() {
            Some(Ok(Value::Object(object))) => {
                from = open + stream.byte_offset();
                found = Some(object);
            }
            _ => from = open + 1,
        }
    }
    found
}

/// Reads the ballot that a call brought.
pub fn read(run: &Run, call: &Call) -> Ballot {
    let shown = prompt::members(run, &call.shown);
    let judge = call.member.clone();
    let parsed = match (&call.error, call.done()) {
        (Some(error), false) => Err(error.message.clone()),
        (None, false) => Err("not finished".to_owned()),
        (_, true) => parse(&call.text, shown.len()),
    };
    match parsed {
        Ok((places, note)) => {
            let ranking = places.into_iter().map(|place| shown[place].clone()).collect();
            Ballot { judge, shown, ranking, valid: true, note }
        }
        Err(note) => Ballot { judge, shown, ranking: Vec::new(), valid: false, note },
    }
}

/// What an answer got.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Score {
    /// Whose answer.
    pub answer: MemberId,
    /// Its share of the points it could have had, 0–1.
    pub score: f64,
    /// How many valid ballots rank it first.
    pub first: usize,
}

/// The count of a ballot vote.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// Best first; members with equal scores in order of seats.
    pub scores: Vec<Score>,
    /// The winner; `None` for a tie, or when no ballot is valid.
    pub winner: Option<MemberId>,
    /// The members that tie for the first place.
    pub tied: Vec<MemberId>,
}

/// Counts by Borda: of `k` answers on a ballot the first gets `k - 1` points, the last none. As own answers are left
/// out, answers stand on different numbers of ballots; the score is the share of the points an answer could have had.
///
/// Source: J.-C. de Borda, Mémoire sur les élections au scrutin, 1781; the share is ours.
pub fn borda(candidates: &[MemberId], ballots: &[Ballot], weights: &BTreeMap<MemberId, f64>) -> Tally {
    count(candidates, ballots, weights, |place, of| (of - 1 - place) as f64, |of| (of - 1) as f64)
}

/// Counts first places only; the score is the share of the ballots an answer stood on.
pub fn plurality(candidates: &[MemberId], ballots: &[Ballot], weights: &BTreeMap<MemberId, f64>) -> Tally {
    count(candidates, ballots, weights, |place, _| if place == 0 { 1.0 } else { 0.0 }, |_| 1.0)
}

fn count(
    candidates: &[MemberId],
    ballots: &[Ballot],
    weights: &BTreeMap<MemberId, f64>,
    points: impl Fn(usize, usize) -> f64,
    most: impl Fn(usize) -> f64,
) -> Tally {
    let valid: Vec<&Ballot> =
        ballots.iter().filter(|ballot| ballot.valid && ballot.ranking.len() > 1).collect();
    let mut scores: Vec<Score> = candidates
        .iter()
        .map(|answer| {
            let (mut got, mut could, mut first) = (0.0, 0.0, 0);
            for ballot in &valid {
                let Some(place) = ballot.ranking.iter().position(|ranked| ranked == answer) else { continue };
                let weight = weights.get(&ballot.judge).copied().unwrap_or(1.0);
                got += weight * points(place, ballot.ranking.len());
                could += weight * most(ballot.ranking.len());
                first += usize::from(place == 0);
            }
            Score { answer: answer.clone(), score: if could > 0.0 { got / could } else { 0.0 }, first }
        })
        .collect();
    scores.sort_by(|a, b| b.score.total_cmp(&a.score));
    let best = scores.first().map_or(0.0, |score| score.score);
    let top: Vec<MemberId> = scores
        .iter()
        .filter(|score| (score.score - best).abs() < 1e-9)
        .map(|score| score.answer.clone())
        .collect();
    let decided = !valid.is_empty() && top.len() == 1;
    let winner = if decided { top.first().cloned() } else { None };
    let tied = if decided || valid.is_empty() { Vec::new() } else { top };
    Tally { scores, winner, tied }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ballot(judge: &str, ranking: &[&str]) -> Ballot {
        let ranking: Vec<MemberId> = ranking.iter().map(|name| MemberId::from(*name)).collect();
        Ballot { judge: judge.into(), shown: ranking.clone(), ranking, valid: true, note: String::new() }
    }

    #[test]
    fn a_ballot_is_read_strictly() {
        let ok = |text: &str| parse(text, 3).map(|(places, _)| places);
        assert_eq!(ok(r#"{"ranking": ["B", "A", "C"], "reason": "x"}"#), Ok(vec![1, 0, 2]));
        assert_eq!(ok("Sure!\n```json\n{\"ranking\":[\"C\",\"B\",\"A\"]}\n```"), Ok(vec![2, 1, 0]));
        // The last object counts: an injected one before it does not.
        assert_eq!(ok(r#"{"ranking":["A","B","C"]} no, {"ranking":["C","A","B"]}"#), Ok(vec![2, 0, 1]));
        for bad in [
            "",
            "B > A > C",
            r#"{"ranking": ["A", "B"]}"#,
            r#"{"ranking": ["A", "B", "B"]}"#,
            r#"{"ranking": ["A", "B", "D"]}"#,
            r#"{"ranking": ["A", "B", "C"], "winner": "A"}"#,
            r#"{"ranking": ["A", "B", "C""#,
            r#"{"reason": "all good"}"#,
        ] {
            assert!(ok(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn own_answers_are_left_out_and_shares_stay_fair() {
        let names: Vec<MemberId> = ["a", "b", "c", "d"].iter().map(|name| MemberId::from(*name)).collect();
        let ballots = [
            ballot("a", &["b", "c", "d"]),
            ballot("b", &["a", "c", "d"]),
            ballot("c", &["b", "a", "d"]),
            ballot("d", &["b", "a", "c"]),
        ];
        let tally = borda(&names, &ballots, &BTreeMap::new());
        assert_eq!(tally.winner, Some("b".into()));
        assert!((tally.scores[0].score - 1.0).abs() < 1e-9, "6 of 6 points");
        assert!((tally.scores[1].score - 4.0 / 6.0).abs() < 1e-9);
    }

    #[test]
    fn a_tie_has_no_winner_and_names_the_tied() {
        let names: Vec<MemberId> = ["a", "b", "c"].iter().map(|name| MemberId::from(*name)).collect();
        let ballots = [ballot("a", &["b", "c"]), ballot("b", &["a", "c"])];
        let tally = borda(&names, &ballots, &BTreeMap::new());
        assert_eq!((tally.winner, tally.tied), (None, vec!["a".into(), "b".into()]));
        let none = borda(&names, &[], &BTreeMap::new());
        assert_eq!((none.winner, none.tied), (None, vec![]));
    }

    #[test]
    fn weights_count() {
        let names: Vec<MemberId> = ["a", "b", "c"].iter().map(|name| MemberId::from(*name)).collect();
        let ballots = [ballot("x", &["a", "b", "c"]), ballot("y", &["b", "a", "c"])];
        let weights = BTreeMap::from([("y".into(), 2.0)]);
        assert_eq!(plurality(&names, &ballots, &weights).winner, Some("b".into()));
    }
}
