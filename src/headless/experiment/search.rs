//! `synod experiment search`: what it comes to is said first, then rung by rung fewer candidates answer more questions, then the
//! winner is held against the best member alone on questions that nobody has seen, and written as a council.

use super::run::{Stake, after, carry, consent};
use super::{plain, tell_faults};
use crate::cli::Common;
use crate::cli::experiment::Search as Args;
use crate::config::save::{save_council, write_council};
use crate::core::{Council, Dollars, clean};
use crate::engine::trials::Ended;
use crate::experiment::report::{Comparison, Report, Verdict, report};
use crate::experiment::score::score;
use crate::experiment::search::{Candidate, Tally, best, survivors};
use crate::experiment::words::{many, thousands};
use crate::experiment::{Facts, Progress};
use crate::launch::experiment::face::Look;
use crate::launch::experiment::search::{Cost, Search, lay_out, tallies};
use crate::launch::experiment::{Laid, Place, log, plays, private};
use crate::launch::{Launch, UsageError};
use crate::providers::scripted::Pace;
use crate::store;
use anyhow::Result;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

/// The name of the council that is found, in its file.
const NAME: &str = "found";

/// Looks for the council and plan that do best.
///
/// # Errors
/// [`UsageError`] where a log or file can't be used; else when the terminal can't be written to.
pub(super) async fn search(common: &Common, args: &Args) -> Result<u8> {
    private::refuse_flags(common)?;
    let launch = Launch::prepare(common, Pace::Instant)?;
    let place = Place { out: args.out.clone(), share: None };
    let search = match lay_out(&launch, &args.file, &place, args.price) {
        Ok(search) => search,
        Err(faults) => return tell_faults(&faults),
    };
    let members: Vec<_> = search.pool.iter().collect();
    private::check(&launch, search.base(), &members, common.local_only, args.not_private)?;
    let budget = search.base().budget;
    let cost = search.ahead(&launch);
    for line in ahead(&search, &cost) {
        say(&line)?;
    }
    if args.dry_run {
        return Ok(0);
    }
    if let Some(file) = args.write.as_deref().filter(|file| file.is_dir()) {
        let line = format!("{} is a folder: name a file for the council", log::shown(file));
        return Err(UsageError(line).into());
    }
    let stake = Stake { sent: !search.plays(), most: cost.most, unpriced: cost.unpriced > 0 };
    if !consent(stake, budget, args.yes)? {
        return Ok(2);
    }
    let mut found = Found {
        alive: search.candidates.iter().map(|it| (it.clone(), Tally::default())).collect(),
        spent: Dollars(0),
    };
    for rung in 0..search.rungs.len() {
        let candidates: Vec<Candidate> = found.alive.iter().map(|(candidate, _)| candidate.clone()).collect();
        let laid = search.rung(&launch, rung, &candidates, found.spent);
        let Some(facts) = carried(&launch, &laid, &mut found.spent).await? else { return Ok(3) };
        let came_to = tallies(&laid.design, &facts);
        found.alive.iter_mut().zip(came_to).for_each(|((_, all), one)| all.add(&one));
        say(&found.stands(&search, rung))?;
        // After the last one the best is taken.
        if rung + 1 < search.rungs.len() {
            found.halve(search.price);
        }
    }
    conclude(&launch, &search, &mut found, args.write.as_deref()).await
}

/// What is alive, and what was spent.
struct Found {
    alive: Vec<(Candidate, Tally)>,
    spent: Dollars,
}

impl Found {
    fn halve(&mut self, price: Option<f64>) {
        let going = survivors(&self.alive, price);
        self.alive = going.into_iter().map(|at| self.alive[at].clone()).collect();
    }

    fn best(&self, search: &Search, alone: bool) -> Option<(Candidate, Tally)> {
        best(&self.alive, search.price, |it| it.alone() == alone).map(|at| self.alive[at].clone())
    }

    /// How it stands after a rung, in one line.
    fn stands(&self, search: &Search, rung: usize) -> String {
        let questions: usize = search.rungs[..=rung].iter().map(ExactSizeIterator::len).sum();
        let one = |found: Option<(Candidate, Tally)>| match found {
            Some((candidate, tally)) => format!("{} {}", search.name(&candidate), share(&tally)),
            None => "none within the price".to_owned(),
        };
        format!(
            "rung {} of {}: {} on {}; best council: {}; best member alone: {}",
            rung + 1,
            search.rungs.len(),
            many(self.alive.len() as u64, "candidate"),
            many(questions as u64, "question"),
            one(self.best(search, false)),
            one(self.best(search, true)),
        )
    }
}

