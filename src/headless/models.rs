//! `synod models`: what each configured provider offers, with context, price and key state. It asks providers for their
//! lists and no model for anything.

use super::report::json;
use crate::cli::{Common, Models};
use crate::core::clean;
use crate::core::offer::{KeyState, Offer, dollars};
use crate::core::price::Price;
use crate::launch::Launch;
use crate::launch::offered::{Offered, offered};
use crate::providers::scripted::Pace;
use anyhow::Result;
use serde_json::{Value, json};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr as _;

/// The widest that a model's name is in the table; a longer one moves the rest of its line.
const WIDEST: usize = 60;

/// Prints what is offered. Gives the exit code: 0 all was read, 3 some provider could not be reached, 1 nothing is listed.
///
/// # Errors
/// When the configuration can't be found, or standard output can't be written to.
pub async fn run(common: &Common, args: &Models) -> Result<u8> {
    let launch = Launch::reading(common, Pace::Instant)?;
    let filter = args.filter.as_deref().unwrap_or_default().trim();
    let (of, words) = scope(filter, |name| launch.config.providers.contains_key(name));
    let mut found = offered(&launch.config, &launch.registry, of.as_deref(), !args.offline).await;
    let all: usize = found.iter().map(|one| one.offers.len()).sum();
    for one in &mut found {
        one.offers.retain(|offer| fits(&words, offer));
    }
    let mut err = io::stderr().lock();
    for line in launch.config.warnings() {
        writeln!(err, "synod: {}", clean::line(&line))?;
    }
    let mut out = io::stdout().lock();
    if args.json {
        let object = object(&found, &launch.config.priced_on);
        writeln!(out, "{}", json::escape(&serde_json::to_string_pretty(&object)?))?;
    } else {
        out.write_all(table(&found).as_bytes())?;
        out.flush()?;
        for one in &found {
            // Who searches wants to know of those alone that have it, or that could not say.
            let meant = words.is_empty() || one.failed || !one.offers.is_empty();
            if let Some(note) = one.note.as_ref().filter(|_| meant) {
                writeln!(err, "synod: {}: {}", clean::exact(&one.provider), clean::line(note))?;
            }
        }
    }
    let listed: usize = found.iter().map(|one| one.offers.len()).sum();
    if listed == 0 && all > 0 {
        let filter = clean::exact(filter);
        writeln!(err, "synod: none of {all} models fits \"{filter}\"; synod models lists them all")?;
    } else if listed == 0 && found.is_empty() {
        writeln!(
            err,
            "synod: no provider has a model to list; set a key such as OPENAI_API_KEY, or start a server"
        )?;
    }
    Ok(match (listed, found.iter().any(|one| one.failed)) {
        (0, _) => 1,
        (_, true) => 3,
        (_, false) => 0,
    })
}

/// What a filter means: a provider, where it names one or begins with one and a slash, and words that a model's name holds.
fn scope(filter: &str, known: impl Fn(&str) -> bool) -> (Option<String>, Vec<String>) {
    let words = |text: &str| text.split_whitespace().map(str::to_lowercase).collect();
    if known(filter) {
        return (Some(filter.to_owned()), Vec::new());
    }
    match filter.split_once('/') {
        Some((provider, _)) if known(provider) => (Some(provider.to_owned()), words(filter)),
        _ => (None, words(filter)),
    }
}

fn fits(words: &[String], offer: &Offer) -> bool {
    let name = offer.model.to_string().to_lowercase();
    words.iter().all(|word| name.contains(word))
}

/// The table for people. The first column is what `-m` takes.
fn table(found: &[Offered]) -> String {
    let offers: Vec<&Offer> = found.iter().flat_map(|one| &one.offers).collect();
    if offers.is_empty() {
        return String::new();
    }
    let head = ["MODEL", "CONTEXT", "$/M IN/OUT", "KEY", "FROM"].map(str::to_owned);
    let rows = offers.into_iter().map(|offer| {
        [
            clean::exact(&offer.model.to_string()),
            offer.window(),
            dollars(offer.price),
            offer.key.word().to_owned(),
            offer.source.word().to_owned(),
        ]
    });
    let rows: Vec<[String; 5]> = std::iter::once(head).chain(rows).collect();
    let mut widths = [0; 5];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width().min(WIDEST).max(*width);
        }
    }
    let mut out = String::new();
    for [model, context, price, key, from] in rows {
        let pad = |text: &str, width: usize| " ".repeat(width.saturating_sub(text.width()));
        let cells = [
            format!("{model}{}", pad(&model, widths[0])),
            format!("{}{context}", pad(&context, widths[1])),
            format!("{}{price}", pad(&price, widths[2])),
            format!("{key}{}", pad(&key, widths[3])),
            from,
        ];
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    out
}

fn object(found: &[Offered], date: &str) -> Value {
    let models: Vec<Value> = found.iter().flat_map(|one| &one.offers).map(model).collect();
    let providers: Vec<Value> = found
        .iter()
        .map(|one| json!({ "name": one.provider, "failed": one.failed, "note": one.note, "models": one.offers.len() }))
        .collect();
    json!({ "models": models, "providers": providers, "catalogue": date })
}

fn model(offer: &Offer) -> Value {
    let key = match &offer.key {
        KeyState::NotNeeded => "none",
        KeyState::Set => "set",
        KeyState::Missing(_) => "missing",
    };
    json!({
        "model": offer.model.to_string(), "provider": offer.model.provider, "context": offer.context,
        "price": offer.price.map(price), "key": key, "from": offer.source.word(),
    })
}

/// US dollars per million tokens.
fn price(price: Price) -> Value {
    let long = price.long.map(|it| json!({ "above": it.above, "input": it.input, "output": it.output }));
    json!({
        "input": price.input, "output": price.output, "cached": price.cached, "written": price.written, "long": long,
    })
}
