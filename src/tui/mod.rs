//! The shell with a screen: wires terminal, engine and comparison together, and owns the loop. Decides nothing.

mod compare;
mod event_loop;
mod frame_clock;
mod terminal;
mod watch;

pub use event_loop::run;

use std::io::IsTerminal;

/// Why the workbench can't open here, if it can't.
pub fn obstacle(term: Option<&str>) -> Option<&'static str> {
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Some("the workbench needs a terminal; use: synod ask --plain \"…\"");
    }
    if term == Some("dumb") {
        return Some("TERM=dumb can't show the workbench; use: synod ask --plain \"…\"");
    }
    None
}
