//! The council's laws, tried on made-up worlds: what a call comes to is a pure function of what it was sent, and only
//! the order of arrivals, the moments of a person's wishes and the end of a process are left to chance.
//!
//! [`sim::Sim`] does what the engine's driver does, without tasks, time or files; the engine itself is held to it in
//! [`crate::engine`]. What a random world found wrong belongs into `tests/scenarios`, where people can read it.
#![cfg(test)]

mod corners;
mod laws;
mod plans;
mod prompts;
mod reports;
mod rulings;
mod scenarios;
pub mod sim;
mod wallets;
mod worlds;
