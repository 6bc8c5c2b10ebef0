//! `synod experiment run`: what it comes to is said first, then it is carried out under the eyes of a face, then reported.

use super::ahead::lines;
use super::{plain, report, tell_faults};
use crate::cli::Common;
use crate::cli::experiment::Run;
use crate::core::{Dollars, clean};
use crate::engine::trials::{self, Ended, Lab, Watch};
use crate::experiment::{Design, Kept, Progress};
use crate::launch::experiment::face::{self, Face, Look};
use crate::launch::experiment::log::Begun;
use crate::launch::experiment::{self, Ahead, Laid, Place, log, private};
use crate::launch::{Launch, UsageError};
use crate::providers::scripted::Pace;
use crate::store;
use crate::ui::theme::{Depth, Looks};
use anyhow::Result;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Carries out an experiment.
///
/// # Errors
/// [`UsageError`] where its log can't be used; else when the terminal can't be written to.
pub async fn run(common: &Common, args: &Run, screen: Face) -> Result<u8> {
    private::refuse_flags(common)?;
    let launch = Launch::prepare(common, Pace::Instant)?;
    let place = Place { out: args.out.clone(), share: args.shard };
    let laid = match experiment::lay_out(&launch, &args.file, &place) {
        Ok(laid) => laid,
        Err(faults) => return tell_faults(&faults),
    };
    let members: Vec<_> = laid.design.treatments.iter().flat_map(|it| &it.council.members).collect();
    private::check(&launch, &laid.design, &members, common.local_only, args.not_private)?;
    let path = log::path(&laid.out, args.shard);
    let mut err = io::stderr().lock();
    if args.dry_run {
        let kept = if path.exists() { log::read(&path)? } else { Kept::default() };
        let ahead = forecast(&launch, &laid, &kept, args.shard);
        let mut out = io::stdout().lock();
        for line in lines(&laid.design, &ahead) {
            writeln!(out, "{}", clean::line(&line))?;
        }
        writeln!(out, "log: {}", log::shown(&path))?;
        return Ok(0);
    }
    let id = store::new_id(launch.clock.now(), fastrand::u32(..)).0;
    let begun = log::begin(&laid, args.shard, args.fork.as_deref(), launch.clock, &id)?;
    let ahead = forecast(&launch, &laid, &begun.kept, args.shard);
    for line in lines(&laid.design, &ahead) {
        writeln!(err, "{}", clean::line(&line))?;
    }
    for note in &begun.notes {
        writeln!(err, "synod: {}", clean::line(note))?;
    }
    drop(err);
    if !consent(Stake::of(&ahead), laid.design.budget, args.yes)? {
        return Ok(2);
    }
    let terminal = io::stdout().is_terminal() && io::stdin().is_terminal();
    let plain = args.plain || !terminal || launch.env.get("TERM") == Some("dumb");
    let face = if plain { plain::follow } else { screen };
    let ascii = common.ascii || launch.wants_ascii();
    let look = look(ascii, &launch, log::shown(&path));
    let (ended, progress) = match carry(&launch, &laid, begun, args.shard, id, face, look).await {
        Ok(carried) => carried,
        // A signal, or a fault that was told: nobody waits for a report.
        Err(error) => return error.downcast::<face::Ended>().map(|face::Ended(code)| code),
    };
    let code = match &ended {
        Ended::Done if progress.count() < progress.of => 3,
        Ended::Done => 0,
        Ended::Stopped => 3,
        Ended::OverBudget => 4,
        Ended::Unkept(_) => 1,
    };
    for line in after(&ended, &progress) {
        writeln!(io::stderr().lock(), "synod: {line}")?;
    }
    if !args.quiet {
        report::print(&laid.design, &progress.facts, &path, ascii, &launch.env)?;
    }
    Ok(code)
}

