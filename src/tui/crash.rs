//! What happens when synod itself fails: the terminal is given back before anything is said, a failure beside the loop
//! never tears the screen, and no key is in the report. It catches nothing; who goes on after a failure is the loop's.

use super::terminal;
use crate::config::Loaded;
use crate::core::clean;
use crate::providers::Redactor;
use secrecy::ExposeSecret as _;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, PoisonError};
use std::thread::ThreadId;

/// The most reports that are kept until the screen is gone.
const MOST: usize = 5;

static HOOK: Once = Once::new();
/// Whether the workbench is open: a report would be written over it, or over an editor that has the terminal.
static OPEN: AtomicBool = AtomicBool::new(false);
static REPORTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// While this is held, failures of other threads are kept for later. Dropping it prints them.
pub(super) struct Guard(());

/// Takes over what is said about a panic, in the workbench or without one: none of these keys, and none that is loaded
/// later. The calling thread is the loop's, where there will be one.
pub fn tell(keys: Loaded) {
    let ours = std::thread::current().id();
    HOOK.call_once(|| {
        std::panic::set_hook(Box::new(move |panic| report(panic, ours, &keys)));
    });
}

/// Keeps failures of other threads until the workbench is gone.
pub(super) fn guard() -> Guard {
    OPEN.store(true, Ordering::SeqCst);
    Guard(())
}

impl Drop for Guard {
    fn drop(&mut self) {
        OPEN.store(false, Ordering::SeqCst);
        for report in std::mem::take(&mut *REPORTS.lock().unwrap_or_else(PoisonError::into_inner)) {
            say(&report);
        }
    }
}

fn report(panic: &PanicHookInfo<'_>, ours: ThreadId, keys: &Loaded) {
    // A failure of the loop's own thread ends the program. While an editor has the terminal, the report waits for it.
    let open = OPEN.load(Ordering::SeqCst);
    let ends = open && std::thread::current().id() == ours && !terminal::is_lent();
    if ends {
        terminal::restore();
    }
    let report = words(panic, keys);
    if ends || !open {
        say(&report);
        return;
    }
    let mut reports = REPORTS.lock().unwrap_or_else(PoisonError::into_inner);
    if reports.len() < MOST {
        reports.push(report);
    }
}

/// The report: one line, and the way to the failure where `RUST_BACKTRACE` asks for it.
fn words(panic: &PanicHookInfo<'_>, keys: &Loaded) -> String {
    let payload = panic.payload();
    let message = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no reason given".to_owned());
    let message = keys
        .all()
        .iter()
        .map(|key| Redactor::new(key.expose_secret()))
        .fold(Redactor::default().clean(&message), |text, key| key.clean(&text));
    let place = panic.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
    let thread = std::thread::current();
    let thread = thread.name().unwrap_or("unnamed");
    let line = format!("a fault of synod's in {thread}{place}: {message}");
    let mut report = format!("synod: {}; please report it", clean::exact(&line));
    let trace = Backtrace::capture();
    if trace.status() == BacktraceStatus::Captured {
        report.push('\n');
        report.push_str(&clean::prose(&trace.to_string()));
    }
    report
}

/// Writes past the lock of standard error: whoever asks without a workbench holds it as long as that takes.
fn say(report: &str) {
    let report = format!("{report}\n");
    let mut rest = report.as_bytes();
    while let Ok(written @ 1..) = rustix::io::write(rustix::stdio::stderr(), rest) {
        rest = rest.get(written..).unwrap_or_default();
    }
}
