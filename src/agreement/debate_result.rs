//! What a debate came to, beside the vote of the first answers: most of what a debate gains is in that vote already
//! (Debate or Vote, arXiv 2508.17536). Read from a run's records; nothing is decided, stored or drawn.

use super::debate::{Scored, trajectory};
use super::graded::Known;
use super::outcome::{self, position_in};
use super::poll::{Poll, Weighing, poll};
use super::position::Position;
use super::trail::{Pattern, Split, Trail};
use crate::core::{Ask, Call, Debate, Mode, Run, StageState, Stop, StopRule, clean};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How a debate ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End {
    /// By a rule of its own.
    Rule(Stop),
    /// All its rounds were held: so many.
    Rounds(u16),
    /// By the person, or with the program.
    Person,
    /// Not yet.
    Open,
}

impl End {
    /// What is told of it; nothing while it goes on.
    pub fn words(self) -> Option<String> {
        match self {
            Self::Rule(stop) => Some(stop.words()),
            Self::Rounds(1) => Some("its one round was held".to_owned()),
            Self::Rounds(rounds) => Some(format!("its {rounds} rounds were held")),
            Self::Person => Some("stopped by you".to_owned()),
            Self::Open => None,
        }
    }

    /// Its name in JSON.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Rule(stop) => Some(match stop.rule {
                StopRule::Unanimity => "unanimity",
                StopRule::Agreement => "agreement",
                StopRule::Oscillation => "oscillation",
                StopRule::Unmoved => "unmoved",
                StopRule::Money => "money",
            }),
            Self::Rounds(_) => Some("rounds"),
            Self::Person => Some("person"),
            Self::Open => None,
        }
    }
}

/// What a run's last debate came to.
#[derive(Clone, Debug)]
pub struct CameTo {
    /// How it is held.
    pub debate: Debate,
    /// How it ended.
    pub end: End,
    /// The vote of the first answers.
    pub round0: Poll,
    /// The vote of what members stand by in the end.
    pub last: Poll,
    /// How the last vote is weighed: by stated confidence in `ReConcile`, else every member alike.
    pub weighing: Weighing,
    /// The positions by the whole way there, the first with the most points; in mode free-mad alone.
    pub points: Vec<Scored>,
    /// Where it goes round in circles, or nowhere.
    pub pattern: Option<Pattern>,
    /// How members came out of it by the person's grades, where any of it is known.
    pub graded: Option<Moves>,
}

/// How members came out of a debate, from their first answers to their last: of those whose both are known to be right or
/// wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Moves {
    /// Wrong at first, right in the end.
    pub corrected: usize,
    /// Right at first, wrong in the end.
    pub subverted: usize,
    /// Of so many members.
    pub of: usize,
}

impl Moves {
    /// For people.
    pub fn words(self) -> String {
        format!("by your grades: {} corrected, {} subverted, of {}", self.corrected, self.subverted, self.of)
    }
}

/// Reads a run's debates; `None` where none was held.
pub fn result(run: &Run) -> Option<CameTo> {
    let state = run.last_stage(Ask::Critique)?;
    let rounds = outcome::turns(run);
    let debate = state.stage.debate.unwrap_or_default();
    let trail = whole_trail(run, &rounds);
    let vote = |split: &Split| {
        let said: Vec<_> =
            split.iter().filter_map(|(seat, position)| Some((&run.member(*seat)?.name, position))).collect();
        poll(said.into_iter())
    };
    // Of several debates the way of the last one, from what it began with.
    let of_last = |(_, calls): &(u16, Vec<&Call>)| calls.iter().any(|call| call.id.stage == state.stage.id);
    let begun = rounds.iter().position(of_last).map_or(0, |at| at.saturating_sub(1));
    let since = Trail { rounds: trail.rounds.get(begun..).unwrap_or_default().to_vec() };
    let sure = debate.mode == Mode::Reconcile;
    Some(CameTo {
        debate,
        end: end(run, state),
        round0: vote(trail.rounds.first()?),
        last: vote(trail.rounds.last()?),
        weighing: if sure { Weighing::Confidence } else { Weighing::Plurality },
        points: if debate.mode == Mode::FreeMad { trajectory(&since) } else { Vec::new() },
        pattern: trail.pattern(),
        graded: moves(run, &rounds),
    })
}

/// How members came out of all debates; `None` where nobody's first and last answer are both graded, each by itself or as
/// one that comes to the same as a graded one.
fn moves(run: &Run, rounds: &[(u16, Vec<&Call>)]) -> Option<Moves> {
    let known = Known::of(run);
    if known.is_empty() {
        return None;
    }
    let right = |call: &Call| known.right(call.id, &position_in(run, call));
    let mut ends: BTreeMap<u16, (&Call, &Call)> = BTreeMap::new();
    for (round, calls) in rounds {
        for call in calls.iter().filter(|call| call.usable() && run.sits(call.id.slot)) {
            match ends.get_mut(&call.id.slot) {
                Some((_, last)) => *last = call,
                // Who joined later has no first answer here.
                None if *round == 0 => drop(ends.insert(call.id.slot, (call, call))),
                None => {}
            }
        }
    }
    let mut moves = Moves::default();
    for (first, last) in ends.into_values() {
        let Some((before, after)) = right(first).zip(right(last)) else { continue };
        moves.of += 1;
        moves.corrected += usize::from(!before && after);
        moves.subverted += usize::from(before && !after);
    }
    (moves.of > 0).then_some(moves)
}

