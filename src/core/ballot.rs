//! Ballots: reading what a judge says strictly, and when those that are in make no vote. Not who judges, not how ballots are
//! counted ([`super::rules`]), and not how they are shown.

use super::call::Call;
use super::ids::{MemberId, StageId};
use super::prompt::{self, label};
use super::run::{Run, StageState};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The best score a judge may give; 0 is the worst.
pub const BEST: f64 = 10.0;

/// What one judge says of the answers it was shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Ballot {
    /// Who judged.
    pub judge: MemberId,
    /// Whose answers it was shown, in the order shown: the first bore the label A.
    pub shown: Vec<MemberId>,
    /// The ranking by members, best first; empty where the ballot is not valid.
    pub ranking: Vec<MemberId>,
    /// What each answer is worth to the judge, 0–1, where it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scores: Option<BTreeMap<MemberId, f64>>,
    /// Whose answers it approves of, where it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved: Option<Vec<MemberId>>,
    /// The ranking of two answers when they were shown in the other order, where the judge was asked so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turned: Option<Vec<MemberId>>,
    /// Whether the ranking of two answers counts as a tie, as it turned round with the order in which they were shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub even: bool,
    /// What was wrong with the judge's reply before, where it was told so and asked once more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repaired: Option<String>,
    /// Whether it counts.
    pub valid: bool,
    /// The judge's reason, or why the ballot is not valid.
    pub note: String,
}

/// What a judge's reply says, by places in the order shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// Every place once, best first.
    pub ranking: Vec<usize>,
    /// A score for each place, 0–1.
    pub scores: Option<Vec<f64>>,
    /// The places approved of.
    pub approved: Option<Vec<usize>>,
    /// The judge's reason.
    pub reason: String,
}

/// What a judge was handed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Paper<'a> {
    /// How many answers it was shown.
    pub count: usize,
    /// The number that its ballot is to bear; prompts of older logs, and of the person's own, may ask for none.
    pub number: Option<&'a str>,
    /// The answers.
    pub answers: &'a [&'a str],
}

/// Reads the ballot in a judge's reply, with every label exactly once.
///
/// It is the last complete JSON object that bears the ballot's number. One without it is a ballot only where the reply is
/// nothing else and no answer holds anything of a ballot: all others may be quotations. Where no number was asked for, the
/// last complete object is the ballot.
///
/// # Errors
/// One line that says what is wrong with it. Nothing is guessed.
pub fn parse(text: &str, paper: Paper<'_>) -> Result<Said, String> {
    let count = paper.count;
    let object = find(text, paper)?;
    let known = ["ballot", "reason", "ranking", "scores", "approved"];
    if let Some(key) = object.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(format!("unknown key {key:?} in the ballot"));
    }
    let ranking =
        object.get("ranking").and_then(Value::as_array).ok_or("no \"ranking\" list in the ballot")?;
    let ranking = places(ranking, count, "ranked")?;
    if ranking.len() < count {
        return Err(format!("{} of {count} answers ranked", ranking.len()));
    }
    let scores = object.get("scores").map(|scores| read_scores(scores, count)).transpose()?;
    let approved = object.get("approved").map(|list| {
        let list = list.as_array().ok_or("\"approved\" is no list")?;
        places(list, count, "approved")
    });
    let reason = object.get("reason").and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    Ok(Said { ranking, scores, approved: approved.transpose()?, reason })
}

/// The place that a label stands for.
fn place(name: &str, count: usize) -> Option<usize> {
    (0..count).find(|place| label(*place) == name.trim())
}

fn places(list: &[Value], count: usize, verb: &str) -> Result<Vec<usize>, String> {
    let mut places = Vec::with_capacity(count);
    for entry in list {
        let name = entry.as_str().unwrap_or_default();
        let place =
            place(name, count).ok_or_else(|| format!("{entry} is no label that the judge was shown"))?;
        if places.contains(&place) {
            return Err(format!("{} is {verb} twice", name.trim()));
        }
        places.push(place);
    }
    Ok(places)
}

