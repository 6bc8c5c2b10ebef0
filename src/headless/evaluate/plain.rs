//! The indicators as plain text, no line wider than 80 columns: for people, pipes and screen readers. Never an escape sequence.

use super::{Bill, Question, Totals, number};
use crate::agreement::citations::Verdict;
use crate::agreement::consistency::{Checked, Standing};
use crate::agreement::evaluation::{Final, Seat, Whole};
use crate::core::claim_table::without_citations;
use crate::core::{Ask, Grade, SCRIPTED, SessionId, clean, prompt};
use crate::experiment::words::thousands;
use crate::headless::columns::cut;
use crate::stats::wilson;
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr as _;

/// How wide a line may be.
const WIDE: usize = 80;
/// The label of an indicator, with what is between it and the figure.
const LABEL: usize = 14;
/// The confidence of intervals.
const CONFIDENCE: f64 = 0.95;

pub(super) fn text(id: &SessionId, questions: &[Question<'_>], of: usize) -> String {
    let mut out = match (questions.len(), of) {
        (1, 1) => format!("Session {id}: 1 question\n"),
        (some, of) if some == of => format!("Session {id}: {of} questions\n"),
        (some, of) => format!("Session {id}: {some} of {of} questions\n"),
    };
    for it in questions {
        question(&mut out, it);
    }
    totals(&mut out, questions);
    out
}

fn question(out: &mut String, it: &Question<'_>) {
    let run = it.run;
    out.push('\n');
    block(out, "", &format!("== {}: {}", number(run.id), clean::line(&run.question)));
    if run.council.scripted {
        block(out, "", &format!("[{SCRIPTED}]"));
    }
    let how = run.plan_name().map_or_else(|| run.protocol.clone(), |plan| format!("plan {plan}"));
    block(out, "", &clean::line(&format!("{how}; council {}", run.council.name)));
    table(out, it);
    indicators(out, it);
    if let Final::Text(whole) = &it.found.last {
        claims(out, it, whole);
    }
}

/// The table of the members.
fn table(out: &mut String, it: &Question<'_>) {
    let head = ["member", "graded", "agrees", "calls", "read", "written", "cost", "first", "whole"];
    let mut rows: Vec<[String; 9]> = vec![head.map(str::to_owned)];
    rows.extend(it.found.seats.iter().zip(&it.seats).map(|(seat, bill)| row(it, seat, *bill)));
    let wide = |column: usize, rows: &[[String; 9]]| {
        rows.iter().map(|row| row[column].width()).max().unwrap_or_default()
    };
    let figures: usize = (1..9).map(|column| wide(column, &rows) + 2).sum();
    let most = WIDE.saturating_sub(figures).max(6);
    for row in &mut rows {
        row[0] = cut(&row[0], most);
    }
    let widths: Vec<usize> = (0..9).map(|column| wide(column, &rows)).collect();
    out.push('\n');
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, wide))| {
            let gap = " ".repeat(wide.saturating_sub(cell.width()));
            if column < 2 { format!("{cell}{gap}") } else { format!("{gap}{cell}") }
        });
        let _ = writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    if it.found.seats.iter().any(|seat| seat.grade.is_none() && seat.right.is_some()) {
        block(out, "", "(in brackets: by the grade of an answer that comes to the same)");
    }
}

fn row(it: &Question<'_>, seat: &Seat<'_>, bill: Bill) -> [String; 9] {
    let none = || "-".to_owned();
    let graded = match (seat.grade, seat.right) {
        (Some(grade), _) => grade.word().to_owned(),
        (None, Some(right)) => {
            format!("({})", if right { Grade::Right } else { Grade::Wrong }.word())
        }
        (None, None) => none(),
    };
    let about = if bill.tokens.guessed { "~" } else { "" };
    let tokens = |count: u64| if bill.calls == 0 { none() } else { format!("{about}{}", thousands(count)) };
    let call = seat.answer;
    let (first, whole) = match call {
        Some(call) if call.cached.is_some() => (none(), "kept".to_owned()),
        Some(call) => (call.first_ms.map_or_else(none, seconds), call.total_ms.map_or_else(none, seconds)),
        None => (none(), none()),
    };
    let cost = if bill.calls == 0 { none() } else { bill.spent.words() };
    [
        clean::line(&it.name(seat.slot)),
        graded,
        seat.agreement.map_or_else(none, |share| format!("{share:.2}")),
        bill.calls.to_string(),
        tokens(bill.tokens.input),
        tokens(bill.tokens.output),
        cost,
        first,
        whole,
    ]
}

