//! The offline demo council as a provider: what four invented characters say is read from `assets/demo`, never computed.
//!
//! No model is asked and nothing leaves the machine. It is no stand-in for a model: to a question without a script its
//! members say so, and they do not judge answers that are not in the script.

mod cite;
mod given;
mod pace;
mod reply;
mod scene;
mod script;
mod step;
mod verdict;

use super::{Delta, Provider, Request, Stop};
use crate::core::{CallError, Council, ErrorKind, Member, ModelRef};
use futures_util::stream::{self, BoxStream, StreamExt};
use script::{CAST, SCRIPTS};

/// The provider's name in a [`ModelRef`].
pub const PROVIDER: &str = "scripted";

/// How fast a scripted member speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// As unevenly as a model over a network: a wait, then words with bursts and stalls, at most nine seconds in all.
    #[default]
    Lifelike,
    /// Without any pause; still in many pieces.
    Instant,
}

/// The provider behind the models `scripted/<name>`.
#[derive(Clone, Debug)]
pub struct Scripted {
    seed: u64,
    pace: Pace,
}

impl Scripted {
    /// A scripted provider. With equal seeds the same request is streamed in the same rhythm.
    pub fn new(seed: u64, pace: Pace) -> Self {
        Self { seed, pace }
    }
}

impl Provider for Scripted {
    fn stream(&self, request: Request) -> BoxStream<'static, Result<Delta, CallError>> {
        let Some(actor) = CAST.actor(&request.model) else {
            return stream::iter([Err(not_in_the_cast(&request.model))]).boxed();
        };
        let reply = reply::to(&request, actor);
        let mut steps = pace::steps(&reply, actor, &request.about, self.seed);
        if !reply.cut {
            steps.push(pace::Step { wait: std::time::Duration::ZERO, delta: Delta::Stop(Stop::Done) });
        }
        let pace = self.pace;
        stream::iter(steps)
            .then(move |step| async move {
                if pace == Pace::Lifelike && !step.wait.is_zero() {
                    tokio::time::sleep(step.wait).await;
                }
                Ok(step.delta)
            })
            .boxed()
    }

    fn endpoint(&self) -> String {
        "scripted (no model is asked)".to_owned()
    }
}

fn not_in_the_cast(model: &str) -> CallError {
    let names: Vec<String> = CAST.member.iter().map(|actor| format!("{PROVIDER}/{}", actor.name)).collect();
    let hint = format!("name one of {}, or a real model as PROVIDER/MODEL", names.join(", "));
    CallError::new(ErrorKind::NotFound, format!("the demo has no member {model:?}"), hint)
}

/// The demo council.
pub fn council() -> Council {
    let member = |actor: &script::Actor| {
        let model = ModelRef { provider: PROVIDER.to_owned(), model: actor.name.clone() };
        Member { persona: Some(actor.persona.clone()), ..Member::new(&actor.name, model) }
    };
    Council {
        name: CAST.name.clone(),
        members: CAST.member.iter().map(member).collect(),
        chair: Some(CAST.chair.as_str().into()),
        scripted: true,
    }
}

/// The place of the question that the tour begins with, from 0: its answers contradict each other.
pub const TOUR: usize = 1;

/// The questions that the demo council has a script for, in order.
pub fn questions() -> Vec<&'static str> {
    SCRIPTS.iter().map(|script| script.question.as_str()).collect()
}

#[cfg(test)]
mod tests;
