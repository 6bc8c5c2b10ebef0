//! What a question or a step is guessed to come to before it is asked. What it is allowed to cost is
//! [`super::budget`]'s, what it cost [`super::spend`]'s.

pub use super::plan_forecast::PlanForecast;

use super::ids::MemberId;
use super::member::{Council, Member};
use super::plan::Ask;
use super::price::{Cost, GUESSED_ANSWER, Prices, guessed_tokens};
use super::protocols::{Protocol, Step};
use super::run::Run;
use super::spend::Dollars;

/// How many tokens a short answer is guessed to have.
pub(super) const SHORT_ANSWER: u64 = 200;

/// What calls are guessed to come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forecast {
    /// How many there are.
    pub calls: u32,
    /// With short answers.
    pub low: Dollars,
    /// With answers of the usual length.
    pub about: Dollars,
    /// With answers as long as they may be.
    pub most: Dollars,
    /// How many of them nobody knows the price of.
    pub unpriced: u32,
}

impl Forecast {
    /// A question to a council, with all the steps of its protocol; to one member alone, where one is named.
    pub fn of_question(
        prices: &Prices,
        council: &Council,
        only: Option<&MemberId>,
        protocol: Protocol,
        tokens: u64,
    ) -> Self {
        let mut all = Self::default();
        if council.scripted {
            return all;
        }
        let asked = |member: &&Member| only.is_none_or(|name| *name == member.name);
        let members: Vec<&Member> = council.members.iter().filter(asked).collect();
        let answers = members.len() as u64 * GUESSED_ANSWER;
        for stage in protocol.plan() {
            let read = if stage.ask == Ask::Answer { tokens } else { tokens + answers };
            let speakers = if stage.ask == Ask::Merge { chair(council) } else { members.clone() };
            // A judge that is shown two answers reads them in both orders.
            let rounds =
                if stage.ask == Ask::Ballot { orders(members.len()) } else { stage.rounds().count() };
            for _ in 0..rounds {
                for member in &speakers {
                    all.add(prices, member, read);
                }
            }
        }
        all
    }

    /// A step on the answers of a run as they stand: everyone who speaks reads the question and the answers.
    pub fn of_step(prices: &Prices, run: &Run, step: &Step) -> Self {
        let mut all = Self::default();
        if run.council.scripted {
            return all;
        }
        let (stage, round) = run.latest_answers();
        let mut standing = run.standing(stage, round);
        if let Step::SynthesisBy(commission) = step {
            let of = &commission.brief.of;
            standing.retain(|_, call| of.is_empty() || of.contains(&call.member));
        }
        let read: usize = run.question.len() + standing.values().map(|call| call.text.len()).sum::<usize>();
        let answered = |member: &&Member| standing.values().any(|call| call.member == member.name);
        let (speakers, rounds): (Vec<&Member>, u16) = match step {
            Step::Synthesis(_) => (chair(&run.council), 1),
            Step::SynthesisBy(by) => {
                let named = run.council.members.iter().find(|member| by.chair.as_ref() == Some(&member.name));
                (named.map_or_else(|| chair(&run.council), |member| vec![member]), 1)
            }
            Step::Vote => {
                (run.council.members.iter().filter(answered).collect(), orders(standing.len()) as u16)
            }
            Step::Judged(judges) => {
                let named = |member: &&Member| judges.contains(&member.name);
                (run.council.members.iter().filter(named).collect(), orders(standing.len()) as u16)
            }
            Step::Debate(rounds) | Step::DebateBy(rounds, _) => {
                (run.council.members.iter().filter(answered).collect(), *rounds)
            }
            Step::Task(name, _) => (run.council.members.iter().filter(|it| it.name == *name).collect(), 1),
        };
        for _ in 0..rounds {
            for member in &speakers {
                all.add(prices, member, guessed_tokens(read));
            }
        }
        all
    }

