//! Figures of speed, printed and never asserted: `cargo bench`. Processor time of this thread, so that a busy machine
//! does not count.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::fmt::Write as _;
use std::sync::Arc;
use synod::agreement::Comparison;
use synod::app::{App, Msg, Opening, update};
use synod::core::{CallId, event::VERSION};
use synod::core::{Channel, Council, Event, ModelRef, Question, Record, RunId, StageId};
use synod::ui::stream::StreamText;
use synod::ui::theme::Theme;
use synod::ui::{self, Cache};

const PROSE: &str = "## What the load says\n\nYour write rate of about **4k per second** is far below what one large \
    machine can do; `pg_stat_statements` shows it. Add *two read replicas* first and send the reports there.\n\n\
    1. Partition the three largest tables by month.\n   This keeps indexes small.\n2. Measure the p99 latency weekly.\n\n\
    ```sql\nselect relname, age(relfrozenxid) from pg_class order by 2 desc;\n```\n\n| model | verdict |\n|---|---|\n\
    | one | yes |\n| two | no |\n\n> Nobody here has run a sharded cluster of that size before.\n\n";

fn main() {
    streaming();
    frames();
    comparing();
}

/// Milliseconds of processor time this thread has used.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok()).unwrap_or(0.0) / 1e6
}

fn boundary(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// Markdown to wrapped lines while an answer grows.
fn streaming() {
    println!("markdown, 256 KiB in 43-byte deltas at 60 columns:");
    let long = |unit: &str| unit.repeat(256 * 1024 / unit.len());
    for (name, text) in [
        ("an answer", long(PROSE)),
        ("one paragraph", long("words and **more** words, ")),
        ("one fence", format!("```\n{}", long("let value = compute(input, other);\n"))),
        ("one list", long("- item of a list\n")),
    ] {
        let begun = cpu();
        let mut stream = StreamText::new();
        let mut cut = 0;
        while cut < text.len() {
            cut = boundary(&text, cut + 43);
            stream.update(&text[..cut], 60, false);
        }
        stream.update(&text, 60, true);
        println!("  {name}: {:.0} ms in all, {} lines", cpu() - begun, stream.len());
    }
}

/// Eight panes at 320x100 that stream, with answers of several lengths behind them.
fn frames() {
    println!("frames, 8 panes at 320x100, each growing by 3 tokens a frame:");
    for kib in [10, 100] {
        let mut app = workbench(8);
        let base = PROSE.repeat(kib * 1024 / PROSE.len());
        let mut seq = 100;
        for slot in 0..8 {
            send(&mut app, &mut seq, delta(slot, &base));
        }
        let theme = Theme::built_in(true, false);
        let mut cache = Cache::default();
        let mut terminal = Terminal::new(TestBackend::new(320, 100)).unwrap();
        let mut spent = Vec::new();
        for frame in 0..200 {
            for slot in 0..8 {
                send(&mut app, &mut seq, delta(slot, &format!("and word{frame} goes ")));
            }
            let begun = cpu();
            let mut drawn = synod::app::Drawn::default();
            terminal.draw(|frame| drawn = ui::draw(frame, &app, &theme, &mut cache)).unwrap();
            spent.push(cpu() - begun);
            update(&mut app, Msg::Drawn(drawn));
        }
        spent.sort_by(f64::total_cmp);
        println!(
            "  {kib} KiB a pane: median {:.2} ms, 99 % {:.2} ms, most {:.2} ms (the first frame wraps everything)",
            spent[100], spent[197], spent[199]
        );
    }
}

fn workbench(members: usize) -> App {
    let model = ModelRef { provider: "local".to_owned(), model: "any".to_owned() };
    let council = Council::of_models("bench", &vec![model; members]);
    let mut app = App::new(Opening { council: Some(council.clone()), ..Opening::default() });
    let mut seq = 0;
    let question =
        Question { text: "Should we shard?".to_owned(), council: council.clone(), ..Question::default() };
    let started = question.put(RunId(1), 1);
    send(&mut app, &mut seq, started);
    for (slot, member) in council.members.iter().enumerate() {
        let event = Event::CallStarted {
            call: call(slot as u16),
            member: member.name.clone(),
            model: member.model.clone(),
            endpoint: String::new(),
            messages: Vec::new(),
            shown: Vec::new(),
            own: None,
        };
        send(&mut app, &mut seq, event);
    }
    app
}

fn call(slot: u16) -> CallId {
    CallId { run: RunId(1), stage: StageId(0), round: 0, slot, attempt: 1 }
}

fn delta(slot: u16, text: &str) -> Event {
    Event::Delta { call: call(slot), channel: Channel::Text, text: text.to_owned() }
}

fn send(app: &mut App, seq: &mut u64, event: Event) {
    *seq += 1;
    update(app, Msg::Record(Record { v: VERSION, seq: *seq, at: *seq, event }));
}

/// Claims and marks while eight answers of 2,000 tokens arrive, a few tokens at a time.
fn comparing() {
    let answers: Vec<String> = (0..8).map(answer).collect();
    let longest = answers.iter().map(String::len).max().unwrap_or(0);
    let mut comparison = Comparison::new();
    let (mut spent, mut updates) = (Vec::new(), 0);
    let mut at = 0;
    while at < longest {
        at += 40;
        for (slot, text) in answers.iter().enumerate() {
            let to = boundary(text, at);
            let begun = cpu();
            comparison.set(slot, &text[..to], to == text.len());
            spent.push(cpu() - begun);
            updates += 1;
        }
        let begun = cpu();
        let agreement = Arc::new(comparison.agreement());
        spent.push(cpu() - begun);
        drop(agreement);
    }
    let sum: f64 = spent.iter().sum();
    spent.sort_by(f64::total_cmp);
    let marks = comparison.agreement().summary;
    let tokens = answers.iter().map(|text| text.len() / 4).sum::<usize>();
    println!("agreement, 8 answers of about 2,000 tokens, {} claims:", marks.claims);
    println!(
        "  {:.1} us a token in all, one step at most {:.2} ms, {updates} updates",
        sum * 1000.0 / tokens as f64,
        spent.last().copied().unwrap_or(0.0)
    );
}

/// An answer of its own words, some of them shared with the others.
fn answer(member: usize) -> String {
    let shared = [
        "The write rate fits one machine.",
        "Add read replicas before anything else.",
        "Measure the latency every week.",
    ];
    let mut text = String::new();
    let mut at = member;
    while text.len() < 8_000 {
        at = (at * 31 + 7) % 1_000_003;
        text.push_str(shared[at % shared.len()]);
        let (table, rows, index) = (at % 97, at % 1013, member * 7 + at % 5);
        let _ = write!(text, " Table {table} grows by {rows} rows a day and needs index {index}.");
        text.push_str(
            " Nobody on the team has run such a cluster, so the first step takes longer than planned.\n\n",
        );
    }
    text
}
