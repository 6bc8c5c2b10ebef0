//! The model picker: which models there are, which of them sit in the council, and what is known of whether they answer.
//! What is in it and what its keys do; not how it looks, and not who asks.

use super::lineup;
use super::list::matching;
use super::readline::Line;
use super::update::toast;
use super::{Action, App, Effect, Overlay};
use crate::core::health::{Figures, WINDOW, figures};
use crate::core::offer::{KeyState, Offer, Probe};
use crate::core::price::Cost;
use crate::core::{Dollars, ModelRef, clean};
use std::collections::BTreeMap;

/// What a probe is guessed to read and write, in tokens: a few words, and at most what it may answer.
const PROBE_READS: u64 = 20;

/// The picker, while it is open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picker {
    /// What is looked for.
    pub query: Line,
    /// The line chosen, from 0.
    pub at: usize,
    /// The model that a probe was wanted of, while the person has not agreed to what it may cost.
    pub asked: Option<ModelRef>,
}

/// What is known of the models that there are, kept while the picker is closed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shelf {
    /// The models: the catalogue's at first, then the providers' own lists.
    pub offers: Vec<Offer>,
    /// Whether lists are on their way.
    pub loading: bool,
    /// Whether they were asked for.
    asked: bool,
    /// How many providers could not be reached.
    pub failed: usize,
    /// What probes came to.
    pub probes: BTreeMap<ModelRef, Probe>,
}

impl Shelf {
    /// With what is known without asking.
    pub fn of(offers: Vec<Offer>) -> Self {
        Self { offers: ordered(offers), ..Self::default() }
    }
}

/// Those that can be asked come first.
fn ordered(mut offers: Vec<Offer>) -> Vec<Offer> {
    offers.sort_by_key(|offer| matches!(offer.key, KeyState::Missing(_)));
    offers
}

/// A line of the picker.
#[derive(Clone, Debug, PartialEq)]
pub struct PickerLine {
    /// The model.
    pub model: ModelRef,
    /// What is known of it; `None` for one that sits in the council and that no list has.
    pub offer: Option<Offer>,
    /// Its seats in the council that is asked next, from 1.
    pub seats: Vec<usize>,
}

impl App {
    /// The picker's lines: members that no list has, then all models; searched where something is looked for.
    pub fn picker_lines(&self, picker: &Picker) -> Vec<PickerLine> {
        let members = self.council.iter().flat_map(|council| &council.members);
        let mut seats: BTreeMap<&ModelRef, Vec<usize>> = BTreeMap::new();
        for (seat, member) in members.enumerate() {
            seats.entry(&member.model).or_default().push(seat + 1);
        }
        let known: std::collections::BTreeSet<&ModelRef> =
            self.shelf.offers.iter().map(|offer| &offer.model).collect();
        let unlisted = seats.keys().filter(|model| !known.contains(*model)).map(|model| (*model, None));
        let listed = self.shelf.offers.iter().map(|offer| (&offer.model, Some(offer)));
        let lines =
            matching(picker.query.text(), unlisted.chain(listed).collect(), |(model, _)| model.to_string());
        let line = |(model, offer): (&ModelRef, Option<&Offer>)| PickerLine {
            model: model.clone(),
            offer: offer.cloned(),
            seats: seats.get(model).cloned().unwrap_or_default(),
        };
        lines.into_iter().map(line).collect()
    }

    /// The chosen line.
    pub fn picked(&self) -> Option<PickerLine> {
        let Some(Overlay::Models(picker)) = &self.overlay else { return None };
        let mut lines = self.picker_lines(picker);
        let at = picker.at.min(lines.len().saturating_sub(1));
        (at < lines.len()).then(|| lines.swap_remove(at))
    }

    /// The seat that is moved and made the chair on the chosen line, from 0: of several of one model the last, as is taken.
    pub(super) fn picked_seat(&self) -> Option<usize> {
        self.picked()?.seats.last()?.checked_sub(1)
    }

    /// How a model did here lately, at whichever endpoints, and whether it was asked more often than is remembered.
    pub fn used(&self, model: &ModelRef) -> (Figures, bool) {
        let mut samples = Vec::new();
        let mut more = false;
        for endpoint in self.health.endpoints() {
            let window = self.health.window(endpoint, self.now);
            let before = samples.len();
            samples.extend(window.clone().filter(|sample| sample.model == *model));
            more |= samples.len() > before && window.count() >= WINDOW;
        }
        (figures(samples.into_iter()), more)
    }

    /// What a probe of a model is guessed to cost.
    pub fn probe_cost(&self, model: &ModelRef) -> Cost {
        self.prices.estimate([(model, PROBE_READS, u64::from(Probe::ANSWER))])
    }
}