/// Carries out what is still to be done of an experiment, under the eyes of a face.
///
/// # Errors
/// When the terminal can't be written to; [`face::Ended`] where the program is to end.
pub(super) async fn carry(
    launch: &Launch,
    laid: &Laid,
    begun: Begun,
    share: Option<(u32, u32)>,
    id: String,
    face: Face,
    look: Look,
) -> Result<(Ended, Progress)> {
    let todo: Vec<_> = begun.kept.todo(&laid.design, share).collect();
    let (order, orders) = mpsc::channel(1024);
    let (news, hear) = mpsc::channel(256);
    let mut progress = Progress::new(begun.kept.facts, todo.len() as u64, launch.clock.now());
    // What the command line says now, which the design has already, holds over what was said before, and that over the file.
    let before = begun.kept.budget.filter(|_| launch.caps.session.is_none());
    progress.budget = before.unwrap_or(laid.design.budget);
    progress.spent = begun.kept.spent + begun.kept.lost;
    progress.cut.clone_from(&begun.kept.cut);
    progress.expect(&todo);
    let lab = lab(launch, laid, begun.log, begun.kept.lines, &progress, id);
    let design = Arc::clone(&lab.kit.design);
    let watch = Watch { design, progress, clock: launch.clock, orders: order, news: hear };
    let (ended, watched) = tokio::join!(trials::run(lab, todo, orders, news), face(watch, look));
    Ok((ended, watched?))
}

/// What is to be said where it ended early.
pub(super) fn after(ended: &Ended, progress: &Progress) -> Vec<String> {
    let left = progress.of.saturating_sub(progress.count());
    match ended {
        Ended::Unkept(line) => vec![format!("stopped, a trial can't be kept: {}", clean::line(line))],
        _ if left > 0 => {
            vec![format!(
                "{} left: the same command goes on with them",
                crate::experiment::words::many(left, "trial")
            )]
        }
        _ => Vec::new(),
    }
}

/// How a face looks, by the configuration and what the terminal can show.
fn look(ascii: bool, launch: &Launch, log: String) -> Look {
    let depth = if launch.no_color() {
        Depth::None
    } else {
        Depth::of(launch.env.get("TERM"), launch.env.get("COLORTERM"))
    };
    let looks = Looks { depth, ascii };
    Look { theme: launch.themes.theme(looks).0, keys: launch.config.keys.clone(), log }
}

/// What trials are carried out with.
fn lab(
    launch: &Launch,
    laid: &Laid,
    log: store::lines::Lines,
    lines: usize,
    progress: &Progress,
    id: String,
) -> Lab {
    let design = Design { budget: progress.budget, ..laid.design.clone() };
    let prices = experiment::prices(launch);
    let tokens: usize = design.items.iter().map(|item| item.question.len()).max().unwrap_or(0);
    let tokens = crate::core::price::guessed_tokens(tokens).max(1);
    let ahead = design.treatments.iter().map(|it| Ahead::judged(&prices, &design, it, tokens)).collect();
    let kit = Arc::new(experiment::kit(launch, id, design, &laid.registry));
    Lab { kit, ahead, spent: progress.spent, cut: progress.cut.clone(), log, lines }
}

/// What is still to be done comes to.
pub(super) fn forecast(launch: &Launch, laid: &Laid, kept: &Kept, share: Option<(u32, u32)>) -> Ahead {
    let prices = experiment::prices(launch);
    let measured = launch.call_ms(laid.design.treatments.iter().flat_map(|it| &it.council.members));
    Ahead::of(&laid.design, &prices, kept.todo(&laid.design, share), measured)
}

/// What is at stake before a person says that it may begin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stake {
    /// Whether anything is sent to a model at all.
    pub sent: bool,
    /// What it may cost.
    pub most: Dollars,
    /// Whether the price of some of it is not known.
    pub unpriced: bool,
}

impl Stake {
    fn of(ahead: &Ahead) -> Self {
        Self { sent: ahead.sent > 0 && ahead.trials > 0, most: ahead.most, unpriced: ahead.unpriced > 0 }
    }
}

/// Whether it may begin: what costs something needs a budget, or the person's word.
pub(super) fn consent(stake: Stake, budget: Option<Dollars>, yes: bool) -> Result<bool> {
    let free = !stake.sent || stake.most == Dollars(0) && !stake.unpriced;
    if free || yes || budget.is_some() {
        return Ok(true);
    }
    let mut err = io::stderr().lock();
    let costs = if stake.unpriced {
        "nobody knows what this costs".to_owned()
    } else {
        format!("this may cost up to {}", stake.most)
    };
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        let line =
            format!("{costs}, and no budget is set: add budget = to the file or --max-cost, or say --yes");
        return Err(UsageError(line).into());
    }
    write!(err, "{costs}. Begin? [y/N] ")?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    let yes = matches!(answer.trim().to_lowercase().as_str(), "y" | "yes");
    if !yes {
        writeln!(err, "nothing was sent")?;
    }
    Ok(yes)
}
