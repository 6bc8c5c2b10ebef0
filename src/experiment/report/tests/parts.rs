//! Rounds, panels, agreement, ratings and the rest, worked out by hand.

use super::*;

#[test]
fn panels_have_their_members_and_their_curve() {
    let (design, facts) = council();
    let report = of(&design, &facts);
    let panel = &report.panels[0];
    let right: Vec<f64> = panel.members.iter().map(|member| 8.0 * member.accuracy.mean.unwrap()).collect();
    assert_eq!(right, [6.0, 5.0, 3.0]);
    assert_eq!(panel.members[0].alone.count, 1);
    assert_eq!(lines(&design, &facts, "member:council/a/alone"), [5]);
    near(panel.members[0].mean_usd, 0.1);
    near(panel.members[1].median_ms, 110.0);
    let curve = &panel.curve;
    near(curve[0].mean, 14.0 / 24.0);
    near(curve[0].least, 3.0 / 8.0);
    near(curve[0].most, 6.0 / 8.0);
    // Two members: ties count half. a and b: 1 1 1 .5 .5 1 .5 0; a and c: 1 .5 .5 .5 1 .5 .5 0; b and c: 1 .5 .5 0 .5 .5 1 0.
    near(curve[1].mean, (5.5 + 4.5 + 4.0) / 24.0);
    near(curve[1].most, 5.5 / 8.0);
    near(curve[2].mean, 6.0 / 8.0);
    near(curve[2].added, 6.0 / 8.0 - 14.0 / 24.0);
    assert_eq!((curve[1].panels, curve[0].added, panel.sampled), (3, None, None));
    // Without c: .5 less on "AxA"; "Axx" becomes a tie and half right; "xBB" a tie and half right.
    let c = &panel.without[2];
    assert_eq!((c.changes.count, c.helps.count, c.hurts.count, c.never_mattered), (3, 2, 1, false));
    near(c.difference, -0.5 / 8.0);
    assert_eq!(lines(&design, &facts, "member:council/c/hurts"), [5]);
    assert_eq!(lines(&design, &facts, "member:council/c/helps"), [6, 8]);
    near(panel.diversity.oracle.mean, 7.0 / 8.0);
    assert_eq!(lines(&design, &facts, "panel:council/wrong"), [9]);
}

#[test]
fn errors_are_alike_or_not() {
    let (design, facts) = council();
    let report = of(&design, &facts);
    let diversity = &report.panels[0].diversity;
    // a and b: both 4, a alone 2, b alone 1, neither 1, where both say x.
    let pair = &diversity.pairs[0];
    assert_eq!((pair.one.as_str(), pair.other.as_str(), pair.trials), ("a", "b", 8));
    near(pair.phi, 2.0 / (6.0 * 2.0 * 5.0 * 3.0_f64).sqrt());
    near(pair.q, 2.0 / 6.0);
    near(pair.disagreement, 3.0 / 8.0);
    near(pair.double_fault, 1.0 / 8.0);
    near(pair.same_wrong, 1.0 / 8.0);
    assert_eq!(lines(&design, &facts, &pair.what), [9]);
    // Wrong together, but not with the same words, or with none at all.
    let facts = trials(0, &["xyz", "x-y", "--A", "BBB"]);
    let report = of(&design, &facts);
    let pair = &report.panels[0].diversity.pairs[0];
    near(pair.double_fault, 0.75);
    near(pair.same_wrong, 0.0);
}

#[test]
fn who_only_ever_follows_never_mattered() {
    // c says what a and b say, or is alone against both.
    let design = design(4, &[("council", "a b c")], &[("council", 0, vote())]);
    let facts = trials(0, &["AAA", "AAx", "xxA", "yyy"]);
    let report = of(&design, &facts);
    let never: Vec<bool> = report.panels[0].without.iter().map(|one| one.never_mattered).collect();
    assert_eq!(never, [false, false, true]);
    near(report.panels[0].without[2].difference, 0.0);
}

