//! Tests of how the texts of the files become the texts of answers.

use super::*;
use crate::providers::scripted::script::{self, Script};

#[test]
fn lines_are_joined_where_a_person_wrapped_them() {
    assert_eq!(reflow("\none\ntwo\n\n\nthree\n"), "one two\n\nthree");
    assert_eq!(reflow("Do:\n\n- a\n  b\n- c\n1. d\ne\n12. f"), "Do:\n\n- a b\n- c\n1. d e\n12. f");
    assert_eq!(
        reflow("In the year\n1999. was"),
        "In the year\n1999. was",
        "a number and a point begin an item"
    );
    assert_eq!(reflow("3.5 km\n-5 °C"), "3.5 km -5 °C", "these don't");
}

#[test]
fn scripts_without_spaces_are_joined_without_one() {
    assert_eq!(reflow("水烧开以后，\n倒进杯子。\n\n用80°C的水"), "水烧开以后，倒进杯子。\n\n用80°C的水");
    assert_eq!(reflow("用 Python\n写的程序"), "用 Python 写的程序");
}

#[test]
fn headings_tables_and_code_stay_as_they_are() {
    let kept = "## Title\ntext\n| a | b |\n|---|---|\n| 1 | 2 |\nmore";
    assert_eq!(reflow(kept), kept);
    let code = "So:\n\n```python\nfor x in y:\n    print(x)\n\n- no item\n```\nand";
    assert_eq!(reflow(code), code);
    assert_eq!(reflow("a\n```\nnever\n  closed"), "a\n```\nnever\n  closed");
}

#[test]
fn a_question_with_a_truth_says_where_the_debate_went() {
    let right = |script: &Script, truth: &str, after: usize| {
        let position = |part: &script::Part| match after.checked_sub(1) {
            Some(round) => part.round[round].position.clone(),
            None => part.position.clone(),
        };
        script.member.values().filter(|part| position(part) == truth).count()
    };
    let with_truth = SCRIPTS.iter().filter_map(|script| Some((script, script.truth.as_deref()?)));
    let went: Vec<[usize; 3]> =
        with_truth.map(|(script, truth)| [0, 1, 2].map(|after| right(script, truth, after))).collect();
    assert_eq!(went, [[1, 3, 4], [3, 2, 0]], "one debate corrects a majority, one corrupts it");
}

#[tokio::test]
async fn a_question_in_chinese_is_answered_in_chinese() {
    let script = SCRIPTS.iter().find(|script| script.question.contains(wide)).unwrap();
    let foreign = |text: &str| {
        let keys = ["POSITION:", "\"reason\"", "\"ranking\"", "\"scores\"", "\"approved\""];
        let plain = keys.iter().fold(text.to_owned(), |text, key| text.replace(key, ""));
        let words: Vec<String> = plain.split(|c: char| !c.is_ascii_alphabetic()).map(str::to_owned).collect();
        words.into_iter().filter(|word| word.len() > 1).collect::<Vec<_>>()
    };
    for member in all() {
        let others = others(member);
        let asked = |ask, round, shown: &[&str]| request(member, &script.question, ask, round, shown);
        let mut said = vec![asked(Ask::Answer, 0, &[]), asked(Ask::Merge, 0, &all())];
        said.extend([asked(Ask::Merge, 0, &others), asked(Ask::Ballot, 0, &others)]);
        said.extend((1..=3).map(|round| asked(Ask::Critique, round, &others)));
        said.push(asked(Ask::Critique, 2, &others[..1]));
        for request in said {
            let text = text(request).await;
            assert!(text.contains(wide));
            assert_eq!(foreign(&text), Vec::<String>::new(), "{text}");
        }
    }
}
