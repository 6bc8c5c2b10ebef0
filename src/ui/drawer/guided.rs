//! The checklist of a guided synthesis as rows: every claim under its heading with what the person chose for it, in signs and in
//! words. What is ticked is the app's.

use super::local::{entry_of, heading};
use super::{Sheet, View, paragraph, text_row};
use crate::agreement::Claim;
use crate::agreement::local::Section;
use crate::app::App;
use crate::app::drawer::Drawer;
use crate::core::clean;
use crate::core::commission::{Choice, Pick};
use crate::ui::canvas::{self, Row};
use crate::ui::theme::{Role, Theme};
use std::collections::BTreeMap;

pub(super) fn sheet(app: &App, theme: &Theme, open: Drawer, width: u16) -> Sheet<'static> {
    let claims = app.checklist();
    let dim = theme.style(Role::Dim);
    if claims.is_empty() {
        return Sheet::of("a synthesis takes two answers with claims in them", dim);
    }
    let picks: BTreeMap<u32, Pick> = app.numbered_picks().into_iter().collect();
    let chosen = app.drawer_row(open);
    let mut sheet = Sheet { title: title(theme, &picks, claims.len()), ..Sheet::default() };
    let asked = app.commissioned();
    if !asked.is_empty() {
        paragraph(&mut sheet.head, &asked, width, dim);
    }
    let mut view = 0..0;
    let mut last: Option<Section> = None;
    for (at, (section, claim)) in claims.into_iter().enumerate() {
        let from = sheet.rows.len();
        if last.replace(section) != Some(section) {
            heading(&mut sheet.rows, theme, section, width);
        }
        let pick = picks.get(&claim.number);
        let mut rows = Vec::new();
        let box_width = canvas::width(UP_TO) + 1;
        let counts = |seat| app.counts(seat);
        let wide = width.saturating_sub(box_width);
        entry_of(&mut rows, app, theme, (claim, &counts), open.focus && at == chosen, wide);
        let word = sign(theme, pick);
        for (line, mut row) in rows.into_iter().enumerate() {
            let blank = (" ".repeat(usize::from(box_width)), dim);
            // Behind the sign of what is chosen.
            row.insert(usize::from(line == 0), if line == 0 { word.clone() } else { blank });
            sheet.rows.push(row);
        }
        if let Some(line) = in_words(claim, pick) {
            let role = if pick.is_some() { Role::Accent } else { Role::Dim };
            let blank = " ".repeat(usize::from(box_width) + 5);
            sheet.rows.push(text_row(canvas::fit(&format!("{blank}{line}"), width), theme.style(role)));
        }
        if at == chosen {
            view = from..sheet.rows.len();
        }
    }
    let hints = [
        "[x] must stand   [-] left out, and told so   [ ] up to the chair. What nobody agrees on stays told as such.",
        "[x] must stand  [-] left out, told so  [ ] up to the chair",
    ];
    sheet.foot.push(text_row(canvas::longest(&hints, width), dim));
    sheet.view = View::Chosen(view);
    sheet
}

/// The sign of a claim that nothing was chosen for.
const UP_TO: &str = "[ ]";

fn sign(theme: &Theme, pick: Option<&Pick>) -> (String, ratatui::style::Style) {
    let (sign, role) = match pick.map(|pick| pick.choice) {
        None => (UP_TO, Role::Dim),
        Some(Choice::Keep | Choice::Side(_)) => ("[x]", Role::Accent),
        Some(Choice::Leave) => ("[-]", Role::Warning),
    };
    (format!("{sign} "), theme.style(role))
}

/// The side that is to be right; of a conflict without one, how to choose it.
fn in_words(claim: &Claim, pick: Option<&Pick>) -> Option<String> {
    if let Some(side) = pick.and_then(Pick::side) {
        return Some(format!("you take this side: {}", clean::line(side)));
    }
    let kept = pick.is_some_and(|pick| pick.choice == Choice::Keep);
    (claim.sides.len() > 1 && (kept || pick.is_none()))
        .then(|| if kept { "both sides are told; l takes one of them" } else { "l takes a side" }.to_owned())
}

/// How many stand, and how many are left out.
fn title(theme: &Theme, picks: &BTreeMap<u32, Pick>, of: usize) -> Row {
    let left = picks.values().filter(|pick| pick.choice == Choice::Leave).count();
    let words = format!("{} must stand, {left} left out, of {of} ", picks.len() - left);
    text_row(words, theme.style(Role::Dim))
}
