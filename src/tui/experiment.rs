//! An experiment that runs, on a screen: the loop that takes in news, keys and signals and draws what changed. It decides
//! nothing: what a key does is `app::experiment`'s, what is carried out is the engine's, which goes on whoever has the terminal.

mod stage;

use super::crash;
use super::event_loop::FAULT;
use super::watch;
use crate::app::experiment::{Board, Effect, Phase, Scene};
use crate::engine::trials::{Happened, Order, Watch};
use crate::experiment::{Progress, Standing};
use crate::launch::experiment::face::{Ended, Look};
use crate::ui;
use anyhow::Result;
use crossterm::event::Event;
use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use stage::{Heard, Stage};
use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::sync::mpsc::Sender;
use tokio::time::Instant;

/// The shortest time between two looks at how arms stand.
const SCORED: Duration = Duration::from_millis(250);
/// A look at how arms stand takes at most this part of the time, however many trials there are.
const PART: u32 = 20;
/// So much news is taken in at a time.
const BULK: usize = 1024;

/// Shows it until there is no more news and the person has seen that.
pub fn follow(watch: Watch, look: Look) -> LocalBoxFuture<'static, Result<Progress>> {
    show(watch, look).boxed_local()
}

async fn show(mut watch: Watch, look: Look) -> Result<Progress> {
    if watch.progress.count() >= watch.progress.of {
        // There is nothing to watch.
        while let Some(happened) = watch.news.recv().await {
            watch.take(happened);
        }
        return Ok(watch.progress);
    }
    crash::tell(look.keys.clone());
    let _reports = crash::guard();
    let stage = Stage::open()?;
    let mut shell = Shell {
        stage,
        watch,
        look,
        board: Board::default(),
        standings: Standings::default(),
        pending: VecDeque::new(),
        leave: false,
    };
    let looped = AssertUnwindSafe(shell.go_on()).catch_unwind().await;
    // Whatever ends the screen while trials run ends them too: nobody would see them.
    let gone = if looped.is_ok() { shell.stage.exit } else { Some(FAULT) };
    let Shell { stage, watch, mut pending, .. } = shell;
    drop(stage);
    if gone.is_some() {
        pending.push_back(Order::Stop);
    }
    let progress = drain(watch, pending).await;
    match gone {
        // The report of a fault is out already.
        Some(code) => Err(Ended(code).into()),
        None => Ok(progress),
    }
}

/// Hands over the last orders and takes in the last news.
async fn drain(mut watch: Watch, mut pending: VecDeque<Order>) -> Progress {
    loop {
        let order = pending.front().copied();
        tokio::select! {
            happened = watch.news.recv() => match happened {
                Some(happened) => watch.take(happened),
                None => return watch.progress,
            },
            taken = give(&watch.orders, order), if order.is_some() => {
                pending.pop_front();
                if !taken {
                    pending.clear();
                }
            }
        }
    }
}

/// Gives an order. False when nobody takes any.
async fn give(orders: &Sender<Order>, order: Option<Order>) -> bool {
    match order {
        Some(order) => orders.send(order).await.is_ok(),
        None => std::future::pending().await,
    }
}

/// How arms stood when they were last looked at.
struct Standings {
    all: Vec<Standing>,
    /// Of how many trials that is; none before the first look.
    of: Option<usize>,
    /// When the next look is due.
    due: Instant,
}

impl Default for Standings {
    fn default() -> Self {
        Self { all: Vec::new(), of: None, due: Instant::now() }
    }
}

impl Standings {
    fn outdated(&self, progress: &Progress) -> bool {
        self.of != Some(progress.facts.len())
    }

    /// Looks at how arms stand, where that changed and enough time has passed. True when it did.
    fn look(&mut self, watch: &Watch, at_once: bool) -> bool {
        let began = Instant::now();
        if !self.outdated(&watch.progress) || !at_once && began < self.due {
            return false;
        }
        self.all = watch.progress.standings(&watch.design);
        self.of = Some(watch.progress.facts.len());
        let end = Instant::now();
        self.due = end + SCORED.max((end - began) * PART);
        true
    }
}

struct Shell {
    stage: Stage,
    watch: Watch,
    look: Look,
    board: Board,
    standings: Standings,
    /// Orders that are still to be given.
    pending: VecDeque<Order>,
    /// Whether the person has seen enough.
    leave: bool,
}

impl Shell {
    async fn go_on(&mut self) {
        let mut bulk = Vec::with_capacity(BULK);
        let mut hearing = true;
        self.stage.change();
        loop {
            if self.standings.look(&self.watch, !hearing) {
                self.stage.change();
            }
            if self.stage.ready() {
                self.draw();
            }
            if self.leave || self.stage.exit.is_some() {
                return;
            }
            let order = self.pending.front().copied();
            let frame = self.stage.due();
            let scored = self.standings.outdated(&self.watch.progress).then_some(self.standings.due);
            // What is typed and what comes from outside goes before news, of which there may always be more.
            tokio::select! {
                biased;
                heard = self.stage.next() => self.heard(heard).await,
                () = until(frame), if frame.is_some() => {}
                taken = give(&self.watch.orders, order), if order.is_some() => {
                    self.pending.pop_front();
                    if !taken {
                        self.pending.clear();
                    }
                }
                count = self.watch.news.recv_many(&mut bulk, BULK), if hearing => {
                    hearing = count > 0;
                    self.news(&mut bulk, hearing);
                }
                () = until(scored), if scored.is_some() => {}
            }
        }
    }

    fn news(&mut self, bulk: &mut Vec<Happened>, more: bool) {
        for happened in bulk.drain(..) {
            self.watch.take(happened);
        }
        if !more {
            self.leave |= self.board.phase == Phase::Stopping;
            self.watch.progress.running = 0;
            self.board.end();
        }
        self.stage.change();
    }

    async fn heard(&mut self, heard: Heard) {
        match heard {
            Heard::Event(Event::Key(key)) => {
                let scene = Scene {
                    design: &self.watch.design,
                    progress: &self.watch.progress,
                    standings: &self.standings.all,
                    log: &self.look.log,
                };
                for effect in self.board.key(key, scene) {
                    self.carry_out(effect).await;
                }
                self.stage.hurry();
            }
            Heard::Event(Event::Paste(text)) => {
                self.board.paste(&text);
                self.stage.hurry();
            }
            Heard::Event(_) => self.stage.hurry(),
            Heard::Outside(outside) => self.stage.outside(outside).await,
            Heard::Look => self.stage.come_back().await,
            Heard::Gone => self.stage.exit = Some(watch::HUNG_UP),
        }
    }

    async fn carry_out(&mut self, effect: Effect) {
        let order = match effect {
            Effect::Pause => Order::Pause,
            Effect::Resume => Order::Resume,
            Effect::Cut(treatment) => Order::Cut(treatment),
            Effect::Budget(most) => Order::Budget(most),
            Effect::Stop => Order::Stop,
            Effect::Leave => return self.leave = true,
            Effect::Suspend => return self.stage.suspend(super::stop::Who::Everyone).await,
            Effect::Repaint => return self.stage.repaint(),
        };
        self.pending.push_back(order);
    }

    fn draw(&mut self) {
        let scene = Scene {
            design: &self.watch.design,
            progress: &self.watch.progress,
            standings: &self.standings.all,
            log: &self.look.log,
        };
        let (board, theme) = (&self.board, &self.look.theme);
        let mut rest = None;
        self.stage.draw(|frame| rest = ui::experiment::draw(frame, &scene, board, theme));
        if let Some(row) = rest {
            self.board.rested(row);
        }
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
