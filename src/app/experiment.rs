//! The screen of an experiment that runs, as a value: what is chosen on it, what lies over it, and what a key does. How far the
//! experiment is, is told to it each time; it carries nothing out and draws nothing.

use super::keymap;
use super::readline::Line;
use crate::core::{Dollars, clean};
use crate::experiment::{Design, Progress, Standing};
use crossterm::event::KeyEvent;

/// How many rows a page has.
const PAGE: usize = 10;

/// What the keys of the screen do, for its help: keys, and words.
pub const KEYS: [(&str, &str); 12] = [
    ("p", "pause: no trial is begun; those that run go on. Again: go on"),
    ("c", "cut the treatment of the chosen arm: nobody is asked for it any more"),
    ("b", "what it may cost: a sum such as $2.50, or none"),
    ("Tab", "the next panel: arms, disagreements, faults; Shift-Tab goes back"),
    ("j k, arrows", "move; PageUp and PageDown by ten, g and G to the ends"),
    ("Enter", "all that is known of what is chosen"),
    ("Esc", "back"),
    ("q, Ctrl-C", "stop, after a question; trials that run are given up"),
    ("Ctrl-Z", "to the shell; fg comes back"),
    ("Ctrl-L", "draw everything anew"),
    ("?, F1", "this help"),
    ("any key", "the report, when all is done"),
];

/// What a frame and a key are about: how the experiment stands.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The experiment.
    pub design: &'a Design,
    /// How far it is.
    pub progress: &'a Progress,
    /// How its arms stand.
    pub standings: &'a [Standing],
    /// Where its log is, for people.
    pub log: &'a str,
}

/// Something the person wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// To begin no more trials.
    Pause,
    /// To go on.
    Resume,
    /// To ask no more for a treatment.
    Cut(usize),
    /// That it may cost so much, or any sum.
    Budget(Option<Dollars>),
    /// To end; the screen stays until all that runs is given up.
    Stop,
    /// To leave the screen at once.
    Leave,
    /// To stop until the shell calls back.
    Suspend,
    /// To draw everything anew.
    Repaint,
}

/// The lists on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Panel {
    /// What is compared.
    #[default]
    Arms,
    /// Trials that members were divided in.
    Divided,
    /// Trials that came to nothing.
    Faults,
}

impl Panel {
    /// All, in their order.
    pub const ALL: [Self; 3] = [Self::Arms, Self::Divided, Self::Faults];
}

/// What something is shown of in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// An arm, by its place.
    Arm(usize),
    /// A trial, by its place among the facts.
    Trial(usize),
    /// A fault, by its number from 0.
    Fault(u64),
}

/// What lies over the lists.
#[derive(Clone, Debug, PartialEq)]
pub enum Over {
    /// All that is known of something, from a row on.
    Detail(About, usize),
    /// The keys, from a row on.
    Help(usize),
    /// Whether a treatment is to be cut.
    Cut(usize),
    /// What it may cost, with what is wrong with what was written.
    Budget(Box<Line>, Option<String>),
    /// Whether it is to end.
    Stop,
}

/// How far the whole is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// It goes on, or is paused.
    #[default]
    Running,
    /// What runs is being given up.
    Stopping,
    /// Nothing runs any more, and nothing will.
    Ended,
}

/// What is chosen and open on the screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Board {
    /// The list that keys move in.
    pub panel: Panel,
    /// The chosen arm.
    pub arm: usize,
    /// What lies over the lists.
    pub over: Option<Over>,
    /// What the last key came to, where that has to be said.
    pub message: Option<String>,
    /// How far the whole is.
    pub phase: Phase,
    /// The chosen trial by its place among the facts, so that it stays chosen when others come; none is the first.
    divided: Option<usize>,
    /// The chosen fault by its number, likewise.
    fault: Option<u64>,
}

impl Board {
    /// The row of the chosen trial among those that members were divided in.
    pub fn divided_row(&self, progress: &Progress) -> usize {
        // The newest come first, so that one that is gone was below all that are there.
        let below = progress.divided.len().saturating_sub(1);
        let found = |place| progress.divided.iter().position(|it| *it <= place).unwrap_or(below);
        self.divided.map_or(0, found)
    }

    /// The row of the chosen fault.
    pub fn fault_row(&self, progress: &Progress) -> usize {
        let below = progress.faults.len().saturating_sub(1);
        self.fault.map_or(0, |number| place_of(progress, number).min(below))
    }

