//! What one trial came to, in numbers alone: who said what, what of it is right, what it cost. It is counted from the records of
//! the trial's line each time, so that a report is a view of the log.

use super::design::Design;
use super::trial::{Key, Trial};
use crate::agreement::change::Change;
use crate::agreement::outcome::{position_in, rounds, turns};
use crate::agreement::position::{Position, position};
use crate::agreement::vote;
use crate::core::{Ask, Call, CallId, Dollars, ErrorKind, Run, Session};

/// The most characters of a position that are kept.
const LONGEST: usize = 60;

/// What one trial came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// Which trial.
    pub key: Key,
    /// Its line in the log, from 1.
    pub line: usize,
    /// What members stood at and what was said in the end, each once; others name them by their places.
    pub said: Box<[Said]>,
    /// The seats, in their order.
    pub seats: Box<[Seat]>,
    /// The rounds of its debates; the first answers are in the seats.
    pub rounds: Box<[Round]>,
    /// What the plan came to.
    pub result: Option<u8>,
    /// The answers that the judges chose: several where they tie. Empty without a vote.
    pub chosen: Box<[u8]>,
    /// Whose answer a judge put before whose, by seats.
    pub preferred: Preferred,
    /// All calls together.
    pub all: Bill,
    /// The first answers alone.
    pub first: Bill,
    /// What the judge that grades cost; not a part of any arm.
    pub grading: Bill,
    /// The seat whose calls took longest, with how long that was in milliseconds.
    pub slowest: Option<(u8, u32)>,
    /// Whether the question can be graded: then no answer is wrong.
    pub gradable: bool,
    /// How many calls came to nothing.
    pub failed: u16,
    /// How many calls a recording had no answer for.
    pub missing: u16,
}

/// Something that was said, in short.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// In a word or a number.
    pub value: Box<str>,
    /// Whether it is right, where that is known.
    pub right: Option<bool>,
}

/// A seat of the council.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Seat {
    /// What it said before it saw anybody, where that came to something.
    pub first: Option<u8>,
    /// What it stands by in the end.
    pub last: Option<u8>,
    /// How sure it said it was then, 0 to 1.
    pub sure: Option<f32>,
    /// Whether it was asked at all.
    pub asked: bool,
    /// What its first answer cost.
    pub bill: Bill,
}

impl Seat {
    /// What it stands by: in the end, else at first.
    pub fn stands(&self) -> Option<u8> {
        self.last.or(self.first)
    }
}

/// A round of a debate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// What each seat said, by seats.
    pub said: Box<[Option<u8>]>,
    /// How many kept their position.
    pub held: u16,
    /// How many moved with an argument.
    pub argued: u16,
    /// How many moved to where most were without one.
    pub caved: u16,
    /// How many moved in some other way.
    pub changed: u16,
}

/// What calls came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bill {
    /// Money.
    pub spent: Dollars,
    /// Of how many of them nobody knows the price.
    pub unpriced: u16,
    /// How many.
    pub calls: u16,
    /// Tokens read.
    pub input: u32,
    /// Tokens written.
    pub output: u32,
    /// How long it took from the first to the last, in milliseconds; 0 where nobody knows.
    pub ms: u32,
}

impl Bill {
    fn add(&mut self, call: &Call) {
        if !call.sent() {
            return;
        }
        let spent = call.spent(&|_| None);
        let usage = call.usage.unwrap_or_default();
        self.spent += spent.sum();
        self.unpriced = self.unpriced.saturating_add(spent.unpriced as u16);
        self.calls = self.calls.saturating_add(1);
        self.input = self.input.saturating_add(usage.input as u32);
        self.output = self.output.saturating_add(usage.output as u32);
    }
}

/// What stands in the texts of a trial, each thing once.
struct Table<'a> {
    design: &'a Design,
    item: usize,
    /// What a judge said: of which call, what that comes to, and whether it is right.
    judged: Vec<(CallId, Position, Option<bool>)>,
    rows: Vec<(Position, Said)>,
}

