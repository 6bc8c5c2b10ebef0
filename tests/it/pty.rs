//! The workbench in a real pseudo-terminal, its screen read as a terminal would: starts, streams, resizes, gives the
//! terminal back on every way out, and loses nothing that was on the screen.
//!
//! A panic can't be brought about from outside, so its way out is not among these; the hook is the same `restore`.
#![cfg(test)]

use crate::home::{Home, assert_calm, records};
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, SlavePty, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{Read as _, Write};
use std::num::NonZeroU16;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;
use synod::core::{Call, Event, Session};

/// How long a terminal may be silent before a test gives up on it. Nothing is measured by it.
const SILENCE: Duration = Duration::from_secs(30);

/// The first question of the demo, and how its first member begins.
const QUESTION: &str = "I pushed a password to a public git repository by mistake.";
const BEGINS: &str = "Revoke the password";

enum News {
    Bytes(Vec<u8>),
    Ended(ExitStatus),
}

/// A terminal with the workbench in it. Dropping it kills what still runs.
struct Terminal {
    master: Box<dyn MasterPty + Send>,
    /// Kept open, so that the terminal's modes can be looked at when the program is gone.
    slave: Option<Box<dyn SlavePty + Send>>,
    keyboard: Box<dyn Write + Send>,
    news: Receiver<News>,
    pid: Pid,
    ended: Option<ExitStatus>,
    parser: vt100::Parser,
    /// All that was written to it.
    bytes: Vec<u8>,
    /// Its modes before the program began.
    before: String,
}

fn size(cols: u16, rows: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn rows_or_cols(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap()
}

/// The workbench at home, in a terminal that can do what most can.
fn command(home: &Home, args: &[&str]) -> CommandBuilder {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_synod"));
    command.args(["--seed", "7"]);
    command.args(args);
    command.env_clear();
    command.env("TERM", "xterm-256color");
    command.env("LANG", "C.UTF-8");
    for (name, value) in home.env() {
        command.env(name, value);
    }
    command.cwd(home.path());
    command
}

impl Terminal {
    fn start(home: &Home, size: (u16, u16), args: &[&str]) -> Self {
        Self::start_with(home, size, args, &[])
    }

    /// The same with more in the environment.
    fn start_with(home: &Home, (cols, rows): (u16, u16), args: &[&str], env: &[(&str, &str)]) -> Self {
        let mut command = command(home, args);
        for (name, value) in env {
            command.env(name, value);
        }
        let pair = native_pty_system().openpty(size(cols, rows)).unwrap();
        let before = format!("{:?}", pair.master.get_termios().unwrap());
        let mut child: Box<dyn Child + Send + Sync> = pair.slave.spawn_command(command).unwrap();
        let pid = Pid::from_raw(child.process_id().unwrap().try_into().unwrap()).unwrap();
        let (out, news) = channel();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let bytes = out.clone();
        thread::spawn(move || {
            let mut buffer = [0; 1 << 13];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                let _ = bytes.send(News::Bytes(buffer[..count].to_vec()));
            }
        });
        thread::spawn(move || out.send(News::Ended(child.wait().unwrap())));
        let keyboard = pair.master.take_writer().unwrap();
        let parser = vt100::Parser::new(rows_or_cols(rows), rows_or_cols(cols), 0);
        let slave = Some(pair.slave);
        Self {
            master: pair.master,
            slave,
            keyboard,
            news,
            pid,
            ended: None,
            parser,
            bytes: Vec::new(),
            before,
        }
    }

    fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// Takes in what comes next; false when nothing can come any more.
    fn next(&mut self) -> bool {
        match self.news.recv_timeout(SILENCE) {
            Ok(News::Bytes(bytes)) => {
                self.parser.process(&bytes);
                self.bytes.extend(bytes);
                true
            }
            Ok(News::Ended(status)) => {
                self.ended = Some(status);
                true
            }
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
                panic!("nothing more comes:\n{}", self.screen().contents())
            }
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => false,
        }
    }

    /// Waits until this holds of the screen.
    fn until(&mut self, what: &str, holds: impl Fn(&vt100::Screen) -> bool) {
        while !holds(self.screen()) {
            let ended = self.ended.is_some();
            assert!(self.next() && !ended, "{what} never came:\n{}", self.screen().contents());
        }
    }

    /// Waits until this text is on the screen.
    fn shows(&mut self, text: &str) {
        self.until(text, |screen| screen.contents().contains(text));
    }

    /// Waits until this text is off the screen.
    fn hides(&mut self, text: &str) {
        self.until(text, |screen| !screen.contents().contains(text));
    }

    fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    fn resize(&mut self, cols: u16, rows: u16) {
        self.master.resize(size(cols, rows)).unwrap();
        self.parser.screen_mut().set_size(rows_or_cols(rows), rows_or_cols(cols));
    }

    fn signal(&self, signal: Signal) {
        kill_process(self.pid, signal).unwrap();
    }

    /// Waits until the program has ended and all it wrote was read.
    fn end(&mut self) -> ExitStatus {
        while self.ended.is_none() {
            self.next();
        }
        let after = format!("{:?}", self.master.get_termios().unwrap());
        // Closes the last hold on the terminal, so that reading comes to an end.
        self.slave = None;
        while self.next() {}
        let status = self.ended.clone().unwrap();
        if status.signal().is_none() {
            assert_eq!(after, self.before, "the line is as it was");
        }
        status
    }

    /// Asserts that every mode that was switched on is off again.
    fn assert_restored(&self) {
        let screen = self.screen();
        assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste());
        assert!(!screen.application_cursor() && !screen.application_keypad());
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        let last =
            |sequence: &str| self.bytes.windows(sequence.len()).rposition(|at| at == sequence.as_bytes());
        for mode in ["1049", "2004", "25", "2026", "1000", "1002", "1003", "1006", "1004"] {
            let (on, off) = (last(&format!("\u{1b}[?{mode}h")), last(&format!("\u{1b}[?{mode}l")));
            match mode {
                "25" => assert!(on > off, "the cursor is shown"),
                "1049" | "2004" | "2026" => assert!(on.is_some() && off > on, "{mode} was on and is off"),
                _ => assert!(off >= on, "{mode} is off"),
            }
        }
        for sequence in ["\u{1b}[>4;2m", "\u{1b}[>1u", "\u{1b}]"] {
            assert_eq!(last(sequence), None, "nothing is switched on that is not looked at here");
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.ended.is_none() {
            let _ = kill_process(self.pid, Signal::KILL);
        }
    }
}