fn share(tally: &Tally) -> String {
    match tally.accuracy() {
        Some(share) => format!("{:.1} % ({} of {})", 100.0 * share, tally.right, tally.graded),
        None => "not graded".to_owned(),
    }
}

fn say(line: &str) -> io::Result<()> {
    writeln!(io::stderr().lock(), "synod: {}", clean::line(line))
}

/// What it comes to, in lines.
fn ahead(search: &Search, cost: &Cost) -> Vec<String> {
    let all = &search.candidates;
    let count = |is: &dyn Fn(&&Candidate) -> bool| all.iter().filter(is).count() as u64;
    let alone = count(&|it| it.alone());
    let votes = count(&|it| it.plan.is_none() && !it.alone());
    let planned = all.len() as u64 - alone - votes;
    let rungs: Vec<String> = search.rungs.iter().map(|rung| rung.len().to_string()).collect();
    let planned = match planned {
        0 => String::new(),
        _ => format!(", {} with {}", many(planned, "council"), search.plans.join(", ")),
    };
    let mut lines = vec![format!(
        "{}: {} alone, {}{planned}; {} of {}, then {} that were held back; graded by {}",
        many(all.len() as u64, "candidate"),
        many(alone, "member"),
        many(votes, "vote"),
        many(rungs.len() as u64, "rung"),
        many_of(&rungs),
        thousands(search.held as u64),
        search.base().grader.name(),
    )];
    let mut line = format!("calls: {} to {}", thousands(cost.calls.0), thousands(cost.calls.1));
    if search.plays() {
        line.push_str(", none of them sent: all members play what is recorded or scripted");
    } else if cost.most == Dollars(0) && cost.unpriced == 0 {
        line.push_str("; free");
    } else {
        let _ = write!(line, "; price: {} to {}, about {}", cost.low, cost.most, cost.about);
        if cost.unpriced > 0 {
            let _ = write!(line, ", and {} whose price is not known", many(cost.unpriced, "call"));
        }
    }
    if let Some(budget) = search.base().budget {
        let _ = write!(line, "; budget {budget}");
    }
    lines.push(line);
    if let Some(price) = search.price {
        lines.push(format!("a question may cost up to {}", Dollars::of(price)));
    }
    lines.extend(search.notes.iter().map(|note| format!("note: {note}")));
    lines
}

fn many_of(rungs: &[String]) -> String {
    format!("{} question{}", rungs.join(" + "), if rungs == ["1"] { "" } else { "s" })
}

/// Carries out a rung; what it came to, or nothing where it was stopped.
async fn carried(launch: &Launch, laid: &Laid, spent: &mut Dollars) -> Result<Option<Vec<Facts>>> {
    let path = log::path(&laid.out, None);
    let id = store::new_id(launch.clock.now(), fastrand::u32(..)).0;
    let begun = log::begin(laid, None, None, launch.clock, &id)?;
    for note in &begun.notes {
        say(note)?;
    }
    let look = Look { log: log::shown(&path), ..Look::default() };
    let (ended, progress): (Ended, Progress) =
        carry(launch, laid, begun, None, id, plain::follow, look).await?;
    *spent += progress.spent;
    for line in after(&ended, &progress) {
        say(&line)?;
    }
    // Candidates are compared on the same questions, or not at all.
    Ok((ended == Ended::Done && progress.count() >= progress.of).then_some(progress.facts))
}

/// Holds the winner against the best member alone on what was held back, and writes the council down.
async fn conclude(launch: &Launch, search: &Search, found: &mut Found, file: Option<&Path>) -> Result<u8> {
    let Some((alone, _)) = found.best(search, true) else {
        say("nobody keeps within the price: raise --price")?;
        return Ok(1);
    };
    let Some((council, _)) = found.best(search, false) else {
        let line =
            format!("no council keeps within the price; the best member alone is {}", search.name(&alone));
        print(&line)?;
        return write(search, &alone, file, &line);
    };
    let laid = search.check(launch, &council, &alone, found.spent);
    let Some(facts) = carried(launch, &laid, &mut found.spent).await? else { return Ok(3) };
    let scored = score(&laid.design, &facts);
    let figures = report(&laid.design, &facts, &scored);
    let (lines, beats) = verdict(&figures, &laid);
    for line in &lines {
        print(line)?;
    }
    let shown = log::shown(&log::path(&laid.out, None));
    print(&format!("all of it: synod experiment report {shown}"))?;
    write(search, if beats { &council } else { &alone }, file, &lines.join("\n"))
}

fn print(line: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{}", clean::line(line))
}

