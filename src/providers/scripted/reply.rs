//! Which text of the script answers a request, with the labels that this speaker was shown. Not how fast it is said.

use super::cite::cited;
use super::script::{Actor, CAST, Part, SCRIPTS, Script, Turn, Words, find, reflow};
use crate::core::prompt::label;
use crate::core::{Ask, MemberId};
use crate::providers::Request;
use serde::Serialize;
use std::collections::BTreeMap;

const NOTHING_TO_DEBATE: &str = "There is nothing to debate: this is a scripted demo, no model was asked, and none of us \
    has an answer to this question.\n\nPOSITION: none, this demo is scripted";
const NOTHING_TO_MERGE: &str = "There is nothing to merge: this is a scripted demo, no model was asked, and none of its \
    members has an answer to this question.";
const NO_BALLOT: &str = "no ballot: scripted members have no opinion on this question";
const FOREIGN_MERGE: &str = "There is nothing to merge: this chair is scripted, no model was asked for this text, and it \
    can't read answers that are not in its script.";
const FOREIGN_BALLOT: &str = "no ballot: a scripted member can't judge answers that are not in its script";

/// What a member says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reply {
    /// What it says to itself before.
    pub thinking: String,
    /// What it says.
    pub text: String,
    /// Whether the stream ends without its terminal marker.
    pub cut: bool,
}

/// The reply of a member to a request.
pub(super) fn to(request: &Request, actor: &Actor) -> Reply {
    let about = &request.about;
    let script = find(&about.question);
    let part = script.and_then(|script| script.member.get(&actor.name));
    let (Some(script), Some(part)) = (script, part) else {
        return said(unknown(about.ask, actor));
    };
    let foreign = about.shown.iter().any(|member| !script.member.contains_key(&member.0));
    match about.ask {
        Ask::Answer => Reply { thinking: reflow(&part.thinking), text: reflow(&part.answer), cut: part.cut },
        Ask::Critique => {
            let round = usize::from(about.round.max(1));
            said(critique(part, words(script), round, &about.shown, foreign))
        }
        Ask::Merge if foreign => said(FOREIGN_MERGE.to_owned()),
        Ask::Ballot if foreign => said(FOREIGN_BALLOT.to_owned()),
        Ask::Merge => said(merge(script, request)),
        Ask::Ballot => said(ballot(part, words(script), request)),
        Ask::Check | Ask::Route | Ask::HandOver => said(unknown(about.ask, actor)),
    }
}

fn said(text: String) -> Reply {
    Reply { text, ..Reply::default() }
}

/// What is said around the texts of a script.
fn words(script: &Script) -> &Words {
    script.words.as_ref().unwrap_or(&CAST.words)
}

/// What is said to a question without a script: that there is none.
fn unknown(ask: Ask, actor: &Actor) -> String {
    match ask {
        Ask::Answer => {
            let questions: Vec<String> =
                SCRIPTS.iter().map(|script| format!("- {}", script.question)).collect();
            let how = reflow(&CAST.how);
            reflow(&actor.unknown)
                .replace("{how}", &how)
                .replace("{count}", &questions.len().to_string())
                .replace("{questions}", &questions.join("\n"))
        }
        Ask::Critique => NOTHING_TO_DEBATE.to_owned(),
        Ask::Merge => NOTHING_TO_MERGE.to_owned(),
        Ask::Ballot => NO_BALLOT.to_owned(),
        Ask::Check | Ask::Route | Ask::HandOver => NO_BALLOT.to_owned(),
    }
}

/// A debate turn. A member moves only as far as it has met what moves it; after its last turn it stands by that.
fn critique(part: &Part, words: &Words, round: usize, shown: &[MemberId], foreign: bool) -> String {
    let seen = |name: &String| shown.iter().any(|member| &member.0 == name);
    let met = |turn: &&Turn| {
        !foreign && turn.from.iter().all(seen) && (!turn.all || part.ballot.ranking.iter().all(seen))
    };
    let due = round.min(part.round.len());
    let played = part.round.iter().take(due).take_while(met).count();
    let turn = played.checked_sub(1).and_then(|last| part.round.get(last));
    let (text, position) = turn.map_or((&part.answer, &part.position), |turn| (&turn.text, &turn.position));
    let text = reflow(text);
    match turn {
        Some(turn) if played == round => format!("{}\n\n{text}\n\nPOSITION: {position}", reflow(&turn.why)),
        _ => {
            let held = if played == due { &words.stay } else { &words.unmoved };
            format!("{text}\n\n{held}\n\nPOSITION: {position}")
        }
    }
}

