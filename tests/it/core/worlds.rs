//! Worlds at random: who sits in the council, what is wanted, and how each call ends. What holds in all of them is in
//! [`super::laws`].

use super::sim::{Outcome, Script, Wish};
use proptest::prelude::*;
use synod::core::shuffle::{mix, shuffle};
use synod::core::{
    Ask, Call, CallId, Council, EndState, Member, Protocol, Run, RunId, StageId, Step, Usage, prompt,
};

/// How a call in a random world ends, and how.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Whole,
    Thoughtful,
    Cut,
    Failed,
    Refused,
    Stopped,
    OffTopic,
}

/// A script, and how its calls end.
#[derive(Clone, Debug)]
pub struct Case {
    pub script: Script,
    fates: Vec<Fate>,
}

impl Case {
    /// What a call comes to: the same whenever it is asked.
    pub fn outcome(&self, run: &Run, call: &Call) -> Outcome {
        let CallId { run: of, stage, round, slot, attempt } = call.id;
        let place =
            [u64::from(of.0), u64::from(stage.0), u64::from(round), u64::from(slot), u64::from(attempt)];
        let luck = mix(&place);
        let fate = self.fates[(luck % self.fates.len() as u64) as usize];
        let ask = run.stage(stage).unwrap().stage.ask;
        let text = if ask == Ask::Ballot && !matches!(fate, Fate::OffTopic) {
            let mut labels: Vec<String> = (0..call.shown.len()).map(prompt::label).collect();
            shuffle(&mut labels, luck);
            format!("{}", serde_json::json!({ "reason": "because", "ranking": labels }))
        } else {
            format!("{} — “{}” grüßt {{own}}.", call.member, call.id)
        };
        let half: String = text.chars().take(text.chars().count() / 2).collect();
        // Few durations, so that members finish at the same time.
        let ms = 10 * (1 + luck / 64 % 3);
        match fate {
            Fate::Whole | Fate::OffTopic => Outcome::new(EndState::Done, &text, ms),
            Fate::Thoughtful => {
                let usage = Some(Usage { input: luck % 100, output: luck % 50, reasoning: 3, cached: 0 });
                let thinking = format!("hm, {luck} …");
                Outcome { thinking, usage, ..Outcome::new(EndState::Done, &text, ms) }
            }
            Fate::Cut => Outcome::new(EndState::Cut, &half, ms),
            Fate::Failed => Outcome::new(EndState::Failed, "", ms),
            Fate::Refused => Outcome::new(EndState::Refused, "", ms),
            Fate::Stopped => Outcome::new(EndState::Stopped, &half, ms),
        }
    }
}

prop_compose! {
    fn councils()(
        seats in prop::collection::vec((any::<bool>(), prop::sample::select(vec![0.5, 1.0, 1.0, 2.0])), 1..=6),
        chair in prop::option::of(0..7_usize),
    ) -> Council {
        // The seventh name is nobody's: a chair that the council does not have.
        let name = |seat: usize| ["ada", "bo", "cy", "dee", "eve", "flo", "gus"][seat];
        let members = seats.iter().enumerate().map(|(seat, (persona, weight))| {
            let member = Member::new(name(seat), format!("fake/{}", name(seat)).parse().unwrap());
            Member { persona: persona.then(|| format!("You are {}.", name(seat))), weight: *weight, ..member }
        });
        let chair = chair.map(|seat| name(seat).into());
        Council { name: "test".to_owned(), members: members.collect(), chair, scripted: false }
    }
}

fn wishes() -> impl Strategy<Value = Vec<Wish>> {
    let protocol = prop_oneof![
        Just(Protocol::Ask),
        Just(Protocol::Synthesis),
        Just(Protocol::Vote),
        (1..=2_u16).prop_map(Protocol::Debate),
    ];
    let step = prop_oneof![Just(Step::Synthesis), Just(Step::Vote), (1..=2_u16).prop_map(Step::Debate),];
    let ask = ("[a-zß{}<>]{1,9}", protocol).prop_map(|(question, protocol)| Wish::Ask { question, protocol });
    let more = prop_oneof![4 => step.prop_map(Wish::Extend), 1 => ask.clone()];
    (ask, prop::collection::vec(more, 0..5)).prop_map(|(first, more)| [vec![first], more].concat())
}

/// Every council, script and fate that a world may have.
pub fn cases() -> impl Strategy<Value = Case> {
    let fate = prop_oneof![
        6 => Just(Fate::Whole),
        3 => Just(Fate::Thoughtful),
        2 => Just(Fate::Cut),
        1 => Just(Fate::Failed),
        1 => Just(Fate::Refused),
        1 => Just(Fate::Stopped),
        1 => Just(Fate::OffTopic),
    ];
    let stop = (1..=2_u32, 0..=2_u16).prop_map(|(run, stage)| (RunId(run), StageId(stage)));
    let script = (councils(), any::<u64>(), wishes(), prop::option::weighted(0.3, stop))
        .prop_map(|(council, seed, wishes, stop_at)| Script { council, seed, wishes, stop_at });
    (script, prop::collection::vec(fate, 1..12)).prop_map(|(script, fates)| Case { script, fates })
}
