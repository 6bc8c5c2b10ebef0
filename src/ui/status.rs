//! The lines around the panes: what is asked, how far it is, what agrees, the newest message, and the keys.

use super::canvas::{self, Row};
use super::state::{self, seconds};
use super::theme::{Role, Theme};
use crate::agreement::Mark;
use crate::agreement::early::Early;
use crate::app::App;
use crate::app::plan::reading;
use crate::app::table::{Entry, TABLE};
use crate::core::{Ask, Call, Pass, Phase, Run, SCRIPTED, clean};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The question on the left; how many are in, the time, and whether it is a demo on the right.
pub(super) fn header(buffer: &mut Buffer, area: Rect, app: &App, theme: &Theme) {
    if area.height == 0 {
        return;
    }
    let mut right: Row = Vec::new();
    if app.scripted() {
        let label = if area.width < 100 { "DEMO, scripted " } else { SCRIPTED };
        right.push((format!(" {label}"), theme.style(Role::Demo)));
    }
    if let Some(run) = app.run() {
        right.push((format!("  {} ", how_far(app, run)), theme.style(Role::Strong)));
    }
    // What is spent stands in the demo's place, where nothing is.
    if let Some(tag) = app.price_tag().filter(|_| !app.scripted()) {
        right.push((format!(" {tag} "), theme.style(Role::Strong)));
    }
    if !app.queued.is_empty() {
        right.insert(0, (format!("  {} queued ", app.queued.len()), theme.style(Role::Accent)));
    }
    let of = |row: &Row| row.iter().map(|(text, _)| canvas::width(text)).sum::<u16>();
    let wide = of(&right).min(area.width);
    let left_area = Rect { width: area.width - wide, ..area };
    // More than fits into any screen needn't be cleaned for it.
    let question = app.run().map(|run| clean::line(canvas::head(&run.question, 4096)));
    let number = app.run().map(|run| run.id.0).filter(|number| *number > 1);
    let mut left: Row = vec![(" synod ".to_owned(), theme.style(Role::Title))];
    let count = app.session.runs.len();
    if let Some(number) = number.or((count > 1).then_some(1)) {
        let of = if app.shown_at() + 1 < count { format!(" of {count}") } else { String::new() };
        left.push((format!("question {number}{of} "), theme.style(Role::Dim)));
    }
    match question {
        Some(question) => left.push((question, theme.style(Role::Accent))),
        None => left.push(("no question yet".to_owned(), theme.style(Role::Dim))),
    }
    canvas::put_row(buffer, left_area, &left);
    canvas::put_row(buffer, Rect { x: area.right() - wide, width: wide, ..area }, &right);
}

/// How much of the step that runs is there, and how long it has taken; when none runs, the same of the latest answers.
/// The time a person spends reading between steps is not counted.
fn how_far(app: &App, run: &Run) -> String {
    if let Some(words) = plan_so_far(app, run) {
        return words;
    }
    if let Some(pass) = run.deeper.running.last() {
        let time = seconds(app.now.saturating_sub(pass.started_at));
        return match pass.pass {
            Pass::Embeddings => format!("vectors of {}  {time}", canvas::count(pass.items as usize, "claim")),
            Pass::Judge => format!("judging {}  {time}", canvas::count(pass.items as usize, "pair")),
        };
    }
    let ask = |call: &Call| run.stage(call.id.stage).map(|state| state.stage.ask);
    let running = run.calls.values().filter(|call| !call.ended()).map(|call| call.id.stage).max();
    let answered = run.calls.values().filter(|call| matches!(ask(call), Some(Ask::Answer | Ask::Critique)));
    let step = running.or_else(|| answered.map(|call| call.id.stage).max());
    let calls = || run.calls.values().filter(move |call| Some(call.id.stage) == step);
    let began = calls().map(|call| call.started_at).min().unwrap_or(run.started_at);
    let until = match running {
        Some(_) => app.now,
        None => calls().map(|call| call.last_at).max().unwrap_or(began),
    };
    let time = seconds(until.saturating_sub(began));
    match calls().next().and_then(ask) {
        Some(Ask::Merge) => format!("synthesis  {time}"),
        Some(Ask::Ballot) => {
            format!("{}/{} ballots  {time}", calls().filter(|call| call.ended()).count(), calls().count())
        }
        _ => {
            let held = (0..app.panes.len()).filter(|seat| run.held_back(*seat as u16)).count();
            format!("{}/{} in  {time}", app.ends().len(), app.panes.len() - held)
        }
    }
}

