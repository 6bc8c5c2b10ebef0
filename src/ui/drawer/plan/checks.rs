//! What a check of a plan found, on the rail: the claims that do not hold, whose they are, and who says so why.

use super::{INDENT, Rail};
use crate::agreement::planned::claims;
use crate::app::plan::reading::list;
use crate::core::{Holds, StageState, clean};
use crate::ui::canvas::Row;
use crate::ui::claims::tidy;
use crate::ui::theme::Role;

impl Rail<'_> {
    pub(super) fn check(&self, rows: &mut Vec<Row>, state: &StageState) {
        let found = claims(self.run, state.stage.id);
        for claim in found.iter().filter(|claim| claim.holds == Holds::No) {
            let whose = list(claim.members.iter().copied());
            let text = format!("! {:02} \"{}\" ({whose})", claim.number, tidy(claim.words));
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
