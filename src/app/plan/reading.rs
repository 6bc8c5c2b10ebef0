//! What goes on in the stages of a plan, in the words of its rail: what each is doing, who speaks, what it waits for, what it
//! came to and why. Read from a run; nothing is decided here.

use crate::core::check::Checked;
use crate::core::{
    Ask, Call, Handed, Holds, MemberId, Phase, Run, Settles, Speakers, StageId, StageState, When, clean,
};
use std::collections::BTreeSet;

/// How far a stage is, in a word or two.
pub fn word(run: &Run, state: &StageState) -> &'static str {
    match run.phase(state) {
        Phase::Planned => "waits",
        Phase::Waiting if state.stage.ask == Ask::HandOver => "your word",
        Phase::Waiting => "held",
        phase => phase.word(),
    }
}

/// What a stage is, in a word.
pub fn what(state: &StageState) -> &'static str {
    match (state.stage.ask, state.stage.merge) {
        (Ask::Merge, mode) => mode.name(),
        (ask, _) => ask.word(),
    }
}

/// Names with commas between them, for people.
pub fn list<'a>(names: impl IntoIterator<Item = &'a MemberId>) -> String {
    names.into_iter().map(|name| clean::line(&name.0)).collect::<Vec<_>>().join(", ")
}

/// Who speaks in a stage, as far as that is known by now.
pub fn who(run: &Run, state: &StageState) -> String {
    let begun = state.begun.as_ref().filter(|begun| !begun.speakers.is_empty());
    if let Some(begun) = begun {
        let all = begun.speakers.len() > 2 && begun.speakers.len() == run.council.members.len();
        let names = begun.speakers.iter().filter_map(|slot| Some(&run.member(*slot)?.name));
        return if all { format!("all {}", begun.speakers.len()) } else { list(names) };
    }
    match &state.stage.speakers {
        Speakers::Every => "all".to_owned(),
        Speakers::Answered => "those that answered".to_owned(),
        Speakers::Member(name) => clean::line(&name.0),
        Speakers::Named(names) => list(names),
        Speakers::Chair => {
            run.council.chair.as_ref().map_or("the chair".to_owned(), |name| clean::line(&name.0))
        }
        Speakers::Chosen(route) => {
            let route = run.heir(*route);
            match run.stage(route).and_then(|state| state.routed.as_ref()) {
                Some(routed) => list(&routed.members),
                None => format!("whom {} chooses", run.title(route)),
            }
        }
        Speakers::Nobody if state.stage.ask == Ask::HandOver => "you".to_owned(),
        Speakers::Nobody => "local score".to_owned(),
    }
}

/// Something that is told of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What.
    pub text: String,
    /// Whether it is to be seen quickly: something went wrong or is missing.
    pub warns: bool,
}

impl Note {
    fn of(text: impl Into<String>) -> Self {
        Self { text: text.into(), warns: false }
    }

    fn warning(text: impl Into<String>) -> Self {
        Self { text: text.into(), warns: true }
    }
}

/// What is told of a stage: what it came to, why it was begun or left out, what it waits for, what it lacks.
pub fn notes(run: &Run, state: &StageState) -> Vec<Note> {
    let mut notes = Vec::new();
    if let Some(why) = state.skipped() {
        notes.push(Note::of(clean::line(why)));
        return notes;
    }
    if let Some(obstacle) = state.begun.as_ref().and_then(|begun| begun.obstacle.as_ref()) {
        notes.push(Note::warning(clean::line(obstacle)));
    }
    if state.begun.is_none() {
        notes.push(Note::of(if state.stopped {
            "stopped before it began".to_owned()
        } else {
            waits(run, state)
        }));
    }
    if let Some(decided) = state.decided.as_ref().filter(|decided| decided.go && !decided.why.is_empty()) {
        let score = decided.score.filter(|_| !decided.why.contains("agreement"));
        let score = score.map(|score| format!("; agreement is {score:.2}")).unwrap_or_default();
        notes.push(Note::of(format!("begun: {}{score}", clean::line(&decided.why))));
    }
    notes.extend(came_to(run, state).map(Note::of));
    match (state.ended_by(run), run.phase(state)) {
        (Some(stop), _) => notes.push(Note::of(format!("ended: {}", stop.words()))),
        (None, Phase::Stopped) if state.begun.is_some() => {
            notes.push(Note::warning("stopped before it was over"));
        }
        (None, Phase::Failed) if state.begun.as_ref().is_some_and(|begun| begun.obstacle.is_none()) => {
            notes.push(Note::warning("nothing came of it"));
        }
        _ => {}
    }
    let lacks = run.lacks(state.stage.id);
    if !lacks.is_empty() {
        notes.push(Note::warning(format!("degraded: {}", lacks.join("; "))));
    }
    if let Some(heir) = state.heir {
        notes.push(Note::of(format!("gone through once more: {}", run.title(heir))));
    }
    notes
}

