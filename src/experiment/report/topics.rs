//! Accuracy by topic, for data sets that name topics.

use super::figures::Share;
use serde::Serialize;

/// The questions of a topic.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Topic {
    /// Its name.
    pub topic: String,
    /// How many questions the data set has on it.
    pub questions: usize,
    /// The accuracy of each arm on them, by arms of the design.
    pub arms: Vec<Share>,
}
