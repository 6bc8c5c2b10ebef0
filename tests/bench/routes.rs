//! What a plan's own decisions cost beside its calls: a route by the local score, with and without graded history, and whether
//! two or five answers settle a question.

use crate::clock::cpu;
use crate::scene::{PROSE, long};
use std::collections::BTreeMap;
use std::hint::black_box;
use synod::agreement::compare;
use synod::core::price::{Price, Prices};
use synod::core::routing::{Asked, Circumstances, Fitness, Routing, Strategy, Topic, choose};
use synod::core::weights::{Past, Said};
use synod::core::{Council, MemberId, ModelRef};

const QUESTION: &str = "Compare two ways to migrate a 2 TB database without downtime, list the risks of each, and say which one \
    you would choose for a team of five and why.";

/// How long one decision takes.
pub fn routes() {
    println!("decisions of a plan, mean of many:");
    let models: Vec<ModelRef> =
        (0..8).filter_map(|at| format!("house{at}/model-{at}").parse().ok()).collect();
    let council = Council::of_models("eight", &models);
    let mut prices = Prices::default();
    prices
        .known
        .extend(models.iter().zip(1..).map(|(model, at)| (model.clone(), Price::flat(f64::from(at), 10.0))));
    let here: Vec<MemberId> = council.members.iter().map(|member| member.name.clone()).collect();
    let topics: Vec<Topic> = (0..8)
        .map(|at| Topic {
            name: format!("topic-{at}"),
            words: (0..20).map(|word| format!("word{at}x{word}")).collect(),
            members: vec![here[at].clone()],
        })
        .collect();
    let routing = Routing { topics, strategy: Strategy::Balanced, ..Routing::default() };
    let fitness = |name: &MemberId| {
        (
            name.clone(),
            Fitness { answered: (48, 50), first_ms: Some(800), running: (1, 8), left_alone: false },
        )
    };
    for graded in [0, 30, 1000, 10_000] {
        let said = |at: usize| {
            let said = |member: &MemberId| Said {
                member: member.clone(),
                group: at % 2,
                right: !at.is_multiple_of(3),
            };
            Past { topic: Some(format!("topic-{}", at % 8)), said: here.iter().map(said).collect() }
        };
        let now = Circumstances {
            prices: &prices,
            fitness: here.iter().map(fitness).collect::<BTreeMap<_, _>>(),
            history: (0..graded).map(said).collect(),
            tokens: 60,
        };
        let times = if graded > 1000 { 200 } else { 2000 };
        let began = cpu();
        for seed in 0..times {
            let asked = Asked {
                question: QUESTION,
                files: &[],
                seed,
                council: &council,
                here: here.clone(),
                topic: None,
                triage: None,
                triage_failed: None,
                before: Vec::new(),
                person: Vec::new(),
            };
            black_box(choose(&routing, &asked, &now));
        }
        println!("  a route, 8 members, {graded} graded questions: {:.3} ms", (cpu() - began) / times as f64);
    }
    for answers in [2, 5] {
        let texts: Vec<String> =
            (0..answers).map(|at| format!("{}\n\nPOSITION: {at}", long(PROSE, 2))).collect();
        let texts: Vec<(usize, &str)> = texts.iter().map(String::as_str).enumerate().collect();
        let began = cpu();
        for _ in 0..20 {
            black_box(compare(&texts));
        }
        println!("  whether {answers} answers of 2 KiB settle a question: {:.3} ms", (cpu() - began) / 20.0);
    }
}
