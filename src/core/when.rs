//! Moments in words, in UTC, as caps on a day count. What time it is, and in which zone a person lives, is the engine's
//! clock's to say.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Milliseconds in a day.
pub const DAY: u64 = 24 * 3600 * 1000;

/// A moment, in milliseconds since the epoch, in the form that `strftime` knows. One beyond the year 9999 is its end.
pub fn utc(at: u64, form: &str) -> String {
    let time = i64::try_from(at).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    time.unwrap_or(Timestamp::MAX).to_zoned(TimeZone::UTC).strftime(form).to_string()
}

/// A moment as it is told at another one: the time of day, or the day and the minute where that was another day. Unlike a
/// time gone by it stays true while nothing is drawn anew.
pub fn told(at: u64, now: u64) -> String {
    utc(at, if at / DAY == now / DAY { "%H:%M:%S" } else { "%m-%d %H:%M" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_of_today_is_told_by_its_time_alone() {
        let now = 1_795_352_400_000;
        assert_eq!(told(now, now), "13:00:00");
        assert_eq!(told(now - 13 * 3_600_000, now), "00:00:00");
        assert_eq!(told(now - 13 * 3_600_000 - 1, now), "11-21 23:59");
        assert_eq!(utc(u64::MAX, "%Y"), "9999");
    }
}
