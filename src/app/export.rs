//! What can be taken out of the workbench: an answer, a claim, a step, everything as Markdown, and the command that repeats
//! it. Text only; where it goes is the shell's.

mod plan;

use super::drawer::DrawerKind;
use super::{App, Overlay};
use crate::agreement::{Claim, Mark, Subject, debate_result, outcome, vote};
use crate::core::{
    Ask, Call, Choice, MergeMode, Protocol, Ruling, Run, Speakers, Stage, StageId, StageState, clean,
};
use std::fmt::Write as _;

/// The plan of a run as Markdown: its stages, what was decided on the way, and what it came to.
pub(super) fn planned(run: &Run) -> String {
    let mut out = String::new();
    plan::plan(&mut out, run);
    out
}

/// The word for a mark in an export.
fn word(mark: Mark) -> &'static str {
    match mark {
        Mark::Agree => "agree",
        Mark::Partly => "partly",
        Mark::Conflict => "conflict",
        Mark::Only => "only one member",
        Mark::Pending => "not compared yet",
    }
}

impl App {
    /// What `y` copies: what lies over the board, else the drawer, else the chosen claim, else the focused answer. With a
    /// name for the message.
    pub(super) fn copied(&self) -> Option<(String, String)> {
        let run = self.run()?;
        if let Some(Overlay::Prompt { call, .. }) = &self.overlay {
            let call = run.calls.get(call)?;
            let who = clean::line(&call.member.0);
            let sent = call.messages.iter().map(|message| &message.text);
            let texts = sent.chain([&call.text]).filter(|text| !text.is_empty());
            let texts: Vec<String> = texts.map(|text| clean::prose(text)).collect();
            let what = if call.text.is_empty() { "was sent" } else { "was sent and answered" };
            return Some((format!("what {who} {what}"), texts.join("\n\n")));
        }
        if let Some(drawer) = self.focused_drawer() {
            let mut out = String::new();
            match drawer.kind {
                DrawerKind::Synthesis => {
                    let (state, ..) = self.synthesis_in_view()?;
                    synthesis(&mut out, run, state, "##");
                }
                DrawerKind::Vote => ballots(&mut out, run),
                DrawerKind::Debate => debate(&mut out, run),
                DrawerKind::Local => self.local(&mut out),
                DrawerKind::Guided => self.ticked(&mut out),
                DrawerKind::Matrix => self.claims(&mut out),
                DrawerKind::Conflicts => self.conflicts(&mut out),
                DrawerKind::Plan => return self.plan_copied(),
            }
            return (!out.is_empty()).then(|| (format!("the {}", drawer.kind.title().to_lowercase()), out));
        }
        if let Some(claim) = self.agreement.claims.iter().find(|claim| Some(claim.number) == self.selected) {
            let mut out = String::new();
            self.claim(&mut out, claim);
            return Some((format!("claim {}", claim.number), out));
        }
        let call = self.call_in(self.seat).filter(|call| !call.text.is_empty())?;
        Some((format!("{}'s answer", clean::line(&call.member.0)), clean::prose(&call.text)))
    }

    /// Everything about the question on the board, as Markdown.
    pub fn markdown(&self) -> Option<String> {
        let run = self.run()?;
        let mut out = String::new();
        let _ = writeln!(out, "# {}\n", clean::line(&run.question));
        if run.question.contains('\n') {
            let _ = writeln!(out, "{}\n", clean::prose(&run.question));
        }
        if run.council.scripted {
            let _ = writeln!(out, "*{}*\n", crate::core::SCRIPTED);
        }
        for file in &run.files {
            let _ = writeln!(
                out,
                "With {} ({}).\n",
                clean::line(&file.name),
                super::composer::bytes(file.text.len())
            );
        }
        if let Some(private) = &run.private {
            let _ = writeln!(out, "*{}*\n", clean::line(&private.line()));
        }
        let planned = run.planned();
        plan::plan(&mut out, run);
        let seats = if planned { 0 } else { run.council.members.len() };
        for call in (0..seats).filter_map(|seat| self.call_in(seat)) {
            answer(&mut out, run, call, "##");
        }
        // With one text alone nothing can agree.
        if !planned || outcome::texts(run).len() > 1 {
            self.claims(&mut out);
            self.conflicts(&mut out);
        }
        for state in outcome::syntheses(run).filter(|_| !planned) {
            synthesis(&mut out, run, state, "##");
        }
        if !planned {
            ballots(&mut out, run);
        }
        debate(&mut out, run);
        Some(out)
    }

