//! The stages of a plan with their names looked up: which name which, whether those can give what is wanted of them, and in
//! which order they come. A council is two stages here, its answers and its result.

use super::super::faults::{Faults, quoted};
use super::stage::{Do, Raw, Word};
use super::when::Kind;
use super::who::{self, Spoken};
use crate::core::nearest;
use crate::core::recipe::{Is, Recipe, Role, Who, Written};
use crate::core::{Mode, StageId};
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::ops::Range;

/// A stage with the places of those that it names.
pub(super) struct Nodes<'r, 't> {
    pub(super) raw: &'r [Raw<'t>],
    roles: Vec<Role>,
    /// By the place of the stage in the file: what it names there, by places too.
    pub(super) links: Vec<Links>,
}

/// The stages that one names, by their places in the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Links {
    pub(super) sees: Vec<usize>,
    pub(super) after: Vec<usize>,
    pub(super) when: Option<usize>,
    pub(super) beside: Option<usize>,
    pub(super) back: Option<usize>,
    pub(super) chosen: Option<usize>,
}

impl Links {
    /// All that must be over before it.
    pub(super) fn before(&self) -> BTreeSet<usize> {
        let one = [self.when, self.beside, self.chosen];
        self.sees.iter().chain(&self.after).copied().chain(one.into_iter().flatten()).collect()
    }
}

