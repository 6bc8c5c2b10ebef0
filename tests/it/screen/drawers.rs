//! States of what is open beside the panes: synthesis, vote, debate, matrix, and of the panes they stand beside.

use super::screen;
use super::world::{Said, Then, World, ballot, begun, by_name, is_first, overloaded, whole};
use crate::played::{START, press, seen};
use synod::app::drawer::{Drawer, DrawerKind};
use synod::app::{App, Effect, Layout};
use synod::core::commission::{Commission, Typed, With};
use synod::core::{Ask, CallSpec, Command, Council, Member, ModelRef, Rule, Run, Step};
use synod::ui::Cache;
use synod::ui::theme::Theme;

const QUESTION: &str = "Should we move our 2 TB Postgres to shards this year?";

const FIRST: [(&str, &str); 4] = [
    (
        "opus",
        "\
No, do not shard this year. One primary still carries the load: at 2 TB and about 4,000 writes per second you are far \
below what a single large machine can do.

- Add two read replicas first, and send reports and search there.
- Partition the three largest tables by month.
- A migration would take about 12 weeks with one engineer full time.

Before anything else check autovacuum and transaction id age:

```sql
select relname, age(relfrozenxid) from pg_class order by 2 desc;
```

Measure the p99 write latency every week.",
    ),
    (
        "gpt",
        "\
No, do not shard this year. Your write rate of about 4,000 writes per second fits a single primary with room to spare.

1. Add two read replicas before anything else.
2. Partition the three largest tables by month, and keep 18 months online.
3. A migration would take about 12 weeks.

Measure the p99 write latency every week and set a trigger.",
    ),
    (
        "gemini",
        "\
Yes, shard this year while the data is small: moving 2 TB is easier than moving 10 TB.

- Add two read replicas now, they are cheap.
- Citus keeps plain SQL for queries of a single tenant.
- A migration would take about 2 weeks with Citus and a rehearsal.

Measure the p99 write latency every week.",
    ),
    (
        "llama",
        "\
Yes, shard this year while the data is small: moving 2 TB is easier than moving 10 TB. Sharding gives room to grow.

\
- Add two read replicas.
- Hire a database administrator.
- A migration would take about 2 weeks.",
    ),
];

const SYNTHESIS: &str = "\
## Consensus

- Add two read replicas first. They are cheap.
- Measure the p99 write latency every week.
- All experts prefer the cloud.

## Divergence

1. Shard this year? Two answers say no, do not shard this year, because one primary still carries the load. Two say \
yes, shard this year while the data is small.
2. A migration would take about 12 weeks, or about 2 weeks with Citus and a rehearsal.
3. A migration would take about 40 weeks.

## What to run first

```sql
select relname, age(relfrozenxid) from pg_class order by 2 desc;
```

| Step | When |
|---|---|
| Add two read replicas | now |
| Partition the three largest tables by month | next quarter |

Check autovacuum and transaction id age before anything else.";

/// The first debate round: who argues, who holds, who caves.
const ROUND: [(&str, &str); 4] = [
    (
        "opus",
        "\
I keep my answer. One primary still carries the load: at 2 TB and about 4,000 writes per second you are far below what \
a single large machine can do.

Add two read replicas first, and send reports and search there. A migration would take about 12 weeks with one engineer \
full time.

POSITION: no",
    ),
    (
        "gpt",
        "\
No, do not shard this year. Your write rate fits a single primary with room to spare. Add two read replicas before \
anything else.

POSITION: no",
    ),
    (
        "gemini",
        "\
I was wrong about the effort: I overlooked that nobody here has run such a cluster. One primary still carries the load, \
so the move can wait.

- Add two read replicas now, they are cheap.
- Citus keeps plain SQL for queries of a single tenant.

Measure the p99 write latency every week.

POSITION: no",
    ),
    ("llama", "Yes, shard this year. Sharding gives room to grow.\n\n- Add two read replicas.\n\nPOSITION: yes"),
];