/// What a stage whose turn has not come waits for.
pub fn waits(run: &Run, state: &StageState) -> String {
    let open = state.stage.after.iter().map(|of| run.heir(*of)).filter(|of| !run.settled(*of));
    let mut titles: Vec<String> = open.map(|of| run.title(of)).collect();
    titles.dedup();
    let condition = condition(run, state.stage.when()).map(|words| format!(", begun {words}"));
    let condition = condition.unwrap_or_default();
    match (titles.as_slice(), run.paused) {
        ([], true) => format!("held while the plan is paused{condition}"),
        ([], false) => format!("about to begin{condition}"),
        (titles, _) => format!("after {}{condition}", titles.join(" and ")),
    }
}

/// A condition in words: "unless first settles it ..". Nothing where there is none.
pub fn condition(run: &Run, when: &When) -> Option<String> {
    let of = run.title(run.heir(when.of()?));
    Some(match when {
        When::Always => return None,
        When::Unsettled { by, .. } => format!("unless {of} settles it ({})", settles(*by)),
        When::Failed(_) => format!("if nothing comes of {of}"),
        When::Worked(_) => format!("if {of} brings a text"),
        When::Faulted(_) => format!("if {of} finds a claim that does not hold"),
        When::Sound(_) => format!("if {of} finds no claim that does not hold"),
        When::Undecided(_) => format!("if {of} names no single winner"),
        When::Chose { road, .. } => format!("if {of} takes the road {}", road.name()),
    })
}

fn settles(by: Settles) -> String {
    let mut ways = Vec::new();
    if by.same > 0 {
        let families = if by.families { " of different families" } else { "" };
        let unflagged = if by.unflagged { " and contradict each other in nothing" } else { "" };
        ways.push(format!("{}{families} give the same answer{unflagged}", by.same));
    }
    if let Some(score) = by.agreement {
        ways.push(format!("agreement of {:.2} or more", f64::from(score) / 100.0));
    }
    ways.join("; or ")
}

/// What a vote, a check, a route or a gate came to.
fn came_to(run: &Run, state: &StageState) -> Option<String> {
    let id = state.stage.id;
    let over = run.phase(state) == Phase::Done;
    match state.stage.ask {
        Ask::Ballot if over => Some(match run.winners(id).as_slice() {
            [] => "named nobody".to_owned(),
            [winner] => format!("named {}", clean::line(&winner.0)),
            tied => format!("a tie of {}", list(tied)),
        }),
        Ask::Check => {
            let checked = run.checked(id);
            (!checked.is_empty()).then(|| verdicts(&checked))
        }
        Ask::HandOver => Some(match state.handed.as_ref()? {
            Handed::SentBack(note) if note.trim().is_empty() => "sent back by you".to_owned(),
            Handed::SentBack(note) => format!("sent back by you: {}", clean::line(note)),
            Handed::Chosen(call) => format!("chosen by you: {}", clean::line(&run.calls.get(call)?.member.0)),
            handed => handed.words().to_owned(),
        }),
        _ => None,
    }
}

