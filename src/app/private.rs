//! Whether the question being written is for local members alone: what is found in it, and what the person is asked then.
//! The rules are the core's; that nothing leaves is the engine's.

use super::confirm::{Choice, Confirm, Then};
use super::update::toast;
use super::{App, Effect};
use crate::core::private::{Decision, Finding};
use crate::core::{Council, File, Private, Question, Run, Why};

/// What comes of looking at a question.
pub(super) enum Looked {
    /// It may go on its way, with what was decided.
    Go(Option<Private>),
    /// The person is asked first.
    Ask(Confirm),
    /// It can't be sent, and why.
    Not(String),
}

/// Looks at the question that is about to be sent.
pub(super) fn look(app: &App, mut question: Question, named: Vec<File>) -> Looked {
    match app.privacy.decide(&mut question, &app.session, app.composer.private) {
        Err(line) => Looked::Not(line),
        Ok(Decision::Made) => Looked::Go(question.private),
        Ok(Decision::Ask(found)) => Looked::Ask(confirm(app, question, named, &found)),
    }
}

fn confirm(app: &App, mut question: Question, named: Vec<File>, found: &[Finding]) -> Confirm {
    let why: Vec<Why> = found.iter().map(|finding| finding.why).collect();
    let places: Vec<String> =
        found.iter().map(|finding| format!("{} in {}", finding.why.words(), finding.place)).collect();
    let mut lines = vec![format!("Found: {}.", places.join("; "))];
    let everyone = Then::Decided(named.clone(), Private::to_everyone(why.clone()));
    let mut choices = vec![
        Choice { key: 'y', text: "send to all members".to_owned(), then: everyone },
        Choice { key: 'n', text: "do not send".to_owned(), then: Then::Close },
    ];
    let all = question.council.members.len();
    match question.keep_local(why, &app.privacy.locals) {
        Ok(()) => {
            let near = question.asked().members.len();
            let text = format!("local members only ({near} of {all})");
            let then = question.private.map_or(Then::Close, |private| Then::Decided(named, private));
            choices.insert(0, Choice { key: 'l', text, then });
        }
        Err(_) => lines.push("Nobody who would be asked is local.".to_owned()),
    }
    // What is chosen by Enter alone sends nothing away.
    let at = usize::from(choices[0].key != 'l');
    Confirm { title: "This question looks private".to_owned(), lines, choices, at }
}

/// Keeps the question being written to local members, or no longer.
pub(super) fn toggle(app: &mut App) -> Vec<Effect> {
    if app.privacy.always {
        return toast(app, "every question stays with local members: synod was started with --local-only");
    }
    app.composer.private = !app.composer.private;
    let line = if app.composer.private {
        "the next question goes to local members alone; :private takes that back"
    } else {
        "the next question goes to all members"
    };
    toast(app, line)
}

impl App {
    /// Who would be asked now: the council, or of it the local members.
    pub fn asked(&self) -> Option<Council> {
        let council = self.council.clone()?;
        let mut question = Question { council, ..Question::default() };
        if self.composer.private {
            question.private =
                Some(Private::local(vec![Why::Person], &question.council, &self.privacy.locals));
        }
        Some(question.asked())
    }

    /// Whether a question that everyone may have comes after private ones, whose turns do not go along.
    pub(super) fn leaves_out(&self, private: Option<&Private>) -> bool {
        let open = private.is_none_or(|private| private.everyone);
        open && self.session.runs.iter().any(Run::kept_local)
    }
}
