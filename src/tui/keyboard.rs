//! What is typed: crossterm's stream of events, let go of so that nothing of ours reads the line while another program
//! has it. Not what keys mean.

use super::{terminal, watch};
use crossterm::event::{Event, EventStream};
use futures_util::Stream;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;
use tokio::sync::Notify;

/// How long crossterm's thread may take to leave the line alone. It needs no time at all, unless the line is gone.
const LET_GO: Duration = Duration::from_millis(500);

/// The keyboard, while it is ours.
#[derive(Default)]
pub(super) struct Keyboard {
    stream: Option<EventStream>,
    bell: Arc<Bell>,
}

/// Rung by crossterm's thread when it has stopped reading the line.
#[derive(Default)]
struct Bell {
    /// Whether that thread reads the line, as far as is known.
    reading: AtomicBool,
    /// Who waits for what is typed.
    waiting: Mutex<Option<Waker>>,
    rung: Notify,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.reading.store(false, Ordering::SeqCst);
        self.rung.notify_one();
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        waiting.into_iter().for_each(Waker::wake);
    }
}

impl Keyboard {
    /// Begins to listen.
    pub(super) fn take_up(&mut self) {
        self.stream = Some(EventStream::new());
    }

    /// The next event; `None` when the line is gone. Never comes while nobody listens.
    pub(super) async fn next(&mut self) -> Option<io::Result<Event>> {
        std::future::poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Event>>> {
        let Some(stream) = &mut self.stream else { return Poll::Pending };
        *self.bell.waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some(context.waker().clone());
        // Before it is asked: the thread that this may start could be done before it returns.
        let before = self.bell.reading.swap(true, Ordering::SeqCst);
        let bell = Waker::from(Arc::clone(&self.bell));
        let polled = Pin::new(stream).poll_next(&mut Context::from_waker(&bell));
        if polled.is_ready() && !before {
            self.bell.reading.store(false, Ordering::SeqCst);
        }
        polled
    }

    /// Stops listening, and waits until nothing reads the line any more: what is typed next is another's.
    pub(super) async fn let_go(&mut self) {
        if self.stream.take().is_none() {
            return;
        }
        let quiet = async {
            while self.bell.reading.load(Ordering::SeqCst) {
                self.bell.rung.notified().await;
            }
        };
        let quiet = tokio::time::timeout(LET_GO, quiet).await.is_ok();
        // Dropping the stream leaves a wake-up behind. A key that came together with it would be passed over, until the
        // next one: so it is taken now. A line that is gone would never be done with, and one that is another's stops us.
        if quiet && !watch::hung_up() && terminal::in_foreground() {
            let _ = crossterm::event::poll(Duration::ZERO);
        }
    }
}
