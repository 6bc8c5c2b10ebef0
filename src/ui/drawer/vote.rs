//! The vote board as rows: the ranking with its points, every ballot with the order its judge saw, and how firm the result
//! is. All of it follows from the recorded ballots.

use super::{Sheet, View, degraded, hindrance, names, outdated, paragraph, pointer, text_row};
use crate::agreement::outcome::{self, Vote};
use crate::app::App;
use crate::app::drawer::{Drawer, DrawerKind};
use crate::core::ballot::Ballot;
use crate::core::ballot_trust::{self, Times, Trust, Without};
use crate::core::{Ask, Call, MemberId, Run, StageState, clean, prompt};
use crate::ui::canvas::{self, Row};
use crate::ui::state;
use crate::ui::theme::{Role, Theme};
use ratatui::style::Style;
use std::collections::BTreeMap;
use std::ops::Range;

/// The widest a name gets.
const NAME: u16 = 14;
/// The columns of what is counted, and of its figure.
const LABEL: u16 = 34;
const FIGURE: u16 = 9;

pub(super) fn sheet(app: &App, run: &Run, theme: &Theme, open: Drawer, width: u16) -> Sheet<'static> {
    if let Some(sheet) = hindrance(run, Ask::Ballot, theme, width) {
        return sheet;
    }
    let Some(state) = run.last_stage(Ask::Ballot) else { return Sheet::default() };
    let vote = outcome::vote(run, state);
    let missing: Vec<&Call> = run.counting_of(state.stage.id).filter(|call| !call.ended()).collect();
    let judges = state.begun.as_ref().map_or(0, |begun| begun.speakers.len());
    let title = format!("{} of {judges} ballots in, own answers left out ", vote.ballots.len());
    let mut sheet = Sheet { title: text_row(title, theme.style(Role::Dim)), ..Sheet::default() };
    if let Some(note) = outdated(app, run, DrawerKind::Vote, Ask::Ballot) {
        paragraph(&mut sheet.head, &note, width, theme.style(Role::Warning));
    }
    degraded(&mut sheet.head, run, Ask::Ballot, width, theme);
    let board = Board { app, run, theme, vote: &vote, chosen: app.drawer_row(open), width };
    let settled = missing.is_empty() && run.settled(state.stage.id);
    board.result(&mut sheet.rows, settled);
    let mut blocks = board.ranking(&mut sheet.rows);
    board.ballots(&mut sheet.rows, &mut blocks, state, &missing);
    if settled {
        board.trust(&mut sheet.rows, state);
    }
    let end = sheet.rows.len();
    let block = blocks.get(board.chosen).cloned().unwrap_or(0..0);
    let start = if board.chosen == 0 { 0 } else { block.start };
    sheet.view = View::Chosen(start..if board.chosen + 1 == blocks.len() { end } else { block.end });
    sheet
}

struct Board<'a> {
    app: &'a App,
    run: &'a Run,
    theme: &'a Theme,
    vote: &'a Vote,
    chosen: usize,
    width: u16,
}

