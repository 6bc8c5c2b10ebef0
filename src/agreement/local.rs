//! A synthesis that no model writes: the claims of the answers in order of support, what they are divided on with both sides, and
//! what one member says alone. Free, at once and without a network; it adds no word of its own.

use super::{Agreement, Claim, Mark};

/// A part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// What several say and nobody denies.
    Consensus,
    /// What several say in part.
    Partly,
    /// What they exclude each other on.
    Divergence,
    /// What one says.
    Single,
}

impl Section {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Consensus, Self::Partly, Self::Divergence, Self::Single];

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Consensus => "Consensus",
            Self::Partly => "In part",
            Self::Divergence => "Divergence",
            Self::Single => "Single voices",
        }
    }

    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Consensus => "consensus",
            Self::Partly => "partly",
            Self::Divergence => "divergence",
            Self::Single => "single",
        }
    }

    fn of(mark: Mark) -> Self {
        match mark {
            Mark::Agree => Self::Consensus,
            Mark::Partly => Self::Partly,
            Mark::Conflict => Self::Divergence,
            Mark::Only | Mark::Pending => Self::Single,
        }
    }
}

/// The claims by section, those with most support first, then in the order of the answers. Empty below two answers: what
/// one member says is no synthesis.
pub fn local(agreement: &Agreement, answers: usize) -> Vec<(Section, &Claim)> {
    if answers < 2 {
        return Vec::new();
    }
    let mut claims: Vec<(Section, &Claim)> =
        agreement.claims.iter().map(|claim| (Section::of(claim.mark), claim)).collect();
    claims.sort_by(|(a, one), (b, other)| {
        let support = other.support.total_cmp(&one.support);
        a.cmp(b).then(support).then(one.place().cmp(&other.place()))
    });
    claims
}

#[cfg(test)]
mod tests {
    use super::super::compare;
    use super::*;

    #[test]
    fn claims_stand_in_order_of_support_and_every_one_of_them() {
        let texts = [
            (
                0,
                "Keep the speed limit at 30 km/h. The old bridge is safe for trucks of up to 12 tonnes. Paint it green.",
            ),
            (1, "Keep the speed limit at 30 km/h. The old bridge is safe for trucks of up to 8 tonnes."),
            (2, "Keep the speed limit at 30 km/h. Ask the owner for the inspection report."),
        ];
        let agreement = compare(&texts);
        let made = local(&agreement, 3);
        assert_eq!(made.len(), agreement.claims.len(), "nothing is left out");
        let sections: Vec<Section> = made.iter().map(|(section, _)| *section).collect();
        assert!(sections.is_sorted());
        let first = made[0].1;
        assert_eq!((first.spans.len(), sections[0]), (3, Section::Consensus));
        let divided = made.iter().find(|(section, _)| *section == Section::Divergence).unwrap().1;
        assert_eq!(divided.sides.len(), 2);
        assert_eq!(sections.iter().filter(|section| **section == Section::Single).count(), 2);
    }

    #[test]
    fn one_answer_is_no_synthesis() {
        let agreement = compare(&[(0, "Keep the speed limit at 30 km/h.")]);
        assert!(local(&agreement, 1).is_empty());
        assert!(local(&Agreement::default(), 0).is_empty());
    }
}
