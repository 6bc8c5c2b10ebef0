//! A search for the council and plan that do best, laid out: who may sit, which plans there are, and the experiment that each
//! rung of it is, and the check of the winner. Which candidates go on is [`crate::experiment::search`]'s.

use super::recordings::Read;
use super::{Ahead, Laid, Place, arms, controls, out, plays, prices, registry, sheet, without_controls};
use crate::config::Fault;
use crate::config::experiment::Sheet;
use crate::core::forecast::PlanForecast;
use crate::core::price::guessed_tokens;
use crate::core::shuffle::shuffle;
use crate::core::{Council, Dollars, Member, MemberId, Protocol};
use crate::experiment::search::{Candidate, Space, Tally, candidates, keeps, rungs};
use crate::experiment::{Arm, Control, Design, Facts, Grader, Reading, Treatment, VoteRule, score::score};
use crate::launch::Launch;
use crate::providers::registry::Registry;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the draw of the questions that are held back is drawn from, beside the experiment's seed.
const HELD: u64 = 0x6865_6c64;

/// A search that can be carried out.
pub struct Search {
    /// Who may sit in a council.
    pub pool: Vec<Member>,
    /// The plans beside the vote of first answers, as they are asked for.
    pub plans: Vec<String>,
    /// What may win.
    pub candidates: Vec<Candidate>,
    /// Which questions each rung takes, by their places among those to search on.
    pub rungs: Vec<Range<usize>>,
    /// How many questions are held back.
    pub held: usize,
    /// What a question may cost, in US dollars.
    pub price: Option<f64>,
    /// Where its logs are kept, a folder for each rung.
    pub out: PathBuf,
    /// What the person should know of it.
    pub notes: Vec<String>,
    base: Design,
    sheet: Sheet,
    recorded: Read,
    registry: Arc<Registry>,
    /// The questions to search on, then those that are held back, by their places in the data.
    order: Vec<usize>,
    /// What each candidate with a plan asks for.
    treatments: BTreeMap<Candidate, Treatment>,
}

/// What a search comes to before anything is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    /// The calls, the fewest and the most.
    pub calls: (u64, u64),
    /// What it can cost at the least and at the most, and what it is guessed to cost.
    pub low: Dollars,
    /// At the most.
    pub most: Dollars,
    /// About.
    pub about: Dollars,
    /// Of how many calls nobody knows the price, at the most.
    pub unpriced: u64,
}

/// Lays out the search in an experiment's file; its folder is beside that of the experiment where none is named.
///
/// # Errors
/// One line for each thing that is wrong in it, or in the files that it names.
pub fn lay_out(
    launch: &Launch,
    file: &Path,
    place: &Place,
    price: Option<Dollars>,
) -> Result<Search, Vec<Fault>> {
    let shown = file.display().to_string();
    let (sheet, folder) = sheet(file, &shown)?;
    let fault = |key: &str, what: &str| vec![super::fault(&shown, None, key, what)];
    let out = place.out.clone().unwrap_or_else(|| {
        let runs = out(&sheet, &folder, place);
        let name = runs.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        runs.with_file_name(format!("{}.search", name.trim_end_matches(".runs")))
    });
    let (mut base, recorded) = without_controls(launch, &shown, &folder, &sheet)?;
    let pool = pool(&base);
    if pool.len() < 2 {
        return Err(fault(
            "arm",
            "there is one member alone, so there is no council to look for; add members",
        ));
    }
    if matches!(base.grader, Grader::None) {
        return Err(fault("grader", "is none, so nobody knows what does best; name another one"));
    }
    let held = (base.items.len() as f64 * sheet.search.held_out).round() as usize;
    if held == 0 || held == base.items.len() {
        let what = "are too few to search on some and check the winner on others; add questions";
        return Err(fault("data", what));
    }
    let mut order: Vec<usize> = (0..base.items.len()).collect();
    shuffle(&mut order, base.seed.wrapping_add(HELD));
    base.treatments.clear();
    base.arms.clear();
    base.best = None;
    let mut search = Search {
        pool,
        plans: plans(&sheet),
        candidates: Vec::new(),
        rungs: Vec::new(),
        held,
        price: price.map(Dollars::usd).or(sheet.search.price),
        out,
        notes: std::mem::take(&mut base.notes),
        registry: registry(launch, base.seed, &recorded),
        base,
        sheet,
        recorded,
        order,
        treatments: BTreeMap::new(),
    };
    search.find_candidates(launch);
    let widest = search.widest();
    search.rungs = rungs(search.order.len() - held, widest);
    Ok(search)
}

