//! Whole choices: what decides before what, whom a road goes to, and what holds of every choice.

use super::*;
use crate::core::member::Council;
use crate::core::price::{Price, Prices};
use crate::core::question::File;
use crate::core::weights::{Past, Said};
use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, prop_compose, proptest};
use proptest::strategy::Strategy as Drawn;
use std::collections::BTreeMap;

const MODELS: [&str; 5] = [
    "openai/gpt-6-luna",
    "openai/gpt-6-astra",
    "anthropic/claude-opus-5-5",
    "x/mistral-small",
    "local/qwen3",
];
/// The seats, in the order of [`MODELS`].
const SEATS: [&str; 5] = ["gpt-6-luna", "gpt-6-astra", "claude-opus-5-5", "mistral-small", "qwen3"];

fn council() -> Council {
    let models: Vec<_> = MODELS.iter().map(|name| name.parse().unwrap()).collect();
    Council::of_models("five", &models)
}

fn prices() -> Prices {
    let mut prices = Prices::default();
    let known = [(0, Price::flat(0.1, 0.5)), (1, Price::flat(10.0, 50.0)), (2, Price::flat(4.0, 20.0))];
    prices.known.extend(known.map(|(at, price)| (MODELS[at].parse().unwrap(), price)));
    prices.free.insert("local".into());
    prices
}

fn ids(names: &str) -> Vec<MemberId> {
    names.split_whitespace().map(MemberId::from).collect()
}

/// Of each so many graded answers, the first of them right.
fn history(topic: &str, counts: &[(&str, usize, usize)]) -> Vec<Past> {
    let one = |name: &str, right| Past {
        topic: Some(topic.to_owned()),
        said: vec![Said { member: name.into(), group: 0, right }],
    };
    counts.iter().flat_map(|(name, right, all)| (0..*all).map(move |at| one(name, at < *right))).collect()
}

/// A question to the five, and how things stand; changed by each test.
#[derive(Debug)]
struct Case {
    routing: Routing,
    council: Council,
    prices: Prices,
    question: String,
    files: Vec<File>,
    seed: u64,
    here: Vec<MemberId>,
    topic: Option<String>,
    triage: Option<Triage>,
    failed: Option<String>,
    before: Vec<MemberId>,
    person: Vec<MemberId>,
    fitness: BTreeMap<MemberId, Fitness>,
    history: Vec<Past>,
}

impl Case {
    fn of(question: &str) -> Self {
        Self {
            routing: Routing::default(),
            council: council(),
            prices: prices(),
            question: question.to_owned(),
            files: Vec::new(),
            seed: 1,
            here: ids(&SEATS.join(" ")),
            topic: None,
            triage: None,
            failed: None,
            before: Vec::new(),
            person: Vec::new(),
            fitness: BTreeMap::new(),
            history: Vec::new(),
        }
    }

    fn routed(&self) -> Routed {
        let asked = Asked {
            question: &self.question,
            files: &self.files,
            seed: self.seed,
            council: &self.council,
            here: self.here.clone(),
            topic: self.topic.as_deref(),
            triage: self.triage.as_ref(),
            triage_failed: self.failed.as_deref(),
            before: self.before.clone(),
            person: self.person.clone(),
        };
        let now = Circumstances {
            prices: &self.prices,
            fitness: self.fitness.clone(),
            history: self.history.clone(),
            tokens: 1000,
        };
        choose(&self.routing, &asked, &now)
    }

    /// Who is asked, and by what.
    fn who(&self) -> (String, By, Road) {
        let routed = self.routed();
        let names: Vec<&str> = routed.members.iter().map(|member| member.0.as_str()).collect();
        (names.join(" "), routed.by, routed.road)
    }

    fn has_why(&self, line: &str) -> bool {
        let routed = self.routed();
        let has = routed.why.iter().any(|why| why == line);
        if !has {
            println!("{:#?}", routed.why);
        }
        has
    }
}

fn is(case: &Case, names: &str, by: By, road: Road) {
    assert_eq!(case.who(), (names.to_owned(), by, road), "{:#?}", case.routed().why);
}

const EASY: &str = "What is the capital of France?";
const HARDER: &str = "Compare Postgres and MySQL as an event store for us";
const HARDEST: &str = "Design a payment system for two regions that must survive the loss of one, with at most 5 s of lost \
    writes. Compare two architectures, explain the trade-offs, and say which you would recommend and why.";

#[test]
fn how_hard_it_looks_says_how_many_are_asked() {
    is(&Case::of(EASY), "qwen3", By::Score, Road::One);
    is(&Case::of(HARDER), "qwen3 gpt-6-luna", By::Score, Road::Few);
    let hardest = Case::of(HARDEST);
    is(&hardest, "qwen3 gpt-6-luna claude-opus-5-5 gpt-6-astra mistral-small", By::Score, Road::Full);
    assert_eq!(hardest.routed().score, Some(1.0));
    assert!(Case::of(EASY).has_why("looks 0.00 hard: one (few from 0.35, full from 0.65)"));
    assert!(Case::of(EASY).has_why("looks like a lookup (-0.20)"));
    assert!(Case::of(EASY).has_why("qwen3: the best of 5"));
}