/// A ballot as the template of ballots asks for it, the reason first.
#[derive(Serialize)]
struct Marked {
    #[serde(skip_serializing_if = "Option::is_none")]
    ballot: Option<String>,
    reason: String,
    ranking: Vec<String>,
    scores: BTreeMap<String, usize>,
    approved: Vec<String>,
}

/// The score of the first place of a scripted ballot, and by how much each next one is less.
const FIRST: usize = 9;
const LESS: usize = 2;

/// The number that the prompt wants on the ballot.
fn number(request: &Request) -> Option<String> {
    let (_, asked) = request.messages.last()?.text.rsplit_once("\"ballot\": \"")?;
    Some(asked.split('"').next()?.to_owned())
}

/// A ranking of those shown, in the order of the script.
fn ballot(part: &Part, words: &Words, request: &Request) -> String {
    let shown = &request.about.shown;
    let all = part.ballot.ranking.iter().zip(&part.ballot.because);
    let (ranking, because): (Vec<String>, Vec<&String>) =
        all.filter_map(|(name, because)| Some((label_of(name, shown)?, because))).unzip();
    let reasons = words.places.iter().zip(because).flat_map(|(place, because)| [place.as_str(), because]);
    let reason: String = reasons.chain([words.stop.as_str()]).collect();
    let scores = ranking.iter().enumerate();
    let scores = scores.map(|(at, label)| (label.clone(), FIRST.saturating_sub(at * LESS))).collect();
    // The script tells no more than an order: its upper half is approved of.
    let approved = ranking[..ranking.len().div_ceil(2)].to_vec();
    let marked = Marked { ballot: number(request), reason, ranking, scores, approved };
    serde_json::to_string(&marked).unwrap_or_default()
}

fn merge(script: &Script, request: &Request) -> String {
    let shown = &request.about.shown;
    let round = standing(script, request);
    let Some(synthesis) = script.synthesis.iter().rfind(|synthesis| synthesis.round <= round) else {
        return String::new();
    };
    let words = words(script);
    let prompt = request.messages.last().map_or("", |message| message.text.as_str());
    let text = cited(&labelled(&reflow(&synthesis.text), &words.comma, shown), prompt);
    if shown.len() == script.member.len() {
        return text;
    }
    let (seen, all) = (shown.len().to_string(), script.member.len().to_string());
    format!("{text}\n\n{}", words.fewer.replace("{shown}", &seen).replace("{all}", &all))
}

/// The last debate round of which a text is in front of the chair; 0 where there are first answers alone.
fn standing(script: &Script, request: &Request) -> usize {
    let Some(prompt) = request.messages.last() else { return 0 };
    let there = |turn: &Turn| prompt.text.contains(&reflow(&turn.text));
    let last = |part: &Part| part.round.iter().rposition(there).map_or(0, |at| at + 1);
    let shown = request.about.shown.iter().filter_map(|member| script.member.get(&member.0));
    shown.map(last).max().unwrap_or(0)
}

fn label_of(name: &str, shown: &[MemberId]) -> Option<String> {
    shown.iter().position(|member| member.0 == name).map(label)
}

/// Puts the labels in; a line that is about nobody shown is left out.
fn labelled(text: &str, comma: &str, shown: &[MemberId]) -> String {
    let lines: Vec<String> = text.lines().filter_map(|line| labelled_line(line, comma, shown)).collect();
    lines.join("\n")
}

fn labelled_line(line: &str, comma: &str, shown: &[MemberId]) -> Option<String> {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, (names, after))) =
        rest.split_once('{').and_then(|(before, tail)| Some((before, tail.split_once('}')?)))
    {
        let mut labels: Vec<String> =
            names.split_whitespace().filter_map(|name| label_of(name, shown)).collect();
        if labels.is_empty() {
            return None;
        }
        labels.sort();
        out.push_str(before);
        out.push_str(&labels.join(comma));
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}