fn seconds(ms: u64) -> String {
    match ms {
        0..100_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        ms => format!("{} s", thousands(ms / 1000)),
    }
}

fn indicators(out: &mut String, it: &Question<'_>) {
    out.push('\n');
    let found = &it.found;
    let agreement = found.agreement.map_or_else(
        || "not known: it takes two answers".to_owned(),
        |score| format!("{score:.2} of 1, the mean F1 of the claims of each two answers"),
    );
    line(out, "agreement", &agreement);
    if let Some(most) = &found.most {
        let names: Vec<String> = most.members.iter().map(|name| clean::line(&name.0)).collect();
        let right = judged(most.right).map(|word| format!(", {word}")).unwrap_or_default();
        let (value, some, of) = (clean::line(&most.position.value), most.members.len(), most.of);
        line(out, "most answers", &format!("{value} ({some} of {of}: {}){right}", names.join(", ")));
    }
    match &found.last {
        Final::None(why) => {
            line(out, "final answer", &format!("none: {why}"));
            line(out, "consistency", "not known without a final answer");
        }
        Final::Text(whole) => last(out, it, whole),
    }
    line(out, "accuracy", &accuracy(it));
    line(out, "cost", &cost(it.all));
    let first = it.first_ms.map_or_else(|| "not known".to_owned(), seconds);
    line(
        out,
        "latency",
        &format!(
            "first token {first}; whole {}, each round as long as its slowest call",
            seconds(it.whole_ms)
        ),
    );
}

/// What the final answer comes to, and how far it holds to its sources.
fn last(out: &mut String, it: &Question<'_>, whole: &Whole<'_>) {
    let by = whole.call.map_or_else(|| "you".to_owned(), |call| clean::line(&call.member.0));
    let title = it.run.title(whole.stage);
    let won = it.run.stage(whole.stage).is_some_and(|state| state.stage.ask == Ask::Ballot);
    let mut text = if won { format!("the answer of {by}, by {title}") } else { format!("{title} by {by}") };
    if whole.position.stated() {
        let _ = write!(text, ": {} ({})", clean::line(&whole.position.value), whole.tier.words());
        let same = names(whole, &whole.same);
        let other = names(whole, &whole.other);
        if !same.is_empty() {
            let _ = write!(text, "; {same} {} the same", verb(whole.same.len(), "says", "say"));
        }
        if !other.is_empty() {
            let _ = write!(text, "; {other} {} otherwise", verb(whole.other.len(), "says", "say"));
        }
        if same.is_empty() && !whole.sources.is_empty() {
            text.push_str("; no source comes to that");
        }
    }
    line(out, "final answer", &text);
    let held = &whole.held;
    let share = match held.share() {
        Some(share) => {
            let mut text = format!(
                "{share:.2} of 1: {} of {} claims hold",
                held.count(Standing::Supported),
                held.claims.len()
            );
            for standing in
                [Standing::Partly, Standing::Disputed, Standing::Contradicted, Standing::Unsupported]
            {
                let count = held.count(standing);
                if count > 0 {
                    let _ = write!(text, ", {count} {}", standing.word());
                }
            }
            let against = names(whole, &(0..whole.sources.len()).collect::<Vec<_>>());
            let how = if whole.made_of { "what it was made from" } else { "the other answers" };
            let _ = write!(text, "; held against {how}: {against}");
            text
        }
        None if whole.sources.is_empty() => "not known: there is no other answer to hold it to".to_owned(),
        None => "not known: it makes no claim".to_owned(),
    };
    line(out, "consistency", &share);
    if !whole.receipts.is_empty() {
        let all = whole.receipts.len();
        let good = whole.receipts.iter().filter(|(one, _)| one.verdict == Verdict::Says).count();
        line(out, "receipts", &format!("{good} of {all} citations lead to an answer that says it"));
    }
}

