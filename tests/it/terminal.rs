//! A terminal for tests: a real pseudo-terminal with a program in it, its screen read as a terminal would, and what is
//! left of it when the program is gone.
#![cfg(test)]

use crate::home::Home;
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, SlavePty, native_pty_system};
use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use std::fs::File;
use std::io::{Read as _, Write};
use std::num::NonZeroU16;
use std::os::unix::fs::PermissionsExt;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long a test waits for something before it gives up. Nothing is measured by it.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How often something is looked at that does not announce itself.
const LOOK: Duration = Duration::from_millis(5);

/// The first question of the demo, and how its first member begins.
pub const QUESTION: &str = "How long does it take to copy 10 TB of photos to a new server";
pub const BEGINS: &str = "Copying 10 TB";

/// A test that waited for ever would not say for what.
struct Patience(Instant);

impl Patience {
    #[expect(clippy::disallowed_methods, reason = "only so that a test that fails comes to an end")]
    fn new() -> Self {
        Self(Instant::now())
    }

    fn is_over(&self) -> bool {
        self.0.elapsed() > PATIENCE
    }
}

enum News {
    Bytes(Vec<u8>),
    Ended(ExitStatus),
}

/// A terminal with a program in it. Dropping it kills what still runs.
pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    /// Kept open, so that the terminal's modes can be looked at when the program is gone.
    slave: Option<Box<dyn SlavePty + Send>>,
    keyboard: Box<dyn Write + Send>,
    news: Receiver<News>,
    pub pid: Pid,
    ended: Option<ExitStatus>,
    parser: vt100::Parser,
    /// All that was written to it.
    pub bytes: Vec<u8>,
    /// Its modes before the program began.
    before: String,
    line: Termios,
}

