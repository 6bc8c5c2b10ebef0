//! Plans with councils: who takes which role, where samples sit, what a council is too small for, and what a plan is guessed to
//! come to. What is wrong in a plan without any council is [`super::plan_faults`]'s.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use synod::config::plans;
use synod::core::forecast::{Forecast, PlanForecast};
use synod::core::price::{Price, Prices};
use synod::core::{Cast, Council, Dollars, Member, Misfit, Recipe, Source, Speakers, StageId};
use synod::providers::scripted;

/// Members as `name=provider/model`.
fn council(members: &[&str]) -> Council {
    let member = |said: &&str| {
        let (name, model) = said.split_once('=').unwrap();
        Member::new(name, model.parse().unwrap())
    };
    Council { name: "test".to_owned(), members: members.iter().map(member).collect(), ..Council::default() }
}

/// Four members: a and b cheap and of one house, c dearer, d dearest; the price of e is not known.
fn five() -> (Council, Prices) {
    let council =
        council(&["a=x/gpt-small", "b=x/gpt-tiny", "c=y/claude-mid", "d=z/gemini-top", "e=w/llama-odd"]);
    let mut prices = Prices::default();
    for (member, dollars) in council.members.iter().zip([1.0, 1.0, 3.0, 9.0]) {
        prices.known.insert(member.model.clone(), Price::flat(dollars, dollars));
    }
    (council, prices)
}

fn recipe(text: &str) -> Recipe {
    plans::parse("p.toml", text).unwrap_or_else(|faults| panic!("{faults:#?}\n{text}"))
}

fn by_hand(said: &[(&str, &str)]) -> BTreeMap<String, Vec<String>> {
    let names = |names: &str| names.split(',').map(str::to_owned).collect();
    said.iter().map(|(role, said)| ((*role).to_owned(), names(said))).collect()
}

/// A plan in which every role speaks once.
fn with_roles(roles: &[(&str, &str)]) -> Recipe {
    let mut text = "name = \"p\"\n[roles]\n".to_owned();
    for (role, form) in roles {
        let _ = writeln!(text, "{role} = {form}");
    }
    for (role, _) in roles {
        let _ = writeln!(text, "[[stage]]\nname = \"of-{role}\"\ndo = \"answer\"\nby = \"{role}\"");
    }
    recipe(&text)
}

/// Who takes which role: `one = a, b`.
fn taken(cast: &Cast) -> Vec<String> {
    let names =
        |names: &[synod::core::MemberId]| names.iter().map(|it| it.0.as_str()).collect::<Vec<_>>().join(",");
    cast.roles.iter().map(|(role, members)| format!("{role}={}", names(members))).collect()
}

#[test]
fn roles_take_whom_they_mean_and_leave_alone_who_is_taken() {
    let (mut council, prices) = five();
    council.chair = Some("c".into());
    council.members[1].topics = vec!["law".to_owned(), "code".to_owned()];
    for (roles, seats) in [
        (&[("one", "\"cheapest 2\""), ("two", "\"strongest\"")][..], &["one=a,b", "two=e"][..]),
        (&[("one", "\"cheapest 2 of different families\"")], &["one=a,c"]),
        (
            &[("one", "\"strongest 2\""), ("two", "\"strongest 2\""), ("three", "\"strongest\"")],
            &["one=e,d", "two=c,b", "three=a"],
        ),
        (
            &[("one", "\"seat 2\""), ("two", "\"any 2\""), ("three", "\"others\"")],
            &["one=b", "two=a,c", "three=d,e"],
        ),
        (
            &[
                ("one", "\"chair\""),
                ("two", "\"topic law\""),
                ("three", "\"topic Code\""),
                ("four", "\"topic art\""),
            ],
            &["one=c", "two=b", "three=b", "four=a"],
        ),
        (
            &[("one", "\"all\""), ("two", "\"others\""), ("three", "\"any 2\"")],
            &["one=a,b,c,d,e", "two=a,b,c,d,e", "three=e,d"],
        ),
        (&[("one", "[\"d\", \"cheapest\"]"), ("two", "[\"seat 1\", \"any 1\"]")], &["one=d,a", "two=a,b"]),
    ] {
        let cast = with_roles(roles).cast(&council, &prices, &BTreeMap::new()).unwrap();
        assert_eq!(taken(&cast), seats, "{roles:?}");
    }
}

