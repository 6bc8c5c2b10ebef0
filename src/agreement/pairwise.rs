//! How close two members are to each other: of the claims both speak to, the share on which they agree. Figures of the
//! marks on the screen, nothing measured anew.

use super::{Agreement, Claim, Link, Mark, Relation};

/// Two members and what they have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The lower seat.
    pub a: usize,
    /// The higher seat.
    pub b: usize,
    /// Claims to which both speak.
    pub common: usize,
    /// Those on which they agree; one that is agreed only in part counts half, and of a conflict members of one side
    /// agree.
    pub agreed: f64,
}

impl Pair {
    /// The share of the common claims on which both agree, 0–1; `None` without any.
    pub fn share(&self) -> Option<f64> {
        (self.common > 0).then(|| self.agreed / self.common as f64)
    }
}

/// The pairs of these seats, which stand in order: by the lower seat, then by the higher.
pub fn pairwise(agreement: &Agreement, seats: &[usize]) -> Vec<Pair> {
    let pair = |a: usize, b: usize| Pair { a, b, common: 0, agreed: 0.0 };
    let mut pairs: Vec<Pair> =
        seats.iter().enumerate().flat_map(|(at, a)| seats[at + 1..].iter().map(|b| pair(*a, *b))).collect();
    // Most claims are one member's alone: it is looked at who speaks to a claim, and not for each pair at all claims.
    for claim in agreement.claims.iter().filter(|claim| claim.spans.len() > 1) {
        let speaks = |seat: usize| claim.spans.iter().any(|span| span.slot == seat);
        for pair in pairs.iter_mut().filter(|pair| speaks(pair.a) && speaks(pair.b)) {
            pair.common += 1;
            pair.agreed += weight(claim, pair.a, pair.b);
        }
    }
    pairs
}

/// The F1 of the claims of two answers, 0 to 1: twice the weight of what they have in common over the number of claims of both,
/// where what agrees in part weighs half. The agreement of a council is the mean of it over all pairs.
pub fn claim_f1(agreement: &Agreement, a: usize, b: usize) -> f64 {
    let (mut common, mut all) = (0.0, 0);
    for claim in &agreement.claims {
        all += claim.spans.iter().filter(|span| span.slot == a || span.slot == b).count();
        let between = |link: &&Link| {
            let seats = (link.a.slot, link.b.slot);
            link.relation != Relation::Conflict && (seats == (a, b) || seats == (b, a))
        };
        common += claim.links.iter().filter(between).map(|link| link.relation.weight()).sum::<f64>();
    }
    if all > 0 { 2.0 * common / all as f64 } else { 0.0 }
}

fn weight(claim: &Claim, a: usize, b: usize) -> f64 {
    match claim.mark {
        Mark::Conflict => {
            let side = |seat: usize| claim.sides.iter().position(|side| side.slots.contains(&seat));
            if side(a).is_some() && side(a) == side(b) { 1.0 } else { 0.0 }
        }
        Mark::Partly => 0.5,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::compare;

    #[test]
    fn members_of_one_side_agree_and_those_of_two_do_not() {
        let rest = "Measure the first hour and multiply. Use a copying tool that can resume after a break.";
        let texts = [
            (0, format!("Copying ten terabytes over the line takes about 22 hours. {rest}")),
            (1, format!("Copying ten terabytes over the line takes about 22 hours. {rest}")),
            (3, format!("Copying ten terabytes over the line takes about 30 hours. {rest}")),
        ];
        let texts: Vec<(usize, &str)> = texts.iter().map(|(seat, text)| (*seat, text.as_str())).collect();
        let agreement = compare(&texts);
        let pairs = pairwise(&agreement, &[0, 1, 3]);
        let seats: Vec<(usize, usize)> = pairs.iter().map(|pair| (pair.a, pair.b)).collect();
        assert_eq!(seats, [(0, 1), (0, 3), (1, 3)]);
        assert_eq!(pairs[0].share(), Some(1.0));
        assert!(pairs[1].share().is_some_and(|share| share < 1.0 && share > 0.5), "{pairs:?}");
        assert_eq!(pairs[1].share(), pairs[2].share());
        assert_eq!(pairwise(&agreement, &[0, 2])[0].share(), None);
    }
}
