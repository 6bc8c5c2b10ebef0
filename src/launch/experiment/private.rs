//! Whether an experiment may be sent as it is: a data set is held to what the person said of private questions as any question is,
//! and what the command line says of who is asked is refused, since the experiment's file says that.

use super::plays;
use crate::cli::Common;
use crate::core::{Member, ModelRef, Question, Session, clean};
use crate::experiment::{Design, Grader, Item};
use crate::launch::{Launch, UsageError};

/// Refuses flags that an experiment would pass over.
///
/// # Errors
/// [`UsageError`] that names the first one.
pub fn refuse_flags(common: &Common) -> Result<(), UsageError> {
    let flags = [
        ("--model", !common.models.is_empty()),
        ("--council", common.council.is_some()),
        ("--protocol", common.protocol.is_some()),
        ("--plan", common.plan.is_some()),
        ("--role", !common.role.is_empty()),
        ("--debate-mode", common.debate_mode.is_some()),
        ("--until", common.until.is_some()),
        ("--demo", common.demo),
        ("--seed", common.seed.is_some()),
        ("--no-save", common.no_save),
    ];
    match flags.iter().find(|(_, there)| *there) {
        None => Ok(()),
        Some(("--no-save", _)) => {
            let line = "--no-save keeps nothing, and an experiment is its log: leave it out";
            Err(UsageError(line.to_owned()))
        }
        Some((flag, _)) => {
            Err(UsageError(format!("{flag} says nothing to an experiment: its file does; leave it out")))
        }
    }
}

/// Whether these questions may be sent to these members, and to the one that grades.
///
/// # Errors
/// [`UsageError`] where only local members may be asked and others sit there, or a question looks private and would leave this
/// machine.
pub fn check(
    launch: &Launch,
    design: &Design,
    members: &[&Member],
    local_only: bool,
    not_private: bool,
) -> Result<(), UsageError> {
    let privacy = launch.privacy(local_only);
    let judge = match &design.grader {
        Grader::Judge(judge) => Some(&**judge),
        _ => None,
    };
    let asked = members.iter().copied().chain(judge).filter(|member| !plays(member));
    let models = asked.flat_map(|member| std::iter::once(&member.model).chain(&member.fallback));
    let mut far: Vec<&ModelRef> = models.filter(|model| !privacy.locals.holds(model)).collect();
    far.sort();
    far.dedup();
    let names = || far.iter().map(|model| clean::line(&model.to_string())).collect::<Vec<_>>().join(", ");
    if far.is_empty() || not_private {
        return Ok(());
    }
    if local_only {
        let line = format!("--local-only: {} would be asked too; leave them out of the file", names());
        return Err(UsageError(line));
    }
    let found = |item: &Item| {
        // A judge is told what is right as well.
        let right = item.right().filter(|_| judge.is_some());
        let text = std::iter::once(item.question.as_str()).chain(right).collect::<Vec<_>>().join("\n");
        let question = Question { text, ..Question::default() };
        privacy.policy.find(&question, &Session::default()).into_iter().next()
    };
    let mut private = design.items.iter().filter_map(|item| Some((item, found(item)?)));
    let Some((item, finding)) = private.next() else { return Ok(()) };
    let more = super::items::and_more(private.count());
    Err(UsageError(format!(
        "nothing was sent: question {} looks private ({}){more}, and {} would be asked; take it out, ask local members alone, or \
         say --not-private",
        clean::exact(&item.id),
        finding.why.words(),
        names()
    )))
}
