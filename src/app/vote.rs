//! The vote board on the workbench: which of its lines is chosen, the person's own blind vote, the rule that decides, and what
//! judges weigh. What votes come to is the agreement's; this only asks for records.

use super::drawer::{Drawer, DrawerKind};
use super::update::toast;
use super::{App, Effect};
use crate::agreement::vote::{self, Vote};
use crate::core::{Ask, Command, Counting, MemberId, Rule, StageId, Weigh, clean};

/// A line of the vote board that can be chosen, in the order in which they stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// An answer, by its rank.
    Answer(usize),
    /// A rule.
    Rule(Rule),
    /// A ballot, by its place.
    Ballot(usize),
}

/// The lines of a vote's board. Rules stand there once there is something to count.
pub fn lines(vote: &Vote) -> Vec<Line> {
    let answers = (0..vote.tally.scores.len()).map(Line::Answer);
    let counted = vote.ballots.iter().any(|ballot| ballot.valid);
    let rules = Rule::ALL.into_iter().filter(|_| counted).map(Line::Rule);
    answers.chain(rules).chain((0..vote.ballots.len()).map(Line::Ballot)).collect()
}

/// The line of a vote's board that is chosen.
pub fn line(vote: &Vote, open: Drawer) -> Option<Line> {
    let lines = lines(vote);
    lines.get(open.at.min(lines.len().saturating_sub(1))).copied()
}

/// Votes as the person for the chosen answer.
pub(super) fn own(app: &mut App) -> Vec<Effect> {
    let Some(stage) = app.blind() else {
        return toast(app, "your vote is in, or names were shown: a vote with names is not blind");
    };
    match app.answer_chosen() {
        Some(choice) => wish(app, stage, Some(choice)),
        None => toast(app, "choose an answer with j and k: Space votes for it"),
    }
}

/// Has the names shown without a vote.
pub(super) fn reveal(app: &mut App) -> Vec<Effect> {
    match app.blind() {
        Some(stage) => wish(app, stage, None),
        None => toast(app, "names are shown already"),
    }
}

fn wish(app: &App, stage: StageId, choice: Option<MemberId>) -> Vec<Effect> {
    let run = app.run().map(|run| run.id);
    run.map(|run| vec![Effect::Council(Command::Vote { run, stage, choice })]).unwrap_or_default()
}

/// Counts by the rule that is named, else by the next one.
pub(super) fn count_by(app: &mut App, word: Option<&str>) -> Vec<Effect> {
    let Some(run) = app.run() else { return toast(app, "ask a question first: i writes one") };
    let now = run.vote_counting();
    match word.map(Rule::meant).transpose() {
        Ok(rule) => {
            let rule = rule.unwrap_or(now.rule.after());
            counted(app, Counting { rule, ..now })
        }
        Err(line) => toast(app, &line),
    }
}

/// What judges weigh: as it is named, else the next way for which there is ground.
pub(super) fn weigh(app: &mut App, word: Option<&str>) -> Vec<Effect> {
    let Some(run) = app.run() else { return toast(app, "ask a question first: i writes one") };
    let counting = match word.map(str::parse::<Weigh>).transpose() {
        Ok(Some(want)) => vote::weighed(run, &want, app.learned()),
        Ok(None) => {
            let known = app.weighings();
            let at = known.iter().position(|way| way.from.name() == run.vote_counting().from.name());
            let next = known.get(at.map_or(0, |at| (at + 1) % known.len())).cloned();
            let alone = known.len() < 2 && at.is_some();
            let none = "nobody states a confidence and nothing is graded: + and - move a weight by hand";
            next.filter(|_| !alone).ok_or_else(|| none.to_owned())
        }
        Err(line) => Err(line),
    };
    match counting {
        Ok(counting) => counted(app, counting),
        Err(line) => toast(app, &line),
    }
}

/// Moves the weight of the judge of the chosen line by a step.
pub(super) fn move_weight(app: &mut App, steps: i32) -> Vec<Effect> {
    let (Some(judge), Some(run)) = (app.judge_chosen(), app.run()) else {
        return toast(app, "choose a ballot with j and k: + and - move what its judge weighs");
    };
    vec![Effect::Council(Command::Weigh { run: run.id, member: judge, steps })]
}

