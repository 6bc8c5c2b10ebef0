//! Tests of what is said to which request.

use super::*;
use crate::core::rules::{self, Rule};
use crate::core::{Message, Role, ballot};

#[tokio::test]
async fn a_debate_turn_ends_with_its_position() {
    for question in questions() {
        for member in all() {
            for round in 1..=4 {
                let text = text(request(member, question, Ask::Critique, round, &others(member))).await;
                let last = text.lines().last().unwrap();
                let position = last.strip_prefix("POSITION: ").unwrap_or_else(|| panic!("{member}: {text}"));
                assert!((1..=10).contains(&words(position)), "{position}");
                let stands = text.contains("Nothing new in this round; I stand by my answer.")
                    || text.contains("我维持自己的回答。");
                assert_eq!(stands, round > 2, "{member} {round}: {text}");
            }
        }
    }
}

#[tokio::test]
async fn nobody_is_moved_by_an_answer_that_was_not_shown() {
    let question = questions()[1];
    let moved = text(request("fenna", question, Ask::Critique, 1, &["marit", "oskar"])).await;
    assert!(moved.ends_with("POSITION: About 30 hours"), "{moved}");
    let alone = text(request("jonas", question, Ask::Critique, 2, &["fenna", "oskar"])).await;
    assert!(alone.ends_with("POSITION: About 22 hours"), "{alone}");
    let joined = text(request("jonas", question, Ask::Critique, 2, &others("jonas"))).await;
    assert!(joined.ends_with("POSITION: About 30 hours"), "{joined}");
    for shown in [&["jonas", "oskar"][..], &["marit", "somebody-else"][..]] {
        for round in 1..=3 {
            let held = text(request("fenna", question, Ask::Critique, round, shown)).await;
            assert!(held.ends_with("I stand by my answer.\n\nPOSITION: About 22 hours"), "{held}");
        }
    }
}

fn paper(count: usize) -> ballot::Paper<'static> {
    ballot::Paper { count, ..ballot::Paper::default() }
}

