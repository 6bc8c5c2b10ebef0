//! Grading on the workbench: the box in which an answer is graded, the words that do the same on the command line, the topic
//! that holds for the session, and what was learned so far. How grades are kept is the engine's and the store's.

use super::confirm::{Choice, Confirm, Then};
use super::drawer::DrawerKind;
use super::update::toast;
use super::{App, Effect, Overlay};
use crate::agreement::{graded, outcome};
use crate::core::grade::{self, Graded, Kept};
use crate::core::weights::Learned;
use crate::core::{Call, CallId, Command, Grade, RunId, clean};

/// What was graded in all sessions, and what follows from it for the council on the board.
#[derive(Debug, Default)]
pub(super) struct Learning {
    /// The grades that stand.
    grades: Vec<Kept>,
    /// What questions are about, until something else is said.
    topic: Option<String>,
    learned: Learned,
}

impl Learning {
    pub(super) fn of(grades: Vec<Kept>) -> Self {
        Self { grades, ..Self::default() }
    }

    /// What was said with a grade holds on, in a session that is opened again too.
    pub(super) fn topic_is(&mut self, topic: &str) {
        self.topic = Some(topic.to_owned());
    }

    /// What questions are about now, where that was said.
    pub(super) fn topic(&self) -> Option<&str> {
        self.topic.as_deref()
    }

    /// The topics that were graded on before.
    pub(super) fn topics(&self) -> Vec<String> {
        let mut topics: Vec<String> = self.grades.iter().filter_map(|kept| kept.topic.clone()).collect();
        topics.sort();
        topics.dedup();
        topics
    }
}

/// Grades an answer: by a word, or in a box that asks.
pub(super) fn grade(app: &mut App, word: Option<&str>) -> Vec<Effect> {
    let said = match word.map(|word| Wanted::of(app, word)).transpose() {
        Ok(said) => said,
        Err(line) => return toast(app, &line),
    };
    let named = said.as_ref().and_then(|said| said.seat);
    let Some(call) = named.map_or_else(|| app.gradable(), |seat| app.answer_of(seat)) else {
        let name = app.shown_name(named.or_else(|| app.voted_on()).unwrap_or(app.seat));
        let line = match app.run() {
            None => "ask a question first: i writes one".to_owned(),
            Some(_) => format!("{name} has no finished answer to grade yet"),
        };
        return toast(app, &line);
    };
    let Some(Wanted { grade, topic, .. }) = said else {
        app.overlay = Some(Overlay::Confirm(ask(app, call)));
        return Vec::new();
    };
    app.learning.topic = topic.or(app.learning.topic.take());
    wish(app, call, grade)
}

/// The box that asks how an answer is to be graded.
fn ask(app: &App, call: CallId) -> Confirm {
    let now = app.run().and_then(|run| run.grades.get(call)).map(|graded| graded.grade);
    let topic = match &app.learning.topic {
        Some(topic) => format!("Topic: {topic}. :topic NAME changes it."),
        None => "No topic. :topic NAME names what such questions are about.".to_owned(),
    };
    let choice =
        |key, text: &str, grade| Choice { key, text: text.to_owned(), then: Then::Grade(call, grade) };
    Confirm {
        title: format!("Grade {}", app.graded_words(call)),
        lines: vec![topic],
        choices: vec![
            choice('r', "right", Some(Grade::Right)),
            choice('w', "wrong", Some(Grade::Wrong)),
            choice('b', "best: right, and better than the others", Some(Grade::Best)),
            choice('n', "no grade", None),
        ],
        at: now.and_then(|now| Grade::ALL.iter().position(|grade| *grade == now)).unwrap_or(0),
    }
}

/// Asks for a grade, where it changes anything.
pub(super) fn wish(app: &mut App, call: CallId, grade: Option<Grade>) -> Vec<Effect> {
    let topic = app.learning.topic.clone();
    let changes = app.run().is_some_and(|run| run.grade(call, grade, topic.as_deref()).is_some());
    if !changes {
        let line = if grade.is_none() { "it has no grade" } else { "it is graded so already" };
        return toast(app, line);
    }
    vec![Effect::Council(Command::Grade { call, grade, topic })]
}

/// Sets what questions are about from now on.
pub(super) fn topic(app: &mut App, word: Option<&str>) -> Vec<Effect> {
    const HOW: &str = ":topic NAME sets it, :topic none leaves it out";
    let line = match word {
        None => match &app.learning.topic {
            Some(topic) => format!("the topic is {topic}; {HOW}"),
            None => format!("no topic is set; {HOW}"),
        },
        Some("none") => {
            app.learning.topic = None;
            "no topic: what you grade from now on counts for all topics alike".to_owned()
        }
        Some(name) => {
            let Some(topic) = grade::topic(name) else { return toast(app, HOW) };
            let line = format!("topic: {topic}, for what you grade from now on");
            app.learning.topic = Some(topic);
            line
        }
    };
    app.relearn();
    toast(app, &line)
}

