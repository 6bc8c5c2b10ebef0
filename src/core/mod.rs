//! The council itself: records, the log folded into runs and sessions, stages as data, and the one pure decider `next`.
//!
//! No clock, no randomness, no files, no network, no terminal: everything here is a function of its arguments.

pub mod again;
pub mod ballot;
pub mod ballot_trust;
pub mod budget;
pub mod clean;
pub mod command;
pub mod deeper;
mod degraded;
pub mod ended;
pub mod event;
pub mod ground;
pub mod health;
pub mod ids;
pub mod judge;
pub mod limits;
pub mod member;
pub mod nearest;
pub mod next;
pub mod offer;
pub mod plan;
pub mod price;
pub mod prompt;
mod prompt_points;
pub mod protocols;
pub mod question;
pub mod ruling;
pub mod run;
pub mod session;
pub mod shuffle;
pub mod spend;
pub mod tally;
pub mod wish;

pub use again::Attempt;
pub use budget::Caps;
pub use command::Command;
pub use deeper::{Deepened, Deepening, Deeper, Label, Labelled, Pass, Thresholds};
pub use ended::{CallError, EndState, ErrorKind, Usage};
pub use event::{Channel, Event, Record};
pub use ids::{CallId, MemberId, RunId, SessionId, StageId};
pub use limits::Limits;
pub use member::{Council, Member, ModelRef, Params, SCRIPTED};
pub use nearest::nearest;
pub use next::{CallSpec, Next, Progress, next};
pub use plan::{Ask, Source, Speakers, Stage, Until};
pub use prompt::{Message, Role, Templates};
pub use protocols::{Protocol, Step};
pub use question::{File, Question};
pub use ruling::{About, Point, Quote, Ruling, Verdict};
pub use run::{Begun, Call, Run, StageState};
pub use session::Session;
pub use spend::{Dollars, Spent};
