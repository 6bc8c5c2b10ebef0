//! The plain drawer beside the panes: the last synthesis, the last vote, or the debate so far.

use super::canvas::{self, Row};
use super::stream::StreamText;
use super::theme::{Role, Theme};
use super::{Cache, pane, state};
use crate::agreement::outcome::Standing;
use crate::agreement::{Change, outcome};
use crate::app::App;
use crate::app::board::{Drawer, DrawerKind};
use crate::core::{Ask, Call, Run, clean, prompt};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// Draws the open drawer. Gives where its view came to rest.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    app: &App,
    theme: &Theme,
    cache: &mut Cache,
    open: Drawer,
) -> Option<usize> {
    let run = app.run()?;
    let width = area.width.saturating_sub(4);
    let (title, rows) = match open.kind {
        DrawerKind::Synthesis => synthesis(app, run, theme, cache, width),
        DrawerKind::Vote => vote(run, theme, width),
        DrawerKind::Debate => debate(app, run, theme, cache, width),
    };
    let left =
        vec![(format!(" {} ", open.kind.title()), theme.style(Role::Title)), (title, theme.style(Role::Dim))];
    let right = if run.council.scripted {
        vec![(" scripted ".to_owned(), theme.style(Role::Demo))]
    } else {
        Vec::new()
    };
    let inside = canvas::Frame { left, right, below: Vec::new(), focus: true, theme }.draw(buffer, area);
    let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    let scroll = if open.follow { usize::MAX } else { open.scroll };
    Some(canvas::scrolled(buffer, inside, &rows, scroll, theme))
}

fn text_row(text: impl Into<String>, style: Style) -> Row {
    vec![(text.into(), style)]
}

fn paragraph(rows: &mut Vec<Row>, text: &str, width: u16, style: Style) {
    rows.extend(canvas::wrapped(text, width).into_iter().map(|line| text_row(line, style)));
}

/// What a step waits for, while it can't begin.
fn waits(run: &Run, ask: Ask) -> Option<String> {
    let state = run.last_stage(ask)?;
    if state.begun.is_some() {
        return None;
    }
    if state.stopped {
        return Some("stopped before it began".to_owned());
    }
    let names: Vec<String> = run
        .calls
        .values()
        .filter(|call| !call.ended() && state.stage.after.contains(&call.id.stage))
        .map(|call| clean::line(&call.member.0))
        .collect();
    Some(if names.is_empty() { "begins now".to_owned() } else { format!("waits for {}", names.join(", ")) })
}

fn fault(rows: &mut Vec<Row>, call: &Call, width: u16, theme: &Theme) {
    if let Some(error) = &call.error {
        let who = clean::line(&call.member.0);
        let text = format!("! {who}: {} ({})", clean::exact(&error.message), clean::exact(&error.hint));
        paragraph(rows, &text, width, theme.style(Role::Error));
    }
}

