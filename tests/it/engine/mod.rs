//! The engine against members that fail, stall, panic and never stop, faces that do not read, disks that are full, and
//! its own sudden end.
//!
//! Members are played by hand: a test answers each call through a channel. Time stands still and jumps on when there is
//! nothing else to do, so a wait that would never end fails at once.
#![cfg(test)]

mod budget;
mod cached;
mod commands;
mod desk;
mod faces;
mod grades;
mod keeping;
mod members;
mod passes;
pub mod plans;
mod private;
mod retries;
mod votes;
mod wallets;
mod wishes;