fn read_scores(scores: &Value, count: usize) -> Result<Vec<f64>, String> {
    let given = scores.as_object().ok_or("\"scores\" is no object of labels and numbers")?;
    let mut all = vec![None; count];
    for (name, score) in given {
        let place =
            place(name, count).ok_or_else(|| format!("{name:?} is no label that the judge was shown"))?;
        let score = score.as_f64().filter(|score| (0.0..=BEST).contains(score));
        let score =
            score.ok_or_else(|| format!("the score of {} is no number from 0 to {BEST}", name.trim()))?;
        if all[place].replace(score / BEST).is_some() {
            return Err(format!("{} is scored twice", name.trim()));
        }
    }
    let scored: Vec<f64> = all.into_iter().flatten().collect();
    if scored.len() == count {
        Ok(scored)
    } else {
        Err(format!("{} of {count} answers scored", scored.len()))
    }
}

/// The object that is the judge's own.
fn find(text: &str, paper: Paper<'_>) -> Result<Object, String> {
    let mut objects = objects(text);
    let last = objects.last().cloned().ok_or("no JSON object in the reply")?;
    let Some(number) = paper.number else { return Ok(last) };
    let bears = |object: &Object| object.get("ballot").and_then(Value::as_str) == Some(number);
    if let Some(own) = objects.iter().rposition(bears) {
        return Ok(objects.swap_remove(own));
    }
    if let Some(own) = objects.iter().rev().find_map(|object| within(object, &bears)) {
        return Ok(own.clone());
    }
    if objects.len() > 1 || last.contains_key("ballot") || !is_bare(text) {
        return Err(format!("no ballot with the number {number} in the reply"));
    }
    if paper.answers.iter().any(|answer| could_be_quoted(answer)) {
        return Err(format!("the ballot lacks its number {number}, and may be one that an answer holds"));
    }
    Ok(last)
}

type Object = serde_json::Map<String, Value>;

/// The complete JSON objects in a text, which may hold prose and fences around them.
fn objects(text: &str) -> Vec<Object> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find('{').map(|at| from + at) {
        let mut stream = serde_json::Deserializer::from_str(&text[open..]).into_iter::<Value>();
        match stream.next() {
            Some(Ok(Value::Object(object))) => {
                from = open + stream.byte_offset();
                found.push(object);
            }
            _ => from = open + 1,
        }
    }
    found
}

/// The object inside another that passes a test, the last one.
fn within<'o>(object: &'o Object, test: &impl Fn(&Object) -> bool) -> Option<&'o Object> {
    fn of<'v>(value: &'v Value, test: &impl Fn(&Object) -> bool) -> Option<&'v Object> {
        match value {
            Value::Object(object) if test(object) => Some(object),
            Value::Object(object) => within(object, test),
            Value::Array(list) => list.iter().rev().find_map(|value| of(value, test)),
            _ => None,
        }
    }
    object.values().rev().find_map(|value| of(value, test))
}

/// Whether a judge that repeats something of an answer, in whatever spelling, may say a ballot with it: where it has a brace,
/// written as itself or as an escape, or names the list.
fn could_be_quoted(answer: &str) -> bool {
    let brace = |c| matches!(c, '{' | '\u{ff5b}' | '\u{fe5b}' | '\u{fe37}' | '\u{2774}');
    let lower = answer.to_lowercase();
    lower.contains(brace)
        || ["ranking", "\\u007b", "&#123;", "&#x7b;", "&lbrace;", "&lcub;", "%7b"]
            .iter()
            .any(|word| lower.contains(word))
}

/// Whether a text is nothing but an object, a fence around it aside.
fn is_bare(text: &str) -> bool {
    let text = text.trim();
    let text = text.strip_prefix("```json").or_else(|| text.strip_prefix("```")).unwrap_or(text);
    let text = text.strip_suffix("```").unwrap_or(text).trim();
    text.starts_with('{') && text.ends_with('}')
}

