//! The ledger on the workbench: which point is meant, the box in which it is ruled on, and the wishes that come of it. How
//! rulings find their claims is the agreement's; this only asks.

use super::drawer::{Drawer, DrawerKind};
use super::readline::Line;
use super::update::toast;
use super::{App, Effect, Overlay, ask, steps};
use crate::agreement::ledger::{self, Entry, Ledger, Subject};
use crate::agreement::{Claim, Side, outcome};
use crate::core::{Ask, Command, Point, Ruling, Verdict, clean};

/// The box in which a point is ruled on.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleBox {
    /// What the box is about, in words.
    pub words: String,
    /// The point.
    pub point: Point,
    /// What can be ruled.
    pub choices: Vec<(Verdict, String)>,
    /// The line chosen, from 0.
    pub at: usize,
    /// What the person adds.
    pub note: Line,
}

/// Opens the box for the point that is meant.
pub(super) fn rule(app: &mut App) -> Vec<Effect> {
    let Some((subject, point)) = meant(app) else { return toast(app, NONE) };
    let before = app.ruled_here().cloned();
    let sides = app.sides_of(subject);
    let mut choices: Vec<(Verdict, String)> = Vec::new();
    for (at, value) in point.sides.iter().enumerate() {
        let names = sides.get(at).map(|side| format!("  ({})", app.names(&side.slots))).unwrap_or_default();
        choices.push((Verdict::Side(at), format!("{}{names}", clean::line(value))));
    }
    if point.sides.len() > 1 {
        choices.push((Verdict::Both, "both may hold".to_owned()));
    }
    choices.push((Verdict::Undecided, "undecided: it stays open".to_owned()));
    choices.push((Verdict::Wrong, "wrong, whatever side one takes".to_owned()));
    if before.is_some() {
        choices.push((Verdict::Withdrawn, "take the ruling back".to_owned()));
    }
    let known = |ruling: &Ruling| {
        // A side is found by its value: the sides of now may stand in another order.
        let value = |ruling: &Ruling, side: usize| ruling.point.sides.get(side).cloned();
        choices.iter().position(|(verdict, _)| match (ruling.verdict, *verdict) {
            (Verdict::Side(old), Verdict::Side(now)) => value(ruling, old).as_ref() == point.sides.get(now),
            (old, now) => old == now,
        })
    };
    let at = before.as_ref().and_then(known).unwrap_or(0);
    let note = before.map(|ruling| ruling.note).unwrap_or_default();
    let words = app.subject_words(subject);
    app.overlay = Some(Overlay::Rule(RuleBox { words, point, choices, at, note: Line::of(&note) }));
    Vec::new()
}

/// Rules what is chosen in the box.
pub(super) fn choose(app: &mut App) -> Vec<Effect> {
    let Some(Overlay::Rule(open)) = app.overlay.take() else { return Vec::new() };
    let Some((verdict, _)) = open.choices.get(open.at) else { return Vec::new() };
    let note =
        if *verdict == Verdict::Withdrawn { String::new() } else { open.note.text().trim().to_owned() };
    wish(app, Ruling { point: open.point, verdict: *verdict, note })
}

/// Marks the claim that is meant as wrong; one that is marked already is not wrong any more.
pub(super) fn wrong(app: &mut App) -> Vec<Effect> {
    let Some((_, point)) = meant(app) else { return toast(app, NONE) };
    let marked = app.ruled_here().is_some_and(|ruling| ruling.verdict == Verdict::Wrong);
    let verdict = if marked { Verdict::Withdrawn } else { Verdict::Wrong };
    wish(app, Ruling { point, verdict, note: String::new() })
}

/// Takes the ruling on what is meant back.
pub(super) fn take_back(app: &mut App) -> Vec<Effect> {
    let Some((_, point)) = meant(app) else { return toast(app, NONE) };
    if app.ruled_here().is_none() {
        return toast(app, "nothing is ruled on this: r rules");
    }
    wish(app, Ruling { point, verdict: Verdict::Withdrawn, note: String::new() })
}