fn accuracy(it: &Question<'_>) -> String {
    let seats = &it.found.seats;
    let count = |right: bool| seats.iter().filter(|seat| seat.right == Some(right)).count();
    let (right, wrong) = (count(true), count(false));
    if right + wrong == 0 && it.right().is_none() {
        return "not graded: synod grade SESSION MEMBER right".to_owned();
    }
    let what = match &it.found.last {
        Final::Text(_) => "the final answer",
        Final::None(_) => "what most say",
    };
    let last = judged(it.right())
        .map_or_else(|| format!("{what} is not graded"), |word| format!("{what} is {word}"));
    let rest = seats.len() - right - wrong;
    let rest = if rest > 0 { format!(", {rest} not graded") } else { String::new() };
    format!("{last}; answers: {right} right, {wrong} wrong{rest}")
}

fn judged(right: Option<bool>) -> Option<&'static str> {
    right.map(|right| if right { "right" } else { "wrong" })
}

fn cost(bill: Bill) -> String {
    let about = if bill.tokens.guessed { "~" } else { "" };
    let Bill { calls, tokens, spent } = bill;
    let (read, written) = (thousands(tokens.input), thousands(tokens.output));
    let calls = if calls == 1 { "1 call".to_owned() } else { format!("{} calls", thousands(calls as u64)) };
    let mut text =
        format!("{} for {calls}; tokens: {about}{read} read, {about}{written} written", spent.words());
    if spent.unpriced > 0 {
        let _ = write!(text, "; price of {} not known", spent.unpriced);
    }
    text
}

/// The claims of the final answer, each with its sources, and what it leaves out.
fn claims(out: &mut String, it: &Question<'_>, whole: &Whole<'_>) {
    let held = &whole.held;
    if held.sources == 0 {
        return;
    }
    out.push_str("\nclaims of the final answer (= holds, ~ in part, ! sources differ, ? no source)\n");
    if let Some(call) = whole.call.filter(|call| whole.made_of && !call.shown.is_empty()) {
        let legend = prompt::legend(&prompt::members(it.run, &call.shown));
        block(out, "", &clean::line(&format!("({} was shown: {legend})", call.member.0)));
    }
    for one in &held.claims {
        let words = whole.text.get(one.range.clone()).unwrap_or_default();
        let words = if whole.cites { without_citations(words) } else { words.to_owned() };
        let text = format!("{} [{}]", spaced(&words), origin(whole, one));
        block(out, &format!("{} ", one.standing.symbol()), &text);
    }
    if held.unread > 0 {
        block(out, "- ", &format!("{} more claims are not looked at", thousands(held.unread as u64)));
    }
    for one in &held.left_out {
        let who = names(whole, &one.sources);
        block(
            out,
            "- ",
            &format!("left out, though most say it: {} [{who}]", spaced(whole.words(&one.title))),
        );
    }
    for (receipt, words) in whole.receipts.iter().filter(|(one, _)| one.verdict != Verdict::Says) {
        let seats: Vec<String> =
            receipt.seats.iter().map(|seat| clean::line(&it.name(*seat as u16))).collect();
        let what = match receipt.verdict {
            Verdict::NoClaim => format!("cites {}, which is no claim", receipt.claim),
            Verdict::Otherwise => {
                format!("cites claim {:02} of {}, who say otherwise", receipt.claim, seats.join(", "))
            }
            Verdict::Silent | Verdict::Says => format!(
                "cites claim {:02} of {}, who do not say it in these words",
                receipt.claim,
                seats.join(", ")
            ),
        };
        block(out, "- ", &format!("{what}: {}", spaced(&without_citations(words))));
    }
}

