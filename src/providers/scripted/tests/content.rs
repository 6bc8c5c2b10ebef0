//! Tests of the files: they are whole, and the claims they were written for stand in them.

use super::*;
use crate::providers::scripted::script::{self, CAST_FILE, Cast, Part, SCRIPT_FILES, Script};

#[test]
fn every_file_is_whole() {
    let cast: Cast = toml::from_str(CAST_FILE).unwrap();
    let names: BTreeSet<&str> = cast.member.iter().map(|actor| actor.name.as_str()).collect();
    assert_eq!((cast.member.len(), names.len()), (4, 4));
    assert!(names.contains(cast.chair.as_str()));
    for actor in &cast.member {
        assert!(actor.unknown.contains("{questions}") && actor.unknown.contains("{how}"), "{}", actor.name);
        assert!(actor.unknown.contains("scripted demo"), "{}", actor.name);
        assert!((0.2..=1.2).contains(&actor.first) && (25.0..=90.0).contains(&actor.rate), "{}", actor.name);
    }
    for file in SCRIPT_FILES {
        let script: Script = toml::from_str(file).unwrap();
        assert_eq!(script.member.keys().map(String::as_str).collect::<BTreeSet<_>>(), names);
        let of_all = script.synthesis.iter().filter(|synthesis| synthesis.of.is_empty());
        let rounds: Vec<usize> = of_all.map(|synthesis| synthesis.round).collect();
        assert!(rounds.starts_with(&[0]) && rounds.is_sorted(), "{rounds:?}");
        for (name, part) in &script.member {
            let ranked: BTreeSet<&str> = part.ballot.ranking.iter().map(String::as_str).collect();
            assert_eq!(part.ballot.ranking.len(), 3, "{name}");
            assert!(
                ranked.len() == 3 && !ranked.contains(name.as_str()) && ranked.is_subset(&names),
                "{name}"
            );
            assert_eq!(part.ballot.because.len(), 3, "{name}");
            assert_eq!(part.round.len(), 2, "{name}");
            assert!(part.confidence.is_some_and(|sure| (0.5..1.0).contains(&sure)), "{name}");
            for turn in &part.round {
                assert!(words(&turn.position) <= 10 && !turn.position.is_empty(), "{name}");
            }
        }
    }
    assert_eq!(SCRIPTS.len(), SCRIPT_FILES.len());
}

