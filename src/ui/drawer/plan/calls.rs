//! The calls of a stage on the plan rail, a line each: how it goes for the member, what it cost, and where it stands by its own
//! word, where the plan asked for that.

use super::{INDENT, Rail};
use crate::agreement::planned::stated;
use crate::app::plan::Line;
use crate::app::plan::reading::turns;
use crate::core::{Ask, Call, Part, StageState, clean};
use crate::ui::canvas::{self, Row};
use crate::ui::state;
use crate::ui::theme::Role;
use ratatui::style::Style;
use std::ops::Range;

/// What the state of a call takes.
const STATE: u16 = 18;

impl Rail<'_> {
    /// The calls of a stage. Gives the row of the chosen one.
    pub(super) fn calls(&self, rows: &mut Vec<Row>, state: &StageState) -> Option<Range<usize>> {
        let turns = turns(self.run, state.stage.id);
        let debates = state.stage.ask == Ask::Critique;
        let name = |call: &Call| {
            let round = if debates { format!(" r{}", call.id.round) } else { String::new() };
            format!("{}{round}", clean::line(&call.member.0))
        };
        let names = turns.iter().map(|call| canvas::width(&name(call))).max().unwrap_or(0).clamp(8, 20);
        let mut chosen = None;
        for call in turns {
            let line = Line::Call(call.id);
            if self.chosen == Some(line) {
                chosen = Some(rows.len()..rows.len() + 1);
            }
            rows.push(self.call(call, &name(call), names, state.stage.part.as_deref()));
        }
        self.agreement(rows, state);
        chosen
    }

    fn call(&self, call: &Call, name: &str, names: u16, part: Option<&Part>) -> Row {
        let line = Line::Call(call.id);
        let (words, role) = state::words(Some(call), self.app.now, false);
        let mut row = vec![
            self.pointer(line),
            (" ".repeat(usize::from(INDENT) - 1), Style::default()),
            (canvas::pad(name, names), self.named(line, Role::Title)),
            (format!("  {} ", canvas::pad(&words, STATE)), self.style(role)),
        ];
        let cost = match self.app.call_tag(call) {
            Some(tag) => tag,
            None if self.run.council.scripted && call.ended() => "scripted".to_owned(),
            None => String::new(),
        };
        self.ends(&mut row, &said(call, part), self.style(Role::Accent), &cost, "");
        row
    }

    /// How far the answers that stand side by side agree, under a stage whose answers these are. What members say of how sure
    /// they are stands beside it and never in its place.
    fn agreement(&self, rows: &mut Vec<Row>, state: &StageState) {
        let here = |call: &crate::core::CallId| call.stage == state.stage.id;
        let compared = &self.app.compared;
        let sum = &self.app.agreement.summary;
        if compared.len() < 2 || sum.claims == 0 || !state.stage.ask.answers() {
            return;
        }
        // Under the last stage of those that stand side by side, once.
        if compared.values().map(|call| call.stage).max() != Some(state.stage.id)
            || !compared.values().any(here)
        {
            return;
        }
        let conflicts =
            if sum.conflict > 0 { format!(", {} in conflict", sum.conflict) } else { String::new() };
        let text = format!("agreement {:.2}: {} of {} claims{conflicts}", sum.score, sum.agreed, sum.claims);
        self.paragraph(rows, &text, INDENT, self.style(Role::Dim));
    }
}

/// Where a member stands by its own word, and how sure it says it is, where the plan asked for that.
fn said(call: &Call, part: Option<&Part>) -> String {
    let Some(part) = part.filter(|part| part.position || part.confidence) else { return String::new() };
    if !call.usable() {
        return String::new();
    }
    let Some(found) = stated(&call.text) else { return "states no position".to_owned() };
    let sure = found.confidence.filter(|_| part.confidence).map(|sure| {
        let figure = format!("{sure:.2}");
        let figure = figure.strip_suffix('0').unwrap_or(&figure);
        format!("  says {figure}")
    });
    format!("{}{}", clean::line(&found.value), sure.unwrap_or_default())
}
