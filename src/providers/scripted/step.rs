//! What a member says in a stage of a written plan: a first answer, an answer made of those of others, a step with a task, or
//! any of these once more. Every text is from the script. Where it has none for a step, the member says so and hands on what
//! it was given, as it is.

use super::cite::cited;
use super::given::texts;
use super::reply::{Reply, first, merge, stand};
use super::scene::Scene;
use super::script::{Stepped, reflow};
use crate::core::Ask;

/// The reply to a call for an answer or a synthesis.
pub(super) fn to(scene: &Scene<'_>) -> Reply {
    let mut reply = match written(scene) {
        Some(step) => spoken(scene, step),
        None => once_more(scene, unwritten(scene)),
    };
    let asked = scene.step().filter(|step| step.position && !reply.cut);
    if let (Some(step), Some(position)) = (asked, reply.position) {
        let sure = reply.confidence.filter(|_| step.confidence);
        let sure = sure.map(|sure| format!(" (confidence {sure})")).unwrap_or_default();
        reply.text = format!("{}\n\nPOSITION: {position}{sure}", reply.text);
    }
    reply
}

/// The text of the script for this step: where all that it speaks of is in front of the member, and nothing of the person's.
fn written(scene: &Scene<'_>) -> Option<&'static Stepped> {
    let (script, _) = scene.script?;
    let step = scene.step()?;
    let fits = |it: &&Stepped| {
        it.stage.iter().any(|name| name.eq_ignore_ascii_case(&step.name))
            && it.member.as_ref().is_none_or(|name| *name == scene.actor.name)
            && it.on.iter().all(|words| scene.prompt.contains(&reflow(words)))
    };
    if scene.foreign() || texts(scene.request).iter().any(|text| text.by_person) {
        return None;
    }
    script.step.iter().find(fits)
}

fn spoken(scene: &Scene<'_>, written: &'static Stepped) -> Reply {
    let reply = |text: &str| Reply {
        position: written.position.as_deref(),
        confidence: written.confidence,
        ..Reply::said(cited(&reflow(text), &scene.prompt))
    };
    let again = scene.step().is_some_and(|step| step.again);
    match written.again.as_deref().filter(|_| again) {
        Some(second) => {
            let reply = reply(second);
            Reply { text: format!("{}\n\n{}", scene.words().second, reply.text), ..reply }
        }
        None => once_more(scene, reply(&written.text)),
    }
}

/// What the same text is said with, once the person has sent it back: no script knows the person's note.
fn once_more(scene: &Scene<'_>, reply: Reply) -> Reply {
    match scene.step() {
        Some(step) if step.again => {
            Reply { text: format!("{}\n\n{}", scene.words().again, reply.text), ..reply }
        }
        _ => reply,
    }
}

fn unwritten(scene: &Scene<'_>) -> Reply {
    let Some(step) = scene.step() else { return first(scene) };
    // Of what is gone through once more the member's own text is in front of it, too.
    let gathers = scene.about().shown.iter().any(|member| !step.again || *member != scene.about().member);
    let makes = scene.about().ask == Ask::Merge;
    if step.task && !makes {
        return passed_on(scene);
    }
    if makes || gathers && step.alone {
        let one = scene.script.is_some() && scene.seen().len() == 1;
        let known = scene.script.is_none() || scene.foreign() || scene.answers_alone() && !one;
        return if known { merge(scene) } else { passed_on(scene) };
    }
    if gathers { layer(scene) } else { sample(scene) }
}

/// A first answer. A script has but one for each member, and says so where several are wanted.
fn sample(scene: &Scene<'_>) -> Reply {
    let reply = first(scene);
    if !scene.repeats() || reply.cut {
        return reply;
    }
    Reply { text: format!("{}\n\n{}", reply.text, scene.words().sample), ..reply }
}

/// An answer in sight of others that is one of several: the member's next debate turn.
fn layer(scene: &Scene<'_>) -> Reply {
    let Some((_, part)) = scene.script else { return first(scene) };
    let stand = stand(scene, part, scene.round() + 1);
    let text = match stand.why {
        Some(why) => format!("{why}\n\n{}", stand.text),
        None => format!("{}\n\n{}", stand.text, stand.held),
    };
    Reply { position: Some(stand.position), ..Reply::said(text) }
}

/// What a step hands on that the script has no text for: what it was given last; where it was given nothing, the member's own
/// answer to the question.
fn passed_on(scene: &Scene<'_>) -> Reply {
    let words = scene.words();
    let name = scene.step().map_or("", |step| step.name.as_str());
    let behind = |said: &str, text: &str| format!("{}\n\n{text}", said.replace("{step}", name));
    match texts(scene.request).last() {
        Some(text) if text.by_person => Reply::said(behind(&words.person, text.words)),
        Some(text) => Reply::said(behind(&words.no_step, bare(scene, text.words))),
        None => {
            let reply = first(scene);
            Reply { text: behind(&words.own, &reply.text), ..reply }
        }
    }
}

/// A text without what earlier steps have said of their having none.
fn bare<'t>(scene: &Scene<'_>, text: &'t str) -> &'t str {
    let words = scene.words();
    let openings = [&words.no_step, &words.own, &words.person, &words.again, &words.second];
    let opens = |text: &str| {
        openings.iter().any(|said| text.starts_with(said.split("{step}").next().unwrap_or_default()))
    };
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once("\n\n").filter(|_| opens(rest)) {
        rest = behind;
    }
    rest
}