/// The second: llama goes along with the others.
const SECOND_ROUND: [(&str, &str); 4] = [
    ROUND[0],
    ROUND[1],
    ROUND[2],
    ("llama", "Fine, then not this year.\n\n- Add two read replicas.\n\nPOSITION: no"),
];

fn council(names: &[&str]) -> Council {
    let model = |name: &str| ModelRef { provider: "example".to_owned(), model: name.to_owned() };
    let members = names.iter().map(|name| Member::new(name, model(name))).collect();
    Council { name: "review".to_owned(), members, chair: Some(names[0].into()), scripted: false }
}

fn four() -> Council {
    council(&["opus", "gpt", "gemini", "llama"])
}

/// What the four say, with what `extra` says where it says something.
fn play(then: &[Then], extra: impl Fn(&Run, &CallSpec) -> Option<Said>) -> World {
    World::play(four(), QUESTION, then, |run, spec| {
        extra(run, spec).unwrap_or_else(|| match (spec.ask, spec.id.round) {
            (Ask::Answer, _) => by_name(spec, &FIRST),
            (Ask::Merge, _) => whole(SYNTHESIS),
            (Ask::Critique, 1) => by_name(spec, &ROUND),
            (Ask::Critique, _) => by_name(spec, &SECOND_ROUND),
            (Ask::Ballot, _) => usual_ballot(run, spec),
            (other, _) => panic!("{other:?} is of written plans alone"),
        })
    })
}

fn usual_ballot(run: &Run, spec: &CallSpec) -> Said {
    match spec.member.name.0.as_str() {
        "opus" => ballot(run, spec, &["gpt", "gemini", "llama"], "B names a trigger that can be measured."),
        "gpt" => {
            ballot(run, spec, &["opus", "gemini", "llama"], "The first one can be carried out on Monday.")
        }
        "gemini" => {
            let reason = "One answer gives its figures and a query to check them; the other two only say what they \
                          would do. I can't rank a plan above a measurement.";
            ballot(run, spec, &["gpt", "opus", "llama"], reason)
        }
        _ => ballot(run, spec, &["gpt", "opus", "gemini"], "It is short and right."),
    }
}

fn open(world: &World, keys: &str) -> App {
    let last = world.records.last().map_or(START, |record| record.at);
    let mut app = seen(&world.records, last - START + 300);
    app.council = Some(four());
    app.prices.free.insert("example".to_owned());
    if !keys.is_empty() {
        press(&mut app, keys);
    }
    app
}

fn draw(app: &mut App, size: (u16, u16)) -> String {
    screen(app, size, &Theme::built_in(true, false), &mut Cache::default())
}

/// The same with a drawer open that its key would not open, but make anew.
fn beside(world: &World, kind: DrawerKind) -> App {
    let mut app = open(world, "");
    app.drawer = Some(Drawer::open(kind));
    app
}

const SYNTHESIS_STEP: Then = Then::Step(Step::SYNTHESIS);
const VOTE: Then = Then::Step(Step::Vote);
const ROUND_STEP: Then = Then::Step(Step::Debate(1));

fn plain(_: &Run, _: &CallSpec) -> Option<Said> {
    None
}

