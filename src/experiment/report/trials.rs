//! The trials that a word leads to. What is asked of each trial here is what the figure counted, by the same functions.

use super::calibration::{thousandths, within};
use super::compare::{differences, side};
use super::panels::Seatwise;
use super::ratings::{beaten, places, rated};
use super::rounds::At;
use super::view::View;
use super::what::{Of, What};
use super::{arms, diversity, unanimous};
use crate::experiment::design::Design;
use crate::experiment::facts::Facts;
use crate::experiment::score::Scored;

/// The lines in the log of the trials that are meant, in ascending order. `scored` is as for [`super::report()`].
pub fn trials_of(design: &Design, facts: &[Facts], scored: &[Vec<Scored>], what: &What) -> Vec<usize> {
    let view = View::new(design, facts, scored);
    let mut lines: Vec<usize> = meant(&view, what).into_iter().map(|facts| facts.line).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

fn meant<'a>(view: &View<'a>, what: &What) -> Vec<&'a Facts> {
    let of_arm = |arm: usize, is: &dyn Fn(&Facts, &Scored) -> bool| {
        let scored = view.scored.get(arm).map(Vec::as_slice).unwrap_or_default();
        let all = scored.iter().map(|scored| (&view.facts[scored.trial], scored));
        all.filter(|(facts, scored)| is(facts, scored)).map(|(facts, _)| facts).collect::<Vec<_>>()
    };
    let of = |treatment: usize, is: &dyn Fn(&Facts) -> bool| {
        view.of(treatment).filter(|facts| is(facts)).collect::<Vec<_>>()
    };
    match what {
        What::All => view.facts.iter().collect(),
        What::Item(item) => view.facts.iter().filter(|facts| facts.key.item == *item).collect(),
        What::Treatment(place) => of(*place, &|_| true),
        What::Arm(arm, which) => of_arm(*arm, &|facts, scored| arms::happened(facts, scored, *which)),
        What::Slowest(arm, seat) => of_arm(*arm, &|_, scored| {
            scored.slowest.is_some_and(|(slowest, _)| usize::from(slowest) == *seat)
        }),
        What::Share(arm, low, high) => of_arm(*arm, &|_, scored| {
            let counts = scored.answer.is_some() && scored.right.is_some();
            counts && within(thousandths(scored.share), *low, *high)
        }),
        What::Pair(arm, other, which) => {
            if *arm.max(other) >= view.scores.len() {
                return Vec::new();
            }
            let mut here = vec![false; view.design.items.len()];
            for (item, by) in differences(view, *arm, *other) {
                here[item] = *which == Of::All || side(by) == *which;
            }
            let is = |facts: &Facts, _: &Scored| here[facts.key.item];
            [of_arm(*arm, &is), of_arm(*other, &is)].concat()
        }
        What::Round(place, round, which) => of(*place, &|facts| At::new(facts, *round).times(*which) > 0),
        What::Unanimous(place, which) => of(*place, &|facts| unanimous::happened(facts, false, *which)),
        What::Stand(place, which) => of(*place, &|facts| unanimous::happened(facts, true, *which)),
        What::Member(place, seat, which) => {
            of(*place, &|facts| Seatwise::new(facts, &[*seat]).happened(*seat, *which))
        }
        What::Alike(place, one, other) => {
            of(*place, &|facts| diversity::rights(facts, *one, *other) == Some((false, false)))
        }
        What::Panel(place, which) => of(*place, &|facts| match (diversity::any_right(facts), which) {
            (Some(right), Of::Right) => right,
            (Some(right), Of::Wrong) => !right,
            (right, _) => right.is_some(),
        }),
        What::Topic(topic, arm) => of_arm(*arm, &|facts, _| {
            view.design.items[facts.key.item].topic.as_deref() == Some(topic.as_str())
        }),
        What::Rated(member, which) => {
            let rated = rated(view.design);
            let compared = |(treatment, places): (usize, Vec<usize>)| {
                let is = |facts: &Facts, judged: bool| {
                    beaten(facts, judged).into_iter().any(|(one, other)| {
                        let (one, other) = (places.get(one), places.get(other));
                        one != other && (one == Some(member) || other == Some(member))
                    })
                };
                of(treatment, &|facts| {
                    *which != Of::Judged && is(facts, false) || *which != Of::Graded && is(facts, true)
                })
            };
            let treatments = 0..view.trials.len();
            treatments.map(|place| (place, places(view.design, &rated, place))).flat_map(compared).collect()
        }
    }
}
