//! Questions that must be answered before something happens, and faults that stay on the screen. What they say and what
//! follows; not how they look.

use super::{App, Effect, Overlay, ask, grade, money};
use crate::core::earlier::Earlier;
use crate::core::{CallId, Dollars, File, Grade, Private, Similar};
use crossterm::event::{KeyCode, KeyEvent};

/// A question that must be answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirm {
    /// What it is about.
    pub title: String,
    /// What a person has to know.
    pub lines: Vec<String>,
    /// What can be done.
    pub choices: Vec<Choice>,
    /// The line chosen, from 0.
    pub at: usize,
}

/// Something that can be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The key that does it.
    pub key: char,
    /// What it is.
    pub text: String,
    /// What follows.
    pub then: Then,
}

/// What follows a choice.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    /// Nothing happens.
    Close,
    /// The program ends.
    Quit,
    /// What stands in the composer is sent, with these files and what was decided about it, whatever it costs.
    Send(Vec<File>, Option<Private>, Option<Similar>),
    /// The same with one round of debate, whatever the protocol says.
    OneRound(Vec<File>, Option<Private>, Option<Similar>),
    /// This is decided about what stands in the composer, and it goes on its way with these files.
    Decided(Vec<File>, Private),
    /// It goes on its way with the answers of that earlier question, or with new ones.
    Compared(Vec<File>, Option<Private>, Option<Box<Earlier>>),
    /// The wish is carried out, whatever it costs.
    Wish(Box<Effect>),
    /// The answer is graded so, or its grade is taken back.
    Grade(CallId, Option<Grade>),
    /// The session may cost so much from now on, and then.
    Raise(Dollars, Box<Then>),
}

/// A fault that stays on the screen until it is closed or mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What it is about.
    pub title: String,
    /// What happened, and what to do next.
    pub lines: Vec<String>,
    /// The seat it is about.
    pub seat: Option<usize>,
}

/// The question before quitting while something runs.
pub(super) fn quit(app: &App) -> Confirm {
    let open =
        app.session.runs.iter().flat_map(|run| run.calls.values()).filter(|call| !call.ended()).count();
    let passes = app.session.runs.iter().any(|run| !run.deeper.running.is_empty());
    let line = match open {
        0 if passes => "A deeper look at the claims is on its way; quitting stops it.".to_owned(),
        0 => "Something waits to be asked; quitting leaves it out.".to_owned(),
        1 => "One member is still writing; quitting stops it.".to_owned(),
        many => format!("{many} members are still writing; quitting stops them."),
    };
    let then = if app.kept {
        "What has arrived is kept: synod resume opens it again."
    } else {
        "Nothing of this session is kept."
    };
    Confirm {
        title: "Quit?".to_owned(),
        lines: vec![line, then.to_owned()],
        choices: vec![
            Choice { key: 'q', text: "quit".to_owned(), then: Then::Quit },
            Choice { key: 'n', text: "stay".to_owned(), then: Then::Close },
        ],
        at: 0,
    }
}

/// A key that stands before a choice; `None` where it stands before none.
pub(super) fn key(app: &mut App, key: KeyEvent) -> Option<Vec<Effect>> {
    let Some(Overlay::Confirm(confirm)) = &mut app.overlay else { return None };
    let KeyCode::Char(letter) = key.code else { return None };
    let named = confirm.choices.iter().position(|choice| choice.key == letter);
    // Yes is what many type without a look at the keys.
    confirm.at = named.or((letter == 'y').then_some(0))?;
    Some(choose(app))
}

/// Does what is chosen.
pub(super) fn choose(app: &mut App) -> Vec<Effect> {
    let Some(Overlay::Confirm(confirm)) = app.overlay.take() else { return Vec::new() };
    let chosen = confirm.choices.into_iter().nth(confirm.at).map(|choice| choice.then);
    chosen.map(|then| follow(app, then)).unwrap_or_default()
}

fn follow(app: &mut App, then: Then) -> Vec<Effect> {
    match then {
        Then::Close => Vec::new(),
        Then::Quit => vec![Effect::Quit],
        Then::Send(files, private, similar) => ask::confirmed(app, files, private, similar, app.protocol),
        Then::OneRound(files, private, similar) => {
            ask::confirmed(app, files, private, similar, app.one_round())
        }
        Then::Decided(files, private) => ask::decided(app, files, Some(private)),
        Then::Compared(files, private, earlier) => {
            ask::priced_first(app, files, private, earlier.map(|earlier| *earlier))
        }
        Then::Wish(effect) => {
            app.unpriced = true;
            vec![*effect]
        }
        Then::Grade(call, grade) => grade::wish(app, call, grade),
        Then::Raise(cap, after) => {
            let mut effects = vec![money::raise(app, cap)];
            effects.extend(follow(app, *after));
            effects
        }
    }
}
