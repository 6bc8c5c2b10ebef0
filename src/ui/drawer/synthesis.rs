//! The synthesis as rows: its text sentence by sentence, each with its mark and the claims and members behind it; what it
//! left out; and how it was made. The text is drawn as it was written: what is no sentence stands between them.

mod bare;
mod columns;

use super::{
    Memory, Sheet, View, degraded_of, fault, hindrance_of, outdated_of, paragraph, pointer, text_row,
    thinking,
};
use crate::agreement::outcome::{self, Chosen};
use crate::agreement::{Claim, Mark, Sentence};
use crate::app::drawer::{Drawer, DrawerKind};
use crate::app::{App, Made};
use crate::core::clean::{self, CleanText};
use crate::core::{Call, Choice, MergeMode, Run, StageState, prompt};
use crate::ui::canvas::{self, Row};
use crate::ui::theme::{Role, Theme};
use crate::ui::wrap::{Line, Tone};
use crate::ui::{claims, pane, state};
use columns::{Columns, EMPTY, Sign, bracketed, of_claim};
use ratatui::style::Style;
use std::fmt::Write as _;
use std::ops::Range;

/// Cells before the text: what is chosen, the mark, a line.
const GUTTER: u16 = pane::GUTTER;

pub(super) fn sheet(
    app: &App,
    run: &Run,
    theme: &Theme,
    memory: &mut Memory,
    open: Drawer,
    width: u16,
) -> Sheet<'static> {
    let asked = || Sheet::of("about to be asked", theme.style(Role::Dim));
    let Some((state, at, of)) = app.synthesis_in_view() else { return asked() };
    let which = which(theme, state, (at, of));
    if let Some(sheet) = hindrance_of(run, state, theme, width) {
        return Sheet { title: which, ..sheet };
    }
    let Some(call) = outcome::chair(run, state.stage.id) else { return asked() };
    let columns = Columns::of(width);
    let made = app.synthesis_made();
    let title = which.into_iter().chain(title(app, run, theme, call)).collect();
    let mut sheet = Sheet { title, ..Sheet::default() };
    if let Some(note) = outdated_of(app, run, DrawerKind::Synthesis, state) {
        paragraph(&mut sheet.head, &note, width, theme.style(Role::Warning));
    }
    if let Some(words) = app.asked_of_synthesis() {
        sheet.head.push(text_row(canvas::fit(&words, width), theme.style(Role::Dim)));
    }
    degraded_of(&mut sheet.head, run, state, width, theme);
    let empty = CleanText::default();
    let clean = app.texts.get(&call.id).unwrap_or(&empty);
    let lines = lines(memory, call, clean, made.as_deref(), columns.text);
    let Some(made) = made else {
        let heading = columns.heading(theme, "rests on: at its end");
        sheet.head.extend(heading.filter(|_| !lines.is_empty()));
        let plain = |line: &Line| columns.line(theme, [' ', ' '], Style::default(), line);
        sheet.rows.extend(close_up(&lines).into_iter().map(plain));
        thinking(&mut sheet.rows, call, width, theme);
        fault(&mut sheet.rows, call, width, theme);
        sheet.view = if call.ended() { View::Top } else { View::End };
        return sheet;
    };
    sheet.head.extend(columns.heading(theme, "rests on"));
    let builder = Builder { app, run, theme, made: &made, columns, chosen: app.drawer_row(open) };
    let mut blocks = builder.sentences(&mut sheet.rows, &lines, clean);
    fault(&mut sheet.rows, call, width, theme);
    builder.left_out(&mut sheet.rows, &mut blocks);
    builder.check(&mut sheet.rows, call, width);
    sheet.view = View::Chosen(in_view(&blocks, builder.chosen, sheet.rows.len()));
    sheet
}

/// Which of several it is, and its mode where that is not the usual one.
fn which(theme: &Theme, state: &StageState, (at, of): (usize, usize)) -> Row {
    let mut words = String::new();
    if of > 1 {
        let _ = write!(words, "{at} of {of}  ");
    }
    if state.stage.merge != MergeMode::Merge {
        let _ = write!(words, "{}  ", state.stage.merge.name());
    }
    text_row(words, theme.style(Role::Accent))
}