impl<'a> Table<'a> {
    fn new(design: &'a Design, item: usize, run: &Run, trial: &Trial) -> Self {
        let judged = trial.verdicts.iter().filter_map(|verdict| {
            let call = run.calls.get(&verdict.call)?;
            Some((verdict.call, position_in(run, call), verdict.right))
        });
        Self { design, item, judged: judged.collect(), rows: Vec::new() }
    }

    /// What a judge said of a call, or of another one that came to the same: each thing is judged once. Without a judge what the
    /// grader says.
    fn right(&self, call: Option<CallId>, text: &str, found: &Position) -> Option<bool> {
        let own = self.judged.iter().find(|(judged, ..)| call == Some(*judged));
        let same = || self.judged.iter().find(|(_, judged, _)| found.stated() && judged.same(found));
        match own.or_else(same) {
            Some((.., right)) => *right,
            None => self.design.grader.right(&self.design.items[self.item], text, found),
        }
    }

    /// The place of what a text comes to; `None` where it comes to nothing.
    fn place(&mut self, call: Option<CallId>, text: &str, found: Position) -> Option<u8> {
        if text.trim().is_empty() {
            return None;
        }
        let right = self.right(call, text, &found);
        // Who may vote is decided without a look at what is right. A text that comes to nothing in short stands by itself.
        let found = self.design.grader.reads(&self.design.items[self.item], text, found)?;
        let stated = found.stated();
        let same =
            |(position, said): &(Position, Said)| stated && position.same(&found) && said.right == right;
        let place = self.rows.iter().position(same).unwrap_or_else(|| {
            let value = if stated { found.value.as_str() } else { text };
            let value = crate::core::clean::cut(&crate::core::clean::line(value), LONGEST).into();
            self.rows.push((found, Said { value, right }));
            self.rows.len() - 1
        });
        u8::try_from(place).ok()
    }

    fn of_call(&mut self, run: &Run, call: &Call) -> Option<u8> {
        let found = position_in(run, call);
        self.place(Some(call.id), &call.text, found)
    }
}

