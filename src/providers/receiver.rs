//! The thread that reads answers, and its pace: at once while little comes, now and then while much does. What is read is
//! no matter of this file.
//!
//! Being woken for each token of eight streams costs several times what reading them costs. So the thread rests for a moment
//! after bytes came, and whatever comes meanwhile is read in one go. What comes
//! after a quiet time is read at once, and nobody rests while a call waits for its first word, so that its time is true.
//! Without calls there is neither a timer nor a wake-up.

use super::Delta;
use super::fault::fault;
use crate::core::{CallError, ErrorKind};
use futures_util::{FutureExt as _, Stream};
use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::runtime::{Builder, Handle};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// How long the thread rests after bytes came: two or three frames, which nobody sees of a text that grows.
const REST: Duration = Duration::from_millis(40);

/// How many batches of pieces may wait for who takes them; then nothing more is read of their answer.
const WAITING: usize = 8;

/// A piece of an answer, or what ended it.
pub type Item = Result<Delta, CallError>;

/// Where pieces go. There is no more to do once it says so.
pub type Out = mpsc::Sender<Vec<Item>>;

/// The thread, to those who have answers to be read.
pub struct Receiver {
    runtime: Handle,
    pace: Arc<Pace>,
}

/// When the thread rests.
#[derive(Default)]
pub struct Pace {
    now: Mutex<Now>,
    called: Condvar,
}

#[derive(Default)]
struct Now {
    /// Bytes came since the last rest.
    busy: bool,
    /// Calls that wait for their first word.
    awaited: usize,
    /// Somebody began or dropped an answer.
    called: bool,
}

impl Receiver {
    /// The one there is, started when it is first asked for.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn get() -> Result<&'static Self, CallError> {
        static ONE: OnceLock<Option<Receiver>> = OnceLock::new();
        ONE.get_or_init(Self::start).as_ref().ok_or_else(|| {
            fault(ErrorKind::Internal, "no thread to receive with", "close some programs and ask again")
        })
    }

    fn start() -> Option<Self> {
        let pace = Arc::<Pace>::default();
        let rests = Arc::clone(&pace);
        let mut runtime = Builder::new_current_thread();
        let runtime =
            runtime.enable_io().enable_time().on_thread_park(move || rests.rest(REST)).build().ok()?;
        let handle = runtime.handle().clone();
        let work = move || runtime.block_on(pending::<()>());
        std::thread::Builder::new().name("receive".to_owned()).spawn(work).ok()?;
        Some(Self { runtime: handle, pace })
    }

    /// Lets the thread do this work, and gives the pieces that come of it. Dropping them ends the work.
    pub fn read<W>(&self, work: impl FnOnce(Out, Awaited) -> W) -> Received
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let (out, batches) = mpsc::channel(WAITING);
        let task = self.runtime.spawn(work(out, Awaited::new(&self.pace)));
        self.pace.call();
        Received { task, batches, batch: Vec::new().into_iter(), pace: Arc::clone(&self.pace) }
    }
}

impl Pace {
    fn lock(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Rests, if there is reason to, until its time is over or somebody calls.
    fn rest(&self, most: Duration) {
        let mut now = self.lock();
        let rests = std::mem::take(&mut now.busy) && now.awaited == 0;
        if rests {
            now = self
                .called
                .wait_timeout_while(now, most, |now| !now.called)
                .map_or_else(|poisoned| poisoned.into_inner().0, |(now, _)| now);
        }
        now.called = false;
    }

    /// Ends a rest.
    fn call(&self) {
        self.lock().called = true;
        self.called.notify_one();
    }
}

/// Held while a call waits for its first word.
pub struct Awaited {
    pace: Arc<Pace>,
    worded: bool,
}

impl Awaited {
    fn new(pace: &Arc<Pace>) -> Self {
        pace.lock().awaited += 1;
        Self { pace: Arc::clone(pace), worded: false }
    }

