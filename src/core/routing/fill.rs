//! Who goes on a road, given members in the order of their ranks; and what the roads that were not taken would have come to.
//! How members are ranked is [`super::strategy`]'s.

use super::family::family;
use super::strategy::Considered;
use super::{Candidate, NotTaken, Road};
use crate::core::ids::MemberId;
use crate::core::member::Council;
use std::collections::BTreeMap;

/// A member that a road may take.
pub(super) struct Place<'a> {
    /// It and its rank's figures.
    pub candidate: &'a Candidate,
    /// Its house.
    pub family: String,
    /// Whether it is a specialist of the topic.
    pub specialist: bool,
    /// Whether its endpoint is left alone.
    pub left_alone: bool,
}

/// The house of each member of a council.
pub(super) fn families(council: &Council) -> BTreeMap<&MemberId, String> {
    council.members.iter().map(|member| (&member.name, family(&member.model))).collect()
}

/// Who may be chosen: those whose endpoints are not left alone, or everyone where all are.
fn open<'a, 'b>(places: &'b [Place<'a>]) -> Vec<&'b Place<'a>> {
    let well: Vec<&Place<'_>> = places.iter().filter(|place| !place.left_alone).collect();
    if well.is_empty() { places.iter().collect() } else { well }
}

/// Who goes on a road, in the order of ranks, each with what spoke for it. On a short road specialists go first, and of those
/// that are left somebody of another house than those before.
pub(super) fn fill(road: Road, few: u16, places: &[Place<'_>]) -> Vec<(MemberId, String)> {
    let open = open(places);
    let most = match road {
        Road::One => 1,
        Road::Few => usize::from(few.clamp(2, 3)),
        Road::Full => open.len(),
    };
    let mut taken: Vec<(usize, String)> = Vec::new();
    while taken.len() < most.min(open.len()) {
        let is_free = |at: &usize| taken.iter().all(|(other, _)| other != at);
        let free: Vec<usize> = (0..open.len()).filter(is_free).collect();
        let special: Vec<usize> = free.iter().copied().filter(|at| open[*at].specialist).collect();
        let pool = if special.is_empty() || road == Road::Full { &free } else { &special };
        let is_other = |at: &&usize| taken.iter().all(|(other, _)| open[*other].family != open[**at].family);
        let another = pool.iter().find(is_other).filter(|_| road == Road::Few);
        let Some(at) = another.or(pool.first()).copied() else { break };
        // In words only where somebody better was passed over for it.
        let is_passed = pool.first() != Some(&at);
        let spoke = match (open[at].specialist && road != Road::Full, taken.is_empty()) {
            (true, _) => "a specialist".to_owned(),
            (false, true) => format!("the best of {}", open.len()),
            (false, false) if is_passed => format!("the best of another house, {}", open[at].family),
            (false, false) => "the next best".to_owned(),
        };
        taken.push((at, spoke));
    }
    taken.sort_by_key(|(at, _)| *at);
    taken.into_iter().map(|(at, spoke)| (open[at].candidate.member.clone(), spoke)).collect()
}

/// The roads beside the one that was taken, with whom they would have gone to. `all` is everyone here.
pub(super) fn not_taken(
    road: Road,
    members: &[MemberId],
    few: u16,
    places: &[Place<'_>],
    all: &[Considered],
) -> Vec<NotTaken> {
    let other = |road| {
        let others: Vec<MemberId> = fill(road, few, places).into_iter().map(|(member, _)| member).collect();
        NotTaken { road, more: more(&others, members, all), right: right(&others, all), members: others }
    };
    Road::ALL.into_iter().filter(|other| *other != road).map(other).collect()
}

/// What these are guessed to cost more than those, in billionths of a US dollar; none where a price is not known of somebody
/// that is not among both.
fn more(these: &[MemberId], those: &[MemberId], all: &[Considered]) -> Option<i64> {
    let sum = |these: &[MemberId], without: &[MemberId]| {
        let alone = these.iter().filter(|member| !without.contains(member));
        let cost = |member: &MemberId| of(member, all)?.cost;
        alone
            .map(|member| Some(i64::try_from(cost(member)?.0).unwrap_or(i64::MAX)))
            .try_fold(0_i64, |sum, cost| Some(sum.saturating_add(cost?)))
    };
    Some(sum(these, those)?.saturating_sub(sum(those, these)?))
}

/// How likely one of these at least is right: `1 - product of (1 - quality)`. That takes members to err independently; they
/// do not quite, so that it is rather too high.
fn right(members: &[MemberId], all: &[Considered]) -> f64 {
    let wrong = |member: &MemberId| 1.0 - of(member, all).map_or(0.5, |it| it.quality);
    1.0 - members.iter().map(wrong).product::<f64>()
}

fn of<'a>(member: &MemberId, all: &'a [Considered]) -> Option<&'a Considered> {
    all.iter().find(|it| it.member == *member)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::spend::Dollars;

    fn candidate(name: &str) -> Candidate {
        Candidate { member: name.into(), quality: 0.5, graded: 0, cost: None, score: 0.0, notes: Vec::new() }
    }

    fn considered(name: &str, quality: f64, cost: Option<u64>) -> Considered {
        let cost = cost.map(Dollars);
        Considered { member: name.into(), quality, graded: 0, drawn: None, cost, specialist: false }
    }

    /// `a:x` is of house x, `a:x*` a specialist, `a:x!` left alone.
    fn filled(road: Road, few: u16, said: &str) -> String {
        let all: Vec<(Candidate, &str)> = said
            .split_whitespace()
            .map(|one| one.split_once(':').unwrap())
            .map(|(name, rest)| (candidate(name), rest))
            .collect();
        let places: Vec<Place<'_>> = all
            .iter()
            .map(|(candidate, rest)| Place {
                candidate,
                family: rest.trim_end_matches(['*', '!']).to_owned(),
                specialist: rest.contains('*'),
                left_alone: rest.contains('!'),
            })
            .collect();
        fill(road, few, &places).into_iter().map(|(member, _)| member.0).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_few_are_of_different_houses_where_they_can_be() {
        let said = "a:x b:x c:y d:x";
        assert_eq!(filled(Road::One, 2, said), "a");
        assert_eq!(filled(Road::Few, 2, said), "a c");
        assert_eq!(filled(Road::Few, 3, said), "a b c");
        assert_eq!(filled(Road::Full, 2, said), "a b c d");
        assert_eq!(filled(Road::Few, 2, "a:x b:x"), "a b");
        assert_eq!(filled(Road::Few, 3, "a:x"), "a");
        assert_eq!(filled(Road::Few, 0, said), "a c", "the few are two at the least");
        assert_eq!(filled(Road::Full, 2, ""), "");
    }

    #[test]
    fn specialists_go_first_on_short_roads() {
        let said = "a:x b:y c:x* d:x*";
        assert_eq!(filled(Road::One, 2, said), "c");
        assert_eq!(filled(Road::Few, 2, said), "c d");
        assert_eq!(filled(Road::Few, 3, said), "b c d");
        assert_eq!(filled(Road::Full, 2, said), "a b c d");
    }

    #[test]
    fn who_is_left_alone_is_asked_where_nobody_else_is() {
        assert_eq!(filled(Road::One, 2, "a:x! b:y"), "b");
        assert_eq!(filled(Road::Few, 2, "a:x*! b:y"), "b");
        assert_eq!(filled(Road::Full, 2, "a:x! b:y c:y"), "b c");
        assert_eq!(filled(Road::Full, 2, "a:x! b:y!"), "a b");
    }

    #[test]
    fn differences_of_cost_are_of_those_that_are_not_in_both() {
        let all = [considered("a", 0.8, Some(5)), considered("b", 0.5, Some(7)), considered("c", 0.5, None)];
        let ids = |names: &str| names.split(' ').map(MemberId::from).collect::<Vec<_>>();
        assert_eq!(more(&ids("a b"), &ids("a"), &all), Some(7));
        assert_eq!(more(&ids("a"), &ids("b"), &all), Some(-2));
        assert_eq!(more(&ids("c a"), &ids("c"), &all), Some(5));
        assert_eq!(more(&ids("c"), &ids("a"), &all), None);
        assert!((right(&ids("a b"), &all) - 0.9).abs() < 1e-12);
        assert!(right(&[], &all).abs() < 1e-12);
    }
}
