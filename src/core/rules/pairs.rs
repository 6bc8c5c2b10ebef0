//! Rules that compare answers two by two: Copeland and ranked pairs. What a ballot says of a pair is [`super`]'s.

use super::{EQUAL, Vote, share};

/// By how much of the ballots' weight each candidate is before each other; negative where it is behind. `None` where no
/// ballot ranks both.
fn margins(candidates: usize, votes: &[Vote]) -> Vec<Vec<Option<f64>>> {
    let margin = |one: usize, other: usize| {
        let mut ranked =
            votes.iter().filter_map(|vote| Some((vote.weight, vote.prefers(one, other)?))).peekable();
        ranked.peek()?;
        Some(ranked.map(|(weight, part)| weight * (2.0 * part - 1.0)).sum::<f64>())
    };
    let between = |one: usize, other: usize| if one == other { None } else { margin(one, other) };
    (0..candidates).map(|one| (0..candidates).map(|other| between(one, other)).collect()).collect()
}

/// The share of a candidate's pairs that it wins, half a win for a tie.
pub(super) fn copeland(candidates: usize, votes: &[Vote]) -> Vec<f64> {
    let won = |margin: f64| {
        if margin.abs() < EQUAL { 0.5 } else { f64::from(u8::from(margin > 0.0)) }
    };
    let of = |row: &Vec<Option<f64>>| {
        let known: Vec<f64> = row.iter().flatten().copied().collect();
        share(known.iter().map(|margin| won(*margin)).sum(), known.len() as f64)
    };
    margins(candidates, votes).iter().map(of).collect()
}

/// How many candidates stand behind each by the fixed pairs, as a share of all others; those that nobody stands before share
/// the first place.
///
/// Pairs of one margin are fixed together: one of them is left out where those before it, or those of its own margin, lead
/// back. So no order of writing decides, and what the rule leaves open is a tie.
pub(super) fn ranked(candidates: usize, votes: &[Vote]) -> Vec<f64> {
    let margins = margins(candidates, votes);
    let mut duels: Vec<(f64, usize, usize)> = Vec::new();
    for (one, row) in margins.iter().enumerate() {
        let won = row.iter().enumerate().filter_map(|(other, margin)| Some((other, (*margin)?)));
        duels.extend(won.filter(|(_, margin)| *margin > EQUAL).map(|(other, margin)| (margin, one, other)));
    }
    duels.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut fixed: Vec<(usize, usize)> = Vec::new();
    for alike in duels.chunk_by(|a, b| (a.0 - b.0).abs() < EQUAL) {
        let group: Vec<(usize, usize)> = alike.iter().map(|(_, one, other)| (*one, *other)).collect();
        let with: Vec<(usize, usize)> = fixed.iter().chain(&group).copied().collect();
        fixed.extend(group.into_iter().filter(|(one, other)| !leads(&with, *other, *one)));
    }
    let others = candidates.saturating_sub(1).max(1) as f64;
    let beaten = |of: usize| (0..candidates).any(|other| other != of && leads(&fixed, other, of));
    let behind =
        |of: usize| (0..candidates).filter(|other| *other != of && leads(&fixed, of, *other)).count();
    let known = |of: usize| margins[of].iter().any(Option::is_some);
    // Nobody who is beaten reaches the share of those who are not.
    let score = |of: usize| match (known(of), beaten(of)) {
        (false, _) => 0.0,
        (true, false) => 1.0,
        (true, true) => behind(of) as f64 / (others + 1.0),
    };
    (0..candidates).map(score).collect()
}

/// Whether a way leads from one to the other.
fn leads(ways: &[(usize, usize)], from: usize, to: usize) -> bool {
    let mut reached = vec![from];
    let mut next = 0;
    while let Some(at) = reached.get(next).copied() {
        if at == to {
            return true;
        }
        for (_, on) in ways.iter().filter(|(one, _)| *one == at) {
            if !reached.contains(on) {
                reached.push(*on);
            }
        }
        next += 1;
    }
    false
}