/// All members of the arms, each once.
fn pool(design: &Design) -> Vec<Member> {
    let mut pool: Vec<Member> = Vec::new();
    let all = design.treatments.iter().flat_map(|treatment| &treatment.council.members);
    for member in all {
        let same = |known: &Member| Member { name: member.name.clone(), ..known.clone() } == *member;
        if pool.iter().any(same) {
            continue;
        }
        let mut name = member.name.0.clone();
        let mut number = 2;
        while pool.iter().any(|known| known.name.0 == name) {
            name = format!("{}-{number}", member.name.0);
            number += 1;
        }
        pool.push(Member { name: MemberId(name), ..member.clone() });
    }
    pool
}

/// The plans of the arms, each once; votes of first answers are looked at in any case.
fn plans(sheet: &Sheet) -> Vec<String> {
    let mut plans: Vec<String> = sheet.arms.iter().filter_map(|arm| arm.plan.clone()).collect();
    plans.retain(|plan| !matches!(plan.parse(), Ok(Protocol::Ask)));
    let mut once = Vec::new();
    for plan in plans {
        if !once.contains(&plan) {
            once.push(plan);
        }
    }
    once
}

impl Search {
    /// All candidates whose plan suits them, and that may keep within the price.
    fn find_candidates(&mut self, launch: &Launch) {
        let space = Space {
            pool: self.pool.len(),
            sizes: &self.sheet.search.sizes,
            plans: self.plans.len(),
            most: self.sheet.search.candidates,
            seed: self.base.seed,
        };
        let prices = prices(launch);
        let tokens = self.tokens();
        let (mut misfits, mut dear): (BTreeMap<String, usize>, usize) = (BTreeMap::new(), 0);
        for candidate in candidates(&space) {
            let council = self.council(&candidate);
            let Some(plan) = candidate.plan else {
                self.candidates.push(candidate);
                continue;
            };
            let name = self.name(&candidate);
            let (words, roles) = (&self.plans[plan], BTreeMap::new());
            match arms::treatment(launch, &name, words, &roles, council, self.recorded.digest) {
                Err(why) => *misfits.entry(format!("{words}: {why}")).or_default() += 1,
                Ok((treatment, _)) => {
                    let least = Ahead::judged(&prices, &self.base, &treatment, tokens);
                    if self.price.is_some_and(|price| least.low.usd() > price || least.unpriced > 0) {
                        dear += 1;
                        continue;
                    }
                    self.treatments.insert(candidate.clone(), treatment);
                    self.candidates.push(candidate);
                }
            }
        }
        let councils =
            |many: usize| if many == 1 { "1 council".to_owned() } else { format!("{many} councils") };
        for (why, many) in misfits {
            self.notes.push(format!("{} left out: {why}", councils(many)));
        }
        if dear > 0 {
            let line = format!(
                "{} left out: they can't keep within the price, or nobody knows theirs",
                councils(dear)
            );
            self.notes.push(line);
        }
    }

    fn tokens(&self) -> u64 {
        let sum: usize = self.base.items.iter().map(|item| item.question.len()).sum();
        guessed_tokens(sum / self.base.items.len().max(1)).max(1)
    }

    /// How many candidates the plan with the most of them has, where each costs something of its own.
    fn widest(&self) -> usize {
        let of = |plan| self.candidates.iter().filter(|it| it.plan == Some(plan)).count();
        // Members alone are put to the test as well.
        (0..self.plans.len()).map(of).max().unwrap_or(0).max(self.pool.len())
    }

    /// Who sits in a candidate's council.
    pub fn council(&self, candidate: &Candidate) -> Council {
        let members = candidate.members.iter().filter_map(|at| self.pool.get(*at)).cloned().collect();
        Council { name: "found".to_owned(), members, ..Council::default() }
    }