#[test]
fn the_person_goes_first_then_the_question_before_then_rules() {
    let mut case = Case::of(EASY);
    let to = |words: &str, to: &str, road| Rule {
        words: words.split_whitespace().map(str::to_owned).collect(),
        to: ids(to),
        road,
        ..Rule::default()
    };
    case.routing.rules = vec![
        to("spain", "gpt-6-astra", None),
        to("france", "nobody", None),
        to("capital", "nobody mistral-small qwen3", None),
        to("", "gpt-6-luna", None),
    ];
    case.routing.among = ids("gpt-6-luna claude-opus-5-5");
    is(&case, "mistral-small qwen3", By::Rule, Road::Few);
    assert!(case.has_why("rule 2 holds (holds \"france\"), but nobody is not here"));
    assert!(case.has_why("rule 3 holds: holds \"capital\""));
    case.routing.rules[2] = to("capital", "", Some(Road::Few));
    is(&case, "gpt-6-luna claude-opus-5-5", By::Rule, Road::Few);
    case.routing.rules[2] = to("capital", "", None);
    is(&case, "gpt-6-luna", By::Score, Road::One);
    case.before = ids("gone qwen3 gpt-6-astra");
    is(&case, "qwen3 gpt-6-astra", By::FollowUp, Road::Few);
    case.person = ids("gpt-6-astra gone gpt-6-astra");
    is(&case, "gpt-6-astra", By::Person, Road::One);
    case.person = ids("gone");
    is(&case, "qwen3 gpt-6-astra", By::FollowUp, Road::Few);
    assert!(case.has_why("you named gone, not here"));
    case.routing.stays = false;
    is(&case, "gpt-6-luna", By::Score, Road::One);
}

#[test]
fn a_follow_up_leaves_those_whose_endpoints_are_left_alone() {
    let mut case = Case::of(EASY);
    case.before = ids("gpt-6-luna mistral-small");
    case.fitness.insert("gpt-6-luna".into(), Fitness { left_alone: true, ..Fitness::default() });
    is(&case, "mistral-small", By::FollowUp, Road::One);
    case.before = ids("gpt-6-luna");
    is(&case, "qwen3", By::Score, Road::One);
    assert!(case.has_why("left alone after many faults: gpt-6-luna"));
}

#[test]
fn the_plan_says_the_road_before_the_triage_member_and_that_before_the_score() {
    let mut case = Case::of(EASY);
    let said = |road| Some(Triage { road, topic: None, reason: "two\nviews".into() });
    case.triage = said(Some(Road::Few));
    is(&case, "qwen3 gpt-6-luna", By::Triage, Road::Few);
    assert!(case.has_why("the triage member says: few (two views)"));
    assert_eq!(case.routed().score, None);
    case.triage = said(None);
    is(&case, "qwen3", By::Score, Road::One);
    assert!(case.has_why("the triage member named no road: the score decides"));
    case.triage = None;
    case.failed = Some("it timed\nout".into());
    assert!(case.has_why("no triage (it timed out): the score decides"));
    case.triage = said(Some(Road::Few));
    case.routing.road = Some(Road::Full);
    assert_eq!(case.routed().road, Road::Full);
    assert!(case.has_why("the plan says: full"));
}

#[test]
fn a_topic_is_said_or_found_and_its_specialists_go_first() {
    let mut case = Case::of("Is my lease void after two years of it?");
    let topic = |name: &str, words: &str, members: &str| Topic {
        name: name.to_owned(),
        words: words.split_whitespace().map(str::to_owned).collect(),
        members: ids(members),
    };
    case.routing.topics = vec![
        topic("law", "lease void", "gone claude-opus-5-5 gpt-6-astra"),
        topic("art", "", "mistral-small"),
    ];
    case.routing.road = Some(Road::One);
    is(&case, "claude-opus-5-5", By::Rule, Road::One);
    assert!(case.has_why("about law (lease, void)") && case.has_why("claude-opus-5-5: a specialist"));
    case.routing.road = Some(Road::Few);
    case.routing.few = 3;
    is(&case, "qwen3 claude-opus-5-5 gpt-6-astra", By::Rule, Road::Few);
    case.triage = Some(Triage { topic: Some("ART".into()), ..Triage::default() });
    assert_eq!(case.routed().topic.as_deref(), Some("art"));
    case.triage = Some(Triage { topic: Some("cooking".into()), ..Triage::default() });
    assert_eq!(
        case.routed().topic.as_deref(),
        Some("law"),
        "a topic that is known goes before one that is not"
    );
    case.topic = Some(" Music ".into());
    assert_eq!(case.routed().topic.as_deref(), Some("Music"));
    assert!(case.has_why("about Music, as you say"));
    case.topic = None;
    case.routing.topics.clear();
    assert_eq!(case.routed().topic.as_deref(), Some("cooking"));
    case.history = history("Cooking", &[("qwen3", 1, 1)]);
    assert_eq!(case.routed().topic.as_deref(), Some("Cooking"), "as grades spell it");
}