    /// Bytes came, a word among them or not.
    pub fn came(&mut self, word: bool) {
        let mut now = self.pace.lock();
        now.busy = true;
        if word && !std::mem::replace(&mut self.worded, true) {
            now.awaited -= 1;
        }
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        if !self.worded {
            self.pace.lock().awaited -= 1;
        }
    }
}

/// The pieces of one answer, read by the thread.
pub struct Received {
    task: JoinHandle<()>,
    batches: mpsc::Receiver<Vec<Item>>,
    batch: std::vec::IntoIter<Item>,
    pace: Arc<Pace>,
}

impl Stream for Received {
    type Item = Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Item>> {
        loop {
            if let Some(item) = self.batch.next() {
                return Poll::Ready(Some(item));
            }
            let Some(batch) = ready!(self.batches.poll_recv(context)) else {
                // A fault of ours is to be one of this call, as if its own task had read.
                return match ready!(self.task.poll_unpin(context)) {
                    Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                    _ => Poll::Ready(None),
                };
            };
            self.batch = batch.into_iter();
        }
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        self.task.abort();
        self.pace.call();
    }
}

/// Lets what else is due on this thread run, but does not look at sockets.
pub async fn others() {
    let mut waited = false;
    poll_fn(|context| {
        if std::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::StreamExt as _;
    use tokio::sync::oneshot;

    /// Whoever rests for so long in a test does not come back.
    const FOR_EVER: Duration = Duration::from_secs(3600);

    fn busy() -> (Arc<Pace>, Awaited) {
        let pace = Arc::<Pace>::default();
        let mut call = Awaited::new(&pace);
        call.came(true);
        (pace, call)
    }

    #[test]
    fn nobody_rests_without_a_reason() {
        Pace::default().rest(FOR_EVER);
        let (pace, mut call) = busy();
        let other = Awaited::new(&pace);
        pace.rest(FOR_EVER);
        call.came(true);
        // Its first word is still to come, so that others are not kept waiting.
        let mut third = Awaited::new(&pace);
        third.came(false);
        pace.rest(FOR_EVER);
        drop((call, other, third));
        assert_eq!(pace.lock().awaited, 0);
        // Nothing came since the last rest.
        pace.rest(FOR_EVER);
    }

    #[test]
    fn a_rest_ends_with_its_time_or_a_call() {
        let (pace, mut call) = busy();
        pace.rest(Duration::ZERO);
        assert!(!pace.lock().busy);
        call.came(false);
        let calls = Arc::clone(&pace);
        let thread = std::thread::spawn(move || calls.call());
        pace.rest(FOR_EVER);
        thread.join().unwrap();
    }

    #[tokio::test]
    async fn pieces_arrive_in_order_and_end() {
        let work = |out: Out, _awaited| async move {
            for text in ["a", "b", "c"] {
                out.send(vec![Ok(Delta::Text(text.to_owned())), Ok(Delta::Alive)]).await.unwrap();
            }
        };
        let received = Receiver::get().unwrap().read(work);
        let texts = received.filter_map(async |item| match item {
            Ok(Delta::Text(text)) => Some(text),
            _ => None,
        });
        assert_eq!(texts.collect::<Vec<_>>().await, ["a", "b", "c"]);
    }

    #[tokio::test]
    #[should_panic(expected = "a fault of ours")]
    async fn a_panic_is_one_of_who_takes_the_pieces() {
        let mut received =
            Receiver::get().unwrap().read(|_out, _awaited| async { panic!("a fault of ours") });
        received.next().await;
    }

    #[tokio::test]
    async fn dropping_the_pieces_ends_the_work() {
        let (held, dropped) = oneshot::channel::<()>();
        let work = |out: Out, _awaited| async move {
            let _held = held;
            out.send(vec![Ok(Delta::Alive)]).await.unwrap();
            pending::<()>().await;
        };
        let mut received = Receiver::get().unwrap().read(work);
        assert_eq!(received.next().await, Some(Ok(Delta::Alive)));
        drop(received);
        assert!(dropped.await.is_err());
    }
}