fn counted(app: &mut App, counting: Counting) -> Vec<Effect> {
    let Some(run) = app.run() else { return Vec::new() };
    if run.count_by(&counting).is_none() {
        return toast(app, "it is counted so already");
    }
    vec![Effect::Council(Command::Count { run: run.id, counting })]
}

/// Opens what is chosen on the board. While names are hidden an answer is read beside the board, under its letter.
pub(super) fn open(app: &mut App, drawer: Drawer) -> bool {
    let Some((vote, line)) = app.vote_chosen() else { return false };
    let blind = app.blind().is_some();
    match line {
        Line::Answer(_) => {
            let Some(seat) = app.voted_on() else { return false };
            app.seat = seat;
            app.drawer = blind.then_some(Drawer { focus: false, ..drawer });
            true
        }
        Line::Rule(_) => false,
        Line::Ballot(_) if blind => {
            app.say("names are hidden still: Space votes for the chosen answer, r shows the names");
            true
        }
        Line::Ballot(at) => {
            let judge = vote.ballots.get(at).map(|ballot| &ballot.judge);
            let call = app.run().and_then(|run| {
                run.calls_of(vote.stage).rfind(|call| Some(&call.member) == judge).map(|call| call.id)
            });
            app.open_prompt(call)
        }
    }
}

impl App {
    /// The last ballot vote of the run on the board, where one began.
    pub fn vote_on_board(&self) -> Option<Vote> {
        let run = self.run()?;
        run.last_stage(Ask::Ballot).map(|state| vote::vote(run, state))
    }

    /// The vote on the board with the line that is chosen, while keys go there.
    fn vote_chosen(&self) -> Option<(Vote, Line)> {
        let drawer = self.focused_drawer().filter(|drawer| drawer.kind == DrawerKind::Vote)?;
        let vote = self.vote_on_board()?;
        let line = line(&vote, drawer)?;
        Some((vote, line))
    }

    /// The rule that is chosen on the board, while keys go there.
    pub(super) fn rule_chosen(&self) -> Option<Rule> {
        match self.vote_chosen()? {
            (_, Line::Rule(rule)) => Some(rule),
            _ => None,
        }
    }

    /// Whose answer is chosen on the board, while keys go there.
    fn answer_chosen(&self) -> Option<MemberId> {
        let (vote, Line::Answer(at)) = self.vote_chosen()? else { return None };
        vote.tally.scores.get(at).map(|score| score.answer.clone())
    }

    /// The seat whose answer is chosen on the board, while keys go there.
    pub(super) fn voted_on(&self) -> Option<usize> {
        self.run()?.council.slot(&self.answer_chosen()?).map(usize::from)
    }

    /// The judge whose ballot is chosen on the board, while keys go there.
    pub(super) fn judge_chosen(&self) -> Option<MemberId> {
        let (vote, Line::Ballot(at)) = self.vote_chosen()? else { return None };
        vote.ballots.get(at).map(|ballot| ballot.judge.clone())
    }

    /// The vote whose names are hidden now: its board is open, and the person has neither voted nor had them shown.
    pub fn blind(&self) -> Option<StageId> {
        self.drawer.filter(|drawer| drawer.kind == DrawerKind::Vote)?;
        let state = self.run()?.last_stage(Ask::Ballot)?;
        let begun = state.begun.as_ref().filter(|begun| begun.obstacle.is_none());
        begun.filter(|_| state.own_vote.is_none()).map(|_| state.stage.id)
    }

    /// What a seat is called on the board: by its letter while names are hidden, else by its name.
    pub fn shown_name(&self, seat: usize) -> String {
        let Some(name) = self.name(seat) else { return String::new() };
        let letter = || self.run()?.letters(self.blind()?).remove(name);
        letter().unwrap_or_else(|| clean::line(&name.0))
    }

    /// The ways of weighing for which there is ground.
    pub fn weighings(&self) -> Vec<Counting> {
        let Some(run) = self.run() else { return Vec::new() };
        let ways = [Weigh::Council, Weigh::Confidence, Weigh::Learned];
        ways.iter().filter_map(|way| vote::weighed(run, way, self.learned()).ok()).collect()
    }
}
