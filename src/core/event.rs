//! What happened, as records: the only thing the store keeps, the screen folds and the report prints.
//!
//! Unknown kinds of records are read as [`Event::Unknown`] and skipped, so that an older synod opens a newer log.

use super::cached::{Cached, Similar};
use super::claim_table;
use super::counting::Counting;
use super::debate::{Held, Stop};
use super::deeper::{Labelled, Pass};
pub use super::ended::{CallError, EndState, ErrorKind, Usage};
use super::grade::Grade;
use super::ids::{CallId, MemberId, RunId, SessionId, StageId};
use super::member::{Council, Member, ModelRef};
use super::part::{Decided, Given, Handed};
use super::plan::Stage;
use super::price::Price;
use super::private::Private;
use super::prompt::Message;
use super::question::File;
use super::routing::Routed;
use super::ruling::Ruling;
use super::spend::Dollars;
use serde::{Deserialize, Serialize};

/// The version written into each record.
pub const VERSION: u8 = 1;

/// One numbered, timed event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The format's version.
    pub v: u8,
    /// Its place in the session's log, from 1, without gaps.
    pub seq: u64,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub at: u64,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// Which of a member's two streams a piece of text belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The answer.
    Text,
    /// What the model says to itself before it.
    Thinking,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// A log begins.
    SessionStarted {
        /// The session's name.
        session: SessionId,
        /// The synod that wrote it.
        synod: String,
    },
    /// A question is put to a council.
    RunStarted {
        /// The run's number.
        run: RunId,
        /// The person's words.
        question: String,
        /// Who is asked, as configured at that moment.
        council: Council,
        /// The recipe the plan came from, for example `debate:2`.
        protocol: String,
        /// What every shuffle of this run is drawn from.
        seed: u64,
        /// The first stages.
        plan: Vec<Stage>,
        /// The files that go with the question.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<File>,
        /// The run that this one takes the place of in the conversation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaces: Option<RunId>,
        /// How often a call that failed before it brought anything is asked again by itself, at the most.
        #[serde(default, skip_serializing_if = "no_retries")]
        retries: u16,
        /// What was decided about it, where it is or looks private.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        private: Option<Box<Private>>,
        /// The earlier question whose first answers the person allowed for it, where they are still kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        similar: Option<Box<Similar>>,
    },
    /// A step was appended to a run.
    StageAdded {
        /// The run.
        run: RunId,
        /// The new stage; its id is the next free one.
        stage: Stage,
    },
    /// A stage that repeats was given more rounds.
    StageProlonged {
        /// The run.
        run: RunId,
        /// The stage.
        stage: StageId,
        /// How many rounds it has now, at the most.
        rounds: u16,
    },
    /// A stage begins: who speaks in it and which answers it is about are fixed from here on.
    StageStarted {
        /// The run.
        run: RunId,
        /// The stage.
        stage: StageId,
        /// The seats that speak.
        speakers: Vec<u16>,
        /// The answers it is about, one a seat, in order of seats.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        answers: Vec<CallId>,
        /// Why it can't be carried out, where its inputs do not allow it; then nobody is asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        obstacle: Option<String>,
        /// The claims of the answers, as a chair is given them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        table: Vec<claim_table::Row>,
        /// The texts of earlier stages that its speakers are given, in the order of the plan.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        given: Vec<Given>,
    },
    /// The person, the end of the program, or a rule of a debate's own stopped a stage: nothing more is asked in it.
    StageStopped {
        /// The run.
        run: RunId,
        /// The stage.
        stage: StageId,
        /// The rule, where it was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rule: Option<Stop>,
    },
    /// The person wants a call that is over to be asked once more, with the same inputs.
    RetryAsked {
        /// The call.
        call: CallId,
    },
    /// A call failed before it brought anything, or brought no valid ballot, and is followed by another attempt without
    /// anybody asking.
    RetrySet {
        /// The attempt to come.
        call: CallId,
        /// The model that is asked then: that of the call before, or a backup of the member's.
        model: ModelRef,
        /// Not before this, in milliseconds since the epoch.
        due: u64,
        /// What is wrong with the ballot of the call before, where that is why: the judge is told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        repair: Option<String>,
    },
    /// The person does not want an attempt that was set.
    RetryDropped {
        /// The attempt.
        call: CallId,
    },
    /// A member joins a run: it takes the next seat and is asked the run's question.
    MemberJoined {
        /// The run.
        run: RunId,
        /// Who.
        member: Member,
    },
    /// A member leaves a run. Its seat stays empty.
    MemberLeft {
        /// The run.
        run: RunId,
        /// Who.
        member: MemberId,
    },
    /// From now on this member writes the run's syntheses.
    ChairChosen {
        /// The run.
        run: RunId,
        /// Who.
        member: MemberId,
    },
    /// A request is about to leave, or is answered from the cache.
    CallStarted {
        /// The call.
        call: CallId,
        /// Who is asked.
        member: MemberId,
        /// The model.
        model: ModelRef,
        /// Where the request goes: scheme, host and port, or what stands for it.
        endpoint: String,
        /// Exactly what is sent.
        messages: Vec<Message>,
        /// The answers it was shown, in the order shown: the first one bears the label A.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        shown: Vec<CallId>,
        /// The member's own earlier answer: shown as its own, or one among those shown where a debate's mode says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        own: Option<CallId>,
        /// What the model costs at that moment, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        price: Option<Box<Price>>,
        /// The most output tokens that it was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer_limit: Option<u32>,
        /// Whose answer is given again, where nothing is sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cached: Option<Cached>,
    },
    /// Some text arrived.
    Delta {
        /// The call.
        call: CallId,
        /// Answer or thinking.
        channel: Channel,
        /// The piece, raw as it came.
        text: String,
    },
    /// A call is over. Carries the whole text, so that the deltas before it may be dropped.
    CallEnded {
        /// The call.
        call: CallId,
        /// How it ended.
        state: EndState,
        /// The whole answer, raw as it came.
        text: String,
        /// The whole thinking text.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        thinking: String,
        /// What the provider counted, where it did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        usage: Option<Usage>,
        /// Why it is not done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<CallError>,
        /// Milliseconds from the start to the first piece of text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        first_ms: Option<u64>,
        /// Milliseconds from the start to the end.
        total_ms: u64,
        /// In how many pieces the text came: there are no fewer tokens.
        #[serde(default, skip_serializing_if = "none")]
        pieces: u64,
        /// How many events could not be read and were passed over.
        #[serde(default, skip_serializing_if = "none")]
        skipped: u64,
        /// The content type that the answer was sent under, where that is not what came; empty where it had none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mislabelled: Option<String>,
    },
    /// The person ruled on a point that the answers are divided on, or took a ruling back.
    Ruled {
        /// The run.
        run: RunId,
        /// On what, and how.
        ruling: Ruling,
    },
    /// A deeper pass over the claims is about to be made.
    PassStarted {
        /// The run.
        run: RunId,
        /// Which.
        pass: Pass,
        /// Who is asked.
        by: ModelRef,
        /// Where the requests go: scheme, host and port, or what stands for it.
        endpoint: String,
        /// How many claims or pairs it is about.
        items: u32,
        /// Exactly what a judge is sent, one list of messages a request.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        messages: Vec<Vec<Message>>,
        /// What the model costs at that moment, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        price: Option<Box<Price>>,
        /// The most tokens that may be read and written.
        #[serde(default)]
        most: (u64, u64),
    },
    /// Claims were compared by their vectors.
    ClaimsEmbedded {
        /// The run.
        run: RunId,
        /// The model that made them.
        by: ModelRef,
        /// The pairs that are close, beyond what their words had shown.
        links: Vec<Labelled>,
        /// What the provider counted, where it did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        usage: Option<Usage>,
        /// Whether anything was sent: vectors that are cached are not asked for again.
        #[serde(default)]
        sent: bool,
        /// Why there is less than there should be.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<CallError>,
    },
    /// A judge labelled pairs of claims.
    PairsJudged {
        /// The run.
        run: RunId,
        /// The judge.
        by: ModelRef,
        /// What it said of each pair, both orders taken together.
        verdicts: Vec<Labelled>,
        /// What the provider counted, where it did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        usage: Option<Usage>,
        /// Whether anything was sent.
        #[serde(default)]
        sent: bool,
        /// Why there is less than there should be.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<CallError>,
    },
    /// The person set what the session may cost.
    CapSet {
        /// From now on, in billionths of a US dollar.
        cap: Dollars,
        /// Before, where there was a cap.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<Dollars>,
    },
    /// The answers before a debate round were grouped by where they stand, for members that are shown the groups.
    RoundGrouped {
        /// The run.
        run: RunId,
        /// The stage.
        stage: StageId,
        /// The round to come.
        round: u16,
        /// The groups, the largest first.
        groups: Vec<Held>,
    },
    /// The person said something into a debate: it is shown to whom it was said, in the next round that begins.
    WordSaid {
        /// The run.
        run: RunId,
        /// To whom, where not to all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<MemberId>,
        /// The words.
        text: String,
    },
    /// The person has the votes of a run counted in another way.
    Counted {
        /// The run.
        run: RunId,
        /// How.
        counting: Counting,
    },
    /// The person voted in a vote, before names were shown.
    Voted {
        /// The run.
        run: RunId,
        /// The vote.
        stage: StageId,
        /// For whose answer; none where the person had the names shown instead.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        choice: Option<MemberId>,
    },
    /// The person graded an answer, or took its grade back.
    Graded {
        /// The run.
        run: RunId,
        /// The answer.
        call: CallId,
        /// The grade; `None` takes back the one before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grade: Option<Grade>,
        /// What the question is about, where the person said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        topic: Option<String>,
    },
    /// Whether a stage with a condition is begun was found, now that its turn has come; or the person skips it.
    StageDecided {
        /// The run.
        run: RunId,
        /// The stage.
        stage: StageId,
        /// What was found.
        decided: Decided,
    },
    /// It was chosen who is asked what comes after a route.
    Routed {
        /// The run.
        run: RunId,
        /// The route.
        stage: StageId,
        /// What was chosen, and why.
        routed: Box<Routed>,
    },
    /// The person decided where the plan was handed over to them.
    HandedOver {
        /// The run.
        run: RunId,
        /// The stage that waited.
        stage: StageId,
        /// What they decided.
        handed: Handed,
        /// The stages that are gone through once more, where the work was sent back; their ids are the next free ones.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        again: Vec<Stage>,
    },
    /// The person has a run begin nothing new, or go on.
    Paused {
        /// The run.
        run: RunId,
        /// Whether it is paused.
        paused: bool,
    },
    /// The person has a run go on that was stopped, or that ended with the program.
    Resumed {
        /// The run.
        run: RunId,
    },
    /// A kind of record this version does not know.
    #[serde(other)]
    Unknown,
}

