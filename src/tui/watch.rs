//! Watches for the end from outside: signals, and a terminal that is gone. crossterm 0.29 spins on a terminal that hung
//! up while SIGHUP is ignored, so a thread of our own looks at the line.

use rustix::event::{PollFd, PollFlags, poll};
use std::io;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

/// The exit code of a program that a signal ends.
fn code(signal: u8) -> u8 {
    128 + signal
}

/// Starts watching; each way to be ended gives its exit code.
#[expect(clippy::disallowed_methods, reason = "the watchers belong to the shell and end with it")]
pub(super) fn start() -> io::Result<mpsc::Receiver<u8>> {
    let (out, ends) = mpsc::channel(4);
    for (kind, number) in
        [(SignalKind::hangup(), 1), (SignalKind::interrupt(), 2), (SignalKind::terminate(), 15)]
    {
        let mut arrivals = signal(kind)?;
        let out = out.clone();
        tokio::spawn(async move {
            while arrivals.recv().await.is_some() {
                let _ = out.send(code(number)).await;
            }
        });
    }
    std::thread::Builder::new().name("line".to_owned()).spawn(move || line(&out))?;
    Ok(ends)
}

/// Waits until the terminal hangs up, tells the loop, and ends the program should the loop not come to it.
fn line(out: &mpsc::Sender<u8>) {
    let stdin = io::stdin();
    loop {
        let mut fds = [PollFd::new(&stdin, PollFlags::empty())];
        match poll(&mut fds, None) {
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return,
            Ok(_) if fds[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) => break,
            Ok(_) => {}
        }
    }
    let _ = out.blocking_send(code(1));
    std::thread::sleep(Duration::from_secs(2));
    std::process::exit(i32::from(code(1)));
}
