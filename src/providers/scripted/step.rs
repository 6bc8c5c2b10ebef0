//! What a member says in a stage of a written plan: a first answer, an answer made of those of others, a step with a task, or
//! any of these once more. Every text is from the script. Where it has none for a step, the member says so and hands on what
//! it was given, as it is.

use super::cite::cited;
use super::given::{Text, texts};
use super::reply::{Reply, first, labelled, merge, stand};
use super::scene::Scene;
use super::script::{CAST, Stepped, reflow};
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
            && it.on.iter().all(|words| words.split('|').any(|some| scene.prompt.contains(&reflow(some))))
    };
    // Without a task a member answers the question, or gathers answers to it, whatever the stage is called.
    let answers = scene.about().ask == Ask::Answer && !step.task;
    if answers || scene.foreign() || texts(scene.request).iter().any(Text::by_person) {
        return None;
    }
    script.step.iter().find(fits)
}

fn spoken(scene: &Scene<'_>, written: &'static Stepped) -> Reply {
    let reply = |text: &str| Reply {
        position: written.position.as_deref(),
        confidence: written.confidence,
        ..Reply::said(cited(&labelled(scene, &reflow(text)), &scene.prompt))
    };
    let again = scene.step().is_some_and(|step| step.again);
    match (written.again.as_deref().filter(|_| again), &written.text) {
        (Some(second), _) => {
            let reply = reply(second);
            Reply { text: format!("{}\n\n{}", scene.words().second, reply.text), ..reply }
        }
        (None, Some(text)) => once_more(scene, reply(text)),
        (None, None) => once_more(scene, first(scene)),
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
    let gathers = step.gathers && !scene.about().shown.is_empty();
    let makes = scene.about().ask == Ask::Merge;
    if step.task && !makes {
        return passed_on(scene);
    }
    if makes || gathers && step.alone {
        return made(scene);
    }
    if gathers { layer(scene) } else { sample(scene) }
}

/// One text made of those shown, where they are answers of the script, and of several members.
fn made(scene: &Scene<'_>) -> Reply {
    let given = texts(scene.request);
    match given.last() {
        _ if scene.script.is_none() || scene.foreign() => merge(scene),
        Some(text) if scene.answers_alone() && scene.seen().len() == 1 => {
            let words = scene.words();
            let text = text.words.split(&words.sample).next().unwrap_or_default().trim_end();
            Reply::said(format!("{}\n\n{text}", words.same))
        }
        _ if scene.answers_alone() => merge(scene),
        _ => passed_on(scene),
    }
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
/// answer to the question; once it is sent back, what it was before.
fn passed_on(scene: &Scene<'_>) -> Reply {
    let words = scene.words();
    let name = scene.step().map_or("", |step| step.name.as_str());
    let answers = CAST.first.iter().any(|first| first.eq_ignore_ascii_case(name));
    let behind = |said: &str, text: &str| format!("{}\n\n{text}", said.replace("{step}", name));
    let given = texts(scene.request);
    let step = scene.step().filter(|step| step.again);
    match (given.last(), step) {
        (None, _) if answers => sample(scene),
        (None, _) => {
            let reply = first(scene);
            Reply { text: behind(&words.own, &reply.text), ..reply }
        }
        (Some(_), Some(step)) if answers && !step.gathers => sample(scene),
        (Some(last), Some(_)) => {
            let own = scene.own_label();
            let before = given.iter().rfind(|text| own.as_deref().is_some_and(|own| text.by == Some(own)));
            Reply::said(bare(before.unwrap_or(last).words, &[&words.again, &words.second]).to_owned())
        }
        (Some(text), None) if text.by_person() => Reply::said(behind(&words.person, text.words)),
        (Some(text), None) => {
            let notes = [&words.no_step, &words.own, &words.person, &words.again, &words.second, &words.same];
            Reply::said(behind(&words.no_step, bare(text.words, &notes)))
        }
    }
}

/// A text without such of these notes as stand above it.
fn bare<'t>(text: &'t str, notes: &[&String]) -> &'t str {
    let noted = |text: &str| {
        notes.iter().any(|note| text.starts_with(note.split("{step}").next().unwrap_or_default()))
    };
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once("\n\n").filter(|_| noted(rest)) {
        rest = behind;
    }
    rest
}
