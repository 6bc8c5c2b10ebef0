//! Wrong plans: a good one with one thing wrong in it, over a hundred times. Each is told in exactly one line, with the file, the
//! line in it, and what would be right; the lines are a reviewed snapshot. Bytes at random are told of too, and crash nothing.

use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use synod::config::plans;
use synod::core::price::Prices;
use synod::core::{Council, Member};

/// A plan that has something of everything.
const GOOD: &str = r#"name = "good"
about = "A plan that is right"

[roles]
writer = "seat 1"
readers = "any 2"

[[stage]]
name = "draft"
do = "answer"
by = "writer"
position = true

[[stage]]
name = "views"
do = "answer"
by = "all"

[[stage]]
name = "talk"
do = "debate"
sees = ["views"]
rounds = 2
mode = "du"
until = "unanimity"

[[stage]]
name = "ballot"
do = "vote"
sees = ["views"]
rule = "copeland"

[[stage]]
name = "merged"
do = "merge"
by = "chair"
sees = ["views"]
mode = "majority"

[[stage]]
name = "proof"
do = "check"
by = "ben"
sees = ["draft"]

[[stage]]
name = "mended"
do = "answer"
by = "writer"
sees = ["draft", "proof"]
task = "Mend it."
when = { faulted = "proof" }

[[stage]]
name = "path"
do = "route"
strategy = "cost"
few = 2
hard = [0.3, 0.7]

[[stage.topic]]
name = "law"
words = ["contract"]
by = "writer"

[[stage.rule]]
longer = 4000
road = "full"

[[stage]]
name = "routed"
do = "answer"
by = "chosen by path"

[[stage]]
name = "tier"
do = "answer"
by = "carl"
beside = "views"
when = { unsettled = "views", same = 2, agreement = 0.9 }

[[stage]]
name = "gate"
do = "hand-over"
sees = ["mended"]
back = { to = "draft", times = 2 }

[[stage]]
name = "final"
do = "answer"
by = "writer"
sees = ["gate"]
task = "Polish it."

[[stage]]
name = "small"
do = "council"
by = ["anna", "ben"]
chair = "anna"
result = "merge"

[[stage]]
name = "samples"
do = "answer"
by = "anna"
samples = 3

[[stage]]
name = "read"
do = "answer"
by = "readers"
"#;

/// What is replaced, and by what.
type Case = (&'static str, &'static str);

