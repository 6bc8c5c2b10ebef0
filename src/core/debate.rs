//! How a debate is held, as data: its mode, and the rules that end it before its last round. What a member is sent in each
//! mode is [`super::prompt_debate`]'s; whether a rule holds is found in `agreement` and put on record by the engine.

use super::ids::{CallId, MemberId};
use super::spend::Dollars;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What members see of each other in a debate, and what they are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// The answers of the others, anonymous, and the own one as one's own.
    #[default]
    Revise,
    /// The own answer as one among the others: arXiv 2510.07517.
    AnonymousSelf,
    /// The own history as a conversation, the answers of the others as additional information: Du et al., arXiv 2305.14325.
    Du,
    /// The two positions that most hold, with how many hold each, their explanations and their confidence; an answer and a
    /// confidence are asked for: `ReConcile`, arXiv 2309.13007.
    Reconcile,
    /// A role of its own for each member: `ChatEval`, arXiv 2308.07201.
    Chateval,
    /// A prompt against conformity; the result scores the whole way there: Free-MAD, arXiv 2509.11035.
    FreeMad,
    /// No peers: the own answer once more. The control.
    Reflect,
}

impl Mode {
    /// All of them, with their names and a word on each.
    pub const ALL: [(&'static str, Self, &'static str); 7] = [
        ("revise", Self::Revise, "peers anonymous, the own answer as one's own"),
        ("anonymous-self", Self::AnonymousSelf, "the own answer one among the others"),
        ("du", Self::Du, "the own history as a conversation, others as information"),
        ("reconcile", Self::Reconcile, "grouped by position, with counts and confidence"),
        ("chateval", Self::Chateval, "a role of its own for each member"),
        ("free-mad", Self::FreeMad, "against conformity; the whole way is scored"),
        ("reflect", Self::Reflect, "no peers: the own answer once more, as a control"),
    ];

    /// Its name on the command line and on record.
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, mode, _)| *mode == self).map_or("", |(name, _, _)| name)
    }

    /// Whether the own answer is one among those that a member is shown.
    pub fn hides_own(self) -> bool {
        matches!(self, Self::AnonymousSelf | Self::Reconcile)
    }

    /// How many answers it needs.
    pub fn fewest(self) -> usize {
        if self == Self::Reflect { 1 } else { 2 }
    }
}

impl FromStr for Mode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|(name, _, _)| *name == text);
        found.map(|(_, mode, _)| mode).ok_or_else(|| {
            let names = Self::ALL.map(|(name, _, _)| name).join(", ");
            format!("no debate mode {text:?}; there are {names}")
        })
    }
}

/// The rules that end a debate before its last round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Stops {
    /// All stand at the same position.
    #[serde(skip_serializing_if = "off")]
    pub unanimity: bool,
    /// Nobody moved for a round.
    #[serde(skip_serializing_if = "off")]
    pub unmoved: bool,
    /// A member is back where it was, or the split is one that was there before.
    #[serde(skip_serializing_if = "off")]
    pub oscillation: bool,
    /// The agreement score is at least that, in hundredths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreement: Option<u8>,
    /// One more round like the last would cost more than that for the debate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub money: Option<Dollars>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn off(set: &bool) -> bool {
    !*set
}

impl Stops {
    /// What rules are written as.
    pub const RULES: &'static str = "unanimity, unmoved, oscillation, agreement=0.9, money=0.50";

    /// Whether there is none.
    pub fn none(&self) -> bool {
        *self == Self::default()
    }

