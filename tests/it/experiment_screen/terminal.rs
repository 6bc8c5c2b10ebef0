//! The screen in a real pseudo-terminal, with a server that answers when the test says so: nothing is waited for by the clock.

use crate::fault_server::{Act, FaultServer, head};
use crate::home::Home;
use crate::terminal::Terminal;
use rustix::process::Signal;
use serde_json::Value;
use std::path::Path;

/// An answer of a model, whole.
fn answer(text: &str) -> Vec<u8> {
    let piece = serde_json::json!({ "choices": [{ "index": 0, "delta": { "content": text }, "finish_reason": "stop" }] });
    let usage = serde_json::json!({ "choices": [], "usage": { "prompt_tokens": 9, "completion_tokens": 3 } });
    let body = format!("data: {piece}\n\ndata: {usage}\n\ndata: [DONE]\n\n");
    [head("text/event-stream"), body.into_bytes()].concat()
}

/// A server that holds so many answers back, one after the other, and a home with an experiment that asks it: four questions,
/// two arms, one trial at a time.
fn held(home: &Home, answers: usize) -> FaultServer {
    let script = vec![Act::Hold, Act::Send(answer("POSITION: 4")), Act::Close];
    let server = FaultServer::serve(vec![script; answers], None);
    let config = format!(
        "[providers.box]\nkind = \"openai\"\nbase_url = \"{}/v1\"\n\n[models.\"box/m\"]\ninput = 0.01\noutput = 0.01\n\n\
         [models.\"box/n\"]\ninput = 0.01\noutput = 0.01\n",
        server.url
    );
    home.write("config/synod/config.toml", &config);
    home.write("q.csv", "id,question,answer\nq1,2 + 2?,4\nq2,3 + 3?,6\nq3,1 + 3?,4\nq4,4 + 4?,8\n");
    let arms = "[[arm]]\nname = \"plain\"\ncouncil = [\"box/m\"]\n\n[[arm]]\nname = \"other\"\n\
                council = [\"box/n\"]\n";
    let data = "[data]\nfile = \"q.csv\"\nid = \"id\"\nquestion = \"question\"\nanswer = \"answer\"\n";
    let top = "name = \"held\"\ngrader = \"number\"\nat_once = 1\ncontrols = []\n\n";
    home.write("held.toml", &format!("{top}{data}\n{arms}"));
    server
}

const RUN: [&str; 4] = ["experiment", "run", "held.toml", "--yes"];