#[test]
fn graded_history_chooses_once_there_is_enough_of_it() {
    let mut case = Case::of(EASY);
    case.topic = Some("law".into());
    case.routing.strategy = Strategy::Quality;
    case.history = history("law", &[("gpt-6-astra", 12, 12)]);
    is(&case, "gpt-6-astra", By::Score, Road::One);
    assert!(case.has_why("learned router off: 12 of 30 graded questions on law"));
    case.history = history("law", &[("gpt-6-astra", 60, 60), ("qwen3", 3, 60)]);
    is(&case, "gpt-6-astra", By::Learned, Road::One);
    assert!(case.has_why("learned router: 120 graded questions on law"));
    let why = case.routed().why;
    let draws: Vec<&String> = why.iter().filter(|line| line.contains(" drew ")).collect();
    assert_eq!(draws.len(), 5, "{why:#?}");
    assert!(
        draws[1].starts_with("gpt-6-astra drew 0.")
            && draws[1].ends_with("its mean is 0.94 (60 of 60 right)")
    );
    // Other topics are no history of this one, and without a topic all count.
    case.topic = Some("art".into());
    is(&case, "gpt-6-astra", By::Score, Road::One);
    case.topic = None;
    is(&case, "gpt-6-astra", By::Learned, Road::One);
    case.person = ids("qwen3");
    is(&case, "qwen3", By::Person, Road::One);
    case.person.clear();
    case.routing.learned = false;
    is(&case, "gpt-6-astra", By::Score, Road::One);
    assert!(!case.routed().why.iter().any(|line| line.contains("learned")));
}

#[test]
fn who_was_never_graded_is_asked_now_and_then() {
    let mut case = Case::of(EASY);
    case.routing.strategy = Strategy::Quality;
    case.history = history("law", &[("gpt-6-astra", 24, 40)]);
    let mut asked: BTreeMap<String, u32> = BTreeMap::new();
    for seed in 0..300 {
        case.seed = seed;
        *asked.entry(case.who().0).or_default() += 1;
    }
    assert_eq!(asked.len(), 5, "{asked:?}");
}

#[test]
fn roads_not_taken_say_what_they_would_cost_and_bring() {
    let mut case = Case::of(EASY);
    case.history = history("law", &[("qwen3", 8, 8)]);
    let routed = case.routed();
    let roads: Vec<Road> = routed.not_taken.iter().map(|other| other.road).collect();
    assert_eq!(roads, [Road::Few, Road::Full]);
    let few = &routed.not_taken[0];
    // 1000 tokens read and 600 written, at $0.10 and $0.50 a million.
    assert_eq!((few.members.clone(), few.more), (ids("qwen3 gpt-6-luna"), Some(400_000)));
    assert!((few.right - (1.0 - 0.25 * 0.5)).abs() < 1e-9);
    assert_eq!(routed.not_taken[1].more, None, "nobody knows what mistral-small costs");
    case.person = ids("gpt-6-astra mistral-small");
    let routed = case.routed();
    assert_eq!(routed.not_taken.iter().map(|other| other.road).collect::<Vec<_>>(), [Road::One, Road::Full]);
    assert_eq!(routed.not_taken[0].more, None);
    assert_eq!(routed.not_taken[1].more, Some(400_000 + 16_000_000), "who is in both makes no difference");
    case.council.scripted = true;
    let routed = case.routed();
    assert!(routed.candidates.iter().all(|candidate| candidate.cost == Some(Dollars(0))));
    assert!(routed.not_taken.iter().all(|other| other.more == Some(0)));
}

#[test]
fn somebody_is_asked_wherever_anybody_is_here() {
    let mut case = Case::of(HARDEST);
    case.routing.among = ids("gone");
    assert_eq!(case.routed().members.len(), 5);
    assert!(case.has_why("nobody of those that the plan names is here: everyone may be chosen"));
    case.here = ids("qwen3 stranger");
    is(&case, "qwen3", By::Score, Road::Full);
    case.here.clear();
    let routed = case.routed();
    assert!(routed.members.is_empty() && routed.candidates.is_empty() && routed.not_taken.is_empty());
    assert!(case.has_why("nobody of the council is here"));
}

