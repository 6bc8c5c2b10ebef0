//! Numbers of a report in words: shares, differences, money, time, chances. For people; programs get raw numbers.

pub(super) use crate::experiment::words::{many, thousands as count};
use crate::stats::Interval;

/// Stands where there is no number.
pub(super) const NOTHING: &str = "–";

/// The letter that stands for the thing at a place: A to Z, then AA.
pub(super) fn letter(place: usize) -> String {
    let last = char::from(b'A' + (place % 26) as u8);
    if place < 26 { last.to_string() } else { format!("{}{last}", letter(place / 26 - 1)) }
}

/// A number that may be missing.
pub(super) fn or_nothing<T>(value: Option<T>, words: impl Fn(T) -> String) -> String {
    value.map_or_else(|| NOTHING.to_owned(), words)
}

/// A share in percent, without the sign.
fn bare(share: f64) -> String {
    if share.is_finite() { format!("{:.1}", share * 100.0) } else { NOTHING.to_owned() }
}

/// A share: `84.5 %`.
pub(super) fn percent(share: f64) -> String {
    format!("{} %", bare(share))
}

/// An interval of a share, in percent: `81.7–87.1`.
pub(super) fn range(interval: Interval) -> String {
    format!("{}–{}", bare(interval.low), bare(interval.high))
}

/// A number with its sign and so many digits: `+4.1`, `−0.3`, `0.0`.
pub(super) fn signed(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return NOTHING.to_owned();
    }
    let text = format!("{:.digits$}", value.abs());
    let zero = text.chars().all(|c| matches!(c, '0' | '.'));
    match (zero, value > 0.0) {
        (true, _) => text,
        (_, true) => format!("+{text}"),
        (_, false) => format!("−{text}"),
    }
}

/// A difference of shares in points of a hundred: `+4.1`.
pub(super) fn points(difference: f64) -> String {
    signed(difference * 100.0, 1)
}

/// The same of an interval: `−1.2 to +9.4`.
pub(super) fn points_range(interval: Interval) -> String {
    format!("{} to {}", points(interval.low), points(interval.high))
}

/// How many points something is, without a sign: `4.1 points`.
pub(super) fn size(difference: f64) -> String {
    format!("{} points", bare(difference.abs()))
}

/// A mean of counts: one digit where it is small.
pub(super) fn mean(value: f64) -> String {
    if value >= 100.0 { count(value.round() as u64) } else { format!("{value:.1}") }
}

/// A sum in US dollars with three digits that matter: what questions cost is often much less than a cent.
pub(super) fn money(usd: f64) -> String {
    if !usd.is_finite() {
        return NOTHING.to_owned();
    }
    match usd {
        usd if usd <= 0.0 => "$0".to_owned(),
        usd if usd >= 1000.0 => format!("${}", count(usd.round() as u64)),
        usd if usd >= 1.0 => format!("${usd:.2}"),
        usd => {
            let digits = (2.0 - usd.log10().floor()).clamp(3.0, 9.0) as usize;
            format!("${usd:.digits$}")
        }
    }
}

/// The same of a round sum, without noughts at its end: `$0.002`.
pub(super) fn round_money(usd: f64) -> String {
    let text = money(usd);
    let bare = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    bare.to_owned()
}

/// A sum of which parts may be unknown: `$1.20`, `≥$1.20`, `unknown`.
pub(super) fn sum(usd: f64, unpriced: u64) -> String {
    match (unpriced, usd > 0.0) {
        (0, _) => money(usd),
        (_, true) => format!("≥{}", money(usd)),
        (_, false) => "unknown".to_owned(),
    }
}

/// A time: `840 ms`, `1.24 s`, `2 min 5 s`, `1 h 2 min`.
pub(super) fn time(ms: f64) -> String {
    if !ms.is_finite() {
        return NOTHING.to_owned();
    }
    // What rounds up to the next unit is told in it.
    match ms {
        ms if ms < 999.5 => format!("{ms:.0} ms"),
        ms if ms < 9_995.0 => format!("{:.2} s", ms / 1e3),
        ms if ms < 59_950.0 => format!("{:.1} s", ms / 1e3),
        ms if ms < 3_599_500.0 => {
            let s = (ms / 1e3).round() as u64;
            format!("{} min {} s", s / 60, s % 60)
        }
        ms => {
            let min = (ms / 6e4).round() as u64;
            format!("{} h {} min", count(min / 60), min % 60)
        }
    }
}

/// A p-value: `<0.001`, `0.013`, `1`.
pub(super) fn chance(p: f64) -> String {
    match p {
        p if p < 0.001 => "<0.001".to_owned(),
        p if p < 0.9995 => format!("{p:.3}"),
        _ => "1".to_owned(),
    }
}

/// The same behind a p: `p < 0.001`, `p = 0.013`.
pub(super) fn p(p: f64) -> String {
    match chance(p).strip_prefix('<') {
        Some(limit) => format!("p < {limit}"),
        None => format!("p = {}", chance(p)),
    }
}

/// Several things as one: `a`, `a and b`, `a, b and c`.
pub(super) fn list(things: &[String]) -> String {
    match things {
        [] => String::new(),
        [one] => one.clone(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!([letter(0), letter(25), letter(26), letter(53)], ["A", "Z", "AA", "BB"]);
        assert_eq!([percent(0.8449), percent(1.0), percent(f64::NAN)], ["84.5 %", "100.0 %", "– %"]);
        assert_eq!([points(0.041), points(-0.041), points(-0.000_1)], ["+4.1", "−4.1", "0.0"]);
        assert_eq!(
            [count(0_u64), count(999_u64), count(1000_u64), count(1_234_567_u64)],
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!([many(1_u64, "question"), many(2_u64, "question")], ["1 question", "2 questions"]);
        assert_eq!([mean(2.0), mean(1234.4)], ["2.0", "1,234"]);
        assert_eq!([chance(0.000_9), chance(0.013_2), chance(0.999_9)], ["<0.001", "0.013", "1"]);
        assert_eq!([p(0.000_9), p(0.5)], ["p < 0.001", "p = 0.500"]);
        assert_eq!(list(&["a".to_owned(), "b".to_owned(), "c".to_owned()]), "a, b and c");
    }

    #[test]
    fn money_keeps_the_digits_that_matter() {
        let told = [0.0, 0.000_012_34, 0.001_234, 0.123_4, 0.999_9, 1.234, 12_345.6].map(money);
        assert_eq!(told, ["$0", "$0.0000123", "$0.00123", "$0.123", "$1.000", "$1.23", "$12,346"]);
        assert_eq!([0.002, 0.5, 1.0, 2.5, 100.0].map(round_money), ["$0.002", "$0.5", "$1", "$2.5", "$100"]);
        assert_eq!([sum(0.5, 0), sum(0.5, 2), sum(0.0, 2)], ["$0.500", "≥$0.500", "unknown"]);
    }

    #[test]
    fn times_never_show_sixty_of_a_unit() {
        let told = [0.0, 999.4, 999.6, 1240.0, 12_340.0, 59_960.0, 125_000.0, 3_599_900.0].map(time);
        assert_eq!(
            told,
            ["0 ms", "999 ms", "1.00 s", "1.24 s", "12.3 s", "1 min 0 s", "2 min 5 s", "1 h 0 min"]
        );
    }
}
