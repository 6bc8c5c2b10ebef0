//! Numbers as claims state them: value, stated precision, unit and kind. Not arithmetic, and not what they mean.

use super::words::Dimension;

/// What sort of thing a number counts; numbers of different sorts are never compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A count or a measure.
    Plain,
    /// A calendar year.
    Year,
    /// Money.
    Money,
    /// Hundredths.
    Percent,
    /// A time of day, in minutes after midnight.
    Clock,
}

/// On which side of the stated value the quantity lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bound {
    /// It is the value.
    #[default]
    Exact,
    /// At least so much, or more.
    Least,
    /// At most so much, or less.
    Most,
}

/// What a rate is counted by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Per {
    /// Hash of the stem of what stands behind "per", "a" or a slash; of every unit of time the same.
    pub hash: u64,
    /// Seconds in a unit of time; 1 for all else.
    pub seconds: f64,
}

/// A number with what is needed to compare it.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// The value as stated, magnitudes such as "million" applied.
    pub value: f64,
    /// Half of the last stated place: 0.05 for "1.5", 0.5 for "12".
    pub tolerance: f64,
    /// Half the width of a range, of which `value` is the middle; 0 for all else.
    pub spread: f64,
    /// The sort of number.
    pub kind: Kind,
    /// The physical unit, where the words after it name one: dimension and base units.
    pub measure: Option<(Dimension, f64)>,
    /// Hashes of the stems of the unit words ("worker bees" has two), sorted.
    pub units: Vec<u64>,
    /// What it is counted by, where it is a rate.
    pub per: Option<Per>,
    /// Whether it is a bound: "at least 12".
    pub bound: Bound,
    /// Of a time of day: whether it was not said if it is before or after noon.
    pub half: bool,
    /// Hashes of the content words just before it, nearest first, at most two.
    pub before: Vec<u64>,
    /// The part of the sentence it stands in, between commas and their kin, from 0; `None` in a condition, "if we lived 100
    /// years", where it states nothing.
    pub clause: Option<u16>,
    /// Whether it is the result of an equation in the text: it stands after the last `=`.
    pub result: bool,
    /// Whether it stands beside an operator, and so is an input of a sum.
    pub operand: bool,
    /// How a person would be shown it: "12 tonnes".
    pub show: String,
}

impl Number {
    /// Whether two numbers state the same quantity, each to its stated precision.
    ///
    /// A rounded number (marked by "about" and its kin, or by three trailing zeros) equals what rounds to it.
    pub fn same(&self, other: &Self) -> bool {
        if self.kind == Kind::Clock && other.kind == Kind::Clock {
            let apart = (self.value - other.value).abs();
            return apart < 1.0 || (self.half || other.half) && (apart - 720.0).abs() < 1.0;
        }
        let factor = self.factor(other);
        // A conversion is rarely exact: 12 miles are called 19 km. Two per cent covers rounding to two digits.
        let slack = if (factor - 1.0).abs() > 1e-12 { other.value.abs() * 0.02 } else { 0.0 };
        let (ours, theirs) = (self.value * factor, other.value);
        let tolerance = (self.tolerance * factor).max(other.tolerance).max(slack);
        let tolerance = tolerance.max(1e-9 * theirs.abs());
        let near = match (self.spread * factor, other.spread) {
            // Two ranges are one when both their ends are; a value fills a range that it lies in.
            (x, y) if x > 0.0 && y > 0.0 => {
                (ours - x - theirs + y).abs() <= tolerance && (ours + x - theirs - y).abs() <= tolerance
            }
            (x, y) => (ours - theirs).abs() <= tolerance + x + y,
        };
        match (self.bound, other.bound) {
            // What lies inside a bound fills it; a bound on one side is none on the other.
            (Bound::Least, Bound::Exact) => near || theirs > ours,
            (Bound::Most, Bound::Exact) => near || theirs < ours,
            (Bound::Exact, Bound::Least) => near || ours > theirs,
            (Bound::Exact, Bound::Most) => near || ours < theirs,
            (one, other) => near && one == other,
        }
    }

    /// Whether two final answers are one number: only what has decimals on both sides may have been rounded, and a bare
    /// number leaves its unit to the question, so "25" meets "25%" and "$25".
    pub fn exactly(&self, other: &Self) -> bool {
        let bare = |number: &Self| {
            matches!(number.kind, Kind::Plain | Kind::Year)
                && number.units.is_empty()
                && number.measure.is_none()
        };
        if !(bare(self) || bare(other) || self.comparable(other)) {
            return false;
        }
        let rounded = self.tolerance < 0.4 && other.tolerance < 0.4;
        let difference = (self.value * self.factor(other) - other.value).abs();
        if rounded { self.same(other) } else { difference <= 1e-9 * other.value.abs().max(1.0) }
    }