    fn claims(&self, out: &mut String) {
        if self.agreement.claims.is_empty() {
            return;
        }
        let sum = &self.agreement.summary;
        let _ = writeln!(
            out,
            "## Claims\n\n{} of {} agreed, {} partly, {} in conflict, {} by one member alone. Found by words, not by a model.\n",
            sum.agreed, sum.claims, sum.partly, sum.conflict, sum.only
        );
        for claim in &self.agreement.claims {
            self.claim(out, claim);
        }
        out.push('\n');
    }

    /// The synthesis that no model writes.
    fn local(&self, out: &mut String) {
        let made = self.local_synthesis();
        if made.is_empty() {
            return;
        }
        let _ = writeln!(out, "## Local synthesis\n\nBy counting claims; no model was asked.");
        let mut last = None;
        for (section, claim) in made {
            if last.replace(section) != Some(section) {
                let _ = writeln!(out, "\n### {}\n", section.title());
            }
            self.claim(out, claim);
        }
        out.push('\n');
    }

    /// The checklist as it is ticked.
    fn ticked(&self, out: &mut String) {
        let Some(run) = self.run() else { return };
        for (number, pick) in self.numbered_picks() {
            let words = clean::line(run.wording(&pick.point).trim());
            let _ = writeln!(out, "- `{number:02}` {}: {words}", pick.words());
        }
    }

    fn claim(&self, out: &mut String, claim: &Claim) {
        let Some(run) = self.run() else { return };
        let name = |seat: usize| self.name(seat).map(|name| clean::line(&name.0)).unwrap_or_default();
        let names = |slots: &[usize]| slots.iter().map(|slot| name(*slot)).collect::<Vec<_>>().join(", ");
        let title = clean::line(outcome::words(run, &claim.title).trim());
        let slots: Vec<usize> = claim.spans.iter().map(|span| span.slot).collect();
        let _ = writeln!(
            out,
            "- `{}{:02}` {} ({}: {})",
            claim.mark.symbol(),
            claim.number,
            title,
            word(claim.mark),
            names(&slots)
        );
        for side in &claim.sides {
            let _ = writeln!(out, "  - {}: {}", clean::line(&side.value), names(&side.slots));
        }
        if let Some(ruling) = self.ledger().on_claim(claim.number) {
            let _ = writeln!(out, "  - {}", ruling.in_full());
        }
    }

    /// What the answers are divided on, with the person's rulings.
    fn conflicts(&self, out: &mut String) {
        let Some(run) = self.run().filter(|_| !self.ledger().entries.is_empty()) else { return };
        let _ = writeln!(out, "## Conflicts\n");
        for entry in &self.ledger().entries {
            let words = match (entry.subject, &entry.ruling) {
                (Subject::Claim(number), _) => format!("`{number:02}` {}", self.subject_words(entry.subject)),
                (Subject::Gone, Some(ruling)) => {
                    format!(
                        "No answer says this any more: {}",
                        clean::line(run.wording(&ruling.point).trim())
                    )
                }
                _ => self.subject_words(entry.subject),
            };
            let ruled = entry.ruling.as_ref().map_or("open".to_owned(), Ruling::in_full);
            let _ = writeln!(out, "- {words} ({ruled})");
            for side in self.sides_of(entry.subject) {
                let _ = writeln!(out, "  - {}: {}", self.names(&side.slots), clean::line(&side.value));
            }
        }
        out.push('\n');
    }

    /// The command that repeats a guided synthesis: over the answers of the kept session, for what was ticked is in those alone.
    /// `None` where the last step is none, or its claims are not those of the answers in view any more.
    fn picked_command(&self, run: &Run) -> Option<String> {
        let stage = &run.stages.last()?.stage;
        let picks = stage.brief.as_ref().map(|brief| &brief.picks).filter(|picks| !picks.is_empty())?;
        let session = self.session.id.as_ref().filter(|_| self.kept)?;
        let last = self.session.runs.last().is_some_and(|last| last.id == run.id);
        let mut words = vec!["synod".to_owned(), "synthesis".to_owned(), session.to_string()];
        words.extend(asked(stage));
        let (mut keep, mut leave) = (Vec::new(), Vec::new());
        for pick in picks {
            let id = self.claim_picked(&pick.point)?.id;
            match (pick.choice, pick.side()) {
                (Choice::Leave, _) => leave.push(id.to_string()),
                (_, Some(side)) => words.extend(["--side".to_owned(), quoted(&format!("{id}={side}"))]),
                _ => keep.push(id.to_string()),
            }
        }
        for (flag, numbers) in [("--keep", keep), ("--leave", leave)] {
            if !numbers.is_empty() {
                words.extend([flag.to_owned(), numbers.join(",")]);
            }
        }
        last.then(|| words.join(" "))
    }

