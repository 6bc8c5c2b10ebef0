//! The ballots on the vote board: what each judge said and saw, and what it weighs; then the judges that still write.

use super::super::pointer;
use super::{Blocks, Board, is};
use crate::agreement::vote::Vote;
use crate::app::vote::Line;
use crate::core::ballot::Ballot;
use crate::core::{Call, clean, prompt};
use crate::ui::canvas::{self, Row};
use crate::ui::state;
use crate::ui::theme::Role;
use ratatui::style::Style;

impl Board<'_> {
    /// Every ballot with its reason, then the judges that still write.
    pub(super) fn ballots(
        &self,
        rows: &mut Vec<Row>,
        blocks: &mut Blocks,
        vote: &Vote,
        chosen: Option<Line>,
        missing: &[&Call],
    ) {
        let dim = self.style(Role::Dim);
        let weights = vote.counting.from.words();
        self.section(rows, "ballots", &format!("best first; weights {weights}: w + - change them"));
        let wide = self.column(vote.ballots.iter().map(|ballot| &ballot.judge));
        let heavy = |ballot: &Ballot| format!("x{:.1}", vote.counting.weight(&ballot.judge));
        let heaviest = vote.ballots.iter().map(|ballot| canvas::width(&heavy(ballot))).max().unwrap_or(0);
        let ranking = |ballot: &Ballot| {
            if ballot.valid { self.names(&ballot.ranking, ballot.sign()) } else { "not valid".to_owned() }
        };
        let widest = vote.ballots.iter().map(|ballot| canvas::width(&ranking(ballot))).max().unwrap_or(0);
        let both = |ballot: &Ballot| match (&ballot.turned, ballot.even) {
            (None, _) => "",
            (Some(_), false) => "; the same turned round",
            (Some(_), true) => "; the other way turned round: a tie",
        };
        let shown = |ballot: &Ballot| {
            // The letters of its prompt are others than those that stand for names here.
            let seen =
                if self.blind() { self.names(&ballot.shown, " ") } else { prompt::legend(&ballot.shown) };
            format!("saw {seen}{}", both(ballot))
        };
        let seen = vote.ballots.iter().map(|ballot| canvas::width(&shown(ballot))).max().unwrap_or(0);
        let indent = wide + heaviest + 4;
        let one_line = indent + widest + 3 + seen <= self.width;
        for (at, ballot) in vote.ballots.iter().enumerate() {
            let from = rows.len();
            let chosen = is(chosen, Line::Ballot(at));
            let role = if ballot.valid { Role::Strong } else { Role::Warning };
            let plain = (vote.counting.weight(&ballot.judge) - 1.0).abs() < 1e-9;
            let weight = self.style(if plain { Role::Dim } else { Role::Accent });
            let mut row = vec![
                pointer(chosen, self.theme),
                (" ".to_owned(), dim),
                (self.padded(&ballot.judge, wide), self.chosen_style(Style::default(), chosen)),
                (format!(" {}", canvas::pad(&heavy(ballot), heaviest)), weight),
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
            let mut calls = self.run.counting_of(vote.stage);
            let error = calls.find(|call| call.member == ballot.judge).and_then(|call| call.error.as_ref());
            match (error, ballot.valid) {
                (Some(error), _) => {
                    let text = format!("! {} ({})", clean::exact(&error.message), clean::exact(&error.hint));
                    under(rows, &text, Role::Warning);
                }
                (None, false) => under(rows, &format!("! {note}"), Role::Warning),
                // Its reason names answers by the letters of its prompt, which are others than those on the board.
                (None, true) if note.is_empty() || self.blind() => {}
                (None, true) => under(rows, &format!("\"{note}\""), Role::Quote),
            }
            blocks.0.push(from..rows.len());
        }
        for call in missing {
            let (words, role) = state::words(Some(call), self.app.now, true);
            rows.push(vec![
                (format!("  {} ", self.padded(&call.member, wide)), dim),
                (words, self.style(role)),
            ]);
        }
    }
}