    fn add(&mut self, rule: &str) -> Result<(), String> {
        let wrong = || format!("no stop rule {rule:?}; there are {}", Self::RULES);
        match rule.split_once('=').map(|(name, figure)| (name.trim_end_matches('>'), figure)) {
            None if rule == "unanimity" => self.unanimity = true,
            None if rule == "unmoved" => self.unmoved = true,
            None if rule == "oscillation" => self.oscillation = true,
            Some(("agreement", figure)) => {
                let score = figure.parse().ok().filter(|score| (0.0..=1.0).contains(score));
                let score: f64 =
                    score.ok_or("agreement takes a score from 0 to 1, for example agreement=0.9")?;
                self.agreement = Some((score * 100.0).round() as u8);
            }
            Some(("money", figure)) => {
                let dollars = figure.parse().map_err(|_| "money takes US dollars, for example money=0.50")?;
                self.money = Some(dollars);
            }
            _ => return Err(wrong()),
        }
        Ok(())
    }
}

impl FromStr for Stops {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut stops = Self::default();
        for rule in text.split([',', ' ']).filter(|rule| !rule.is_empty()) {
            stops.add(rule)?;
        }
        if stops.none() { Err(format!("name a stop rule: {}", Self::RULES)) } else { Ok(stops) }
    }
}

impl fmt::Display for Stops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain =
            [("unanimity", self.unanimity), ("unmoved", self.unmoved), ("oscillation", self.oscillation)];
        let mut rules: Vec<String> =
            plain.into_iter().filter(|(_, set)| *set).map(|(name, _)| name.to_owned()).collect();
        rules.extend(self.agreement.map(|hundredths| format!("agreement={}", f64::from(hundredths) / 100.0)));
        rules.extend(self.money.map(|dollars| format!("money={}", dollars.usd())));
        f.write_str(&rules.join(","))
    }
}

/// How a debate is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Debate {
    /// What members see and are asked for.
    pub mode: Mode,
    /// When it ends before its last round.
    #[serde(skip_serializing_if = "Stops::none")]
    pub until: Stops,
}

impl Debate {
    /// One by a mode. `ReConcile` leaves out what all agree on already; without rules of its own it stops at unanimity.
    pub fn of(mode: Mode, until: Option<Stops>) -> Self {
        let usual = Stops { unanimity: mode == Mode::Reconcile, ..Stops::default() };
        Self { mode, until: until.unwrap_or(usual) }
    }

    /// This one with another mode or other rules, where some are given.
    pub fn with(self, mode: Option<Mode>, until: Option<Stops>) -> Self {
        match (mode, until) {
            (Some(mode), until) => Self::of(mode, until),
            (None, until) => Self { until: until.unwrap_or(self.until), ..self },
        }
    }
}

impl fmt::Display for Debate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mode.name())?;
        if self.until.none() { Ok(()) } else { write!(f, " until {}", self.until) }
    }
}

/// What a person wrote of a debate: `[ROUNDS] [MODE] [until RULE..]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// How many rounds.
    pub rounds: Option<u16>,
    /// By which mode.
    pub mode: Option<Mode>,
    /// Until when.
    pub until: Option<Stops>,
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut wanted = Self::default();
        let (plain, rules) = match text.split_once("until") {
            Some((plain, rules)) => (plain, Some(rules)),
            None => (text, None),
        };
        for word in plain.split_whitespace() {
            match word.parse::<u16>() {
                Ok(rounds) if (1..=super::protocols::MOST_ROUNDS).contains(&rounds) => {
                    wanted.rounds = Some(rounds);
                }
                Ok(_) => return Err(format!("a debate takes 1 to {} rounds", super::protocols::MOST_ROUNDS)),
                Err(_) => wanted.mode = Some(word.parse()?),
            }
        }
        wanted.until = rules.map(str::parse).transpose()?;
        Ok(wanted)
    }
}

/// Why a debate ended before its last round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopRule {
    /// All stand at the same position.
    Unanimity,
    /// The agreement score reached the threshold.
    Agreement,
    /// A member is back where it was, or the split is one that was there before.
    Oscillation,
    /// Nobody moved for a round.
    Unmoved,
    /// One more round would cost more than was set.
    Money,
}

