//! How well endpoints did lately: a moving window of ended calls, and what follows from it – how fast and how reliable one
//! is, and whether it is left alone for a while. Not kept here: [`crate::store::health`] does that.

use super::call::Call;
use super::event::{EndState, ErrorKind};
use super::member::ModelRef;
use super::price::guessed_tokens;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// How many calls of an endpoint are looked at.
pub const WINDOW: usize = 50;
/// Calls older than this don't count, in milliseconds: a week.
const OLD: u64 = 7 * 24 * 3600 * 1000;
/// So many faults of an endpoint in a row, and it is left alone.
const FAULTS: usize = 5;
/// Faults further apart than this are no row, in milliseconds.
const TOGETHER: u64 = 60_000;
/// How long an endpoint is left alone, in milliseconds.
const REST: u64 = 30_000;

/// What is remembered of a call that ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Where it went: scheme, host and port.
    pub endpoint: String,
    /// The model.
    pub model: ModelRef,
    /// When it ended, milliseconds since the epoch.
    pub at: u64,
    /// What was wrong; `None` when an answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<ErrorKind>,
    /// Milliseconds to the first piece of text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_ms: Option<u64>,
    /// Tokens written a second after that, where enough were written to tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
}

impl Sample {
    /// What a call tells of its endpoint; `None` where it tells nothing: it was stopped, or nothing was sent.
    pub fn of(call: &Call) -> Option<Self> {
        use ErrorKind::{Internal, Interrupted, OverBudget, Stopped};
        let kind = call.error.as_ref().map(|error| error.kind);
        let untold = [Internal, Interrupted, OverBudget, Stopped];
        let end = call.end.filter(|_| call.sent())?;
        if kind.is_some_and(|kind| untold.contains(&kind)) {
            return None;
        }
        let (total, first) = (call.total_ms?, call.first_ms);
        let answered = matches!(end, EndState::Done | EndState::Refused) || kind == Some(ErrorKind::Length);
        let guess = guessed_tokens(call.text.len() + call.thinking.len());
        let tokens = call.usage.map(|usage| usage.output).filter(|tokens| *tokens > 0).unwrap_or(guess);
        let took = total.saturating_sub(first.unwrap_or(total));
        Some(Self {
            endpoint: call.endpoint.clone(),
            model: call.model.clone(),
            at: call.started_at.saturating_add(total),
            fault: kind.filter(|_| !answered),
            first_ms: first,
            rate: (tokens >= 20 && took >= 50).then(|| tokens as f64 * 1000.0 / took as f64),
        })
    }

    /// Whether the endpoint itself failed, not the request.
    fn of_endpoint(&self) -> bool {
        use ErrorKind::{BadResponse, Connect, ConnectionLost, EndedEarly, Overloaded, Timeout};
        let kinds = [BadResponse, Connect, ConnectionLost, EndedEarly, Overloaded, Timeout];
        self.fault.is_some_and(|kind| kinds.contains(&kind))
    }
}

/// Whether an endpoint is asked (Nygard, Release It!, 2nd edition, section 5.2, "Circuit Breaker").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Breaker {
    /// It is.
    Closed,
    /// It is left alone.
    Open {
        /// Until then, milliseconds since the epoch.
        until: u64,
    },
    /// One call finds out whether it is well again.
    HalfOpen,
}

impl Breaker {
    /// What it means for an endpoint, in words; nothing where it is asked as usual.
    pub fn words(self, now: u64) -> Option<String> {
        match self {
            Self::Closed => None,
            Self::Open { until } => {
                let left = until.saturating_sub(now).div_ceil(1000);
                Some(format!("left alone, asked again in {left} s"))
            }
            Self::HalfOpen => Some("one call probes it".to_owned()),
        }
    }
}

/// An endpoint's window in a few numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// How many calls it is about.
    pub calls: usize,
    /// How many of them brought an answer.
    pub answered: usize,
    /// The median time to the first piece of text, in milliseconds.
    pub first_p50: Option<u64>,
    /// The 95th percentile of it, nearest rank.
    pub first_p95: Option<u64>,
    /// The median of tokens a second.
    pub rate_p50: Option<f64>,
    /// Tokens a second of each call, oldest first; `None` where it brought too little to tell, or nothing.
    pub rates: Vec<Option<f64>>,
    /// The last fault and when it was, milliseconds since the epoch.
    pub last_fault: Option<(u64, ErrorKind)>,
}

/// The windows of all endpoints.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Health(BTreeMap<String, VecDeque<Sample>>);

impl Health {
    /// Takes in a call that ended.
    pub fn note(&mut self, sample: Sample) {
        let window = self.0.entry(sample.endpoint.clone()).or_default();
        window.push_back(sample);
        if window.len() > WINDOW {
            window.pop_front();
        }
    }

