//! Writing the stages of a plan whose names are looked up: with their numbers, in the words of the core. A council is two of
//! them, its answers and its result.

use super::super::faults::Faults;
use super::nodes::Nodes;
use super::stage::Do;
use super::when::Kind;
use crate::core::plan::Voting;
use crate::core::recipe::{Is, Names, Who, Written};
use crate::core::{Ask, Back, Debate, Part, Source, Speakers, Stage, StageId, Until, When};
use std::collections::BTreeSet;

/// Writes stages with their numbers.
pub(super) struct Place<'n, 'r, 't> {
    pub(super) nodes: &'n Nodes<'r, 't>,
    /// The numbers of each stage, by its place in the file: of a council's answers, and of what comes of it.
    pub(super) ids: &'n [(StageId, StageId)],
}

impl Place<'_, '_, '_> {
    /// A stage, or the two of a council.
    pub(super) fn write(&self, at: usize, faults: &Faults<'_>) -> Vec<Written> {
        let (raw, links) = (&self.nodes.raw[at], &self.nodes.links[at]);
        let does = raw.does.unwrap_or(Do::Answer);
        let line = faults.line(raw.at.start);
        let (first, last) = self.ids[at];
        let result = |of: usize| self.ids[of].1;
        let answers = |of: usize| self.ids[of].0;
        let when = self.when(at);
        let after: BTreeSet<StageId> = links.before().into_iter().map(result).collect();
        let of = |of: &usize| Source::Outcome { of: result(*of) };
        let sees: Vec<Source> = match does {
            Do::Answer | Do::Council => {
                [Source::History, Source::Question].into_iter().chain(links.sees.iter().map(of)).collect()
            }
            Do::Debate => {
                let ground = links
                    .sees
                    .iter()
                    .map(|seen| Source::Answers { of: result(*seen), upto: self.upto(*seen) });
                [Source::Question].into_iter().chain(ground).collect()
            }
            _ => [Source::Question].into_iter().chain(links.sees.iter().map(of)).collect(),
        };
        let part = Part {
            name: raw.name.clone(),
            task: raw.task.clone(),
            when: when.clone(),
            beside: links.beside.map(answers).or_else(|| self.layer(at)),
            position: raw.position || raw.confidence,
            confidence: raw.confidence,
            routing: raw.route.as_ref().map(|route| Box::new(route.routing.clone())),
            back: raw
                .back
                .as_ref()
                .zip(links.back)
                .map(|(back, to)| Back { to: answers(to), times: back.times }),
            again: None,
        };
        let ask = match does {
            Do::Answer | Do::Council => Ask::Answer,
            Do::Merge => Ask::Merge,
            Do::Vote => Ask::Ballot,
            Do::Debate => Ask::Critique,
            Do::Check => Ask::Check,
            Do::Route => Ask::Route,
            Do::HandOver => Ask::HandOver,
        };
        let stage = Stage {
            after: after.iter().copied().collect(),
            sees,
            blind: self.blind(at),
            until: match does {
                Do::Debate => Until::Rounds(raw.rounds),
                Do::Vote => Until::Rounds(2),
                _ => Until::Once,
            },
            merge: raw.merge,
            vote: (does == Do::Vote).then_some(Voting { repairs: 1, rule: raw.rule }),
            debate: {
                let debate = Debate::of(raw.debate.unwrap_or_default(), raw.until);
                (does == Do::Debate && debate != Debate::default()).then_some(debate)
            },
            part: Some(Box::new(part)),
            ..Stage::plain(first, ask, self.speakers(at))
        };
        // A dynamic chair is named by nobody.
        let by = if stage.speakers == Speakers::Nobody || stage.speakers == Speakers::Every {
            self.nodes.whom(at)
        } else {
            Vec::new()
        };
        let route = raw.route.as_ref().map(|route| Names {
            among: self.nodes.meant(&route.among),
            topics: route.topics.iter().map(|names| self.nodes.meant(names)).collect(),
            rules: route.rules.iter().map(|names| self.nodes.meant(names)).collect(),
        });
        let written = Written { stage, by, samples: raw.samples, route, line };
        if does != Do::Council {
            return vec![written];
        }
        let chair = self.chair(at);
        let (ask, speakers) = match (raw.votes, chair.is_empty()) {
            (true, _) => (Ask::Ballot, Speakers::Answered),
            (false, true) => (Ask::Merge, Speakers::Chair),
            (false, false) => (Ask::Merge, Speakers::Nobody),
        };
        let result = Stage {
            after: after.into_iter().chain([first]).collect(),
            sees: vec![Source::Question, Source::Outcome { of: first }],
            blind: true,
            until: if raw.votes { Until::Rounds(2) } else { Until::Once },
            vote: raw.votes.then_some(Voting { repairs: 1, rule: raw.rule }),
            part: Some(Box::new(Part { name: raw.name.clone(), when, ..Part::default() })),
            ..Stage::plain(last, ask, speakers)
        };
        let mut answers = written;
        if let Some(part) = &mut answers.stage.part {
            part.name = format!("{}/answers", raw.name);
        }
        vec![answers, Written { stage: result, by: chair, samples: 1, route: None, line }]
    }

    /// The last round of a stage of answers.
    fn upto(&self, of: usize) -> u16 {
        let raw = &self.nodes.raw[of];
        if raw.does == Some(Do::Debate) { raw.rounds } else { 0 }
    }

    fn when(&self, at: usize) -> When {
        let (raw, links) = (&self.nodes.raw[at], &self.nodes.links[at]);
        let Some((when, of)) = raw.when.as_ref().zip(links.when) else { return When::Always };
        let (answers, result) = self.ids[of];
        match when.kind {
            Kind::Unsettled(by) => When::Unsettled { of: answers, by },
            Kind::Failed => When::Failed(result),
            Kind::Worked => When::Worked(result),
            Kind::Faulted => When::Faulted(result),
            Kind::Sound => When::Sound(result),
            Kind::Undecided => When::Undecided(result),
            Kind::Chose(road) => When::Chose { route: result, road },
        }
    }

    /// The stage beside whose answers those of the next layer stand: the last that it sees whose members answer.
    fn layer(&self, at: usize) -> Option<StageId> {
        let raw = &self.nodes.raw[at];
        if raw.does != Some(Do::Answer) || !raw.task.is_empty() {
            return None;
        }
        let answers = |of: &&usize| self.nodes.raw[**of].does == Some(Do::Answer);
        self.nodes.links[at].sees.iter().rev().find(answers).map(|of| self.ids[*of].1)
    }

    /// Whether names of what is given are hidden: where nothing is said, of several texts of one stage.
    fn blind(&self, at: usize) -> bool {
        let (raw, links) = (&self.nodes.raw[at], &self.nodes.links[at]);
        match raw.does {
            Some(Do::Answer | Do::Council) => {
                let several = |of: &usize| self.nodes.texts(*of).is_none_or(|texts| texts > 1);
                raw.blind.unwrap_or_else(|| links.sees.iter().any(several))
            }
            Some(Do::Route | Do::HandOver) | None => false,
            Some(Do::Merge | Do::Vote | Do::Debate | Do::Check) => true,
        }
    }

    /// Who speaks, where no member has to be looked up for that; else nobody yet, or everybody.
    fn speakers(&self, at: usize) -> Speakers {
        let (raw, links) = (&self.nodes.raw[at], &self.nodes.links[at]);
        let whom = self.nodes.whom(at);
        match (raw.does, links.chosen, whom.as_slice()) {
            (_, Some(route), _) => Speakers::Chosen(self.ids[route].1),
            (Some(Do::Debate), ..) | (Some(Do::Vote), None, []) => Speakers::Answered,
            (Some(Do::Merge), None, []) => Speakers::Chair,
            (Some(Do::Merge), None, [who]) if who.is == Is::Chair => Speakers::Chair,
            (Some(Do::Answer | Do::Council), None, []) => Speakers::Every,
            _ => Speakers::Nobody,
        }
    }

    /// Who makes a council's result: its chair, else the first that is named; nobody where that is not known before.
    fn chair(&self, at: usize) -> Vec<Who> {
        let raw = &self.nodes.raw[at];
        if raw.votes {
            return Vec::new();
        }
        if let Some(chair) = &raw.chair {
            return self.nodes.meant(std::slice::from_ref(chair));
        }
        let line = 0;
        match self.nodes.whom(at).into_iter().next() {
            Some(who) if who.is == Is::All => vec![Who { is: Is::Chair, line: who.line }],
            Some(who) => vec![Who { is: Is::First(Box::new(who.is)), line: who.line }],
            None if self.nodes.links[at].chosen.is_some() => Vec::new(),
            None => vec![Who { is: Is::Chair, line }],
        }
    }
}