fn synthesis() -> Vec<(&'static str, App)> {
    let done = play(&[SYNTHESIS_STEP], plain);
    let grows = play(&[SYNTHESIS_STEP], |_, spec| {
        (spec.ask == Ask::Merge).then(|| begun(&SYNTHESIS[..SYNTHESIS.find("2. A").unwrap()]))
    });
    let retried = play(&[SYNTHESIS_STEP, Then::Retry(2)], |_, spec| {
        (spec.member.name.0 == "gemini" && spec.id.attempt == 1 && is_first(spec)).then(overloaded)
    });
    let by = |text: &str| Then::Step(commissioned(text));
    let several = play(
        &[SYNTHESIS_STEP, by("majority by gpt of opus, gpt, gemini with keep it short"), by("by llama")],
        plain,
    );
    let failed = play(&[SYNTHESIS_STEP], |_, spec| (spec.ask == Ask::Merge).then(overloaded));
    vec![
        ("synthesis-grows", open(&grows, "s")),
        ("synthesis-done", open(&done, "s")),
        ("synthesis-sources", open(&done, "s j j j j j Enter")),
        ("synthesis-end", open(&done, "s G")),
        ("synthesis-outdated", beside(&retried, DrawerKind::Synthesis)),
        ("synthesis-failed", beside(&failed, DrawerKind::Synthesis)),
        ("guided-empty", open(&play(&[], plain), "p")),
        ("guided-ticked", open(&play(&[], plain), "p Space j Space Space j j j j l l")),
        ("guided-done", guided_done()),
        ("synthesis-two-of-three", open(&several, "s h")),
    ]
}

/// A synthesis as it is typed on the command line of the workbench.
fn commissioned(text: &str) -> Step {
    let typed: Typed = text.parse().unwrap();
    let names = (typed.chair.as_ref(), typed.of.as_slice());
    let mode = typed.mode.unwrap_or_default();
    let mut commission = Commission::looked_up(&four(), mode, names, ["by", "of"]).unwrap();
    if let Some(With::Words(words)) = typed.with {
        commission.brief.instruction = words;
    }
    Step::synthesis(commission)
}

/// A guided synthesis as the checklist sends it, and the end of what came of it.
fn guided_done() -> App {
    let mut app = open(&play(&[], plain), "");
    let effects = press(&mut app, "p Space j Space Space j j Space s");
    let [Effect::Council(Command::Extend { step, .. })] = effects.as_slice() else { panic!("{effects:?}") };
    open(&play(&[Then::Step(step.clone())], plain), "s G")
}

fn votes() -> Vec<(&'static str, App)> {
    let done = play(&[VOTE], plain);
    let tie = play(&[VOTE], |run, spec| {
        (spec.ask == Ask::Ballot).then(|| match spec.member.name.0.as_str() {
            "opus" => ballot(run, spec, &["gpt", "gemini", "llama"], "B"),
            "gpt" => ballot(run, spec, &["opus", "gemini", "llama"], "A"),
            "gemini" => ballot(run, spec, &["opus", "gpt", "llama"], "A"),
            _ => ballot(run, spec, &["gpt", "opus", "gemini"], "B"),
        })
    });
    let invalid = play(&[VOTE], |run, spec| {
        let name = spec.member.name.0.as_str();
        (spec.ask == Ask::Ballot).then(|| match name {
            "gemini" => whole("I like the first two best."),
            "llama" => overloaded(),
            _ => usual_ballot(run, spec),
        })
    });
    let counting = play(&[VOTE], |_, spec| {
        (spec.ask == Ask::Ballot && spec.id.slot > 1).then(|| begun("{\"ranking\": ["))
    });
    let two = World::play(council(&["opus", "gpt"]), QUESTION, &[VOTE], |_, spec| by_name(spec, &FIRST));
    let named = play(&[VOTE, Then::Vote(None)], plain);
    let voted = play(&[VOTE, Then::Vote(Some("gemini"))], plain);
    let counted = play(&[VOTE, Then::Vote(None), Then::Count(Rule::Copeland, "llama", 1.5)], plain);
    let three = council(&["opus", "gpt", "gemini"]);
    // One judge likes what it is shown first, whatever that is.
    let both_orders = World::play(three, QUESTION, &[VOTE, Then::Vote(None)], |run, spec| match spec.ask {
        Ask::Ballot => {
            let shown: Vec<&str> = spec.shown.iter().map(|id| run.calls[id].member.0.as_str()).collect();
            let rank: &[&str] = match spec.member.name.0.as_str() {
                "opus" => &["gpt", "gemini"],
                "gpt" => &shown,
                _ => &["gpt", "opus"],
            };
            ballot(run, spec, rank, "It can be checked.")
        }
        _ => by_name(spec, &FIRST),
    });
    vec![
        ("vote-blind", open(&done, "v j")),
        ("vote-read", open(&done, "v j Enter")),
        ("vote-done", open(&named, "v j j j j j j j j j j j j j")),
        ("vote-own", open(&voted, "v")),
        ("vote-both-orders", open(&both_orders, "v")),
        ("vote-counted", open(&counted, "v G")),
        ("vote-free", open(&play(&[], plain), "V")),
        ("vote-tie", open(&tie, "v")),
        ("vote-invalid", open(&invalid, "v")),
        ("vote-counting", open(&counting, "v")),
        ("vote-undecidable", beside(&two, DrawerKind::Vote)),
    ]
}

