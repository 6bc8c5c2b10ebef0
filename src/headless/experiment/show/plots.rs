//! Plots as data: axes with their ticks, marks, lines, and values with intervals. How they are drawn is [`super::strokes`]' on a
//! terminal and [`super::svg`]'s on a page.

use super::words;

/// Points and lines over two axes.
#[derive(Clone, Debug, Default)]
pub(super) struct Chart {
    /// What it shows.
    pub title: String,
    /// How it is read, in a sentence or two.
    pub about: String,
    /// From left to right.
    pub x: Axis,
    /// From below to above.
    pub y: Axis,
    /// Where something lies: x, least, most.
    pub band: Vec<(f64, f64, f64)>,
    /// In the order in which they are drawn.
    pub lines: Vec<Line>,
    /// On top of everything.
    pub marks: Vec<Mark>,
}

/// A line through points.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// From left to right.
    pub points: Vec<(f64, f64)>,
    /// Whether it is there to compare with.
    pub faint: bool,
}

/// A point.
#[derive(Clone, Debug, Default)]
pub(super) struct Mark {
    /// Where it is.
    pub x: f64,
    /// Where it is.
    pub y: f64,
    /// From where to where it may lie.
    pub span: Option<(f64, f64)>,
    /// Its letter; empty where it needs none.
    pub letter: String,
    /// What it is called; empty where it needs no name.
    pub name: String,
    /// Its numbers in words.
    pub note: String,
    /// Leads to its trials.
    pub what: String,
    /// How it looks.
    pub tone: Tone,
}

/// What a mark or a bar is to say by its looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tone {
    /// What was asked for.
    #[default]
    Main,
    /// What was added to compare with.
    Control,
    /// Shown to be better.
    Better,
    /// Shown to be worse.
    Worse,
    /// Nothing is shown.
    Open,
}

impl Tone {
    /// Its name in style sheets.
    pub fn name(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Control => "control",
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Open => "open",
        }
    }
}

/// Values with intervals, a row each.
#[derive(Clone, Debug, Default)]
pub(super) struct Forest {
    /// What it shows.
    pub title: String,
    /// How it is read.
    pub about: String,
    /// Of the values.
    pub axis: Axis,
    /// What values are held against.
    pub zero: Option<f64>,
    /// From above to below.
    pub rows: Vec<Bar>,
}

/// A value with its interval.
#[derive(Clone, Debug, Default)]
pub(super) struct Bar {
    /// Its letters.
    pub letter: String,
    /// What it is of.
    pub name: String,
    /// What it is held against; empty where it is a value of its own.
    pub against: String,
    /// The value.
    pub value: f64,
    /// From where to where it may lie.
    pub span: Option<(f64, f64)>,
    /// It in words.
    pub note: String,
    /// Leads to its trials.
    pub what: String,
    /// How it looks.
    pub tone: Tone,
}

/// An axis.
#[derive(Clone, Debug, Default)]
pub(super) struct Axis {
    /// What is measured, with its unit.
    pub title: String,
    low: f64,
    high: f64,
    logarithmic: bool,
    /// Where it is labelled, in ascending order.
    pub ticks: Vec<(f64, String)>,
}

/// About how many ticks an axis has.
const TICKS: f64 = 5.0;

/// From which ratio of dearest to cheapest on costs stand on a logarithmic axis.
const WIDE: f64 = 30.0;

impl Axis {
    /// Of shares, in percent, about as wide as the values are.
    pub fn shares(title: &str, values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = ends(values).unwrap_or((0.0, 1.0));
        let (low, high) = if high - low < 0.02 { (low - 0.01, high + 0.01) } else { (low, high) };
        let mut axis = Self::linear(format!("{title}, %"), (low * 100.0).max(0.0), (high * 100.0).min(100.0));
        axis.scale(0.01);
        axis
    }

    /// Of all shares there are.
    pub fn all_shares(title: &str) -> Self {
        Self::shares(title, [0.0, 1.0].into_iter())
    }

    /// Of differences of shares, in points, with none in it.
    pub fn differences(title: &str, values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = ends(values.chain([0.0])).unwrap_or((-0.01, 0.01));
        let (low, high) = if high - low < 0.02 { (low - 0.01, high + 0.01) } else { (low, high) };
        let mut axis = Self::linear(format!("{title}, points"), low * 100.0, high * 100.0);
        for (value, label) in &mut axis.ticks {
            *label = words::signed(*value, digits_of(label));
        }
        axis.scale(0.01);
        axis
    }

    /// Of sums of money: from nothing on, or logarithmic where they are far apart.
    pub fn money(title: &str, values: impl Iterator<Item = f64> + Clone) -> Self {
        let (least, most) = ends(values).unwrap_or((0.0, 1.0));
        if least > 0.0 && most / least >= WIDE {
            return Self::powers(format!("{title}, US dollars, logarithmic"), least, most);
        }
        let mut axis = Self::linear(format!("{title}, US dollars"), 0.0, most * 1.05);
        for (value, label) in &mut axis.ticks {
            *label = words::round_money(*value);
        }
        axis
    }

