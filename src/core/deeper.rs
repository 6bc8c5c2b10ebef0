//! Deeper passes over the claims of a run: which there are, what they say of pairs of claims, and what is on record of
//! them. Not how pairs are found (`agreement::undecided`) and not how anybody is asked (the engine).

use super::event::{CallError, Event, Usage};
use super::member::ModelRef;
use super::price::Price;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A pass that costs something and is made only when a person asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pass {
    /// The claims' vectors are compared.
    Embeddings,
    /// A model labels the pairs that the words alone leave open.
    Judge,
}

impl Pass {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Embeddings, Self::Judge];

    /// Its name on the command line, and of its key in the configuration's table `agreement`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Embeddings => "embeddings",
            Self::Judge => "judge",
        }
    }

    /// What to do where nobody is configured for it.
    pub fn unset(self) -> String {
        let word = self.word();
        format!(
            "nobody is set for it: write {word} = \"PROVIDER/MODEL\" under [agreement] in the configuration"
        )
    }
}

impl FromStr for Pass {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|pass| pass.word() == word.trim());
        found.ok_or_else(|| "no such pass; allowed: embeddings, judge".to_owned())
    }
}

/// From which cosine on two claims are linked. What it means differs from model to model, and none was measured with
/// synod's claims: the defaults are high, as a link too many hides a difference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// They say the same.
    pub same: f64,
    /// They say something close to each other.
    pub close: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { same: 0.90, close: 0.80 }
    }
}

/// What is said of a pair of claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// They say the same.
    Same,
    /// They say something close to each other.
    Close,
    /// They can't both hold.
    Contradicting,
    /// They say different things that can both hold.
    Different,
    /// The judge said one thing in one order and another in the other: the pair stays open.
    Unstable,
    /// The judge said nothing readable of it in at least one order: the pair stays open.
    Unread,
}

/// A pair of claims, named by their words as they stand in the answers, and what is said of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Labelled {
    /// The words of one claim.
    pub a: String,
    /// The words of the other.
    pub b: String,
    /// What is said of them.
    pub label: Label,
    /// The cosine of their vectors, -1 to 1, where vectors were compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cosine: Option<f64>,
}

/// Who makes which pass, as configured. Nobody, where nothing was said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deepening {
    /// The model whose vectors are compared.
    pub embeddings: Option<ModelRef>,
    /// From where on they link claims.
    pub thresholds: Thresholds,
    /// The model that labels pairs.
    pub judge: Option<ModelRef>,
}

impl Deepening {
    /// Who makes a pass.
    pub fn by(&self, pass: Pass) -> Option<&ModelRef> {
        match pass {
            Pass::Embeddings => self.embeddings.as_ref(),
            Pass::Judge => self.judge.as_ref(),
        }
    }
}

/// A pass that runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Running {
    /// Which.
    pub pass: Pass,
    /// Who is asked.
    pub by: ModelRef,
    /// How many claims or pairs it is about.
    pub items: u32,
    /// When it began, milliseconds since the epoch.
    pub started_at: u64,
    /// What the model cost then, where that was known.
    pub price: Option<Price>,
    /// The most tokens that may be read and written.
    pub most: (u64, u64),
}

/// A pass that is over.
#[derive(Clone, Debug, PartialEq)]
pub struct Deepened {
    /// Which.
    pub pass: Pass,
    /// Who was asked.
    pub by: ModelRef,
    /// What was said.
    pub verdicts: Vec<Labelled>,
    /// What the provider counted; `None` where it did not, or where everything was known already.
    pub usage: Option<Usage>,
    /// Whether anything was sent at all: what is in the cache is not asked for again.
    pub sent: bool,
    /// Why it brought less than it should.
    pub error: Option<CallError>,
    /// What the model cost when it began, where that was known.
    pub price: Option<Price>,
    /// The most tokens that it may have read and written.
    pub most: (u64, u64),
}

impl Deepened {
    /// What came of it, in one line.
    pub fn line(&self) -> String {
        let by = super::clean::line(&self.by.to_string());
        if let Some(error) = &self.error {
            return super::clean::line(&format!("{by}: {}: {}", error.message, error.hint));
        }
        let count = |label| self.verdicts.iter().filter(|verdict| verdict.label == label).count();
        match self.pass {
            Pass::Embeddings => {
                format!(
                    "{by} finds {} same and {} close beyond the words",
                    count(Label::Same),
                    count(Label::Close)
                )
            }
            Pass::Judge => {
                let (same, against) = (count(Label::Same), count(Label::Contradicting));
                let mut line = format!(
                    "judge {by}: {same} same, {against} contradicting, {} different",
                    count(Label::Different)
                );
                for (open, why) in [
                    (count(Label::Unstable), "unstable: its two orders disagree"),
                    (count(Label::Unread), "without a label it was asked for"),
                ] {
                    if open > 0 {
                        line = format!("{line}, {open} {why}");
                    }
                }
                line
            }
        }
    }
}

/// The deeper passes of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deeper {
    /// Those that run.
    pub running: Vec<Running>,
    /// Those that are over, in order.
    pub done: Vec<Deepened>,
}

impl Deeper {
    /// Folds one record in.
    pub(super) fn apply(&mut self, at: u64, event: &Event) {
        let (pass, done) = match event {
            Event::PassStarted { pass, by, items, price, most, .. } => {
                let (pass, by, items) = (*pass, by.clone(), *items);
                self.running.push(Running { pass, by, items, started_at: at, price: *price, most: *most });
                return;
            }
            Event::ClaimsEmbedded { by, links, usage, sent, error, .. } => {
                (Pass::Embeddings, (by, links, usage, sent, error))
            }
            Event::PairsJudged { by, verdicts, usage, sent, error, .. } => {
                (Pass::Judge, (by, verdicts, usage, sent, error))
            }
            _ => return,
        };
        let (by, verdicts, usage, sent, error) = done;
        let at = self.running.iter().position(|one| one.pass == pass);
        let begun = at.map(|at| self.running.remove(at));
        self.done.push(Deepened {
            pass,
            by: by.clone(),
            verdicts: verdicts.clone(),
            usage: *usage,
            sent: *sent,
            error: error.clone(),
            price: begun.as_ref().and_then(|begun| begun.price),
            most: begun.map(|begun| begun.most).unwrap_or_default(),
        });
    }

    /// Whether such a pass runs.
    pub fn runs(&self, pass: Pass) -> bool {
        self.running.iter().any(|one| one.pass == pass)
    }
}