/// The workbench with the demo's question sent and text on the screen.
fn streaming(home: &Home, size: (u16, u16)) -> Terminal {
    let mut terminal = Terminal::start(home, size, &[]);
    terminal.shows("Offline demo");
    terminal.press("1");
    terminal.shows("Enter asks this question");
    terminal.press("\r");
    terminal.shows(BEGINS);
    terminal
}

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
        let mut terminal = Terminal::start_with(&home, (80, 24), args, &env);
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

#[test]
fn quitting_at_rest_needs_one_key_and_restores_the_terminal() {
    let home = Home::new();
    for key in ["q", "\u{3}"] {
        let mut terminal = Terminal::start(&home, (80, 24), &[]);
        terminal.shows("Offline demo");
        terminal.press(key);
        assert_eq!(terminal.end().exit_code(), 0);
        terminal.assert_restored();
    }
    assert_eq!(home.files(), Vec::new(), "looking leaves nothing behind");
}

#[test]
fn signals_restore_the_terminal_and_keep_the_session() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130)] {
        let home = Home::new();
        let mut terminal = streaming(&home, (80, 24));
        terminal.signal(signal);
        assert_eq!(terminal.end().exit_code(), code);
        terminal.assert_restored();
        let shown = home.run(&["show"]);
        assert_eq!(shown.code, Some(0), "{}", shown.err);
        assert!(shown.out.contains(QUESTION) && shown.out.contains(BEGINS), "{}", shown.out);
        let session = Session::replay(&records(&home.log()));
        assert!(session.runs[0].calls.values().all(Call::ended), "each member has an end");
    }
}

/// Closes every hold on the terminal, so that the line itself hangs up; there is nobody left to restore anything for.
#[test]
fn a_terminal_that_is_gone_ends_it_and_keeps_the_session() {
    let home = Home::new();
    let pair = native_pty_system().openpty(size(80, 24)).unwrap();
    let mut child = pair.slave.spawn_command(command(&home, &["demo", "1"])).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut parser = vt100::Parser::new(rows_or_cols(24), rows_or_cols(80), 0);
    let mut buffer = [0; 1 << 13];
    while !parser.screen().contents().contains(BEGINS) {
        let count = reader.read(&mut buffer).unwrap();
        assert!(count > 0, "it ended:\n{}", parser.screen().contents());
        parser.process(&buffer[..count]);
    }
    drop((reader, pair.master));
    let (out, ended) = channel();
    thread::spawn(move || out.send(child.wait().unwrap()));
    assert_eq!(ended.recv_timeout(SILENCE).unwrap().exit_code(), 129);
    let session = Session::replay(&records(&home.log()));
    assert!(session.runs[0].calls.values().all(Call::ended), "each member has an end");
    assert!(home.run(&["show"]).out.contains(BEGINS));
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
