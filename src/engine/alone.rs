//! One question through an engine of its own, to its end: for whoever wants the records of it and shows nothing meanwhile.

use super::{Engine, News, Setup};
use crate::core::{Command, Event, Handed, Progress, Question, Record, Session, Steer, next};

/// Puts a question and follows it to its end. Where the plan waits for a person's word, what is there is approved. Gives the
/// session as the records leave it, and the records but for pieces of text.
///
/// # Errors
/// The panic of the driver, should it have died of one.
pub async fn carry_out(
    setup: Setup,
    question: Question,
) -> Result<(Session, Vec<Record>), tokio::task::JoinError> {
    let (engine, mut feed) = Engine::start(setup);
    engine.send(Command::Ask(question)).await;
    let (mut session, mut records) = (Session::default(), Vec::new());
    loop {
        let news = feed.take().await;
        if news.is_empty() {
            break;
        }
        let mut stirred = false;
        for news in news {
            if let News::Record(record) = news {
                session.apply(&record);
                // A piece of text changes nothing of what comes next, and stands whole in the end of its call.
                if !matches!(record.event, Event::Delta { .. }) {
                    stirred = true;
                    records.push(record);
                }
            }
        }
        let Some(run) = session.runs.last().filter(|_| stirred) else { continue };
        match next(run).state {
            Progress::Working => {}
            Progress::Settled => break,
            Progress::Waiting => {
                for gate in run.gates() {
                    let steer = Steer::HandOver(gate.stage.id, Handed::Approved);
                    engine.send(Command::Steer { run: run.id, steer }).await;
                }
            }
        }
    }
    engine.close().await?;
    Ok((session, records))
}