fn title(app: &App, run: &Run, theme: &Theme, call: &Call) -> Row {
    let (words, role) = state::words(Some(call), app.now, false);
    let how = match outcome::chosen(run, call) {
        Chosen::Here => "named for it",
        Chosen::Council => "chair",
        Chosen::First => "first to finish",
    };
    let dim = theme.style(Role::Dim);
    vec![
        (format!("by {} ({how}), blind  ", clean::line(&call.member.0)), dim),
        (format!("{words} "), theme.style(role)),
    ]
}

/// The text as lines. Where its sentences are known, each begins a line of its own.
fn lines<'a>(
    memory: &'a mut Memory,
    call: &Call,
    clean: &CleanText,
    made: Option<&Made>,
    width: u16,
) -> Vec<&'a Line> {
    let stream = memory.texts.entry((call.id, made.is_some())).or_default();
    match made {
        Some(made) => stream.lines(&apart(clean, &made.sentences), true, width),
        None => stream.lines(clean.as_str(), call.ended(), width),
    }
}

/// The text with a line break before each sentence that begins behind another one, in place of the blank there, so that
/// every sentence keeps its place; without the numbers that it cites, which stand beside it as the screen has them. Tables and code are left as they are, and so is what a break would turn into something
/// else.
fn apart(clean: &CleanText, sentences: &[Sentence]) -> String {
    let text = &bare::bare(clean.as_str(), sentences.iter().map(|each| clean.to_clean(each.range.start)));
    let mut out = text.as_bytes().to_vec();
    let (mut fences, mut scanned) = (0, 0);
    for (earlier, sentence) in sentences.iter().zip(sentences.iter().skip(1)) {
        let at = clean.to_clean(sentence.range.start);
        let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let behind = clean.to_clean(earlier.range.end) > line;
        fences += text[scanned..line].lines().filter(|line| line.trim_start().starts_with("```")).count();
        scanned = line;
        let plain = |c: char| c.is_alphabetic() || matches!(c, '"' | '“' | '‘' | '(' | '«');
        let prose = fences % 2 == 0 && !text[line..].trim_start().starts_with(['|', '#', '>']);
        if behind && prose && text[at..].starts_with(plain) && out[at - 1] == b' ' {
            out[at - 1] = b'\n';
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// The lines without the blank ones below headings and lead-ins: room is scarce, and what follows is gap enough.
fn close_up<'a>(lines: &[&'a Line]) -> Vec<&'a Line> {
    let heads = |line: &Line| {
        let heading = line.pieces.iter().any(|piece| piece.tone == Tone::Heading);
        heading || line.pieces.last().is_some_and(|piece| piece.text.trim_end().ends_with(':'))
    };
    let above = std::iter::once(None).chain(lines.iter().copied().map(Some));
    let kept = |(line, above): &(&Line, Option<&Line>)| !(line.source.is_empty() && above.is_some_and(heads));
    lines.iter().copied().zip(above).filter(kept).map(|(line, _)| line).collect()
}

/// The rows that must be in view for a block: with the headings above it, and for the last with all that follows.
fn in_view(blocks: &[Range<usize>], chosen: usize, rows: usize) -> Range<usize> {
    /// Rows above a block that count as its heading.
    const HEADING: usize = 4;
    let Some(block) = blocks.get(chosen) else { return 0..0 };
    let before = chosen.checked_sub(1).and_then(|before| blocks.get(before)).map_or(0, |before| before.end);
    let start =
        if block.start.saturating_sub(before) <= HEADING { before.min(block.start) } else { block.start };
    start..if chosen + 1 == blocks.len() { rows } else { block.end }
}

/// The claims that a sentence rests on: those that it cites, and the others, which its words alone point to.
fn by_citation(sentence: &Sentence) -> (Vec<u32>, Vec<u32>) {
    sentence.claims.iter().partition(|id| sentence.cited.contains(id))
}

