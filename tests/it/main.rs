//! The one integration-test binary; its modules lie beside it. No test waits for time to pass or leaves the machine.
#![cfg(test)]

mod agreement;
mod architecture;
mod cli;
mod config;
mod core;
mod council;
mod demo;
mod engine;
mod fault_server;
mod home;
mod llama;
mod pty;
mod screen;
mod store;
mod theme;
mod wire;

/// Says that the running test leaves something out. Written past the test harness, which keeps what passing tests print.
fn left_out(why: &str) {
    use std::io::Write;
    let thread = std::thread::current();
    let _ = writeln!(std::io::stderr(), "left out: {}: {why}", thread.name().unwrap_or("a test"));
}