#[test]
fn who_is_named_by_hand_is_taken_by_nobody_else() {
    let (council, prices) = five();
    let recipe = with_roles(&[("small", "\"cheapest 2\""), ("top", "\"strongest\"")]);
    let cast = |said: &[(&str, &str)]| recipe.cast(&council, &prices, &by_hand(said));
    assert_eq!(taken(&cast(&[("top", "a")]).unwrap()), ["small=b,c", "top=a"]);
    assert_eq!(taken(&cast(&[("small", "e, @d,e")]).unwrap()), ["small=e,d", "top=c"]);
    let line = |said: &[(&str, &str)]| {
        let Misfit { line, key, message } = cast(said).unwrap_err();
        assert_eq!((line, key.as_str()), (None, "--role"));
        message
    };
    assert_eq!(line(&[("smal", "a")]), "p has no role smal; there are small, top (did you mean small?)");
    assert_eq!(line(&[("top", "f")]), "top: no member f; there are a, b, c, d, e (did you mean a?)");
    assert!(line(&[("top", "")]).starts_with("top: no member"));
}

#[test]
fn strongest_is_the_dearest_then_the_heaviest_then_the_chair_then_the_last() {
    let mut council = scripted::council();
    let prices = Prices { free: ["demo".to_owned()].into(), ..Prices::default() };
    let strongest = |council: &Council| {
        let cast = with_roles(&[("top", "\"strongest\"")]).cast(council, &prices, &BTreeMap::new()).unwrap();
        cast.roles[0].1[0].0.clone()
    };
    assert_eq!(strongest(&council), "marit", "the chair");
    council.chair = None;
    assert_eq!(strongest(&council), "oskar", "the last seat");
    council.members[1].weight = 2.0;
    assert_eq!(strongest(&council), "jonas", "the heaviest");
}

#[test]
fn too_few_of_different_families_is_a_note_and_no_fault() {
    let council = council(&["a=x/gpt-1", "b=x/gpt-2"]);
    let recipe = with_roles(&[("small", "\"cheapest 2 of different families\"")]);
    let cast = recipe.cast(&council, &Prices::default(), &BTreeMap::new()).unwrap();
    assert_eq!(taken(&cast), ["small=a,b"]);
    assert_eq!(
        cast.notes,
        ["small asks for models of 2 families, and there is 1: add a model of another house"]
    );
}

#[test]
fn samples_have_seats_of_their_own_and_speak_for_nobody_else() {
    let mut council = council(&["a=x/m", "a-2=x/n"]);
    council.members[0].params.seed = Some(7);
    let text = "name = \"p\"\n[[stage]]\nname = \"many\"\ndo = \"answer\"\nby = \"a\"\nsamples = 3\n[[stage]]\nname = \"all\"\ndo = \"answer\"\n";
    let cast = recipe(text).cast(&council, &Prices::default(), &BTreeMap::new()).unwrap();
    let names: Vec<&str> = cast.council.members.iter().map(|it| it.name.0.as_str()).collect();
    assert_eq!(names, ["a", "a-2", "a-3", "a-4"]);
    assert_eq!(cast.stages[0].speakers, Speakers::Named(["a", "a-3", "a-4"].map(Into::into).into()));
    assert_eq!(cast.stages[1].speakers, Speakers::Named(["a", "a-2"].map(Into::into).into()));
    let seeds: BTreeSet<_> =
        [0, 2, 3].map(|seat: usize| cast.council.members[seat].params.seed.unwrap()).into();
    assert_eq!(seeds.len(), 3, "the same seed would bring the same answer");
    let plain = recipe("name = \"p\"\n[[stage]]\nname = \"all\"\ndo = \"answer\"\n");
    let cast = plain.cast(&council, &Prices::default(), &BTreeMap::new()).unwrap();
    assert_eq!((cast.stages[0].speakers.clone(), cast.council), (Speakers::Every, council));
}

#[test]
fn stages_come_after_all_that_they_name_whatever_their_order_in_the_file() {
    let text = r#"
name = "p"
[[stage]]
name = "end"
do = "merge"
sees = ["left", "right"]
[[stage]]
name = "left"
do = "council"
by = ["a", "b"]
[[stage]]
name = "right"
do = "council"
by = ["c", "d", "e"]
after = ["left"]
result = "vote"
[[stage]]
name = "layer"
do = "answer"
sees = ["question", "left"]
when = { unsettled = "left", agreement = 0.8 }
"#;
    let (council, prices) = five();
    let cast = recipe(text).cast(&council, &prices, &BTreeMap::new()).unwrap();
    let names: Vec<&str> = cast.stages.iter().filter_map(|stage| stage.name()).collect();
    assert_eq!(names, ["left/answers", "left", "right/answers", "right", "end", "layer"]);
    for (place, stage) in cast.stages.iter().enumerate() {
        assert_eq!(usize::from(stage.id.0), place);
        assert!(stage.after.iter().all(|before| *before < stage.id));
    }
    let [left, right] = [1, 3].map(StageId);
    assert_eq!(
        cast.stages[4].sees,
        [Source::Question, Source::Outcome { of: left }, Source::Outcome { of: right }]
    );
    assert_eq!(cast.stages[1].speakers, Speakers::Member("a".into()), "the first of them is the chair");
    assert_eq!(cast.stages[5].when().of(), Some(StageId(0)), "a council is settled by its answers");
}