/// What the check says, in lines; and whether the council is shown to be better than the best member alone.
fn verdict(figures: &Report, laid: &Laid) -> (Vec<String>, bool) {
    let design = &laid.design;
    let (council, alone) = (&design.arms[0].name, &design.arms[design.baseline].name);
    let told = |name: &str| {
        let Some(arm) = figures.arms.iter().find(|arm| arm.name == name) else { return String::new() };
        let share = arm
            .accuracy
            .mean
            .map_or_else(|| "not graded".to_owned(), |share| format!("{:.1} %", 100.0 * share));
        let wilson =
            arm.accuracy.wilson.map(|it| format!(" [{:.1}, {:.1}]", 100.0 * it.low, 100.0 * it.high));
        let cost = arm
            .costs
            .mean_usd
            .filter(|usd| *usd > 0.0)
            .map(|usd| format!(", {} a question", Dollars::of(usd)));
        format!("{share}{}{}", wilson.unwrap_or_default(), cost.unwrap_or_default())
    };
    let mut lines = vec![
        format!("on {} that were held back:", many(figures.questions as u64, "question")),
        format!("  {council}: {}", told(council)),
        format!("  {alone}, the best member alone: {}", told(alone)),
    ];
    let compared = figures.comparisons.iter().find(|it| it.arm == *council && it.against == *alone);
    let Some(compared) = compared else {
        lines.push(
            "nothing beats the best member alone: there is no question that both were graded on".to_owned(),
        );
        return (lines, false);
    };
    // This one comparison was fixed before; the others of the report are looked at beside it.
    let beats = compared.p <= 0.05 && compared.difference.is_some_and(|it| it > 0.0);
    let worse = compared.p <= 0.05 && compared.difference.is_some_and(|it| it < 0.0);
    lines.push(match (beats, worse) {
        (true, _) => format!("{council} beats the best member alone: {}", apart(compared)),
        (_, true) => format!("nothing beats the best member alone, who does better: {}", apart(compared)),
        _ => format!("nothing is shown to beat the best member alone: {}", apart(compared)),
    });
    // Who costs as much and does as well takes the council's place.
    let better = figures.comparisons.iter().filter(|it| it.against == *council || it.arm == *council);
    for other in better.filter(|it| it.against != *alone && it.arm != *alone) {
        let wins = if other.arm == *council {
            other.verdict == Verdict::Worse
        } else {
            other.verdict == Verdict::Better
        };
        let name = if other.arm == *council { &other.against } else { &other.arm };
        if wins {
            lines.push(format!("note: the control {name} does better than {council}"));
        }
    }
    (lines, beats)
}

/// How far two are apart, in words.
fn apart(compared: &Comparison) -> String {
    let points = |share: f64| format!("{:+.1}", 100.0 * share);
    let difference =
        compared.difference.map_or_else(|| "no difference".to_owned(), |it| format!("{} points", points(it)));
    let interval = compared.bootstrap.map(|it| format!(" [{}, {}]", points(it.low), points(it.high)));
    let smallest = compared
        .smallest
        .map(|it| format!("; so many questions show differences from {:.1} points", 100.0 * it))
        .unwrap_or_default();
    format!(
        "{difference}{}, better on {} and worse on {}, {}{smallest}",
        interval.unwrap_or_default(),
        many(compared.better.count, "question"),
        thousands(compared.worse.count),
        if compared.p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {:.3}", compared.p) }
    )
}

/// Writes the winner as a council, into a file that is there or a new one.
fn write(search: &Search, winner: &Candidate, file: Option<&Path>, why: &str) -> Result<u8> {
    let council = Council { name: NAME.to_owned(), ..search.council(winner) };
    let own = search.out.join("council.toml");
    let path = file.unwrap_or(&own);
    let plan = winner.plan.and_then(|plan| search.plans.get(plan));
    let how = plan.map(|plan| match plan.parse::<crate::core::Protocol>() {
        Ok(_) => format!("synod ask --council {NAME} --protocol {plan} QUESTION"),
        Err(_) => format!("synod ask --council {NAME} --plan {plan} QUESTION"),
    });
    let how = how.unwrap_or_else(|| format!("synod ask --council {NAME} QUESTION"));
    let comment = format!("Found by synod experiment search.\n{why}\nAsk it with: {how}");
    // What stood there from an earlier search is of the search's own.
    if file.is_none() && own.exists() {
        std::fs::remove_file(&own)?;
    }
    let written =
        if path.exists() { save_council(path, &council) } else { write_council(path, &council, &comment) };
    match written {
        Ok(()) => {
            print(&format!("written: {} as [councils.{NAME}]: {}", log::shown(path), search.name(winner)))?;
            if council.members.iter().any(plays) {
                print(
                    "its members are recorded or scripted: put the models themselves in their places to ask it",
                )?;
            } else {
                print(&format!("ask it with: {how}"))?;
            }
            Ok(0)
        }
        Err(line) => Err(UsageError(line).into()),
    }
}