/// A rule that ended a debate, as it was found when a round was over.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stop {
    /// Which.
    pub rule: StopRule,
    /// After which round of its stage; 0 are the first answers.
    pub round: u16,
    /// What was found: how many stand at one position, how many held theirs, how many are back where they were; the
    /// agreement score from 0 to 1; what the debate cost so far, in US dollars.
    pub figure: f64,
    /// What was set: the score, or the dollars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
}

impl Stop {
    /// What ended the debate, in a few words.
    pub fn words(&self) -> String {
        let (figure, limit) = (self.figure, self.limit.unwrap_or_default());
        match self.rule {
            StopRule::Unanimity => format!("unanimity: all {figure} stand at the same position"),
            StopRule::Agreement => format!("agreement {figure:.2}, at least {limit:.2} was set"),
            StopRule::Oscillation if figure > 0.0 => {
                format!("oscillation: {figure} back at a position left before")
            }
            StopRule::Oscillation => "oscillation: the split is one that was there before".to_owned(),
            StopRule::Unmoved => format!("nobody moved: all {figure} held their position"),
            StopRule::Money => {
                let (spent, limit) = (Dollars::of(figure), Dollars::of(limit));
                format!("money: {spent} spent, another round like the last would pass {limit}")
            }
        }
    }
}

/// A position in front of members, and the answers that come to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// The position, in the words of the first who holds it.
    pub position: String,
    /// The answers, in order of seats.
    pub answers: Vec<CallId>,
    /// The confidence that each of them states, 0–1, where it does.
    pub confidence: Vec<Option<f64>>,
}

/// What the person said into a debate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// To whom: all without a name.
    pub to: Option<MemberId>,
    /// The words.
    pub text: String,
    /// The first call of the round that it was said before; none before that round begins.
    pub before: Option<CallId>,
}

impl Word {
    /// Whether it is said to a member.
    pub fn is_to(&self, member: &MemberId) -> bool {
        self.to.as_ref().is_none_or(|to| to == member)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_and_rules_read_back_as_they_are_written() {
        for (name, mode, _) in Mode::ALL {
            assert_eq!((name.parse(), mode.name()), (Ok(mode), name));
            assert_eq!(serde_json::to_string(&mode).unwrap(), format!("\"{name}\""));
        }
        assert!("Du".parse::<Mode>().unwrap_err().contains("there are revise, anonymous-self, du"));
        let stops: Stops = "unanimity,oscillation agreement=0.85, money=0.5".parse().unwrap();
        assert_eq!(stops.to_string(), "unanimity,oscillation,agreement=0.85,money=0.5");
        assert_eq!(stops.to_string().parse(), Ok(stops));
        for bad in ["", "never", "agreement", "agreement=2", "agreement=nan", "money=x", "unmoved=1"] {
            assert!(bad.parse::<Stops>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_a_person_wrote() {
        let wanted: Wanted = "3 du until unmoved".parse().unwrap();
        assert_eq!((wanted.rounds, wanted.mode), (Some(3), Some(Mode::Du)));
        assert!(wanted.until.unwrap().unmoved);
        assert_eq!("".parse(), Ok(Wanted::default()));
        for bad in ["0", "9", "until", "3 dx"] {
            assert!(bad.parse::<Wanted>().is_err(), "{bad}");
        }
    }

    #[test]
    fn reconcile_leaves_out_what_all_agree_on() {
        assert!(Debate::of(Mode::Reconcile, None).until.unanimity);
        assert!(Debate::of(Mode::Du, None).until.none());
        let money: Stops = "money=1".parse().unwrap();
        assert_eq!(Debate::of(Mode::Reconcile, Some(money)).until, money);
        assert_eq!(Debate::of(Mode::Du, Some(money)).to_string(), "du until money=1");
    }

    #[test]
    fn a_usual_debate_is_written_without_rules() {
        let line = serde_json::to_string(&Debate::of(Mode::Du, None)).unwrap();
        assert_eq!(line, r#"{"mode":"du"}"#);
        assert_eq!(serde_json::from_str::<Debate>(&line).unwrap(), Debate::of(Mode::Du, None));
    }
}
