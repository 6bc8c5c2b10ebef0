//! `[search]`: what is looked through for the best council and plan. Which members and plans those are, the arms say.

use super::{MOST_REPEATS, whole_list};
use crate::config::faults::{Faults, Section, number, whole};

/// What is looked through.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// How many members sit in a council.
    pub sizes: Vec<usize>,
    /// The share of the questions that is held back to check the winner on, 0 to 1.
    pub held_out: f64,
    /// The most councils for each plan.
    pub candidates: usize,
    /// What a question may cost, in US dollars.
    pub price: Option<f64>,
}

impl Default for Search {
    fn default() -> Self {
        Self { sizes: vec![1, 3, 5], held_out: 0.4, candidates: 27, price: None }
    }
}

/// Reads it; without the table all is as usual.
pub(super) fn read(root: &Section<'_>, faults: &mut Faults<'_>) -> Search {
    const ALLOWED: &str =
        "a table [search] with sizes = [1, 3, 5], held_out = 0.4, candidates = 27 and price = 0.01";
    let usual = Search::default();
    let Some(section) = root.get("search").and_then(|item| item.section(faults, ALLOWED)) else {
        return usual;
    };
    section.only(faults, &["candidates", "held_out", "price", "sizes"]);
    let sizes =
        section.read(faults, "sizes", "a list of whole numbers from 1 to 15, such as [1, 3, 5]", |value| {
            whole_list(value)
                .filter(|sizes| !sizes.is_empty() && sizes.iter().all(|size| (1..=15).contains(size)))
        });
    let held_out = section.read(faults, "held_out", "a share from 0.1 to 0.9", |value| {
        number(value).filter(|share| (0.1..=0.9).contains(share))
    });
    let candidates = section.read(faults, "candidates", "a whole number from 1 to 1000", |value| {
        whole(value).filter(|many| (1..=MOST_REPEATS).contains(many))
    });
    let price = section.read(faults, "price", "US dollars a question, such as 0.01", |value| {
        number(value).filter(|sum| *sum >= 0.0)
    });
    Search {
        sizes: sizes.map_or(usual.sizes, |sizes| sizes.into_iter().map(|size| size as usize).collect()),
        held_out: held_out.unwrap_or(usual.held_out),
        candidates: candidates.map_or(usual.candidates, |many| many as usize),
        price,
    }
}