/// Begins a debate on the point that is meant, and on nothing else.
pub(super) fn argue(app: &mut App) -> Vec<Effect> {
    let Some((_, point)) = meant(app) else { return toast(app, NONE) };
    if point.sides.len() < 2 {
        return toast(app, "nobody disagrees on this; d on the board debates the whole answers");
    }
    let Some(run) = app.run() else { return Vec::new() };
    if run.last_stage(Ask::Critique).is_some_and(|state| !run.settled(state.stage.id)) {
        return toast(app, "a round is on its way; debate this point when it is over");
    }
    if run.argue(&point).is_none() {
        return toast(app, "these answers are not on record yet; try it again when they have finished");
    }
    let wish = Effect::Council(Command::Argue { run: run.id, point });
    let cost = steps::debate_cost(app);
    app.drawer = Some(Drawer::open(DrawerKind::Debate));
    ask::wished(app, wish, &cost, "Debate on one point")
}

const NONE: &str = "no claim is chosen: ! lists the conflicts, J goes from claim to claim";

fn wish(app: &mut App, ruling: Ruling) -> Vec<Effect> {
    let Some(run) = app.run() else { return Vec::new() };
    if run.rule(&ruling).is_none() {
        return toast(app, "this is ruled so already");
    }
    vec![Effect::Council(Command::Rule { run: run.id, ruling })]
}

/// What the keys are about, as a point that can be ruled on.
fn meant(app: &App) -> Option<(Subject, Point)> {
    let (run, subject) = (app.run()?, app.subject()?);
    let point = ledger::point(run, &app.agreement, &app.compared, subject, app.ruled_here())?;
    Some((subject, point))
}

impl App {
    /// Finds anew what is divided and ruled on, after answers or rulings changed.
    pub(super) fn find_ledger(&mut self) {
        let compared = self.run().filter(|_| !self.compared.is_empty());
        let found = compared.map(|run| ledger::ledger(run, &self.agreement, &self.compared));
        self.ledger = found.unwrap_or_default();
    }

    /// What is divided and ruled on, in the answers on the board.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The line of the ledger that is chosen while it has the keys.
    pub fn chosen_entry(&self) -> Option<&Entry> {
        let drawer = self.drawer.filter(|drawer| drawer.kind == DrawerKind::Conflicts)?;
        self.ledger.entries.get(self.drawer_row(drawer))
    }

    /// Whether the ledger is open.
    pub(super) fn lists_conflicts(&self) -> bool {
        self.drawer.is_some_and(|drawer| drawer.kind == DrawerKind::Conflicts)
    }

    /// The ruling of the chosen line, where no answer makes its claim any more.
    fn gone_chosen(&self) -> Option<&Ruling> {
        let entry = self.chosen_entry().filter(|entry| entry.subject == Subject::Gone)?;
        self.focused_drawer().and(entry.ruling.as_ref())
    }

    /// What a ruling would be about: the line of the ledger or the matrix with the keys, else the claim that is looked at.
    fn subject(&self) -> Option<Subject> {
        match self.focused_drawer() {
            Some(drawer) if drawer.kind == DrawerKind::Conflicts => {
                self.chosen_entry().map(|entry| entry.subject)
            }
            Some(drawer) if drawer.kind == DrawerKind::Matrix => {
                let claim = self.agreement.claims.get(self.drawer_row(drawer))?;
                Some(Subject::Claim(claim.number))
            }
            _ => self.selected.map(Subject::Claim),
        }
    }

    /// The ruling on what is looked at.
    pub(super) fn ruled_here(&self) -> Option<&Ruling> {
        self.gone_chosen()
            .or_else(|| self.ledger.on(self.subject().filter(|subject| *subject != Subject::Gone)?))
    }

    /// Whether there are sides on what is looked at.
    pub(super) fn divided_here(&self) -> bool {
        self.subject().is_some_and(|subject| self.sides_of(subject).len() > 1)
    }