/// Who says a claim and who says otherwise.
fn origin(whole: &Whole<'_>, one: &Checked) -> String {
    let mut parts = Vec::new();
    let (part, all): (Vec<usize>, Vec<usize>) =
        one.supports.iter().map(|span| span.slot).partition(|slot| one.in_part.contains(slot));
    if !all.is_empty() {
        parts.push(names(whole, &all));
    }
    if !part.is_empty() {
        parts.push(format!("in part {}", names(whole, &part)));
    }
    for against in &one.conflicts {
        let who = names(whole, &[against.span.slot]);
        parts.push(match &against.values {
            Some((own, theirs)) if !own.is_empty() && !theirs.is_empty() => {
                format!("conflicts with {who}: {} here, {} there", clean::line(own), clean::line(theirs))
            }
            _ => format!("conflicts with {who}"),
        });
    }
    if !one.new_numbers.is_empty() {
        let numbers: Vec<String> = one.new_numbers.iter().map(|number| clean::line(number)).collect();
        parts.push(format!("no source has {}", numbers.join(", ")));
    }
    if parts.is_empty() { "no source".to_owned() } else { parts.join("; ") }
}

fn totals(out: &mut String, questions: &[Question<'_>]) {
    let sum = Totals::of(questions);
    out.push_str("\n== in all\n");
    let share = |(right, of): (usize, usize)| {
        let interval = wilson(right as f64, of, CONFIDENCE)?;
        let (low, high) = (100.0 * interval.low, 100.0 * interval.high);
        Some(format!("{right} of {of} right (95 % interval {low:.0} to {high:.0} %)"))
    };
    let ungraded = || "not graded".to_owned();
    let accuracy = share(sum.right).map_or_else(ungraded, |right| format!("questions: {right}"));
    line(out, "accuracy", &accuracy);
    line(out, "answers", &share(sum.answers).unwrap_or_else(ungraded));
    let mean = |(mean, of): (f64, usize), what: &str| match of {
        0 => "not known".to_owned(),
        1 => format!("{mean:.2} of 1"),
        of => format!("{mean:.2} of 1, the mean of {of} {what}"),
    };
    line(out, "agreement", &mean(sum.agreement, "questions"));
    line(out, "consistency", &mean(sum.consistency, "final answers"));
    line(out, "cost", &cost(sum.bill));
    line(out, "latency", &format!("{} for all questions, one after the other", seconds(sum.whole_ms)));
}

fn names(whole: &Whole<'_>, places: &[usize]) -> String {
    let mut names: Vec<String> = places
        .iter()
        .filter_map(|place| whole.sources.get(*place))
        .map(|call| clean::line(&call.member.0))
        .collect();
    names.dedup();
    names.join(", ")
}

fn verb(count: usize, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}

/// A text on one line, cleaned, with single spaces.
fn spaced(text: &str) -> String {
    clean::line(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An indicator with its label.
fn line(out: &mut String, label: &str, text: &str) {
    block(out, &format!("{label:<LABEL$}"), text);
}

/// A text behind a label, wrapped; later lines stand under its beginning.
fn block(out: &mut String, label: &str, text: &str) {
    let before = label.width();
    let mut left = label.to_owned();
    let mut here = String::new();
    let words = text.split(' ').flat_map(|word| pieces(word, WIDE - before));
    for word in words {
        if !here.is_empty() && before + here.width() + 1 + word.width() > WIDE {
            let _ = writeln!(out, "{left}{}", here.trim_end());
            (left, here) = (" ".repeat(before), String::new());
        }
        if !here.is_empty() {
            here.push(' ');
        }
        here.push_str(&word);
    }
    let _ = writeln!(out, "{}", format!("{left}{here}").trim_end());
}

/// A word in pieces of at most so many columns.
fn pieces(word: &str, columns: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    for c in word.chars() {
        let mut buffer = [0; 4];
        let wide = c.encode_utf8(&mut buffer).width();
        match all.last_mut() {
            Some(last) if last.width() + wide <= columns => last.push(c),
            _ => all.push(c.to_string()),
        }
    }
    all
}