    /// Of any numbers, about as wide as they are.
    pub fn numbers(title: &str, values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = ends(values).unwrap_or((0.0, 1.0));
        Self::linear(title.to_owned(), low, high)
    }

    /// Of whole numbers.
    pub fn counts(title: &str, low: usize, high: usize) -> Self {
        let step = (high - low).div_ceil(12).max(1);
        let ticks = (low..=high).step_by(step).map(|at| (at as f64, at.to_string())).collect();
        // Marks don't stand on the edge.
        let (low, high) = (low as f64 - 0.25, high as f64 + 0.25);
        Self { title: title.to_owned(), low, high, logarithmic: false, ticks }
    }

    fn linear(title: String, low: f64, high: f64) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        let raw = (high - low) / TICKS;
        let magnitude = 10.0_f64.powf(raw.log10().floor());
        let step =
            [1.0, 2.0, 5.0, 10.0].map(|of| of * magnitude).into_iter().find(|step| *step >= raw * 0.999);
        let step = step.unwrap_or(raw);
        let digits = (-step.log10().floor()).clamp(0.0, 9.0) as usize;
        let (first, last) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil());
        let tick = |place: i64| {
            let value = place as f64 * step;
            (value, format!("{value:.digits$}"))
        };
        let ticks = (first as i64..=last as i64).map(tick).collect();
        Self { title, low: first * step, high: last * step, logarithmic: false, ticks }
    }

    fn powers(title: String, least: f64, most: f64) -> Self {
        let (low, high) = (least / 1.6, most * 1.6);
        let decades = (low.log10().floor() as i32)..=(high.log10().ceil() as i32);
        let few = (high / low).log10() > 3.0;
        let steps: &[f64] = if few { &[1.0] } else { &[1.0, 3.0] };
        let all = decades.flat_map(|decade| steps.iter().map(move |step| step * 10.0_f64.powi(decade)));
        let ticks =
            all.filter(|at| (low..=high).contains(at)).map(|at| (at, words::round_money(at))).collect();
        Self { title, low, high, logarithmic: true, ticks }
    }

    /// Takes the values for another unit; labels stay.
    fn scale(&mut self, by: f64) {
        self.low *= by;
        self.high *= by;
        self.ticks.iter_mut().for_each(|(value, _)| *value *= by);
    }

    /// Where a value stands on the way from the lower end to the upper one, 0 to 1.
    pub fn place(&self, value: f64) -> f64 {
        let on = |value: f64| if self.logarithmic { value.max(f64::MIN_POSITIVE).ln() } else { value };
        let (low, high) = (on(self.low), on(self.high));
        let place = (on(value) - low) / (high - low);
        if place.is_finite() { place.clamp(0.0, 1.0) } else { 0.0 }
    }
}

/// The least and the greatest of some numbers.
fn ends(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|value| value.is_finite()).fold(None, |ends, value| match ends {
        None => Some((value, value)),
        Some((low, high)) => Some((low.min(value), high.max(value))),
    })
}

/// How many digits a label has behind its point.
fn digits_of(label: &str) -> usize {
    label.split_once('.').map_or(0, |(_, digits)| digits.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn ticks_are_round_and_hold_all_values() {
        let axis = Axis::shares("accuracy", [0.713, 0.868].into_iter());
        assert_eq!((labels(&axis), axis.title.as_str()), (vec!["70", "75", "80", "85", "90"], "accuracy, %"));
        assert!((axis.place(0.8) - 0.5).abs() < 1e-9);
        assert_eq!(labels(&Axis::all_shares("x")), ["0", "20", "40", "60", "80", "100"]);
        let axis = Axis::differences("difference", [-0.031, 0.094].into_iter());
        assert_eq!(labels(&axis), ["−5", "0", "+5", "+10"]);
        assert_eq!(
            labels(&Axis::differences("difference", [0.0].into_iter())),
            ["−1.0", "−0.5", "0.0", "+0.5", "+1.0"]
        );
        let axis = Axis::counts("round", 0, 3);
        assert_eq!(labels(&axis), ["0", "1", "2", "3"]);
    }

    #[test]
    fn shares_never_leave_what_shares_can_be() {
        let axis = Axis::shares("accuracy", [0.97, 1.0].into_iter());
        assert_eq!(axis.ticks.last().map(|(_, label)| label.as_str()), Some("100"));
        let axis = Axis::shares("accuracy", std::iter::empty());
        assert_eq!(labels(&axis), ["0", "20", "40", "60", "80", "100"]);
        let axis = Axis::shares("accuracy", [0.0].into_iter());
        assert_eq!(axis.ticks.first().map(|(value, _)| *value), Some(0.0));
    }

    #[test]
    fn money_far_apart_stands_by_its_logarithm() {
        let near = Axis::money("cost", [0.001, 0.004].into_iter());
        assert_eq!(labels(&near), ["$0", "$0.001", "$0.002", "$0.003", "$0.004", "$0.005"]);
        let far = Axis::money("cost", [0.0001, 0.01].into_iter());
        assert!(far.title.contains("logarithmic"));
        assert!((far.place(0.001) - 0.5).abs() < 1e-9);
        assert_eq!(labels(&far), ["$0.0001", "$0.0003", "$0.001", "$0.003", "$0.01"]);
    }
}
