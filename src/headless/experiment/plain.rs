//! An experiment that runs, as lines: where there is no terminal, in a pipe, in a job of a cluster. Orders are read from standard
//! input, a line each.

use crate::core::{Dollars, clean, nearest};
use crate::engine::trials::{Happened, Order, Watch};
use crate::experiment::words::{duration, many, thousands};
use crate::experiment::{Design, Progress, Standing};
use crate::launch::experiment::face::Look;
use anyhow::Result;
use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use std::fmt::Write as _;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use tokio::sync::mpsc;

/// In how many lines the whole is told.
const STEPS: u64 = 20;
/// How long nothing is told after a line, in milliseconds.
const PAUSE: u64 = 1000;
/// How many faults are told one by one.
const TOLD: u64 = 5;

/// Tells what happens until there is no more news.
pub(super) fn follow(watch: Watch, _: Look) -> LocalBoxFuture<'static, Result<Progress>> {
    tell(watch).boxed_local()
}

async fn tell(mut watch: Watch) -> Result<Progress> {
    let (said, mut words) = mpsc::channel::<String>(8);
    listen(said);
    let mut told = watch.progress.count() * STEPS / watch.progress.of.max(1);
    let mut told_at = watch.clock.now();
    let (mut deaf, mut stopped) = (false, false);
    loop {
        let happened = tokio::select! {
            happened = watch.news.recv() => happened,
            word = words.recv(), if !deaf => {
                if let Some(word) = word {
                    obey(&watch, &word).await?;
                } else {
                    deaf = true;
                    // Nobody is left to say that it may go on.
                    if matches!(watch.progress.paused, Some(Some(_))) {
                        let _ = watch.orders.send(Order::Stop).await;
                    }
                }
                continue;
            }
            _ = tokio::signal::ctrl_c(), if !stopped => {
                stopped = true;
                line("stopping; what runs is done again another time")?;
                let _ = watch.orders.send(Order::Stop).await;
                continue;
            }
        };
        let Some(happened) = happened else { break };
        match &happened {
            Happened::Faulted(key, why) if watch.progress.faulted < TOLD => {
                let item = clean::exact(&watch.design.items[key.item].id);
                line(&format!("came to nothing, is done again another time: {item}: {why}"))?;
            }
            Happened::Paused(Some(why)) => {
                line(&format!("paused: {why}"))?;
                if deaf {
                    // Nobody is there to say that it may go on.
                    let _ = watch.orders.send(Order::Stop).await;
                }
            }
            Happened::Paused(None) => line("paused; resume goes on")?,
            Happened::Resumed => line("goes on")?,
            Happened::Cut(at) => {
                let arms: Vec<&str> = watch.design.arms_of(*at).map(|(_, arm)| arm.name.as_str()).collect();
                line(&format!("cut for good: {}", arms.join(", ")))?;
            }
            Happened::Budget(Some(most)) => line(&format!("budget: {most}"))?,
            Happened::Budget(None) => line("no budget any more")?,
            Happened::Running(_) | Happened::Done(_) | Happened::Faulted(..) | Happened::Money(..) => {}
        }
        let done = matches!(happened, Happened::Done(_));
        watch.take(happened);
        let step = watch.progress.count() * STEPS / watch.progress.of.max(1);
        let now = watch.clock.now();
        let due = step > told && now >= told_at + PAUSE;
        if done && (due || watch.progress.count() == watch.progress.of) {
            (told, told_at) = (step, now);
            line(&status(&watch.progress))?;
        }
    }
    Ok(watch.progress)
}

fn line(text: &str) -> io::Result<()> {
    writeln!(io::stderr().lock(), "synod: {}", clean::line(text))
}

/// How far it is, in one line.
fn status(progress: &Progress) -> String {
    let (done, of) = (progress.count(), progress.of);
    let mut line = format!("{} of {} ({} %)", thousands(done), many(of, "trial"), done * 100 / of.max(1));
    if progress.spent > Dollars(0) {
        let _ = write!(line, ", {}", progress.spent);
        if let Some(budget) = progress.budget {
            let _ = write!(line, " of {budget}");
        }
    }
    if let Some(left) = progress.left().filter(|_| done < of) {
        let _ = write!(line, ", about {} left", duration(left));
    }
    if let Some(agreement) = progress.agreement() {
        let _ = write!(line, ", agreement {:.0} %", 100.0 * agreement);
    }
    if progress.faulted > 0 {
        let _ = write!(line, ", {} came to nothing", thousands(progress.faulted));
    }
    line
}

/// How arms stand, a line each.
fn standings(design: &Design, progress: &Progress) -> Vec<String> {
    let one = |arm: &Standing| {
        let accuracy = match arm.accuracy {
            Some((share, low, high)) => {
                format!("{:.1} % [{:.1}, {:.1}]", 100.0 * share, 100.0 * low, 100.0 * high)
            }
            None => "not graded".to_owned(),
        };
        format!("{}: {accuracy} of {}", arm.arm, many(arm.done, "trial"))
    };
    progress.standings(design).iter().map(one).collect()
}

/// Does what a line says.
async fn obey(watch: &Watch, word: &str) -> io::Result<()> {
    const WORDS: [&str; 6] = ["pause", "resume", "cut", "budget", "stop", "status"];
    let (what, rest) = word.trim().split_once(' ').unwrap_or((word.trim(), ""));
    let rest = rest.trim();
    let order = match what {
        "" => return Ok(()),
        "pause" => Order::Pause,
        "resume" => Order::Resume,
        "stop" => Order::Stop,
        "status" => {
            line(&status(&watch.progress))?;
            for arm in standings(&watch.design, &watch.progress) {
                line(&arm)?;
            }
            return Ok(());
        }
        "cut" => {
            if let Some(arm) = watch.design.arms.iter().find(|arm| arm.name == rest) {
                Order::Cut(arm.treatment)
            } else {
                let names: Vec<&str> = watch.design.arms.iter().map(|arm| arm.name.as_str()).collect();
                let near =
                    nearest(rest, &names).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
                return line(&format!("no arm {rest:?}; there are {}{near}", names.join(", ")));
            }
        }
        "budget" if rest == "none" => Order::Budget(None),
        "budget" => match rest.parse() {
            Ok(most) => Order::Budget(Some(most)),
            Err(what) => return line(&format!("budget {rest:?} is {what}")),
        },
        other => {
            let near =
                nearest(other, &WORDS).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            return line(&format!("no order {other:?}; there are {}{near}", WORDS.join(", ")));
        }
    };
    let goes_on = matches!(order, Order::Budget(Some(_)))
        && watch.progress.paused.as_ref().is_some_and(Option::is_some);
    let _ = watch.orders.send(order).await;
    if goes_on {
        let _ = watch.orders.send(Order::Resume).await;
    }
    Ok(())
}

/// Reads orders on a thread of its own, which may wait for ever. One that is in the background of a terminal would be stopped for
/// reading from it.
fn listen(said: mpsc::Sender<String>) {
    let stdin = io::stdin();
    let ours = rustix::termios::tcgetpgrp(&stdin).is_ok_and(|group| group == rustix::process::getpgrp());
    if stdin.is_terminal() && !ours {
        return;
    }
    std::thread::spawn(move || {
        for word in stdin.lock().lines() {
            let Ok(word) = word else { return };
            if said.blocking_send(word).is_err() {
                return;
            }
        }
    });
}
