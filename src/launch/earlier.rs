//! Looks for an earlier question that is nearly a new one, whose answers are kept. What the person says to it is the faces'
//! to ask; that a request is answered so is the engine's.

use super::Launch;
use crate::agreement::alike::alike;
use crate::config::Cache;
use crate::core::earlier::{Earlier, Search, with_question};
use crate::core::{MemberId, Question, Session, Similar};
use crate::engine::Clock;
use crate::providers::registry::Registry;
use crate::store::answers::{Answers, Asked, Kept};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where answers are looked for.
#[derive(Clone)]
pub struct Finder {
    answers: Answers,
    registry: Arc<Registry>,
    clock: Clock,
}

impl Launch {
    /// Finds earlier questions, where the person wants that and answers are kept.
    pub fn finder(&self) -> Option<Finder> {
        let answers = self.answers().filter(|_| self.config.cache == Cache::Similar)?;
        Some(Finder { answers, registry: Arc::clone(&self.registry), clock: self.clock })
    }

    /// Lets a question have the answers of an earlier one that is nearly the same, where nobody can be asked: the setting is
    /// the person's word. Gives a line that says so.
    pub fn allow_similar(&self, question: &mut Question) -> Option<String> {
        let finder = self.finder()?;
        let earlier = finder.find(&Session::default().search(question.clone())?)?;
        let line = format!("from the cache: {}, {}", earlier.similar.line(), earlier.line(self.clock.now()));
        question.similar = Some(earlier.similar);
        Some(line)
    }
}

impl Finder {
    /// The nearest earlier question with an answer that would be given to at least one of these requests. None where one of
    /// them was made before: then the very same question was asked, and what it lacks is asked of the model.
    pub fn find(&self, search: &Search) -> Option<Earlier> {
        let now = self.clock.now();
        let asked: Vec<Asked> = search
            .requests
            .iter()
            .filter_map(|first| {
                let provider = self.registry.open(&first.model).ok()?;
                Some(Asked {
                    member: first.member.clone(),
                    model: first.model.clone(),
                    endpoint: provider.endpoint(),
                    messages: first.messages.clone(),
                    params: first.params.clone(),
                })
            })
            .collect();
        if asked.iter().any(|asked| self.answers.find(asked, now).is_some()) {
            return None;
        }
        let kept = self.answers.first_answers(search.local, now);
        nearest(&search.question, &asked, &kept, search.requests.len())
    }
}

/// Of the questions whose answers are kept for one of these requests the nearest; of equally near ones that with the most
/// answers, then the newest.
fn nearest(question: &str, asked: &[Asked], kept: &[Kept], of: usize) -> Option<Earlier> {
    let mut found: BTreeMap<&str, Earlier> = BTreeMap::new();
    let mut scores: BTreeMap<&str, Option<f64>> = BTreeMap::new();
    for kept in kept {
        let Some(first) = &kept.first else { continue };
        let earlier = first.question.as_str();
        let Some(score) = *scores.entry(earlier).or_insert_with(|| alike(question, earlier)) else {
            continue;
        };
        let fits = |asked: &&Asked| {
            asked.member == kept.asked.member
                && Asked { messages: with_question(asked.messages.clone(), earlier), ..(*asked).clone() }
                    == kept.asked
        };
        let Some(asked) = asked.iter().find(fits) else { continue };
        let similar = Similar { question: earlier.to_owned(), score };
        let entry = found.entry(earlier).or_insert(Earlier { similar, at: 0, members: Vec::new(), of });
        entry.at = entry.at.max(kept.at);
        entry.members.push(asked.member.clone());
    }
    let seat = |name: &MemberId| asked.iter().position(|asked| asked.member == *name);
    let mut best = found.into_values().max_by(|a, b| {
        let order = a.similar.score.total_cmp(&b.similar.score);
        order.then(a.members.len().cmp(&b.members.len())).then(a.at.cmp(&b.at))
    })?;
    best.members.sort_by_key(seat);
    Some(best)
}
