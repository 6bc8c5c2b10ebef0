//! Experiments: questions whose answers are known, put to several arrangements of members, and what the difference is worth.
//!
//! Here is what is pure of it: what an experiment is ([`design`]), what one trial came to ([`facts`]), what each arm makes of it
//! ([`score`]), the figures over all of them ([`report`]), and
//! which councils are tried where the best one is looked for ([`search`]). Trials are carried out by `engine::trials`, kept by
//! `store::lines`, written down in TOML as `config::experiment` says. Nothing here asks anybody, reads a file or draws.

pub mod arm;
pub mod design;
pub mod facts;
pub mod grader;
pub mod item;
pub mod judge;
pub mod kept;
pub mod progress;
pub mod report;
pub mod score;
pub mod search;
pub mod trial;
pub mod words;

pub use arm::{Arm, Control, Reading, Treatment, VoteRule};
pub use design::Design;
pub use facts::Facts;
pub use grader::Grader;
pub use item::Item;
pub use kept::Kept;
pub use progress::{Progress, Standing};
pub use score::Scored;
pub use trial::{Key, Line, Trial};
