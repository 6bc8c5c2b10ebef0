//! The demo's questions as a whole: what there is to see in them, and that the engine sees in the texts what they were
//! written for. That the files are whole is tested beside their reader.

use crate::home::Home;
use serde_json::Value;
use std::path::Path;
use std::sync::LazyLock;
use synod::agreement::{Position, position};
use synod::core::claim_table::citations;
use synod::providers::scripted;
use synod::ui::stream::StreamText;

/// A question with what came of a debate of two rounds about it, and of its first answers alone.
struct Played {
    question: String,
    truth: Option<Position>,
    debate: Value,
    first: Value,
}

static ALL: LazyLock<Vec<Played>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo");
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.file_name().unwrap() != "council.toml");
    files.sort();
    let read = |file| toml::from_str::<toml::Table>(&std::fs::read_to_string(file).unwrap()).unwrap();
    let play = |script: toml::Table| {
        let home = Home::new();
        let question = script["question"].as_str().unwrap().to_owned();
        let ask = |protocol| {
            home.json(&["ask", "--demo", "--seed", "7", "--protocol", protocol, "--json", &question])
        };
        let truth =
            script.get("truth").map(|truth| position(&format!("POSITION: {}", truth.as_str().unwrap())));
        Played { truth, debate: ask("debate:2"), first: ask("ask"), question }
    };
    files.iter().map(read).map(play).collect()
});

impl Played {
    /// What the members say in a round, 0 for first answers.
    fn round(&self, round: usize) -> &Vec<Value> {
        self.debate["rounds"][round]["answers"].as_array().unwrap()
    }

    fn texts(&self, round: usize) -> Vec<&str> {
        self.round(round).iter().map(|answer| answer["text"].as_str().unwrap()).collect()
    }

    /// How many members are right after a round, where it is known what is right.
    fn right(&self, round: usize) -> Option<usize> {
        let truth = self.truth.as_ref()?;
        let holds = |answer: &&Value| {
            serde_json::from_value::<Position>(answer["position"].clone()).unwrap().same(truth)
        };
        Some(self.round(round).iter().filter(holds).count())
    }

    /// The changes of both rounds that are more than "held".
    fn moves(&self) -> Vec<&str> {
        let changes =
            (1..=2).flat_map(|round| self.round(round)).map(|answer| answer["change"].as_str().unwrap());
        changes.filter(|change| *change != "held").collect()
    }

    fn marked(&self, mark: &str) -> usize {
        self.first["claims"].as_array().unwrap().iter().filter(|claim| claim["mark"] == mark).count()
    }
}

/// The lines of a text as a pane of so many columns shows them.
fn drawn(text: &str, width: u16) -> Vec<String> {
    let mut stream = StreamText::default();
    let lines = stream.lines(text, true, width);
    lines.iter().map(|line| line.pieces.iter().map(|piece| piece.text.as_str()).collect()).collect()
}

fn wide(text: &str) -> usize {
    text.chars().filter(|c| matches!(c, '\u{3000}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')).count()
}

#[test]
fn there_are_eight_questions_in_the_order_of_their_files() {
    let asked: Vec<&str> = ALL.iter().map(|played| played.question.as_str()).collect();
    assert_eq!(asked, scripted::questions());
    assert!(asked.len() >= 8);
}

#[test]
fn one_shows_code() {
    let blocks =
        |text: &&str| text.contains("\n```python\n") && text.matches("```").count().is_multiple_of(2);
    let found = ALL.iter().find(|played| played.texts(0).iter().all(blocks)).unwrap();
    let lines: Vec<String> = found.texts(0).iter().flat_map(|text| drawn(text, 40)).collect();
    assert!(lines.iter().any(|line| line.trim_end() == "    total += round(x)"), "{lines:#?}");
}