    /// Something of which there is one figure.
    pub fn of(cost: Cost, calls: u32) -> Self {
        match cost {
            Cost::Free => Self { calls, ..Self::default() },
            Cost::Unknown => Self { calls, unpriced: calls, ..Self::default() },
            Cost::About(sum) => {
                let sum = Dollars::of(sum);
                Self { calls, low: sum, about: sum, most: sum, unpriced: 0 }
            }
        }
    }

    /// The one figure for it.
    pub fn cost(&self) -> Cost {
        match (self.unpriced, self.about) {
            (1.., _) => Cost::Unknown,
            (0, Dollars(0)) => Cost::Free,
            (0, about) => Cost::About(about.usd()),
        }
    }

    /// How many calls, and what they come to: `4 calls, about $0.012 ($0.004 to $0.082)`.
    pub fn line(&self) -> String {
        let calls = if self.calls == 1 { "1 call".to_owned() } else { format!("{} calls", self.calls) };
        let more = if self.unpriced > 0 {
            format!(", and {} of unknown price", self.unpriced)
        } else {
            String::new()
        };
        if self.low == self.most {
            return format!("{calls}, about {}{more}", self.about);
        }
        format!("{calls}, about {} ({} to {}){more}", self.about, self.low, self.most)
    }

    fn add(&mut self, prices: &Prices, member: &Member, read: u64) {
        self.calls += 1;
        let Some(price) = prices.of(&member.model) else {
            self.unpriced += 1;
            return;
        };
        let limit = u64::from(member.params.answer_limit);
        self.low += Dollars::of(price.of(read, SHORT_ANSWER.min(limit)));
        self.about += Dollars::of(price.of(read, GUESSED_ANSWER.min(limit)));
        self.most += Dollars::of(price.most(read, limit));
    }
}

/// How often a judge with an answer of its own reads so many of them, itself left out.
fn orders(answers: usize) -> usize {
    if answers == 3 { 2 } else { 1 }
}

/// Who writes a synthesis, as far as that is known before.
fn chair(council: &Council) -> Vec<&Member> {
    let chair = council.chair.as_ref().and_then(|chair| council.members.iter().find(|it| it.name == *chair));
    chair.or(council.members.first()).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::price::Price;

    #[test]
    fn a_protocol_is_priced_with_all_its_steps() {
        let models: Vec<_> = ["a/x", "b/y"].iter().map(|name| name.parse().unwrap()).collect();
        let council = Council::of_models("two", &models);
        let mut prices = Prices::default();
        prices.known.extend(models.iter().map(|model| (model.clone(), Price::flat(1.0, 10.0))));
        let of = |protocol| Forecast::of_question(&prices, &council, None, protocol, 1000);
        let ask = of(Protocol::Ask);
        assert_eq!((ask.calls, ask.about), (2, Dollars::of(0.014)));
        assert_eq!(ask.line(), "2 calls, about $0.014 ($0.006 to $0.084)");
        let debate = of(Protocol::Debate(2));
        assert_eq!(debate.calls, 6);
        // Each part is rounded up to a billionth.
        assert!((debate.about.usd() - (0.014 + 4.0 * 0.0082)).abs() < 1e-8, "{:?}", debate.about);
        assert_eq!((of(Protocol::SYNTHESIS).calls, of(Protocol::Vote).calls), (3, 4));
        let third = Council::of_models("three", &[&models[..], &["c/z".parse().unwrap()]].concat());
        let vote = Forecast::of_question(&prices, &third, None, Protocol::Vote, 1000);
        assert_eq!(vote.calls, 3 + 6, "each is shown two answers, in both orders");
        let alone = Forecast::of_question(&prices, &council, Some(&"x".into()), Protocol::Ask, 1000);
        assert_eq!(alone.calls, 1);
        prices.known.remove(&models[0]);
        let part = Forecast::of_question(&prices, &council, None, Protocol::Ask, 1000);
        assert_eq!(
            (part.cost(), part.line().as_str()),
            (Cost::Unknown, "2 calls, about $0.007 ($0.003 to $0.042), and 1 of unknown price")
        );
    }
}