    /// The command that repeats the question on the board, with its last step.
    pub(super) fn command(&self) -> Option<String> {
        let run = self.run()?;
        if let Some(picked) = self.picked_command(run) {
            return Some(picked);
        }
        let mut words = vec!["synod".to_owned(), "ask".to_owned()];
        let council = if run.planned() { plan::without_samples(run) } else { run.council.clone() };
        let configured = self.offers.councils.iter().find(|council| council.name == run.council.name);
        if run.council.scripted {
            words.push("--demo".to_owned());
        } else if configured.is_some_and(|configured| *configured == council) {
            words.extend(["--council".to_owned(), quoted(&council.name)]);
        } else {
            for member in &council.members {
                words.extend(["-m".to_owned(), quoted(&member.model.to_string())]);
            }
        }
        match run.plan_name() {
            Some(name) => {
                words.extend(["--plan".to_owned(), quoted(name)]);
                let offered = self.offers.plans.iter().find(|offered| offered.name == name);
                let recipe = offered.and_then(|offered| offered.recipe.as_ref().ok());
                let roles = recipe.map(|recipe| plan::roles(recipe, &council, &self.prices, run));
                let flag = |role: String| ["--role".to_owned(), quoted(&role)];
                words.extend(roles.into_iter().flatten().flat_map(flag));
            }
            None => words.extend(last_step(run)),
        }
        if let Some(private) = &run.private {
            words.push(if private.everyone { "--not-private" } else { "--local-only" }.to_owned());
        }
        words.extend(["--seed".to_owned(), run.seed.to_string()]);
        for file in run.files.iter().filter(|file| !file.name.starts_with("paste ")) {
            words.extend(["-f".to_owned(), quoted(&file.name)]);
        }
        words.push(quoted(&run.question));
        Some(words.join(" "))
    }
}

/// The protocol that begins with the last step of a run, as flags.
fn last_step(run: &Run) -> Vec<String> {
    let mut words = Vec::new();
    let protocol = match run.stages.last().map(|state| state.stage.ask) {
        Some(Ask::Merge) => run.stages.last().map(|state| Protocol::Synthesis(state.stage.merge).to_string()),
        Some(Ask::Ballot) => Some("vote".to_owned()),
        Some(Ask::Critique) => {
            let by = |state: &StageState| {
                let debate = state.stage.debate.unwrap_or_default();
                quoted(&Protocol::debate(*state.stage.rounds().end(), debate).to_string())
            };
            run.stages.last().map(by)
        }
        _ => None,
    };
    if let Some(protocol) = protocol {
        words.extend(["--protocol".to_owned(), protocol]);
    }
    if let Some(Speakers::Named(judges)) = run.stages.last().map(|state| &state.stage.speakers) {
        let judges: Vec<&str> = judges.iter().map(|name| name.0.as_str()).collect();
        words.extend(["--judges".to_owned(), quoted(&judges.join(","))]);
    }
    if let Some(merge) = run.stages.last().map(|state| &state.stage).filter(|stage| stage.ask == Ask::Merge) {
        words.extend(asked(merge));
    }
    words
}

/// What is asked of a synthesis beside its mode, as flags.
fn asked(stage: &Stage) -> Vec<String> {
    let mut words = Vec::new();
    let mut flag = |name: &str, value: &str| words.extend([name.to_owned(), quoted(value)]);
    if let Speakers::Member(chair) = &stage.speakers {
        flag("--chair", &chair.0);
    }
    let Some(brief) = &stage.brief else { return words };
    if !brief.of.is_empty() {
        let names: Vec<&str> = brief.of.iter().map(|name| name.0.as_str()).collect();
        flag("--of", &names.join(","));
    }
    if !brief.instruction.is_empty() {
        flag("--instruction", &brief.instruction);
    }
    words
}

/// A word for a POSIX shell.
fn quoted(word: &str) -> String {
    clean::shell_word(&clean::prose(word))
}

fn answer(out: &mut String, run: &Run, call: &Call, level: &str) {
    let who = clean::line(&call.member.0);
    let model = clean::line(&call.model.to_string());
    let state = call.end.map_or("still writing", |end| end.word());
    let backup = if run.substitute(call).is_some() { " (a backup in its place)" } else { "" };
    let cached =
        call.cached.as_ref().map(|cached| format!(", {}", cached.line(call.started_at))).unwrap_or_default();
    let _ = writeln!(out, "{level} {who}\n\n{model}{backup}, {state}{cached}\n");
    if let Some(error) = &call.error {
        let _ = writeln!(out, "{}\n", clean::exact(&error.message));
    }
    if !call.text.trim().is_empty() {
        let _ = writeln!(out, "{}\n", clean::prose(call.text.trim()));
    }
}