    /// A view came to rest at a row.
    pub fn rested(&mut self, row: usize) {
        if let Some(Over::Detail(_, scroll) | Over::Help(scroll)) = &mut self.over {
            *scroll = row;
        }
    }

    /// Nothing happens any more: all is done, or it was stopped.
    pub fn end(&mut self) {
        self.phase = Phase::Ended;
        self.message = None;
        if matches!(self.over, Some(Over::Cut(_) | Over::Budget(..) | Over::Stop)) {
            self.over = None;
        }
    }

    /// Takes in what was pasted.
    pub fn paste(&mut self, text: &str) {
        if let Some(Over::Budget(line, fault)) = &mut self.over {
            line.paste(text);
            *fault = None;
        }
    }

    /// Does what a key is for.
    pub fn key(&mut self, key: KeyEvent, scene: Scene<'_>) -> Vec<Effect> {
        let name = keymap::name(key);
        self.message = None;
        match name.as_str() {
            "Ctrl-Z" => return vec![Effect::Suspend],
            "Ctrl-L" => return vec![Effect::Repaint],
            "Ctrl-C" => return self.quit(),
            _ => {}
        }
        match self.over.take() {
            None => self.on_lists(&name, scene),
            Some(Over::Detail(about, scroll)) => {
                self.over = scrolled(&name, scroll).map(|scroll| Over::Detail(about, scroll));
                Vec::new()
            }
            Some(Over::Help(scroll)) => {
                self.over = scrolled(&name, scroll).map(Over::Help);
                Vec::new()
            }
            Some(Over::Cut(treatment)) => match name.as_str() {
                "y" | "Y" => vec![Effect::Cut(treatment)],
                "n" | "N" | "q" | "Esc" => Vec::new(),
                _ => {
                    self.over = Some(Over::Cut(treatment));
                    Vec::new()
                }
            },
            Some(Over::Budget(line, fault)) => self.on_budget(&name, key, line, fault, scene.progress),
            Some(Over::Stop) => match name.as_str() {
                "y" | "Y" | "q" => self.quit_now(),
                "n" | "N" | "Esc" => Vec::new(),
                _ => {
                    self.over = Some(Over::Stop);
                    Vec::new()
                }
            },
        }
    }

    fn on_lists(&mut self, name: &str, scene: Scene<'_>) -> Vec<Effect> {
        let moves = match name {
            "Up" | "k" => Some(-1),
            "Down" | "j" => Some(1),
            "PageUp" | "Ctrl-U" => Some(-(PAGE as isize)),
            "PageDown" | "Ctrl-D" => Some(PAGE as isize),
            "Home" | "g" => Some(isize::MIN / 2),
            "End" | "G" => Some(isize::MAX / 2),
            _ => None,
        };
        if let Some(rows) = moves {
            self.step(rows, scene);
            return Vec::new();
        }
        match name {
            "Tab" | "Right" | "l" => self.turn(1),
            "Shift-Tab" | "Left" | "h" => self.turn(Panel::ALL.len() - 1),
            "?" | "F1" => self.over = Some(Over::Help(0)),
            "Enter" => self.over = self.about(scene).map(|about| Over::Detail(about, 0)),
            _ if self.phase == Phase::Ended => return vec![Effect::Leave],
            "q" => return self.quit(),
            _ if self.phase == Phase::Stopping => {}
            "p" if scene.progress.paused.is_some() => return vec![Effect::Resume],
            "p" => return vec![Effect::Pause],
            "b" => self.over = Some(Over::Budget(Box::default(), None)),
            "c" => self.ask_to_cut(scene),
            _ => {}
        }
        Vec::new()
    }

    fn turn(&mut self, by: usize) {
        let at = Panel::ALL.iter().position(|panel| *panel == self.panel).unwrap_or(0);
        self.panel = Panel::ALL[(at + by) % Panel::ALL.len()];
    }

    /// Moves in the list that has the keys.
    fn step(&mut self, rows: isize, scene: Scene<'_>) {
        let progress = scene.progress;
        let to = |row: usize, count: usize| row.saturating_add_signed(rows).min(count.saturating_sub(1));
        match self.panel {
            Panel::Arms => self.arm = to(self.arm, scene.design.arms.len()),
            Panel::Divided => {
                let row = to(self.divided_row(progress), progress.divided.len());
                self.divided = progress.divided.get(row).copied().filter(|_| row > 0);
            }
            Panel::Faults => {
                let row = to(self.fault_row(progress), progress.faults.len());
                self.fault = number_at(progress, row).filter(|_| row > 0);
            }
        }
    }