#[test]
fn every_built_in_plan_is_right_and_fits_any_council_or_says_what_it_needs() {
    let models = ["a=x/gpt-1", "b=y/claude-1", "c=z/gemini-1", "d=w/llama-1", "e=v/qwen-1", "f=u/grok-1"];
    let needs: [(&str, usize); 7] = [
        ("pyramid", 2),
        ("pyramid-3", 2),
        ("hierarchy", 2),
        ("confidence", 2),
        ("routing", 2),
        ("triage", 2),
        ("specialists", 1),
    ];
    let mut names = BTreeSet::new();
    for (name, text) in plans::built_in() {
        let recipe = recipe(text);
        assert_eq!(recipe.name, name);
        assert!(names.insert(name) && (20..=200).contains(&recipe.about.len()), "{name}");
        for council in (1..=6).map(|count| council(&models[..count])).chain([scripted::council()]) {
            let count = council.members.len();
            let fewest = needs.iter().find(|(plan, _)| *plan == name).map_or(1, |(_, fewest)| *fewest);
            match recipe.cast(&council, &Prices::default(), &BTreeMap::new()) {
                Ok(cast) => {
                    assert!(count >= fewest, "{name} with {count}");
                    assert_eq!(cast.notes, Vec::<String>::new(), "{name}");
                    let ahead = Forecast::of_plan(&Prices::default(), &cast.council, &cast.stages, 100);
                    assert!(
                        0 < ahead.fewest && ahead.fewest <= ahead.calls && ahead.calls < 100,
                        "{name}: {ahead:?}"
                    );
                }
                Err(misfit) => {
                    assert!(count < fewest, "{name} with {count}: {misfit}");
                    let line = misfit.to_string();
                    assert!(line.starts_with(&format!("{name} needs 2 members for ")), "{line}");
                    assert!(line.ends_with("this council has 1: add one with :add or -m"), "{line}");
                }
            }
        }
    }
    assert_eq!(names.len(), 20);
}

#[test]
fn what_only_a_council_shows_to_be_wrong_is_told_with_its_line() {
    let (council, prices) = five();
    for (stages, line, key, says) in [
        (
            "[[stage]]\nname = \"x\"\ndo = \"answer\"\nby = \"anna\"",
            5,
            "x",
            "no member anna; there are a, b, c, d, e",
        ),
        (
            "[[stage]]\nname = \"x\"\ndo = \"answer\"\nby = \"seat 6\"",
            5,
            "x",
            "p needs 6 members for x, this council has 5: add one with :add or -m",
        ),
        (
            "[[stage]]\nname = \"x\"\ndo = \"answer\"\nby = \"a\"\n[[stage]]\nname = \"y\"\ndo = \"answer\"\nby = \"seat 1\"\n[[stage]]\nname = \"z\"\ndo = \"merge\"\nsees = [\"x\", \"y\"]",
            10,
            "z",
            "is given two texts of a, from x and y",
        ),
    ] {
        let text = format!("name = \"p\"\n{stages}\n");
        let misfit = recipe(&text).cast(&council, &prices, &BTreeMap::new()).unwrap_err();
        assert_eq!((misfit.line, misfit.key.as_str()), (Some(line), key), "{misfit}");
        assert!(misfit.message.starts_with(says), "{misfit}");
    }
    let nobody = Council::default();
    let misfit = with_roles(&[("one", "\"all\"")]).cast(&nobody, &prices, &BTreeMap::new()).unwrap_err();
    assert_eq!(misfit.message, "p needs members, this council has none: add one with :add or -m");
}

/// What a plan comes to: fewest and most calls.
fn calls(text: &str) -> (u32, u32) {
    let (council, prices) = five();
    let cast = recipe(&format!("name = \"p\"\n{text}")).cast(&council, &prices, &BTreeMap::new()).unwrap();
    let PlanForecast { fewest, calls, low, about, most, .. } =
        Forecast::of_plan(&prices, &cast.council, &cast.stages, 100);
    assert!(low <= about && about <= most, "{text}");
    (fewest, calls)
}