fn debates() -> Vec<(&'static str, App)> {
    let one = play(&[ROUND_STEP], plain);
    let two = play(&[ROUND_STEP, ROUND_STEP], plain);
    let grows = play(&[ROUND_STEP], |_, spec| {
        let text = || begun(&ROUND[usize::from(spec.id.slot)].1[..60]);
        (spec.ask == Ask::Critique && spec.id.slot > 1).then(text)
    });
    vec![
        ("debate-one", open(&one, "D j j")),
        ("debate-two", open(&two, "D j j j")),
        ("debate-first", open(&two, "D h h")),
        ("debate-grows", open(&grows, "D j j")),
    ]
}

fn claims() -> Vec<(&'static str, App)> {
    let answers = play(&[], plain);
    let synthesis = play(&[SYNTHESIS_STEP], plain);
    let names = ["opus", "gpt", "gemini", "llama", "mistral", "qwen", "deepseek", "command"];
    let many =
        World::play(council(&names), QUESTION, &[], |_, spec| whole(FIRST[usize::from(spec.id.slot) % 4].1));
    let mut rows = open(&answers, "n");
    rows.layout = Layout::Rows;
    let mut ruled = open(&answers, "!");
    crate::ledger::go(&mut ruled, "r Down Enter");
    crate::ledger::go(&mut ruled, "j x");
    vec![
        ("conflicts", open(&answers, "!")),
        ("conflicts-ruled", ruled),
        ("rule", open(&answers, "! j r")),
        ("sides", open(&answers, "n")),
        ("local-synthesis", open(&answers, "S j j")),
        ("matrix", open(&answers, "m l l")),
        ("matrix-many", open(&many, "m l l l l l")),
        ("matrix-beside", open(&synthesis, "s j Tab n")),
        ("rows", rows),
        ("marks-gutter", open(&answers, "M n")),
        ("marks-off", open(&answers, "M M n")),
    ]
}

fn seats() -> Vec<(&'static str, App)> {
    let say = |_: &Run, spec: &CallSpec| by_name(spec, &FIRST);
    let only = World::play_only(four(), QUESTION, Some("gemini"), &[], say);
    let left = play(&[Then::Leave("llama")], plain);
    let again = play(&[Then::Retry(1)], |_, spec| (spec.id.attempt > 1).then(|| begun("")));
    vec![("asked-alone", open(&only, "z")), ("left", open(&left, "4")), ("asked-again", open(&again, "2"))]
}

/// Sizes that are looked at besides the usual ones.
pub(super) fn more_sizes(name: &str) -> &'static [(u16, u16)] {
    match name {
        "rows" | "sides" => &[(120, 18)],
        "models" | "costs" | "costs-week" | "matrix-many" | "synthesis-done" | "debate-two" => &[(50, 20)],
        _ => &[],
    }
}

/// States that are looked at in ASCII too.
pub(super) const IN_ASCII: [&str; 6] =
    ["synthesis-done", "vote-done", "debate-two", "matrix", "rows", "costs"];