/// Opens the picker; the first time, lists are asked for. The demo is offline, so there they wait to be wanted.
pub(super) fn open(app: &mut App) -> Vec<Effect> {
    app.overlay = Some(Overlay::Models(Picker::default()));
    let demo = app.council.as_ref().is_some_and(|council| council.scripted);
    if app.shelf.asked || demo { Vec::new() } else { lists(app) }
}

/// What the picker makes of an action; `None` where it means the same as everywhere.
pub(super) fn act(app: &mut App, action: Action) -> Option<Vec<Effect>> {
    Some(match action {
        Action::Tick => tick(app),
        Action::SeatUp | Action::SeatDown => shift(app, action == Action::SeatDown),
        Action::Chair => chair(app),
        Action::Probe => probe(app),
        Action::Lists => lists(app),
        Action::Choose => {
            app.overlay = None;
            Vec::new()
        }
        _ => return None,
    })
}

fn lists(app: &mut App) -> Vec<Effect> {
    if app.shelf.loading {
        return Vec::new();
    }
    (app.shelf.asked, app.shelf.loading) = (true, true);
    vec![Effect::Models]
}

/// Takes in which models there are; the chosen line stays on its model. Prices that providers say are known from now on.
pub(super) fn listed(app: &mut App, offers: Vec<Offer>, notes: Vec<String>) -> Vec<Effect> {
    let chosen = app.picked().map(|line| line.model);
    for offer in &offers {
        if let (Some(price), None) = (offer.price, app.prices.of(&offer.model))
            && !app.prices.unknown.contains(&offer.model)
        {
            app.prices.known.insert(offer.model.clone(), price);
        }
    }
    app.shelf.failed = notes.len();
    (app.shelf.offers, app.shelf.loading) = (ordered(offers), false);
    for note in notes {
        app.messages.push((app.now, clean::line(&note)));
    }
    if let (Some(chosen), Some(Overlay::Models(picker))) = (chosen, &app.overlay) {
        let at = app.picker_lines(picker).iter().position(|line| line.model == chosen).unwrap_or(0);
        if let Some(Overlay::Models(picker)) = &mut app.overlay {
            picker.at = at;
        }
    }
    Vec::new()
}

/// Gives the chosen model a seat in the council of the next question, or takes its last one.
fn tick(app: &mut App) -> Vec<Effect> {
    let Some(line) = app.picked() else { return Vec::new() };
    if let Some(seat) = line.seats.last() {
        return lineup::unseat(app, seat - 1);
    }
    if let Some(Offer { key: KeyState::Missing(name), .. }) = &line.offer {
        let said = format!("no key: leave synod, export {name}=..., and come back with synod resume");
        return toast(app, &said);
    }
    lineup::seat(app, &line.model)
}

/// Moves the chosen model's seat.
fn shift(app: &mut App, back: bool) -> Vec<Effect> {
    match app.picked_seat() {
        Some(seat) => lineup::shift(app, seat, back),
        None => unseated(app),
    }
}

/// Makes the chosen model's member the chair.
fn chair(app: &mut App) -> Vec<Effect> {
    let council = app.council.as_ref();
    let member = app.picked_seat().and_then(|seat| Some(council?.members.get(seat)?.name.0.clone()));
    match member {
        Some(name) => lineup::chair(app, Some(&name)),
        None => unseated(app),
    }
}

fn unseated(app: &mut App) -> Vec<Effect> {
    toast(app, "this model has no seat; Space gives it one")
}

/// Sends a tiny question to the chosen model alone. What nobody knows the price of, or what is dear, is asked about first.
fn probe(app: &mut App) -> Vec<Effect> {
    let Some(line) = app.picked() else { return Vec::new() };
    let model = line.model;
    if let Some(Offer { key: KeyState::Missing(name), .. }) = &line.offer {
        return toast(app, &format!("no key, so nothing was sent: export {name}=... before synod starts"));
    }
    if app.shelf.probes.get(&model) == Some(&Probe::Running) {
        return Vec::new();
    }
    let dear = match app.probe_cost(&model) {
        Cost::Free => false,
        Cost::About(dollars) => dollars > app.confirm_above,
        Cost::Unknown => !app.unpriced,
    };
    if let Some(Overlay::Models(picker)) = &mut app.overlay {
        if dear && picker.asked.as_ref() != Some(&model) {
            picker.asked = Some(model);
            return Vec::new();
        }
        picker.asked = None;
    }
    app.shelf.probes.insert(model.clone(), Probe::Running);
    let price = app.prices.of(&model);
    vec![Effect::Probe(model, price)]
}

/// Takes in what a probe came to. It belongs to no session, but to the day.
pub(super) fn probed(app: &mut App, model: ModelRef, probe: Probe, cost: Dollars) -> Vec<Effect> {
    app.money.today += cost;
    if let Probe::Failed(error) = &probe {
        let line = format!("{model}: {}; {}", error.message, error.hint);
        app.messages.push((app.now, clean::line(&line)));
    }
    app.shelf.probes.insert(model, probe);
    Vec::new()
}
