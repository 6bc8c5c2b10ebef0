//! Answers in the shadow of a council: a share of the questions that a person asks is put to somebody else as well, who is not
//! seen, and both are kept as trials of one log. Whatever fails here fails silently: the person's own question is not its
//! business. What is compared, and how it is reported, is [`crate::experiment`]'s.

use super::trial::Kit;
use crate::core::forecast::PlanForecast;
use crate::core::shuffle::mix;
use crate::core::{
    Council, Dollars, EndState, ErrorKind, Event, Protocol, Question, Record, Run, RunId, Session, SessionId,
};
use crate::experiment::design::hash;
use crate::experiment::trial::{Line, Opened};
use crate::experiment::{Design, Item, Kept, Key, Trial};
use crate::store::StoreError;
use crate::store::lines::{self, Lines};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;

/// How often a log that another synod writes to is tried again, and how long it is waited for each time.
const TRIES: u32 = 200;
const PAUSE: Duration = Duration::from_millis(25);

/// After how long a trial that was begun and is not done is taken for given up, in milliseconds; and how often one is begun.
const LONG_AGO: u64 = 3_600_000;
const MOST_TIMES: u32 = 3;

/// The council itself, and what answers in its shadow, by their places among the treatments.
pub const SEEN: usize = 0;
/// The shadow.
pub const UNSEEN: usize = 1;

/// What answers in the shadow of one council.
pub struct Shadow {
    /// The council.
    pub council: Council,
    /// What trials are carried out with; its experiment has both treatments and no questions.
    pub kit: Kit,
    /// The share of the questions that it gets, 0 to 1.
    pub share: f64,
    /// What it may cost in all.
    pub budget: Dollars,
    /// What one question comes to.
    pub ahead: PlanForecast,
    /// Where both are kept.
    pub log: PathBuf,
}

/// All shadows, with what runs in them.
#[derive(Default)]
pub struct Shadows {
    all: Vec<Arc<Shadow>>,
    running: Mutex<JoinSet<()>>,
}

/// A question that is followed to its end, for the shadow that gets it then.
pub(super) struct Followed {
    shadow: Arc<Shadow>,
    run: RunId,
    question: Question,
    item: Item,
    records: Vec<Record>,
}

impl Shadows {
    /// Of these.
    pub fn new(all: Vec<Shadow>) -> Self {
        Self { all: all.into_iter().map(Arc::new).collect(), running: Mutex::default() }
    }

    /// Waits until all that was begun is kept: for a program that would end otherwise.
    pub async fn finish(&self) {
        let mut running = std::mem::take(&mut *self.running.lock().unwrap_or_else(PoisonError::into_inner));
        while running.join_next().await.is_some() {}
    }

    /// The shadow that gets a question, if one does: the first of a session, since nobody in the shadow heard what came before;
    /// put to the whole council in the usual way, which is what the shadow is compared with; and never one that is or looks private.
    pub(super) fn follow(&self, session: &SessionId, run: RunId, question: &Question) -> Option<Followed> {
        let alike = |shadow: &&Arc<Shadow>| {
            shadow.council.name == question.council.name && shadow.council.members == question.council.members
        };
        let shadow = self.all.iter().find(alike)?;
        let usual = question.protocol == Protocol::Ask && question.plan.is_none() && question.only.is_none();
        if run.0 != 1 || !usual || question.private.is_some() || question.similar.is_some() {
            return None;
        }
        let id = format!("{session}:{}", run.0);
        let draw = (mix(&[hash(&id), 0x0073_6861_646f_7773]) >> 11) as f64 / (1_u64 << 53) as f64;
        if draw >= shadow.share {
            return None;
        }
        let item =
            Item { id, question: question.text.clone(), topic: question.topic.clone(), ..Item::default() };
        let (shadow, question) = (Arc::clone(shadow), question.clone());
        Some(Followed { shadow, run, question, item, records: Vec::new() })
    }

    /// The person's question is answered: now the shadow gets it.
    pub(super) fn answered(&self, followed: Followed, run: &Run) {
        // What the person stopped or nobody answered compares with nothing.
        let stopped = |call: &crate::core::Call| {
            call.end == Some(EndState::Stopped)
                || call.error.as_ref().is_some_and(|error| error.kind == ErrorKind::Stopped)
        };
        if run.calls.values().any(stopped) || !run.calls.values().any(crate::core::Call::usable) {
            return;
        }
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        while running.try_join_next().is_some() {}
        running.spawn(followed.carry_out());
    }
}

impl Followed {
    /// Whether a run is the one that is followed.
    pub(super) fn is_of(&self, run: RunId) -> bool {
        self.run == run
    }

    /// Hears what happens in it.
    pub(super) fn hear(&mut self, record: &Record) {
        if record.event.run() == Some(self.run) && !matches!(record.event, Event::Delta { .. }) {
            self.records.push(record.clone());
        }
    }

    async fn carry_out(self) {
        if let Some(begun) = self.begin().await {
            let question = Question {
                files: self.question.files.clone(),
                topic: self.question.topic.clone(),
                ..self.shadow.kit.design.treatments[UNSEEN].question(&self.item)
            };
            self.shadow.carry_out(begun, question).await;
        }
        // The program that began another one may have ended before it did: left out, the slow ones would be missing.
        if let Some((begun, question)) = self.shadow.left_behind().await {
            self.shadow.carry_out(begun, question).await;
        }
    }

