//! What keys of the screen do: the orders that come of them, and what is chosen and open.

use super::{START, World, facts};
use proptest::prelude::*;
use synod::app::experiment::{About, Effect, Over, Panel, Phase};
use synod::core::Dollars;
use synod::experiment::Key;

#[test]
fn p_pauses_and_goes_on() {
    let mut world = World::half();
    assert_eq!(world.press("p"), [Effect::Pause]);
    world.progress.pause(None, START);
    assert_eq!(world.press("p"), [Effect::Resume]);
}

#[test]
fn a_cut_is_asked_for_and_takes_the_treatment_of_the_chosen_arm() {
    let mut world = World::half();
    assert!(world.press("j j j c").is_empty());
    assert_eq!(world.board.over, Some(Over::Cut(1)));
    assert!(world.press("n").is_empty());
    assert_eq!(world.board.over, None);
    assert!(world.press("c x Enter").is_empty(), "only y cuts");
    assert_eq!(world.press("y"), [Effect::Cut(1)]);
    let (of, waiting) = (world.progress.of, world.progress.waiting(1));
    world.progress.cut(1);
    world.progress.cut(1);
    assert_eq!(world.progress.of, of - waiting, "what is not asked any more is not waited for");
    assert!(world.press("c").is_empty());
    assert_eq!(world.board.message.as_deref(), Some("debate is cut already"));
    // The other arm of the treatment is cut with it.
    world.press("j c");
    assert!(world.board.message.as_deref().unwrap().ends_with("is cut already"));
}

#[test]
fn what_was_running_when_it_was_cut_counts() {
    let mut world = World::new(4);
    world.progress.cut(0);
    assert_eq!(world.progress.of, 8);
    let key = Key { treatment: 0, item: 0, repeat: 0 };
    let facts = facts(&world.design, key, &[0, 0, 0]);
    world.progress.done(facts, START + 5);
    assert_eq!((world.progress.count(), world.progress.of), (1, 9));
}

#[test]
fn a_treatment_that_is_done_can_not_be_cut() {
    let mut world = World::new(1);
    let key = Key { treatment: 0, item: 0, repeat: 0 };
    let facts = facts(&world.design, key, &[0, 0, 0]);
    world.progress.done(facts, START + 5);
    world.press("c");
    assert_eq!(world.board.over, None);
    assert_eq!(world.board.message.as_deref(), Some("all trials of vote are done: there is nothing to cut"));
}

#[test]
fn a_budget_is_written_and_what_is_no_sum_is_said_in_a_line() {
    let mut world = World::half();
    assert!(world.press("b a b c Enter").is_empty());
    let Some(Over::Budget(line, Some(fault))) = &world.board.over else { panic!("{:?}", world.board) };
    assert_eq!((line.text(), fault.as_str()), ("abc", "abc is not a sum such as $2.50, nor none"));
    world.press("Ctrl-U");
    assert!(
        matches!(&world.board.over, Some(Over::Budget(_, None))),
        "the fault is gone with what it was about"
    );
    assert_eq!(world.press("$ 2 . 5 0 Enter"), [Effect::Budget(Some(Dollars(2_500_000_000)))]);
    assert_eq!(world.board.message.as_deref(), Some("budget: $2.50"));
    assert_eq!(world.press("b n o n e Enter"), [Effect::Budget(None)]);
    assert!(world.press("b Enter").is_empty(), "nothing is no sum");
    assert!(world.press("Esc").is_empty());
    world.press("b");
    world.board.paste("\u{1b}[2J1\n.5");
    assert!(world.press("Enter").is_empty());
    assert!(matches!(&world.board.over, Some(Over::Budget(_, Some(_)))));
    world.press("Ctrl-U 0 . 0 1");
    assert_eq!(world.press("Enter"), [Effect::Budget(Some(Dollars(10_000_000)))]);
    assert!(world.board.message.as_deref().unwrap().contains("less than is spent"));
}

#[test]
fn a_new_budget_goes_on_where_money_paused_it_and_not_where_the_person_did() {
    let mut world = World::half();
    let set = Effect::Budget(Some(Dollars(9_000_000_000)));
    world.progress.pause(Some("the budget leaves no room".to_owned()), START);
    assert_eq!(world.press("b 9 Enter"), [set, Effect::Resume]);
    world.progress.pause(None, START);
    assert_eq!(world.press("b 9 Enter"), [set]);
}

#[test]
fn it_stops_after_a_question_and_a_third_time_leaves_at_once() {
    for keys in ["q", "Ctrl-C"] {
        let mut world = World::half();
        assert!(world.press(keys).is_empty());
        assert_eq!(world.board.over, Some(Over::Stop));
        assert_eq!(world.press(keys), [Effect::Stop]);
        assert_eq!(world.board.phase, Phase::Stopping);
        assert!(world.press("p c b").is_empty(), "orders are over");
        assert_eq!(world.press(keys), [Effect::Leave]);
    }
    let mut world = World::half();
    assert!(world.press("q n").is_empty());
    assert_eq!((world.board.phase, &world.board.over), (Phase::Running, &None));
    assert!(world.press("b Ctrl-C").is_empty());
    assert_eq!(world.board.over, Some(Over::Stop), "Ctrl-C asks from everywhere");
}