#[test]
fn one_shows_tables() {
    let table = |text: &&str| {
        let lines = drawn(text, 76);
        let rule = lines.iter().position(|line| line.contains("-+-"));
        rule.is_some_and(|at| lines[at - 1].contains(" | ") && lines[at + 1].contains(" | "))
    };
    let most = ALL.iter().map(|played| played.texts(0).iter().filter(|text| table(text)).count()).max();
    assert!(most >= Some(2), "{most:?}");
}

#[test]
fn one_is_in_a_script_of_wide_characters() {
    let found = ALL.iter().find(|played| wide(&played.question) > 5).unwrap();
    for text in (0..=2).flat_map(|round| found.texts(round)) {
        assert!(wide(text) > 100 && wide(text) * 2 > text.chars().count(), "{text}");
    }
    let lines: Vec<String> = found.texts(0).iter().flat_map(|text| drawn(text, 23)).collect();
    let spaced = lines.iter().find(|line| {
        line.chars()
            .collect::<Vec<_>>()
            .windows(3)
            .any(|three| three[1] == ' ' && [three[0], three[2]].iter().all(|c| wide(&c.to_string()) == 1))
    });
    assert_eq!(spaced, None, "no space where a line of the file was joined");
}

#[test]
fn one_is_long_enough_to_scroll() {
    let mean = |played: &Played| played.texts(0).iter().map(|text| text.len()).sum::<usize>() / 4;
    let longest = ALL.iter().max_by_key(|played| mean(played)).unwrap();
    assert!(mean(longest) / 4 >= 2_000, "{} tokens a member", mean(longest) / 4);
    assert!(longest.texts(0).iter().all(|text| text.contains("\n## ") && text.contains("\n- ")));
    assert!(longest.marked("agree") > 10 && longest.marked("conflict") > 2);
}

#[test]
fn a_debate_corrects_a_wrong_majority_with_reasons() {
    let found: Vec<&Played> =
        ALL.iter().filter(|one| one.right(0) < Some(2) && one.right(2) > Some(2)).collect();
    let [played] = found[..] else { panic!("{} of them", found.len()) };
    assert_eq!(played.moves(), ["argued"; 3], "{}", played.question);
}

#[test]
fn a_debate_corrupts_a_right_majority_without_reasons() {
    let found: Vec<&Played> =
        ALL.iter().filter(|one| one.right(0) > Some(2) && one.right(2) < Some(2)).collect();
    let [played] = found[..] else { panic!("{} of them", found.len()) };
    assert_eq!(played.moves(), ["changed", "caved", "caved"], "{}", played.question);
}

#[test]
fn every_question_has_agreement_and_all_but_the_first_have_conflict() {
    for (at, played) in ALL.iter().enumerate() {
        assert!(played.marked("agree") >= 2, "{}", played.question);
        assert_eq!(played.marked("conflict") > 0, at > 0, "{}", played.question);
    }
}

#[test]
fn no_step_of_a_question_falls_back_to_what_the_demo_does_not_know() {
    for played in ALL.iter() {
        let home = Home::new();
        let ask = |protocol| {
            home.json(&["ask", "--demo", "--seed", "7", "--protocol", protocol, "--json", &played.question])
        };
        let mut said: Vec<String> =
            (0..=2).flat_map(|round| played.texts(round)).map(str::to_owned).collect();
        said.push(ask("synthesis")["synthesis"]["text"].as_str().unwrap().to_owned());
        for ballot in ask("vote")["vote"]["ballots"].as_array().unwrap() {
            // A member that was cut is no candidate.
            assert!(ballot["valid"] == true && ballot["ranking"].as_array().unwrap().len() >= 2);
            said.push(ballot["note"].as_str().unwrap().to_owned());
        }
        assert_eq!(said.len(), 4 * 3 + 1 + 4);
        for text in said {
            for fallback in ["scripted", "no ballot", "There is nothing to", "I stand by my answer"] {
                assert!(!text.contains(fallback), "{text}");
            }
        }
    }
}

