//! The lower part of the vote board, which no judge is asked for: what the answers come to as votes, and which of them the
//! others support most.

use super::super::{paragraph, text_row};
use super::Board;
use crate::agreement::poll::{Group, Poll, Weighing};
use crate::agreement::vote::Answers;
use crate::core::{MemberId, Weights, clean};
use crate::ui::canvas::{self, Row};
use crate::ui::theme::Role;
use ratatui::style::Style;

impl Board<'_> {
    /// What no judge is asked for.
    pub(super) fn free(&self, rows: &mut Vec<Row>) {
        self.answers(rows);
        self.support(rows);
    }

    fn answers(&self, rows: &mut Vec<Row>) {
        let answers = &self.known.answers;
        let poll = &answers.poll;
        if poll.votes() + poll.silent.len() < 2 {
            return;
        }
        self.section(rows, "answer vote", "members vote by what their own answers come to");
        if poll.groups.is_empty() {
            let text = "  no answer ends in a number, a choice, a yes or a no: only ballots can decide";
            paragraph(rows, text, self.width, self.style(Role::Dim));
            return;
        }
        let values = poll.groups.iter().map(|group| canvas::width(&value(group)));
        let wide = values.max().unwrap_or(0).clamp(6, 24);
        for group in &poll.groups {
            let count = format!("  {} of {}", group.members.len(), poll.votes());
            let said = value(group);
            rows.push(vec![
                (format!("  {}", canvas::pad(&canvas::fit(&said, wide), wide)), self.style(Role::Strong)),
                (count, Style::default()),
                (format!("  {}", self.names(&group.members, " ")), self.style(Role::Dim)),
            ]);
        }
        if !poll.silent.is_empty() {
            let text = format!("  comes to nothing that can be counted: {}", self.names(&poll.silent, ", "));
            paragraph(rows, &text, self.width, self.style(Role::Dim));
        }
        let by = |weighing: Weighing| format!("{} {}", weighing.name(), winners(answers, weighing));
        let all: Vec<String> = Weighing::ALL.into_iter().map(by).collect();
        paragraph(rows, &format!("  by rule: {}", all.join(", ")), self.width, Style::default());
        if let Some(first) = &answers.round0 {
            let text = format!("  before the debate (round 0), plurality: {}", plurality(first));
            paragraph(rows, &text, self.width, Style::default());
        }
    }

    /// The answers by how much the others support them.
    fn support(&self, rows: &mut Vec<Row>) {
        let scored = &self.known.support;
        let Some((_, best)) = scored.first().copied() else { return };
        let note = "mean claim-F1 with the other answers: the least risk, not the truth";
        self.section(rows, "best of N by support", note);
        if best <= 0.0 {
            rows.push(text_row("  no answer shares a claim with another", self.style(Role::Dim)));
            return;
        }
        let names: Vec<(&MemberId, f64)> = scored
            .iter()
            .filter_map(|(seat, score)| Some((&self.run.member(*seat as u16)?.name, *score)))
            .collect();
        let wide = self.column(names.iter().map(|(name, _)| *name));
        for (name, score) in &names {
            let bar = (score * 40.0).round() as usize;
            let leads = (score - best).abs() < 1e-9;
            let role = if leads { Role::Strong } else { Role::Dim };
            rows.push(vec![
                (format!("  {}", self.padded(name, wide)), self.style(role)),
                (format!("  {score:.2}  "), Style::default()),
                (self.theme.sign("█", "#").repeat(bar), self.style(Role::Agree)),
            ]);
        }
    }
}

/// What a group comes to, in one line.
fn value(group: &Group) -> String {
    clean::line(&group.position.value)
}

/// What wins: a value, those that tie, or nothing.
pub(super) fn winners(answers: &Answers, weighing: Weighing) -> String {
    let winners = answers.winners(weighing);
    if winners.is_empty() && weighing == Weighing::Confidence {
        return "not stated".to_owned();
    }
    words(&answers.poll, &winners)
}

/// What most say.
pub(super) fn plurality(poll: &Poll) -> String {
    words(poll, &poll.winners(Weighing::Plurality, &Weights::new(), None))
}

fn words(poll: &Poll, winners: &[usize]) -> String {
    match poll.values(winners).as_slice() {
        [] => "undecided".to_owned(),
        [one] => one.clone(),
        tied => format!("a tie ({})", tied.join(" = ")),
    }
}
