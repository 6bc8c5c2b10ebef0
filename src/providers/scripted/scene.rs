//! A call with all that a scripted reply depends on: the script of its question, the member's part, who is shown and by which
//! name, and the prompt. It decides nothing.

use super::given;
use super::script::{Actor, CAST, Part, Script, Words, find};
use crate::core::prompt::label;
use crate::providers::{About, Request, Step};
use std::collections::BTreeSet;

/// One call.
pub(super) struct Scene<'a> {
    /// What is asked.
    pub request: &'a Request,
    /// Who speaks.
    pub actor: &'a Actor,
    /// The script of the question and the member's part in it, where there is one.
    pub script: Option<(&'static Script, &'static Part)>,
    /// What stands in front of the member.
    pub prompt: String,
}

impl<'a> Scene<'a> {
    pub(super) fn new(request: &'a Request, actor: &'a Actor) -> Self {
        let script = find(&request.about.question);
        let script = script.and_then(|script| Some((script, script.member.get(&actor.name)?)));
        Self { request, actor, script, prompt: given::prompt(request) }
    }

    pub(super) fn about(&self) -> &'a About {
        &self.request.about
    }

    /// The stage of a written plan that it is of.
    pub(super) fn step(&self) -> Option<&'a Step> {
        self.request.about.step.as_ref()
    }

    /// What is said around the texts of a script.
    pub(super) fn words(&self) -> &'static Words {
        self.script.and_then(|(script, _)| script.words.as_ref()).unwrap_or(&CAST.words)
    }

    /// Whose part each of the texts shown is from, in the order shown; none for those who are not in the script.
    fn roles(&self) -> impl Iterator<Item = Option<&'static str>> {
        let shown = self.about().shown.iter();
        shown.map(|member| self.script.and_then(|(script, _)| role(script, &member.0)))
    }

    /// Whether somebody is shown who is not in the script.
    pub(super) fn foreign(&self) -> bool {
        self.roles().any(|role| role.is_none())
    }

    /// Whose texts are shown, each once.
    pub(super) fn seen(&self) -> BTreeSet<&'static str> {
        self.roles().flatten().collect()
    }

    /// What the texts of a member are called in the prompt; none where it is not shown.
    pub(super) fn called(&self, name: &str) -> Vec<String> {
        let blind = self.step().is_none_or(|step| step.blind);
        let shown = self.roles().zip(&self.about().shown).enumerate();
        let its = shown.filter(|(_, (role, _))| *role == Some(name));
        its.map(|(place, (_, member))| if blind { label(place) } else { member.0.clone() }).collect()
    }

    /// What the speaker's own text is called in the prompt, where it is in front of it.
    pub(super) fn own_label(&self) -> Option<String> {
        let about = self.about();
        let place = about.shown.iter().rposition(|member| *member == about.member)?;
        let blind = self.step().is_none_or(|step| step.blind);
        Some(if blind { label(place) } else { about.member.0.clone() })
    }

    /// The last debate round of which a text is in front of the member; 0 where there are first answers alone.
    pub(super) fn round(&self) -> usize {
        self.parts().filter_map(|part| given::stands(part, &self.prompt)).max().unwrap_or(0)
    }

    /// Whether the texts shown are answers of the script, and not what a step of a plan has made of them.
    pub(super) fn answers_alone(&self) -> bool {
        !self.foreign() && self.parts().all(|part| given::stands(part, &self.prompt).is_some())
    }

    fn parts(&self) -> impl Iterator<Item = &'static Part> {
        let script = self.script.map(|(script, _)| script);
        self.roles().flatten().filter_map(move |name| script?.member.get(name))
    }

    /// Whether it is one of several answers of the same member, and not the first.
    pub(super) fn repeats(&self) -> bool {
        self.about().member.0 != self.actor.name && seat_of(&self.about().member.0) == Some(&self.actor.name)
    }
}

/// Whose part a member has: the one of its name, or for one of several seats of a member that one's.
fn role(script: &'static Script, name: &str) -> Option<&'static str> {
    let part = |name: &str| script.member.get_key_value(name).map(|(name, _)| name.as_str());
    part(name).or_else(|| part(seat_of(name)?))
}

/// The name before the number of a seat: `fenna` of `fenna-2`.
fn seat_of(name: &str) -> Option<&str> {
    let (name, number) = name.rsplit_once('-')?;
    (!number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())).then_some(name)
}
