//! How well a final answer is held against its sources, on real answers of several models.
//!
//! Nothing of the check was fitted on these texts: its thresholds are those of links and conflicts, chosen on the labelled pairs.
//! All of both sets are test data therefore; none is held back.

use super::data;
use serde_json::Value;
use synod::agreement::consistency::{Consistency, Standing, consistency};
use synod::agreement::segment::segment;

/// The answers to each question.
fn answers(file: &str) -> Option<Vec<Vec<String>>> {
    let list: Vec<Value> = serde_json::from_str(&data(file)?).unwrap();
    let of = |question: &Value| {
        let all = question["answers"].as_object().unwrap().values();
        all.map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    Some(list.iter().map(of).collect())
}

fn held(text: &str, sources: &[String]) -> Consistency {
    let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
    consistency(text, None, &sources, Vec::new())
}

/// Shares of something, counted.
#[derive(Default)]
struct Count(usize, usize);

impl Count {
    fn add(&mut self, is: bool) {
        self.0 += usize::from(is);
        self.1 += 1;
    }

    fn share(&self) -> f64 {
        self.0 as f64 / self.1.max(1) as f64
    }

    fn words(&self) -> String {
        format!("{:.3} ({} of {})", self.share(), self.0, self.1)
    }
}

/// The numbers of a text, in decimal digits, by their bytes.
fn digits(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found: Vec<std::ops::Range<usize>> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| c.is_ascii_digit() || *c == '.' || *c == ',') {
        match found.last_mut() {
            Some(last) if last.end == at => last.end = at + 1,
            _ if c.is_ascii_digit() => found.push(at..at + 1),
            _ => {}
        }
    }
    for range in &mut found {
        let kept = text[range.clone()].trim_end_matches(['.', ',']).len();
        range.end = range.start + kept;
    }
    found
}

#[test]
fn what_a_source_says_holds_and_what_belongs_elsewhere_does_not() {
    let Some(all) = answers("open-questions-5-models.json") else { return };
    let (mut own, mut peers, mut strange, mut added) = <(Count, Count, Count, Count)>::default();
    for (at, answers) in all.iter().enumerate() {
        let model = at % answers.len();
        let text = &answers[model];
        let same = held(text, answers);
        same.claims.iter().for_each(|claim| own.add(claim.standing == Standing::Supported));
        let others = |of: &[String]| -> Vec<String> {
            of.iter().enumerate().filter(|(place, _)| *place != model).map(|(_, text)| text.clone()).collect()
        };
        let elsewhere = &all[(at + 7) % all.len()];
        for claim in held(text, &others(answers)).claims {
            peers.add(claim.standing == Standing::Supported);
        }
        for claim in held(text, &others(elsewhere)).claims {
            strange.add(claim.standing == Standing::Supported);
        }
        // Each claim of an answer to another question, said among those of a source.
        let foreign = &elsewhere[model];
        for piece in segment(foreign) {
            let with = format!("{text}\n\n{}\n", &foreign[piece.range]);
            let found = held(&with, answers);
            let Some(last) = found.claims.last().filter(|_| found.claims.len() > same.claims.len()) else {
                continue;
            };
            added.add(last.standing != Standing::Supported);
        }
    }
    println!(
        "open questions: a source's own claims hold {}; those of another answer to the question {}; to another question {}; \
         an added claim of another question is found {}",
        own.words(),
        peers.words(),
        strange.words(),
        added.words()
    );
    assert!(own.share() >= 0.99 && strange.share() <= 0.03 && added.share() >= 0.95);
    assert!(peers.share() > 5.0 * strange.share());
}

#[test]
fn a_number_that_no_source_has_is_found() {
    let Some(all) = answers("gsm8k-30-questions-6-models.json") else { return };
    let (mut own, mut against, mut found) = <(Count, Count, Count)>::default();
    for (at, answers) in all.iter().enumerate() {
        let text = &answers[at % answers.len()];
        let source = std::slice::from_ref(text);
        let pieces = segment(text);
        held(text, source).claims.iter().for_each(|claim| own.add(claim.standing == Standing::Supported));
        for piece in &pieces {
            let words = &text[piece.range.clone()];
            let Some(number) = digits(words).pop() else { continue };
            // One more than ten times as much stands nowhere near.
            let Ok(value) = words[number.clone()].replace(',', "").parse::<f64>() else { continue };
            let other = format!("{}{}{}", &words[..number.start], value * 10.0 + 1.0, &words[number.end..]);
            let Some(claim) = held(&other, source).claims.into_iter().next() else { continue };
            found.add(claim.standing != Standing::Supported);
            against.add(matches!(claim.standing, Standing::Contradicted | Standing::Disputed));
        }
    }
    println!(
        "gsm8k: a source's own claims hold {}; of claims with another number {} do not, {} are told to conflict",
        own.words(),
        found.words(),
        against.words()
    );
    assert!(own.share() >= 0.99 && found.share() >= 0.9);
}
