//! Experiments without a screen. What an experiment is and what its figures are is [`crate::experiment`]'s.

pub mod show;