#[test]
fn text_from_outside_is_cleaned_in_reasons() {
    let mut case = Case::of("is \u{1b}[31mred void");
    case.topic = Some("\u{1b}[2Jlaw\nand order".into());
    case.triage =
        Some(Triage { road: Some(Road::One), topic: None, reason: "\u{1b}]0;x\u{7}so\nit is".into() });
    case.routing.rules = vec![Rule { words: vec!["red".into()], to: ids("\u{1b}x\n"), ..Rule::default() }];
    let routed = case.routed();
    assert!(routed.why.iter().all(|line| !line.contains(['\u{1b}', '\n', '\u{7}'])), "{:?}", routed.why);
}

/// Some of the seats.
fn some() -> impl Drawn<Value = Vec<MemberId>> {
    prop::sample::subsequence(SEATS.to_vec(), 0..=SEATS.len())
        .prop_map(|names| names.into_iter().map(MemberId::from).collect())
}

fn any_road() -> impl Drawn<Value = Option<Road>> {
    prop::option::of(prop::sample::select(&Road::ALL[..]))
}

prop_compose! {
    fn any_case()(
        question in prop::sample::select(&[EASY, HARDER, HARDEST, "", "法律上有效吗", "is it void"][..]),
        strategy in prop::sample::select(&Strategy::ALL[..]),
        (few, learned, road, seed) in (2_u16..4, any::<bool>(), any_road(), any::<u64>()),
        (among, here, alone, busy, specialists) in (some(), some(), some(), some(), some()),
        (said, triaged) in (any_road(), any::<bool>()),
        counts in prop::collection::vec((0_usize..20, 0_usize..20), 5),
    ) -> Case {
        let mut case = Case::of(question);
        let topics = vec![Topic { name: "law".into(), words: vec!["void".into(), "法律".into()], members: specialists }];
        case.routing = Routing { among, topics, strategy, few, road, learned, ..Routing::default() };
        case.here = here;
        case.seed = seed;
        case.triage = triaged.then(|| Triage { road: said, ..Triage::default() });
        case.fitness.extend(busy.into_iter().map(|it| {
            (it, Fitness { answered: (1, 9), running: (3, 2), first_ms: Some(20_000), ..Fitness::default() })
        }));
        case.fitness.extend(alone.into_iter().map(|it| (it, Fitness { left_alone: true, ..Fitness::default() })));
        let graded: Vec<(&str, usize, usize)> =
            SEATS.iter().zip(counts).map(|(seat, (right, wrong))| (*seat, right, right + wrong)).collect();
        case.history = history("law", &graded);
        case
    }
}

proptest! {
    #[test]
    fn what_holds_of_every_choice(case in any_case()) {
        let routed = case.routed();
        prop_assert_eq!(&routed, &case.routed());
        let is_alone = |it: &MemberId| case.fitness.get(it).is_some_and(|fitness| fitness.left_alone);
        let named: Vec<&MemberId> = case.here.iter().filter(|it| case.routing.among.contains(it)).collect();
        let may: Vec<&MemberId> = if named.is_empty() { case.here.iter().collect() } else { named };
        let well = may.iter().filter(|it| !is_alone(it)).count();
        let available = if well == 0 { may.len() } else { well };
        let count = match routed.road {
            Road::One => 1,
            Road::Few => usize::from(case.routing.few),
            Road::Full => available,
        };
        prop_assert_eq!(routed.members.len(), count.min(available));
        prop_assert!(routed.members.iter().all(|it| may.contains(&it)));
        prop_assert!(well == 0 || !routed.members.iter().any(is_alone));
        prop_assert_eq!(routed.members.iter().collect::<std::collections::BTreeSet<_>>().len(), routed.members.len());
        prop_assert_eq!(routed.candidates.len(), may.len());
        prop_assert!(routed.candidates.windows(2).all(|pair| pair[0].score >= pair[1].score));
        prop_assert_eq!(routed.not_taken.len(), if may.is_empty() { 0 } else { 2 });
        prop_assert!(routed.not_taken.iter().all(|other| (0.0..=1.0).contains(&other.right)));
        prop_assert!(!routed.why.is_empty());
    }

    #[test]
    fn whom_the_person_a_rule_or_the_question_before_names_is_here(
        mut case in any_case(), person in some(), before in some(), to in some(),
    ) {
        case.routing.rules = vec![Rule { to, ..Rule::default() }];
        (case.person, case.before) = (person, before);
        let routed = case.routed();
        let allowed = match routed.by {
            By::Person => &case.person,
            By::FollowUp => &case.before,
            By::Rule if case.routing.road.is_none() => &case.routing.rules[0].to,
            _ => &case.here,
        };
        prop_assert!(routed.members.iter().all(|it| allowed.contains(it) && case.here.contains(it)));
        prop_assert_eq!(routed.members.is_empty(), case.here.is_empty());
    }
}