/// How many claims hold, how many do not, and of how many nothing could be said.
pub fn verdicts(checked: &[Checked]) -> String {
    let of = |holds| checked.iter().filter(|claim| claim.holds() == holds).count();
    let (yes, no, open) = (of(Holds::Yes), of(Holds::No), of(Holds::Open));
    let verb = |count, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    format!("{}, {}, {open} open", verb(yes, "holds", "hold"), verb(no, "fails", "fail"))
}

/// The turns of a stage, in order: of each its attempt that runs, else the one that counts.
pub fn turns<'r>(run: &'r Run, stage: StageId) -> Vec<&'r Call> {
    let turns: BTreeSet<(u16, u16)> = run.calls_of(stage).map(|call| (call.id.round, call.id.slot)).collect();
    let of = |(round, slot): (u16, u16)| -> Option<&'r Call> {
        let last = run.call(stage, round, slot)?;
        if last.ended() { run.counting(stage, round, slot) } else { Some(last) }
    };
    turns.into_iter().filter_map(of).collect()
}

/// How many turns there were, and how many there are at the most if every stage that may begin does.
pub fn calls(run: &Run) -> (usize, usize) {
    let made = |state: &StageState| turns(run, state.stage.id).len();
    let most = |state: &StageState| made(state).max(most(run, state));
    (run.stages.iter().map(made).sum(), run.stages.iter().map(most).sum())
}

/// How many turns a stage has at the most.
fn most(run: &Run, state: &StageState) -> usize {
    if run.phase(state).over() {
        return 0;
    }
    let here = (0..run.council.members.len() as u16).filter(|slot| run.sits(*slot)).count();
    let speakers = match (&state.begun, &state.stage.speakers) {
        (Some(begun), _) => begun.speakers.len(),
        (None, Speakers::Every | Speakers::Answered) => here,
        (None, Speakers::Member(_) | Speakers::Chair) => 1,
        (None, Speakers::Named(names)) => names.len(),
        (None, Speakers::Chosen(route)) => {
            let route = run.stage(run.heir(*route));
            let among =
                || route.and_then(|it| it.stage.part.as_ref()?.routing.as_ref()).map(|it| it.among.len());
            let chosen = route.and_then(|it| it.routed.as_ref()).map(|routed| routed.members.len());
            chosen.or_else(|| among().filter(|count| *count > 0)).unwrap_or(here)
        }
        (None, Speakers::Nobody) => 0,
    };
    // Only who is shown two answers ranks them in both orders.
    let twice = state.begun.as_ref().is_none_or(|begun| begun.answers.len() <= 3);
    let rounds = if state.stage.ask == Ask::Ballot && !twice { 1 } else { state.stage.rounds().count() };
    speakers * rounds
}

/// The stages in the order in which they are gone through: what is gone through once more comes after the gate that sent it back.
pub fn order(run: &Run) -> Vec<&StageState> {
    fn put<'r>(run: &'r Run, state: &'r StageState, all: &mut Vec<&'r StageState>) {
        all.push(state);
        let id = state.stage.id;
        let again = |it: &&StageState| it.stage.id > id && sent_from(it) == Some(id);
        run.stages.iter().filter(again).for_each(|state| put(run, state, all));
    }
    let mut all = Vec::with_capacity(run.stages.len());
    run.stages.iter().filter(|state| sent_from(state).is_none()).for_each(|state| put(run, state, &mut all));
    all
}

/// The gate that sent a stage back.
fn sent_from(state: &StageState) -> Option<StageId> {
    state.stage.again().map(|again| again.from)
}

/// The stage that the plan has come to: the last one that goes on, else the last one that is over.
pub fn come_to(run: &Run) -> Option<&StageState> {
    let stages = order(run);
    let last =
        |wanted: &dyn Fn(Phase) -> bool| stages.iter().rfind(|state| wanted(run.phase(state))).copied();
    let goes_on = last(&|phase| matches!(phase, Phase::Running | Phase::Waiting));
    goes_on.or_else(|| last(&|phase| phase != Phase::Planned)).or(stages.first().copied())
}

/// How many stages have begun or are over, one at the least, and how many there are; one in whose place another is gone through
/// counts once.
pub fn place(run: &Run) -> (usize, usize) {
    let live = || run.stages.iter().filter(|state| state.heir.is_none());
    let count = live().count();
    let begun = live().filter(|state| run.phase(state) != Phase::Planned).count();
    (begun.max(1).min(count), count)
}