    /// What is chosen in the list that has the keys.
    fn about(&self, scene: Scene<'_>) -> Option<About> {
        let progress = scene.progress;
        match self.panel {
            Panel::Arms => (self.arm < scene.design.arms.len()).then_some(About::Arm(self.arm)),
            Panel::Divided => {
                progress.divided.get(self.divided_row(progress)).map(|place| About::Trial(*place))
            }
            Panel::Faults => number_at(progress, self.fault_row(progress)).map(About::Fault),
        }
    }

    fn ask_to_cut(&mut self, scene: Scene<'_>) {
        let Some(arm) = scene.design.arms.get(self.arm) else { return };
        let name = clean::line(&arm.name);
        if scene.progress.cut.contains(&arm.treatment) {
            self.message = Some(format!("{name} is cut already"));
        } else if scene.progress.waiting(arm.treatment) == 0 {
            self.message = Some(format!("all trials of {name} are done: there is nothing to cut"));
        } else {
            self.over = Some(Over::Cut(arm.treatment));
        }
    }

    fn on_budget(
        &mut self,
        name: &str,
        key: KeyEvent,
        mut line: Box<Line>,
        fault: Option<String>,
        progress: &Progress,
    ) -> Vec<Effect> {
        match name {
            "Esc" => return Vec::new(),
            "Enter" => match sum(line.text()) {
                Ok(most) => return self.budget(most, progress),
                Err(what) => self.over = Some(Over::Budget(line, Some(what))),
            },
            _ => {
                let edited = line.edit(key);
                self.over = Some(Over::Budget(line, fault.filter(|_| !edited)));
            }
        }
        Vec::new()
    }

    /// What it may cost from now on. What paused for another reason than the person's word is tried again.
    fn budget(&mut self, most: Option<Dollars>, progress: &Progress) -> Vec<Effect> {
        self.message = Some(match most {
            Some(most) if most < progress.spent => {
                format!("budget: {most}, less than is spent: no trial that costs anything is begun")
            }
            Some(most) => format!("budget: {most}"),
            None => "no budget any more".to_owned(),
        });
        let mut effects = vec![Effect::Budget(most)];
        if matches!(progress.paused, Some(Some(_))) {
            effects.push(Effect::Resume);
        }
        effects
    }

    /// What asks to end it: the first time a question, then the end, then the way out.
    fn quit(&mut self) -> Vec<Effect> {
        match (self.phase, &self.over) {
            (Phase::Running, Some(Over::Stop)) => self.quit_now(),
            (Phase::Running, _) => {
                self.over = Some(Over::Stop);
                Vec::new()
            }
            (Phase::Stopping | Phase::Ended, _) => vec![Effect::Leave],
        }
    }

    fn quit_now(&mut self) -> Vec<Effect> {
        self.over = None;
        self.phase = Phase::Stopping;
        vec![Effect::Stop]
    }
}

/// Where a fault of a number stands among those that are remembered, newest first; behind them where it is forgotten.
pub fn place_of(progress: &Progress, number: u64) -> usize {
    let newer = progress.faulted.saturating_sub(number.saturating_add(1));
    usize::try_from(newer).unwrap_or(usize::MAX)
}

/// The number of the fault in a row.
fn number_at(progress: &Progress, row: usize) -> Option<u64> {
    (row < progress.faults.len()).then(|| progress.faulted.saturating_sub(row as u64 + 1))
}

/// Where a view is after a key; none where the key closes it.
fn scrolled(name: &str, scroll: usize) -> Option<usize> {
    Some(match name {
        "Up" | "k" => scroll.saturating_sub(1),
        "Down" | "j" => scroll + 1,
        "PageUp" | "Ctrl-U" => scroll.saturating_sub(PAGE),
        "PageDown" | "Ctrl-D" => scroll + PAGE,
        "Home" | "g" => 0,
        "End" | "G" => usize::MAX / 2,
        "Esc" | "Enter" | "q" | "?" | "F1" => return None,
        _ => scroll,
    })
}

/// A sum as a person writes it; `none` is no limit.
fn sum(text: &str) -> Result<Option<Dollars>, String> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("none") {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_: String| match text {
        "" => "write a sum such as $2.50, or none".to_owned(),
        _ => format!("{} is not a sum such as $2.50, nor none", clean::exact(text)),
    })
}