/// The lines of the log, each a whole value.
fn log(home: &Home, file: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(home.path().join(file)).unwrap();
    assert!(text.ends_with('\n'), "the last line is whole");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn kinds(lines: &[Value], kind: &str) -> usize {
    lines.iter().filter(|line| line["kind"] == kind).count()
}

#[test]
fn an_experiment_is_watched_paused_cut_given_a_budget_and_stopped() {
    let home = Home::new();
    let server = held(&home, 6);
    let mut terminal = Terminal::start(&home, (100, 30), &RUN);
    terminal.shows("0 of 8 trials");
    terminal.shows("1 running");
    server.go_on();
    terminal.shows("1 of 8 trials");
    terminal.press("p");
    terminal.shows("paused: no trial is begun; 1 trial goes to its end");
    server.go_on();
    terminal.shows("2 of 8 trials");
    terminal.shows("paused: no trial is begun; p goes on");
    terminal.resize(120, 40);
    terminal.shows("0..100 %");
    terminal.press("p");
    terminal.shows("1 running");
    terminal.hides("paused");
    server.go_on();
    terminal.shows("3 of 8 trials");
    // The second trial of the other arm runs; its last two are left out.
    terminal.press("jc");
    terminal.shows("Nobody is asked for other any more: 3 trials left out, for good.");
    terminal.press("y");
    terminal.hides("Cut it?");
    terminal.shows("3 of 5 trials");
    server.go_on();
    terminal.shows("4 of 6 trials");
    terminal.press("babc\r");
    terminal.shows("abc is not a sum such as $2.50, nor none");
    terminal.press("\u{15}$2.50\r");
    terminal.shows("of $2.50");
    terminal.press("\r");
    terminal.shows("Arm other");
    terminal.shows("nobody is asked for it any more");
    terminal.press("\u{1b}");
    terminal.hides("Arm other");
    terminal.press("q");
    terminal.shows("1 trial that run");
    terminal.press("q");
    assert_eq!(terminal.end().exit_code(), 3);
    terminal.assert_restored();
    let lines = log(&home, "held.runs/trials.jsonl");
    assert_eq!(lines[0]["kind"], "opened");
    assert_eq!((kinds(&lines, "trial"), kinds(&lines, "cut"), kinds(&lines, "budget")), (4, 1, 1));
    let report = home.run(&["experiment", "report", "held.runs"]);
    assert_eq!(report.code, Some(0), "{}", report.err);
    // The same command goes on: two are left, and what was held back before is asked for once more.
    drop(server);
    let server = held(&home, 2);
    let mut terminal = Terminal::start(&home, (80, 24), &RUN);
    terminal.shows("4 of 6 trials");
    server.go_on();
    terminal.shows("5 of 6 trials");
    server.go_on();
    terminal.shows("done: any key for the report");
    terminal.press(" ");
    assert_eq!(terminal.end().exit_code(), 0);
    terminal.assert_restored();
    assert_eq!(kinds(&log(&home, "held.runs/trials.jsonl"), "trial"), 6);
}

#[test]
fn it_stops_and_comes_back_as_a_shell_expects_and_ends_on_a_signal() {
    let home = Home::new();
    let server = held(&home, 3);
    let mut terminal = Terminal::start(&home, (80, 24), &RUN);
    terminal.shows("1 running");
    terminal.press("\u{1a}");
    terminal.stopped();
    terminal.shell_takes_it();
    terminal.proceed();
    terminal.shows("0 of 8 trials");
    server.go_on();
    terminal.shows("1 of 8 trials");
    terminal.scribble("\u{1b}[2J\u{1b}[Hwall: lunch");
    terminal.press("\u{c}");
    terminal.hides("wall:");
    terminal.shows("1 of 8 trials");
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.end().exit_code(), 128 + 15);
    terminal.assert_restored();
    assert_eq!(kinds(&log(&home, "held.runs/trials.jsonl"), "trial"), 1);
}

/// Recorded answers are all there at once: the screen stays until a key, and is as good as none to the log.
#[test]
fn a_replay_ends_on_the_screen_and_its_log_is_that_of_a_plain_run() {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/experiments");
    let file = assets.join("solutions.toml");
    let file = file.to_str().unwrap();
    let home = Home::new();
    for (size, out) in [((80, 24), "small"), ((220, 60), "large")] {
        let mut terminal = Terminal::start(&home, size, &["experiment", "run", file, "--out", out]);
        terminal.shows("done: any key for the report");
        terminal.shows("24 of 24 trials  100 %");
        terminal.press("\tj\r");
        terminal.shows("synod experiment show");
        terminal.press("\u{1b}");
        terminal.hides("synod experiment show");
        terminal.press(" ");
        assert_eq!(terminal.end().exit_code(), 0);
        terminal.assert_restored();
    }
    let plain = home.run(&["experiment", "run", file, "--out", "plain", "--plain"]);
    assert_eq!(plain.code, Some(0), "{}", plain.err);
    let trials = |out: &str| {
        let lines = log(&home, &format!("{out}/trials.jsonl"));
        let mut trials: Vec<(String, String)> =
            lines[1..].iter().map(|line| (line["item"].to_string(), line["of"].to_string())).collect();
        trials.sort();
        trials
    };
    assert_eq!(trials("plain").len(), 24);
    assert_eq!((trials("small"), trials("large")), (trials("plain"), trials("plain")));
    // Where nothing is left to do nobody has to press a key.
    let mut terminal = Terminal::start(&home, (80, 24), &["experiment", "run", file, "--out", "plain"]);
    assert_eq!(terminal.end().exit_code(), 0);
    assert_eq!(terminal.entered(), 0);
}
