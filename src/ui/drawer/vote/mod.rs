//! The vote board as rows: the result, the ballots by all rules, each ballot, and how firm it all is; then what needs no judge.
//! All of it follows from records; while names are hidden every name here is a letter.

mod ballots;
mod free;
mod ranking;
mod trust;

use super::{Memory, Sheet, View, degraded, hindrance, outdated, paragraph, text_row};
use crate::agreement::Agreement;
use crate::agreement::best_of::best_of;
use crate::agreement::vote::{self, Answers, Vote};
use crate::app::App;
use crate::app::drawer::{Drawer, DrawerKind};
use crate::app::vote::{Line, line};
use crate::core::rules::Flip;
use crate::core::{Ask, Call, CallId, Counting, MemberId, OwnVote, Run, StageId, clean};
use crate::ui::canvas::{self, Row};
use crate::ui::theme::{Role, Theme};
use ratatui::style::Style;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// The widest a name gets.
const NAME: u16 = 14;

/// What a board can depend on: the run, the vote, how it is counted, what was said so far.
type Depends = (CallId, usize, Option<StageId>, Counting, Option<OwnVote>);

/// What is worked out once for many frames.
pub(super) struct Known {
    depends: Depends,
    vote: Option<Vote>,
    flips: Vec<Flip>,
    answers: Answers,
    /// The claims that the support is counted from.
    agreement: Arc<Agreement>,
    /// The seats with whole answers by how much the others support them, best first.
    support: Vec<(usize, f64)>,
}

impl Known {
    /// What is known of the votes of a run; worked out where something changed.
    fn of(memory: &mut Memory, app: &App, run: &Run) -> Rc<Self> {
        let state = run.last_stage(Ask::Ballot);
        let ended = run.calls.values().filter(|call| call.ended()).count();
        let last = run.calls.keys().next_back().copied();
        let first = CallId { run: run.id, stage: StageId(0), round: 0, slot: 0, attempt: 0 };
        let own = state.and_then(|state| state.own_vote.clone());
        let stage = state.filter(|state| state.begun.is_some()).map(|state| state.stage.id);
        let depends = (last.unwrap_or(first), ended, stage, run.vote_counting(), own);
        match &memory.votes {
            Some(known) if known.depends == depends && Arc::ptr_eq(&known.agreement, &app.agreement) => {
                Rc::clone(known)
            }
            _ => {
                let vote = state.map(|state| vote::vote(run, state));
                let flips = vote.as_ref().map(Vote::flips).unwrap_or_default();
                let answers = vote::answers(run);
                let agreement = Arc::clone(&app.agreement);
                let support = support(app, run);
                let known = Rc::new(Self { depends, vote, flips, answers, agreement, support });
                memory.votes = Some(Rc::clone(&known));
                known
            }
        }
    }
}

pub(super) fn sheet(
    app: &App,
    run: &Run,
    theme: &Theme,
    memory: &mut Memory,
    open: Drawer,
    width: u16,
) -> Sheet<'static> {
    let known = Known::of(memory, app, run);
    let letters = app.blind().map(|stage| run.letters(stage)).unwrap_or_default();
    let board = Board { app, run, theme, known: &known, letters, width };
    let Some(state) = run.last_stage(Ask::Ballot) else {
        let mut sheet = Sheet::default();
        let text = "nobody was asked: v has the members judge each other's answers";
        paragraph(&mut sheet.rows, text, width, theme.style(Role::Dim));
        board.free(&mut sheet.rows);
        return sheet;
    };
    if let Some(mut sheet) = hindrance(run, Ask::Ballot, theme, width) {
        board.free(&mut sheet.rows);
        return sheet;
    }
    let Some(vote) = &known.vote else { return Sheet::default() };
    let missing: Vec<&Call> = run.counting_of(state.stage.id).filter(|call| !call.ended()).collect();
    let judges = state.begun.as_ref().map_or(0, |begun| begun.speakers.len());
    let valid = vote.ballots.iter().filter(|ballot| ballot.valid).count();
    let broken = vote.ballots.len() - valid;
    let broken = if broken > 0 { format!(", {broken} not valid") } else { String::new() };
    let title = format!("{} of {judges} ballots in{broken}, own answers left out ", vote.ballots.len());
    let mut sheet = Sheet { title: text_row(title, theme.style(Role::Dim)), ..Sheet::default() };
    if let Some(note) = outdated(app, run, DrawerKind::Vote, Ask::Ballot) {
        paragraph(&mut sheet.head, &note, width, theme.style(Role::Warning));
    }
    degraded(&mut sheet.head, run, Ask::Ballot, width, theme);
    let chosen = line(vote, open);
    let settled = missing.is_empty() && run.settled(state.stage.id);
    let mut blocks = Blocks::default();
    board.result(&mut sheet.rows, vote, settled);
    board.ranking(&mut sheet.rows, &mut blocks, vote, chosen);
    board.rules(&mut sheet.rows, &mut blocks, vote, chosen);
    board.ballots(&mut sheet.rows, &mut blocks, vote, chosen, &missing);
    if settled {
        board.trust(&mut sheet.rows, vote);
    }
    board.free(&mut sheet.rows);
    let at = open.at.min(blocks.0.len().saturating_sub(1));
    let block = blocks.0.get(at).cloned().unwrap_or(0..0);
    let start = if at == 0 { 0 } else { block.start };
    sheet.view = View::Chosen(start..block.end);
    sheet
}

