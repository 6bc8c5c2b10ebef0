//! What makes a question private, and who is asked it then. Rules and records: whether a provider is on this machine is the
//! configuration's to say, and that nothing leaves it is for the engine to keep.
//!
//! What was found is named by its kind and its place, never by its text: that text is what has to stay here.

mod patterns;

use super::clean;
use super::ids::MemberId;
use super::member::{Council, ModelRef};
use super::question::{File, Question};
use super::run::Run;
use super::session::Session;
pub use patterns::{KEY_STARTS, looks_like_a_key};
use patterns::{folded, holds_a_key, holds_an_email, holds_word};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Why a question goes to local members alone, or was asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// `--local-only`.
    LocalOnly,
    /// The person said so of this question.
    Person,
    /// Something in it looks like a key.
    Key,
    /// It holds an e-mail address.
    Email,
    /// It holds a word of the person's own list.
    Word,
}

impl Why {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::LocalOnly => "--local-only",
            Self::Person => "you said so",
            Self::Key => "something like a key",
            Self::Email => "an e-mail address",
            Self::Word => "a word of your list",
        }
    }

    /// Several, for people.
    pub fn list(all: &[Self]) -> String {
        all.iter().map(|why| why.words()).collect::<Vec<_>>().join(", ")
    }
}

/// What happens to a question in which something was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Otherwise {
    /// The person is asked who may have it.
    #[default]
    Ask,
    /// It goes to local members alone.
    Local,
}

/// What is looked for, and what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Strings that look like keys.
    pub keys: bool,
    /// E-mail addresses.
    pub emails: bool,
    /// The person's own words.
    pub words: Vec<String>,
    /// What follows.
    pub then: Otherwise,
}

impl Default for Policy {
    /// Nobody means to send a key; addresses and names are in too many harmless questions to ask about unasked.
    fn default() -> Self {
        Self { keys: true, emails: false, words: Vec::new(), then: Otherwise::Ask }
    }
}

/// Something that was found: its kind, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The kind.
    pub why: Why,
    /// Where, for people: `the question`, the name of a file.
    pub place: String,
}

impl Policy {
    /// What a question holds of what is looked for, each kind once: in its words, its files, what its members are told
    /// about themselves, and the questions before it whose turns would go along. Of those no one that was decided on.
    pub fn find(&self, question: &Question, session: &Session) -> Vec<Finding> {
        let mut found: Vec<Finding> = Vec::new();
        let mut look = |place: &dyn Fn() -> String, text: &str| {
            for why in self.in_text(text) {
                if found.iter().all(|known| known.why != why) {
                    found.push(Finding { why, place: place() });
                }
            }
        };
        look(&|| "the question".to_owned(), &question.text);
        for File { name, text } in &question.files {
            look(&|| clean::line(name), name);
            look(&|| clean::line(name), text);
        }
        for member in &question.council.members {
            let persona = member.persona.as_deref().unwrap_or_default();
            look(&|| format!("{}'s persona", clean::line(&member.name.0)), persona);
        }
        for run in session.runs.iter().filter(|run| run.private.is_none()) {
            let place = || format!("question {}", run.id);
            look(&place, &run.question);
            for file in &run.files {
                look(&place, &file.text);
            }
        }
        found.sort_by_key(|finding| finding.why);
        found
    }

    /// The kinds that a text holds.
    fn in_text(&self, text: &str) -> Vec<Why> {
        let mut found = Vec::new();
        if self.keys && holds_a_key(text) {
            found.push(Why::Key);
        }
        if self.emails && holds_an_email(text) {
            found.push(Why::Email);
        }
        if !self.words.is_empty() {
            let text = folded(text);
            if self.words.iter().any(|word| holds_word(&text, &folded(word))) {
                found.push(Why::Word);
            }
        }
        found
    }
}

/// The providers that are the person's own: on this machine, or said to be local.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locals {
    /// By name.
    pub providers: BTreeSet<String>,
}

impl Locals {
    /// Whether what a model is sent stays with the person. Ollama hands models with such a tag on to its own cloud.
    pub fn holds(&self, model: &ModelRef) -> bool {
        let cloud = model.model.ends_with("-cloud") || model.model.ends_with(":cloud");
        self.providers.contains(&model.provider) && !cloud
    }
}

