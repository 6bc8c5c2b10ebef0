//! Worlds at random: who sits in the council, what is wanted, and how each call ends. What holds in all of them is in
//! [`super::laws`].

use super::sim::{Moments, Outcome, Script, Wish, number_asked};
use proptest::prelude::*;
use synod::core::shuffle::{mix, shuffle};
use synod::core::{
    Ask, Call, CallId, Council, Debate, EndState, File, Member, MemberId, Mode, Protocol, Question, Run,
    RunId, StageId, Step, Usage, prompt,
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
            let number = number_asked(call);
            format!("{}", serde_json::json!({ "ballot": number, "reason": "because", "ranking": labels }))
        } else {
            format!("{} — “{}” grüßt {{own}}.", call.member, call.id)
        };
        let half: String = text.chars().take(text.chars().count() / 2).collect();
        // Few durations, so that members finish at the same time.
        let ms = 10 * (1 + luck / 64 % 3);
        match fate {
            Fate::Whole | Fate::OffTopic => Outcome::new(EndState::Done, &text, ms),
            Fate::Thoughtful => {
                let usage = Some(Usage {
                    input: luck % 100,
                    output: luck % 50,
                    reasoning: 3,
                    cached: 0,
                    ..Usage::default()
                });
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

/// Whether each seat has a persona, and its weight. From a small council, one that leaves changes much.
fn seats() -> impl Strategy<Value = Vec<(bool, f64)>> {
    let seat = || (any::<bool>(), prop::sample::select(vec![0.5, 1.0, 1.0, 2.0]));
    prop_oneof![prop::collection::vec(seat(), 2..=3), prop::collection::vec(seat(), 1..=6)]
}

prop_compose! {
    fn councils()(
        seats in seats(),
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

/// Ways to hold a debate, without rules that end it.
fn modes() -> impl Strategy<Value = Debate> {
    let all: Vec<Debate> =
        Mode::ALL.iter().map(|(_, mode, _)| Debate { mode: *mode, ..Debate::default() }).collect();
    prop::sample::select(all)
}

fn questions() -> impl Strategy<Value = Question> {
    let protocol = prop_oneof![
        Just(Protocol::Ask),
        Just(Protocol::SYNTHESIS),
        Just(Protocol::Vote),
        (1..=3_u16).prop_map(Protocol::Debate),
        (1..=3_u16, modes()).prop_map(|(rounds, by)| Protocol::debate(rounds, by)),
    ];
    let file = ("[a-z\"<]{1,5}", "[a-z<>/\n]{0,9}").prop_map(|(name, text)| File { name, text });
    let only = prop::sample::select(vec!["ada", "ada", "bo", "hal", "nobody"]).prop_map(MemberId::from);
    (
        "[a-zß{}<>]{1,9}",
        prop_oneof![4 => Just(Vec::new()), 1 => prop::collection::vec(file, 1..3)],
        protocol,
        prop::option::weighted(0.15, only),
        // Its own number and later ones are among those, which are no runs to replace.
        prop::option::weighted(0.3, (1..=4_u32).prop_map(RunId)),
    )
        .prop_map(|(text, files, protocol, only, replaces)| Question {
            plan: None,
            topic: None,
            text,
            files,
            protocol,
            only,
            replaces,
            council: Council::default(),
            private: None,
            similar: None,
            judges: Vec::new(),
            commission: None,
        })
}

fn wishes(moments: Moments) -> impl Strategy<Value = Vec<Wish>> {
    // Who leaves when all is quiet leaves no debate behind that can't go on.
    let leaves = if moments == Moments::Any { 6 } else { 2 };
    let step = prop_oneof![
        Just(Step::SYNTHESIS),
        Just(Step::Vote),
        Just(Step::Judged(vec!["bo".into(), "hal".into()])),
        (1..=3_u16).prop_map(Step::Debate),
        (1..=3_u16, modes()).prop_map(|(rounds, by)| Step::debate(rounds, by)),
    ];
    // Often the last run, whichever that is.
    let run = || prop_oneof![3 => Just(0_usize), 1 => 0..4_usize];
    let some = || 0..40_usize;
    // Some have names that a seat may have already.
    let newcomer = prop::sample::select(vec!["hal", "ivy", "ada", "gus"])
        .prop_map(|name| Member::new(name, format!("fake/{name}").parse().unwrap()));
    let ask = || questions().prop_map(Wish::Ask);
    let more = prop_oneof![
        8 => (run(), step).prop_map(|(run, step)| Wish::Extend(run, step)),
        2 => ask(),
        4 => (run(), some()).prop_map(|(run, call)| Wish::Retry(run, call)),
        2 => (run(), newcomer).prop_map(|(run, member)| Wish::Join(run, member)),
        1 => (run(), some()).prop_map(|(run, place)| Wish::Rule(run, place)),
        1 => (run(), some()).prop_map(|(run, place)| Wish::Argue(run, place)),
        leaves => (run(), some()).prop_map(|(run, slot)| Wish::Leave(run, slot)),
    ];
    (ask(), prop::collection::vec(more, 0..8)).prop_map(|(first, more)| [vec![first], more].concat())
}

/// Every council, script and fate that a world may have, with wishes granted at moments that fit.
pub fn cases() -> impl Strategy<Value = Case> {
    worlds(Moments::Fitting)
}

/// The same with wishes granted at any moment, and nothing stopped.
pub fn hasty_cases() -> impl Strategy<Value = Case> {
    worlds(Moments::Any)
}

fn worlds(moments: Moments) -> impl Strategy<Value = Case> {
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
    let script = (councils(), any::<u64>(), wishes(moments), prop::option::weighted(0.3, stop)).prop_map(
        move |(council, seed, wishes, stop_at)| {
            let stop_at = stop_at.filter(|_| moments == Moments::Fitting);
            Script { council, seed, wishes, moments, stop_at, retries: (seed % 3) as u16 }
        },
    );
    (script, prop::collection::vec(fate, 1..12)).prop_map(|(script, fates)| Case { script, fates })
}
