//! What debates did, round by round. A trial whose debate ended early stands by its last round in all later ones, so that each
//! round is over the same questions.

use super::figures::{Count, Share};
use serde::Serialize;

/// The debates of a treatment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Debates {
    /// The treatment's name.
    pub treatment: String,
    /// The rounds, 0 (the first answers) to the last that some trial came to.
    pub rounds: Vec<RoundFigures>,
}

/// A round of a treatment's debates. Corrections are counted by members and trials; a member without an answer is wrong.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RoundFigures {
    /// Its number; 0 is the first answers.
    pub round: usize,
    /// In how many trials the debate came to it.
    pub reached: Count,
    /// The mean share of members that are right.
    pub members: Option<f64>,
    /// The accuracy of the plurality of members; where answers tie, the share of them that is right.
    pub vote: Share,
    /// The share of questions on which all members that answered, two or more, say the same.
    pub unanimous: Share,
    /// Members wrong in the first answers and right now.
    pub corrected: Count,
    /// Members right in the first answers and wrong now.
    pub subverted: Count,
    /// Members wrong in the round before and right now.
    pub corrected_here: Count,
    /// Members right in the round before and wrong now.
    pub subverted_here: Count,
    /// Over how many members and trials these are counted.
    pub of: u64,
    /// Turns in which a member kept its position.
    pub held: Count,
    /// Turns in which it moved with an argument.
    pub argued: Count,
    /// Turns in which it moved to where most were without one.
    pub caved: Count,
    /// Turns in which it moved in some other way.
    pub changed: Count,
}
