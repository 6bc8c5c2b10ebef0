//! Which text of the script answers a request, with the labels that this speaker was shown. Not how fast it is said. What is
//! said in the steps of a written plan alone is [`super::step`]'s.

use super::cite::cited;
use super::scene::Scene;
use super::script::{Actor, CAST, Part, SCRIPTS, Script, Synthesis, Turn, reflow};
use super::{step, verdict};
use crate::core::Ask;
use crate::providers::Request;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

const NOTHING_TO_DEBATE: &str = "There is nothing to debate: this is a scripted demo, no model was asked, and none of us \
    has an answer to this question.\n\nPOSITION: none, this demo is scripted";
const NOTHING_TO_MERGE: &str = "There is nothing to merge: this is a scripted demo, no model was asked, and none of its \
    members has an answer to this question.";
const NO_BALLOT: &str = "no ballot: scripted members have no opinion on this question";
const FOREIGN_MERGE: &str = "There is nothing to merge: this chair is scripted, no model was asked for this text, and it \
    can't read answers that are not in its script.";
const FOREIGN_BALLOT: &str = "no ballot: a scripted member can't judge answers that are not in its script";

/// What a member says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Reply {
    /// What it says to itself before.
    pub thinking: String,
    /// What it says.
    pub text: String,
    /// Whether the stream ends without its terminal marker.
    pub cut: bool,
    /// What the text comes down to, where the script says so and the text does not.
    pub position: Option<&'static str>,
    /// How sure it is of that.
    pub confidence: Option<f64>,
}