    fn factor(&self, other: &Self) -> f64 {
        let measure = match (self.measure, other.measure) {
            (Some((a, x)), Some((b, y))) if a == b => x / y,
            _ => 1.0,
        };
        match (self.per, other.per) {
            (Some(ours), Some(theirs)) => measure * theirs.seconds / ours.seconds,
            _ => measure,
        }
    }

    /// Whether both numbers fill the same slot, so that different values exclude each other.
    pub fn comparable(&self, other: &Self) -> bool {
        if self.kind != other.kind {
            // "= 60" of one text may be the "$60" of the other, but never a year or a share.
            let bare = |number: &Self| number.kind == Kind::Plain && number.units.is_empty();
            let money = |number: &Self| number.kind == Kind::Money;
            return (bare(self) && money(other)) || (money(self) && bare(other));
        }
        // A rate is no amount, but "$52,500 a year" and "$125,000" may be the same sum told twice.
        let by = |number: &Self| number.per.map(|per| per.hash);
        if by(self) != by(other) && (self.per.is_some() == other.per.is_some() || self.kind == Kind::Plain) {
            return self.units.is_empty()
                && other.units.is_empty()
                && self.per.is_some() != other.per.is_some();
        }
        match (self.measure, other.measure) {
            (Some((a, _)), Some((b, _))) => return a == b,
            (None, None) => {}
            // "12 tonnes" and "12 trucks" are different things; "12 tonnes" and "12" may be one.
            _ => return self.units.is_empty() || other.units.is_empty(),
        }
        self.units.is_empty()
            || other.units.is_empty()
            || self.units.iter().any(|unit| other.units.contains(unit))
    }

    /// Whether the slot of both is known to be one: same named unit, or both years, money or shares.
    pub fn same_slot(&self, other: &Self) -> bool {
        self.comparable(other)
            && (self.kind != Kind::Plain
                || self.measure.is_some() && other.measure.is_some()
                || self.units.iter().any(|unit| other.units.contains(unit)))
    }
}

/// Half of the last stated place of a number written as `digits`, with `decimals` places after the point.
///
/// Trailing zeros count as stated unless the number is marked as `rounded` or ends in three of them.
pub fn tolerance(digits: &str, decimals: usize, rounded: bool) -> f64 {
    if decimals > 0 {
        return 0.5 * 10f64.powi(-(decimals.min(12) as i32));
    }
    let zeros = digits.bytes().rev().filter(u8::is_ascii_digit).take_while(|byte| *byte == b'0').count();
    let all = digits.bytes().filter(u8::is_ascii_digit).count();
    if zeros >= all || !(rounded || zeros >= 3) {
        return 0.49;
    }
    let value: f64 = digits.parse().unwrap_or(0.0);
    // "About 100" is not a licence for 140: five per cent at most.
    (0.5 * 10f64.powi(zeros.min(30) as i32)).min(value.abs() * 0.05).max(0.49)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(digits: &str) -> Number {
        let value = digits.parse().unwrap();
        let decimals = digits.split_once('.').map_or(0, |(_, rest)| rest.len());
        Number {
            value,
            tolerance: tolerance(digits, decimals, false),
            spread: 0.0,
            kind: Kind::Plain,
            measure: None,
            units: Vec::new(),
            per: None,
            bound: Bound::Exact,
            half: false,
            clause: Some(0),
            before: Vec::new(),
            result: false,
            operand: false,
            show: digits.to_owned(),
        }
    }

    #[test]
    fn equality_follows_the_stated_precision() {
        assert!(!number("6779").same(&number("6792")));
        assert!(number("3.14").same(&number("3.1416")));
        assert!(number("3.1").same(&number("3.14")));
        assert!(!number("3.2").same(&number("3.14")));
        assert!(number("1904569").same(&number("1904569")));
        assert!(number("12000").same(&number("12300")));
        assert!(!number("12").same(&number("13")));
        assert!(!number("100").same(&number("90")));
    }

    #[test]
    fn units_of_one_dimension_are_converted() {
        let mut metres = number("2000");
        metres.measure = Some((Dimension::Length, 1.0));
        let mut km = number("2");
        km.measure = Some((Dimension::Length, 1e3));
        assert!(km.same(&metres) && metres.comparable(&km));
        km.value = 3.0;
        assert!(!km.same(&metres));
    }
}
