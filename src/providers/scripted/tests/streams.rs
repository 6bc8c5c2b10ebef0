//! Tests of how it is streamed.

use super::*;

#[tokio::test]
async fn a_member_that_is_not_in_the_cast_is_an_error() {
    let mut stream =
        Scripted::new(1, Pace::Instant).stream(request("nobody", questions()[0], Ask::Answer, 0, &[]));
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
    assert!(error.hint.contains("scripted/fenna"), "{}", error.hint);
    assert!(stream.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn equal_seeds_are_equally_fast_and_others_are_not() {
    for question in questions() {
        let ask = |seed| play(seed, Pace::Lifelike, request("oskar", question, Ask::Answer, 0, &[]));
        let (first, again, other) = (ask(7).await, ask(7).await, ask(8).await);
        assert_eq!(first, again);
        assert_ne!(first.0, other.0);
    }
    let ask = |round| {
        play(7, Pace::Lifelike, request("oskar", questions()[0], Ask::Critique, round, &others("oskar")))
    };
    assert_ne!(ask(3).await.0, ask(4).await.0, "the same text in another round has another rhythm");
}

#[tokio::test(start_paused = true)]
async fn a_lifelike_answer_takes_three_to_nine_seconds() {
    for seed in 0..20 {
        for question in questions() {
            let mut firsts = BTreeSet::new();
            for member in all() {
                let (deltas, total) =
                    play(seed, Pace::Lifelike, request(member, question, Ask::Answer, 0, &[])).await;
                // Tokio's timers round up to the next millisecond.
                let slack = Duration::from_millis(deltas.len() as u64);
                assert!(
                    total >= Duration::from_millis(2800) && total <= Duration::from_secs(9) + slack,
                    "{total:?}"
                );
                assert!((200..=1250).contains(&deltas[0].0.as_millis()), "{:?}", deltas[0].0);
                firsts.insert(deltas[0].0);
            }
            assert_eq!(firsts.len(), 4, "first words come at different times");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn instant_never_waits_and_still_streams() {
    for question in questions() {
        for member in all() {
            let (deltas, total) =
                play(3, Pace::Instant, request(member, question, Ask::Answer, 0, &[])).await;
            assert_eq!(total, Duration::ZERO);
            assert!(deltas.len() > 20);
        }
    }
}

#[tokio::test]
async fn every_stream_but_the_cut_one_ends_with_its_marker() {
    for (script, question) in SCRIPTS.iter().zip(questions()) {
        for member in all() {
            let (deltas, _) = play(3, Pace::Instant, request(member, question, Ask::Answer, 0, &[])).await;
            let whole = deltas.last().is_some_and(|(_, delta)| delta == &Delta::Stop(Stop::Done));
            assert_eq!(whole, !script.member[member].cut, "{member} on {question}");
            let thought = deltas.iter().any(|(_, delta)| matches!(delta, Delta::Thinking(_)));
            assert_eq!(thought, !script.member[member].thinking.is_empty());
            assert!(!deltas.iter().any(|(_, delta)| matches!(delta, Delta::Usage(_))), "nothing was counted");
        }
    }
    assert_eq!(SCRIPTS.iter().flat_map(|script| script.member.values()).filter(|part| part.cut).count(), 1);
}
