//! How long a call may take and how many an endpoint is asked at once: the table `limits`, of the whole file and of one
//! provider. The engine keeps to them.

use super::faults::{Faults, Section, whole};
use crate::core::Limits;

const TABLE: &str = "a table such as [limits] with idle = 300";
const SECONDS: &str = "seconds, a whole number from 1 to 86400";
const CALLS: &str = "a whole number from 1 to 1000";
const TIMES: &str = "a whole number from 0 to 2";

/// What a table says.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Said {
    concurrent: Option<usize>,
    first: Option<u32>,
    idle: Option<u32>,
    total: Option<u32>,
}

impl Said {
    /// This, and where it says nothing, the other.
    pub(super) fn over(self, other: Self) -> Self {
        Self {
            concurrent: self.concurrent.or(other.concurrent),
            first: self.first.or(other.first),
            idle: self.idle.or(other.idle),
            total: self.total.or(other.total),
        }
    }

    /// This over what is usual.
    pub(super) fn limits(self, loopback: bool) -> Limits {
        let usual = Limits::usual(loopback);
        Limits {
            concurrent: self.concurrent.unwrap_or(usual.concurrent),
            said: self.concurrent.is_some(),
            first: self.first.unwrap_or(usual.first),
            idle: self.idle.unwrap_or(usual.idle),
            total: self.total.unwrap_or(usual.total),
        }
    }
}

/// Reads the table `limits` of a section, if there is one.
pub(super) fn read(of: &Section<'_>, faults: &mut Faults<'_>) -> Said {
    let Some(section) = of.get("limits").and_then(|item| item.section(faults, TABLE)) else {
        return Said::default();
    };
    section.only(faults, &["concurrent", "first", "idle", "total"]);
    let mut number = |name, allowed, most| {
        section.read(faults, name, allowed, |value| whole(value).filter(|it| (1..=most).contains(it)))
    };
    Said {
        concurrent: number("concurrent", CALLS, 1000).map(|calls| calls as usize),
        first: number("first", SECONDS, 86_400).map(|seconds| seconds as u32),
        idle: number("idle", SECONDS, 86_400).map(|seconds| seconds as u32),
        total: number("total", SECONDS, 86_400).map(|seconds| seconds as u32),
    }
}

/// How often a call that failed before it brought anything is asked again by itself, where the file says so.
pub(super) fn retries(root: &Section<'_>, faults: &mut Faults<'_>) -> Option<u16> {
    let times = root.read(faults, "retries", TIMES, |value| whole(value).filter(|times| *times <= 2));
    times.map(|times| times as u16)
}