    /// The endpoints that something is known of.
    pub fn endpoints(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The calls of an endpoint that count now, oldest first.
    pub fn window(&self, endpoint: &str, now: u64) -> impl DoubleEndedIterator<Item = &Sample> + Clone {
        let young = move |sample: &&Sample| sample.at.saturating_add(OLD) >= now;
        self.0.get(endpoint).into_iter().flatten().filter(young)
    }

    /// Whether an endpoint is asked now.
    pub fn breaker(&self, endpoint: &str, now: u64) -> Breaker {
        let mut row = self.window(endpoint, now).rev().take(FAULTS).peekable();
        let Some(last) = row.peek().map(|sample| sample.at) else { return Breaker::Closed };
        let (mut count, mut at) = (0, last);
        for sample in row.take_while(|sample| sample.of_endpoint()) {
            if at.saturating_sub(sample.at) > TOGETHER {
                break;
            }
            (count, at) = (count + 1, sample.at);
        }
        let until = last.saturating_add(REST);
        match count {
            0..FAULTS => Breaker::Closed,
            _ if now < until => Breaker::Open { until },
            // Who was left alone for long is not under suspicion any more.
            _ if now >= until.saturating_add(TOGETHER) => Breaker::Closed,
            _ => Breaker::HalfOpen,
        }
    }

    /// An endpoint's window in numbers.
    pub fn figures(&self, endpoint: &str, now: u64) -> Figures {
        figures(self.window(endpoint, now))
    }
}

/// Calls in numbers, oldest first.
pub fn figures<'a>(calls: impl Iterator<Item = &'a Sample>) -> Figures {
    let mut figures = Figures::default();
    let mut firsts = Vec::new();
    for sample in calls {
        figures.calls += 1;
        figures.answered += usize::from(sample.fault.is_none());
        firsts.extend(sample.first_ms);
        figures.rates.push(sample.rate);
        figures.last_fault = sample.fault.map(|fault| (sample.at, fault)).or(figures.last_fault);
    }
    firsts.sort_unstable();
    let mut rates: Vec<f64> = figures.rates.iter().flatten().copied().collect();
    rates.sort_by(f64::total_cmp);
    figures.first_p50 = rank(&firsts, 50);
    figures.first_p95 = rank(&firsts, 95);
    figures.rate_p50 = rank(&rates, 50);
    figures
}

/// The percentile of sorted values by nearest rank.
fn rank<T: Copy>(sorted: &[T], percent: usize) -> Option<T> {
    let place = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    sorted.get(place).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(at: u64, fault: Option<ErrorKind>) -> Sample {
        let (first_ms, rate) = (fault.is_none().then_some(at), None);
        Sample { endpoint: "e".into(), model: "a/b".parse().unwrap(), at, fault, first_ms, rate }
    }

    #[test]
    fn five_faults_in_a_row_open_it_and_one_probe_decides() {
        let mut health = Health::default();
        let busy = Some(ErrorKind::Overloaded);
        for at in 1..=4 {
            health.note(sample(at, busy));
            assert_eq!(health.breaker("e", at), Breaker::Closed);
        }
        health.note(sample(5, busy));
        assert_eq!(health.breaker("e", 6), Breaker::Open { until: 5 + REST });
        assert_eq!(health.breaker("other", 6), Breaker::Closed);
        assert_eq!(health.breaker("e", 5 + REST), Breaker::HalfOpen);
        let mut worse = health.clone();
        worse.note(sample(6 + REST, busy));
        assert_eq!(worse.breaker("e", 7 + REST), Breaker::Open { until: 6 + 2 * REST });
        health.note(sample(6 + REST, None));
        assert_eq!(health.breaker("e", 7 + REST), Breaker::Closed);
    }

    #[test]
    fn faults_of_requests_and_faults_far_apart_open_nothing() {
        let mut health = Health::default();
        for at in 0..20 {
            health.note(sample(at, Some(ErrorKind::BadRequest)));
            health.note(sample(at, Some(ErrorKind::RateLimited)));
        }
        assert_eq!(health.breaker("e", 20), Breaker::Closed);
        for at in 1..20 {
            health.note(sample(at * 2 * TOGETHER, Some(ErrorKind::Connect)));
            assert_eq!(health.breaker("e", at * 2 * TOGETHER), Breaker::Closed);
        }
    }

    #[test]
    fn the_window_moves_and_forgets() {
        let mut health = Health::default();
        for at in 1..=(WINDOW as u64 + 10) {
            health.note(sample(at, (at % 10 == 0).then_some(ErrorKind::Timeout)));
        }
        let figures = health.figures("e", 100);
        assert_eq!((figures.calls, figures.answered), (WINDOW, WINDOW - 5));
        // The 45 calls that answered took 11, 12, … ms, without 20, 30, 40, 50 and 60.
        assert_eq!((figures.first_p50, figures.first_p95), (Some(35), Some(57)));
        assert_eq!(figures.last_fault, Some((60, ErrorKind::Timeout)));
        assert_eq!(health.figures("e", 100 + 2 * OLD), Figures::default());
    }
}