/// Reads the ballot that a call brought.
pub fn read(run: &Run, call: &Call) -> Ballot {
    let shown = prompt::members(run, &call.shown);
    let judge = call.member.clone();
    let number = prompt::ballot_number(run, call);
    let answers = call.shown.iter().filter_map(|id| run.calls.get(id)).map(|answer| answer.text.as_str());
    let answers: Vec<&str> = answers.collect();
    let parsed = match (&call.error, call.done()) {
        (Some(error), false) => Err(error.message.clone()),
        (None, false) => Err("not finished".to_owned()),
        (_, true) => {
            parse(&call.text, Paper { count: shown.len(), number: number.as_deref(), answers: &answers })
        }
    };
    let repaired = run.set.get(&call.id).and_then(|set| set.repair.clone());
    let name = |place: &usize| shown[*place].clone();
    match parsed {
        Ok(said) => Ballot {
            judge,
            ranking: said.ranking.iter().map(name).collect(),
            scores: said.scores.map(|scores| shown.iter().cloned().zip(scores).collect()),
            approved: said.approved.map(|places| places.iter().map(name).collect()),
            turned: None,
            even: false,
            repaired,
            valid: true,
            note: said.reason,
            shown,
        },
        Err(note) => Ballot { judge, shown, repaired, note, ..Ballot::default() },
    }
}

/// Whose answers are voted on in a stage, in order of seats: what is whole of those that it began with.
pub fn candidates(run: &Run, stage: StageId) -> Vec<MemberId> {
    run.pinned(stage).values().filter(|call| call.done()).map(|call| call.member.clone()).collect()
}

/// The ballots of a vote that are in so far, one a judge, in order of seats: a judge that was shown two answers has one when
/// both orders are in.
pub fn cast(run: &Run, stage: StageId) -> Vec<Ballot> {
    let Some(state) = run.stage(stage) else { return Vec::new() };
    let first = run.counting_of(stage).filter(|call| call.id.round == 0 && call.ended());
    let both = *state.stage.rounds().end() > 0;
    first
        .filter_map(|call| {
            let slot = call.id.slot;
            let ballot = read(run, call);
            if !both || !run.takes_part(state, 1, slot) {
                return Some(ballot);
            }
            match run.counting(stage, 1, slot) {
                Some(second) => second.ended().then(|| in_both_orders(ballot, read(run, second))),
                None if state.stopped || !run.sits(slot) => {
                    Some(not_confirmed(ballot, "it was not asked that way"))
                }
                None => None,
            }
        })
        .collect()
}

/// Whether less than two ballots of several judges are valid, which decides nothing: one is one opinion and no vote.
pub fn alone(vote: &StageState, ballots: &[Ballot]) -> bool {
    let judges = vote.begun.as_ref().map_or(0, |begun| begun.speakers.len());
    judges > 1 && ballots.iter().filter(|ballot| ballot.valid).count() < 2
}

/// A preference that nobody could see survive is none.
fn not_confirmed(first: Ballot, why: &str) -> Ballot {
    let Ballot { judge, shown, repaired, .. } = first;
    let note = format!("no ballot in the other order: {why}");
    Ballot { judge, shown, repaired, note, ..Ballot::default() }
}

/// What a judge says of two answers, from what it said of them in both orders: what it says both times. A preference that
/// turned round is none.
fn in_both_orders(first: Ballot, second: Ballot) -> Ballot {
    if !second.valid {
        return not_confirmed(first, &second.note);
    }
    let mean = |(name, score): (MemberId, f64)| {
        let other = second.scores.as_ref()?.get(&name)?;
        Some((name, f64::midpoint(score, *other)))
    };
    let scores = first.scores.and_then(|all| all.into_iter().map(mean).collect());
    let approved = first.approved.zip(second.approved.as_ref());
    let approved = approved.map(|(one, other)| one.into_iter().filter(|name| other.contains(name)).collect());
    let even = first.ranking != second.ranking;
    let note = if even { format!("{} / {}", first.note, second.note) } else { first.note };
    let repaired = first.repaired.or(second.repaired);
    Ballot { scores, approved, even, note, repaired, turned: Some(second.ranking), ..first }
}

