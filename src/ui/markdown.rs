//! Markdown as lines: it draws one unit of clean text below the lines that are already there.
//!
//! A unit is a top-level block or an item of a top-level list, and is parsed by itself: what a unit looks like depends on its own
//! bytes and the width, never on its neighbours. So a streamed answer and a whole one look the same. It holds no state between
//! units (that is `stream`) and gives no colours (that is the theme).
//!
//! Line breaks inside a paragraph are kept: models write them on purpose. Blank lines stand where the source has them.

mod table;
mod units;

use super::wrap::{Break, Hang, Line, RULE, Run, Tone, wrap};
use crate::core::clean::{exact, prose};
use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};
use std::ops::Range;
use table::Table;
use unicode_width::UnicodeWidthStr;
pub use units::{Unit, units};

fn parser(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS)
}

/// Says whether the line above the one that holds `at` is blank, quote bars aside.
fn blank_above(text: &str, at: usize) -> bool {
    let Some(line) = text[..at].rfind('\n') else { return false };
    let above = &text[text[..line].rfind('\n').map_or(0, |at| at + 1)..line];
    above.trim_matches([' ', '>']).is_empty()
}

/// Draws one line of a fenced code block that stands at the top level.
pub fn code_line(
    text: &str,
    range: Range<usize>,
    tone: Tone,
    opens: bool,
    width: usize,
    out: &mut Vec<Line>,
) {
    let hang = Hang::default();
    if opens && !out.is_empty() && blank_above(text, range.start) {
        hang.blank(width, out);
    }
    let run = Run::exact(text, range, tone);
    let from = out.len();
    wrap(&[run], &hang, width, Break::Cells, out);
    if let (Some(line), false) = (out.get_mut(from), opens) {
        line.first_of_block = false;
    }
}

/// Draws one unit below the lines that are already there.
pub fn draw(text: &str, range: Range<usize>, width: usize, out: &mut Vec<Line>) {
    // What comes behind the unit must not show in it.
    let text = &text[..range.end];
    let mut painter = Painter {
        text,
        from: range.start,
        width: width.max(1),
        frames: vec![Frame { kind: FrameKind::Page, empty: out.is_empty() }],
        out,
        runs: Vec::new(),
        seen: range.start,
        strong: 0,
        emphasis: 0,
        heading: false,
        links: Vec::new(),
        table: None,
        code: None,
    };
    for (event, span) in parser(&text[range.clone()]).into_offset_iter() {
        painter.take(event, range.start + span.start..range.start + span.end);
    }
    painter.flush(Break::Words);
    painter.show_definitions(range.end);
}

struct Frame<'a> {
    kind: FrameKind<'a>,
    /// Whether nothing was drawn in it so far.
    empty: bool,
}

enum FrameKind<'a> {
    Page,
    Quote,
    /// An item, its marker's width, and the marker until it is drawn.
    Item(usize, Option<Run<'a>>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum CodeBlock {
    Fenced,
    /// By four blanks, which are drawn too: without colours they are all that tells it from prose.
    Indented,
}

fn is_inline(event: &Event<'_>) -> bool {
    match event {
        Event::Start(tag) => {
            matches!(tag, Tag::Strong | Tag::Emphasis | Tag::Link { .. } | Tag::Image { .. })
        }
        Event::Text(_)
        | Event::Code(_)
        | Event::InlineHtml(_)
        | Event::TaskListMarker(_)
        | Event::SoftBreak
        | Event::HardBreak => true,
        _ => false,
    }
}

struct Painter<'a, 'o> {
    text: &'a str,
    from: usize,
    width: usize,
    frames: Vec<Frame<'a>>,
    out: &'o mut Vec<Line>,
    runs: Vec<Run<'a>>,
    /// All source before this was drawn, or is markup.
    seen: usize,
    strong: usize,
    emphasis: usize,
    heading: bool,
    links: Vec<(LinkType, String)>,
    table: Option<Table<'a>>,
    code: Option<CodeBlock>,
}