fn end(run: &Run, state: &StageState) -> End {
    if let Some(stop) = state.ended_by(run) {
        return End::Rule(stop);
    }
    match (state.stopped, run.settled(state.stage.id)) {
        (true, _) => End::Person,
        (false, true) => End::Rounds(run.came_to(state.stage.id)),
        (false, false) => End::Open,
    }
}

/// Where everyone who is still there stands after each round of all debates: by its last usable answer.
fn whole_trail(run: &Run, rounds: &[(u16, Vec<&Call>)]) -> Trail {
    let mut stands: BTreeMap<u16, Position> = BTreeMap::new();
    let mut trail = Trail::default();
    for (_, calls) in rounds {
        for call in calls.iter().filter(|call| call.usable() && run.sits(call.id.slot)) {
            stands.insert(call.id.slot, position_in(run, call));
        }
        trail.rounds.push(stands.clone());
    }
    trail
}

impl CameTo {
    /// What a vote comes to, in a few words: the position that most hold, with how many; those that tie; or that nobody's
    /// answer comes to anything.
    pub fn vote(&self, poll: &Poll, weighing: Weighing) -> String {
        let winners = poll.winners(weighing, &BTreeMap::new(), None);
        let of = |at: &usize| {
            let group = &poll.groups[*at];
            format!("{} ({} of {})", clean::line(&group.position.value), group.members.len(), poll.votes())
        };
        match winners.as_slice() {
            [] if poll.groups.is_empty() => "no clear position".to_owned(),
            [] => "undecided".to_owned(),
            [one] => of(one),
            tied => {
                let counts: BTreeSet<usize> = tied.iter().map(|at| poll.groups[*at].members.len()).collect();
                match counts.first().filter(|_| counts.len() == 1) {
                    Some(each) => format!("a tie: {} ({each} each)", poll.values(tied).join(" = ")),
                    None => format!("a tie: {}", tied.iter().map(of).collect::<Vec<_>>().join(", ")),
                }
            }
        }
    }

    /// The last vote; where nobody stated a confidence, everyone counts alike.
    pub fn last_weighing(&self) -> Weighing {
        let sure = self.last.winners(self.weighing, &BTreeMap::new(), None);
        if sure.is_empty() { Weighing::Plurality } else { self.weighing }
    }

    /// What it came to, in a line: the vote of the first answers, and of the last ones.
    pub fn line(&self) -> String {
        let first = self.vote(&self.round0, Weighing::Plurality);
        let by = self.last_weighing();
        let how = if by == Weighing::Confidence { " by confidence" } else { "" };
        format!("vote of the first answers: {first}; of the last: {}{how}", self.vote(&self.last, by))
    }

    /// The same where there is little room.
    pub fn short_line(&self) -> String {
        let first = self.vote(&self.round0, Weighing::Plurality);
        format!("first vote: {first}; last: {}", self.vote(&self.last, self.last_weighing()))
    }

    /// The positions with their points, in a line; nothing in other modes.
    pub fn points_line(&self) -> Option<String> {
        let one = |scored: &Scored| format!("{} {:.1}", clean::line(&scored.position.value), scored.points);
        let all: Vec<String> = self.points.iter().map(one).collect();
        (!all.is_empty()).then(|| format!("points over all rounds (free-mad): {}", all.join(", ")))
    }

    /// Where it goes round in circles, or nowhere, in a line.
    pub fn pattern_line(&self, run: &Run) -> Option<String> {
        Some(match self.pattern.as_ref()? {
            Pattern::Returned(seats) => {
                let name = |seat: &u16| run.member(*seat).map(|member| clean::line(&member.name.0));
                let names: Vec<String> = seats.iter().filter_map(name).collect();
                format!("oscillation: {} back at a position left before", names.join(", "))
            }
            Pattern::Repeats => "oscillation: the split is one that was there before".to_owned(),
            Pattern::Deadlock => "deadlock: nobody moved, and they are not of one mind".to_owned(),
        })
    }

    /// How it is held and how it ended, then what it came to: lines for people.
    pub fn lines(&self, run: &Run) -> Vec<String> {
        let held = format!("debate held by: {}", self.debate);
        let ended = self.end.words().map(|words| format!("ended: {words}"));
        let more = [self.points_line(), self.pattern_line(run), self.graded.map(Moves::words)];
        [Some(held), ended, Some(self.line())].into_iter().chain(more).flatten().collect()
    }
}
