//! What the session costs, as the workbench says it: the price tag, the question before something dear, and the caps that a
//! person sets on the way. The engine keeps to them.

use super::confirm::{Choice, Confirm, Then};
use super::update::toast;
use super::{App, Effect};
use crate::core::budget::{Caps, Span};
use crate::core::forecast::Forecast;
use crate::core::price::{Cost, Price};
use crate::core::{Call, Command, Dollars, Record, Spent};

/// What was spent, and what may be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Money {
    /// What may be spent.
    pub caps: Caps,
    /// What the session cost so far; a call that runs counts when it is over.
    pub spent: Spent,
    /// What every session of the person cost today when this one was opened.
    pub today: Dollars,
    /// What this one had cost by then.
    pub before: Dollars,
}

/// A cap that something would pass.
struct Over {
    span: Span,
    cap: Dollars,
    spent: Dollars,
}

impl Money {
    /// What was spent today, as far as this program knows: by all when it began, and by itself since.
    pub fn today(&self) -> Dollars {
        self.today + self.spent.sum().less(self.before)
    }

    /// The first cap that something of this size would pass.
    fn over(&self, about: Dollars) -> Option<Over> {
        let spent = self.spent.sum();
        let today = self.today();
        let caps = [
            (Span::Session, self.caps.session, spent),
            (Span::Day, self.caps.day, today),
            (Span::Step, self.caps.step, Dollars(0)),
        ];
        let mut all = caps.into_iter().filter_map(|(span, cap, spent)| Some(Over { span, cap: cap?, spent }));
        all.find(|over| over.spent + about > over.cap)
    }
}

impl App {
    /// What the session cost so far, and its cap, in a few words; nothing where nothing was spent and nothing is capped.
    pub fn price_tag(&self) -> Option<String> {
        let Money { caps, spent, .. } = &self.money;
        match caps.session {
            Some(cap) => Some(format!("{} of {cap}", spent.words())),
            None if *spent == Spent::default() => None,
            None => Some(spent.words()),
        }
    }

    /// What the turn of a seat that is in view cost, with all its attempts, once it is over: a sum, `local` where nothing left
    /// this machine, `free` where nobody charges.
    pub fn seat_tag(&self, seat: usize) -> Option<String> {
        self.call_tag(self.call_in(seat)?)
    }

    /// The same of any turn of the run on the board.
    pub fn call_tag(&self, call: &Call) -> Option<String> {
        let run = self.run()?;
        let last = run.call(call.id.stage, call.id.round, call.id.slot)?;
        let ended = call.ended() && last.ended() && run.waiting(last.id).is_none();
        // Of the scripted ones nobody was asked.
        if !ended || run.council.scripted {
            return None;
        }
        let spent = run.spent_on(call.id, &|model| self.prices.of(model));
        if spent != Spent::default() {
            return Some(spent.words());
        }
        let charges_nothing =
            || call.price.or_else(|| self.prices.of(&call.model)).is_some_and(Price::is_free);
        if call.brought_nothing() {
            None
        } else if self.privacy.locals.holds(&call.model) {
            Some("local".to_owned())
        } else if charges_nothing() {
            Some("free".to_owned())
        } else {
            Some(spent.words())
        }
    }

    /// Counts anew after a record that can change what was spent.
    pub(super) fn count_money(&mut self, record: &Record) {
        use crate::core::Event::{CallEnded, ClaimsEmbedded, PairsJudged};
        if matches!(record.event, CallEnded { .. } | ClaimsEmbedded { .. } | PairsJudged { .. }) {
            self.money.spent = self.session.paid(&|model| self.prices.of(model));
        }
    }
}

