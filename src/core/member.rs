//! Who sits in a council: members, the models behind them, and the roles some of them hold. Not how they are reached.

use super::clean;
use super::ids::MemberId;
use super::nearest::nearest;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A model at a provider, written `provider/model`; split at the first slash, so model names may hold slashes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelRef {
    /// The provider's name in the configuration, for example `local`.
    pub provider: String,
    /// The model's name as the provider spells it.
    pub model: String,
}

impl fmt::Display for ModelRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.provider, self.model)
    }
}

impl FromStr for ModelRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('/') {
            Some((provider, model)) if !provider.trim().is_empty() && !model.trim().is_empty() => {
                Ok(Self { provider: provider.trim().to_owned(), model: model.trim().to_owned() })
            }
            _ => Err(format!("{text:?} is not PROVIDER/MODEL, for example openai/gpt-6-luna")),
        }
    }
}

impl Serialize for ModelRef {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ModelRef {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What every face shows where a scripted council speaks.
pub const SCRIPTED: &str = "DEMO, scripted: no model was asked";

/// The most output tokens a call may have when nothing else was said.
pub const ANSWER_LIMIT: u32 = 4096;

/// What the person set for a member's requests. Nothing is sent that was not set, save the answer limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Params {
    /// Sampling temperature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Nucleus sampling mass, 0–1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// The provider's own seed, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// How long it is to think before it answers, where the model can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effort: Option<Effort>,
    /// The most output tokens of one call.
    pub answer_limit: u32,
}

/// How long a model is to think before it answers. Each dialect has its own words and fields for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effort {
    /// Not at all.
    None,
    /// As little as it can.
    Minimal,
    /// A little.
    Low,
    /// As it usually does.
    Medium,
    /// A lot.
    High,
    /// As long as it can.
    Max,
}

impl Effort {
    /// All of them, with their names.
    pub const ALL: [(&'static str, Self); 6] = [
        ("none", Self::None),
        ("minimal", Self::Minimal),
        ("low", Self::Low),
        ("medium", Self::Medium),
        ("high", Self::High),
        ("max", Self::Max),
    ];

    /// The effort of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, effort)| *effort)
    }

    /// Its name.
    pub const fn word(self) -> &'static str {
        Self::ALL[self as usize].0
    }
}

impl Default for Params {
    fn default() -> Self {
        Self { temperature: None, top_p: None, seed: None, effort: None, answer_limit: ANSWER_LIMIT }
    }
}

/// A model with a persona and parameters: one seat in a council.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// Its name, unique in the council.
    pub name: MemberId,
    /// The model that speaks.
    pub model: ModelRef,
    /// What it is told about itself, sent as the system message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persona: Option<String>,
    /// How much its ballot counts; 1 unless the person said otherwise.
    #[serde(default = "one")]
    pub weight: f64,
    /// What the person set for its requests.
    #[serde(default)]
    pub params: Params,
    /// Models that speak in its place, in this order, when its own can't be had.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fallback: Vec<ModelRef>,
    /// What it knows best, in the words of plans that look for such a member.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
}

fn one() -> f64 {
    1.0
}

impl Member {
    /// A member of that name with nothing else set.
    pub fn new(name: &str, model: ModelRef) -> Self {
        Self {
            name: name.into(),
            model,
            persona: None,
            weight: 1.0,
            params: Params::default(),
            fallback: Vec::new(),
            topics: Vec::new(),
        }
    }
}

/// An ordered list of members, with the roles some of them hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Council {
    /// The council's name in the configuration, or what it was made from.
    pub name: String,
    /// The seats, in order.
    pub members: Vec<Member>,
    /// Who writes syntheses. Without one it is the first member that finished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chair: Option<MemberId>,
    /// Whether the members are scripted: then no model is asked, and every face says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub scripted: bool,
}

impl Council {
    /// The seat of a member, from 0.
    pub fn slot(&self, name: &MemberId) -> Option<u16> {
        self.members.iter().position(|member| &member.name == name).map(|slot| slot as u16)
    }

    /// The members of these names.
    ///
    /// # Errors
    /// One line that says which is nobody's, and who is there.
    pub fn named(&self, names: &[String]) -> Result<Vec<MemberId>, String> {
        let find = |name: &String| {
            let name = name.trim().trim_start_matches('@');
            let found = self.members.iter().find(|member| member.name.0 == name);
            found.map(|member| member.name.clone()).ok_or_else(|| {
                let there: Vec<String> =
                    self.members.iter().map(|member| clean::line(&member.name.0)).collect();
                let names: Vec<&str> = there.iter().map(String::as_str).collect();
                let near =
                    nearest(name, &names).map(|near| format!(" (did you mean {near}?)")).unwrap_or_default();
                format!("no member {}; there are {}{near}", clean::exact(name), there.join(", "))
            })
        };
        names.iter().map(find).collect()
    }

    /// The member in a seat.
    pub fn member(&self, slot: u16) -> Option<&Member> {
        self.members.get(usize::from(slot))
    }

    /// Builds a council from models alone: each member is named after its model, a repeated one becomes `name-2`.
    pub fn of_models(name: &str, models: &[ModelRef]) -> Self {
        let mut members: Vec<Member> = Vec::with_capacity(models.len());
        for model in models {
            let short = model.model.rsplit('/').next().unwrap_or(&model.model);
            let taken = |name: &str| members.iter().any(|member| member.name.0 == name);
            let mut unique = short.to_owned();
            let mut number = 2;
            while taken(&unique) {
                unique = format!("{short}-{number}");
                number += 1;
            }
            members.push(Member::new(&unique, model.clone()));
        }
        Self { name: name.to_owned(), members, chair: None, scripted: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_splits_at_the_first_slash() {
        let model: ModelRef = "openrouter/vendor/model".parse().unwrap();
        assert_eq!((model.provider.as_str(), model.model.as_str()), ("openrouter", "vendor/model"));
        for bad in ["", "gpt", "/gpt", "openai/", " / "] {
            assert!(bad.parse::<ModelRef>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_repeated_model_gets_a_number() {
        let models: Vec<ModelRef> =
            ["a/x", "b/x", "a/x", "a/x-2"].iter().map(|text| text.parse().unwrap()).collect();
        let names: Vec<String> =
            Council::of_models("t", &models).members.into_iter().map(|member| member.name.0).collect();
        assert_eq!(names, ["x", "x-2", "x-3", "x-2-2"]);
    }
}