#[test]
fn rounds_tell_corrections_from_subversions() {
    let design =
        design(4, &[("debate", "a b c")], &[("debate", 0, Reading::Vote(VoteRule::Plurality, When::Last))]);
    // Corrected in the first round and again subverted in the second; a debate that ends early; one without any.
    let mut facts = trials(0, &["Axx|AAx|Axx", "xxA|AxA", "AAA", "xyA|x-A"]);
    facts[0].rounds[0].argued = 1;
    facts[0].rounds[1].caved = 1;
    facts[1].rounds[0].held = 2;
    let report = of(&design, &facts);
    let rounds = &report.debates[0].rounds;
    let counts = |of: fn(&RoundFigures) -> u64| rounds.iter().map(of).collect::<Vec<_>>();
    assert_eq!(counts(|it| it.reached.count), [4, 3, 1]);
    assert_eq!(counts(|it| it.corrected.count), [0, 2, 1]);
    assert_eq!(counts(|it| it.subverted.count), [0, 0, 0]);
    assert_eq!(counts(|it| it.corrected_here.count), [0, 2, 0]);
    assert_eq!(counts(|it| it.subverted_here.count), [0, 0, 1]);
    assert_eq!(counts(|it| it.of), [12, 12, 12]);
    assert_eq!(counts(|it| it.argued.count), [0, 1, 0]);
    assert_eq!(counts(|it| it.caved.count), [0, 0, 1]);
    assert_eq!(counts(|it| it.held.count), [0, 2, 0]);
    // Members right: 1 1 3 1 of 3, then 2 2 3 1, then 1 2 3 1.
    near(rounds[0].members, 6.0 / 12.0);
    near(rounds[1].members, 8.0 / 12.0);
    near(rounds[2].members, 7.0 / 12.0);
    // Votes: x x A and a tie of three; A A A and the same tie, for who says nothing stands by what it said.
    near(rounds[0].vote.mean, (1.0 + 1.0 / 3.0) / 4.0);
    near(rounds[1].vote.mean, (3.0 + 1.0 / 3.0) / 4.0);
    near(rounds[2].vote.mean, (2.0 + 1.0 / 3.0) / 4.0);
    near(rounds[0].unanimous.mean, 0.25);
    assert_eq!(lines(&design, &facts, "round:debate/1/corrected"), [2, 3]);
    assert_eq!(lines(&design, &facts, "round:debate/2/subverted-here"), [2]);
    assert_eq!(lines(&design, &facts, "round:debate/1"), [2, 3, 5]);
}

#[test]
fn what_all_get_wrong_is_listed() {
    let (design, mut facts) = council();
    facts.push(trial((0, 3, 1), 40, "y-y"));
    facts.push(trial((0, 4, 1), 41, "--z"));
    let report = of(&design, &facts);
    let first = &report.unanimous[0].first;
    assert_eq!((first.trials.count, first.wrong.count), (3, 2));
    near(first.share, 3.0 / 9.0);
    assert_eq!((first.accuracy.n, first.accuracy.mean), (3, Some(1.0 / 3.0)));
    let example = &first.examples[0];
    assert_eq!((example.line, example.item.as_str(), example.said.as_str()), (9, "q7", "x"));
    assert_eq!((example.by, example.right.as_str()), (3, "right 7"));
    assert_eq!((first.examples[1].line, first.examples[1].by), (40, 2));
    assert_eq!(report.unanimous[0].last, None);
    assert_eq!(lines(&design, &facts, "unanimous:council/wrong"), [9, 40]);
    let debated = trials(0, &["xyA|xxx"]);
    let report = of(&design, &debated);
    assert_eq!(report.unanimous[0].first.trials.count, 0);
    assert_eq!(report.unanimous[0].last.as_ref().unwrap().wrong.count, 1);
    assert_eq!(lines(&design, &debated, "stand:council/wrong"), [2]);
}

