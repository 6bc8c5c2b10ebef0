//! The best of N without a judge: the answer that the others support most, claim by claim. Free, and at once; what a judge finds
//! best is a ballot's.
//!
//! Minimum Bayes risk over the answers at hand (A. Bertsch et al., It's MBR All the Way Down, arXiv 2310.01387; with
//! a judge as utility I. Wu et al., Better Instruction-Following Through Minimum Bayes Risk, arXiv 2410.02902): an answer's
//! score is its mean utility against each other answer. The utility here is the F1 of their claims, a part agreement half.

use super::Agreement;
use std::collections::BTreeMap;

/// The answers with their scores, 0–1, best first, ties in order of seats. Empty below three answers: two support each other
/// alike.
pub fn best_of(agreement: &Agreement, seats: &[usize]) -> Vec<(usize, f64)> {
    if seats.len() < 3 {
        return Vec::new();
    }
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    let mut common: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for claim in &agreement.claims {
        for span in &claim.spans {
            *counts.entry(span.slot).or_default() += 1;
        }
        for link in &claim.links {
            *common.entry((link.a.slot, link.b.slot)).or_default() += link.relation.weight();
        }
    }
    let count = |seat: usize| counts.get(&seat).copied().unwrap_or(0);
    let utility = |a: usize, b: usize| {
        let all = count(a) + count(b);
        let common = common.get(&(a.min(b), a.max(b))).copied().unwrap_or(0.0);
        if all > 0 { 2.0 * common / all as f64 } else { 0.0 }
    };
    let mean = |seat: usize| {
        let others = seats.iter().filter(|other| **other != seat);
        others.map(|other| utility(seat, *other)).sum::<f64>() / (seats.len() - 1) as f64
    };
    let mut scores: Vec<(usize, f64)> = seats.iter().map(|seat| (*seat, mean(*seat))).collect();
    scores.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    scores
}

#[cfg(test)]
mod tests {
    use super::super::compare;
    use super::*;

    #[test]
    fn the_answer_that_the_others_support_most_comes_first() {
        let texts = [
            (0, "Paint the gate blue. Nobody asked for a fence."),
            (1, "Keep the speed limit at 30 km/h. The old bridge needs an inspection every year."),
            (2, "Keep the speed limit at 30 km/h. Ask the owner for the report of the last inspection."),
            (4, "The old bridge needs an inspection every year. Keep the speed limit at 30 km/h."),
        ];
        let agreement = compare(&texts);
        let made = best_of(&agreement, &[0, 1, 2, 4]);
        let order: Vec<usize> = made.iter().map(|(seat, _)| *seat).collect();
        assert_eq!(order, [1, 4, 2, 0], "{made:?}");
        assert!(made[3].1.abs() < 1e-9, "nobody says what the first says");
        let mean = made.iter().map(|(_, score)| score).sum::<f64>() / 4.0;
        assert!((mean - agreement.summary.score).abs() < 1e-9, "it is the council's score, answer by answer");
    }

    #[test]
    fn two_answers_support_each_other_alike() {
        let agreement = compare(&[(0, "Paint the gate blue."), (1, "Paint the gate blue.")]);
        assert!(best_of(&agreement, &[0, 1]).is_empty());
    }
}
