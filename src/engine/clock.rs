//! Where the time comes from: the one file that asks the machine what time it is. Not a timer.

use tokio::time::Instant;

/// Milliseconds since 1970-01-01T00:00Z that never run backwards: the wall clock once, then the monotonic one.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    epoch_ms: u64,
    origin: Instant,
}

impl Clock {
    /// The machine's clock.
    #[expect(clippy::disallowed_methods, reason = "this file is where the wall clock is read")]
    pub fn system() -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Self::at(since.as_millis() as u64)
    }

    /// A clock that shows `epoch_ms` now.
    pub fn at(epoch_ms: u64) -> Self {
        Self { epoch_ms, origin: Instant::now() }
    }

    /// A moment, in milliseconds since the epoch, as a clock on the wall here shows it, in the form that `strftime` knows.
    pub fn on_the_wall(at: u64, form: &str) -> String {
        let time = i64::try_from(at).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
        time.unwrap_or_default().to_zoned(jiff::tz::TimeZone::system()).strftime(form).to_string()
    }

    /// The time now, in milliseconds since the epoch.
    pub fn now(&self) -> u64 {
        self.epoch_ms + self.origin.elapsed().as_millis() as u64
    }
}