/// Sets the session's cap, or says what is spent.
pub(super) fn budget(app: &mut App, word: Option<&str>) -> Vec<Effect> {
    let Some(word) = word.filter(|word| !word.is_empty()) else {
        let spent = app.money.spent.words();
        let line = match app.money.caps.session {
            Some(cap) => format!("{spent} of {cap} is spent in this session; :budget SUM sets another cap"),
            None => format!("{spent} is spent in this session, without a cap; :budget SUM sets one"),
        };
        return toast(app, &line);
    };
    match word.parse::<Dollars>() {
        Ok(cap) => {
            app.say(&format!("this session may cost {cap} from now on"));
            vec![raise(app, cap)]
        }
        Err(fault) => toast(app, &format!("the cap stays: {fault}")),
    }
}

/// Lets the session cost so much from now on.
pub(super) fn raise(app: &mut App, cap: Dollars) -> Effect {
    app.money.caps.session = Some(cap);
    Effect::Council(Command::Budget(cap))
}

/// The question before something dear, or something that a cap would stop; `None` where it may go on at once. What it
/// leads to is still to be said.
pub(super) fn priced(app: &App, ahead: &Forecast, what: &str) -> Option<Confirm> {
    priced_as(app, ahead, what, &ahead.line())
}

/// The same with the figures said in other words.
pub(super) fn priced_as(app: &App, ahead: &Forecast, what: &str, figures: &str) -> Option<Confirm> {
    let over = app.money.over(ahead.about);
    let cost = ahead.cost();
    let (title, line) = match (cost, &over) {
        (Cost::Free, _) => return None,
        (Cost::About(sum), None) if sum <= app.confirm_above => return None,
        (Cost::Unknown, None) if app.unpriced => return None,
        (_, Some(over)) => (
            format!("Over budget? {what} would cost about {}", ahead.about),
            format!(
                "{} of the {}'s {} is spent; what the cap does not cover is not asked.",
                over.spent,
                over.span.word(),
                over.cap
            ),
        ),
        (Cost::About(sum), None) => (
            format!("{what} would cost about ${sum:.2}"),
            format!("That is more than confirm_above (${:.2}) in the configuration.", app.confirm_above),
        ),
        (Cost::Unknown, None) if app.money.caps.any() => (
            "The price is not known".to_owned(),
            "A cap is set, so a model without a known price is not asked: say it under [models].".to_owned(),
        ),
        (Cost::Unknown, None) => (
            "The price is not known".to_owned(),
            "A model of this council has no known price. You are asked once in a session.".to_owned(),
        ),
    };
    let go_on = if over.is_some() { "go on as far as the cap goes" } else { "go on" };
    let mut lines = vec![line];
    if ahead.about > Dollars(0) {
        lines.push(format!("{figures}."));
    }
    let mut choices = vec![
        Choice { key: 'y', text: go_on.to_owned(), then: Then::Close },
        Choice { key: 'n', text: "do not".to_owned(), then: Then::Close },
    ];
    if over.is_some_and(|over| over.span == Span::Session) {
        let cap = whole_cents(app.money.spent.sum() + ahead.most);
        let text = format!("raise the session's cap to {cap}, and go on");
        choices.push(Choice { key: 'b', text, then: Then::Raise(cap, Box::new(Then::Close)) });
    }
    Some(Confirm { title, lines, choices, at: 1 })
}

/// The next sum of whole cents.
fn whole_cents(sum: Dollars) -> Dollars {
    Dollars(sum.0.div_ceil(10_000_000).saturating_mul(10_000_000))
}

impl Confirm {
    /// Offers something that costs less, after the other two.
    pub(super) fn or_less(&mut self, text: String, then: Then) {
        self.choices.insert(2, Choice { key: 'r', text, then });
    }

    /// Says what follows when the person agrees, with a higher cap or without.
    pub(super) fn leads_to(&mut self, then: &Then) {
        for choice in &mut self.choices {
            match &mut choice.then {
                Then::Raise(_, after) => **after = then.clone(),
                _ if choice.key == 'y' => choice.then = then.clone(),
                _ => {}
            }
        }
    }
}
