//! Whether members that are still writing can change what an answer vote comes to. It looks at votes alone: what a late answer
//! may be worth besides, it can't know.

use super::Finals;

/// How a vote stands while answers are missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Early {
    /// What most of the finished answers come to, as the first of them says it.
    pub leading: String,
    /// How many members say so.
    pub votes: usize,
    /// How many have finished with a position.
    pub finished: usize,
    /// How many still write.
    pub missing: usize,
    /// Whether those that still write can change the leader, or make a tie of it, if all of them say the same.
    pub open: bool,
}

/// How the vote stands; `None` where nobody is missing, or nothing that was said comes to a position. `weight` is that of
/// a seat.
pub fn early(finals: &Finals, missing: &[usize], weight: impl Fn(usize) -> f64) -> Option<Early> {
    let heavy = |seats: &[usize]| seats.iter().map(|seat| weight(*seat)).sum::<f64>();
    let mut groups: Vec<(f64, &String, usize)> =
        finals.positions.iter().map(|(value, seats)| (heavy(seats), value, seats.len())).collect();
    groups.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (lead, leading, votes) = groups.first().filter(|_| !missing.is_empty())?;
    let next = groups.get(1).map_or(0.0, |(sum, ..)| *sum);
    let open = next + heavy(missing) >= lead - 1e-9;
    let finished = groups.iter().map(|(.., votes)| votes).sum();
    Some(Early { leading: (*leading).clone(), votes: *votes, finished, missing: missing.len(), open })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finals(groups: &[(&str, &[usize])]) -> Finals {
        let positions = groups.iter().map(|(value, seats)| ((*value).to_owned(), seats.to_vec())).collect();
        Finals { positions, ..Finals::default() }
    }

    #[test]
    fn the_missing_count_as_if_they_all_said_the_same() {
        let three = finals(&[("22 hours", &[0, 1, 2])]);
        let open =
            |finals: &Finals, missing: &[usize]| early(finals, missing, |_| 1.0).map(|early| early.open);
        assert_eq!(open(&three, &[3]), Some(false));
        assert_eq!(open(&three, &[3, 4]), Some(false));
        assert_eq!(open(&three, &[3, 4, 5]), Some(true), "three against three is a tie");
        let divided = finals(&[("yes", &[0, 1]), ("no", &[2])]);
        assert_eq!(open(&divided, &[3]), Some(true));
        assert_eq!(open(&divided, &[]), None);
        assert_eq!(open(&finals(&[]), &[3]), None);
    }

    #[test]
    fn weights_count() {
        let divided = finals(&[("yes", &[0]), ("no", &[1, 2])]);
        let stands = early(&divided, &[3], |seat| if seat == 0 { 5.0 } else { 1.0 }).unwrap();
        assert_eq!(
            (stands.leading.as_str(), stands.votes, stands.finished, stands.open),
            ("yes", 1, 3, false)
        );
    }
}