impl Facts {
    /// Counts a trial's records. `None` where they hold no run.
    pub fn of(design: &Design, key: Key, line: usize, trial: &Trial) -> Option<Self> {
        let session = Session::replay(&trial.records);
        let run = session.runs.first()?;
        let mut table = Table::new(design, key.item, run, trial);
        let first_stage = first_answers(run);
        let (stage, round) = run.latest_answers();
        let last = run.standing(stage, round);
        let mut first = Bill::default();
        let seat = |slot: u16, table: &mut Table<'_>, first: &mut Bill| {
            let mut seat = Seat::default();
            for call in run.calls.values().filter(|call| call.id.slot == slot) {
                let independent = first_stage == Some(call.id.stage) && call.id.round == 0;
                seat.asked |= independent;
                if independent {
                    first.add(call);
                    seat.bill.add(call);
                    seat.bill.ms = seat.bill.ms.saturating_add(ms(call));
                }
            }
            let own = first_stage.and_then(|stage| run.counting(stage, 0, slot)).filter(|call| call.usable());
            seat.first = own.and_then(|call| table.of_call(run, call));
            let last = last.get(&slot).filter(|call| call.usable());
            seat.last = last.and_then(|call| table.of_call(run, call));
            seat.sure = last.and_then(|call| position_in(run, call).confidence).map(|sure| sure as f32);
            seat
        };
        let seats = (0..run.council.members.len() as u16).map(|slot| seat(slot, &mut table, &mut first));
        let seats: Box<[Seat]> = seats.collect();
        first.ms = seats.iter().map(|seat| seat.bill.ms).max().unwrap_or(0);
        let rounds = debated(run, &mut table, seats.len());
        let result = run.result().and_then(|given| {
            let text = run.words_of(&given)?;
            match given.call.and_then(|id| run.calls.get(&id)) {
                Some(call) => table.of_call(run, call),
                None => table.place(None, text, position(text)),
            }
        });
        let (chosen, preferred) = ballots(run, &mut table);
        let (mut all, mut failed, mut missing) = (Bill::default(), 0_u16, 0_u16);
        let mut slowest: Option<(u8, u32)> = None;
        for call in run.calls.values() {
            all.add(call);
            let fault = call.error.as_ref().map(|error| error.kind);
            missing += u16::from(fault == Some(ErrorKind::NotRecorded));
            failed += u16::from(call.ended() && !call.usable());
            if ms(call) > slowest.map_or(0, |(_, most)| most) {
                slowest = Some((call.id.slot as u8, ms(call)));
            }
        }
        all.ms = duration(run);
        let mut grading = Bill::default();
        for verdict in &trial.verdicts {
            let judged = Session::replay(&verdict.records);
            judged.runs.iter().flat_map(|run| run.calls.values()).for_each(|call| grading.add(call));
        }
        let said = table.rows.into_iter().map(|(_, said)| said).collect();
        Some(Self {
            key,
            line,
            said,
            seats,
            rounds,
            result,
            chosen,
            preferred,
            all,
            first,
            grading,
            slowest,
            gradable: design.grader.grades(&design.items[key.item]),
            failed,
            missing,
        })
    }

    /// What members stand by, most of them first: places of what was said, with how many.
    pub fn votes(&self) -> Vec<(usize, usize)> {
        let by = |place: usize| {
            let stand = self.seats.iter().filter_map(Seat::stands);
            stand.filter(|said| usize::from(*said) == place).count()
        };
        let mut votes: Vec<(usize, usize)> = (0..self.said.len()).map(|place| (place, by(place))).collect();
        votes.retain(|(_, by)| *by > 0);
        votes.sort_by_key(|(_, by)| std::cmp::Reverse(*by));
        votes
    }

    /// Whether something that was said is right; `None` where that is not known.
    pub fn right(&self, place: u8) -> Option<bool> {
        self.said.get(usize::from(place)).and_then(|said| said.right)
    }

    /// The same of what may be nothing: nothing is wrong where the question can be graded.
    pub fn is_right(&self, place: Option<u8>) -> Option<bool> {
        match place {
            Some(place) => self.right(place),
            None => (self.gradable || self.said.iter().any(|said| said.right.is_some())).then_some(false),
        }
    }

    /// The call of a seat's first answer, where it counts.
    pub fn first_call(run: &Run, slot: u16) -> Option<CallId> {
        let own = first_answers(run).and_then(|stage| run.counting(stage, 0, slot));
        own.filter(|call| call.usable()).map(|call| call.id)
    }

    /// The answers that a grader has to be asked about: each thing that was said once, by the first call that said it.
    pub fn to_judge(run: &Run) -> Vec<CallId> {
        let mut seen: Vec<Position> = Vec::new();
        let mut all = Vec::new();
        let result = run.result().and_then(|given| given.call);
        for call in run.calls.values().filter(|call| call.usable()) {
            let answers = run.stage(call.id.stage).is_some_and(|state| state.stage.ask.answers());
            if !answers && result != Some(call.id) {
                continue;
            }
            let found = position_in(run, call);
            if found.stated() && seen.iter().any(|known| known.same(&found)) {
                continue;
            }
            seen.push(found);
            all.push(call.id);
        }
        all
    }
}

/// The stage of the first answers: those that were given before anybody saw anything.
fn first_answers(run: &Run) -> Option<crate::core::StageId> {
    let first = run.stages.iter().find(|state| {
        let asked = run.calls_of(state.stage.id).next().is_some();
        state.stage.ask == Ask::Answer
            && asked
            && run.calls_of(state.stage.id).all(|call| call.shown.is_empty())
    });
    first.map(|state| state.stage.id)
}