#[test]
fn calls_are_counted_from_the_shortest_way_to_a_bound() {
    let answers = "[[stage]]\nname = \"all\"\ndo = \"answer\"\n";
    let more = |rest: &str| calls(&format!("{answers}[[stage]]\nname = \"x\"\n{rest}\n"));
    assert_eq!(calls(answers), (5, 5));
    assert_eq!(more("do = \"merge\"\nsees = [\"all\"]"), (6, 6));
    assert_eq!(more("do = \"answer\"\nby = \"a\"\nwhen = { unsettled = \"all\" }"), (5, 6));
    assert_eq!(more("do = \"debate\"\nsees = [\"all\"]\nrounds = 3"), (20, 20));
    assert_eq!(more("do = \"debate\"\nsees = [\"all\"]\nrounds = 3\nuntil = \"unanimity\""), (5, 20));
    assert_eq!(more("do = \"debate\"\nsees = [\"all\"]\nrounds = 3\nuntil = \"unmoved\""), (10, 20));
    // Each of five judges four texts: in both orders where calls fail and two are left, and repaired each time.
    assert_eq!(more("do = \"vote\"\nsees = [\"all\"]"), (10, 25));
    let sent = "do = \"answer\"\nby = \"a\"\nsees = [\"all\"]\ntask = \"x\"\n[[stage]]\nname = \"gate\"\ndo = \"hand-over\"\nsees = [\"x\"]\n";
    assert_eq!(more(&format!("{sent}back = {{ to = \"x\", times = 2 }}")), (6, 8));
    assert_eq!(more(&format!("{sent}back = {{ to = \"all\", times = 2 }}")), (6, 18));
    let three = "[[stage]]\nname = \"three\"\ndo = \"answer\"\nby = [\"a\", \"b\", \"c\"]\n[[stage]]\nname = \"x\"\ndo = \"vote\"\nsees = [\"three\"]\n";
    assert_eq!(calls(three), (3 + 6, 3 + 12), "each judges two texts, in both orders");
}

#[test]
fn roads_are_gone_through_one_by_one() {
    let route = |keys: &str| {
        format!(
            "[[stage]]\nname = \"route\"\ndo = \"route\"\n{keys}\n[[stage]]\nname = \"x\"\ndo = \"answer\"\nby = \"chosen by route\"\n"
        )
    };
    assert_eq!(calls(&route("")), (1, 5));
    assert_eq!(calls(&route("road = \"few\"\nfew = 3")), (3, 3));
    assert_eq!(calls(&route("among = [\"a\", \"b\"]\nby = \"c\"")), (2, 3));
    let rule = "road = \"one\"\n[[stage.rule]]\nfiles = true\nto = [\"a\", \"b\", \"c\"]";
    assert_eq!(calls(&route(rule)), (1, 3));
    let road = |road: &str, by: &str| {
        format!(
            "[[stage]]\nname = \"{road}\"\ndo = \"answer\"\nby = {by}\nwhen = {{ chose = \"route\", road = \"{road}\" }}\n"
        )
    };
    let each = road("one", "\"a\"") + &road("few", "[\"a\", \"b\", \"c\"]") + &road("full", "\"all\"");
    assert_eq!(calls(&format!("[[stage]]\nname = \"route\"\ndo = \"route\"\n{each}")), (1, 5));
}

#[test]
fn a_plan_is_priced_between_two_ends() {
    let (council, prices) = five();
    let pyramid = plans::built_in().into_iter().find(|(name, _)| *name == "pyramid").unwrap().1;
    let of = |roles: &[(&str, &str)]| {
        let cast = recipe(pyramid).cast(&council, &prices, &by_hand(roles)).unwrap();
        Forecast::of_plan(&prices, &cast.council, &cast.stages, 100)
    };
    let known = of(&[("top", "d")]);
    assert_eq!((known.fewest, known.calls, known.unpriced), (2, 3, 0));
    // 300 tokens each at 1 and 3 dollars a million.
    assert_eq!(known.low, Dollars::of(300.0 * 4.0 / 1e6));
    assert!(known.about > known.low && known.most > known.about, "{known:?}");
    assert!(known.line().starts_with("2 to 3 calls, about $0.00"), "{}", known.line());
    let odd = of(&[]);
    assert_eq!(odd.unpriced, 1);
    assert!(odd.line().ends_with(", and up to 1 of unknown price"), "{}", odd.line());
    let cast = recipe(pyramid).cast(&scripted::council(), &prices, &BTreeMap::new()).unwrap();
    let demo = Forecast::of_plan(&prices, &cast.council, &cast.stages, 100);
    assert_eq!(demo.line(), "2 to 3 calls, $0.00");
}
