//! Whether the answers of an earlier, nearly identical question are to do for the one being written: what is looked for, and
//! what the person is shown and asked then. Where answers are kept is the shell's to know; how near two questions are is the
//! comparison's.

use super::ask;
use super::confirm::{Choice, Confirm, Then};
use super::update::toast;
use super::{App, Effect, Overlay};
use crate::core::earlier::Earlier;
use crate::core::{Council, File, Private, Protocol, Question, clean};

/// Looking for an earlier question before one is sent.
#[derive(Debug)]
pub(super) struct Likes {
    /// Whether the person wants that.
    pub wanted: bool,
    /// The question that waits for what is found.
    pub looking: Option<Looking>,
}

/// A question that waits for what is found of its like.
#[derive(Debug)]
pub(super) struct Looking {
    /// The question.
    question: String,
    /// What stood in the composer.
    written: String,
    files: Vec<File>,
    private: Option<Private>,
}

/// Looks for an earlier question before one is sent; `None` where there is nothing to look for, so that it may go on.
pub(super) fn look(app: &mut App, files: &[File], private: Option<&Private>) -> Option<Vec<Effect>> {
    // A question that waits is asked on top of answers that are not there yet: no earlier one was.
    if !app.likes.wanted || app.working() || !app.queued.is_empty() {
        return None;
    }
    let written = app.composer.text();
    let only = ask::addressed(app, &written);
    let text = ask::words(&written, only.as_ref())?;
    let question = Question {
        text: text.clone(),
        files: [files, &app.composer.files()].concat(),
        council: app.council.clone()?,
        protocol: app.protocol,
        only,
        topic: None,
        replaces: app.replaces,
        private: private.cloned(),
        similar: None,
        judges: Vec::new(),
        commission: None,
        plan: None,
    };
    let search = app.session.search(question)?;
    let (files, private) = (files.to_vec(), private.cloned());
    app.likes.looking = Some(Looking { question: text, written, files, private });
    Some(vec![Effect::Earlier(Box::new(search))])
}

/// Takes in what was found for a question: the person decides, or it goes on its way.
pub(super) fn found(app: &mut App, question: &str, earlier: Option<Earlier>) -> Vec<Effect> {
    // What was sent or looked for anew in the meantime is no longer waited for.
    let Some(looking) = app.likes.looking.take_if(|looking| looking.question == question) else {
        return Vec::new();
    };
    if app.composer.text() != looking.written {
        let line =
            "nothing was sent: the question changed while earlier ones were looked for; Enter sends it";
        return toast(app, line);
    }
    match earlier {
        None => ask::priced_first(app, looking.files, looking.private, None),
        Some(earlier) => {
            app.overlay = Some(Overlay::Confirm(confirm(app, looking, earlier)));
            Vec::new()
        }
    }
}

fn confirm(app: &App, looking: Looking, earlier: Earlier) -> Confirm {
    let Looking { files, private, .. } = looking;
    let missing = earlier.of.saturating_sub(earlier.members.len());
    let lines = vec![
        format!("Earlier question: \"{}\"", clean::line(&earlier.similar.question)),
        format!("Score: {} of 1, by the wording.", earlier.similar.score_word()),
        format!("Kept: {}.", earlier.line(app.now)),
    ];
    let text = match missing {
        0 => "use those answers, $0.00".to_owned(),
        1 => "use those answers, and ask the other member".to_owned(),
        more => format!("use those answers, and ask the other {more} members"),
    };
    let then = |earlier| Then::Compared(files.clone(), private.clone(), earlier);
    let choices = vec![
        Choice { key: 'u', text, then: then(Some(Box::new(earlier))) },
        Choice { key: 'a', text: "ask all anew".to_owned(), then: then(None) },
        Choice { key: 'n', text: "back to the text".to_owned(), then: Then::Close },
    ];
    // What is chosen by Enter alone costs nothing, and what it gives is marked for what it is.
    Confirm { title: "A similar question was answered before".to_owned(), lines, choices, at: 0 }
}

/// The members that are asked a question, of its council: those whose answers are there cost nothing, unless the plan goes on
/// with them.
pub(super) fn to_pay(mut council: Council, protocol: Protocol, earlier: Option<&Earlier>) -> Council {
    if let (Protocol::Ask, Some(earlier)) = (protocol, earlier) {
        council.members.retain(|member| !earlier.members.contains(&member.name));
    }
    council
}
