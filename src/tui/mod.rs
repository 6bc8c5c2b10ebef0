//! The shell with a screen: wires terminal, engine and comparison together, and owns the loop. Decides nothing.

mod child;
mod clipboard;
mod compare;
mod crash;
mod editor;
mod effects;
mod event_loop;
pub mod experiment;
mod files;
mod frame_clock;
mod handover;
mod hands;
mod keyboard;
mod notify;
mod stop;
mod terminal;
#[cfg(debug_assertions)]
pub mod trip;
mod watch;

pub use crash::tell as tell_failures;
pub use event_loop::run;
pub use hands::{Hands, LoadTheme, SaveCouncil};
pub use notify::Notice;

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