    /// Whether nobody is asked: all members play what is recorded or scripted, and no other member grades them.
    pub fn plays(&self) -> bool {
        let judged = matches!(&self.base.grader, Grader::Judge(judge) if !plays(judge));
        !judged && self.pool.iter().all(plays)
    }

    /// What a candidate is called.
    pub fn name(&self, candidate: &Candidate) -> String {
        let names: Vec<&str> = candidate
            .members
            .iter()
            .filter_map(|at| self.pool.get(*at))
            .map(|it| it.name.0.as_str())
            .collect();
        match candidate.plan.and_then(|plan| self.plans.get(plan)) {
            None if candidate.alone() => names.join(""),
            None => format!("vote of {}", names.join(" + ")),
            Some(plan) => format!("{plan} of {}", names.join(" + ")),
        }
    }

    /// The experiment without anybody who is asked: its questions, grader and budget.
    pub fn base(&self) -> &Design {
        &self.base
    }

    /// The rung for these candidates, as an experiment: one treatment asks all members of votes, one each candidate with a plan.
    pub fn rung(&self, launch: &Launch, rung: usize, alive: &[Candidate], spent: Dollars) -> Laid {
        let items =
            self.order[self.rungs[rung].clone()].iter().map(|at| self.base.items[*at].clone()).collect();
        let mut design = self.design(format!("{}-rung-{}", self.base.name, rung + 1), items, spent);
        let mut seats: Vec<usize> =
            alive.iter().filter(|it| it.plan.is_none()).flat_map(|it| it.members.clone()).collect();
        seats.sort_unstable();
        seats.dedup();
        let all = self.council(&Candidate { members: seats, plan: None });
        design.treatments.push(arms::plain(launch, "members", all, self.recorded.digest));
        for candidate in alive {
            let (treatment, reading) = match self.treatments.get(candidate) {
                Some(treatment) => {
                    design.treatments.push(treatment.clone());
                    (design.treatments.len() - 1, arms::usual(treatment))
                }
                None => (0, self.vote(candidate)),
            };
            design.arms.push(Arm { name: self.name(candidate), treatment, reading, control: None });
        }
        self.laid(design, &format!("rung-{}", rung + 1))
    }

    /// How the answer of a candidate without a plan is found among the first answers of all.
    fn vote(&self, candidate: &Candidate) -> Reading {
        let mut names: Vec<MemberId> =
            self.council(candidate).members.into_iter().map(|member| member.name).collect();
        match names.len() {
            1 => Reading::Member(names.remove(0)),
            _ => Reading::Among(names, VoteRule::Plurality),
        }
    }

    /// The check on what was held back: the council that won, and the best member alone, which it is held against. Controls are
    /// added as to any experiment, but for the best member, who was chosen already.
    pub fn check(&self, launch: &Launch, council: &Candidate, alone: &Candidate, spent: Dollars) -> Laid {
        let from = self.order.len() - self.held;
        let items = self.order[from..].iter().map(|at| self.base.items[*at].clone()).collect();
        let mut design = self.design(format!("{}-held-out", self.base.name), items, spent);
        let treatment = |candidate: &Candidate| {
            if let Some(treatment) = self.treatments.get(candidate) {
                treatment.clone()
            } else {
                let (name, council) = (self.name(candidate), self.council(candidate));
                arms::plain(launch, &name, council, self.recorded.digest)
            }
        };
        let won = treatment(council);
        let (name, reading) = (self.name(council), arms::usual(&won));
        arms::add(&mut design, won);
        design.arms.push(Arm { name, treatment: 0, reading, control: None });
        let wanted = self.sheet.controls.iter().copied().filter(|control| *control != Control::BestSingle);
        let best = self.name(alone);
        let sheet = Sheet { controls: wanted.collect(), best: Some((best.clone(), 0)), ..self.sheet.clone() };
        // Controls sample that member, so it has to be there before them.
        let place = arms::add(&mut design, treatment(alone));
        controls::propose(launch, &sheet, &self.recorded, &mut design);
        let control = Some(Control::BestSingle);
        // Its name may be that of a control of the same member.
        let taken = design.arms.iter().any(|arm| arm.name == best);
        let name = if taken { format!("{best} alone") } else { best };
        design.arms.push(Arm { name, treatment: place, reading: Reading::Result, control });
        design.baseline = design.arms.len() - 1;
        self.laid(design, "held-out")
    }

