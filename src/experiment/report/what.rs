//! Which trials a figure is of: a short word that every figure carries, and the list of trials that it leads to.

use crate::experiment::design::Design;
use crate::experiment::facts::Facts;
use crate::experiment::score::Scored;

/// Which trials are meant. Arms, treatments and seats are meant by their places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// All of them: `all`.
    All,
}

impl What {
    /// Reads a word such as `arm:council/wrong`.
    ///
    /// # Errors
    ///
    /// One line that says what may stand there.
    pub fn parse(design: &Design, word: &str) -> Result<Self, String> {
        let _ = design;
        match word {
            "all" => Ok(Self::All),
            _ => Err(format!("{word:?} names no trials: use all")),
        }
    }
}

/// The lines in the log of the trials that are meant, in their order.
pub fn trials_of(design: &Design, facts: &[Facts], scored: &[Vec<Scored>], what: &What) -> Vec<usize> {
    let _ = (design, scored, what);
    facts.iter().map(|facts| facts.line).collect()
}