#[tokio::test]
async fn ballots_are_read_and_rank_those_shown() {
    let orders: [fn(&mut Vec<&'static str>); 3] =
        [|_| {}, |shown| shown.reverse(), |shown| shown.truncate(2)];
    for (script, question) in SCRIPTS.iter().zip(questions()) {
        for member in all() {
            for order in orders {
                let mut shown = others(member);
                order(&mut shown);
                let text = text(request(member, question, Ask::Ballot, 0, &shown)).await;
                let said = ballot::parse(&text, paper(shown.len())).unwrap();
                let ranked: Vec<&str> = said.ranking.into_iter().map(|place| shown[place]).collect();
                let scripted = script.member[member].ballot.ranking.iter().map(String::as_str);
                assert_eq!(ranked, scripted.filter(|name| shown.contains(name)).collect::<Vec<_>>());
                assert!(text.starts_with(r#"{"reason":"#) && !said.reason.is_empty(), "{text}");
            }
        }
    }
}

#[tokio::test]
async fn votes_have_a_winner_and_one_is_tied() {
    let mut outcomes = Vec::new();
    for question in questions() {
        let mut ballots = Vec::new();
        for judge in names() {
            let shown: Vec<&str> = others(&judge.0);
            let text = text(request(&judge.0, question, Ask::Ballot, 0, &shown)).await;
            let shown: Vec<MemberId> = shown.into_iter().map(MemberId::from).collect();
            let said = ballot::parse(&text, paper(3)).unwrap();
            let ranking = said.ranking.into_iter().map(|place| shown[place].clone()).collect();
            ballots.push(ballot::Ballot { judge, shown, ranking, valid: true, ..Default::default() });
        }
        let tally = rules::count(Rule::Borda, &names(), &ballots, &rules::Weights::new());
        outcomes.push((tally.winner.map(|name| name.0), tally.tied.len()));
    }
    let won = |name: &str| (Some(name.to_owned()), 0);
    assert_eq!(outcomes[..4], [won("fenna"), won("marit"), (None, 2), won("marit")]);
    assert_eq!(outcomes[4..], [won("marit"), won("fenna"), won("marit"), won("oskar")]);
}

#[tokio::test]
async fn a_synthesis_names_sides_by_the_labels_shown() {
    let english = ["**Consensus:**", "**Divergence:**", "**Single voices:**", "**Final answer:**"];
    let chinese = ["**共识：**", "**分歧：**", "**单独的声音：**", "**最终答案：**"];
    for question in questions() {
        let text = text(request("marit", question, Ask::Merge, 0, &all())).await;
        let parts = if question.contains(wide) { chinese } else { english };
        assert!(parts.iter().all(|part| text.contains(part)), "{text}");
        assert!(!text.contains(['{', '}']), "{text}");
    }
    let split = |text: &str| text.lines().find(|line| line.contains("About 22 hours")).unwrap().to_owned();
    let straight = text(request("marit", questions()[1], Ask::Merge, 0, &all())).await;
    assert!(split(&straight).starts_with("- About 22 hours: A, B. "), "{straight}");
    let turned =
        text(request("oskar", questions()[1], Ask::Merge, 0, &["oskar", "jonas", "marit", "fenna"])).await;
    assert!(split(&turned).starts_with("- About 22 hours: B, D. "), "{turned}");
    let fewer = text(request("oskar", questions()[1], Ask::Merge, 0, &["oskar", "jonas"])).await;
    assert!(fewer.contains("- About 22 hours: B. ") && !fewer.contains("- run several"), "{fewer}");
    assert!(fewer.ends_with("(This text is scripted for all 4 members; the chair was shown 2 of them.)"));
}

#[tokio::test]
async fn a_synthesis_is_about_the_round_in_front_of_the_chair() {
    let script = &SCRIPTS[1];
    for (round, sign) in
        [(0, "- About 22 hours: A, B."), (1, "- About 22 hours: B."), (2, "any more. B gives no reason")]
    {
        let texts = script.member.values().map(|part| match round {
            0 => reflow(&part.answer),
            _ => reflow(&part.round[round - 1].text),
        });
        let prompt = texts.collect::<Vec<_>>().join("\n\n");
        let mut request = request("marit", &script.question, Ask::Merge, 0, &all());
        request.messages.push(Message { role: Role::User, text: prompt });
        let merged = text(request).await;
        assert!(merged.contains(sign), "{round}: {merged}");
    }
    for synthesis in SCRIPTS.iter().flat_map(|script| &script.synthesis) {
        let held: Vec<&str> =
            synthesis.text.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
        assert!(
            held.iter().flat_map(|names| names.split(' ')).all(|name| CAST.actor(name).is_some()),
            "{held:?}"
        );
    }
}

#[tokio::test]
async fn an_unknown_question_is_answered_honestly() {
    let asked = "What is the capital of Atlantis?";
    for member in all() {
        let answer = text(request(member, asked, Ask::Answer, 0, &[])).await;
        for question in questions() {
            assert!(answer.contains(&format!("\n- {question}")), "{answer}");
        }
        for part in [
            "scripted demo",
            "no model was asked",
            "OPENAI_API_KEY",
            "config.toml",
            "synod -m PROVIDER/MODEL",
        ] {
            assert!(answer.contains(part), "{part} in {answer}");
        }
        assert!(!answer.contains(['{', '}']), "{answer}");
        let vote = text(request(member, asked, Ask::Ballot, 0, &others(member))).await;
        assert!(vote.starts_with("no ballot: ") && ballot::parse(&vote, paper(3)).is_err(), "{vote}");
        assert!(
            text(request(member, asked, Ask::Merge, 0, &all()))
                .await
                .starts_with("There is nothing to merge")
        );
        assert!(text(request(member, asked, Ask::Critique, 1, &all())).await.contains("\nPOSITION: none"));
    }
    // Answers of real models are not judged by a script either.
    let mixed = text(request("fenna", questions()[0], Ask::Ballot, 0, &["jonas", "a-real-one"])).await;
    assert!(mixed.starts_with("no ballot: "), "{mixed}");
    let mixed = text(request("fenna", questions()[0], Ask::Merge, 0, &["jonas", "a-real-one"])).await;
    assert!(mixed.starts_with("There is nothing to merge"), "{mixed}");
}