/// The rows that each line that can be chosen takes.
#[derive(Default)]
struct Blocks(Vec<Range<usize>>);

struct Board<'a> {
    app: &'a App,
    run: &'a Run,
    theme: &'a Theme,
    known: &'a Known,
    /// What members are called while names are hidden; empty where they are shown.
    letters: BTreeMap<MemberId, String>,
    width: u16,
}

impl Board<'_> {
    fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    fn blind(&self) -> bool {
        !self.letters.is_empty()
    }

    /// What a member is called. A judge that has no answer among those voted on has no letter.
    fn name(&self, member: &MemberId) -> String {
        match self.letters.get(member) {
            Some(letter) => letter.clone(),
            None if self.blind() => "a judge".to_owned(),
            None => clean::line(&member.0),
        }
    }

    fn names<'b>(&self, members: impl IntoIterator<Item = &'b MemberId>, between: &str) -> String {
        members.into_iter().map(|member| self.name(member)).collect::<Vec<_>>().join(between)
    }

    /// How wide the column of these names is.
    fn column<'b>(&self, members: impl Iterator<Item = &'b MemberId>) -> u16 {
        members.map(|member| canvas::width(&self.name(member))).max().unwrap_or(0).clamp(6, NAME)
    }

    fn padded(&self, member: &MemberId, wide: u16) -> String {
        canvas::pad(&self.name(member), wide)
    }

    /// Who wins, in a few words.
    fn winner(&self, winner: Option<&MemberId>, tied: &[MemberId]) -> String {
        match (winner, tied) {
            (Some(winner), _) => self.name(winner),
            (None, []) => "nobody".to_owned(),
            (None, tied) => self.names(tied, " = "),
        }
    }

    fn section(&self, rows: &mut Vec<Row>, name: &str, note: &str) {
        let words =
            vec![(name.to_owned(), self.style(Role::Title)), (format!("  {note}"), self.style(Role::Dim))];
        rows.push(Row::new());
        rows.push(canvas::section(self.theme, &words, self.width));
    }

    /// A figure with its label, and a note that may take more than a line.
    fn figure(&self, rows: &mut Vec<Row>, label: &str, figure: &str, note: &str) {
        const LABEL: u16 = 36;
        const FIGURE: u16 = 9;
        let mut before = vec![
            (format!("  {}", canvas::pad(label, LABEL - 2)), Style::default()),
            (canvas::pad(figure, FIGURE), self.style(Role::Strong)),
        ];
        for line in canvas::wrapped(note, self.width.saturating_sub(LABEL + FIGURE).max(1)) {
            let mut row = std::mem::take(&mut before);
            if row.is_empty() {
                row.push((" ".repeat(usize::from(LABEL + FIGURE)), Style::default()));
            }
            row.push((line, self.style(Role::Dim)));
            rows.push(row);
        }
        if !before.is_empty() {
            rows.push(before);
        }
    }

    fn chosen_style(&self, style: Style, chosen: bool) -> Style {
        if chosen { style.patch(self.style(Role::Selected)) } else { style }
    }
}

/// The answers in view by how much the others support them. A partial answer stands in no vote.
fn support(app: &App, run: &Run) -> Vec<(usize, f64)> {
    let whole = |call: &CallId| run.calls.get(call).is_some_and(Call::done);
    let compared = app.compared.iter().filter(|(_, call)| whole(call));
    let seats: Vec<usize> = compared.map(|(seat, _)| *seat).collect();
    best_of(&app.agreement, &seats)
}

/// Whether the chosen line is this one.
fn is(chosen: Option<Line>, line: Line) -> bool {
    chosen == Some(line)
}