impl<'r, 't> Nodes<'r, 't> {
    /// Looks up all names; `None` where one is a fault.
    pub(super) fn of(
        raw: &'r [Raw<'t>],
        roles: &[(Role, Range<usize>)],
        faults: &mut Faults<'_>,
    ) -> Option<Self> {
        let before = faults.count();
        let links = (0..raw.len()).map(|at| links(raw, at, faults)).collect();
        let roles = roles.iter().map(|(role, _)| role.clone()).collect();
        let nodes = Self { raw, roles, links };
        for at in 0..raw.len() {
            nodes.fits(at, faults);
        }
        (faults.count() == before).then_some(nodes)
    }

    /// Whether a stage is given what it can work on.
    fn fits(&self, at: usize, faults: &mut Faults<'_>) {
        let (raw, links) = (&self.raw[at], &self.links[at]);
        let Some(does) = raw.does else { return };
        // What can't be looked up is told already.
        if raw.sees.iter().filter(|word| word.said != "question").count() != links.sees.len() {
            return;
        }
        let title = |at: usize| self.raw[at].name.as_str();
        for (word, seen) in raw.sees.iter().filter(|word| word.said != "question").zip(&links.sees) {
            let Some(other) = self.raw[*seen].does else { return };
            if let Some(what) = unfit(does, other, &raw.task, title(*seen)) {
                faults.add(&word.at, &word.path, &what);
                return;
            }
        }
        let needed = matches!(does, Do::Merge | Do::Vote | Do::Debate | Do::Check | Do::HandOver);
        if needed && links.sees.is_empty() {
            let what = format!(
                "sees no stage; say which texts the {} is about, such as sees = [\"draft\"]",
                does.name()
            );
            faults.add(&raw.at, &raw.path, &what);
            return;
        }
        if does == Do::Debate && links.sees.len() > 1 {
            let what = "sees several stages; a debate is about the answers of one: name one";
            faults.add(&raw.at, &raw.path, what);
            return;
        }
        if does == Do::Check && raw.by.is_none() && !self.broken(at, faults) {
            let what = "names nobody who checks; add by = with a role, a member or \"all\"";
            faults.add(&raw.at, &raw.path, what);
            return;
        }
        if let Some(what) = self.several(at, does) {
            faults.add(&raw.at, &format!("{}.by", raw.path), &what);
            return;
        }
        self.counts(at, does, faults);
    }

    /// What is wrong where several speak and one alone can.
    fn several(&self, at: usize, does: Do) -> Option<String> {
        let alone = match does {
            Do::Merge => "a merge has one writer",
            Do::Route => "a route asks one member",
            _ => return None,
        };
        let whom = self.whom(at);
        let many =
            whom.iter().any(|who| who.is == Is::All) || self.speaking(at).is_some_and(|count| count > 1);
        (many || self.links[at].chosen.is_some())
            .then(|| format!("names several, and {alone}; name one, such as \"chair\""))
    }

    /// Whether a key of a stage that is missing was told as a fault.
    fn broken(&self, at: usize, faults: &Faults<'_>) -> bool {
        faults.told(&format!("{}.by", self.raw[at].path))
    }

    /// Whether as many texts come of what it sees as it takes.
    fn counts(&self, at: usize, does: Do, faults: &mut Faults<'_>) {
        let raw = &self.raw[at];
        let needed = match does {
            Do::Merge => 2,
            Do::Vote => 3,
            Do::Debate if raw.debate != Some(Mode::Reflect) => 2,
            Do::Council => {
                let needed = if raw.votes { 3 } else { 2 };
                if self.speaking(at).is_some_and(|count| count < needed) && !self.broken(at, faults) {
                    let what =
                        format!("is a council of fewer than {needed}; name {needed} members or more in by");
                    faults.add(&raw.at, &raw.path, &what);
                }
                return;
            }
            _ => 0,
        };
        let given: Option<usize> = self.links[at].sees.iter().map(|seen| self.texts(*seen)).sum();
        if let Some(given) = given.filter(|given| *given < needed) {
            let texts = if given == 1 { "one text".to_owned() } else { format!("{given} texts") };
            let what = format!(
                "is given {texts}, and a {} takes {needed}: let more members answer, or see another stage",
                does.name()
            );
            faults.add(&raw.at, &raw.path, &what);
        }
        if matches!(does, Do::Answer) && raw.samples > 1 {
            let one = matches!(&raw.by, Some(Spoken::These(_))) && self.speaking(at) == Some(1);
            if !one && !self.broken(at, faults) {
                let what = "are of one member; name one in by, such as by = \"chair\"";
                faults.add(&raw.at, &format!("{}.samples", raw.path), what);
            }
        }
    }

    /// How many texts come of a stage at the most; `None` where that depends on the council.
    pub(super) fn texts(&self, at: usize) -> Option<usize> {
        self.texts_of(at, &mut BTreeMap::new())
    }

    /// The same with what was found so far. In a circle, which is told elsewhere, nothing is known.
    fn texts_of(&self, at: usize, found: &mut BTreeMap<usize, Option<usize>>) -> Option<usize> {
        if let Some(known) = found.get(&at) {
            return *known;
        }
        found.insert(at, None);
        let raw = &self.raw[at];
        let texts = match raw.does? {
            Do::Answer if raw.samples > 1 => Some(raw.samples.into()),
            Do::Council if !raw.votes => Some(1),
            Do::Answer | Do::Check | Do::Council => self.speaking(at),
            Do::Merge => Some(1),
            Do::Vote | Do::Debate | Do::HandOver => {
                let mut sum = Some(0_usize);
                for seen in &self.links[at].sees {
                    let of = self.texts_of(*seen, found);
                    sum = sum.zip(of).map(|(sum, of)| sum.saturating_add(of));
                }
                sum
            }
            Do::Route => Some(0),
        };
        found.insert(at, texts);
        texts
    }

    /// How many speak in a stage at the most; `None` where that depends on the council.
    fn speaking(&self, at: usize) -> Option<usize> {
        let whom = self.whom(at);
        let recipe = Recipe { roles: self.roles.clone(), ..Recipe::default() };
        if whom.is_empty() { None } else { whom.iter().map(|who| recipe.most(who)).sum() }
    }

    /// Whom a stage names in `by`.
    pub(super) fn whom(&self, at: usize) -> Vec<Who> {
        match &self.raw[at].by {
            Some(Spoken::These(names)) => self.meant(names),
            _ => Vec::new(),
        }
    }

    pub(super) fn meant(&self, names: &[who::Name<'_>]) -> Vec<Who> {
        let roles: Vec<&str> = self.roles.iter().map(|role| role.name.as_str()).collect();
        names.iter().map(|name| who::meant(name, &roles)).collect()
    }

    /// The stages in the order in which they come, each after all that it names; one fault where they wait for each other.
    pub(super) fn written(&self, faults: &mut Faults<'_>) -> Option<Vec<Written>> {
        let order = self.order(faults)?;
        // A council takes two numbers.
        let mut ids: Vec<(StageId, StageId)> = vec![(StageId(0), StageId(0)); self.raw.len()];
        let mut next = 0;
        for at in &order {
            let last = next + u16::from(self.raw[*at].does == Some(Do::Council));
            ids[*at] = (StageId(next), StageId(last));
            next = last + 1;
        }
        let place = super::write::Place { nodes: self, ids: &ids };
        Some(order.iter().flat_map(|at| place.write(*at, faults)).collect())
    }

    fn order(&self, faults: &mut Faults<'_>) -> Option<Vec<usize>> {
        let before: Vec<BTreeSet<usize>> = self.links.iter().map(Links::before).collect();
        let mut order: Vec<usize> = Vec::with_capacity(before.len());
        while order.len() < before.len() {
            let free =
                |at: &usize| !order.contains(at) && before[*at].iter().all(|earlier| order.contains(earlier));
            let Some(next) = (0..before.len()).find(free) else {
                self.circle(&before, &order, faults);
                return None;
            };
            order.push(next);
        }
        Some(order)
    }

    /// Notes stages that wait for each other.
    fn circle(&self, before: &[BTreeSet<usize>], order: &[usize], faults: &mut Faults<'_>) {
        let open = |at: &usize| !order.contains(at);
        let mut way: Vec<usize> = (0..before.len()).filter(open).take(1).collect();
        while let Some(next) = way.last().and_then(|last| before[*last].iter().copied().find(open)) {
            if let Some(from) = way.iter().position(|at| *at == next) {
                way.drain(..from);
                way.push(next);
                break;
            }
            way.push(next);
        }
        // Each was found to wait for the next: read backwards, each leads to the next.
        way.reverse();
        let names: Vec<&str> = way.iter().map(|at| self.raw[*at].name.as_str()).collect();
        let Some(first) = way.iter().min().map(|at| &self.raw[*at]) else { return };
        let what = format!(
            "these stages wait for each other: {}; take one of them out of what another names",
            names.join(" -> ")
        );
        faults.add(&first.at, &first.path, &what);
    }
}