#[test]
fn lengths_are_in_range() {
    let mut wrong = Vec::new();
    for script in SCRIPTS.iter() {
        let long = script.question.contains("plan for a year");
        for (name, part) in &script.member {
            let mut check = |what: &str, count: usize, least: usize, most: usize| {
                if !(least..=most).contains(&count) {
                    wrong.push(format!("{} / {name} / {what}: {count}", script.question));
                }
            };
            let (least, most) = if long { (1400, 1900) } else { (if part.cut { 60 } else { 90 }, 180) };
            check("answer", words(&part.answer), least, most);
            for turn in &part.round {
                check("turn", words(&turn.why) + words(&turn.text) + 1 + words(&turn.position), 60, 140);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whether the sentence stands in the text.
fn says(part: &Part, sentence: &str) -> bool {
    reflow(&part.answer).contains(sentence)
}

fn sayers(question: usize, sentence: &str) -> Vec<&'static str> {
    let said = SCRIPTS[question].member.iter().filter(|(_, part)| says(part, sentence));
    said.map(|(name, _)| name.as_str()).collect()
}

#[test]
fn the_claims_the_texts_were_written_for_are_there() {
    assert_eq!(sayers(0, "Revoke the password first"), all());
    assert_eq!(sayers(0, "does not remove the password from"), all());
    assert_eq!(sayers(0, "If the same password opens anything else"), ["oskar"]);

    assert_eq!(sayers(1, "over a 1 Gbit/s line takes about 22 hours."), ["fenna", "jonas"]);
    assert_eq!(sayers(1, "over a 1 Gbit/s line takes about 30 hours."), ["marit", "oskar"]);
    assert_eq!(sayers(1, "at most 125 MB per second."), all());
    assert_eq!(sayers(1, "a box of disks by courier"), ["oskar"]);

    let yes = "Yes, a team of five should deploy to production on a Friday afternoon.";
    let no = "No, a team of five should not deploy to production on a Friday afternoon.";
    assert_eq!((sayers(2, yes), sayers(2, no)), (vec!["fenna", "jonas"], vec!["marit", "oskar"]));
    assert_eq!(sayers(2, "makes the Monday deploy larger and riskier."), ["fenna", "jonas"]);
    assert_eq!(sayers(2, "A freeze does not make the Monday deploy larger and riskier."), ["oskar"]);
    assert_eq!(sayers(2, "because it is hard to undo."), all());

    assert_eq!(sayers(3, "The line prints 4."), ["fenna"]);
    assert_eq!(sayers(3, "The sum is 1 + 2 + 3 = 6."), ["jonas", "oskar"]);
    assert_eq!(sayers(3, "always rounded up"), ["jonas", "marit", "oskar"]);
    assert_eq!(sayers(4, "keep the copies for 30 days."), ["fenna", "jonas"]);
    assert_eq!(sayers(4, "keep the copies for 90 days."), ["marit", "oskar"]);
    assert_eq!(sayers(4, "estore one folder every month"), all());
    assert_eq!(sayers(5, "by switching is about 67 percent"), ["fenna", "jonas", "marit"]);
    assert_eq!(sayers(5, "by switching is 50 percent"), ["oskar"]);
    assert_eq!(sayers(6, "泡绿茶用80°C的水最好"), ["fenna", "marit"]);
    assert_eq!(sayers(6, "泡绿茶用100°C的水最好"), ["jonas", "oskar"]);
    assert_eq!(sayers(7, "No, do not rewrite the shop."), ["fenna", "marit", "oskar"]);
    assert_eq!(sayers(7, "Do not change the code and the database in the same release."), all());

    for (name, part) in &SCRIPTS[2].member {
        assert_eq!(part.cut, name == "jonas");
        assert!(part.answer.starts_with("Yes, ") || part.answer.starts_with("No, "), "{name}");
        let (first, stated) = (part.answer.split(',').next(), part.position.split(',').next());
        assert_eq!(first, stated, "{name}");
    }
}

/// The runs of five words in a text, or of five characters where a script has no spaces.
fn runs(text: &str) -> BTreeSet<String> {
    let mut apart = String::new();
    for c in text.chars().filter(|c| c.is_alphanumeric() || c.is_whitespace()) {
        apart.extend(c.to_lowercase());
        if wide(c) {
            apart.push(' ');
        }
    }
    let words: Vec<&str> = apart.split_whitespace().collect();
    words.windows(5).map(|run| run.join(" ")).collect()
}

#[test]
fn a_claim_taken_up_is_a_peers_and_was_not_ones_own() {
    let before = |part: &Part, at: usize| match at.checked_sub(1) {
        Some(last) => runs(&part.round[last].text),
        None => runs(&part.answer),
    };
    let mut taken_up = 0;
    for script in SCRIPTS.iter() {
        for (name, part) in &script.member {
            for (at, turn) in part.round.iter().enumerate() {
                let held = at.checked_sub(1).map_or(&part.position, |last| &part.round[last].position);
                let new = runs(&format!("{} {}", turn.why, turn.text));
                let own = before(part, at);
                if let Some(from) = &turn.from {
                    taken_up += 1;
                    let theirs = before(&script.member[from], at);
                    let taken: Vec<&String> =
                        new.intersection(&theirs).filter(|run| !own.contains(*run)).collect();
                    assert!(!taken.is_empty(), "{name} takes nothing from {from} on {}", script.question);
                } else if held != &turn.position {
                    assert!(turn.all, "{name} moves on {} for nobody's sake", script.question);
                }
            }
        }
    }
    assert_eq!(taken_up, 23);
}

#[test]
fn a_question_is_found_however_it_is_typed() {
    let found = |text: &str| script::find(text).map(|script| script.question.as_str());
    for question in questions() {
        let loose = format!("  {}\n ", question.to_uppercase().trim_end_matches('?').replace(' ', "  "));
        assert_eq!(found(&loose), Some(question));
        assert_eq!(found(&format!("{question}?!")), Some(question));
        assert_eq!(found(&format!("{question} Really?")), None);
    }
    for other in ["", "1", "?"] {
        assert_eq!(found(other), None);
    }
}

#[test]
fn the_council_says_what_it_is() {
    let council = council();
    assert!(council.scripted && council.slot(council.chair.as_ref().unwrap()).is_some());
    for member in &council.members {
        assert_eq!(member.model.to_string(), format!("scripted/{}", member.name));
        assert!(member.persona.is_some());
    }
    assert_eq!(Scripted::new(0, Pace::Instant).endpoint(), "scripted (no model is asked)");
}