const WRONG: &[Case] = &[
    // The plan itself.
    ("name = \"good\"\n", ""),
    ("name = \"good\"", "name = \"\""),
    ("name = \"good\"", "name = \"Good Plan!\""),
    ("name = \"good\"", "name = 7"),
    ("about = \"A plan that is right\"", "about = \"\""),
    ("about = \"A plan that is right\"", "about = true"),
    ("about = \"A plan", "abuot = \"A plan"),
    ("about = \"A plan that is right\"", "about = \"A plan that is right\"\nexample = 3"),
    ("[roles]", "[rolls]"),
    ("[roles]", "[roles"),
    ("about = \"A plan that is right\"", "about = \"A plan that is right"),
    // Roles.
    ("writer = \"seat 1\"", "writer = \"seat 0\""),
    ("writer = \"seat 1\"", "writer = \"seat one\""),
    ("writer = \"seat 1\"", "writer = \"\""),
    ("writer = \"seat 1\"", "writer = 1"),
    ("writer = \"seat 1\"", "writer = []"),
    ("writer = \"seat 1\"", "writer = \"seat 9\""),
    ("writer = \"seat 1\"", "writer = \"anne\""),
    ("readers = \"any 2\"", "readers = \"any 0\""),
    ("readers = \"any 2\"", "readers = \"cheapest 2 of same families\""),
    ("readers = \"any 2\"", "readers = \"any 2\"\nspare = \"strongest\""),
    ("readers = \"any 2\"", "readers = \"any 7\""),
    ("readers = \"any 2\"", "readers = \"any 2\"\nwriter = \"seat 2\""),
    // Stages as such.
    ("name = \"draft\"\n", ""),
    ("name = \"views\"", "name = \"draft\""),
    ("name = \"views\"", "name = \"question\""),
    ("name = \"read\"", "name = \"two words\""),
    ("name = \"read\"", "name = 4"),
    ("do = \"vote\"\n", ""),
    ("do = \"vote\"", "do = \"votes\""),
    ("do = \"vote\"", "do = 1"),
    ("do = \"debate\"", "do = \"discuss\""),
    ("position = true", "position = \"yes\""),
    ("position = true", "positon = true"),
    ("position = true", "rounds = 2"),
    ("position = true", "api_key = \"x\""),
    ("by = \"readers\"\n", "by = \"readers\"\nafter = [\"nowhere\"]\n"),
    ("by = \"readers\"\n", "by = \"readers\"\nafter = \"draft\"\nafter = \"views\"\n"),
    ("by = \"readers\"\n", "by = \"readers\"\nafter = [\"read\"]\n"),
    ("by = \"readers\"\n", "by = \"readers\"\nafter = 3\n"),
    // Who speaks.
    ("by = \"readers\"", "by = \"reeders\""),
    ("by = \"readers\"", "by = \"dora\""),
    ("by = \"readers\"", "by = 3"),
    ("by = \"readers\"", "by = []"),
    ("by = \"readers\"", "by = [\"anna\", 3]"),
    ("by = \"readers\"", "by = \"seat 12\""),
    ("by = \"readers\"", "by = \"chosen by draft\""),
    ("by = \"readers\"", "by = \"chosen by nobody\""),
    ("by = \"ben\"\n", ""),
    ("by = \"ben\"", "by = \"bne\""),
    ("by = \"carl\"", "by = \"karl\""),
    ("by = \"chair\"", "by = \"all\""),
    ("rule = \"copeland\"", "by = \"dora\""),
    // What is seen.
    ("sees = [\"gate\"]", "sees = [\"gaet\"]"),
    ("sees = [\"gate\"]", "sees = [\"final\"]"),
    ("sees = [\"gate\"]", "sees = \"gate\", \"draft\""),
    ("sees = [\"gate\"]", "sees = [3]"),
    ("sees = [\"gate\"]", "sees = [\"path\"]"),
    ("sees = [\"mended\"]", "sees = [\"mended\", \"final\"]"),
    ("sees = [\"mended\"]\n", ""),
    ("sees = [\"draft\"]\n\n[[stage]]\nname = \"mended\"", "\n[[stage]]\nname = \"mended\""),
    ("rounds = 2\nmode", "sees = [\"draft\"]\nrounds = 2\nmode"),
    ("sees = [\"views\"]\nrounds", "rounds"),
    ("sees = [\"views\"]\nrounds", "sees = [\"views\", \"draft\"]\nrounds"),
    ("sees = [\"views\"]\nrounds", "sees = [\"gate\"]\nrounds"),
    ("sees = [\"views\"]\nrule", "sees = [\"gate\"]\nrule"),
    ("sees = [\"views\"]\nrule", "rule"),
    ("sees = [\"views\"]\nrule", "sees = [\"draft\"]\nrule"),
    ("sees = [\"views\"]\nmode", "sees = [\"draft\"]\nmode"),
    ("sees = [\"views\"]\nmode", "sees = [\"samples\", \"small\"]\nmode"),
    ("sees = [\"views\"]\nmode", "sees = [\"final\", \"gate\"]\nmode"),
    // Tasks.
    ("task = \"Polish it.\"\n", ""),
    ("task = \"Polish it.\"", "task = \"\""),
    ("task = \"Polish it.\"", "task = 4"),
    // Debates, votes, merges.
    ("rounds = 2", "rounds = 0"),
    ("rounds = 2", "rounds = 9"),
    ("rounds = 2", "rounds = \"two\""),
    ("rounds = 2", "rounds = -1"),
    ("rounds = 2", "rounds = 1.5"),
    ("mode = \"du\"", "mode = \"dx\""),
    ("mode = \"du\"", "mode = 2"),
    ("until = \"unanimity\"", "until = \"never\""),
    ("until = \"unanimity\"", "until = 1"),
    ("rule = \"copeland\"", "rule = \"copland\""),
    ("rule = \"copeland\"", "rule = 2"),
    ("mode = \"majority\"", "mode = \"guided\""),
    ("mode = \"majority\"", "mode = \"marjority\""),
    // Conditions.
    ("when = { faulted = \"proof\" }", "when = { faulted = \"prof\" }"),
    ("when = { faulted = \"proof\" }", "when = { faulted = \"draft\" }"),
    ("when = { faulted = \"proof\" }", "when = { fault = \"proof\" }"),
    ("when = { faulted = \"proof\" }", "when = { faulted = \"proof\", sound = \"proof\" }"),
    ("when = { faulted = \"proof\" }", "when = \"faulted proof\""),
    ("when = { faulted = \"proof\" }", "when = {}"),
    ("when = { faulted = \"proof\" }", "when = { faulted = 3 }"),
    ("when = { faulted = \"proof\" }", "when = { undecided = \"draft\" }"),
    ("when = { faulted = \"proof\" }", "when = { chose = \"path\" }"),
    ("when = { faulted = \"proof\" }", "when = { chose = \"path\", road = \"many\" }"),
    ("when = { faulted = \"proof\" }", "when = { chose = \"proof\", road = \"few\" }"),
    ("when = { faulted = \"proof\" }", "when = { failed = \"mended\" }"),
    ("same = 2, agreement = 0.9", "same = 0"),
    ("same = 2, agreement = 0.9", "same = 1"),
    ("same = 2, agreement = 0.9", "same = \"two\""),
    ("same = 2, agreement = 0.9", "agreement = 1.9"),
    ("same = 2, agreement = 0.9", "agreement = \"high\""),
    ("same = 2, agreement = 0.9", "families = 3"),
    ("same = 2, agreement = 0.9", "sme = 2"),
    ("unsettled = \"views\"", "unsettled = \"gate\""),
    ("beside = \"views\"", "beside = \"vews\""),
    ("beside = \"views\"", "beside = \"path\""),
    ("beside = \"views\"", "beside = [\"views\", \"draft\"]"),
    // Routes.
    ("strategy = \"cost\"", "strategy = \"cheap\""),
    ("strategy = \"cost\"", "strategy = 1"),
    ("few = 2", "few = 4"),
    ("few = 2", "few = \"two\""),
    ("hard = [0.3, 0.7]", "hard = [0.7, 0.3]"),
    ("hard = [0.3, 0.7]", "hard = [0.3]"),
    ("hard = [0.3, 0.7]", "hard = [3, 7]"),
    ("hard = [0.3, 0.7]", "hard = 0.5"),
    ("hard = [0.3, 0.7]", "road = \"wide\""),
    ("hard = [0.3, 0.7]", "learned = \"yes\""),
    ("hard = [0.3, 0.7]", "among = [\"dora\"]"),
    ("words = [\"contract\"]", "words = 3"),
    ("by = \"writer\"\n\n[[stage.rule]]", "by = \"dora\"\n\n[[stage.rule]]"),
    ("name = \"law\"\n", ""),
    ("longer = 4000", "longer = \"long\""),
    ("road = \"full\"", "road = \"all\""),
    ("road = \"full\"\n", ""),
    ("road = \"full\"", "to = \"dora\""),
    ("by = \"chosen by path\"", "by = \"anna\""),
    // The person, councils, samples.
    ("back = { to = \"draft\", times = 2 }", "back = { to = \"draft\", times = 0 }"),
    ("back = { to = \"draft\", times = 2 }", "back = { to = \"draft\", times = 6 }"),
    ("back = { to = \"draft\", times = 2 }", "back = { to = \"views\", times = 2 }"),
    ("back = { to = \"draft\", times = 2 }", "back = { to = \"drft\", times = 2 }"),
    ("back = { to = \"draft\", times = 2 }", "back = { times = 2 }"),
    ("back = { to = \"draft\", times = 2 }", "back = \"draft\""),
    ("back = { to = \"draft\", times = 2 }", "by = \"anna\""),
    ("chair = \"anna\"", "chair = \"dora\""),
    ("result = \"merge\"", "result = \"debate\""),
    ("by = [\"anna\", \"ben\"]", "by = [\"anna\", \"bne\"]"),
    ("by = [\"anna\", \"ben\"]", "by = [\"anna\"]"),
    ("chair = \"anna\"\nresult = \"merge\"", "result = \"vote\""),
    ("samples = 3", "samples = 1"),
    ("samples = 3", "samples = 9"),
    ("samples = 3", "samples = \"three\""),
    ("by = \"anna\"\nsamples = 3", "by = [\"anna\", \"ben\"]\nsamples = 3"),
    ("by = \"anna\"\nsamples = 3", "by = \"readers\"\nsamples = 3"),
];

