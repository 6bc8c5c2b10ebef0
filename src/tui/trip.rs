//! Makes synod fail where a test wants it to, so that its ways out can be tried: `SYNOD_TEST_PANIC` names one place, and
//! `SYNOD_TEST_PANIC_SAYS` what else is said then.
//!
//! Only builds with debug assertions have this module; a released synod never looks at that variable. The places are
//! `draw`, `update`, `compare`, `blocking`, `signals` and `watch` (threads and tasks of the shell), `driver` and `call`
//! (of the engine, through the scripted members).

use crate::config::load::Env;
use crate::core::CallError;
use crate::providers::{Delta, Provider, Request};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use std::sync::{Arc, OnceLock};

static PLACE: OnceLock<Option<String>> = OnceLock::new();
static SAYS: OnceLock<String> = OnceLock::new();

/// Reads the place, once.
pub fn arm(env: &Env) {
    let _ = PLACE.set(env.get("SYNOD_TEST_PANIC").map(str::to_owned));
    let _ = SAYS.set(env.get("SYNOD_TEST_PANIC_SAYS").unwrap_or_default().to_owned());
}

/// Panics when this is the place.
pub(super) fn at(place: &str) {
    let armed = PLACE.get().and_then(Option::as_deref) == Some(place);
    let says = SAYS.get().map(String::as_str).unwrap_or_default();
    assert!(!armed, "SYNOD_TEST_PANIC={place}\u{1b}[31m{says}");
}

/// The scripted members, one of whom fails in the middle of an answer, or brings the driver down when asked where it is.
pub fn provider(inner: Arc<dyn Provider>) -> Arc<dyn Provider> {
    Arc::new(Tripping(inner))
}

struct Tripping(Arc<dyn Provider>);

impl Provider for Tripping {
    fn stream(&self, request: Request) -> BoxStream<'static, Result<Delta, CallError>> {
        let first = request.about.member.0 == "fenna";
        let pieces = self.0.stream(request).enumerate();
        pieces
            .map(move |(count, piece)| {
                if first && count == 3 {
                    at("call");
                }
                piece
            })
            .boxed()
    }

    fn endpoint(&self) -> String {
        at("driver");
        self.0.endpoint()
    }
}
