//! The upper part of the vote board: who wins, the answers in order, and the same ballots by every rule.

use super::super::{paragraph, pointer, text_row};
use super::{Blocks, Board, free, is};
use crate::agreement::poll::Weighing;
use crate::agreement::vote::Vote;
use crate::app::vote::Line;
use crate::core::ballot::Score;
use crate::core::ballot_trust::{self, Points};
use crate::core::{OwnVote, Rule, clean};
use crate::ui::canvas::{self, Row};
use crate::ui::theme::Role;
use ratatui::style::Style;

impl Board<'_> {
    pub(super) fn result(&self, rows: &mut Vec<Row>, vote: &Vote, settled: bool) {
        let tally = &vote.tally;
        let valid = vote.ballots.iter().any(|ballot| ballot.valid);
        let (text, role) = match (&tally.winner, tally.tied.as_slice()) {
            _ if !settled => ("still counting".to_owned(), Role::Dim),
            (Some(winner), _) => (format!("{} wins", self.name(winner)), Role::Title),
            (None, _) if vote.alone && valid => (
                "not decided: one valid ballot is no vote; R asks a judge once more".to_owned(),
                Role::Warning,
            ),
            (None, []) if valid => (format!("nobody wins by {}", vote.counting.rule.title()), Role::Title),
            (None, tied) if valid => (format!("a tie: {}", self.names(tied, " = ")), Role::Title),
            (None, _) => ("not decided: no valid ballot; R asks a judge once more".to_owned(), Role::Warning),
        };
        let rule = vote.counting.rule;
        let how = if rule.weighs() && !vote.counting.alike() { ", times the judge's weight" } else { "" };
        let name = rule.title();
        let how = format!("   {}{}: {}{how}", name[..1].to_uppercase(), &name[1..], rule.words());
        let space = self.width.saturating_sub(canvas::width(&text));
        let mut row = text_row(text, self.style(role));
        if canvas::width(&how) <= space {
            row.push((how, self.style(Role::Dim)));
        }
        rows.push(row);
        self.beside(rows);
        self.own(rows, vote);
    }

    /// What stands beside every result: the vote of the answers themselves, the one before a debate, and the best single
    /// member by what was graded.
    fn beside(&self, rows: &mut Vec<Row>) {
        let answers = &self.known.answers;
        let mut parts = Vec::new();
        if !answers.poll.groups.is_empty() {
            let by = if answers.own() == Weighing::Weighted { ", weighted" } else { "" };
            parts.push(format!("the answers' own vote{by} {}", free::winners(answers, answers.own())));
        }
        if let Some(first) = answers.round0.as_ref().filter(|first| !first.groups.is_empty()) {
            parts.push(format!("before the debate {}", free::plurality(first)));
        }
        // While names are hidden, a letter beside a record would tell who it is.
        let best = self.app.learned().best.as_ref().filter(|_| !self.blind());
        match best {
            Some(best) => {
                let says =
                    answers.group_of(best).map(|at| clean::line(&answers.poll.groups[at].position.value));
                let says = says.map(|says| format!(" ({says})")).unwrap_or_default();
                parts.push(format!("best single member so far {}{says}", self.name(best)));
            }
            None if self.blind() => {}
            None => parts.push("best single member unknown: * grades answers".to_owned()),
        }
        if !parts.is_empty() {
            paragraph(rows, &format!("beside it: {}", parts.join("; ")), self.width, self.style(Role::Dim));
        }
    }

    /// The person's own vote, or how to vote.
    fn own(&self, rows: &mut Vec<Row>, vote: &Vote) {
        let (text, role) = match &vote.own {
            None => {
                let text = "names are hidden, so that you can vote too: Space votes for the chosen answer, \
                            Enter reads it, r shows the names";
                (text.to_owned(), Role::Accent)
            }
            Some(OwnVote::None) => return,
            Some(OwnVote::For(member)) => {
                let with = match &vote.tally.winner {
                    Some(winner) if winner == member => "; the judges say the same",
                    Some(_) => "; the judges do not",
                    None => "",
                };
                (
                    format!("you voted for {} before the board showed names{with}", self.name(member)),
                    Role::Accent,
                )
            }
        };
        paragraph(rows, &text, self.width, self.style(role));
    }

    /// The answers by what the deciding rule gives them.
    pub(super) fn ranking(
        &self,
        rows: &mut Vec<Row>,
        blocks: &mut Blocks,
        vote: &Vote,
        chosen: Option<Line>,
    ) {
        let dim = self.style(Role::Dim);
        let tally = &vote.tally;
        let wide = self.column(tally.scores.iter().map(|score| &score.answer));
        let said = scores(vote);
        let head = if vote.counting.rule == Rule::Borda { "points" } else { "share" };
        let figures = said.iter().map(|figure| canvas::width(figure)).max().unwrap_or(0).max(6);
        rows.push(Row::new());
        let heads = format!("  rank {} {}  first ", canvas::pad("answer", wide), canvas::pad(head, figures));
        let bar = self.width.saturating_sub(canvas::width(&heads) + 1).min(40);
        rows.push(text_row(heads, dim));
        for (at, (score, figure)) in tally.scores.iter().zip(&said).enumerate() {
            let same = |other: &&Score| (other.score - score.score).abs() < 1e-9;
            let rank = tally.scores.iter().position(|other| same(&other)).unwrap_or(at) + 1;
            let tie = if tally.scores.iter().filter(same).count() > 1 { "=" } else { " " };
            let full = (score.score * f64::from(bar)).round() as usize;
            let chosen = is(chosen, Line::Answer(at));
            let own = vote.own == Some(OwnVote::For(score.answer.clone()));
            blocks.0.push(rows.len()..rows.len() + 1);
            rows.push(vec![
                pointer(chosen, self.theme),
                (format!(" {tie}{rank:>2}  "), dim),
                (self.padded(&score.answer, wide), self.chosen_style(self.style(Role::Strong), chosen)),
                (format!(" {figure:>wide$}", wide = usize::from(figures)), Style::default()),
                (format!("  {:>5} ", score.first), dim),
                (self.theme.sign("█", "#").repeat(full), self.style(Role::Agree)),
                (self.theme.sign("░", ".").repeat(usize::from(bar) - full.min(usize::from(bar))), dim),
                (if own { " you" } else { "" }.to_owned(), self.style(Role::Accent)),
            ]);
        }
    }

    /// Who wins by each rule, and what it gives every answer.
    pub(super) fn rules(&self, rows: &mut Vec<Row>, blocks: &mut Blocks, vote: &Vote, chosen: Option<Line>) {
        if !vote.ballots.iter().any(|ballot| ballot.valid) {
            return;
        }
        let dim = self.style(Role::Dim);
        self.section(rows, "rules", "the same ballots by each; Enter lets one decide, o the next");
        let winners: Vec<String> = vote
            .tallies
            .iter()
            .map(|(_, tally)| match tally.counted {
                0 => "not asked for".to_owned(),
                _ => self.winner(tally.winner.as_ref(), &tally.tied),
            })
            .collect();
        let titles = Rule::ALL.map(|rule| canvas::width(rule.title())).into_iter().max().unwrap_or(0);
        let wide = winners.iter().map(|name| canvas::width(name)).max().unwrap_or(0).clamp(6, 26);
        for ((rule, tally), winner) in vote.tallies.iter().zip(&winners) {
            let chosen = is(chosen, Line::Rule(*rule));
            let decides = *rule == vote.counting.rule;
            let differs = vote.tally.winner != tally.winner && tally.counted > 0;
            let role = if differs { Role::Warning } else { Role::Strong };
            let mark = if decides { self.theme.sign("●", "*") } else { " " };
            let mut row = vec![
                pointer(chosen, self.theme),
                (format!("{mark} "), self.style(Role::Accent)),
                (canvas::pad(rule.title(), titles), self.chosen_style(Style::default(), chosen)),
                (format!("  {}", canvas::pad(&canvas::fit(winner, wide), wide)), self.style(role)),
            ];
            let mut space = self.width.saturating_sub(titles + wide + 6);
            for score in tally.scores.iter().filter(|_| tally.counted > 0) {
                let words = format!("  {} {:.0} %", self.name(&score.answer), score.score * 100.0);
                let Some(left) = space.checked_sub(canvas::width(&words)) else { break };
                space = left;
                row.push((words, dim));
            }
            blocks.0.push(rows.len()..rows.len() + 1);
            rows.push(row);
        }
    }
}

/// What the deciding rule gives each answer: points by Borda, else a share.
fn scores(vote: &Vote) -> Vec<String> {
    if vote.counting.rule != Rule::Borda {
        return vote.tally.scores.iter().map(|score| format!("{:.0} %", score.score * 100.0)).collect();
    }
    let points = ballot_trust::points(&vote.tally, &vote.ballots, &vote.counting.weights);
    let of = |points: &Points| format!("{} of {}", amount(points.got), amount(points.most));
    points.iter().map(of).collect()
}

/// Points for people: whole ones without a fraction.
fn amount(points: f64) -> String {
    if (points - points.round()).abs() < 1e-9 { format!("{points:.0}") } else { format!("{points:.1}") }
}