/// What is said of an answer on the command line.
struct Wanted {
    seat: Option<usize>,
    grade: Option<Grade>,
    topic: Option<String>,
}

impl Wanted {
    /// Reads `[@MEMBER] right|wrong|best|none [topic NAME]`.
    fn of(app: &App, text: &str) -> Result<Self, String> {
        let mut words = text.split_whitespace().peekable();
        let mut seat = None;
        if let Some(name) = words.next_if(|word| word.starts_with('@')) {
            let name = &name[1..];
            let found =
                (0..app.panes.len()).find(|seat| app.name(*seat).is_some_and(|known| known.0 == name));
            seat = Some(found.ok_or_else(|| app.nobody(name))?);
        }
        let Some(word) = words.next() else {
            return Err("say how: :grade [@member] right, wrong, best or none".to_owned());
        };
        let grade = Grade::of_word(word)?;
        let topic = match words.next() {
            None => None,
            Some("topic") => {
                let name = words.collect::<Vec<_>>().join(" ");
                Some(grade::topic(&name).ok_or("topic needs its name after it")?)
            }
            Some(_) => return Err(format!("after {word} comes nothing, or: topic NAME")),
        };
        Ok(Self { seat, grade, topic })
    }
}

impl App {
    /// That nobody in the run on the board is called so, and who may be meant.
    fn nobody(&self, name: &str) -> String {
        let names: Vec<&str> =
            (0..self.panes.len()).filter_map(|seat| self.name(seat)).map(|name| name.0.as_str()).collect();
        let near =
            crate::core::nearest(name, &names).map(|near| format!("; did you mean @{}?", clean::line(near)));
        format!("nobody here is called {}{}", clean::exact(name), near.unwrap_or_default())
    }

    /// The answer that can be graded: the turn that is chosen in a debate that has the keys, the answer that is chosen on the
    /// vote board, else the focused member's.
    pub(super) fn gradable(&self) -> Option<CallId> {
        let Some(open) = self.focused_drawer().filter(|drawer| drawer.kind == DrawerKind::Debate) else {
            return self.answer_of(self.voted_on().unwrap_or(self.seat));
        };
        let (row, column) = (self.drawer_row(open), self.drawer_column(open));
        let (_, turns) = outcome::turns(self.run()?).into_iter().nth(column)?;
        let turn = turns.into_iter().find(|call| usize::from(call.id.slot) == row && call.usable());
        turn.map(|call| call.id)
    }

    /// The answer of a seat that is in view, once it is over.
    fn answer_of(&self, seat: usize) -> Option<CallId> {
        self.call_in(seat).filter(|call| call.usable()).map(|call| call.id)
    }

    /// The grade of the answer of a seat that is in view.
    pub fn grade_in(&self, seat: usize) -> Option<Grade> {
        let call: &Call = self.call_in(seat)?;
        self.run()?.grades.get(call.id).map(|graded| graded.grade)
    }

    /// What the person's grades say of the council on the board: of the one that is asked next, while there is no board.
    pub fn learned(&self) -> &Learned {
        &self.learning.learned
    }

    /// What the questions of now are about, where the person said so.
    pub fn topic(&self) -> Option<&str> {
        self.learning.topic.as_deref()
    }

    /// Whose answer it is: `fenna's answer`, `fenna's answer in round 2`.
    fn graded_words(&self, call: CallId) -> String {
        let name = self.shown_name(usize::from(call.slot));
        match self.run().map(|run| outcome::round(run, call)) {
            Some(round) if round > 0 => format!("{name}'s answer in round {round}"),
            _ => format!("{name}'s answer"),
        }
    }

    /// Takes in that an answer was graded: what it is about holds on, what is learned is learned anew, and a line says so.
    pub(super) fn note_grade(&mut self, at: u64, run: RunId, call: CallId) {
        let line = match self.session.run(run).map(|run| run.grades.get(call)) {
            None => return,
            Some(None) => format!("the grade of {} is taken back", self.graded_words(call)),
            Some(Some(Graded { grade, topic })) => {
                let topic = topic.as_ref().map(|topic| format!(", topic {topic}")).unwrap_or_default();
                format!("{} is graded {}{topic}; * changes it", self.graded_words(call), grade.word())
            }
        };
        let kept = self.session.id.as_ref().zip(self.session.run(run));
        let kept = kept.and_then(|(session, run)| graded::kept(session, run, call, at));
        let grades = std::mem::take(&mut self.learning.grades);
        self.learning.grades = grade::standing(grades.into_iter().chain(kept));
        self.relearn();
        self.say(&line);
    }

    /// Learns anew, after a grade or for another council or topic.
    pub(super) fn relearn(&mut self) {
        let council = self.run().map(crate::core::Run::council_now).or_else(|| self.council.clone());
        let topic = self.learning.topic.as_deref();
        self.learning.learned = council
            .map(|council| graded::learned(&self.learning.grades, &council, topic))
            .unwrap_or_default();
    }
}
