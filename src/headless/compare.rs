//! `synod compare`: how texts from anywhere stand to each other, by the same comparison as a council's answers. No model is
//! asked and nothing is kept.

use super::report::json;
use crate::agreement::engine::COMPARED;
use crate::agreement::position::{self, Position, Tier};
use crate::agreement::{Agreement, Claim, Mark, Span, compare as compared};
use crate::core::{File, clean};
use crate::launch::UsageError;
use crate::launch::input::Input;
use anyhow::Result;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write};
use std::path::PathBuf;

/// Longest piece of a claim that the report shows, in characters.
const SHOWN: usize = 160;

/// Compares files, `-` being standard input, and prints a report or one JSON object.
///
/// # Errors
/// [`UsageError`] where there are less than two texts or one can't be read; else when standard output can't be written to.
pub fn compare(paths: &[PathBuf], as_json: bool) -> Result<u8> {
    if paths.len() < 2 {
        let line = "two texts at least are compared: synod compare FILE FILE, with - for standard input";
        return Err(UsageError(line.to_owned()).into());
    }
    let Input { files, warnings, .. } = Input::of_texts(paths)?;
    for line in warnings {
        writeln!(io::stderr(), "synod: {line}")?;
    }
    let texts: Vec<(usize, &str)> =
        files.iter().enumerate().map(|(at, file)| (at, file.text.as_str())).collect();
    let agreement = compared(&texts);
    for (slot, file) in files.iter().enumerate() {
        let claims =
            agreement.claims.iter().filter(|claim| claim.spans.iter().any(|span| span.slot == slot)).count();
        if claims > COMPARED {
            let name = clean::exact(&file.name);
            writeln!(
                io::stderr(),
                "synod: {name} makes {claims} claims; the first {COMPARED} are compared, the others count as said there alone"
            )?;
        }
    }
    let finals: Vec<(Position, Tier)> = files.iter().map(|file| position::with_tier(&file.text)).collect();
    let outcome = Outcome { files: &files, agreement: &agreement, finals: &finals };
    let mut out = io::stdout().lock();
    if as_json {
        writeln!(out, "{}", json::escape(&serde_json::to_string_pretty(&outcome.json())?))?;
    } else {
        out.write_all(outcome.text().as_bytes())?;
        if io::stdout().is_terminal() && agreement.claims.is_empty() {
            writeln!(io::stderr(), "synod: nothing in these texts claims anything")?;
        }
    }
    Ok(0)
}

struct Outcome<'a> {
    files: &'a [File],
    agreement: &'a Agreement,
    finals: &'a [(Position, Tier)],
}

impl Outcome<'_> {
    fn name(&self, slot: usize) -> &str {
        self.files.get(slot).map_or("?", |file| file.name.as_str())
    }

    fn names(&self, slots: &[usize]) -> Vec<&str> {
        slots.iter().map(|slot| self.name(*slot)).collect()
    }

    fn words(&self, span: &Span) -> &str {
        self.files.get(span.slot).and_then(|file| file.text.get(span.range.clone())).unwrap_or_default()
    }

    fn span(&self, span: &Span) -> Value {
        json!({
            "member": self.name(span.slot), "start": span.range.start, "end": span.range.end, "text": self.words(span),
        })
    }

    fn json(&self) -> Value {
        let claim = |claim: &Claim| {
            let spans: Vec<Value> = claim.spans.iter().map(|span| self.span(span)).collect();
            let side = |side: &crate::agreement::Side| json!({ "value": side.value, "members": self.names(&side.slots) });
            let sides: Vec<Value> = claim.sides.iter().map(side).collect();
            json!({
                "id": claim.id, "mark": claim.mark, "support": claim.support, "spans": spans, "sides": sides,
                "reason": claim.reason,
            })
        };
        let links: Vec<Value> = self
            .agreement
            .links()
            .iter()
            .map(|link| {
                json!({
                    "a": self.span(&link.a), "b": self.span(&link.b), "relation": link.relation, "score": link.score,
                    "reason": link.reason,
                })
            })
            .collect();
        let finals: Vec<Value> = self
            .finals
            .iter()
            .enumerate()
            .filter(|(_, (position, _))| position.stated())
            .map(|(slot, (position, tier))| {
                json!({
                    "member": self.name(slot), "value": position.value, "kind": position.kind, "tier": tier.number(),
                })
            })
            .collect();
        let (sum, last) = (&self.agreement.summary, &self.agreement.finals);
        let positions: Vec<Value> = last
            .positions
            .iter()
            .map(|(value, slots)| json!({ "value": value, "members": self.names(slots) }))
            .collect();
        json!({
            "members": self.files.iter().map(|file| &file.name).collect::<Vec<_>>(),
            "claims": self.agreement.claims.iter().map(claim).collect::<Vec<_>>(),
            "links": links,
            "final_answers": finals,
            "agreement": {
                "score": sum.score, "claims": sum.claims, "agreed": sum.agreed, "partly": sum.partly,
                "conflict": sum.conflict, "only": sum.only,
                "final": { "positions": positions, "support": last.support, "margin": last.margin, "entropy": last.entropy },
            },
        })
    }

    fn text(&self) -> String {
        let sum = &self.agreement.summary;
        let mut out = String::new();
        let _ = writeln!(
            out,
            "{} texts, {} claims: = agree {}  ~ partly {}  ! conflict {}  + only in one {}   agreement {:.2} of 1",
            self.files.len(),
            sum.claims,
            sum.agreed,
            sum.partly,
            sum.conflict,
            sum.only,
            sum.score
        );
        let widest = self.files.iter().map(|file| clean::line(&file.name).chars().count()).max().unwrap_or(0);
        let name = |slot: usize| format!("{:widest$}", clean::line(self.name(slot)));
        if self.finals.iter().any(|(position, _)| position.stated()) {
            let _ = writeln!(out, "\nFinal answers");
            for (slot, (position, tier)) in self.finals.iter().enumerate() {
                let value =
                    if position.stated() { clean::line(&position.value) } else { "none found".to_owned() };
                let _ = writeln!(out, "  {}  {value} ({})", name(slot), tier.words());
            }
        }
        for (mark, heading) in [
            (Mark::Conflict, "In conflict"),
            (Mark::Agree, "Agreed"),
            (Mark::Partly, "Agreed in part"),
            (Mark::Only, "Only in one"),
        ] {
            let claims: Vec<&Claim> =
                self.agreement.claims.iter().filter(|claim| claim.mark == mark).collect();
            if claims.is_empty() {
                continue;
            }
            let _ = writeln!(out, "\n{heading}");
            for claim in claims {
                let sides = claim
                    .sides
                    .iter()
                    .map(|side| format!("{}: {}", self.names(&side.slots).join(", "), side.value));
                let sides = clean::line(&sides.collect::<Vec<_>>().join("; "));
                let gap = if sides.is_empty() { "" } else { "  " };
                let _ = writeln!(out, "{} {:02}{gap}{sides}", mark.symbol(), claim.number);
                for span in &claim.spans {
                    let _ = writeln!(out, "  {}  {}", name(span.slot), short(&clean::line(self.words(span))));
                }
            }
        }
        out
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{} …", text[..at].trim_end()),
        None => text.to_owned(),
    }
}
