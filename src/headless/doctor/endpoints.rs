//! The doctor's look at endpoints: how they did lately, by what is kept of ended calls; and, where the person wants it, whether
//! each provider answers the cheapest request there is, which is for its list of models.

use super::{Item, Section};
use crate::cli::Common;
use crate::config::load::Env;
use crate::config::{Config, Provider, is_loopback};
use crate::core::health::{Breaker, Figures, Health, WINDOW};
use crate::core::{CallError, ErrorKind};
use crate::engine::Clock;
use crate::launch::sessions_root;
use crate::providers::registry::Registry;
use crate::store::health;
use futures_util::future::join_all;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use tokio::time::Instant;

/// An endpoint's window, for programs.
#[derive(Debug, Serialize)]
pub(super) struct Endpoint {
    #[serde(rename = "endpoint")]
    address: String,
    #[serde(flatten)]
    figures: Figures,
    breaker: Breaker,
}

impl Endpoint {
    /// Its address, to be tidied.
    pub(super) fn address(&mut self) -> &mut String {
        &mut self.address
    }
}

/// How endpoints did, by what is kept; the same in figures.
pub(super) fn section(common: &Common, env: &Env) -> (Section, Vec<Endpoint>) {
    let section = |items| Section { name: "endpoints", items };
    let Ok(root) = sessions_root(common, env) else {
        return (section(vec![Item::new("kept", "nothing: no home folder is known")]), Vec::new());
    };
    let health = match health::load(&health::file_beside(&root)) {
        Ok(health) => health,
        Err(error) => {
            let item = Item::new("kept", error.to_string());
            let hint = "take the file away: it only remembers how endpoints did";
            return (section(vec![item.look(hint)]), Vec::new());
        }
    };
    let now = Clock::system().now();
    let all = endpoints(&health, now);
    if all.is_empty() {
        return (section(vec![Item::new("kept", "no call of the last 7 days")]), all);
    }
    (section(all.iter().map(|one| item(one, now)).collect()), all)
}

fn endpoints(health: &Health, now: u64) -> Vec<Endpoint> {
    let names = health.endpoints().filter(|name| health.window(name, now).next().is_some());
    let of = |name: &str| Endpoint {
        address: name.to_owned(),
        figures: health.figures(name, now),
        breaker: health.breaker(name, now),
    };
    names.map(of).collect()
}

fn item(of: &Endpoint, now: u64) -> Item {
    let figures = &of.figures;
    let percent = figures.answered * 100 / figures.calls.max(1);
    let last = if figures.calls == WINDOW { "last " } else { "" };
    let calls = if figures.calls == 1 { "call" } else { "calls" };
    let mut found = format!("{last}{} {calls}, {percent} % answered", figures.calls);
    if let (Some(half), Some(most)) = (figures.first_p50, figures.first_p95) {
        let _ = write!(found, ", first token p50 {} p95 {}", seconds(half), seconds(most));
    }
    if let Some(rate) = figures.rate_p50 {
        let _ = write!(found, ", {rate:.0} tok/s");
    }
    if let Some((at, kind)) = figures.last_fault {
        let _ = write!(found, "; last fault: {}, {}", kind.words(), ago(now.saturating_sub(at)));
    }
    match of.breaker.words(now) {
        None => Item::new(&of.address, found),
        Some(words) => Item::new(&of.address, format!("{found}; {words}"))
            .look("synod doctor --online asks whether it is well"),
    }
}

/// Seconds with as many digits as matter.
fn seconds(ms: u64) -> String {
    format!("{}.{:02} s", ms / 1000, ms % 1000 / 10)
}

fn ago(ms: u64) -> String {
    match ms / 1000 {
        seconds @ 0..60 => format!("{seconds} s ago"),
        seconds @ 60..3600 => format!("{} min ago", seconds / 60),
        seconds @ 3600..86_400 => format!("{} h ago", seconds / 3600),
        seconds => format!("{} d ago", seconds / 86_400),
    }
}

