//! The workbench in a real pseudo-terminal, its screen read as a terminal would: starts, streams, resizes, and loses
//! nothing that was on the screen. How it ends is [`super::exits`]' matter.
#![cfg(test)]

use crate::home::{Home, assert_calm, records};
use crate::terminal::{BEGINS, QUESTION, Terminal, streaming};
use rustix::process::{Pid, Signal};
use synod::core::{Event, Session};

#[test]
fn a_newcomer_sees_the_welcome_and_the_demo_streams() {
    let home = Home::new();
    let mut terminal = Terminal::start(&home, (80, 24), &[]);
    terminal.shows("Offline demo");
    for text in ["nothing has been sent anywhere", "No API key and no council were found", "q quit"] {
        assert!(terminal.screen().contents().contains(text), "{text}");
    }
    assert!(terminal.screen().alternate_screen() && terminal.screen().bracketed_paste());
    assert_eq!(home.sessions(), Vec::<String>::new(), "nothing is kept before something is asked");
    terminal.press("1");
    terminal.shows("DEMO, scripted");
    terminal.press("\r");
    terminal.shows(BEGINS);
    terminal.shows(QUESTION.split_at(30).0);
    assert_eq!(home.sessions().len(), 1);
    terminal.press("q");
    terminal.shows("Quit?");
    terminal.press("n");
    terminal.hides("Quit?");
    terminal.press("qq");
    assert_eq!(terminal.end().exit_code(), 0);
    terminal.assert_restored();
    let kept = format!("kept: synod resume {}", home.sessions()[0]);
    assert!(terminal.screen().contents().contains(&kept), "{}", terminal.screen().contents());
}

#[test]
fn what_the_terminal_says_decides_on_colours() {
    use vt100::Color::{Default, Idx};
    let home = Home::new();
    home.write("config/synod/config.toml", "theme = \"light\"\n");
    for (args, env, text, background) in [
        (&["--demo", "--theme", "dark"][..], [("TERM", "xterm-256color")], Idx(252), Idx(234)),
        (&["--demo"], [("TERM", "xterm-256color")], Idx(236), Idx(255)),
        (&["--demo", "--theme", "dark"], [("TERM", "xterm")], Idx(7), Idx(0)),
        (&["--demo", "--theme", "dark"], [("NO_COLOR", "1")], Default, Default),
        (&["--demo", "--theme", "default"], [("TERM", "xterm-256color")], Default, Default),
    ] {
        let mut terminal = Terminal::with(&home, (80, 24), args, &env);
        terminal.shows("F1 help");
        // A frame may come in pieces.
        terminal.until(&format!("{args:?} {env:?}"), |screen| {
            let cells = || (0..24).flat_map(|row| (0..80).filter_map(move |col| screen.cell(row, col)));
            // Bold is there in any case: crossterm by itself takes it away with the colours.
            cells().all(|cell| cell.bgcolor() == background)
                && cells().any(|cell| cell.fgcolor() == text)
                && cells().any(|cell| cell.bold() && cell.has_contents())
        });
    }
}

#[test]
fn a_resize_shows_the_same_council_at_every_size() {
    let home = Home::new();
    let mut terminal = streaming(&home, (80, 24));
    let footer = |screen: &vt100::Screen| {
        let (rows, cols) = screen.size();
        let last = screen.rows(0, cols.get()).nth(usize::from(rows.get()) - 1).unwrap();
        last.contains("? help") && screen.contents().contains(BEGINS)
    };
    for (cols, rows) in [(120, 40), (40, 10), (220, 60), (80, 24)] {
        terminal.resize(cols, rows);
        // To the beginning of the answer, wherever following it has led to.
        terminal.press("g");
        terminal.until(&format!("the footer at {cols}x{rows}"), footer);
    }
    terminal.resize(20, 5);
    terminal.shows("needs 40x10");
    terminal.resize(80, 24);
    terminal.until("the board", footer);
    terminal.press("qq");
    assert_eq!(terminal.end().exit_code(), 0);
}

/// Whatever another program wrote over it.
#[test]
fn ctrl_l_draws_everything_anew() {
    let home = Home::new();
    let mut terminal = Terminal::start(&home, (80, 24), &["--demo"]);
    terminal.shows("Write a question below");
    terminal.scribble("\u{1b}[2J\u{1b}[Hwall: the printer is on fire");
    terminal.hides("Write a question below");
    terminal.press("\u{c}");
    terminal.shows("Write a question below");
    terminal.hides("wall:");
    terminal.press("\u{1b}");
    terminal.shows("? help");
    terminal.press("q");
    assert_eq!(terminal.end().exit_code(), 0);
    terminal.assert_restored();
}