fn synthesis(app: &App, run: &Run, theme: &Theme, cache: &mut Cache, width: u16) -> (String, Vec<Row>) {
    let mut rows = Vec::new();
    let dim = theme.style(Role::Dim);
    let Some(state) = run.last_stage(Ask::Merge) else {
        return (String::new(), vec![text_row("about to be asked", dim)]);
    };
    if let Some(waits) = waits(run, Ask::Merge) {
        return (String::new(), vec![text_row(waits, dim)]);
    }
    if let Some(obstacle) = state.begun.as_ref().and_then(|begun| begun.obstacle.as_ref()) {
        paragraph(&mut rows, obstacle, width, theme.style(Role::Warning));
        return (String::new(), rows);
    }
    let Some(call) = run.calls_of(state.stage.id).next_back() else {
        return (String::new(), vec![text_row("about to be asked", dim)]);
    };
    let (words, _) = state::words(Some(call), app.now, false);
    let how = if run.council.chair.is_some() { "chair" } else { "chair: the first that finished" };
    let title = format!("by {}, {how}, blind  {words} ", clean::line(&call.member.0));
    let letters = prompt::legend(&prompt::members(run, &call.shown));
    let stream: &mut StreamText = cache.synthesis.entry(call.id).or_default();
    let text = app.texts.get(&call.id).map(crate::core::clean::CleanText::as_str).unwrap_or_default();
    stream.update(text, width, call.ended());
    rows.extend(stream.lines().iter().map(|line| pane::row(theme, line)));
    fault(&mut rows, call, width, theme);
    if call.usable() {
        let [sentences, unsupported, left_out] = *cache.checks.entry(call.id).or_insert_with(|| {
            let made = outcome::synthesis(run, state);
            let unsupported = made.sentences.iter().filter(|sentence| sentence.unsupported).count();
            [made.sentences.len(), unsupported, made.left_out.len()]
        });
        rows.push(Vec::new());
        let text = format!(
            "check: {unsupported} of {sentences} sentences have no claim behind them, {left_out} claims left out"
        );
        paragraph(&mut rows, &text, width, dim);
    }
    if !letters.is_empty() {
        paragraph(&mut rows, &format!("shown to the chair as: {letters}"), width, dim);
    }
    (title, rows)
}

fn vote(run: &Run, theme: &Theme, width: u16) -> (String, Vec<Row>) {
    let mut rows = Vec::new();
    let dim = theme.style(Role::Dim);
    let Some(state) = run.last_stage(Ask::Ballot) else {
        return (String::new(), vec![text_row("about to be asked", dim)]);
    };
    if let Some(waits) = waits(run, Ask::Ballot) {
        return (String::new(), vec![text_row(waits, dim)]);
    }
    let vote = outcome::vote(run, state);
    if let Some(obstacle) = &vote.obstacle {
        paragraph(&mut rows, obstacle, width, theme.style(Role::Warning));
        return (String::new(), rows);
    }
    let judges = state.begun.as_ref().map_or(0, |begun| begun.speakers.len());
    let open = run.calls_of(state.stage.id).filter(|call| !call.ended()).count();
    let title = format!("{}/{judges} ballots in, Borda, own answers left out ", vote.ballots.len());
    let result = match (&vote.tally.winner, vote.tally.tied.as_slice()) {
        _ if open > 0 || vote.ballots.is_empty() => "still counting".to_owned(),
        (Some(winner), _) => format!("{} wins", clean::line(&winner.0)),
        (None, []) => "not decided: no valid ballot".to_owned(),
        (None, tied) => {
            let names: Vec<String> = tied.iter().map(|name| clean::line(&name.0)).collect();
            format!("a tie: {}", names.join(" = "))
        }
    };
    rows.push(text_row(result, theme.style(Role::Accent)));
    let bar = usize::from(width.saturating_sub(44)).clamp(5, 30);
    for (place, score) in vote.tally.scores.iter().enumerate() {
        let full = (score.score * bar as f64).round() as usize;
        let filled = theme.sign("█", "#").repeat(full) + &theme.sign("░", ".").repeat(bar - full);
        rows.push(vec![
            (format!("{:>2} ", place + 1), dim),
            (format!("{:<12} ", canvas::fit(&clean::line(&score.answer.0), 12)), theme.style(Role::Strong)),
            (filled, theme.style(Role::Agree)),
            (format!(" {:>3.0} % of its points, {} first", score.score * 100.0, score.first), dim),
        ]);
    }
    rows.push(Vec::new());
    for ballot in &vote.ballots {
        let names = |list: &[crate::core::MemberId]| {
            list.iter().map(|name| clean::line(&name.0)).collect::<Vec<_>>().join(" > ")
        };
        let ranking = if ballot.valid { names(&ballot.ranking) } else { "not valid".to_owned() };
        let role = if ballot.valid { Role::Strong } else { Role::Warning };
        let seen = prompt::legend(&ballot.shown);
        rows.push(vec![
            (format!("{:<12} ", canvas::fit(&clean::line(&ballot.judge.0), 12)), dim),
            (ranking, theme.style(role)),
            (format!("   shown as {seen}"), dim),
        ]);
        let note = clean::line(&ballot.note);
        let indent = width.saturating_sub(13);
        rows.extend(
            canvas::wrapped(&note, indent).into_iter().map(|line| text_row(format!("{:13}{line}", ""), dim)),
        );
    }
    (title, rows)
}