/// The same of a written plan while it goes on or waits: where it is.
fn plan_so_far(app: &App, run: &Run) -> Option<String> {
    let (at, of) = reading::place(run);
    let state = reading::come_to(run).filter(|_| run.planned())?;
    let at = format!("stage {at}/{of}");
    let turns = reading::turns(run, state.stage.id);
    let time = app.stage_time(run, state).map(|time| format!("  {}", seconds(time))).unwrap_or_default();
    Some(match run.phase(state) {
        Phase::Waiting if !run.paused => format!("{at}  waits for you"),
        _ if run.paused => format!("{at}  paused"),
        Phase::Running if turns.len() > 1 => {
            let ended = turns.iter().filter(|call| call.ended()).count();
            format!("{at}  {ended}/{} in{time}", turns.len())
        }
        _ if run.finished() => {
            let ended = run.calls.values().map(|call| call.last_at).max().unwrap_or(run.started_at);
            format!("{at}  done {}", seconds(ended.saturating_sub(run.started_at)))
        }
        _ => format!("{at}{time}"),
    })
}

/// Whether those that still write can change what most come to, from the longest form to none.
fn vote_so_far(early: &Early) -> [String; 4] {
    let Early { votes, finished, missing, open, .. } = early;
    let leading = canvas::fit(&clean::line(&early.leading), 24);
    let rest = if *missing == 1 { "the last".to_owned() } else { format!("{missing} missing") };
    let can = if *open { "can change it" } else { "can't change it" };
    let short = if *open { "still open" } else { "decided" };
    [
        format!("  {votes} of {finished} say {leading}; {rest} {can}; A takes what is there "),
        format!("  {votes} of {finished} say {leading}; {rest} {can} "),
        format!("  {votes}/{finished} {leading}: {short} "),
        String::new(),
    ]
}

