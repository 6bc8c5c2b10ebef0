//! What a check of a plan found, on the rail: the claims that do not hold, whose they are, and who says so why.

use super::{INDENT, Rail};
use crate::app::plan::reading::list;
use crate::core::{Holds, StageState, clean};
use crate::ui::canvas::Row;
use crate::ui::claims::tidy;
use crate::ui::theme::Role;

impl Rail<'_> {
    pub(super) fn check(&self, rows: &mut Vec<Row>, state: &StageState) {
        let Some(begun) = &state.begun else { return };
        let failing = self.run.checked(state.stage.id).into_iter().filter(|claim| claim.holds() == Holds::No);
        for claim in failing {
            let row = begun.table.iter().find(|row| row.number == claim.number);
            let words = row.map(|row| tidy(self.run.wording(&row.point))).unwrap_or_default();
            let calls = row.into_iter().flat_map(|row| row.point.said.iter().map(|quote| quote.call));
            let mut whose: Vec<_> =
                calls.filter_map(|call| Some(&self.run.calls.get(&call)?.member)).collect();
            whose.dedup();
            let text = format!("! {:02} \"{words}\" ({})", claim.number, list(whose));
            self.paragraph(rows, &text, INDENT, self.style(Role::Warning));
            for (member, verdict) in claim.said.iter().filter(|(_, verdict)| verdict.holds == Holds::No) {
                let reason = clean::line(&verdict.reason);
                let reason = if reason.is_empty() { "gives no reason".to_owned() } else { reason };
                let text = format!("{}: {reason}", clean::line(&member.0));
                self.paragraph(rows, &text, INDENT + 5, self.style(Role::Dim));
            }
        }
    }
}
