//! The day and the time of day of a moment, in UTC, as caps on a day count. Pure; what time it is now is the engine's to say.

/// Milliseconds in a day.
pub const DAY: u64 = 24 * 3600 * 1000;

/// A moment by the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// The year.
    pub year: u64,
    /// The month, from 1.
    pub month: u64,
    /// The day of the month, from 1.
    pub day: u64,
    /// The second of the day, from 0.
    pub second: u64,
}

impl When {
    /// That of a moment, in milliseconds since the epoch: by the proleptic Gregorian calendar in years that begin in March,
    /// so that the leap day is the last one (Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`).
    pub fn of(at: u64) -> Self {
        let days = at / DAY + 719_468;
        let (era, of_era) = (days / 146_097, days % 146_097);
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let march = (5 * of_year + 2) / 153;
        let month = if march < 10 { march + 3 } else { march - 9 };
        Self {
            year: year + era * 400 + u64::from(month <= 2),
            month,
            day: of_year - (153 * march + 2) / 5 + 1,
            second: at % DAY / 1000,
        }
    }

    /// The time of day: `14:02:24`.
    pub fn time(self) -> String {
        format!("{:02}:{:02}:{:02}", self.second / 3600, self.second / 60 % 60, self.second % 60)
    }
}

/// A moment as it is told at another one: the time of day, or the day and the minute where that was another day. Unlike a
/// time gone by it stays true while nothing is drawn anew.
pub fn told(at: u64, now: u64) -> String {
    let when = When::of(at);
    if at / DAY == now / DAY {
        return when.time();
    }
    let time = when.time();
    format!("{:02}-{:02} {}", when.month, when.day, time.get(..5).unwrap_or(&time))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(at: u64) -> (u64, u64, u64) {
        let when = When::of(at);
        (when.year, when.month, when.day)
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!([date(0), date(DAY - 1), date(DAY)], [(1970, 1, 1), (1970, 1, 1), (1970, 1, 2)]);
        // `date -u -d @1795352400`, @951782400, @951868800, @4107542400 and @4102444799.
        assert_eq!(date(1_795_352_400_000), (2026, 11, 22));
        assert_eq!([date(951_782_400_000), date(951_868_800_000)], [(2000, 2, 29), (2000, 3, 1)]);
        assert_eq!([date(4_107_542_400_000), date(4_102_444_799_000)], [(2100, 3, 1), (2099, 12, 31)]);
    }

    #[test]
    fn a_moment_of_today_is_told_by_its_time_alone() {
        let now = 1_795_352_400_000;
        assert_eq!(told(now, now), "13:00:00");
        assert_eq!(told(now - 13 * 3_600_000, now), "00:00:00");
        assert_eq!(told(now - 13 * 3_600_000 - 1, now), "11-21 23:59");
    }
}