    /// Whether there is something to rule on.
    pub(super) fn can_rule(&self) -> bool {
        self.subject().is_some()
    }

    /// The claim with a number.
    pub fn claim_numbered(&self, number: u32) -> Option<&Claim> {
        self.agreement.claims.iter().find(|claim| claim.number == number)
    }

    /// The sides that stand against each other on a subject.
    pub fn sides_of(&self, subject: Subject) -> Vec<Side> {
        match subject {
            Subject::Answers => ledger::positions(&self.agreement),
            Subject::Claim(number) => {
                self.claim_numbered(number).map(|claim| claim.sides.clone()).unwrap_or_default()
            }
            Subject::Gone => Vec::new(),
        }
    }

    /// A subject in words, in one line.
    pub fn subject_words(&self, subject: Subject) -> String {
        let Some(run) = self.run() else { return String::new() };
        match subject {
            Subject::Answers => "What the answers come to".to_owned(),
            Subject::Claim(number) => {
                let title = self.claim_numbered(number).map(|claim| outcome::words(run, &claim.title));
                clean::line(title.unwrap_or_default().trim())
            }
            Subject::Gone => {
                let ruling = self.gone_chosen();
                clean::line(ruling.map(|ruling| run.wording(&ruling.point)).unwrap_or_default().trim())
            }
        }
    }

    /// The names of seats, with commas.
    pub fn names(&self, slots: &[usize]) -> String {
        slots.iter().map(|slot| self.shown_name(*slot)).collect::<Vec<_>>().join(", ")
    }

    /// Goes from the ledger to the sentences in the panes. False where there are none any more.
    pub(super) fn open_conflict(&mut self, drawer: Drawer) -> bool {
        let Some(subject) = self.chosen_entry().map(|entry| entry.subject) else { return false };
        match subject {
            Subject::Claim(number) => self.show_claim(number),
            Subject::Answers => self.show_positions(),
            Subject::Gone => return false,
        }
        self.drawer = Some(Drawer { at: self.drawer_row(drawer), focus: false, ..drawer });
        true
    }

    /// Brings the words in which each answer says what it comes to into view.
    fn show_positions(&mut self) {
        let mut places: Vec<(usize, usize)> = Vec::new();
        for side in ledger::positions(&self.agreement) {
            for seat in side.slots {
                let Some(call) = self.call_in(seat) else { continue };
                let Some(text) = self.texts.get(&call.id) else { continue };
                places.push((seat, text.to_clean(place_of(&call.text, &side.value))));
            }
        }
        self.selected = None;
        self.look_at(&places);
    }
}

/// The byte at which an answer says what it comes to: its last line that states a position, else the last place of the
/// value, and of a yes or no the first; where it says it in other words, its end.
fn place_of(text: &str, value: &str) -> usize {
    let lower = text.to_ascii_lowercase();
    if let Some(at) = lower.rfind("position:") {
        return at;
    }
    let value = value.to_ascii_lowercase();
    let whole = |at: &usize| {
        let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        !inside(lower[..*at].chars().next_back()) && !inside(lower[at + value.len()..].chars().next())
    };
    let mut places = lower.match_indices(value.as_str()).map(|(at, _)| at).filter(whole);
    let place = if matches!(value.as_str(), "yes" | "no") { places.next() } else { places.last() };
    place.unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::place_of;

    #[test]
    fn the_words_of_a_position_are_found() {
        let at = |text: &str, value: &str| text[place_of(text, value)..].to_owned();
        assert_eq!(at("No, I know. no.", "no"), "No, I know. no.");
        assert_eq!(at("It takes 30 days or 30 days, not 130 days.", "30 days"), "30 days, not 130 days.");
        assert_eq!(at("Yes.\n\nPOSITION: no", "no"), "POSITION: no");
        assert_eq!(at("Certainly.", "yes"), "");
        assert_eq!(at("", ""), "");
    }
}