/// The texts of a script that a chair says, by the round they are written for.
fn written(at: usize) -> Vec<(usize, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo");
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let script: toml::Table = toml::from_str(&std::fs::read_to_string(&files[at]).unwrap()).unwrap();
    // Those of some of the members alone are said in plans, and tested there.
    let of_all = |one: &&toml::Value| one.get("of").is_none();
    let texts = script["synthesis"].as_array().unwrap().iter().filter(of_all);
    texts
        .map(|one| (one["round"].as_integer().unwrap() as usize, one["text"].as_str().unwrap().to_owned()))
        .collect()
}

/// The words by which a script names the claims of its sentences, one list for each bracket.
fn markers(text: &str) -> Vec<Vec<String>> {
    let inside = text.split("[=").skip(1).map(|rest| rest.split_once(']').unwrap().0);
    inside.map(|words| words.split('|').map(folded).collect()).collect()
}

fn folded(words: &str) -> String {
    words.replace('|', " ").to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A synthesis of what stands after so many debate rounds, and how to ask for another one of it.
fn synthesis(home: &Home, question: &str, rounds: usize) -> Value {
    let common = ["--demo", "--seed", "7", "--json"];
    let protocol = if rounds == 0 { "synthesis".to_owned() } else { format!("debate:{rounds}") };
    let ask = [&["ask"], &common[..], &["--protocol", &protocol, question]].concat();
    let asked = home.json(&ask);
    match rounds {
        0 => asked,
        _ => home.json(&[&["synthesis"], &common[..], &[asked["session"].as_str().unwrap()]].concat()),
    }
}

#[test]
fn every_sentence_that_rests_on_a_claim_cites_it_and_nothing_else() {
    for (at, question) in scripted::questions().into_iter().enumerate() {
        for (round, script) in written(at) {
            let came = synthesis(&Home::new(), question, round);
            let (claims, made) = (came["claims"].as_array().unwrap(), &came["synthesis"]);
            let text = made["text"].as_str().unwrap();
            assert!(!text.contains("[="), "{text}");
            let cited: Vec<Vec<u32>> = citations(text).into_iter().map(|(_, numbers)| numbers).collect();
            let wanted = markers(&script);
            assert_eq!(cited.len(), wanted.len(), "a bracket was dropped: {text}");
            for (numbers, words) in cited.iter().zip(&wanted) {
                assert_eq!(
                    numbers.len(),
                    words.len(),
                    "round {round}: of {words:?} only {numbers:?} is found"
                );
                for (number, words) in numbers.iter().zip(words) {
                    let claim = claims.iter().find(|claim| claim["id"] == *number).unwrap();
                    let mut said = claim["spans"].as_array().unwrap().iter();
                    let holds =
                        |span: &Value| folded(span["text"].as_str().unwrap()).contains(words.as_str());
                    assert!(said.any(holds), "round {round}: {words:?} is not in {claim}");
                }
            }
            for sentence in made["sentences"].as_array().unwrap() {
                let none = |list: &str| sentence[list].as_array().unwrap().is_empty();
                assert!(none("astray"), "{sentence}");
                assert!(!none("cited") || none("claims"), "it cites nothing: {sentence}");
            }
        }
    }
}

#[test]
fn a_chair_that_sees_fewer_answers_cites_what_is_in_them() {
    for question in scripted::questions() {
        let home = Home::new();
        home.json(&["ask", "--demo", "--seed", "7", "--json", question]);
        let two = ["synthesis", "--demo", "--seed", "7", "--json", "--of", "jonas,oskar"];
        let made = home.json(&two)["synthesis"].clone();
        let text = made["text"].as_str().unwrap();
        assert!(!text.contains("[=") && !text.contains(" \n"), "{text}");
        let sentences = made["sentences"].as_array().unwrap();
        let count = |list: &str| {
            sentences.iter().filter(|sentence| !sentence[list].as_array().unwrap().is_empty()).count()
        };
        assert_eq!(count("astray"), 0, "{text}");
        assert!(count("cited") > 0, "{text}");
    }
}
