//! What answers in the shadow of councils, as the configuration says; and the logs of it, with what the person graded since.

use super::{Ahead, arms, kit, log, prices};
use crate::agreement::outcome::position_in;
use crate::agreement::position::{Kind, Position};
use crate::config::Fault;
use crate::config::shadow::Shadow as Written;
use crate::core::grade::Kept as Graded;
use crate::core::{Council, RunId, Session, clean};
use crate::engine::shadow::{Shadow, Shadows};
use crate::experiment::arm::{Arm, Reading};
use crate::experiment::trial::Verdict;
use crate::experiment::{Design, Kept, Line, Trial};
use crate::launch::{GUESSED_QUESTION, Launch, UsageError};
use crate::store::{self, lines};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// How the log of a council's shadow is asked for: this, then the council's name.
pub const WORD: &str = "shadow:";

/// The name of the treatment that is the council itself.
const COUNCIL: &str = "council";
/// The name of the other one.
const SHADOW: &str = "shadow";

/// All shadows that can be, and a line for each that can't.
pub fn all(launch: &Launch) -> (Shadows, Vec<Fault>) {
    let mut faults = Vec::new();
    let file = launch.config.file.as_ref().map(|file| file.display().to_string()).unwrap_or_default();
    let one = |(name, written): (&String, &Written)| {
        let council = launch.config.councils.get(name)?;
        match shadow(launch, council, written) {
            Ok(shadow) => Some(shadow),
            Err(why) => {
                let key = format!("councils.{name}.shadow");
                let message = format!("can't be asked, so nothing is: {why}");
                faults.push(Fault { file: file.clone(), line: None, key, message, closes: false });
                None
            }
        }
    };
    // What nobody keeps can't be compared.
    let shadows = launch.config.shadows.iter().filter(|_| launch.save).filter_map(one).collect();
    (Shadows::new(shadows), faults)
}

fn shadow(launch: &Launch, council: &Council, written: &Written) -> Result<Shadow, String> {
    let unseen = match written.members.as_slice() {
        [] => council.clone(),
        models => launch.config.council_of(&council.name, models),
    };
    let words = written.plan.as_deref().unwrap_or("ask");
    let (treatment, _) = arms::treatment(launch, SHADOW, words, &BTreeMap::new(), unseen, 0)?;
    let seen = arms::plain(launch, COUNCIL, council.clone(), 0);
    let arm = |name: &str, place: usize, reading: Reading| Arm {
        name: name.to_owned(),
        treatment: place,
        reading,
        control: None,
    };
    let arms = vec![arm(COUNCIL, 0, arms::usual(&seen)), arm(SHADOW, 1, arms::usual(&treatment))];
    let ahead = Ahead::one(&prices(launch), &treatment, GUESSED_QUESTION);
    let design = Design {
        name: format!("{}-shadow", council.name),
        treatments: vec![seen, treatment],
        arms,
        ..Design::default()
    };
    let log = folder(launch, &council.name).join(format!("{:016x}.jsonl", design.digest()));
    let id = store::new_id(launch.clock.now(), fastrand::u32(..)).0;
    let kit = kit(launch, id, design, &launch.registry);
    let (share, budget) = (written.share, written.budget);
    Ok(Shadow { council: council.clone(), kit, share, budget, ahead, log })
}

/// Where the logs of a council's shadow are: one for each that it had.
fn folder(launch: &Launch, council: &str) -> PathBuf {
    let plain: String =
        council.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect();
    launch.root.with_file_name("experiments").join(format!("shadow-{plain}"))
}

/// The log that `shadow:COUNCIL` means: that of its last shadow. `None` where the path means none.
///
/// # Errors
/// [`UsageError`] where nothing was asked in its shadow yet.
pub fn find(launch: &Launch, path: &Path) -> Result<Option<PathBuf>, UsageError> {
    let Some(council) = path.to_str().and_then(|text| text.strip_prefix(WORD)) else { return Ok(None) };
    let entries = std::fs::read_dir(folder(launch, council)).into_iter().flatten().flatten();
    let logs =
        entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|it| it == "jsonl"));
    let latest = logs.max_by_key(|path| path.metadata().and_then(|it| it.modified()).ok());
    latest.map(Some).ok_or_else(|| {
        let council = clean::exact(council);
        UsageError(format!(
            "nothing was asked in the shadow of {council} yet; [councils.{council}.shadow] in the configuration asks for it"
        ))
    })
}

/// Reads the log of a shadow, with what the person graded of the council's answers: what comes to the same is as right.
///
/// # Errors
/// [`UsageError`] where it is none, or can't be read.
pub fn read(path: &Path, grades: &[Graded]) -> Result<Kept, UsageError> {
    let mut kept = Kept::default();
    let mut known: HashMap<String, Vec<(Position, bool)>> = HashMap::new();
    lines::each(path, |number, line| match serde_json::from_slice::<Line>(line) {
        Ok(Line::Trial(mut trial)) => {
            let graded = known.entry(trial.item.clone()).or_default();
            grade(&mut trial, grades, graded);
            if let Ok(line) = serde_json::to_vec(&Line::Trial(trial)) {
                kept.take(number, &line);
            }
        }
        _ => kept.take(number, line),
    })
    .map_err(|error| UsageError(error.to_string()))?;
    log::usable(kept, path)
}

/// Gives a trial the verdicts that follow from grades; those of the council's own answers are remembered for its shadow.
fn grade(trial: &mut Trial, grades: &[Graded], known: &mut Vec<(Position, bool)>) {
    let session = Session::replay(&trial.records);
    let Some(run) = session.runs.first() else { return };
    if let Some((name, number)) = trial.item.rsplit_once(':').filter(|_| trial.treatment == COUNCIL) {
        let own = |grade: &&Graded| {
            grade.session.0 == name
                && number.parse() == Ok(grade.call.run.0)
                && RunId(grade.call.run.0) == run.id
        };
        for graded in grades.iter().filter(own) {
            let Some((call, grade)) = run.calls.get(&graded.call).zip(graded.grade) else { continue };
            known.push((position_in(run, call), grade.right()));
            trial.verdicts.push(Verdict { call: call.id, right: Some(grade.right()), records: Vec::new() });
        }
    }
    let said: Vec<_> = trial.verdicts.iter().map(|verdict| verdict.call).collect();
    for call in run.calls.values().filter(|call| call.usable() && !said.contains(&call.id)) {
        let found = position_in(run, call);
        if let Some(right) = follows(known, &found) {
            trial.verdicts.push(Verdict { call: call.id, right: Some(right), records: Vec::new() });
        }
    }
}

/// Whether an answer is right, as far as that follows from graded ones: what comes to the same is as right, and a number, a choice
/// or a yes or no beside another one that is right is wrong.
fn follows(known: &[(Position, bool)], found: &Position) -> Option<bool> {
    let same = known.iter().find(|(position, _)| found.stated() && position.same(found));
    let plain = matches!(found.kind, Kind::Number | Kind::Choice | Kind::YesNo);
    let beside = || known.iter().any(|(position, right)| *right && plain && position.kind == found.kind);
    same.map(|(_, right)| *right).or_else(|| beside().then_some(false))
}