/// One cell a claim, sorted, readable by ear: `agree 3/9 [===~!!+++]`, then the legend with counts.
///
/// `shown` are the seats whose panes are in view, where not all of them are.
pub(super) fn meter(buffer: &mut Buffer, area: Rect, app: &App, theme: &Theme, shown: &[usize]) {
    if area.height == 0 {
        return;
    }
    let mut area = area;
    if let (Some(first), Some(last), true) = (shown.first(), shown.last(), shown.len() < app.panes.len()) {
        let text = format!(" panes {}-{} of {} (l h) ", first + 1, last + 1, app.panes.len());
        let wide = canvas::width(&text).min(area.width / 3);
        area.width -= wide;
        canvas::put(buffer, Rect { x: area.right(), width: wide, ..area }, &text, theme.style(Role::Dim));
    }
    if let Some(early) = app.early() {
        let wordings = vote_so_far(&early);
        let text = canvas::longest(&wordings.each_ref().map(String::as_str), area.width / 2);
        let wide = canvas::width(text);
        area.width -= wide;
        let role = if early.open { Role::Dim } else { Role::Accent };
        canvas::put(buffer, Rect { x: area.right(), width: wide, ..area }, text, theme.style(role));
    }
    let sum = &app.agreement.summary;
    if sum.claims == 0 {
        let text =
            if app.working() { " agree: compared as they write" } else { " agree: nothing to compare" };
        canvas::put(buffer, area, text, theme.style(Role::Dim));
        return;
    }
    let counts = [
        (Mark::Agree, sum.agreed, "agree"),
        (Mark::Partly, sum.partly, "partly"),
        (Mark::Conflict, sum.conflict, "conflict"),
        (Mark::Only, sum.only, "only here"),
        (Mark::Pending, sum.pending, "not yet"),
    ];
    let start = format!(" agree {}/{} ", sum.agreed, sum.claims);
    let mut legend: Row = Vec::new();
    // Who stands alone is not known before all have finished.
    let listed = |mark: Mark| match mark {
        Mark::Pending => sum.pending > 0,
        Mark::Only => sum.pending == 0,
        _ => true,
    };
    for (mark, count, word) in counts.into_iter().filter(|(mark, ..)| listed(*mark)) {
        legend.push((format!("  {}", mark.symbol()), theme.mark(mark)));
        legend.push((format!(" {word} {count}"), theme.style(Role::Dim)));
    }
    let taken = legend.iter().map(|(text, _)| canvas::width(text)).sum::<u16>() + canvas::width(&start) + 4;
    let cells = usize::from(area.width.saturating_sub(taken).clamp(8, 60));
    let mut row: Row = vec![(start, theme.style(Role::Strong)), ("[".to_owned(), theme.style(Role::Dim))];
    for (mark, shown) in shares(&counts.map(|(mark, count, _)| (mark, count)), cells) {
        row.push((mark.symbol().to_string().repeat(shown), theme.mark(mark)));
    }
    row.push(("]".to_owned(), theme.style(Role::Dim)));
    row.extend(legend);
    canvas::put_row(buffer, area, &row);
}

/// How many cells each mark gets: one a claim where they fit, else in proportion, and never none for a mark that is there.
fn shares(counts: &[(Mark, usize); 5], cells: usize) -> Vec<(Mark, usize)> {
    let claims: usize = counts.iter().map(|(_, count)| count).sum();
    let share =
        |count: usize| if claims <= cells { count } else { (count * cells / claims).max(count.min(1)) };
    counts.iter().map(|(mark, count)| (*mark, share(*count))).collect()
}

/// The members as tabs, with their states.
pub(super) fn tabs(buffer: &mut Buffer, area: Rect, app: &App, theme: &Theme) {
    if area.height == 0 {
        return;
    }
    let count = app.panes.len() as u16;
    let each = (area.width / count.max(1)).max(8);
    let first = (app.seat as u16 + 1).saturating_sub(area.width / each);
    for (place, seat) in (first..count).enumerate() {
        let x = area.x + place as u16 * each;
        if x + each > area.right() {
            break;
        }
        let seat = usize::from(seat);
        let (words, role) = state::word_of_seat(app, seat);
        let name = app.shown_name(seat);
        let chosen = seat == app.seat;
        let style = if chosen { theme.style(Role::Selected) } else { theme.style(Role::Title) };
        let words_wide = canvas::width(words);
        let space = each.saturating_sub(words_wide + 5).max(3);
        let row = vec![
            (if chosen { "<" } else { "[" }.to_owned(), theme.style(Role::Dim)),
            (format!("{} {}", seat + 1, canvas::fit(&name, space)), style),
            (format!(" {words}"), theme.style(role)),
            (if chosen { ">" } else { "]" }.to_owned(), theme.style(Role::Dim)),
        ];
        canvas::put_row(buffer, Rect { x, width: each, ..area }, &row);
    }
}

/// The newest message; while there is none, that records are not saved, or that a plan waits for the person.
pub(super) fn toast(buffer: &mut Buffer, area: Rect, app: &App, theme: &Theme) {
    if area.height == 0 {
        return;
    }
    let (text, role) = match (&app.toast, app.standing_line()) {
        (Some(text), _) => (format!(" {}", clean::line(text)), Role::Accent),
        (None, Some((text, true))) => (format!(" {text}"), Role::Error),
        (None, Some((text, false))) => (format!(" {text}"), Role::Warning),
        (None, None) => return,
    };
    canvas::put(buffer, area, &text, theme.style(role));
}

