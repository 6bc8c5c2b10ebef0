//! A route of a plan on the rail: the road it took and by what, every reason, whom it chose among, and the roads that it did not
//! take with what they would have come to.

use super::{INDENT, Rail};
use crate::app::plan::reading::list;
use crate::core::routing::{By, Candidate, NotTaken};
use crate::core::{Dollars, Routed, StageState, clean};
use crate::ui::canvas::{self, Row};
use crate::ui::theme::Role;
use ratatui::style::Style;

impl Rail<'_> {
    pub(super) fn route(&self, rows: &mut Vec<Row>, state: &StageState) {
        let Some(routed) = &state.routed else { return };
        self.road(rows, routed);
        let dim = self.style(Role::Dim);
        for why in &routed.why {
            self.paragraph(rows, &format!("- {}", clean::line(why)), INDENT, dim);
        }
        self.candidates(rows, routed);
        self.not_taken(rows, routed);
    }

    /// The road, who is asked, what decided.
    fn road(&self, rows: &mut Vec<Row>, routed: &Routed) {
        let by = match routed.by {
            By::Person => "as you named them",
            By::FollowUp => "as a follow-up",
            By::Rule => "by a rule of the plan",
            By::Score => "by how hard it looks",
            By::Triage => "by the triage member",
            By::Learned => "by what was graded",
        };
        let score = routed.score.map(|score| format!(" ({score:.2} of 1)")).unwrap_or_default();
        let topic = routed.topic.as_ref().map(|topic| format!(", about {}", clean::line(topic)));
        let blank = " ".repeat(usize::from(INDENT));
        let taken = format!("{blank}road {}: {}", routed.road.name(), list(&routed.members));
        let rest = format!("   {by}{score}{}", topic.unwrap_or_default());
        if canvas::width(&taken) + canvas::width(&rest) <= self.width {
            rows.push(vec![(taken, self.style(Role::Strong)), (rest, self.style(Role::Accent))]);
        } else {
            self.paragraph(rows, taken.trim_start(), INDENT, self.style(Role::Strong));
            self.paragraph(rows, rest.trim_start(), INDENT, self.style(Role::Accent));
        }
    }

    /// Whom it chose among, a line each; those that it chose bear a sign.
    fn candidates(&self, rows: &mut Vec<Row>, routed: &Routed) {
        if routed.candidates.is_empty() {
            return;
        }
        let dim = self.style(Role::Dim);
        self.paragraph(rows, "chosen among, the best first:", INDENT, dim);
        let name = |it: &Candidate| canvas::width(&clean::line(&it.member.0));
        let names = routed.candidates.iter().map(name).max().unwrap_or(0).clamp(4, 14);
        for it in &routed.candidates {
            let taken = routed.members.contains(&it.member);
            let sign = if taken { self.theme.sign("✓", "v") } else { " " };
            let blank = " ".repeat(usize::from(INDENT));
            let role = if taken { Role::Strong } else { Role::Dim };
            let known =
                if it.graded == 0 { "nothing graded".to_owned() } else { format!("{} graded", it.graded) };
            let cost = it.cost.map_or("price unknown".to_owned(), about);
            let figures = format!("  quality {:.2} ({known})  {cost}", it.quality);
            let mut row = vec![
                (format!("{blank}{sign} "), self.style(Role::Good)),
                (canvas::pad(&clean::line(&it.member.0), names), self.style(role)),
                (figures, Style::default()),
            ];
            let notes: Vec<String> = it.notes.iter().map(|note| clean::line(note)).collect();
            let notes = notes.join("; ");
            let used: u16 = row.iter().map(|(text, _)| canvas::width(text)).sum();
            if notes.is_empty() || used + 2 + canvas::width(&notes) <= self.width {
                row.push((format!("  {notes}"), dim));
                rows.push(row);
            } else {
                rows.push(row);
                self.paragraph(rows, &notes, INDENT + 4 + names, dim);
            }
        }
    }

    /// The roads that were not taken.
    fn not_taken(&self, rows: &mut Vec<Row>, routed: &Routed) {
        if routed.not_taken.is_empty() {
            return;
        }
        let dim = self.style(Role::Dim);
        let text = "not taken (how likely one of them at least is right, as if they erred independently):";
        self.paragraph(rows, text, INDENT, dim);
        for road in &routed.not_taken {
            let text = format!("  {}: {}", road.road.name(), list(&road.members));
            let rest = format!("{}, right {:.2}", more(road), road.right);
            let blank = " ".repeat(usize::from(INDENT));
            if INDENT + canvas::width(&text) + 3 + canvas::width(&rest) <= self.width {
                rows.push(vec![(format!("{blank}{text}"), dim), (format!("   {rest}"), Style::default())]);
            } else {
                self.paragraph(rows, &text, INDENT, dim);
                self.paragraph(rows, &rest, INDENT + 7, Style::default());
            }
        }
    }
}

/// A sum that is guessed.
fn about(sum: Dollars) -> String {
    let sum = sum.to_string();
    if sum.starts_with('<') { sum } else { format!("about {sum}") }
}

/// What a road is guessed to cost more, or less.
fn more(road: &NotTaken) -> String {
    match road.more {
        None => "a price is not known".to_owned(),
        Some(0) => "costs the same".to_owned(),
        Some(more) => {
            let sum = about(Dollars(more.unsigned_abs()));
            format!("{sum} {}", if more > 0 { "more" } else { "less" })
        }
    }
}