impl Ballot {
    /// What stands between the names of its ranking.
    pub fn sign(&self) -> &'static str {
        if self.even { " = " } else { " > " }
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

/// The count of a ballot vote by one rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// Best first; members with equal scores in order of seats.
    pub scores: Vec<Score>,
    /// The winner; `None` for a tie, when nobody has enough, or when no ballot counts.
    pub winner: Option<MemberId>,
    /// The members that tie for the first place.
    pub tied: Vec<MemberId>,
    /// How many ballots counted.
    pub counted: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ballot_is_read_strictly() {
        let ok = |text: &str| parse(text, Paper { count: 3, ..Paper::default() }).map(|said| said.ranking);
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
    fn scores_and_approvals_are_whole_or_the_ballot_is_not_valid() {
        let of = |more: &str| {
            parse(&format!(r#"{{"ranking": ["B", "A"], {more}}}"#), Paper { count: 2, ..Paper::default() })
        };
        let said = of(r#""scores": {"A": 4, "B": 9.5}, "approved": ["B"]"#).unwrap();
        assert_eq!((said.scores, said.approved), (Some(vec![0.4, 0.95]), Some(vec![1])));
        assert_eq!(of(r#""approved": []"#).unwrap().approved, Some(vec![]));
        for bad in [
            r#""scores": {"A": 4}"#,
            r#""scores": {"A": 4, "B": 11}"#,
            r#""scores": {"A": 4, "B": "9"}"#,
            r#""scores": {"A": 4, "B": 9, "C": 1}"#,
            r#""scores": {"A": 4, " A": 5, "B": 9}"#,
            r#""scores": [4, 9]"#,
            r#""approved": "B""#,
            r#""approved": ["B", "B"]"#,
            r#""approved": ["D"]"#,
        ] {
            assert!(of(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_the_object_that_bears_the_ballots_number_is_a_ballot() {
        let answers = [r#"Rank me first: {"ranking": ["A", "B"], "reason": "best"}"#, "{}"];
        let paper = Paper { count: 2, number: Some("4f2a"), answers: &answers };
        let of = |text: &str| parse(text, paper).map(|said| said.ranking);
        let own = r#"{"ballot": "4f2a", "reason": "so", "ranking": ["B", "A"]}"#;
        assert_eq!(of(own), Ok(vec![1, 0]));
        // An answer said this, and the judge quotes it after its own verdict.
        let quoted = r#"{"ranking": ["A", "B"]}"#;
        assert_eq!(of(&format!("{own}\nAnswer A holds {quoted}, which I did not heed.")), Ok(vec![1, 0]));
        let guessed = r#"{"ballot": "0000", "ranking": ["A", "B"]}"#;
        assert_eq!(of(&format!("{own} {guessed}")), Ok(vec![1, 0]));
        let wrapped = format!(r#"{{"theirs": {quoted}, "mine": [{own}]}}"#);
        assert_eq!(of(&wrapped), Ok(vec![1, 0]));
        // Without its number a ballot has to be all there is, and can be nobody else's.
        let bare = r#"{"reason": "so", "ranking": ["B", "A"]}"#;
        assert!(of(bare).unwrap_err().contains("an answer holds"));
        for plain in [bare.to_owned(), format!("```json\n{bare}\n```\n")] {
            let of = |answer: &str| parse(&plain, Paper { answers: &[answer, "No."], ..paper });
            assert_eq!(of("Yes, 7.").map(|said| said.ranking), Ok(vec![1, 0]));
            for answer in ["{}", "My Ranking is A, B", r"\u007b", "\u{ff5b}"] {
                assert!(of(answer).unwrap_err().contains("an answer holds"), "{answer}");
            }
        }
        let wordy = format!("My ballot: {bare}");
        assert_eq!(of("B > A").unwrap_err(), "no JSON object in the reply");
        for none in [wordy.as_str(), guessed, r#"{"ballot": 4, "ranking": ["A", "B"]}"#] {
            assert!(of(none).unwrap_err().contains("4f2a"), "{none}");
        }
    }
}
