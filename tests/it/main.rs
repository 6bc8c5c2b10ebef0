//! The one integration-test binary; its modules lie beside it. No test waits for time to pass or leaves the machine.
#![cfg(test)]

mod agreement;
mod architecture;
mod arrival;
mod attacks;
mod canary;
mod cli;
mod config;
mod copying;
mod core;
mod costs;
mod council;
mod deepen;
mod demo;
mod demo_plans;
mod editor;
mod embeddings;
mod engine;
mod exits;
mod experiment;
mod experiment_screen;
mod fault_server;
mod faults;
mod grades;
mod home;
mod hostile;
mod key_command;
mod ledger;
mod llama;
mod local_models;
mod models;
mod money;
mod pictures;
mod played;
mod private;
mod protocols;
mod pty;
mod readme;
mod reviewed;
mod screen;
mod similar;
mod store;
mod storm;
mod taken_along;
mod terminal;
mod theme;
mod ways;
mod wire;
mod wire_dialects;
mod workbench;

/// Says that the running test leaves something out. Written past the test harness, which keeps what passing tests print.
fn left_out(why: &str) {
    use std::io::Write;
    let thread = std::thread::current();
    let _ = writeln!(std::io::stderr(), "left out: {}: {why}", thread.name().unwrap_or("a test"));
}

/// Says a figure, past the test harness as well.
fn said(figure: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{figure}");
}