impl Board<'_> {
    fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    fn section(&self, rows: &mut Vec<Row>, name: &str, note: &str) {
        let words =
            vec![(name.to_owned(), self.style(Role::Title)), (format!("  {note}"), self.style(Role::Dim))];
        rows.push(Row::new());
        rows.push(canvas::section(self.theme, &words, self.width));
    }

    fn result(&self, rows: &mut Vec<Row>, settled: bool) {
        let tally = &self.vote.tally;
        let valid = self.vote.ballots.iter().any(|ballot| ballot.valid);
        let (text, role) = match (&tally.winner, tally.tied.as_slice()) {
            _ if !settled => ("still counting".to_owned(), Role::Dim),
            (Some(winner), _) => (format!("{} wins", clean::line(&winner.0)), Role::Title),
            (None, tied) if valid => (format!("a tie: {}", names(tied, " = ")), Role::Title),
            (None, _) => ("not decided: no valid ballot; R asks a judge once more".to_owned(), Role::Warning),
        };
        let how = if self.plain_weights() { "" } else { ", times the judge's weight" };
        let how = format!("   Borda: of k answers the first gets k-1 points, the last none{how}");
        let space = self.width.saturating_sub(canvas::width(&text));
        let mut row = text_row(text, self.style(role));
        if canvas::width(&how) <= space {
            row.push((how, self.style(Role::Dim)));
        }
        rows.push(row);
    }

    fn plain_weights(&self) -> bool {
        self.vote.weights.values().all(|weight| (weight - 1.0).abs() < 1e-9)
    }

    /// The answers by their points. Gives the rows of each.
    fn ranking(&self, rows: &mut Vec<Row>) -> Vec<Range<usize>> {
        let dim = self.style(Role::Dim);
        let tally = &self.vote.tally;
        let points = ballot_trust::points(tally, &self.vote.ballots, &self.vote.weights);
        let wide = column(tally.scores.iter().map(|score| &score.answer));
        let of = |points: &ballot_trust::Points| format!("{} of {}", amount(points.got), amount(points.most));
        let figures = points.iter().map(|points| canvas::width(&of(points))).max().unwrap_or(0).max(6);
        rows.push(Row::new());
        let heads =
            format!("  rank {} {}  first ", canvas::pad("answer", wide), canvas::pad("points", figures));
        let bar = self.width.saturating_sub(canvas::width(&heads) + 1).min(40);
        rows.push(text_row(heads, dim));
        let mut blocks = Vec::new();
        for (at, (score, points)) in tally.scores.iter().zip(&points).enumerate() {
            let same = |other: &&crate::core::ballot::Score| (other.score - score.score).abs() < 1e-9;
            let rank = tally.scores.iter().position(|other| same(&other)).unwrap_or(at) + 1;
            let tie = if tally.scores.iter().filter(same).count() > 1 { "=" } else { " " };
            let full = (score.score * f64::from(bar)).round() as usize;
            let chosen = at == self.chosen;
            let mut look = self.style(Role::Strong);
            if chosen {
                look = look.patch(self.style(Role::Selected));
            }
            blocks.push(rows.len()..rows.len() + 1);
            rows.push(vec![
                pointer(chosen, self.theme),
                (format!(" {tie}{rank:>2}  "), dim),
                (name(&score.answer, wide), look),
                (format!(" {:>wide$}", of(points), wide = usize::from(figures)), Style::default()),
                (format!("  {:>5} ", score.first), dim),
                (self.theme.sign("█", "#").repeat(full), self.style(Role::Agree)),
                (self.theme.sign("░", ".").repeat(usize::from(bar) - full.min(usize::from(bar))), dim),
            ]);
        }
        blocks
    }

    /// Every ballot with its reason, then the judges that still write.
    fn ballots(
        &self,
        rows: &mut Vec<Row>,
        blocks: &mut Vec<Range<usize>>,
        state: &StageState,
        missing: &[&Call],
    ) {
        let dim = self.style(Role::Dim);
        self.section(rows, "ballots", "best first, and the letters under which each judge saw them");
        let wide = column(self.run.council.members.iter().map(|member| &member.name));
        let ranking = |ballot: &Ballot| {
            if ballot.valid { names(&ballot.ranking, ballot.sign()) } else { "not valid".to_owned() }
        };
        let widest =
            self.vote.ballots.iter().map(|ballot| canvas::width(&ranking(ballot))).max().unwrap_or(0);
        let both = |ballot: &Ballot| match (&ballot.turned, ballot.even) {
            (None, _) => "",
            (Some(_), false) => "; the same turned round",
            (Some(_), true) => "; the other way turned round: a tie",
        };
        let shown = |ballot: &Ballot| format!("saw {}{}", prompt::legend(&ballot.shown), both(ballot));
        let seen = self.vote.ballots.iter().map(|ballot| canvas::width(&shown(ballot))).max().unwrap_or(0);
        let indent = wide + 3;
        let one_line = indent + widest + 3 + seen <= self.width;
        for (at, ballot) in self.vote.ballots.iter().enumerate() {
            let from = rows.len();
            let chosen = self.vote.tally.scores.len() + at == self.chosen;
            let role = if ballot.valid { Role::Strong } else { Role::Warning };
            let mut judge = Style::default();
            if chosen {
                judge = judge.patch(self.style(Role::Selected));
            }
            let mut row = vec![
                pointer(chosen, self.theme),
                (" ".to_owned(), dim),
                (name(&ballot.judge, wide), judge),
                (format!(" {}", canvas::pad(&ranking(ballot), widest.min(self.width))), self.style(role)),
            ];
            if one_line {
                row.push((format!("   {}", shown(ballot)), dim));
            }
            rows.push(row);
            let under = |rows: &mut Vec<Row>, text: &str, role: Role| {
                let lines = canvas::wrapped(text, self.width.saturating_sub(indent));
                let blank = " ".repeat(usize::from(indent));
                rows.extend(
                    lines.into_iter().map(|line| vec![(blank.clone(), dim), (line, self.style(role))]),
                );
            };
            if !one_line {
                under(rows, &shown(ballot), Role::Dim);
            }
            if let Some(fault) = &ballot.repaired {
                under(rows, &format!("asked again once: {}", clean::line(fault)), Role::Dim);
            }
            let note = clean::line(&ballot.note);
            let mut calls = self.run.counting_of(state.stage.id);
            let error = calls.find(|call| call.member == ballot.judge).and_then(|call| call.error.as_ref());
            match (error, ballot.valid) {
                (Some(error), _) => {
                    let text = format!("! {} ({})", clean::exact(&error.message), clean::exact(&error.hint));
                    under(rows, &text, Role::Warning);
                }
                (None, false) => under(rows, &format!("! {note}"), Role::Warning),
                (None, true) if note.is_empty() => {}
                (None, true) => under(rows, &format!("\"{note}\""), Role::Quote),
            }
            blocks.push(from..rows.len());
        }
        for call in missing {
            let (words, role) = state::words(Some(call), self.app.now, true);
            rows.push(vec![(format!("  {} ", name(&call.member, wide)), dim), (words, self.style(role))]);
        }
    }

    /// How far the result can be trusted, as far as the ballots say.
    fn trust(&self, rows: &mut Vec<Row>, state: &StageState) {
        let lengths: BTreeMap<MemberId, usize> = self
            .run
            .pinned(state.stage.id)
            .values()
            .map(|call| (call.member.clone(), call.text.chars().count()))
            .collect();
        let tally = &self.vote.tally;
        let Some(trust) =
            ballot_trust::trust(self.vote.rule, tally, &self.vote.ballots, &self.vote.weights, &lengths)
        else {
            return;
        };
        self.section(rows, "how far to trust it", "counted from these ballots");
        let mut say = |label: &str, figure: String, note: String| {
            let mut before = vec![
                (format!("  {}", canvas::pad(label, LABEL - 2)), Style::default()),
                (canvas::pad(&figure, FIGURE), self.style(Role::Strong)),
            ];
            for line in canvas::wrapped(&note, self.width.saturating_sub(LABEL + FIGURE).max(1)) {
                let mut row = std::mem::take(&mut before);
                if row.is_empty() {
                    row.push((" ".repeat(usize::from(LABEL + FIGURE)), Style::default()));
                }
                row.push((line, self.style(Role::Dim)));
                rows.push(row);
            }
        };
        if trust.pairs > 0 {
            let figure = format!("{} of {}", trust.unanimous, trust.pairs);
            say("pairs their judges order alike", figure, "of pairs ranked by two or more".to_owned());
        }
        if trust.stable.1 > 0 {
            let (stayed, of) = trust.stable;
            let note = "asked in both orders; else it counts as a tie".to_owned();
            say("a preference held in both orders", format!("{stayed} of {of}"), note);
        }
        let mut times = |label: &str, times: Times| {
            let figure = format!("{} of {}", times.times, times.of);
            say(label, figure, format!("by chance {:.1}", times.chance));
        };
        times("the answer shown first won", trust.first_shown);
        times("the longest answer won", trust.longest);
        if let Some((figure, note)) = self.alone(&trust) {
            say("same winner without one judge", figure, note);
        }
        if tally.winner.is_some() {
            let note = "of the points it could have".to_owned();
            say("lead over the second", format!("{:.0} %", trust.margin * 100.0), note);
        }
    }

    /// In how many cases the result stays when one judge is left out, and which ones change it.
    fn alone(&self, trust: &Trust) -> Option<(String, String)> {
        let winner = self.vote.tally.winner.as_ref()?;
        let stays = |without: &&Without| without.winner.as_ref() == Some(winner);
        let of = trust.without.len();
        let count = trust.without.iter().filter(stays).count();
        let other = |without: &Without| {
            let judge = clean::line(&without.judge.0);
            match &without.winner {
                Some(winner) => format!("without {judge} {} wins", clean::line(&winner.0)),
                None => format!("without {judge} a tie: {}", names(&without.tied, " = ")),
            }
        };
        let others: Vec<String> = trust.without.iter().filter(|one| !stays(one)).map(other).collect();
        let note = if others.is_empty() {
            "each judge left out in turn".to_owned()
        } else {
            format!("! {}", others.join(", "))
        };
        (of > 0).then(|| (format!("{count} of {of}"), note))
    }
}

/// How wide the column of these names is.
fn column<'a>(members: impl Iterator<Item = &'a MemberId>) -> u16 {
    members.map(|name| canvas::width(&clean::line(&name.0))).max().unwrap_or(0).clamp(6, NAME)
}

fn name(member: &MemberId, wide: u16) -> String {
    canvas::pad(&clean::line(&member.0), wide)
}

/// Points for people: whole ones without a fraction.
fn amount(points: f64) -> String {
    if (points - points.round()).abs() < 1e-9 { format!("{points:.0}") } else { format!("{points:.1}") }
}