    fn design(&self, name: String, items: Vec<crate::experiment::Item>, spent: Dollars) -> Design {
        let budget = self.base.budget.map(|budget| budget.less(spent));
        Design { name, items, budget, ..self.base.clone() }
    }

    fn laid(&self, design: Design, folder: &str) -> Laid {
        Laid { design, registry: Arc::clone(&self.registry), out: self.out.join(folder) }
    }

    /// What the whole comes to: as many candidates go on as can, the cheapest or the dearest of them.
    pub fn ahead(&self, launch: &Launch) -> Cost {
        let prices = prices(launch);
        let tokens = self.tokens();
        let everybody = Candidate { members: (0..self.pool.len()).collect(), plan: None };
        let one = |council: Council| {
            let treatment = arms::plain(launch, "", council, self.recorded.digest);
            Ahead::judged(&prices, &self.base, &treatment, tokens)
        };
        let members: Vec<PlanForecast> = self
            .pool
            .iter()
            .map(|member| one(Council { members: vec![member.clone()], ..self.council(&everybody) }))
            .collect();
        let planned = |plan: usize| -> Vec<PlanForecast> {
            let own = self.treatments.iter().filter(|(candidate, _)| candidate.plan == Some(plan));
            own.map(|(_, treatment)| Ahead::judged(&prices, &self.base, treatment, tokens)).collect()
        };
        let mut groups: Vec<Vec<PlanForecast>> = (0..self.plans.len()).map(planned).collect();
        let mut cost = Cost::default();
        for (rung, questions) in self.rungs.iter().enumerate() {
            // In later rungs the members of few votes may be asked, or of all.
            let fewest = if rung == 0 { members.len() } else { 1 };
            cost.add(&members, fewest, members.len(), questions.len());
            for group in &mut groups {
                let many = (0..rung).fold(group.len(), |many, _| keeps(many));
                cost.add(group, many, many, questions.len());
            }
        }
        let all: Vec<PlanForecast> =
            groups.into_iter().flatten().chain([one(self.council(&everybody))]).collect();
        cost.add(&all, 1, 1, self.held);
        cost.add(&members, 1, 1, self.held);
        cost
    }
}

impl Cost {
    /// So many of these, the cheapest at the least and the dearest at the most, for so many questions.
    fn add(&mut self, all: &[PlanForecast], fewest: usize, most: usize, questions: usize) {
        let times = questions as u64;
        let sum = |of: &dyn Fn(&PlanForecast) -> u64, many: usize, dear: bool| -> u64 {
            let mut values: Vec<u64> = all.iter().map(of).collect();
            values.sort_unstable();
            if dear {
                values.reverse();
            }
            values.iter().take(many).sum::<u64>() * times
        };
        let mean = all.iter().map(|it| it.about.0).sum::<u64>() / all.len().max(1) as u64;
        self.calls.0 += sum(&|it| u64::from(it.fewest), fewest, false);
        self.calls.1 += sum(&|it| u64::from(it.calls), most, true);
        self.low += Dollars(sum(&|it| it.low.0, fewest, false));
        self.most += Dollars(sum(&|it| it.most.0, most, true));
        self.about += Dollars(mean * most.min(all.len()) as u64 * times);
        self.unpriced += sum(&|it| u64::from(it.unpriced), most, true);
    }
}

/// What each arm of a rung came to, in the order of the arms.
pub fn tallies(design: &Design, facts: &[Facts]) -> Vec<Tally> {
    let one = |scored: Vec<crate::experiment::Scored>| {
        let mut tally = Tally::default();
        for scored in scored {
            tally.trials += 1;
            tally.usd += scored.bill.spent.usd();
            tally.unpriced += u64::from(scored.bill.unpriced);
            tally.graded += u64::from(scored.right.is_some());
            tally.right += u64::from(scored.right == Some(true));
        }
        tally
    };
    score(design, facts).into_iter().map(one).collect()
}