#[test]
fn shares_of_votes_are_held_against_what_is_right() {
    let (design, facts) = council();
    let report = of(&design, &facts);
    let found = report.arms[0].calibration.as_ref().unwrap();
    // All agree on two, one of them right; two of three on six, five of them right.
    assert_eq!(found.bins.len(), 2);
    let [two, all] = &found.bins[..] else { panic!("{:?}", found.bins) };
    assert_eq!((two.trials, two.n, all.trials), (6, 6, 2));
    near(two.confidence, 2.0 / 3.0);
    near(two.accuracy, 5.0 / 6.0);
    near(all.accuracy, 0.5);
    near(found.ece, (6.0 * (1.0 / 6.0) + 2.0 * 0.5) / 8.0);
    near(found.brier, (5.0 / 9.0 + 4.0 / 9.0 + 1.0) / 8.0);
    assert_eq!(two.what, "share:council/0.667");
    assert_eq!(lines(&design, &facts, &all.what), [2, 9]);
    // Fifteen shares are too many for a row each.
    let seats = "a b c d e f g h i j k l m n o p";
    let many = super::design(16, &[("many", seats)], &[("many", 0, alone("a"))]);
    let texts: Vec<String> =
        (1..=16).map(|of| format!("{}{}", "A".repeat(of), "x".repeat(16 - of))).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let facts = trials(0, &texts);
    let report = of(&many, &facts);
    let bins = &report.arms[0].calibration.as_ref().unwrap().bins;
    assert_eq!(bins.len(), 10);
    assert_eq!(bins.iter().map(|bin| bin.trials).sum::<u64>(), 16);
    for bin in bins {
        assert_eq!(lines(&many, &facts, &bin.what).len() as u64, bin.trials, "{}", bin.what);
        assert!(bin.confidence > bin.low && bin.confidence <= bin.high + 1e-9);
    }
    assert_eq!(report.panels[0].sampled, Some(200));
    near(
        report.panels[0].curve[15].mean,
        report.panels[0].curve[14].mean + report.panels[0].curve[15].added.unwrap(),
    );
}

#[test]
fn a_member_alone_has_no_agreement() {
    let design = design(3, &[("one", "a")], &[("one", 0, vote())]);
    let report = of(&design, &trials(0, &["A", "x", "-"]));
    assert_eq!(report.arms[0].calibration, None);
    assert!(report.panels.is_empty() && report.unanimous.is_empty() && report.ratings.graded.is_empty());
}

#[test]
fn topics_have_their_own_accuracies() {
    let (mut design, facts) = council();
    for (place, item) in design.items.iter_mut().enumerate() {
        item.topic = (place < 6).then(|| if place < 4 { "law/tax".to_owned() } else { "art".to_owned() });
    }
    let report = of(&design, &facts);
    let topics: Vec<(&str, usize)> =
        report.topics.iter().map(|it| (it.topic.as_str(), it.questions)).collect();
    assert_eq!(topics, [("art", 2), ("law/tax", 4)]);
    let law = &report.topics[1].arms;
    near(law[0].mean, 0.75);
    near(law[1].mean, 1.0);
    assert_eq!((law[2].n, law[0].what.as_str()), (4, "topic:law%2Ftax/council"));
    assert_eq!(lines(&design, &facts, "topic:law/tax/council"), [2, 3, 4, 5]);
}