/// All that decides who is asked a private question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Privacy {
    /// What is looked for.
    pub policy: Policy,
    /// Who is local.
    pub locals: Locals,
    /// Whether every question is for local members alone.
    pub always: bool,
}

/// What looking at a question comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It may go on its way; what was decided stands in it.
    Made,
    /// The person decides first.
    Ask(Vec<Finding>),
}

impl Privacy {
    /// Looks at a question, and decides what the person decided beforehand: `person` tells that this one is for local
    /// members alone. Where all are local there is nothing to ask, but what comes later in the session has to know.
    ///
    /// # Errors
    /// One line where nobody is left to ask.
    pub fn decide(
        &self,
        question: &mut Question,
        session: &Session,
        person: bool,
    ) -> Result<Decision, String> {
        let found = self.policy.find(question, session);
        let said = [(self.always, Why::LocalOnly), (person && !self.always, Why::Person)];
        let said = said.into_iter().filter_map(|(holds, why)| holds.then_some(why));
        let why: Vec<Why> = said.chain(found.iter().map(|finding| finding.why)).collect();
        if why.is_empty() {
            return Ok(Decision::Made);
        }
        let near = Private::local(why.clone(), &question.council, &self.locals);
        let all_local = near.held_back.is_empty() && near.backups.is_empty();
        if self.always || person || all_local || self.policy.then == Otherwise::Local {
            question.keep_local(why, &self.locals)?;
            return Ok(Decision::Made);
        }
        Ok(Decision::Ask(found))
    }
}

/// What was decided about a private question. A record of it holds kinds and names, nothing of the question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Private {
    /// Why it is one.
    pub why: Vec<Why>,
    /// Whether the person sent it to everyone all the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub everyone: bool,
    /// Members that are not asked it, whatever happens in the run.
    #[serde(default)]
    pub held_back: Vec<HeldBack>,
    /// Backups that do not speak for members that are asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub backups: Vec<HeldBack>,
}

/// A model that is not asked, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldBack {
    /// The member.
    pub member: MemberId,
    /// The model.
    pub model: ModelRef,
}

impl Private {
    /// For local members alone.
    pub fn local(why: Vec<Why>, council: &Council, locals: &Locals) -> Self {
        let far = |model: &ModelRef| !locals.holds(model);
        let mut private = Self { why, everyone: false, held_back: Vec::new(), backups: Vec::new() };
        for member in &council.members {
            let held = |model: &ModelRef| HeldBack { member: member.name.clone(), model: model.clone() };
            if far(&member.model) {
                private.held_back.push(held(&member.model));
            } else {
                let backups = member.fallback.iter().filter(|model| far(model));
                private.backups.extend(backups.map(held));
            }
        }
        private
    }

    /// Sent to everyone, by the person's own word.
    pub fn to_everyone(why: Vec<Why>) -> Self {
        Self { why, everyone: true, held_back: Vec::new(), backups: Vec::new() }
    }

    /// For people: `private (an e-mail address): held back from gpt (openai/gpt-6-luna)`.
    pub fn line(&self) -> String {
        let why = Why::list(&self.why);
        if self.everyone {
            return format!("looked private ({why}): sent to all by you");
        }
        let name = |held: &HeldBack| {
            format!("{} ({})", clean::line(&held.member.0), clean::line(&held.model.to_string()))
        };
        let names: Vec<String> = self.held_back.iter().map(name).collect();
        let backups: Vec<String> =
            self.backups.iter().map(|held| clean::line(&held.model.to_string())).collect();
        let held = if names.is_empty() {
            "every member is local".to_owned()
        } else {
            format!("held back from {}", names.join(", "))
        };
        let backups = backups.join(", ");
        let backups = if backups.is_empty() { backups } else { format!("; backups left out: {backups}") };
        format!("private ({why}): {held}{backups}")
    }
}

impl Question {
    /// The council without who is held back.
    pub fn asked(&self) -> Council {
        let held = self.private.iter().flat_map(|private| &private.held_back);
        let held: Vec<&MemberId> = held.map(|held| &held.member).collect();
        let mut council = self.council.clone();
        council.members.retain(|member| !held.contains(&&member.name));
        council
    }

