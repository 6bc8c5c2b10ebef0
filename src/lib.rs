//! synod: a council of language models in the terminal.
//!
//! # For programs
//!
//! A council of members, a routing strategy, a consensus threshold, and one `ask` that gives the outcome with its records:
//!
//! ```
//! use synod::panel::{Panel, Strategy};
//!
//! # async fn run() -> Result<(), synod::panel::Refused> {
//! // Real members: Panel::new().member("quick", "local/any").member("strong", "openai/gpt-6-luna")
//! let panel = Panel::demo()             // four scripted members: no model is asked
//!     .routing(Strategy::Balanced)      // how hard the question looks, price, health and load choose who answers
//!     .consensus(0.8);                  // below this agreement score they debate, two rounds at the most
//!
//! let outcome =
//!     panel.ask("How long does it take to copy 10 TB of photos to a new server over a 1 Gbit/s line?").await?;
//!
//! println!("{}", outcome.text);         // a synthesis; where one member was asked, its answer
//! assert!(!outcome.text.is_empty() && outcome.by.is_some());
//! assert!((0.0..=1.0).contains(&outcome.agreement()));
//! assert!(!outcome.routed().members.is_empty() && !outcome.routed().why.is_empty());
//! assert_eq!(outcome.cost().sum().usd(), 0.0);
//! // Everything that happened, as a log would hold it: what was sent, what came, what was decided and why.
//! assert!(outcome.records.iter().any(|record| record.event.call().is_some()));
//! # Ok(())
//! # }
//! # tokio::runtime::Runtime::new().unwrap().block_on(run()).unwrap();
//! ```
//!
//! This file names the layers and nothing else; the map of the house is in `ARCHITECTURE.md`, included below.
#![doc = include_str!("ARCHITECTURE.md")]

pub mod agreement;
pub mod app;
pub mod cli;
pub mod config;
pub mod core;
pub mod engine;
pub mod experiment;
pub mod headless;
pub mod launch;
pub mod opening;
pub mod panel;
pub mod providers;
pub mod stats;
pub mod store;
pub mod tui;
pub mod ui;
