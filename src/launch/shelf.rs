//! What the model picker asks the world for: the providers' lists, and whether one model answers. Each as something that
//! can be asked for again and again while the workbench is open.

use super::offered::offered;
use crate::config::Config;
use crate::core::offer::{Offer, Probe};
use crate::core::{Ask, CallError, ErrorKind, MemberId, Message, ModelRef, Params, Role};
use crate::providers::registry::Registry;
use crate::providers::{About, Delta, Request};
use futures_util::StreamExt as _;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// How long a probe may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// All models with what is known of them, and a line for each provider that could not be reached. Nobody is contacted where
/// `online` is false.
pub async fn shelf(config: &Config, registry: &Registry, online: bool) -> (Vec<Offer>, Vec<String>) {
    let found = offered(config, registry, None, online).await;
    let failed = found.iter().filter(|one| one.failed);
    let notes = failed.filter_map(|one| Some(format!("{}: {}", one.provider, one.note.as_ref()?))).collect();
    (found.into_iter().flat_map(|one| one.offers).collect(), notes)
}

/// What to do about a probe that failed.
const ANOTHER: &str = "try again, or choose another model";

/// Asks a model for a word, and says how long it took or why there was none.
pub async fn probe(registry: &Registry, model: &ModelRef) -> Probe {
    let began = Instant::now();
    match timeout(PATIENCE, answer(registry, model)).await {
        Ok(Ok(())) => Probe::Well { ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX) },
        Ok(Err(error)) => Probe::Failed(error),
        Err(_) => {
            let message = format!("no answer within {} s", PATIENCE.as_secs());
            Probe::Failed(CallError::new(ErrorKind::Timeout, message, ANOTHER))
        }
    }
}

/// Reads the answer to its finish marker. One that was cut is an answer too: hardly any is asked for.
async fn answer(registry: &Registry, model: &ModelRef) -> Result<(), CallError> {
    let question = "Answer with the one word: ok".to_owned();
    let about = About {
        member: MemberId::from("probe"),
        question: question.clone(),
        ask: Ask::Answer,
        round: 0,
        shown: Vec::new(),
        seed: 0,
    };
    let mut stream = registry.open(model)?.stream(Request {
        model: model.model.clone(),
        messages: vec![Message { role: Role::User, text: question }],
        params: Params { answer_limit: Probe::ANSWER, ..Params::default() },
        about,
    });
    while let Some(delta) = stream.next().await {
        if matches!(delta?, Delta::Stop(_)) {
            return Ok(());
        }
    }
    let message = "the answer ended without its finish marker";
    Err(CallError::new(ErrorKind::EndedEarly, message, ANOTHER))
}