/// Things that are no replacement of one line: cycles, and stages that are never reached.
const WHOLE: &[&str] = &[
    "name = \"good\"\nabout = \"No stages\"\n",
    "name = \"good\"\nabout = \"x\"\nstage = 3\n",
    "name = \"good\"\nabout = \"x\"\nstage = []\n",
    "name = \"good\"\nabout = \"x\"\n[[stage]]\nname = \"a\"\ndo = \"answer\"\nafter = [\"b\"]\n[[stage]]\nname = \"b\"\ndo = \"answer\"\nafter = [\"a\"]\n",
    "name = \"good\"\nabout = \"x\"\n[[stage]]\nname = \"a\"\ndo = \"answer\"\nsees = [\"c\"]\ntask = \"t\"\nby = \"anna\"\n[[stage]]\nname = \"b\"\ndo = \"answer\"\nby = \"anna\"\nsees = [\"a\"]\ntask = \"t\"\n[[stage]]\nname = \"c\"\ndo = \"answer\"\nby = \"anna\"\nsees = [\"b\"]\ntask = \"t\"\n",
    "name = \"good\"\nabout = \"x\"\n[[stage]]\nname = \"r\"\ndo = \"route\"\nroad = \"one\"\n[[stage]]\nname = \"a\"\ndo = \"answer\"\nby = \"chosen by r\"\nwhen = { chose = \"r\", road = \"few\" }\n",
    "name = \"good\"\nabout = \"x\"\n[[stage]]\nname = \"r\"\ndo = \"route\"\n[[stage]]\nname = \"a\"\ndo = \"answer\"\nby = \"chosen by r\"\nwhen = { chose = \"r\", road = \"one\" }\n[[stage]]\nname = \"b\"\ndo = \"answer\"\nby = \"anna\"\nsees = [\"a\"]\ntask = \"t\"\nwhen = { chose = \"r\", road = \"few\" }\n",
    "name = \"good\"\nabout = \"x\"\n[[stage]]\nname = \"a\"\ndo = \"answer\"\nby = \"anna\"\n[[stage]]\nname = \"b\"\ndo = \"answer\"\nby = \"ben\"\nsees = [\"a\"]\ntask = \"t\"\nwhen = { failed = \"a\" }\n",
    "name = \"good\"\nabout = \"x\"\n[[stage]]\nname = \"r\"\ndo = \"route\"\n[[stage]]\nname = \"a\"\ndo = \"answer\"\n",
    "name = \"good\"\nabout = \"x\u{7}\"\n[[stage]]\nname = \"a\"\ndo = \"answer\"\n",
];