struct Builder<'a> {
    app: &'a App,
    run: &'a Run,
    theme: &'a Theme,
    made: &'a Made,
    columns: Columns,
    chosen: usize,
}

impl Builder<'_> {
    /// The text with its sentences marked. Gives the rows of each sentence.
    fn sentences(&self, rows: &mut Vec<Row>, lines: &[&Line], clean: &CleanText) -> Vec<Range<usize>> {
        let place =
            |sentence: &Sentence| clean.to_clean(sentence.range.start)..clean.to_clean(sentence.range.end);
        let places: Vec<Range<usize>> = self.made.sentences.iter().map(place).collect();
        let mut blocks: Vec<Range<usize>> = Vec::new();
        // The first row of the sentence that goes on; the sentences before it are whole.
        let mut open: Option<usize> = None;
        let mut next = 0;
        for line in close_up(lines) {
            let begin = |place: &&Range<usize>| place.start < line.source.end;
            let begun = places[next..].iter().take_while(begin).count();
            let goes_on = next > 0 && !line.source.is_empty() && places[next - 1].end > line.source.start;
            if begun == 0 {
                if !goes_on {
                    self.close(rows, &mut blocks, open.take());
                }
                let mut row = self.columns.line(self.theme, [' ', ' '], Style::default(), line);
                if goes_on && next == self.chosen + 1 {
                    self.embolden(&mut row);
                }
                rows.push(row);
            }
            // More than one begin on a line of a table: each gets a row, the first the line itself.
            for at in next..next + begun {
                // What it rests on may need more rows than its text.
                self.close(rows, &mut blocks, open.take());
                open = Some(rows.len());
                let line = if at == next { line } else { &EMPTY };
                rows.push(self.first_line(at, line));
            }
            next += begun;
        }
        self.close(rows, &mut blocks, open);
        blocks.resize(places.len(), rows.len()..rows.len());
        blocks
    }

    fn first_line(&self, sentence: usize, line: &Line) -> Row {
        let mark = self.made.sentences.get(sentence).map_or(Sign::Unsupported, |found| self.sign(found));
        let chosen = sentence == self.chosen;
        let mut style = mark.style(self.theme);
        if chosen {
            style = style.patch(self.theme.style(Role::Selected));
        }
        let pointer = if chosen { '>' } else { ' ' };
        let mut row = self.columns.line(self.theme, [pointer, mark.symbol()], style, line);
        if chosen {
            self.embolden(&mut row);
        }
        row
    }

    /// Makes the words of a line stand out.
    fn embolden(&self, row: &mut Row) {
        let strong = self.theme.style(Role::Strong);
        row.iter_mut().skip(3).for_each(|(_, style)| *style = style.patch(strong));
    }

    /// Ends the block of a sentence that began at a row: what it rests on is put beside its rows.
    fn close(&self, rows: &mut Vec<Row>, blocks: &mut Vec<Range<usize>>, first: Option<usize>) {
        let at = blocks.len();
        let (Some(first), Some(sentence)) = (first, self.made.sentences.get(at)) else { return };
        let receipts = self.receipts(sentence, at == self.chosen);
        self.columns.beside(rows, first, receipts, self.theme);
        blocks.push(first..rows.len());
    }

    fn claim(&self, id: u32) -> Option<&Claim> {
        self.made.agreement.claims.iter().find(|claim| claim.id == id)
    }

    /// The strongest mark among the claims of a sentence; where it cites some of them, among those.
    fn sign(&self, sentence: &Sentence) -> Sign {
        if sentence.unsupported {
            return Sign::Unsupported;
        }
        let (cited, found) = by_citation(sentence);
        let ids = if cited.is_empty() { found } else { cited };
        let marks = ids.into_iter().filter_map(|id| self.claim(id)).map(|claim| claim.mark);
        let weight = |mark: &Mark| match mark {
            Mark::Conflict => 4,
            Mark::Partly => 3,
            Mark::Agree => 2,
            Mark::Only => 1,
            Mark::Pending => 0,
        };
        marks.max_by_key(weight).map_or(Sign::Unsupported, Sign::Mark)
    }

    /// What a sentence rests on, in lines: its claims by number, then the members who say them.
    fn receipts(&self, sentence: &Sentence, chosen: bool) -> Vec<Row> {
        let (claims, unsupported) = (sentence.claims.as_slice(), sentence.unsupported);
        let theme = self.theme;
        let dim = theme.style(if chosen { Role::Strong } else { Role::Dim });
        let mut words: Row = Vec::new();
        let mut seats: Vec<usize> = Vec::new();
        // Those that it cites go first; with their members they are what it says that it rests on.
        let (cited, found) = by_citation(sentence);
        for claim in cited.iter().chain(&found).filter_map(|id| self.claim(*id)) {
            let aside = !cited.is_empty() && !cited.contains(&claim.id);
            words.push((self.number(claim), if aside { dim } else { theme.mark(claim.mark) }));
            if !aside {
                seats.extend(sentence.said_by(claim));
            }
        }
        seats.sort_unstable();
        seats.dedup();
        let of = self.made.answers.len();
        if seats.len() == of && of > 2 {
            words.push((format!("all {of}"), dim));
        } else {
            let name = |seat: &usize| self.app.name(*seat).map(|name| clean::line(&name.0));
            words.extend(seats.iter().filter_map(name).map(|name| (name, dim)));
        }
        let warning = theme.style(Role::Warning);
        match (unsupported, claims.is_empty()) {
            (true, true) => words.push(("no claim says this".to_owned(), warning)),
            (true, false) => words.push(("number not in them".to_owned(), warning)),
            _ => {}
        }
        let alone: Vec<String> =
            sentence.cited_alone().filter_map(|id| self.claim(id)).map(|claim| self.number(claim)).collect();
        if !alone.is_empty() {
            words.push((format!("cites {}", alone.join(" ")), dim));
            words.push(("in other words".to_owned(), dim));
        }
        if !sentence.astray.is_empty() {
            let numbers: Vec<String> = sentence.astray.iter().map(u32::to_string).collect();
            words.push((format!("cites {}, which is no claim", numbers.join(", ")), warning));
        }
        let says_so = unsupported && claims.is_empty();
        if self.made.numbered && !says_so && sentence.cited.is_empty() && sentence.astray.is_empty() {
            words.push(("cites nothing".to_owned(), warning));
        }
        let width = if self.columns.receipts == 0 { self.columns.text } else { self.columns.receipts };
        bracketed(words, width, dim)
    }

    /// The claims that no sentence takes up, as rows that can be chosen.
    fn left_out(&self, rows: &mut Vec<Row>, blocks: &mut Vec<Range<usize>>) {
        let theme = self.theme;
        let width = self.columns.text
            + GUTTER
            + if self.columns.receipts > 0 { self.columns.receipts + 2 } else { 0 };
        let (by_person, all) = (self.made.by_person, self.made.left_out.len());
        let head = |rows: &mut Vec<Row>, words: String| {
            rows.push(Row::new());
            rows.push(canvas::section(theme, &text_row(words, theme.style(Role::Title)), width));
        };
        for (at, claim) in self.made.left_out.iter().enumerate() {
            if at == 0 && by_person > 0 {
                head(rows, format!("left out by you: {}", canvas::count(by_person, "claim")));
            }
            if at == by_person {
                head(rows, format!("left out: {}", canvas::count(all - by_person, "claim")));
            }
            let Some(claim) = self.claim(*claim) else { continue };
            let chosen = self.made.sentences.len() + at == self.chosen;
            let mut style = theme.mark(claim.mark);
            if chosen {
                style = style.patch(theme.style(Role::Selected));
            }
            let from = rows.len();
            let words = canvas::fit(&self.words(claim), self.columns.text);
            rows.push(vec![
                pointer(chosen, theme),
                (claim.mark.symbol().to_string(), style),
                (format!(" {} ", theme.sign("│", "|")), theme.style(Role::Dim)),
                (canvas::pad(&words, self.columns.text), Style::default()),
            ]);
            let receipts = self.receipts(&of_claim(claim), chosen);
            self.columns.beside(rows, from, receipts, theme);
            blocks.push(from..rows.len());
        }
        if !self.made.untold.is_empty() {
            head(rows, format!("sides left out: {}", self.made.untold.len()));
        }
        for (id, side) in &self.made.untold {
            let Some(claim) = self.claim(*id) else { continue };
            let Some(side) = claim.sides.get(*side) else { continue };
            let names = self.app.names(&side.slots);
            let line = format!("{} {}: {names}", self.number(claim), clean::line(&side.value));
            rows.push(text_row(format!("  {}", canvas::fit(&line, width)), theme.style(Role::Warning)));
        }
        if all == by_person && self.made.untold.is_empty() {
            let what = if by_person > 0 { "left out: nothing else" } else { "left out: nothing" };
            head(rows, format!("{what}, every claim is taken up"));
        }
    }

    /// What of the person's choices did not come out so, each in a line.
    fn against(&self, rows: &mut Vec<Row>, width: u16) {
        for picked in self.made.picked.iter().filter(|picked| !picked.heeded()) {
            let Some(claim) = picked.claim.and_then(|id| self.claim(id)) else { continue };
            let what = match picked.choice {
                Choice::Leave => "you left this out, and a sentence rests on it",
                Choice::Keep | Choice::Side(_) => "you kept this, and no sentence takes it up",
            };
            let line = format!("! {what}: {} {}", self.number(claim), self.words(claim));
            rows.push(text_row(canvas::fit(&line, width), self.theme.style(Role::Warning)));
        }
    }

    /// A claim by its mark and the number that it bears on the screen.
    fn number(&self, claim: &Claim) -> String {
        let number = self.app.on_screen(self.made, claim.id);
        format!("{}{}", claim.mark.symbol(), number.map_or_else(String::new, |number| format!("{number:02}")))
    }

    /// A claim's words, from the answer that the synthesis was made of.
    fn words(&self, claim: &Claim) -> String {
        let of = |call: &&crate::core::CallId| usize::from(call.slot) == claim.title.slot;
        let call = self.made.answers.iter().find(of).and_then(|id| self.run.calls.get(id));
        claims::tidy(call.and_then(|call| call.text.get(claim.title.range.clone())).unwrap_or_default())
    }

    /// How the sentences were checked, and what the chair was shown.
    fn check(&self, rows: &mut Vec<Row>, call: &Call, width: u16) {
        let theme = self.theme;
        let dim = theme.style(Role::Dim);
        let of = self.made.sentences.len();
        let cited = self.made.sentences.iter().filter(|sentence| !sentence.unsupported).count();
        rows.push(Row::new());
        rows.push(canvas::section(theme, &text_row("check", theme.style(Role::Title)), width));
        let mut text = format!(
            "{cited} of {of} sentences rest on claims of the answers; compared by words, not by a model."
        );
        if self.made.numbered {
            let cites = |sentence: &&Sentence| !sentence.cited.is_empty();
            let citing = self.made.sentences.iter().filter(cites).count();
            let _ = write!(text, " {citing} of {of} cite a claim by its number.");
        }
        let picked = self.made.picked.len();
        if picked > 0 {
            let heeded = self.made.picked.iter().filter(|picked| picked.heeded()).count();
            let _ = write!(text, " {heeded} of your {picked} choices came out so.");
        }
        if cited < of {
            text.push_str(
                " ? marks a sentence that no claim supports, or whose number none of its claims has.",
            );
        }
        paragraph(rows, &text, width, dim);
        self.against(rows, width);
        let letters = prompt::legend(&prompt::members(self.run, &call.shown));
        if !letters.is_empty() {
            paragraph(rows, &format!("The chair was shown the answers as {letters}."), width, dim);
        }
    }
}