#[test]
fn when_all_is_done_one_can_look_around_and_any_other_key_leaves() {
    let mut world = World::half();
    world.press("b");
    world.board.end();
    assert_eq!(world.board.over, None, "there is no budget any more");
    assert!(world.press("Tab j Enter").is_empty());
    assert!(matches!(world.board.over, Some(Over::Detail(About::Trial(_), 0))));
    assert!(world.press("Esc ? Esc").is_empty());
    for key in ["q", "Space", "x", "p", "Esc", "Ctrl-C"] {
        assert_eq!(world.press(key), [Effect::Leave], "{key}");
    }
}

#[test]
fn what_is_chosen_stays_chosen_when_others_come() {
    let mut world = World::half();
    world.press("Tab j Enter");
    let Some(Over::Detail(chosen, _)) = world.board.over else { panic!("{:?}", world.board) };
    world.press("Esc Tab j Enter");
    let Some(Over::Detail(fault, _)) = world.board.over else { panic!("{:?}", world.board) };
    assert_eq!(fault, About::Fault(world.progress.faulted - 2));
    world.press("Esc");
    let key = Key { treatment: 0, item: 20, repeat: 0 };
    let divided = facts(&world.design, key, &[1, 2, 3]);
    world.progress.done(divided, START + 60_000);
    world.progress.faulted(key, "new".to_owned());
    world.press("Enter");
    assert_eq!(world.board.over, Some(Over::Detail(fault, 0)));
    world.press("Esc Tab Tab Enter");
    assert_eq!(world.board.over, Some(Over::Detail(chosen, 0)));
    // What nobody remembers any more gives its place to the oldest that is remembered.
    for _ in 0..200 {
        let divided = facts(&world.design, key, &[1, 2, 3]);
        world.progress.done(divided, START + 60_000);
    }
    let last = *world.progress.divided.back().unwrap();
    world.press("Esc Enter");
    assert_eq!(world.board.over, Some(Over::Detail(About::Trial(last), 0)));
}

#[test]
fn pauses_do_not_slow_the_pace() {
    let mut world = World::new(8);
    let trial = |world: &mut World, item: usize, at: u64| {
        let key = Key { treatment: 0, item, repeat: 0 };
        let facts = facts(&world.design, key, &[0, 0, 0]);
        world.progress.done(facts, START + at);
    };
    trial(&mut world, 0, 1_000);
    trial(&mut world, 1, 2_000);
    assert_eq!(world.progress.pace(), Some(1.0));
    assert_eq!(world.progress.left(), Some(22_000));
    world.progress.pause(None, START + 2_500);
    trial(&mut world, 2, 3_000);
    world.progress.pause(Some("again".to_owned()), START + 900_000);
    world.progress.resume(START + 1_000_000);
    assert_eq!(world.progress.pace(), Some(1.0), "nothing was done, and nothing ran");
    trial(&mut world, 3, 1_001_000);
    assert_eq!(world.progress.pace(), Some(1.0));
}

const KEYS: [&str; 24] = [
    "p",
    "c",
    "b",
    "y",
    "n",
    "q",
    "Tab",
    "Enter",
    "Esc",
    "j",
    "k",
    "g",
    "G",
    "?",
    "Up",
    "Down",
    "1",
    "$",
    ".",
    "Backspace",
    "Ctrl-C",
    "Ctrl-L",
    "Ctrl-Z",
    "x",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is pressed while trials end and fail: nothing is cut without a y after a question, nothing ends without two
    /// wishes, what is chosen exists, and every state can be drawn.
    #[test]
    fn no_keys_do_what_nobody_wanted(script in prop::collection::vec(0..KEYS.len() + 3, 0..80)) {
        let mut world = World::new(8);
        let mut trials = world.design.trials().collect::<Vec<_>>().into_iter();
        for step in script {
            let before = world.board.clone();
            let mut effects = Vec::new();
            if let Some(key) = KEYS.get(step) {
                effects = world.press(key);
            } else {
                match (trials.next(), step % 3) {
                    (Some(key), 0) => world.progress.faulted(key, "why".to_owned()),
                    (Some(key), _) => {
                        let seats = world.design.treatments[key.treatment].council.members.len();
                        let facts = facts(&world.design, key, &[1, 2, 3][..seats]);
                        world.progress.done(facts, START + 1);
                    }
                    (None, _) => world.board.end(),
                }
            }
            for effect in effects {
                match effect {
                    Effect::Cut(treatment) => {
                        prop_assert_eq!(&before.over, &Some(Over::Cut(treatment)));
                        world.progress.cut(treatment);
                    }
                    Effect::Stop => prop_assert_eq!(&before.over, &Some(Over::Stop)),
                    Effect::Leave => prop_assert!(before.phase != Phase::Running),
                    Effect::Pause => world.progress.pause(None, START),
                    Effect::Resume => world.progress.resume(START),
                    Effect::Budget(most) => world.progress.budget = most,
                    Effect::Suspend | Effect::Repaint => {}
                }
            }
            prop_assert!(world.board.arm < world.design.arms.len());
            if world.board.panel == Panel::Divided {
                let count = world.progress.divided.len();
                prop_assert!(world.board.divided_row(&world.progress) < count.max(1));
            }
            super::looks::screen(&mut world, (60, 12), &synod::ui::theme::Theme::built_in(true, false));
        }
    }
}