/// Every state, by name.
pub(super) fn states() -> Vec<(&'static str, App)> {
    [synthesis(), votes(), debates(), claims(), seats()].into_iter().flatten().collect()
}

/// What stands in the drawer's frame, line by line.
fn inside(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| line.starts_with('┃'));
    lines.map(|line| line.trim_matches('┃').to_owned()).collect()
}

#[test]
fn the_whole_synthesis_can_be_read_and_what_is_chosen_is_in_view() {
    let world = play(&[SYNTHESIS_STEP], plain);
    for size in [(60, 16), (80, 24), (120, 40)] {
        let mut app = open(&world, "s");
        let mut seen = String::new();
        for _ in 0..app.rows(DrawerKind::Synthesis) {
            let lines = inside(&draw(&mut app, size));
            let chosen = lines.iter().filter(|line| line.trim_start().starts_with('>')).count();
            assert_eq!(chosen, 1, "{size:?} {lines:#?}");
            seen.push_str(&lines.join("\n"));
            press(&mut app, "j");
        }
        press(&mut app, "j j j j j j j j");
        seen.push_str(&draw(&mut app, size));
        // A line of code is broken anywhere.
        let prose = SYNTHESIS.lines().filter(|line| !line.starts_with("select"));
        let words =
            prose.flat_map(str::split_whitespace).filter(|word| word.chars().any(char::is_alphanumeric));
        let lost: Vec<&str> = words.filter(|word| !seen.contains(word)).collect();
        assert_eq!(lost, Vec::<&str>::new(), "{size:?}");
        assert!(seen.contains("left out: 3 claims") && seen.contains("The chair was shown"), "{size:?}");
    }
}

#[test]
fn a_sentence_leads_to_each_of_its_claims_and_back() {
    let world = play(&[SYNTHESIS_STEP], plain);
    let mut app = open(&world, "s j j j j j");
    let sources = app.sources(5);
    assert_eq!(sources.len(), 2);
    for round in 0..2 {
        for number in &sources {
            press(&mut app, "Enter");
            assert_eq!(app.selected, Some(*number), "round {round}");
            assert!(draw(&mut app, (80, 24)).contains(&format!("{number:02} ")));
        }
    }
}

#[test]
fn where_there_is_no_room_for_both_tab_shows_the_panes() {
    let world = play(&[SYNTHESIS_STEP], plain);
    let mut app = open(&world, "s");
    assert!(!draw(&mut app, (80, 24)).contains("1 opus"));
    press(&mut app, "Tab");
    let text = draw(&mut app, (80, 24));
    assert!(text.contains("1 opus") && text.contains("Synthesis") && text.contains("Tab opens it"), "{text}");
}

#[test]
fn half_pages_move_the_text_and_not_the_choice() {
    let world = play(&[ROUND_STEP], plain);
    let mut app = open(&world, "D");
    draw(&mut app, (80, 24));
    let place = |app: &App| (app.drawer_row(app.drawer.unwrap()), app.drawer.unwrap().scroll);
    assert_eq!(place(&app), (0, 0));
    press(&mut app, "Ctrl-D");
    let text = draw(&mut app, (80, 24));
    assert!(place(&app).0 == 0 && place(&app).1 > 0, "{text}");
    // Another turn is read from its beginning.
    press(&mut app, "j");
    draw(&mut app, (80, 24));
    assert_eq!(place(&app), (1, 0));
}

#[test]
fn a_new_synthesis_is_asked_for_only_where_the_old_one_is_out_of_date() {
    let done = play(&[SYNTHESIS_STEP], plain);
    let mut app = open(&done, "s");
    assert!(press(&mut app, "s").is_empty() && app.drawer.is_none());
    let debated = play(&[SYNTHESIS_STEP, ROUND_STEP], plain);
    let mut app = beside(&debated, DrawerKind::Synthesis);
    assert!(draw(&mut app, (120, 40)).contains("the debate went on since; s makes a new one"));
    assert_eq!(press(&mut app, "s").len(), 1);
}
