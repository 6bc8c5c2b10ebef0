//! Syntheses on the workbench: the wish as it is typed, and which of several is in view. What one comes to is [`super::made`]'s.

use super::ask::Reading;
use super::drawer::DrawerKind;
use super::message::Found;
use super::update::toast;
use super::{App, Effect, guided, steps};
use crate::agreement::outcome;
use crate::core::commission::{Brief, Commission, Typed, With};
use crate::core::{Ask, MemberId, MergeMode, StageState, Step, clean};

/// Makes, shows or hides the synthesis; with words, makes one more as they say, over the answers already there.
pub(super) fn synthesis(app: &mut App, word: Option<&str>) -> Vec<Effect> {
    match word {
        None => steps::drawer(app, DrawerKind::Synthesis, Ask::Merge, Step::SYNTHESIS),
        Some(word) => typed(app, word, None),
    }
}

/// Opens the checklist of a guided one.
pub(super) fn guided(app: &mut App, word: Option<&str>) -> Vec<Effect> {
    match word {
        None => guided::open(app, None),
        Some(word) => typed(app, word, Some(MergeMode::Guided)),
    }
}

fn typed(app: &mut App, word: &str, mode: Option<MergeMode>) -> Vec<Effect> {
    let typed = match word.parse::<Typed>() {
        Ok(typed) => typed,
        Err(line) => return toast(app, &line),
    };
    let Some(run) = app.run() else { return toast(app, "ask a question first: i writes one") };
    let mode = mode.or(typed.mode).unwrap_or_default();
    let names = (typed.chair.as_ref(), typed.of.as_slice());
    let mut commission = match Commission::looked_up(&run.council_now(), mode, names, ["by", "of"]) {
        Ok(commission) => commission,
        Err(line) => return toast(app, &line),
    };
    match typed.with {
        Some(With::File(path)) => {
            app.reading.push_back(Reading::Instruction(Box::new(commission)));
            return vec![Effect::Read(vec![path])];
        }
        Some(With::Words(words)) => commission.brief.instruction = words,
        None => {}
    }
    begin(app, commission)
}

/// Takes in the file that holds an instruction.
pub(super) fn instructed(app: &mut App, mut commission: Commission, found: Vec<Found>) -> Vec<Effect> {
    let Some(one) = found.into_iter().next() else { return Vec::new() };
    match one.file {
        Some(Ok(file)) if !file.text.trim().is_empty() => {
            file.text.trim().clone_into(&mut commission.brief.instruction);
            begin(app, commission)
        }
        Some(Ok(file)) => {
            let line = format!("{} is empty; nothing was asked", clean::exact(&file.name));
            toast(app, &line)
        }
        Some(Err(fault)) => toast(app, &fault),
        None => {
            let line = format!(
                "no file {}; an instruction itself stands in quotes: with \"…\"",
                clean::exact(&one.path)
            );
            toast(app, &line)
        }
    }
}

fn begin(app: &mut App, commission: Commission) -> Vec<Effect> {
    if commission.mode == MergeMode::Guided {
        return guided::open(app, Some(commission));
    }
    steps::extend(app, DrawerKind::Synthesis, Step::synthesis(commission))
}

/// What is asked of a synthesis beside its mode, in a few words each.
pub(super) fn words(brief: &Brief, chair: Option<&MemberId>) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(chair) = chair {
        parts.push(format!("by {}", clean::line(&chair.0)));
    }
    if !brief.of.is_empty() {
        let names: Vec<String> = brief.of.iter().map(|name| clean::line(&name.0)).collect();
        parts.push(format!("of {} alone", names.join(", ")));
    }
    if !brief.instruction.is_empty() {
        parts.push(format!("your instruction: {}", clean::line(&brief.instruction)));
    }
    parts
}

impl App {
    /// The synthesis in view, with its place among all, from 1, and how many there are: the last one unless the drawer shows
    /// another.
    pub fn synthesis_in_view(&self) -> Option<(&StageState, usize, usize)> {
        let all = outcome::syntheses(self.run()?);
        let count = all.clone().count();
        let last = count.checked_sub(1)?;
        let drawer = self.drawer.filter(|drawer| drawer.kind == DrawerKind::Synthesis);
        let at = drawer.and_then(|drawer| drawer.column).unwrap_or(last).min(last);
        all.into_iter().nth(at).map(|state| (state, at + 1, count))
    }

    /// What the person asked of the synthesis in view beside its mode and chair, in words.
    pub fn asked_of_synthesis(&self) -> Option<String> {
        let (state, ..) = self.synthesis_in_view()?;
        let words = words(state.stage.brief.as_ref()?, None);
        (!words.is_empty()).then(|| words.join("; "))
    }
}