pub fn size(cols: u16, rows: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn count(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap()
}

pub fn parser(cols: u16, rows: u16) -> vt100::Parser {
    vt100::Parser::new(count(rows), count(cols), 0)
}

/// A program at home, in a terminal that can do what most can.
pub fn program(home: &Home, program: &str, args: &[&str]) -> CommandBuilder {
    let mut command = CommandBuilder::new(program);
    command.args(args);
    command.env_clear();
    command.env("TERM", "xterm-256color");
    command.env("LANG", "C.UTF-8");
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
    for (name, value) in home.env() {
        command.env(name, value);
    }
    command.cwd(home.path());
    command
}

/// The workbench at home, or another screen. An experiment draws from the seed in its own file.
pub fn synod(home: &Home, args: &[&str]) -> CommandBuilder {
    let seed: &[&str] = if args.first() == Some(&"experiment") { &[] } else { &["--seed", "7"] };
    program(home, env!("CARGO_BIN_EXE_synod"), &[seed, args].concat())
}

/// The end of the line that programs have.
fn other_end(master: &dyn MasterPty) -> File {
    let flags = OFlags::RDWR | OFlags::NOCTTY;
    rustix::fs::open(master.tty_name().unwrap(), flags, Mode::empty()).unwrap().into()
}

fn id(child: &dyn Child) -> Pid {
    Pid::from_raw(child.process_id().unwrap().try_into().unwrap()).unwrap()
}

impl Terminal {
    /// The workbench with these arguments.
    pub fn start(home: &Home, size: (u16, u16), args: &[&str]) -> Self {
        Self::with(home, size, args, &[])
    }

    /// The workbench with these arguments and these variables besides the usual ones.
    pub fn with(home: &Home, size: (u16, u16), args: &[&str], env: &[(&str, &str)]) -> Self {
        let mut command = synod(home, args);
        for (name, value) in env {
            command.env(name, value);
        }
        Self::spawn(size, command)
    }

    /// Any program.
    pub fn spawn((cols, rows): (u16, u16), command: CommandBuilder) -> Self {
        let pair = native_pty_system().openpty(size(cols, rows)).unwrap();
        let before = format!("{:?}", pair.master.get_termios().unwrap());
        let line = tcgetattr(other_end(&*pair.master)).unwrap();
        let mut child: Box<dyn Child + Send + Sync> = pair.slave.spawn_command(command).unwrap();
        let pid = id(&*child);
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
        Self {
            master: pair.master,
            slave: Some(pair.slave),
            keyboard,
            news,
            pid,
            ended: None,
            parser: parser(cols, rows),
            bytes: Vec::new(),
            before,
            line,
        }
    }

    pub fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    fn take(&mut self, news: News) {
        match news {
            News::Bytes(bytes) => {
                self.parser.process(&bytes);
                self.bytes.extend(bytes);
            }
            News::Ended(status) => self.ended = Some(status),
        }
    }

    /// Takes in what comes next; false when nothing can come any more.
    fn next(&mut self) -> bool {
        match self.news.recv_timeout(PATIENCE) {
            Ok(news) => self.take(news),
            Err(RecvTimeoutError::Timeout) => panic!("nothing more comes:\n{}", self.screen().contents()),
            Err(RecvTimeoutError::Disconnected) => return false,
        }
        true
    }

    /// Waits until this holds of the screen.
    pub fn until(&mut self, what: &str, holds: impl Fn(&vt100::Screen) -> bool) {
        let patience = Patience::new();
        while !holds(self.screen()) {
            let ended = self.ended.is_some() || patience.is_over();
            assert!(self.next() && !ended, "{what} never came:\n{}", self.screen().contents());
        }
    }

    /// Waits until this holds, of whatever it is; what is written meanwhile is taken in.
    pub fn wait(&mut self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let patience = Patience::new();
        while !holds(self) {
            match self.news.recv_timeout(LOOK) {
                Ok(news) => self.take(news),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => thread::park_timeout(LOOK),
            }
            assert!(!patience.is_over(), "{what} never came:\n{}", self.screen().contents());
        }
    }

    /// Waits until this text is on the screen.
    pub fn shows(&mut self, text: &str) {
        self.until(text, |screen| screen.contents().contains(text));
    }

    /// Waits until this text is off the screen.
    pub fn hides(&mut self, text: &str) {
        self.until(text, |screen| !screen.contents().contains(text));
    }

    /// All that was written to it.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    pub fn resize(&mut self, cols: u16, rows: u16) {
        self.master.resize(size(cols, rows)).unwrap();
        self.parser.screen_mut().set_size(count(rows), count(cols));
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid, signal).unwrap();
    }

    /// The line's modes now.
    pub fn modes(&self) -> String {
        format!("{:?}", self.master.get_termios().unwrap())
    }

    /// Waits until the program has been stopped, and asserts that it gave the terminal back before.
    pub fn stopped(&mut self) {
        is_stopped(self.pid);
        self.wait("the terminal as it was", Self::is_restored);
        assert!(self.is_line_restored(), "the line is as it was");
    }

    /// Whether the line's modes are those from before the program.
    pub fn is_line_restored(&self) -> bool {
        self.modes() == self.before
    }

    /// Writes to the terminal beside the program.
    pub fn scribble(&mut self, text: &str) {
        other_end(&*self.master).write_all(text.as_bytes()).unwrap();
    }

    /// Does with the terminal what a shell does whose job was stopped: its modes, its screen, its prompt.
    pub fn shell_takes_it(&mut self) {
        tcsetattr(other_end(&*self.master), OptionalActions::Now, &self.line).unwrap();
        self.scribble("\x1b[?2004l\x1b[?1049l\x1b[?25hready> ");
        self.shows("ready> ");
    }

    /// Calls a stopped program back.
    pub fn proceed(&self) {
        self.signal(Signal::CONT);
    }

    /// Waits until the program has ended and all it wrote was read.
    pub fn end(&mut self) -> ExitStatus {
        while self.ended.is_none() {
            self.next();
        }
        let after = self.modes();
        // Closes the last hold on the terminal, so that reading comes to an end.
        self.slave = None;
        while self.next() {}
        let status = self.ended.clone().unwrap();
        if status.signal().is_none() {
            assert_eq!(after, self.before, "the line is as it was");
        }
        status
    }

    /// Whether the screen is the shell's again.
    pub fn is_restored(&self) -> bool {
        let screen = self.screen();
        !(screen.alternate_screen() || screen.hide_cursor() || screen.bracketed_paste())
    }

    /// How often someone went to the alternate screen.
    pub fn entered(&self) -> usize {
        let enter = b"\x1b[?1049h";
        self.bytes.windows(enter.len()).filter(|at| at == enter).count()
    }

    fn last(&self, sequence: &str) -> Option<usize> {
        self.bytes.windows(sequence.len()).rposition(|at| at == sequence.as_bytes())
    }

    /// Asserts that every mode that was switched on is off again.
    pub fn assert_restored(&self) {
        let screen = self.screen();
        assert!(self.is_restored(), "{}", screen.contents());
        assert!(!screen.application_cursor() && !screen.application_keypad());
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        for mode in ["1049", "2004", "25", "2026", "1000", "1002", "1003", "1006", "1004"] {
            let (on, off) = (self.last(&format!("\u{1b}[?{mode}h")), self.last(&format!("\u{1b}[?{mode}l")));
            match mode {
                "25" => assert!(on > off, "the cursor is shown"),
                "1049" | "2004" | "2026" => assert!(on.is_some() && off > on, "{mode} was on and is off"),
                _ => assert!(off >= on, "{mode} is off"),
            }
        }
        for sequence in ["\u{1b}[>4;2m", "\u{1b}[>1u", "\u{1b}]0;", "\u{1b}]2;"] {
            assert_eq!(self.last(sequence), None, "nothing is switched on that is not looked at here");
        }
    }

    /// Waits until nothing runs any more of all that was started in this terminal.
    pub fn assert_alone(&self) {
        assert_alone(self.pid);
    }

    /// What is sent to the clipboard by OSC 52, as base64.
    pub fn clipboard(&self) -> Option<String> {
        let begin = self.last("\u{1b}]52;c;")? + "\u{1b}]52;c;".len();
        let length = self.bytes[begin..].iter().position(|byte| *byte == 7)?;
        Some(String::from_utf8(self.bytes[begin..begin + length].to_vec()).unwrap())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.ended.is_none() {
            let _ = kill_process_group(self.pid, Signal::KILL);
            let _ = kill_process(self.pid, Signal::KILL);
        }
    }
}

