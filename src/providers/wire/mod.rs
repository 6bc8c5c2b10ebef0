//! Pure codecs, one a dialect: bytes and JSON in, [`super::Delta`]s out. No sockets, no clocks.
//!
//! [`events`] frames events and [`lines`] frames lines, [`decode`] knows what a body may be, [`dialect`] knows the dialects, and a file for each of
//! them, such as [`openai`], knows what its JSON means.

pub mod anthropic;
pub mod decode;
pub mod dialect;
pub mod embeddings;
pub mod events;
pub mod gemini;
pub mod lines;
pub mod listing;
mod loose;
pub mod ollama;
pub mod openai;
pub mod responses;

#[cfg(test)]
mod dialect_tests;
#[cfg(test)]
mod tests;
