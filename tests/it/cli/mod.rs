//! The command line in a pipe: what `synod ask`, `show`, `sessions`, `demo`, `config`, `doctor` and the others print, their
//! exit codes and one-line faults.
//!
//! The demo council alone speaks here; councils over sockets are [`crate::council`]'s.
#![cfg(test)]

mod api_keys;
mod budget;
mod compare;
mod debates;
mod doctor;
mod doctor_online;
mod evaluate;
mod faults;
mod files;
mod grades;
mod hand_over;
mod json;
mod keys;
mod manual;
mod models;
mod plain;
mod planned;
mod plans;
mod questions;
mod sessions;
mod settings;
mod syntheses;
mod votes;

use crate::home::{Home, Ran};
use serde_json::Value;

/// The demo's questions: all agree, two numbers, a yes and a no with one answer cut.
const AGREE: &str = "I pushed a password to a public git repository by mistake. What do I do first?";
const NUMBERS: &str = "How long does it take to copy 10 TB of photos to a new server over a 1 Gbit/s line?";
const SPLIT: &str = "Should a team of five deploy to production on a Friday afternoon?";

const PROTOCOLS: [&str; 4] = ["ask", "synthesis", "vote", "debate:2"];

fn ask(home: &Home, protocol: &str, form: &str, question: &str) -> Ran {
    home.run(&["ask", "--demo", "--seed", "7", "--protocol", protocol, form, question])
}

fn strings(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}
