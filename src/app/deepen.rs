//! Asking for a deeper look at the claims: whether one can be taken, and what it costs. The engine takes it.

use super::money::priced;
use super::update::toast;
use super::{App, Effect, ask};
use crate::agreement::ahead::ahead;
use crate::core::forecast::Forecast;
use crate::core::price::Cost;
use crate::core::{Command, Pass, clean};

/// Asks for a pass over the run on the board; asks first where it costs more than was agreed, or nobody knows what.
pub(super) fn deepen(app: &mut App, word: Option<&str>) -> Vec<Effect> {
    let pass = match word.unwrap_or_default().parse::<Pass>() {
        Ok(pass) => pass,
        Err(line) => return toast(app, &line),
    };
    let Some(run) = app.run() else { return toast(app, "ask a question first: i writes one") };
    let offers = &app.offers;
    let found =
        match ahead(run, pass, &offers.deepening, &app.prices, offers.judge_prompt, &app.privacy.locals) {
            Ok(found) => found,
            Err(line) => return toast(app, &line),
        };
    let wish = Effect::Council(Command::Deepen { run: run.id, pass });
    let line = found.line();
    let calls = if pass == Pass::Judge { 2 } else { 1 };
    match priced(app, &Forecast::of(found.cost, calls), "This") {
        None => {
            app.say(&format!("{line}; x stops it"));
            vec![wish]
        }
        Some(mut confirm) => {
            confirm.lines.truncate(1);
            confirm.lines.insert(0, line);
            if found.cost == Cost::Unknown {
                let by = clean::line(&found.by.to_string());
                confirm.lines[1] = format!("{by} has no known price. You are asked once in a session.");
            }
            ask::confirmed_first(app, wish, confirm)
        }
    }
}

impl App {
    /// Says what came of the pass that ended last on a run.
    pub(super) fn say_deepened(&mut self, run: crate::core::RunId) {
        let done = self.session.run(run).and_then(|run| run.deeper.done.last());
        if let Some(line) = done.map(crate::core::Deepened::line) {
            self.say(&line);
        }
    }
}
