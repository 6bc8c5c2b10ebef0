//! When to draw: at once on a quiet screen, at most once a frame interval on a busy one, never without a change.

use std::time::Duration;
use tokio::time::Instant;

/// The shortest time between two frames.
const INTERVAL: Duration = Duration::from_millis(33);
/// The same where figures change that nobody reads so fast.
const CALM: Duration = Duration::from_millis(100);

/// Keeps the time of frames.
#[derive(Debug)]
pub(super) struct FrameClock {
    last: Option<Instant>,
    dirty: bool,
    interval: Duration,
}

impl Default for FrameClock {
    fn default() -> Self {
        Self { last: None, dirty: false, interval: INTERVAL }
    }
}

impl FrameClock {
    /// One for figures.
    pub(super) fn calm() -> Self {
        Self { interval: CALM, ..Self::default() }
    }

    /// Something changed that is on the screen.
    pub(super) fn change(&mut self) {
        self.dirty = true;
    }

    /// When the next frame is due; `None` while nothing changed.
    pub(super) fn due(&self) -> Option<Instant> {
        let now = Instant::now();
        self.dirty.then(|| self.last.map_or(now, |last| last + self.interval))
    }

    /// Whether a frame is due now.
    pub(super) fn ready(&self) -> bool {
        self.due().is_some_and(|due| due <= Instant::now())
    }

    /// A frame was drawn.
    pub(super) fn drawn(&mut self) {
        self.last = Some(Instant::now());
        self.dirty = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_first_change_is_drawn_at_once_and_the_rest_together() {
        let mut clock = FrameClock::default();
        assert!(!clock.ready(), "nothing changed");
        clock.change();
        assert!(clock.ready(), "a quiet screen is drawn at once");
        clock.drawn();
        clock.change();
        assert!(!clock.ready());
        tokio::time::advance(INTERVAL).await;
        assert!(clock.ready());
        clock.drawn();
        assert_eq!(clock.due(), None, "an idle screen has no timer");
    }
}
