//! Lists that are searched by typing: help, the palette, earlier questions. What is in them and what is chosen; not how
//! they look.

use super::readline::Line;
use super::table::{Entry, GROUPS, TABLE, commands};
use super::{App, Overlay, Place};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// A list that is searched by typing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct List {
    /// What is looked for.
    pub query: Line,
    /// Whether keys go to the search.
    pub typing: bool,
    /// The line chosen, from 0.
    pub at: usize,
}

impl List {
    /// A list with the cursor in its search.
    pub fn typing() -> Self {
        Self { typing: true, ..Self::default() }
    }

    /// Moves the choice by lines within so many.
    pub fn by(&mut self, lines: isize, of: usize) {
        self.at = self.at.min(of.saturating_sub(1)).saturating_add_signed(lines).min(of.saturating_sub(1));
    }
}

/// The texts that match a query, best first: all of them, in their order, for an empty one.
pub(super) fn matching<T>(query: &str, items: Vec<T>, text: impl Fn(&T) -> String) -> Vec<T> {
    if query.trim().is_empty() {
        return items;
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(query, CaseMatching::Ignore, Normalization::Smart);
    let mut buffer = Vec::new();
    let mut scored: Vec<(u32, T)> = items
        .into_iter()
        .filter_map(|item| {
            let text = text(&item);
            let score = pattern.score(Utf32Str::new(&text, &mut buffer), &mut matcher)?;
            Some((score, item))
        })
        .collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().map(|(_, item)| item).collect()
}

impl App {
    /// The entries that help lists: those of the board and the composer by group, searched where something is looked for.
    pub fn help(&self, list: &List) -> Vec<&'static Entry> {
        let of = |place: Place| {
            let mut entries: Vec<&Entry> = TABLE.iter().filter(|entry| entry.place == place).collect();
            entries.sort_by_key(|entry| GROUPS.iter().position(|name| *name == entry.group));
            entries
        };
        let mut entries = of(Place::Board);
        entries.extend(of(Place::Ledger));
        entries.extend(of(Place::Vote));
        entries.extend(of(Place::Plan));
        entries.extend(of(Place::Composer));
        matching(list.query.text(), entries, |entry| {
            format!("{} {} {} {}", entry.id, entry.keys.join(" "), entry.long, entry.group)
        })
    }

    /// The actions that the palette offers: what can be done now.
    pub fn palette(&self, list: &List) -> Vec<&'static Entry> {
        let entries: Vec<&Entry> = commands().filter(|entry| self.can_under(entry)).collect();
        matching(list.query.text(), entries, |entry| format!("{} {}", entry.id, entry.long))
    }

    /// Whether an action could be taken once what lies over the board is closed.
    pub(super) fn can_under(&self, entry: &Entry) -> bool {
        use super::Action;
        match entry.action {
            // These only look able because a list lies over the board.
            Action::Down | Action::Up | Action::Top | Action::End | Action::HalfDown | Action::HalfUp => {
                self.run().is_some()
            }
            action => self.can(action),
        }
    }

    /// Earlier questions, newest first, each once, searched where something is looked for.
    pub fn past(&self, list: &List) -> Vec<&str> {
        let mut seen = std::collections::BTreeSet::new();
        let newest = self.composer.history().iter().rev();
        let items: Vec<&str> = newest.map(String::as_str).filter(|text| seen.insert(*text)).collect();
        matching(list.query.text(), items, |text| (*text).to_owned())
    }

    /// How many lines the list has that lies over the board.
    pub(super) fn listed(&self) -> usize {
        match &self.overlay {
            Some(Overlay::Help(list)) => self.help(list).len(),
            Some(Overlay::Palette(list)) => self.palette(list).len(),
            Some(Overlay::Past(list)) => self.past(list).len(),
            Some(Overlay::Plans(list)) => self.plan_choices(list).len(),
            Some(Overlay::Command(command)) => self.suggestions(command).len(),
            Some(Overlay::Models(picker)) => self.picker_lines(picker).len(),
            Some(Overlay::Council(_)) => self.council_lines().len(),
            Some(Overlay::Confirm(confirm)) => confirm.choices.len(),
            Some(Overlay::Rule(open)) => open.choices.len(),
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_finds_by_letters_in_order_and_keeps_the_order_without_one() {
        let items = || vec!["synthesis", "save", "stop", "vote"];
        let find = |query: &str| matching(query, items(), |text| (*text).to_owned());
        assert_eq!(find(""), items());
        assert_eq!(find("syn"), ["synthesis"]);
        assert_eq!(find("vt"), ["vote"]);
        assert!(find("zzz").is_empty());
    }
}