/// Asks every provider that can be asked for its list of models, all at once; each has its own limit of time. Gives what
/// was contacted, too.
pub(super) async fn online(config: &Config, registry: &Registry) -> (Section, Vec<String>) {
    let wanted: BTreeSet<&str> = config
        .councils
        .values()
        .flat_map(|council| &council.members)
        .map(|member| member.model.provider.as_str())
        .collect();
    let needed = |name: &str, provider: &Provider| provider.own || wanted.contains(name);
    let (usable, without): (Vec<_>, Vec<_>) =
        config.providers.iter().partition(|(_, provider)| provider.usable());
    // A preset at the address of a provider that is needed is the same server.
    let same = |one: &Provider| {
        let other =
            |(name, other): &(&String, &Provider)| needed(name, other) && other.base_url == one.base_url;
        usable.iter().any(other)
    };
    let asked: Vec<_> =
        usable.iter().filter(|(name, provider)| needed(name, provider) || !same(provider)).collect();
    let asks = asked.iter().map(|(name, provider)| ask(registry, name, provider, needed(name, provider)));
    let mut items = join_all(asks).await;
    if !without.is_empty() {
        let names: Vec<&str> = without.iter().map(|(name, _)| name.as_str()).collect();
        items.push(Item::new("not asked", format!("{}: no key is set", names.join(", "))));
    }
    let contacted = asked.into_iter().map(|(_, provider)| provider.base_url.clone()).collect();
    (Section { name: "online", items }, contacted)
}

/// Asks one. A preset on this machine that nobody runs and nobody wants is nothing to look at.
async fn ask(registry: &Registry, name: &str, provider: &Provider, needed: bool) -> Item {
    let began = Instant::now();
    let list = registry.models(name).await;
    let ms = began.elapsed().as_millis();
    let item = |found: String| Item::new(name, found);
    match list {
        Ok(list) if list.len() == 1 => item(format!("ok in {ms} ms, 1 model")),
        Ok(list) => item(format!("ok in {ms} ms, {} models", list.len())),
        Err(CallError { kind: ErrorKind::Connect, .. }) if !needed && is_loopback(&provider.base_url) => {
            item("nothing listens; no council asks it".to_owned())
        }
        Err(fault) => item(format!("{}: {}", fault.kind.words(), fault.message)).look(fault.hint),
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;
    use crate::core::health::Sample;

    fn health(calls: &[(u64, Option<ErrorKind>)]) -> Health {
        let mut health = Health::default();
        for (at, fault) in calls {
            let (first_ms, rate) = (fault.is_none().then_some(700), fault.is_none().then_some(40.0));
            let model = "a/b".parse().unwrap();
            health.note(Sample {
                endpoint: "https://e".into(),
                model,
                at: *at,
                fault: *fault,
                first_ms,
                rate,
            });
        }
        health
    }

    fn told(calls: &[(u64, Option<ErrorKind>)], now: u64) -> (String, State) {
        let item = item(&endpoints(&health(calls), now)[0], now);
        (item.found, item.state)
    }

    #[test]
    fn a_window_is_told_in_one_line() {
        let (line, state) = told(&[(1_000, None), (2_000, Some(ErrorKind::Timeout)), (3_000, None)], 200_000);
        assert_eq!(state, State::Well);
        assert_eq!(
            line,
            "3 calls, 66 % answered, first token p50 0.70 s p95 0.70 s, 40 tok/s; last fault: timed out, 3 min ago"
        );
    }

    #[test]
    fn an_endpoint_that_is_left_alone_is_something_to_look_at() {
        let down: Vec<_> = (1..=5).map(|at| (at * 1_000, Some(ErrorKind::Connect))).collect();
        let (line, state) = told(&down, 6_000);
        assert_eq!(state, State::Look);
        assert!(line.ends_with("left alone, asked again in 29 s"), "{line}");
        assert!(told(&down, 36_000).0.ends_with("one call probes it"));
        assert!(endpoints(&health(&down), 30 * 86_400_000).is_empty());
    }
}
