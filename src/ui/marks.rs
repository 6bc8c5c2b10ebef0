//! The claims of a pane by their place in its text, sorted once for each comparison, so that a frame looks at those in view.
//! How they look is not known here.

use crate::agreement::{Agreement, Mark};
use crate::app::App;
use crate::core::clean::CleanText;
use crate::core::{Call, CallId};
use std::ops::Range;
use std::sync::Arc;

/// A claim as it lies in a pane's clean text.
#[derive(Clone, Debug)]
pub(super) struct Marked {
    pub range: Range<usize>,
    pub number: u32,
    pub mark: Mark,
}

/// The claims of all panes.
#[derive(Default)]
pub(super) struct Placed {
    /// The comparison they are from.
    of: Option<Arc<Agreement>>,
    seats: Vec<Seat>,
}

#[derive(Default)]
struct Seat {
    /// As they lie in the raw text.
    raw: Vec<Marked>,
    /// The call whose clean text they were placed in, and whether it had ended.
    placed: Option<(CallId, bool)>,
    /// In order of the text.
    marked: Vec<Marked>,
    /// For each of them how far it, or one before it, reaches.
    reach: Vec<usize>,
}

impl Placed {
    /// The claims that touch a range of a pane's clean text, where the comparison saw the text that is in it, and how far
    /// any claim of it reaches: what stands behind that is not compared yet.
    pub(super) fn within(
        &mut self,
        app: &App,
        seat: usize,
        call: &Call,
        clean: &CleanText,
        range: &Range<usize>,
    ) -> (&[Marked], usize) {
        if app.compared.get(&seat) != Some(&call.id) {
            return (&[], 0);
        }
        if !self.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, &app.agreement)) {
            self.sort(&app.agreement);
        }
        let Some(seat) = self.seats.get_mut(seat) else { return (&[], 0) };
        seat.place(call, clean);
        let from = seat.reach.partition_point(|end| *end <= range.start);
        let to = seat.marked.partition_point(|marked| marked.range.start < range.end);
        (seat.marked.get(from..to).unwrap_or_default(), seat.reach.last().copied().unwrap_or(0))
    }

    fn sort(&mut self, agreement: &Arc<Agreement>) {
        self.seats.clear();
        for claim in &agreement.claims {
            for span in &claim.spans {
                if self.seats.len() <= span.slot {
                    self.seats.resize_with(span.slot + 1, Seat::default);
                }
                let marked = Marked { range: span.range.clone(), number: claim.number, mark: claim.mark };
                self.seats[span.slot].raw.push(marked);
            }
        }
        self.of = Some(Arc::clone(agreement));
    }
}

impl Seat {
    fn place(&mut self, call: &Call, clean: &CleanText) {
        if self.placed == Some((call.id, call.ended())) {
            return;
        }
        let there = self.raw.iter().filter(|marked| marked.range.end <= call.text.len());
        self.marked = there
            .map(|marked| Marked {
                range: clean.to_clean(marked.range.start)..clean.to_clean(marked.range.end),
                ..marked.clone()
            })
            .collect();
        self.marked.sort_by_key(|marked| (marked.range.start, marked.range.end));
        let reach = self.marked.iter().scan(0, |reach, marked| {
            *reach = marked.range.end.max(*reach);
            Some(*reach)
        });
        self.reach = reach.collect();
        self.placed = Some((call.id, call.ended()));
    }
}