/// Waits until a child of ours has been stopped.
pub fn is_stopped(pid: Pid) {
    let patience = Patience::new();
    while waitid(WaitId::Pid(pid), WaitIdOptions::STOPPED | WaitIdOptions::NOHANG).unwrap().is_none() {
        assert!(!patience.is_over(), "it was never stopped");
        thread::park_timeout(LOOK);
    }
}

/// Waits until nothing runs any more of a session.
pub fn assert_alone(session: Pid) {
    let session = session.as_raw_nonzero().get();
    let patience = Patience::new();
    while !running(session).is_empty() {
        assert!(!patience.is_over(), "still running: {:?}", running(session));
        thread::park_timeout(LOOK);
    }
}

/// The programs of a session that still run. Only Linux tells.
fn running(session: i32) -> Vec<String> {
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    let of_session = |stat: &String| {
        let mut fields = stat.rsplit_once(')').unwrap().1.split_whitespace();
        let state = fields.next().unwrap();
        state != "Z" && fields.nth(2).unwrap().parse() == Ok(session)
    };
    processes
        .flatten()
        .filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok())
        .filter(of_session)
        .collect()
}

/// Puts a shell script in that can be run.
pub fn script(home: &Home, name: &str, text: &str) -> String {
    let file = home.write(name, &format!("#!/bin/sh\n{text}\n"));
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o700)).unwrap();
    file.to_str().unwrap().to_owned()
}

/// Who may do what with a file, as `chmod` has it.
pub fn mode(file: &std::path::Path) -> u32 {
    file.metadata().unwrap().permissions().mode() & 0o777
}

/// The workbench with the demo's question sent and text on the screen.
pub fn streaming(home: &Home, size: (u16, u16)) -> Terminal {
    streaming_with(home, size, &[])
}

/// The same, with these variables besides the usual ones.
pub fn streaming_with(home: &Home, size: (u16, u16), env: &[(&str, &str)]) -> Terminal {
    let mut terminal = Terminal::with(home, size, &[], env);
    terminal.shows("Offline demo");
    terminal.press("1");
    terminal.shows("Enter asks this question");
    terminal.press("\r");
    terminal.shows(BEGINS);
    terminal
}

/// A terminal that is read only until its program shows something, and can hang up: nobody else holds it open.
pub struct Line {
    master: Box<dyn MasterPty + Send>,
    reader: Box<dyn std::io::Read + Send>,
    keyboard: Box<dyn Write + Send>,
    parser: vt100::Parser,
    child: Box<dyn Child + Send + Sync>,
    pub pid: Pid,
}

impl Line {
    pub fn spawn((cols, rows): (u16, u16), command: CommandBuilder) -> Self {
        let pair = native_pty_system().openpty(size(cols, rows)).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        Self {
            reader: pair.master.try_clone_reader().unwrap(),
            keyboard: pair.master.take_writer().unwrap(),
            master: pair.master,
            parser: parser(cols, rows),
            pid: id(&*child),
            child,
        }
    }

    pub fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    pub fn shows(&mut self, text: &str) {
        let mut buffer = [0; 1 << 13];
        while !self.parser.screen().contents().contains(text) {
            let count = self.reader.read(&mut buffer).unwrap();
            assert!(count > 0, "it ended:\n{}", self.parser.screen().contents());
            self.parser.process(&buffer[..count]);
        }
    }

    /// How many bytes of what was typed are not read yet.
    pub fn unread(&self) -> u64 {
        rustix::io::ioctl_fionread(other_end(&*self.master)).unwrap()
    }

    /// Hangs up, and waits for the program's end.
    pub fn hang_up(self) -> ExitStatus {
        let Self { master, reader, keyboard, child, .. } = self;
        drop((master, reader, keyboard));
        ended(child)
    }

    /// Waits for the program's end without reading a byte more.
    pub fn end_unread(self) -> ExitStatus {
        ended(self.child)
    }
}

fn ended(mut child: Box<dyn Child + Send + Sync>) -> ExitStatus {
    let (out, ended) = channel();
    thread::spawn(move || out.send(child.wait().unwrap()));
    ended.recv_timeout(PATIENCE).unwrap()
}