/// What the tour says next.
pub(super) fn coach(buffer: &mut Buffer, area: Rect, app: &App, theme: &Theme) {
    let Some(coach) = app.coach.filter(|_| area.height > 0) else { return };
    let (at, of) = coach.step();
    let start = format!(" tour {at}/{of} ");
    let end = " Esc ends it ";
    let space = area.width.saturating_sub(canvas::width(&start) + canvas::width(end));
    let row = vec![
        (start, theme.style(Role::Accent)),
        (format!(" {}", canvas::pad(coach.text(), space.saturating_sub(1))), theme.style(Role::Strong)),
        (end.to_owned(), theme.style(Role::Dim)),
    ];
    canvas::put_row(buffer, area, &row);
}

/// The keys that work now. `?` help and Esc are never cut; the others go by their place in the table.
pub(super) fn footer(buffer: &mut Buffer, area: Rect, app: &App, theme: &Theme) {
    let always = |entry: &Entry| matches!(entry.id, "help" | "close" | "board");
    let text = |entry: &Entry| (format!(" {}", entry.keys[0]), format!(" {} ", short(app, entry)));
    let entries = works(app);
    let last: Vec<&Entry> = entries.iter().copied().filter(|entry| always(entry)).collect();
    let wide = |entry: &Entry| {
        let (key, word) = text(entry);
        canvas::width(&key) + canvas::width(&word)
    };
    let kept: u16 = last.iter().map(|entry| wide(entry)).sum();
    let mut space = area.width.saturating_sub(kept);
    let mut row: Row = Vec::new();
    let mut add = |entry: &Entry| {
        let (key, word) = text(entry);
        row.push((key, theme.style(Role::Key)));
        row.push((word, theme.style(Role::Dim)));
    };
    for entry in entries.iter().filter(|entry| !always(entry)) {
        if wide(entry) > space {
            break;
        }
        space -= wide(entry);
        add(entry);
    }
    last.into_iter().for_each(&mut add);
    canvas::put_row(buffer, area, &row);
}

/// What the footer can name: what has a key in this place, then what has one beyond it, each once.
fn works(app: &App) -> Vec<&'static Entry> {
    let place = app.place();
    let named = |entry: &&Entry| !entry.short.is_empty() && app.can(entry.action);
    let of = |place| TABLE.iter().filter(move |entry| entry.place == place);
    let taken = |entry: &Entry| {
        let own = |here: &Entry| here.action == entry.action || here.keys.contains(&entry.keys[0]);
        of(place).any(own)
    };
    let beyond = place.beyond().into_iter().flat_map(of).filter(named).filter(|entry| !taken(entry));
    of(place).filter(named).chain(beyond).collect()
}

/// What the footer calls an action: a drawer that is open is hidden by its key.
fn short(app: &App, entry: &Entry) -> &'static str {
    use crate::app::action::Action;
    use crate::app::drawer::DrawerKind;
    let open = app.drawer.map(|drawer| drawer.kind);
    match (entry.action, open) {
        (Action::Synthesis, Some(kind @ DrawerKind::Synthesis)) if !app.outdated(kind) => "hide synthesis",
        (Action::Vote, Some(kind @ DrawerKind::Vote)) if !app.outdated(kind) => "hide vote",
        (Action::Debate, _) if debated(app) => "another round",
        (Action::Pause, _) if app.run().is_some_and(|run| run.paused) => "go on",
        (Action::Rail, Some(DrawerKind::Plan)) => "hide plan",
        (Action::Close, Some(_)) if app.overlay.is_none() => "hide",
        _ => entry.short,
    }
}

fn debated(app: &App) -> bool {
    app.run().is_some_and(|run| run.last_stage(Ask::Critique).is_some())
}
