//! What graded history says of members: how often each is expected to be right, and on how many grades that stands. What
//! follows from it for a choice is [`super::strategy`]'s and [`super::learned`]'s.

use crate::core::ids::MemberId;
use crate::core::weights::{Past, Track};
use std::collections::BTreeMap;

/// What graded history says of a member.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// How often it is expected to be right, 0 to 1: the posterior mean of [`Track`], which on a topic with few grades falls
    /// back on all topics.
    pub right: f64,
    /// Of how many graded answers that is, over all topics.
    pub graded: u32,
    /// How many of its answers on this topic were right, and how many wrong; on all topics where none is asked for.
    pub counts: (u32, u32),
}

/// What graded questions say of these members, on a topic where one is given; their members are the seats' names.
pub fn qualities(history: &[Past], members: &[MemberId], topic: Option<&str>) -> BTreeMap<MemberId, Quality> {
    let track = Track::of(history.iter(), topic);
    let new = |member: &MemberId| Quality { right: track.right(member), graded: 0, counts: (0, 0) };
    let mut all: BTreeMap<MemberId, Quality> =
        members.iter().map(|member| (member.clone(), new(member))).collect();
    for past in history {
        for said in &past.said {
            let Some(quality) = all.get_mut(&said.member) else { continue };
            quality.graded += 1;
            if is_on(past, topic) {
                let (right, wrong) = &mut quality.counts;
                *(if said.right { right } else { wrong }) += 1;
            }
        }
    }
    all
}

/// How many graded questions on a topic, or on all where none is given, one of these members answered.
pub fn graded_questions(history: &[Past], members: &[MemberId], topic: Option<&str>) -> usize {
    let of_these = |past: &&Past| past.said.iter().any(|said| members.contains(&said.member));
    history.iter().filter(|past| is_on(past, topic)).filter(of_these).count()
}

fn is_on(past: &Past, topic: Option<&str>) -> bool {
    topic.is_none() || past.topic.as_deref() == topic
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::weights::Said;

    fn past(topic: &str, said: &[(&str, bool)]) -> Past {
        let one = |(member, right): &(&str, bool)| Said { member: (*member).into(), group: 0, right: *right };
        Past { topic: (!topic.is_empty()).then(|| topic.to_owned()), said: said.iter().map(one).collect() }
    }

    #[test]
    fn counts_are_of_the_topic_and_the_mean_falls_back_on_all() {
        let history = [
            past("law", &[("a", true), ("b", false)]),
            past("art", &[("a", true)]),
            past("", &[("a", false), ("gone", true)]),
        ];
        let members: Vec<MemberId> = vec!["a".into(), "b".into(), "c".into()];
        let law = qualities(&history, &members, Some("law"));
        assert_eq!(law.len(), 3);
        let (a, c) = (law[&members[0]], law[&members[2]]);
        assert_eq!((a.graded, a.counts), (3, (1, 0)));
        assert!((a.right - (8.0 * 6.0 / 11.0 + 1.0) / 9.0).abs() < 1e-12);
        assert_eq!(c, Quality { right: 0.5, graded: 0, counts: (0, 0) });
        let all = qualities(&history, &members, None);
        assert_eq!(all[&members[0]].counts, (2, 1));
        assert_eq!(all[&members[1]].counts, (0, 1));
    }

    #[test]
    fn questions_count_once_where_one_of_them_answered() {
        let history =
            [past("law", &[("a", true), ("b", false)]), past("art", &[("b", true)]), past("law", &[])];
        let (a, b): (MemberId, MemberId) = ("a".into(), "b".into());
        let both = [a.clone(), b];
        assert_eq!(graded_questions(&history, &both, None), 2);
        assert_eq!(graded_questions(&history, &both, Some("law")), 1);
        assert_eq!(graded_questions(&history, &[a], Some("art")), 0);
        assert_eq!(graded_questions(&history, &[], None), 0);
    }
}