impl Event {
    /// The call an event is about, where it is about one.
    pub fn call(&self) -> Option<CallId> {
        match self {
            Self::CallStarted { call, .. } | Self::Delta { call, .. } | Self::CallEnded { call, .. } => {
                Some(*call)
            }
            _ => None,
        }
    }

    /// The run an event is about, where it is about one.
    pub fn run(&self) -> Option<RunId> {
        match self {
            Self::RunStarted { run, .. }
            | Self::StageAdded { run, .. }
            | Self::StageProlonged { run, .. }
            | Self::StageStarted { run, .. }
            | Self::StageStopped { run, .. }
            | Self::MemberJoined { run, .. }
            | Self::MemberLeft { run, .. }
            | Self::ChairChosen { run, .. }
            | Self::Ruled { run, .. }
            | Self::PassStarted { run, .. }
            | Self::ClaimsEmbedded { run, .. }
            | Self::PairsJudged { run, .. }
            | Self::RoundGrouped { run, .. }
            | Self::WordSaid { run, .. }
            | Self::Counted { run, .. }
            | Self::Voted { run, .. }
            | Self::StageDecided { run, .. }
            | Self::Routed { run, .. }
            | Self::HandedOver { run, .. }
            | Self::Paused { run, .. }
            | Self::Resumed { run, .. }
            | Self::Graded { run, .. } => Some(*run),
            Self::RetryAsked { call }
            | Self::RetrySet { call, .. }
            | Self::RetryDropped { call }
            | Self::CallStarted { call, .. }
            | Self::Delta { call, .. }
            | Self::CallEnded { call, .. } => Some(call.run),
            Self::SessionStarted { .. } | Self::CapSet { .. } | Self::Unknown => None,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn no_retries(retries: &u16) -> bool {
    *retries == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn none(count: &u64) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests;