    /// Keeps it to local members.
    ///
    /// # Errors
    /// One line where that leaves nobody to ask, and what to do next.
    pub fn keep_local(&mut self, why: Vec<Why>, locals: &Locals) -> Result<(), String> {
        let words = Why::list(&why);
        let near = |name: &MemberId| {
            let member = self.council.members.iter().find(|member| member.name == *name);
            member.is_none_or(|member| locals.holds(&member.model))
        };
        if let Some(only) = self.only.as_ref().filter(|only| !near(only)) {
            let name = clean::line(&only.0);
            return Err(format!(
                "nothing was sent: the question is private ({words}) and {name} is not local; ask a local member"
            ));
        }
        let private = Private::local(why, &self.council, locals);
        if !self.council.members.is_empty() && private.held_back.len() == self.council.members.len() {
            return Err(format!(
                "nothing was sent: the question is private ({words}) and no member is local; add one on this machine, or \
                 set local = true for a provider of yours"
            ));
        }
        self.private = Some(private);
        Ok(())
    }
}

impl Run {
    /// Whether nothing of it may leave the person's own machines.
    pub fn kept_local(&self) -> bool {
        self.private.as_ref().is_some_and(|private| !private.everyone)
    }

    /// Whether the member of a seat is not asked because the question is private.
    pub fn held_back(&self, slot: u16) -> bool {
        let held = self.private.as_ref().map(|private| &private.held_back).filter(|held| !held.is_empty());
        let name = self.council.member(slot).map(|member| &member.name);
        held.is_some_and(|held| held.iter().any(|one| Some(&one.member) == name))
    }

    /// Whether a model is not asked because the question is private.
    pub fn withholds(&self, model: &ModelRef) -> bool {
        let Some(private) = &self.private else { return false };
        private.held_back.iter().chain(&private.backups).any(|held| held.model == *model)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::Member;

    fn policy(words: &[&str]) -> Policy {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        Policy { emails: true, words, ..Policy::default() }
    }

    #[test]
    fn files_and_personas_count_and_each_kind_is_named_once() {
        let mut member = Member::new("bo", "far/m".parse().unwrap());
        member.persona = Some("You work on Project Falcon.".to_owned());
        let file = File { name: "notes.txt".to_owned(), text: "a@b.org and c@d.org".to_owned() };
        let question = Question {
            text: "Why?".to_owned(),
            files: vec![file],
            council: Council { members: vec![member], ..Council::default() },
            ..Question::default()
        };
        let found = policy(&["project falcon"]).find(&question, &Session::default());
        let found: Vec<_> = found.iter().map(|one| (one.why, one.place.as_str())).collect();
        assert_eq!(found, [(Why::Email, "notes.txt"), (Why::Word, "bo's persona")]);
        assert_eq!(Policy::default().find(&question, &Session::default()), []);
    }

    #[test]
    fn who_is_not_local_is_held_back_and_so_are_backups() {
        let locals = Locals { providers: ["here".to_owned()].into() };
        let mut near = Member::new("near", "here/m".parse().unwrap());
        near.fallback = vec!["far/b".parse().unwrap(), "here/b".parse().unwrap()];
        let far = Member::new("far", "far/m".parse().unwrap());
        let cloud = Member::new("cloud", "here/gpt-oss:120b-cloud".parse().unwrap());
        let council = Council { members: vec![near, far, cloud], ..Council::default() };
        let mut question = Question { council, ..Question::default() };
        question.keep_local(vec![Why::Email, Why::Person], &locals).unwrap();
        assert_eq!(
            question.private.as_ref().unwrap().line(),
            "private (an e-mail address, you said so): held back from far (far/m), cloud (here/gpt-oss:120b-cloud); \
             backups left out: far/b"
        );
        let mut alone = Question { only: Some("far".into()), private: None, ..question.clone() };
        let line = alone.keep_local(vec![Why::LocalOnly], &locals).unwrap_err();
        assert!(line.contains("far is not local") && alone.private.is_none(), "{line}");
        assert_eq!(question.asked().members.len(), 1);
        let line = alone.keep_local(vec![Why::Key], &Locals::default()).unwrap_err();
        assert!(line.starts_with("nothing was sent"), "{line}");
    }
}