#[test]
fn a_paste_is_never_sent_and_never_steers_the_terminal() {
    let home = Home::new();
    let mut terminal = Terminal::start(&home, (80, 24), &["--demo"]);
    terminal.shows("Write a question below");
    terminal.press("\u{1b}[200~first line\nsecond line\r\nthird\rline\n\u{1b}[201~");
    terminal.shows("second line");
    assert!(terminal.screen().contents().contains("first line"));
    terminal.press("typed");
    terminal.shows("typed");
    assert_eq!(home.sessions(), Vec::<String>::new(), "a newline in a paste sends nothing");
    terminal.press("\u{3}");
    terminal.shows("text cleared");
    let hostile =
        "say\u{1b}[2J\u{1b}]52;c;aGk=\u{7}\u{1b}]0;title\u{7}\u{9b}5m\u{202e}rtl\u{0}\u{7f} and\u{8} done";
    terminal.press(&format!("\u{1b}[200~{hostile}\u{1b}[201~"));
    terminal.shows("done");
    terminal.press("\r");
    terminal.shows("Follow-up");
    terminal.shows("scripted demo");
    terminal.press("qq");
    assert_eq!(terminal.end().exit_code(), 0);
    terminal.assert_restored();
    let Some(Event::RunStarted { question, .. }) =
        records(&home.log()).into_iter().nth(1).map(|record| record.event)
    else {
        panic!("no question in {}", home.log())
    };
    assert!(question.starts_with("say") && question.ends_with("done"), "{question:?}");
    assert_calm(&question);
}

/// What a member's text looks like when white space and the way it was wrapped do not count.
fn pressed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The text of a pane without frames: rows of a mark, a rule and text below the status lines and the tabs.
fn zoomed(screen: &vt100::Screen) -> String {
    let cols = screen.size().1.get();
    let rows = screen.rows(0, 5).zip(screen.rows(5, cols - 5));
    rows.filter(|(gutter, _)| gutter.chars().nth(3) == Some('│')).map(|(_, text)| text + "\n").collect()
}

#[test]
fn a_kill_loses_nothing_that_was_on_the_screen() {
    let home = Home::new();
    let mut terminal = streaming(&home, (100, 40));
    terminal.press("z");
    terminal.until("a pane without frames", |screen| !screen.contents().contains('┃'));
    let mut seen: Vec<(usize, String)> = Vec::new();
    for (seat, name) in ["fenna", "jonas", "marit", "oskar"].into_iter().enumerate() {
        terminal.press(&(seat + 1).to_string());
        // The tab and the text below it are drawn in one frame.
        let tab = format!("<{} {name}", seat + 1);
        let some =
            |screen: &vt100::Screen| screen.contents().contains(&tab) && pressed(&zoomed(screen)).len() > 60;
        terminal.until(&tab, some);
        seen.push((seat, zoomed(terminal.screen())));
    }
    terminal.signal(Signal::KILL);
    let status = terminal.end();
    assert!(status.signal().is_some(), "{status:?}");
    seen.push((3, zoomed(terminal.screen())));
    let shown = home.run(&["show", "--jsonl"]);
    assert_eq!((shown.code, shown.err.as_str()), (Some(0), ""));
    let session = Session::replay(&records(&shown.out));
    let calls: Vec<_> = session.runs[0].calls.values().collect();
    assert_eq!(calls.len(), 4);
    assert!(calls.iter().any(|call| !call.ended()), "it was killed while members streamed");
    for (slot, text) in seen {
        let (on_screen, kept) = (pressed(&text), pressed(&calls[slot].text));
        assert!(on_screen.len() > 60, "{text:?}");
        assert!(kept.contains(&on_screen), "seat {slot} showed {text:?}, kept is {:?}", calls[slot].text);
    }
    let mut again = Terminal::start(&home, (100, 40), &["resume"]);
    again.shows("it may have been billed");
    again.press("q");
    assert_eq!(again.end().exit_code(), 0);
    assert!(home.run(&["show"]).out.contains("it may have been billed"));
}

/// What a process has used so far: processor time in ticks, and how often its threads went to sleep on their own.
fn used(pid: Pid) -> (u64, u64) {
    let read = |file: String| std::fs::read_to_string(file).unwrap();
    let process = format!("/proc/{}", pid.as_raw_nonzero());
    let stat = read(format!("{process}/stat"));
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    let threads = std::fs::read_dir(format!("{process}/task")).unwrap();
    let slept = threads.map(|thread| {
        let status = read(format!("{}/status", thread.unwrap().path().display()));
        let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")).unwrap();
        line.trim().parse::<u64>().unwrap()
    });
    (ticks, slept.sum())
}

/// Needs `/proc`, so it is Linux's alone.
#[cfg(target_os = "linux")]
#[test]
fn a_quiet_workbench_does_nothing_at_all() {
    let home = Home::new();
    let other = Home::new();
    let mut terminal = Terminal::start(&home, (80, 24), &["--demo", "Who are you?"]);
    terminal.shows("4/4");
    // Another program runs from start to end between two looks: time passes, and nothing is waited for by the clock.
    // Of a timer, even one of a second, something would show within so many of them.
    let mut quiet = 0;
    let mut last = used(terminal.pid);
    for _ in 0..1000 {
        other.run(&["ask", "--demo", "--no-save", "Who are you?"]);
        let now = used(terminal.pid);
        quiet = if now == last { quiet + 1 } else { 0 };
        last = now;
        if quiet == 60 {
            break;
        }
    }
    assert_eq!(quiet, 60, "it never came to rest");
    terminal.press("q");
    assert_eq!(terminal.end().exit_code(), 0);
}