fn debate(app: &App, run: &Run, theme: &Theme, cache: &mut Cache, width: u16) -> (String, Vec<Row>) {
    let mut rows = Vec::new();
    let dim = theme.style(Role::Dim);
    let Some(state) = run.last_stage(Ask::Critique) else {
        return (String::new(), vec![text_row("about to be asked", dim)]);
    };
    if let Some(waits) = waits(run, Ask::Critique) {
        return (String::new(), vec![text_row(waits, dim)]);
    }
    if let Some(obstacle) = state.begun.as_ref().and_then(|begun| begun.obstacle.as_ref()) {
        paragraph(&mut rows, obstacle, width, theme.style(Role::Warning));
        return (String::new(), rows);
    }
    let last = *state.stage.rounds().end();
    let title =
        format!("{last} {} on the answers above, anonymous ", if last == 1 { "round" } else { "rounds" });
    let rounds = outcome::turns(run);
    // Where a first answer stands may become clear by what is said later.
    let ended = run.calls_of(state.stage.id).filter(|call| call.ended()).count();
    for (number, calls) in &rounds {
        let mut standing = |call: &Call| {
            let key = (call.id, ended);
            let known = || outcome::standing(run, call);
            call.ended().then(|| cache.standings.entry(key).or_insert_with(known).clone())
        };
        let turns: Vec<(&Call, Option<Standing>)> =
            calls.iter().map(|call| (*call, standing(call))).collect();
        let clear = |(_, standing): &(&Call, Option<Standing>)| {
            standing.as_ref().is_some_and(|standing| standing.position.stated())
        };
        if *number == 0 && !turns.iter().any(clear) {
            rows.push(text_row("first answers: none ends in a clear position", dim));
            continue;
        }
        let name = if *number == 0 { "first answers".to_owned() } else { format!("round {number}") };
        rows.push(text_row(name, theme.style(Role::Title)));
        for (call, standing) in turns {
            rows.push(turn(app, call, standing.as_ref(), theme));
            if *number > 0 && !call.done() {
                fault(&mut rows, call, width, theme);
            }
        }
    }
    if rounds.len() <= 1 {
        rows.push(text_row("round 1 is about to be asked", dim));
    }
    rows.push(Vec::new());
    paragraph(&mut rows, "The panes show each member's latest answer.", width, dim);
    (title, rows)
}

/// One line of a debate: who, where they stand, and how they came there.
fn turn(app: &App, call: &Call, standing: Option<&Standing>, theme: &Theme) -> Row {
    let (how, role) = match standing.and_then(|standing| standing.change) {
        Some(Change::Argued) => ("moved, with a reason", Role::Accent),
        Some(Change::Caved) => ("moved to the majority, no reason given", Role::Warning),
        Some(Change::Changed) => ("moved", Role::Accent),
        Some(Change::Held) => ("held", Role::Dim),
        None => ("", Role::Dim),
    };
    let position = match standing {
        None => String::new(),
        Some(standing) if standing.position.value.is_empty() => "no clear position".to_owned(),
        Some(standing) => clean::line(&standing.position.value),
    };
    let (words, words_role) = state::words(Some(call), app.now, true);
    vec![
        (format!("  {:<12} ", canvas::fit(&clean::line(&call.member.0), 12)), theme.style(Role::Strong)),
        (format!("{:<28} ", canvas::fit(&position, 28)), Style::default()),
        (format!("{how}  "), theme.style(role)),
        (if call.done() { String::new() } else { words }, theme.style(words_role)),
    ]
}
