//! Names and numbers that identify things; nothing here knows what the things are.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A member's name, unique within its council.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MemberId(pub String);

/// A session's name: the time it began and four characters that keep two apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(pub String);

/// The number of a run within its session, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub u32);

/// The place of a stage in its run's plan, from 0, in the order of appending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StageId(pub u16);

impl From<&str> for MemberId {
    fn from(name: &str) -> Self {
        Self(name.to_owned())
    }
}

impl fmt::Display for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// One request to one member; a repeated request differs in `attempt`, so a retry is a record of its own.
///
/// Written in the log as `run.stage.round.slot.attempt`, for example `1.0.0.2.1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId {
    /// The run the call belongs to.
    pub run: RunId,
    /// The stage of that run.
    pub stage: StageId,
    /// 0 for first answers, ballots and syntheses; debate rounds count from 1.
    pub round: u16,
    /// The member's seat in the council, from 0.
    pub slot: u16,
    /// From 1.
    pub attempt: u16,
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}.{}.{}", self.run.0, self.stage.0, self.round, self.slot, self.attempt)
    }
}

impl FromStr for CallId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("{text:?} is not a call id (run.stage.round.slot.attempt)");
        let mut parts = text.split('.').map(|part| part.parse::<u32>().map_err(|_| wrong()));
        let mut number = || parts.next().unwrap_or_else(|| Err(wrong()));
        let run = RunId(number()?);
        let mut small = || u16::try_from(number()?).map_err(|_| wrong());
        let id = Self { run, stage: StageId(small()?), round: small()?, slot: small()?, attempt: small()? };
        if text.split('.').count() == 5 { Ok(id) } else { Err(wrong()) }
    }
}

impl Serialize for CallId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CallId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_id_reads_back() {
        let id = CallId { run: RunId(3), stage: StageId(1), round: 2, slot: 4, attempt: 1 };
        assert_eq!(id.to_string().parse(), Ok(id));
        for bad in ["", "1.2.3.4", "1.2.3.4.5.6", "1.2.3.4.70000", "a.b.c.d.e"] {
            assert!(bad.parse::<CallId>().is_err(), "{bad}");
        }
    }
}