/// Says what a result lacks.
fn degraded(out: &mut String, run: &Run, stage: StageId) {
    let lacks = run.lacks(stage);
    if !lacks.is_empty() {
        let _ = writeln!(out, "*Degraded: {}.*\n", lacks.join("; "));
    }
}

fn synthesis(out: &mut String, run: &Run, state: &StageState, level: &str) {
    let Some(call) = run.calls_of(state.stage.id).next_back() else { return };
    if !call.text.trim().is_empty() {
        let who = clean::line(&call.member.0);
        let mode = state.stage.merge;
        let mode = if mode == MergeMode::Merge { String::new() } else { format!(" ({})", mode.name()) };
        let _ = writeln!(out, "{level} Synthesis by {who}{mode}\n");
        degraded(out, run, call.id.stage);
        if let Some(brief) = &state.stage.brief {
            let words = super::synthesis::words(brief, None);
            if !words.is_empty() {
                let _ = writeln!(out, "*Asked for: {}.*\n", words.join("; "));
            }
        }
        let _ = writeln!(out, "{}\n", clean::prose(call.text.trim()));
        chosen(out, run, state);
    }
}

/// What the person chose for it: what they left out is told wherever the text goes.
fn chosen(out: &mut String, run: &Run, state: &StageState) {
    let picks = state.stage.brief.as_ref().map_or(&[][..], |brief| brief.picks.as_slice());
    for pick in picks {
        let _ = writeln!(out, "- {}: {}", pick.words(), clean::line(run.wording(&pick.point).trim()));
    }
    if !picks.is_empty() {
        out.push('\n');
    }
}

fn ballots(out: &mut String, run: &Run) {
    if let Some(state) = run.last_stage(Ask::Ballot) {
        ballots_of(out, run, state, "##");
    }
}

fn ballots_of(out: &mut String, run: &Run, state: &StageState, level: &str) {
    let vote = vote::vote(run, state);
    if vote.ballots.is_empty() {
        return;
    }
    let _ = writeln!(out, "{level} Vote ({}, own answers left out)\n", vote.counting.rule.title());
    degraded(out, run, state.stage.id);
    let _ = writeln!(out, "| rank | answer | score | first |\n|---|---|---|---|");
    for (place, score) in vote.tally.scores.iter().enumerate() {
        let name = clean::line(&score.answer.0);
        let _ = writeln!(out, "| {} | {name} | {:.0} % | {} |", place + 1, score.score * 100.0, score.first);
    }
    out.push('\n');
    for ballot in &vote.ballots {
        let ranking: Vec<String> = ballot.ranking.iter().map(|name| clean::line(&name.0)).collect();
        let said = if ballot.valid { ranking.join(ballot.sign()) } else { "not valid".to_owned() };
        let _ = writeln!(out, "- {}: {said}. {}", clean::line(&ballot.judge.0), clean::line(&ballot.note));
    }
    out.push('\n');
}

fn debate(out: &mut String, run: &Run) {
    let rounds = outcome::rounds(run);
    if rounds.is_empty() {
        return;
    }
    let _ = writeln!(out, "## Debate\n");
    if let Some(state) = run.last_stage(Ask::Critique) {
        degraded(out, run, state.stage.id);
    }
    if let Some(result) = debate_result::result(run) {
        for line in result.lines(run) {
            let _ = writeln!(out, "- {line}");
        }
        out.push('\n');
    }
    for word in &run.words {
        let to = word.to.as_ref().map_or("all".to_owned(), |to| clean::line(&to.0));
        let before =
            word.before.map_or(String::new(), |call| format!(", round {}", outcome::round(run, call)));
        let _ = writeln!(out, "> Your word to {to}{before}: {}\n", clean::line(&word.text));
    }
    for round in rounds {
        let name =
            if round.number == 0 { "First answers".to_owned() } else { format!("Round {}", round.number) };
        let point = outcome::point_of(run, round.turns.iter().map(|turn| turn.call));
        let name = point.map_or(name.clone(), |words| format!("{name}, on: {}", clean::line(words.trim())));
        let _ = writeln!(out, "### {name}\n");
        for turn in round.turns {
            let position = clean::line(&turn.standing.position.value);
            let position = if position.is_empty() { "no clear position".to_owned() } else { position };
            let how = turn.standing.change.map(|change| format!(" ({})", change.word())).unwrap_or_default();
            let _ = writeln!(out, "- {}: {position}{how}", clean::line(&turn.call.member.0));
        }
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_a_shell() {
        assert_eq!(quoted("local/any"), "local/any");
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(quoted(""), "''");
    }
}
