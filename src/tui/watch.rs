//! Watches for what comes from outside: signals, and a terminal that is gone. crossterm 0.29 spins on a terminal that
//! hung up while SIGHUP is ignored, so a thread of our own looks at the line. What is done about it is the loop's.

use super::terminal;
#[cfg(debug_assertions)]
use super::trip;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

/// How long the loop may take to end the program before it is ended without it. Longer than the loop's own limits.
const GRACE: Duration = Duration::from_secs(4);

/// The exit code of a program whose terminal hung up.
pub(super) const HUNG_UP: u8 = code(1);

/// Something from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outside {
    /// The program is to end, with this exit code.
    End(u8),
    /// The program is to stop until it is called back.
    Stop,
    /// The program was called back.
    Continue,
    /// A watcher died: nobody would hear the next signal.
    Deaf,
}

/// What comes from outside, for the loop.
pub(super) struct Watch {
    arrivals: mpsc::Receiver<Outside>,
    /// Whether Ctrl-C and Ctrl-\ are for another program now.
    lent: Arc<AtomicBool>,
}

impl Watch {
    /// Waits for what comes next.
    pub(super) async fn next(&mut self) -> Outside {
        self.arrivals.recv().await.unwrap_or(Outside::Deaf)
    }

    /// What has come already.
    pub(super) fn waiting(&mut self) -> Option<Outside> {
        self.arrivals.try_recv().ok()
    }

    /// Says whether the keys that interrupt are another program's, as they are while an editor has the terminal.
    pub(super) fn lend(&self, lent: bool) {
        self.lent.store(lent, Ordering::SeqCst);
    }
}

/// The exit code of a program that a signal ends.
const fn code(signal: u8) -> u8 {
    128 + signal
}

/// Starts watching.
#[expect(clippy::disallowed_methods, reason = "the watchers belong to the shell and end with it")]
pub(super) fn start() -> io::Result<Watch> {
    let (out, arrivals) = mpsc::channel(16);
    let lent = Arc::new(AtomicBool::new(false));
    let signals = Signals::register()?;
    tokio::spawn(hear(signals, out.clone(), Arc::clone(&lent)));
    std::thread::Builder::new().name("line".to_owned()).spawn(move || line(&out))?;
    Ok(Watch { arrivals, lent })
}

/// Tells the loop when a watcher dies: a signal that nobody hears would be worse than an end.
struct Alive<'a>(&'a mpsc::Sender<Outside>);

impl Drop for Alive<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _ = self.0.try_send(Outside::Deaf);
        }
    }
}

struct Signals {
    hangup: Signal,
    interrupt: Signal,
    quit: Signal,
    terminate: Signal,
    stop: Signal,
    proceed: Signal,
}

impl Signals {
    fn register() -> io::Result<Self> {
        let raw = |which: rustix::process::Signal| signal(SignalKind::from_raw(which.as_raw()));
        Ok(Self {
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            terminate: signal(SignalKind::terminate())?,
            stop: raw(rustix::process::Signal::TSTP)?,
            proceed: raw(rustix::process::Signal::CONT)?,
        })
    }

    /// The next signal, and whether a key could have sent it.
    async fn next(&mut self) -> (Outside, bool) {
        tokio::select! {
            _ = self.hangup.recv() => (Outside::End(HUNG_UP), false),
            _ = self.terminate.recv() => (Outside::End(code(15)), false),
            _ = self.interrupt.recv() => (Outside::End(code(2)), true),
            _ = self.quit.recv() => (Outside::End(code(3)), true),
            _ = self.proceed.recv() => (Outside::Continue, false),
            _ = self.stop.recv() => (Outside::Stop, false),
        }
    }
}

/// Hears signals. Ends the program should the loop not come to it, as when the terminal takes no more bytes.
async fn hear(mut signals: Signals, out: mpsc::Sender<Outside>, lent: Arc<AtomicBool>) {
    let _alive = Alive(&out);
    #[cfg(debug_assertions)]
    trip::at("signals");
    loop {
        let (heard, by_key) = signals.next().await;
        if by_key && lent.load(Ordering::SeqCst) {
            continue;
        }
        // A loop that does not keep up has enough to do with what waits already.
        if let Err(mpsc::error::TrySendError::Closed(_)) = out.try_send(heard) {
            return;
        }
        if let Outside::End(code) = heard {
            tokio::time::sleep(GRACE).await;
            terminal::restore_line();
            std::process::exit(i32::from(code));
        }
    }
}

/// Waits until the terminal hangs up, tells the loop, and ends the program should the loop not come to it.
fn line(out: &mpsc::Sender<Outside>) {
    let _alive = Alive(out);
    #[cfg(debug_assertions)]
    trip::at("watch");
    loop {
        match look(None) {
            Err(rustix::io::Errno::INTR) | Ok(false) => {}
            Err(_) => return,
            Ok(true) => break,
        }
    }
    let _ = out.try_send(Outside::End(HUNG_UP));
    std::thread::sleep(GRACE);
    std::process::exit(i32::from(HUNG_UP));
}

/// Whether the terminal is gone.
pub(super) fn hung_up() -> bool {
    look(Some(&Timespec::default())) == Ok(true)
}

/// Waits so long, or for ever, until the terminal hangs up.
fn look(limit: Option<&Timespec>) -> rustix::io::Result<bool> {
    let stdin = io::stdin();
    let mut fds = [PollFd::new(&stdin, PollFlags::empty())];
    poll(&mut fds, limit)?;
    Ok(fds[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL))
}