impl<'a> Painter<'a, '_> {
    fn take(&mut self, event: Event<'a>, span: Range<usize>) {
        // The text of a tight item comes without a paragraph around it.
        if self.runs.is_empty() && self.links.is_empty() && is_inline(&event) {
            self.show_definitions(span.start);
        }
        match event {
            Event::Start(tag) => self.start(tag, span),
            Event::End(tag) => self.end(tag, span),
            Event::Text(text) => {
                let tone = if self.code.is_some() { Tone::Code } else { self.tone() };
                self.push_text(&text, span, tone);
            }
            Event::Html(text) => self.push_text(&text, span, self.tone()),
            Event::Code(text) if self.text[span.clone()].contains('\n') => {
                self.runs.push(Run::standing_for(
                    span.clone(),
                    format!("`{}`", prose(&text).replace('\n', " ")),
                    Tone::Code,
                ));
                self.seen = span.end;
            }
            Event::Code(_) => self.push_source(span, Tone::Code),
            Event::SoftBreak | Event::HardBreak => {
                self.runs.push(Run::standing_for(span.clone(), "\n".to_owned(), Tone::Plain));
                self.seen = self.seen.max(span.end);
            }
            Event::Rule => {
                self.open(span.start);
                let rule = String::from(RULE).repeat(self.hang_width());
                self.runs.push(Run::standing_for(self.line_at(span.start), rule, Tone::Marker));
                self.flush(Break::Words);
                self.seen = span.end;
            }
            Event::TaskListMarker(_) => {
                self.push_source(span.clone(), Tone::Marker);
                self.runs.push(Run::decoration(" ", Tone::Marker));
            }
            // HTML in a line; maths and footnotes are not switched on.
            _ => self.push_source(span, self.tone()),
        }
    }

    fn start(&mut self, tag: Tag<'a>, span: Range<usize>) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.open(span.start),
            Tag::Heading { level, .. } => {
                self.open(span.start);
                self.heading = true;
                let hashes = self.text[span.clone()].bytes().take_while(|&byte| byte == b'#').count();
                if hashes == level as usize {
                    self.push_source(span.start..span.start + hashes, Tone::Heading);
                    self.runs.push(Run::decoration(" ", Tone::Heading));
                } else {
                    self.runs.push(Run::decoration("#".repeat(level as usize) + " ", Tone::Heading));
                }
            }
            Tag::BlockQuote(_) => {
                self.open(span.start);
                self.frames.push(Frame { kind: FrameKind::Quote, empty: true });
            }
            Tag::Item => self.start_item(span),
            Tag::CodeBlock(kind) => {
                self.open(span.start);
                if matches!(kind, CodeBlockKind::Fenced(_)) {
                    self.code = Some(CodeBlock::Fenced);
                    let line = self.line_at(span.start);
                    self.push_source(line, Tone::Marker);
                    self.push_break();
                } else {
                    self.code = Some(CodeBlock::Indented);
                    self.frames.push(Frame { kind: FrameKind::Item(4, None), empty: true });
                }
            }
            Tag::Table(align) => {
                self.open(span.start);
                self.table = Some(Table { align, rows: Vec::new() });
            }
            Tag::TableHead | Tag::TableRow => {
                self.table.iter_mut().for_each(|table| table.rows.push(Vec::new()));
            }
            Tag::Strong => self.strong += 1,
            Tag::Emphasis => self.emphasis += 1,
            Tag::Link { link_type, dest_url, title, .. } => {
                self.start_link(link_type, &dest_url, &title, span, 1);
            }
            Tag::Image { link_type, dest_url, title, .. } => {
                self.start_link(link_type, &dest_url, &title, span, 2);
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, span: Range<usize>) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.flush(Break::Words),
            TagEnd::Heading(_) => {
                self.flush(Break::Words);
                self.heading = false;
            }
            TagEnd::CodeBlock => self.end_code(span.end),
            TagEnd::Table => self.end_table(),
            TagEnd::TableRow => self.end_row(span.end),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.runs);
                self.table
                    .iter_mut()
                    .filter_map(|table| table.rows.last_mut())
                    .for_each(|row| row.push(cell.clone()));
            }
            TagEnd::Item | TagEnd::BlockQuote(_) => {
                self.flush(Break::Words);
                self.show_definitions(span.end);
                // An item without text still shows its marker.
                if matches!(self.frames.last(), Some(Frame { kind: FrameKind::Item(_, Some(_)), .. })) {
                    self.draw_runs(Break::Words);
                }
                self.frames.pop();
            }
            TagEnd::Strong => self.strong = self.strong.saturating_sub(1),
            TagEnd::Emphasis => self.emphasis = self.emphasis.saturating_sub(1),
            TagEnd::Link | TagEnd::Image => self.end_link(span.end),
            _ => return,
        }
        self.seen = self.seen.max(span.end);
    }

    /// Prepares for a block that begins at `start`: what came before is drawn, and a blank line if the source has one.
    fn open(&mut self, start: usize) {
        self.flush(Break::Words);
        self.show_definitions(start);
        self.space(start);
        self.seen = self.seen.max(start);
    }

    fn space(&mut self, start: usize) {
        let begun = self.frames.last().is_some_and(|frame| !frame.empty);
        if begun && blank_above(self.text, start) && !self.is_cut_line(start) {
            self.hang().blank(self.width, self.out);
        }
    }

    /// Says whether the line of `start` began in the unit before, which was cut inside it.
    fn is_cut_line(&self, start: usize) -> bool {
        !self.text[..self.from].ends_with('\n') && !self.text[self.from..start].contains('\n')
    }

    fn start_item(&mut self, span: Range<usize>) {
        let marker = &self.text[span.clone()];
        let start = span.start + marker.len() - marker.trim_start_matches([' ', '>', '\n']).len();
        self.open(start);
        let digits = self.text[start..].bytes().take_while(u8::is_ascii_digit).count();
        let end = (start + digits + 1).min(span.end.max(start));
        let shown = if digits == 0 { "- ".to_owned() } else { format!("{} ", &self.text[start..end]) };
        let width = shown.width();
        let marker = Run::standing_for(start..end, shown, Tone::Marker);
        self.frames.push(Frame { kind: FrameKind::Item(width, Some(marker)), empty: true });
        self.seen = end;
    }

    fn start_link(&mut self, kind: LinkType, target: &str, title: &str, span: Range<usize>, opener: usize) {
        let mut shown = exact(target);
        if !title.is_empty() {
            shown = format!("{shown} \"{}\"", exact(title));
        }
        if !matches!(kind, LinkType::Inline) {
            let opener = span.start..(span.start + opener).min(span.end);
            self.push_source(opener, Tone::Link);
        }
        self.links.push((kind, shown));
    }

    fn end_link(&mut self, end: usize) {
        let tone = Tone::Link;
        match self.links.pop() {
            Some((LinkType::Inline, target)) if !target.is_empty() => {
                let before = self.runs.last().map_or("", Run::text);
                let gap = if before.is_empty() || before.ends_with([' ', '\n']) { "" } else { " " };
                if before != target {
                    let target = format!("{gap}<{target}>");
                    self.runs.push(Run::standing_for(self.seen.min(end)..end, target, tone));
                }
            }
            Some((LinkType::Inline, _)) | None => {}
            // Other kinds stay as they were written: whether a definition exists elsewhere must not change this unit.
            Some(_) => self.push_source(self.seen.min(end)..end, tone),
        }
    }

    fn tone(&self) -> Tone {
        match (self.strong > 0, self.emphasis > 0) {
            _ if !self.links.is_empty() => Tone::Link,
            _ if self.heading => Tone::Heading,
            (true, true) => Tone::StrongEmphasis,
            (true, false) => Tone::Strong,
            (false, true) => Tone::Emphasis,
            _ if self.frames.iter().any(|frame| matches!(frame.kind, FrameKind::Quote)) => Tone::Quote,
            _ => Tone::Plain,
        }
    }

    /// Adds what the parser read. An entity can spell a character that cleaning took out: then the source is shown.
    fn push_text(&mut self, read: &str, span: Range<usize>, tone: Tone) {
        let written = &self.text[span.clone()];
        let run = if read == written || read.contains('\n') || prose(read) != read {
            Run::exact(self.text, span.clone(), tone)
        } else {
            Run::standing_for(span.clone(), read.to_owned(), tone)
        };
        if !read.is_empty() {
            self.runs.push(run);
        }
        self.seen = self.seen.max(span.end);
    }

    /// Adds source as it stands, without the quote bars and indentation its further lines begin with.
    fn push_source(&mut self, span: Range<usize>, tone: Tone) {
        let mut at = span.start;
        for (i, line) in self.text[span.clone()].split_inclusive('\n').enumerate() {
            let bare = if i == 0 { line } else { line.trim_start_matches([' ', '>']) };
            let end = at + line.len();
            self.runs.push(Run::exact(self.text, end - bare.len()..end, tone));
            at = end;
        }
        self.seen = self.seen.max(span.end);
    }

    fn push_break(&mut self) {
        self.runs.push(Run::decoration("\n", Tone::Plain));
    }

    /// The rest of the line from `at`, without blanks at either end.
    fn line_at(&self, at: usize) -> Range<usize> {
        let line = self.text[at..].lines().next().unwrap_or_default();
        let start = at + line.len() - line.trim_start().len();
        start..start + line.trim().len()
    }

    /// Link definitions make no events; they are shown as they were written.
    fn show_definitions(&mut self, to: usize) {
        let mut at = self.seen;
        let mut inside = false;
        let gap = self.text.get(at..to).unwrap_or_default();
        for line in gap.split_inclusive('\n') {
            let bare = line.trim_start_matches([' ', '>', '\n']);
            let start = at + line.len() - bare.len();
            inside = !bare.trim().is_empty() && (inside || bare.starts_with('['));
            if inside {
                self.space(start);
                self.runs.push(Run::exact(self.text, start..start + bare.trim_end().len(), Tone::Plain));
                self.draw_runs(Break::Words);
            }
            at += line.len();
        }
        self.seen = self.seen.max(to);
    }

    fn end_code(&mut self, end: usize) {
        let rest = self.text.get(self.seen..end).unwrap_or_default();
        let fence = rest.trim_matches([' ', '>', '\n']);
        if let (false, Some(at)) = (fence.is_empty(), rest.find(fence)) {
            let start = self.seen + at;
            if self.runs.last().is_some_and(|run| !run.text().ends_with('\n')) {
                self.push_break();
            }
            self.push_source(start..start + fence.len(), Tone::Marker);
        }
        self.flush(Break::Cells);
        if self.code.take() == Some(CodeBlock::Indented) {
            self.frames.pop();
        }
    }

    fn flush(&mut self, at: Break) {
        if !self.runs.is_empty() {
            self.draw_runs(at);
        }
    }

    /// Draws the runs, behind the markers of the items that begin here.
    fn draw_runs(&mut self, at: Break) {
        let hang = self.hang();
        let mut runs = Vec::new();
        let mut marking = false;
        for frame in &mut self.frames {
            frame.empty = false;
            match &mut frame.kind {
                FrameKind::Item(_, marker @ Some(_)) => {
                    marking = true;
                    runs.extend(marker.take());
                }
                FrameKind::Item(width, None) if marking => {
                    runs.push(Run::decoration(" ".repeat(*width), Tone::Plain));
                }
                FrameKind::Quote if marking => runs.push(Run::decoration("> ", Tone::Marker)),
                _ => {}
            }
        }
        runs.append(&mut self.runs);
        wrap(&runs, &hang, self.width, at, self.out);
    }

    fn hang(&self) -> Hang {
        let mut hang = Hang::default();
        let mut marking = false;
        for frame in &self.frames {
            match &frame.kind {
                FrameKind::Page => {}
                FrameKind::Quote => {
                    if !marking {
                        hang.first("> ", Tone::Marker);
                    }
                    hang.rest("> ", Tone::Marker);
                }
                FrameKind::Item(width, marker) => {
                    marking |= marker.is_some();
                    if !marking {
                        hang.first(" ".repeat(*width), Tone::Plain);
                    }
                    hang.rest(" ".repeat(*width), Tone::Plain);
                }
            }
        }
        hang
    }

    fn hang_width(&self) -> usize {
        self.hang().room(self.width)
    }
}