/// How long a call took, in milliseconds; 0 where nobody knows.
fn ms(call: &Call) -> u32 {
    if call.error.as_ref().is_some_and(|error| error.kind == ErrorKind::NotRecorded) {
        return 0;
    }
    call.total_ms.unwrap_or(0).min(u64::from(u32::MAX)) as u32
}

/// How long the calls took one after the other, in milliseconds: each round as long as its slowest call, each stage after those
/// that it waits for.
pub fn duration(run: &Run) -> u32 {
    let mut ends: Vec<(crate::core::StageId, u32)> = Vec::new();
    for state in run.in_order() {
        let begin = state.stage.after.iter().filter_map(|of| ends.iter().find(|(id, _)| id == of));
        let begin = begin.map(|(_, end)| *end).max().unwrap_or(0);
        let mut rounds: Vec<(u16, u16, u32)> = Vec::new();
        for call in run.calls_of(state.stage.id) {
            let at =
                rounds.iter().position(|(round, slot, _)| (*round, *slot) == (call.id.round, call.id.slot));
            match at {
                // Attempts come one after the other.
                Some(at) => rounds[at].2 = rounds[at].2.saturating_add(ms(call)),
                None => rounds.push((call.id.round, call.id.slot, ms(call))),
            }
        }
        let held = rounds.iter().map(|(round, ..)| *round).max().unwrap_or(0);
        let slowest = |round| rounds.iter().filter(|it| it.0 == round).map(|it| it.2).max().unwrap_or(0);
        ends.push((state.stage.id, (0..=held).map(slowest).fold(begin, u32::saturating_add)));
    }
    ends.into_iter().map(|(_, end)| end).max().unwrap_or(0)
}

/// The rounds of the debates, but for the first answers.
fn debated(run: &Run, table: &mut Table<'_>, seats: usize) -> Box<[Round]> {
    if turns(run).is_empty() {
        return Box::default();
    }
    let one = |round: crate::agreement::outcome::Round<'_>| {
        let mut out = Round { said: vec![None; seats].into(), ..Round::default() };
        for turn in round.turns {
            let place = usize::from(turn.call.id.slot);
            if let Some(said) = out.said.get_mut(place).filter(|_| turn.call.usable()) {
                *said = table.place(Some(turn.call.id), &turn.call.text, turn.standing.position.clone());
            }
            match turn.standing.change {
                Some(Change::Held) => out.held += 1,
                Some(Change::Argued) => out.argued += 1,
                Some(Change::Caved) => out.caved += 1,
                Some(Change::Changed) => out.changed += 1,
                None => {}
            }
        }
        out
    };
    // What nobody has a word of, a recording's missing round, was not held.
    let held = |round: &crate::agreement::outcome::Round<'_>| {
        round.number > 0 && round.turns.iter().any(|turn| turn.call.usable())
    };
    rounds(run).into_iter().filter(held).map(one).collect()
}

/// Whose answer was put before whose, by seats.
type Preferred = Box<[(u8, u8)]>;

/// The answers that the judges of the last vote chose, and whose each of them put before whose.
fn ballots(run: &Run, table: &mut Table<'_>) -> (Box<[u8]>, Preferred) {
    let Some(state) = run.last_stage(Ask::Ballot).filter(|state| state.begun.is_some()) else {
        return (Box::default(), Box::default());
    };
    let counted = vote::vote(run, state);
    let seat = |member| run.council.slot(member).and_then(|slot| u8::try_from(slot).ok());
    let pairs = counted.preferred();
    let preferred: Vec<(u8, u8)> =
        pairs.into_iter().filter_map(|(one, other)| seat(one).zip(seat(other))).collect();
    let pinned = run.pinned(state.stage.id);
    let winners = counted.tally.winner.iter().chain(&counted.tally.tied);
    let mut chosen: Vec<u8> = winners
        .filter_map(|member| pinned.get(&run.council.slot(member)?))
        .filter_map(|call| table.of_call(run, call))
        .collect();
    chosen.sort_unstable();
    chosen.dedup();
    (chosen.into(), preferred.into())
}