/// What is wrong where a stage sees another; `None` where nothing is.
fn unfit(does: Do, other: Do, task: &str, name: &str) -> Option<String> {
    let word = does.name();
    match (does, other) {
        (_, Do::Route) => Some(format!(
            "{name} is a route, which brings no text; say by = \"chosen by {name}\" or when = {{ chose = {name:?}, road = \"few\" }}"
        )),
        (Do::Merge | Do::Vote | Do::Debate | Do::Check, Do::HandOver) => Some(format!(
            "a {word} can't be about {name}, whose text may be your own; say do = \"answer\" with a task"
        )),
        (Do::Merge | Do::Vote | Do::Debate | Do::Check, Do::Check) => Some(format!(
            "a {word} can't be about {name}, which brings verdicts; say do = \"answer\" with a task"
        )),
        (Do::Debate, Do::Answer | Do::Debate) => None,
        (Do::Debate, _) => Some(format!(
            "a debate is about answers, and {name} is a {}; see a stage that answers",
            other.name()
        )),
        (Do::Answer | Do::Council, Do::HandOver | Do::Check) if task.is_empty() => {
            Some(format!("what comes of {name} needs a word on what to do with it; add a task"))
        }
        _ => None,
    }
}

/// The stages that one names, looked up.
fn links(raw: &[Raw<'_>], at: usize, faults: &mut Faults<'_>) -> Links {
    let own = &raw[at];
    let mut find = |word: &Word<'_>, fits: &dyn Fn(Do) -> bool, wanted: &str| -> Option<usize> {
        let found = raw.iter().position(|other| !other.name.is_empty() && other.name == word.said);
        let Some(found) = found else {
            missing(raw, at, word, fits, faults);
            return None;
        };
        if found == at {
            let what = format!("{} is this stage itself; name another", quoted(word.said));
            faults.add(&word.at, &word.path, &what);
            return None;
        }
        // What it does is told where that is a fault.
        let does = raw[found].does?;
        if !fits(does) {
            let what = format!("{} is a stage that does {}; name one that {wanted}", word.said, does.name());
            faults.add(&word.at, &word.path, &what);
            return None;
        }
        Some(found)
    };
    let answers = |does| matches!(does, Do::Answer | Do::Debate | Do::Council);
    let any = |_| true;
    let mut links = Links::default();
    let mut seen: Vec<&str> = Vec::new();
    for word in &own.sees {
        if word.said == "question" {
            continue;
        }
        if seen.contains(&word.said) {
            links.sees.clear();
            let what = format!("{} is seen already; name it once", quoted(word.said));
            faults.add(&word.at, &word.path, &what);
            return links;
        }
        seen.push(word.said);
        links.sees.extend(find(word, &any, ""));
    }
    links.after.extend(own.after.iter().filter_map(|word| find(word, &any, "")));
    links.beside = own.beside.as_ref().and_then(|word| find(word, &answers, "answers"));
    links.back =
        own.back.as_ref().and_then(|back| find(&back.to, &|does| does != Do::HandOver, "makes something"));
    if let Some(when) = &own.when {
        let brings = |does| does != Do::Route;
        links.when = match when.kind {
            Kind::Unsettled(_) => find(&when.of, &answers, "answers"),
            Kind::Failed | Kind::Worked => find(&when.of, &brings, "brings a text"),
            Kind::Faulted | Kind::Sound => find(&when.of, &|does| does == Do::Check, "checks"),
            Kind::Undecided => {
                let votes = raw.iter().any(|raw| raw.name == when.of.said && raw.votes);
                find(&when.of, &|does| does == Do::Vote || votes, "votes")
            }
            Kind::Chose(_) => find(&when.of, &|does| does == Do::Route, "routes"),
        };
    }
    if let Some(Spoken::Chosen(word, place, path)) = &own.by {
        let word = Word { said: word, at: place.clone(), path: path.clone() };
        links.chosen = find(&word, &|does| does == Do::Route, "routes");
    }
    links
}

/// Notes that there is no stage of a name.
fn missing(raw: &[Raw<'_>], at: usize, word: &Word<'_>, fits: &dyn Fn(Do) -> bool, faults: &mut Faults<'_>) {
    // It may be the one whose name is a fault.
    if raw.iter().any(|other| other.name.is_empty()) {
        return;
    }
    let others = raw.iter().enumerate().filter(|(place, other)| *place != at && other.does.is_none_or(fits));
    let names: Vec<&str> = others.map(|(_, other)| other.name.as_str()).collect();
    let is = format!("no such stage: {}", quoted(word.said));
    if names.is_empty() {
        let what = format!("{is}, and there is no other that would do; add [[stage]] with that name");
        faults.add(&word.at, &word.path, &what);
    } else if nearest(word.said, &names).is_none() && word.said == raw[at].name {
        faults.add(&word.at, &word.path, &format!("{is} but this one; name another"));
    } else {
        faults.stray(&word.at, &word.path, &is, word.said, &names);
    }
}