#[test]
fn members_are_rated_by_grades_and_by_judges() {
    let (mut design, mut facts) = council();
    // The same member in another seat of another treatment, and another one of the same name.
    design.treatments.push(Treatment { name: "more".to_owned(), ..design.treatments[0].clone() });
    let seats = &mut design.treatments[1].council.members;
    seats[0].name = MemberId("first".to_owned());
    seats[2].persona = Some("a lawyer".to_owned());
    facts[0].preferred = Box::new([(2, 0), (2, 1), (0, 1)]);
    facts.extend(trials(1, &["A-x"]));
    let report = of(&design, &facts);
    let row = |list: &[Rating], name: &str| {
        list.iter().find(|rating| rating.member == name).map(|rating| (rating.won, rating.lost))
    };
    let graded = &report.ratings.graded;
    // In the council a beats b on 2 and loses 1, beats c on 4 and loses 1; b beats c on 3 and loses 1. And a beats both once.
    assert_eq!(row(graded, "a"), Some((8, 2)));
    assert_eq!(row(graded, "b"), Some((4, 4)));
    assert_eq!(row(graded, "c"), Some((2, 7)));
    assert_eq!(row(graded, "c (p/m-c)"), Some((0, 1)));
    assert_eq!(graded[0].member, "a");
    let judged = &report.ratings.judged;
    assert_eq!((row(judged, "c"), row(judged, "b"), judged.len()), (Some((2, 0)), Some((0, 2)), 3));
    assert_eq!(row(&report.ratings.together, "c"), Some((4, 7)));
    near(graded.iter().map(|rating| rating.strength).sum::<f64>(), 0.0);
    near(graded.iter().map(|rating| rating.elo).sum::<f64>(), 4000.0);
    for rating in graded {
        assert!(rating.interval.low < rating.strength && rating.strength < rating.interval.high);
        near(rating.elo, 1000.0 + rating.strength * 400.0 / 10.0_f64.ln());
    }
    assert_eq!(lines(&design, &facts, "rated:c (p/m-c)"), [102]);
    assert_eq!(lines(&design, &facts, "rated:c/judged"), [2]);
    assert!(lines(&design, &facts, "rated:a/graded").contains(&102));
}

#[test]
fn the_most_telling_questions_come_first() {
    let arms = [("council", 0, vote()), ("a", 0, alone("a")), ("other", 1, vote())];
    let design = design(5, &[("council", "a b c"), ("other", "d")], &arms);
    let mut facts = trials(0, &["AAA", "Axx", "AAx", "xxx", "AAA"]);
    facts.extend(trials(1, &["A", "A", "A", "x", "y"]));
    let report = of(&design, &facts);
    let found: Vec<(&str, f64)> =
        report.disagreements.iter().map(|it| (it.item.as_str(), it.telling)).collect();
    // On q1 one arm of three is wrong and the vote is two to one; on q4 one arm is wrong and the vote clear; on q2 only the vote
    // is close.
    assert_eq!(found.iter().map(|(item, _)| *item).collect::<Vec<_>>(), ["q1", "q4", "q2"]);
    near(found[0].1, 2.0 / 3.0 + 0.5);
    near(found[1].1, 2.0 / 3.0);
    near(found[2].1, 0.5);
    let first = &report.disagreements[0];
    assert_eq!((&first.lines[..], first.answer.as_str()), (&[3, 103][..], "right 1"));
    let said: Vec<(&str, usize, Option<bool>)> =
        first.said.iter().map(|group| (group.value.as_str(), group.by, group.right)).collect();
    assert_eq!(said, [("A", 2, Some(true)), ("x", 2, Some(false))]);
    assert_eq!(first.arms[0].value.as_deref(), Some("x"));
    assert_eq!((first.arms[1].right, first.arms.len()), (Some(true), 3));
    assert_eq!(lines(&design, &facts, &first.what), first.lines);
}

#[test]
fn a_word_that_leads_nowhere_says_what_may_stand_there() {
    let (design, _) = council();
    let wrong = |word: &str| What::parse(&design, word).unwrap_err();
    for (word, says) in [
        ("nonsense", "use one of item, treatment, arm,"),
        ("arm:nobody", "use arm:NAME, then nothing or /right, /wrong,"),
        ("arm:council/better", "arms are council, a, c"),
        ("member:council/z", "use member:TREATMENT/MEMBER"),
        ("round:council/first", "use round:TREATMENT/NUMBER"),
        ("share:council/2", "use share:ARM/SHARE or ARM/FROM-TO"),
        ("topic:law/council", "use topic:TOPIC/ARM"),
        ("rated:z", "members are a, b, c"),
        ("item:q99", "use item:ID"),
        ("all:of", "use all"),
        ("", "use one of"),
    ] {
        let found = wrong(word);
        assert!(found.contains(says) && !found.contains('\n'), "{word}: {found}");
    }
}
