//! The checklist of claims before a guided synthesis: what the person ticked, by places in the answers, and the wish that comes
//! of it. Which claims there are, and in what order, is the local synthesis's; how the list looks is the drawer's.

use super::drawer::{Drawer, DrawerKind};
use super::steps;
use super::synthesis;
use super::update::toast;
use super::{App, Effect};
use crate::agreement::guided::claim_at;
use crate::agreement::ledger::{self, Subject};
use crate::agreement::local::Section;
use crate::agreement::{Claim, Mark};
use crate::core::commission::{Choice, Commission, Pick};
use crate::core::{MergeMode, Point, RunId, Step};

/// What was ticked so far, and how the synthesis is to be made beside that.
#[derive(Clone, Debug, Default)]
pub struct Ticks {
    /// The run whose claims they are.
    run: Option<RunId>,
    /// Chair, inputs, instruction and picks.
    commission: Commission,
}

/// Opens the checklist, with what was asked for beside it; again hides it. What was ticked stays.
pub(super) fn open(app: &mut App, commission: Option<Commission>) -> Vec<Effect> {
    let Some(run) = app.run().map(|run| run.id) else {
        return toast(app, "ask a question first: i writes one");
    };
    if app.drawer.is_some_and(|drawer| drawer.kind == DrawerKind::Guided) && commission.is_none() {
        app.drawer = None;
        return Vec::new();
    }
    if app.local_synthesis().is_empty() {
        return toast(app, "a synthesis takes two answers with claims in them");
    }
    if app.ticks.run != Some(run) {
        app.ticks = Ticks { run: Some(run), commission: Commission::default() };
    }
    if let Some(mut commission) = commission {
        commission.brief.picks = std::mem::take(&mut app.ticks.commission.brief.picks);
        app.ticks.commission = commission;
    }
    app.drawer = Some(Drawer::open(DrawerKind::Guided));
    Vec::new()
}

/// Ticks the chosen claim: up to the chair, must stand, left out, and round again.
pub(super) fn tick(app: &mut App) -> Vec<Effect> {
    let next = match app.choice_here() {
        None => Some(Choice::Keep),
        Some(Choice::Keep | Choice::Side(_)) => Some(Choice::Leave),
        Some(Choice::Leave) => None,
    };
    choose(app, next);
    Vec::new()
}

/// Takes the next side of the chosen conflict as right, or the one before; beyond the last none.
pub(super) fn side(app: &mut App, step: isize) {
    let Some(sides) = app.claim_here().map(|claim| claim.sides.len()).filter(|sides| *sides > 1) else {
        return;
    };
    let at = match app.choice_here() {
        Some(Choice::Side(side)) => side + 1,
        _ => 0,
    };
    let at = (at as isize + step).rem_euclid(sides as isize + 1) as usize;
    choose(app, Some(at.checked_sub(1).map_or(Choice::Keep, Choice::Side)));
}

fn choose(app: &mut App, choice: Option<Choice>) {
    let Some(point) = app.claim_here().map(|claim| claim.number).and_then(|number| app.point_of(number))
    else {
        return;
    };
    let number = app.claim_here().map(|claim| claim.number);
    let others = app.numbered_picks().into_iter().filter(|(claim, _)| Some(*claim) != number);
    let mut picks: Vec<Pick> = others.map(|(_, pick)| pick).collect();
    picks.extend(choice.map(|choice| Pick { point, choice }));
    app.ticks.commission.brief.picks = picks;
}

/// Has the chair merge as it was ticked.
pub(super) fn merge(app: &mut App) -> Vec<Effect> {
    let picks: Vec<Pick> = app.numbered_picks().into_iter().map(|(_, pick)| pick).collect();
    if picks.is_empty() {
        return toast(app, "nothing is ticked yet: Space says what must stand, twice what is left out");
    }
    let mut commission = app.ticks.commission.clone();
    commission.mode = MergeMode::Guided;
    commission.brief.picks = picks;
    steps::extend(app, DrawerKind::Synthesis, Step::synthesis(commission))
}

impl App {
    /// The claims of the checklist in the order of the local synthesis; where inputs were named, those that they make.
    pub fn checklist(&self) -> Vec<(Section, &Claim)> {
        let mut claims = self.local_synthesis();
        claims.retain(|(_, claim)| {
            claim.mark != Mark::Pending && claim.spans.iter().any(|span| self.counts(span.slot))
        });
        claims
    }

    /// Whether the answer of a seat is among those that the synthesis is to be made of.
    pub fn counts(&self, seat: usize) -> bool {
        let of = &self.ticks.commission.brief.of;
        of.is_empty() || self.name(seat).is_some_and(|name| of.contains(name))
    }

    /// How the synthesis would be made beside what is ticked: `by fenna; of fenna, jonas; your instruction: short`.
    pub fn commissioned(&self) -> String {
        synthesis::words(&self.ticks.commission.brief, self.ticks.commission.chair.as_ref()).join("; ")
    }

    /// What was ticked, by the numbers that claims bear on the screen.
    pub fn numbered_picks(&self) -> Vec<(u32, Pick)> {
        if self.run().map(|run| run.id) != self.ticks.run {
            return Vec::new();
        }
        let find = |pick: &Pick| Some((self.claim_picked(&pick.point)?.number, pick.clone()));
        self.ticks.commission.brief.picks.iter().filter_map(find).collect()
    }

    /// The claim that a point is in the answers in view; `None` where they are others by now.
    pub(super) fn claim_picked(&self, point: &Point) -> Option<&Claim> {
        let mut here = point.clone();
        here.said.retain(|quote| self.compared.get(&usize::from(quote.call.slot)) == Some(&quote.call));
        claim_at(&self.agreement, &here)
    }

    fn point_of(&self, number: u32) -> Option<Point> {
        ledger::point(self.run()?, &self.agreement, &self.compared, Subject::Claim(number), None)
    }

    /// The claim of the chosen row.
    pub(super) fn claim_here(&self) -> Option<&Claim> {
        let drawer = self.drawer.filter(|drawer| drawer.kind == DrawerKind::Guided)?;
        self.checklist().get(self.drawer_row(drawer)).map(|(_, claim)| *claim)
    }

    fn choice_here(&self) -> Option<Choice> {
        let number = self.claim_here()?.number;
        self.numbered_picks().into_iter().find(|(claim, _)| *claim == number).map(|(_, pick)| pick.choice)
    }
}