/// Why nothing is to be seen of a member in a run of a written plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unasked {
    /// In a few words.
    pub title: String,
    /// In one or two.
    pub brief: &'static str,
    /// In one short word.
    pub word: &'static str,
    /// In a sentence.
    pub why: String,
}

/// Why a member has no answer of its own in a run of a written plan: its turn comes later, its stage was left out, a route chose
/// others, or the plan asks it for something else, or for nothing. `None` where it was asked, or is about to be.
pub fn unasked(run: &Run, slot: u16) -> Option<Unasked> {
    let find = |wanted: &dyn Fn(&StageState) -> bool| {
        run.stages.iter().find(|state| wanted(state) && may_speak(run, state, slot) == Some(true))
    };
    let answers = |state: &StageState| state.stage.ask.answers();
    let waits = |state: &StageState| run.phase(state) == Phase::Planned;
    if find(&|it| answers(it) && matches!(run.phase(it), Phase::Running | Phase::Waiting | Phase::Done))
        .is_some()
    {
        return None;
    }
    let of = |title: String, brief, word, why| Some(Unasked { title, brief, word, why });
    if let Some(state) = find(&|it| answers(it) && waits(it)) {
        let title = run.title(state.stage.id);
        let why = format!("asked in {title}, {}", self::waits(run, state));
        return of(format!("asked in {title}"), "later", "later", why);
    }
    let left_out = |it: &StageState| answers(it) && it.skipped().is_some();
    if let Some((state, why)) = find(&left_out).and_then(|state| Some((state, state.skipped()?))) {
        let title = run.title(state.stage.id);
        let why = format!("not asked: {title} is left out ({})", clean::line(why));
        return of(format!("{title} skipped"), "skipped", "-", why);
    }
    let passed = run.stages.iter().find_map(|state| match state.stage.speakers {
        Speakers::Chosen(route) if answers(state) => {
            let route = run.heir(route);
            Some((route, run.stage(route)?.routed.as_ref()?))
        }
        _ => None,
    });
    if let Some((route, routed)) = passed.filter(|_| may_be_chosen(run, slot)) {
        let why = format!("not asked: {} chose {}", run.title(route), list(&routed.members));
        return of("not chosen".to_owned(), "not chosen", "-", why);
    }
    if let Some(state) = find(&|it| !answers(it)) {
        let title = run.title(state.stage.id);
        let why =
            format!("the plan asks it for no answer of its own: it speaks in {title} ({})", what(state));
        return of(format!("only in {title}"), "not asked", "-", why);
    }
    of("not asked by the plan".to_owned(), "not asked", "-", "the plan does not ask it".to_owned())
}

/// Whether a member speaks in a stage, or will: `None` where that is not known yet.
fn may_speak(run: &Run, state: &StageState, slot: u16) -> Option<bool> {
    let name = &run.member(slot)?.name;
    if let Some(begun) = &state.begun {
        return Some(begun.speakers.contains(&slot));
    }
    Some(match &state.stage.speakers {
        Speakers::Every => true,
        // Who speaks there has been asked before.
        Speakers::Answered | Speakers::Nobody => false,
        Speakers::Member(member) => member == name,
        Speakers::Named(names) => names.contains(name),
        Speakers::Chair => run.council.chair.as_ref() == Some(name),
        Speakers::Chosen(route) => match run.stage(run.heir(*route)).and_then(|it| it.routed.as_ref()) {
            Some(routed) => routed.members.contains(name),
            None => may_be_chosen(run, slot),
        },
    })
}

/// Whether a route of the plan may choose a member.
fn may_be_chosen(run: &Run, slot: u16) -> bool {
    let Some(member) = run.member(slot) else { return false };
    let mut routings = run.stages.iter().filter_map(|state| state.stage.part.as_ref()?.routing.as_ref());
    routings.any(|routing| routing.among.is_empty() || routing.among.contains(&member.name))
}
