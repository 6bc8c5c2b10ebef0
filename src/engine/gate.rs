//! Whether a call may leave now: how many an endpoint is asked at once, whether it asked for a pause, and whether it is
//! left alone after faults. It counts and holds back; whether anything is asked again is for [`crate::core::next()`].

use crate::core::health::Breaker;
use std::collections::HashMap;

/// What is said to a call that wants to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leave {
    /// It may.
    Go,
    /// Not before another call has ended, or that moment has come (milliseconds since the epoch).
    Hold(Option<u64>),
    /// It is not asked at all: the endpoint is left alone until then.
    Not(u64),
}

/// What is on its way to each endpoint.
#[derive(Debug, Default)]
pub(super) struct Gate {
    running: HashMap<String, usize>,
    pauses: HashMap<String, u64>,
}

impl Gate {
    /// Whether a call to an endpoint may leave. What a person asks for once more is the probe of one that is left alone.
    pub(super) fn ask(&self, endpoint: &str, most: usize, breaker: Breaker, wanted: bool, now: u64) -> Leave {
        let running = self.running(endpoint);
        if let Some(until) = self.pauses.get(endpoint).copied().filter(|until| now < *until && !wanted) {
            return Leave::Hold(Some(until));
        }
        match breaker {
            Breaker::Open { until } if !wanted => Leave::Not(until),
            Breaker::HalfOpen | Breaker::Open { .. } if running > 0 => Leave::Hold(None),
            _ if running >= most => Leave::Hold(None),
            _ => Leave::Go,
        }
    }

    /// How many calls to an endpoint are on their way.
    pub(super) fn running(&self, endpoint: &str) -> usize {
        self.running.get(endpoint).copied().unwrap_or(0)
    }

    /// A call leaves.
    pub(super) fn leave(&mut self, endpoint: &str) {
        *self.running.entry(endpoint.to_owned()).or_default() += 1;
    }

    /// A call is over; the endpoint may have asked for a pause until then.
    pub(super) fn back(&mut self, endpoint: &str, pause: Option<u64>) {
        if let Some(running) = self.running.get_mut(endpoint) {
            *running = running.saturating_sub(1);
        }
        if let Some(until) = pause {
            let pause = self.pauses.entry(endpoint.to_owned()).or_default();
            *pause = until.max(*pause);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_endpoint_has_its_own_limit_and_pause() {
        let mut gate = Gate::default();
        let ask = |gate: &Gate, endpoint, now| gate.ask(endpoint, 2, Breaker::Closed, false, now);
        gate.leave("a");
        assert_eq!(ask(&gate, "a", 0), Leave::Go);
        gate.leave("a");
        assert_eq!((ask(&gate, "a", 0), ask(&gate, "b", 0)), (Leave::Hold(None), Leave::Go));
        gate.back("a", Some(50));
        gate.back("a", Some(40));
        assert_eq!((ask(&gate, "a", 49), ask(&gate, "a", 50)), (Leave::Hold(Some(50)), Leave::Go));
        assert_eq!(gate.ask("a", 2, Breaker::Closed, true, 0), Leave::Go, "a person may try");
    }

    #[test]
    fn one_call_probes_an_endpoint_that_was_left_alone() {
        let mut gate = Gate::default();
        let open = Breaker::Open { until: 9 };
        assert_eq!(gate.ask("a", 8, open, false, 1), Leave::Not(9));
        assert_eq!(gate.ask("a", 8, open, true, 1), Leave::Go);
        assert_eq!(gate.ask("a", 8, Breaker::HalfOpen, false, 9), Leave::Go);
        gate.leave("a");
        assert_eq!(gate.ask("a", 8, Breaker::HalfOpen, false, 9), Leave::Hold(None));
    }
}