fn council() -> Council {
    let member = |name| Member::new(name, format!("fake/{name}").parse().unwrap());
    Council {
        name: "three".to_owned(),
        members: ["anna", "ben", "carl"].map(member).into(),
        ..Council::default()
    }
}

/// Every line that is said of a plan.
fn told(text: &str) -> Vec<String> {
    match plans::parse("good.toml", text) {
        Err(faults) => faults.iter().map(ToString::to_string).collect(),
        Ok(recipe) => match recipe.cast(&council(), &Prices::default(), &BTreeMap::new()) {
            Ok(_) => Vec::new(),
            Err(misfit) => {
                let line = misfit.line.map(|line| format!(":{line}")).unwrap_or_default();
                vec![format!("good.toml{line} {}: {}", misfit.key, misfit.message)]
            }
        },
    }
}

#[test]
fn each_wrong_plan_is_told_in_one_line_with_file_line_and_fix() {
    assert_eq!(told(GOOD), Vec::<String>::new());
    let replaced = WRONG.iter().map(|(from, to)| {
        assert_eq!(GOOD.matches(from).count(), 1, "{from:?} stands in the good plan once");
        (
            format!("{} -> {}", from.trim_end().replace('\n', "⏎"), to.trim_end().replace('\n', "⏎")),
            GOOD.replacen(from, to, 1),
        )
    });
    let whole = WHOLE.iter().map(|text| (text.escape_debug().to_string(), (*text).to_owned()));
    let mut all = String::new();
    let mut odd: Vec<String> = Vec::new();
    let mut count = 0;
    for (what, text) in replaced.chain(whole) {
        let lines = told(&text);
        let one = lines.len() == 1 && !lines[0].contains('\n');
        // A file that holds no stage at all has no line to name.
        let placed = lines.iter().all(|line| line.starts_with("good.toml:") || text.len() < 60);
        // What is right is said: what is allowed, the nearest name, or what to do.
        let fixes = ["allowed:", "did you mean", ";", ":", "add", "give", "name ", "call"];
        let mends = lines.iter().all(|line| fixes.iter().any(|fix| line[10..].contains(fix)));
        if !(one && placed && mends) {
            odd.push(format!("{what}\n  {}", lines.join("\n  ")));
        }
        let _ = writeln!(all, "{what}\n  {}", lines.join("\n  "));
        count += 1;
    }
    assert!(odd.is_empty(), "{}", odd.join("\n"));
    assert!(count >= 100, "{count} wrong plans");
    crate::reviewed::seen("plan-faults", &all);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_at_random_are_told_of_and_crash_nothing(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let faults = plans::of_bytes("odd.toml", &bytes);
        prop_assert!(faults.is_err_and(|faults| !faults.is_empty()));
    }

    #[test]
    fn a_plan_with_a_hole_or_a_stray_piece_crashes_nothing(from in 0..GOOD.len(), length in 0usize..60, piece in "\\PC{0,12}") {
        let from = (0..=from).rev().find(|at| GOOD.is_char_boundary(*at)).unwrap();
        let to = (from + length).min(GOOD.len());
        let to = (to..=GOOD.len()).find(|at| GOOD.is_char_boundary(*at)).unwrap();
        let text = format!("{}{piece}{}", &GOOD[..from], &GOOD[to..]);
        for line in told(&text) {
            prop_assert!(!line.contains('\n') && !line.chars().any(char::is_control), "{line:?}");
        }
    }
}