    /// Keeps what the council said, and sets aside what its shadow may cost; nothing where its budget leaves no room for it, or
    /// nobody can keep it.
    async fn begin(&self) -> Option<Begun> {
        let (mut log, mut kept) = open(&self.shadow).await?;
        if !self.shadow.affords(&kept) {
            return None;
        }
        kept.take(kept.lines + 1, &serde_json::to_vec(&Line::Asked(Box::new(self.item.clone()))).ok()?);
        let design = kept.design()?.clone();
        let item = design.items.iter().position(|item| item.id == self.item.id)?;
        let key = Key { treatment: UNSEEN, item, repeat: 0 };
        let seen = Key { treatment: SEEN, ..key };
        if kept.done.contains(&seen) {
            return None;
        }
        let ends = |of: fn(&[Record]) -> Option<&Record>| of(&self.records).map_or(0, |record| record.at);
        let (began, ended) = (ends(<[Record]>::first), ends(<[Record]>::last));
        let trial = Trial {
            treatment: design.treatments[SEEN].name.clone(),
            item: self.item.id.clone(),
            repeat: 0,
            of: design.digest_of(seen),
            began,
            took: ended.saturating_sub(began),
            records: self.records.clone(),
            verdicts: Vec::new(),
        };
        log.append(&Line::Asked(Box::new(self.item.clone()))).ok()?;
        log.append(&Line::Trial(Box::new(trial))).ok()?;
        self.shadow.set_aside(&mut log, design, key)
    }
}

/// A trial of a shadow that is begun: with what, what it may cost, and which.
type Begun = (Arc<Kit>, Option<Dollars>, Key);

impl Shadow {
    fn free(&self) -> bool {
        self.ahead.most == Dollars(0) && self.ahead.unpriced == 0
    }

    /// Whether its budget leaves room for one more; what nobody knows the price of has none.
    fn affords(&self, kept: &Kept) -> bool {
        let own = kept.facts.iter().filter(|facts| facts.key.treatment == UNSEEN);
        let spent: Dollars = own.map(|facts| facts.all.spent).sum();
        let sum = spent + kept.lost + self.ahead.most;
        self.free() || self.ahead.unpriced == 0 && sum <= self.budget
    }

    /// Puts down that a trial is begun.
    fn set_aside(&self, log: &mut Lines, design: Design, key: Key) -> Option<Begun> {
        let begun = Line::Begun {
            treatment: design.treatments[UNSEEN].name.clone(),
            item: design.items[key.item].id.clone(),
            repeat: 0,
            at: self.kit.clock.now(),
            most: self.ahead.most,
        };
        log.append(&begun).ok()?;
        let kit = Kit { design: Arc::new(design), ..self.kit.clone() };
        Some((Arc::new(kit), (!self.free()).then_some(self.ahead.most), key))
    }

    /// Carries out a trial that is begun, and keeps it.
    async fn carry_out(&self, (kit, cap, key): Begun, question: Question) {
        let over = kit.trial(key, question, cap).await;
        let Ok((line, _)) = over.came_to else { return };
        if let Some((mut log, _)) = when_free(|| Lines::open(&self.log, |_, _| {})).await {
            let _ = log.append_bytes(&line);
        }
    }

    /// A trial that was begun long ago and never done, once more; with the question as the council was asked it.
    async fn left_behind(&self) -> Option<(Begun, Question)> {
        let (mut log, kept) = open(self).await?;
        let before = self.kit.clock.now().saturating_sub(LONG_AGO);
        let key = kept.unfinished(before, MOST_TIMES).find(|key| key.treatment == UNSEEN)?;
        if !self.affords(&kept) {
            return None;
        }
        let seen = Key { treatment: SEEN, ..key };
        let line = kept.facts.iter().find(|facts| facts.key == seen)?.line;
        let Ok(Line::Trial(trial)) = serde_json::from_slice(&lines::at(&self.log, line).ok()??) else {
            return None;
        };
        let session = Session::replay(&trial.records);
        let files = session.runs.first()?.files.clone();
        let design = kept.design()?.clone();
        let item = &design.items[key.item];
        let question =
            Question { files, topic: item.topic.clone(), ..design.treatments[UNSEEN].question(item) };
        Some((self.set_aside(&mut log, design, key)?, question))
    }
}

/// Opens the log, with what it holds; a new one where there is none. It is held no longer than it takes to write a line, so that
/// several synods may keep their trials in it.
async fn open(shadow: &Shadow) -> Option<(Lines, Kept)> {
    // What a newer synod wrote is left alone.
    when_free(|| opened(shadow)).await.filter(|(_, kept)| kept.useless.is_none())
}

/// Opens a log that another synod may hold for a moment.
async fn when_free<T>(mut open: impl FnMut() -> Result<T, StoreError>) -> Option<T> {
    for _ in 0..TRIES {
        match open() {
            Ok(open) => return Some(open),
            Err(StoreError::InUse(_)) => tokio::time::sleep(PAUSE).await,
            Err(_) => return None,
        }
    }
    None
}

fn opened(shadow: &Shadow) -> Result<(Lines, Kept), StoreError> {
    let mut kept = Kept::default();
    let mut log = if shadow.log.exists() {
        Lines::open(&shadow.log, |number, line| kept.take(number, line))?.0
    } else {
        match Lines::create(&shadow.log) {
            // Another synod made it meanwhile.
            Err(_) if shadow.log.exists() => {
                Lines::open(&shadow.log, |number, line| kept.take(number, line))?.0
            }
            made => made?,
        }
    };
    if kept.lines == 0 {
        let Kit { design, id, clock, .. } = &shadow.kit;
        let opened = Opened { shadow: true, ..Opened::new(Design::clone(design), id, clock.now()) };
        let line = Line::Opened(Box::new(opened));
        log.append(&line)?;
        if let Ok(line) = serde_json::to_vec(&line) {
            kept.take(1, &line);
        }
    }
    Ok((log, kept))
}
