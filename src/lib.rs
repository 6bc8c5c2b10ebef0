//! synod: a council of language models in the terminal.
//!
//! This file names the layers and nothing else; the map of the house is in `ARCHITECTURE.md`, included below.
#![doc = include_str!("ARCHITECTURE.md")]

pub mod agreement;
pub mod app;
pub mod cli;
pub mod config;
pub mod core;
pub mod engine;
pub mod headless;
pub mod launch;
pub mod opening;
pub mod providers;
pub mod store;
pub mod tui;
pub mod ui;