impl Reply {
    /// A text and nothing else.
    pub(super) fn said(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

/// The reply of a member to a request.
pub(super) fn to(request: &Request, actor: &Actor) -> Reply {
    let scene = Scene::new(request, actor);
    let known = scene.script;
    match request.about.ask {
        Ask::Check => Reply::said(verdict::check(&scene)),
        Ask::Route => Reply::said(verdict::triage(&scene)),
        Ask::Answer | Ask::Merge if scene.step().is_some() => step::to(&scene),
        Ask::Answer => first(&scene),
        Ask::Critique => {
            let text = known.map(|(_, part)| critique(&scene, part));
            Reply::said(text.unwrap_or_else(|| NOTHING_TO_DEBATE.to_owned()))
        }
        Ask::Merge => merge(&scene),
        Ask::Ballot => Reply::said(judge(&scene)),
        Ask::HandOver => Reply::said(NO_BALLOT.to_owned()),
    }
}

/// The first answer to the question; to one without a script, that there is none.
pub(super) fn first(scene: &Scene<'_>) -> Reply {
    let Some((_, part)) = scene.script else { return Reply::said(unknown(scene.actor)) };
    Reply {
        thinking: reflow(&part.thinking),
        text: reflow(&part.answer),
        cut: part.cut,
        position: Some(&part.position),
        confidence: part.confidence,
    }
}

fn unknown(actor: &Actor) -> String {
    let questions: Vec<String> = SCRIPTS.iter().map(|script| format!("- {}", script.question)).collect();
    let how = reflow(&CAST.how);
    reflow(&actor.unknown)
        .replace("{how}", &how)
        .replace("{count}", &questions.len().to_string())
        .replace("{questions}", &questions.join("\n"))
}

/// What a member says in sight of the others.
pub(super) struct Stand {
    /// Why it moved, where it did what its script says for this round.
    pub why: Option<String>,
    /// Its text.
    pub text: String,
    /// Why it did not, elsewhere.
    pub held: &'static str,
    /// What the text comes down to.
    pub position: &'static str,
}

/// Where a member stands after so many rounds. It moves only as far as it has met what moves it; after its last turn it
/// stands by that.
pub(super) fn stand(scene: &Scene<'_>, part: &'static Part, round: usize) -> Stand {
    let (shown, foreign, words) = (scene.seen(), scene.foreign(), scene.words());
    let seen = |name: &String| shown.contains(name.as_str());
    let met = |turn: &&Turn| {
        !foreign && turn.from.iter().all(seen) && (!turn.all || part.ballot.ranking.iter().all(seen))
    };
    let due = round.min(part.round.len());
    let played = part.round.iter().take(due).take_while(met).count();
    let turn = played.checked_sub(1).and_then(|last| part.round.get(last));
    let (text, position) = turn.map_or((&part.answer, &part.position), |turn| (&turn.text, &turn.position));
    Stand {
        why: turn.filter(|_| played == round).map(|turn| reflow(&turn.why)),
        text: reflow(text),
        held: if played == due { &words.stay } else { &words.unmoved },
        position,
    }
}

/// A debate turn.
fn critique(scene: &Scene<'_>, part: &'static Part) -> String {
    let Stand { why, text, held, position } = stand(scene, part, usize::from(scene.about().round.max(1)));
    match why {
        Some(why) => format!("{why}\n\n{text}\n\nPOSITION: {position}"),
        None => format!("{text}\n\n{held}\n\nPOSITION: {position}"),
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

fn judge(scene: &Scene<'_>) -> String {
    let Some((_, part)) = scene.script else { return NO_BALLOT.to_owned() };
    // What the steps of a plan have made of the answers is not what the script judges, and neither are answers of its own.
    let strange = scene.step().is_some() && !scene.answers_alone();
    let own = scene.seen().contains(scene.actor.name.as_str());
    if scene.foreign() || strange || own { FOREIGN_BALLOT.to_owned() } else { ballot(scene, part) }
}

/// A ranking of those shown, in the order of the script.
fn ballot(scene: &Scene<'_>, part: &Part) -> String {
    let words = scene.words();
    let all = part.ballot.ranking.iter().zip(&part.ballot.because);
    let shown =
        all.filter_map(|(name, because)| Some((scene.called(name), because)).filter(|it| !it.0.is_empty()));
    let (ranking, because): (Vec<Vec<String>>, Vec<&String>) = shown.unzip();
    let ranking = ranking.concat();
    let reasons = words.places.iter().zip(because).flat_map(|(place, because)| [place.as_str(), because]);
    let reason: String = reasons.chain([words.stop.as_str()]).collect();
    let scores = ranking.iter().enumerate();
    let scores = scores.map(|(at, label)| (label.clone(), FIRST.saturating_sub(at * LESS))).collect();
    // The script tells no more than an order: its upper half is approved of.
    let approved = ranking[..ranking.len().div_ceil(2)].to_vec();
    let marked = Marked { ballot: number(scene.request), reason, ranking, scores, approved };
    serde_json::to_string(&marked).unwrap_or_default()
}

/// One text made of those shown.
pub(super) fn merge(scene: &Scene<'_>) -> Reply {
    let Some((script, _)) = scene.script else { return Reply::said(NOTHING_TO_MERGE.to_owned()) };
    if scene.foreign() {
        return Reply::said(FOREIGN_MERGE.to_owned());
    }
    Reply::said(synthesis(scene, script))
}

/// The synthesis of just those shown, where there is one, else of everybody.
fn synthesis(scene: &Scene<'_>, script: &'static Script) -> String {
    let (seen, round, words) = (scene.seen(), scene.round(), scene.words());
    let due = || script.synthesis.iter().filter(|synthesis| synthesis.round <= round).rev();
    let of_these = |synthesis: &&Synthesis| {
        !synthesis.of.is_empty() && synthesis.of.iter().map(String::as_str).collect::<BTreeSet<_>>() == seen
    };
    let theirs = due().find(of_these);
    let Some(synthesis) = theirs.or_else(|| due().find(|synthesis| synthesis.of.is_empty())) else {
        return String::new();
    };
    let text = cited(&labelled(scene, &reflow(&synthesis.text)), &scene.prompt);
    if theirs.is_some() || seen.len() == script.member.len() {
        return text;
    }
    let (shown, all) = (seen.len().to_string(), script.member.len().to_string());
    format!("{text}\n\n{}", words.fewer.replace("{shown}", &shown).replace("{all}", &all))
}

/// Puts the labels in; a line that is about nobody shown is left out.
pub(super) fn labelled(scene: &Scene<'_>, text: &str) -> String {
    let lines: Vec<String> = text.lines().filter_map(|line| labelled_line(scene, line)).collect();
    lines.join("\n")
}

fn labelled_line(scene: &Scene<'_>, line: &str) -> Option<String> {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, (names, after))) =
        rest.split_once('{').and_then(|(before, tail)| Some((before, tail.split_once('}')?)))
    {
        let mut labels: Vec<String> = names.split_whitespace().flat_map(|name| scene.called(name)).collect();
        if labels.is_empty() {
            return None;
        }
        labels.sort();
        out.push_str(before);
        out.push_str(&labels.join(&scene.words().comma));
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}
