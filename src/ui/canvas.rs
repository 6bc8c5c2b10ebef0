//! Putting cleaned text into cells: lines, frames, lists that scroll. Knows nothing of the council.

use super::stream::{Line, Seen};
use super::theme::{Role, Theme};
use crate::core::clean;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Stands where text was cut, until the frame is finished: then it is `…`, or `>` in ASCII. A sign for private use, which
/// `core::clean` lets through from nowhere, so that an answer's own `…` stays what it is.
pub(super) const CUT: char = '\u{e000}';

/// A line of styled pieces.
pub(super) type Row = Vec<(String, Style)>;

/// Writes text on the first row of an area; what does not fit ends in [`CUT`]. Gives the column after it.
///
/// It looks as the style says and no other way: the dimness of a frame does not stay on the words in its edge.
pub(super) fn put(buffer: &mut Buffer, area: Rect, text: &str, style: Style) -> u16 {
    if area.width == 0 || area.height == 0 {
        return area.x;
    }
    let style = Style::reset().patch(style);
    // Nearly all text is plain; it needs no measuring.
    let (x, wide) = (usize::from(area.x), usize::from(area.width));
    if text.len() <= wide && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        let start = buffer.index_of(area.x, area.y);
        let wide = text.len().min(usize::from(buffer.area.right()).saturating_sub(x));
        for (cell, letter) in buffer.content[start..start + wide].iter_mut().zip(text.chars()) {
            cell.set_char(letter).set_style(style);
        }
        return area.x + wide as u16;
    }
    let text = fit(text, area.width);
    buffer.set_stringn(area.x, area.y, text, usize::from(area.width), style).0
}

/// Writes pieces one after another on the first row of an area.
pub(super) fn put_row(buffer: &mut Buffer, area: Rect, row: &[(String, Style)]) -> u16 {
    let mut x = area.x;
    for (text, style) in row {
        let left = area.right().saturating_sub(x);
        if left == 0 {
            break;
        }
        x = put(buffer, Rect { x, width: left, ..area }, text, *style);
    }
    x
}

/// The most bytes that one cell of text is made of, but for monsters.
const BYTES: usize = 32;

/// The first bytes of a text, up to a character boundary.
pub(super) fn head(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A text that fits a width, with [`CUT`] where it was cut.
pub(super) fn fit(text: &str, width: u16) -> String {
    let width = usize::from(width);
    // However long the text is, no more of it is looked at than could fit.
    let start = head(text, width.saturating_mul(BYTES).saturating_add(1));
    if start.len() == text.len() && text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for piece in start.graphemes(true) {
        let more = piece.width();
        if used + more + 1 > width {
            break;
        }
        used += more;
        out.push_str(piece);
    }
    out.push(CUT);
    out
}

/// A text that takes exactly a width: cut, or filled with blanks.
pub(super) fn pad(text: &str, width: u16) -> String {
    let mut out = fit(text, width);
    out.push_str(&" ".repeat(usize::from(width.saturating_sub(self::width(&out)))));
    out
}

/// How wide a text is on the screen.
pub(super) fn width(text: &str) -> u16 {
    text.width() as u16
}

/// Breaks plain text at blanks so that it fits a width; a word that is too long alone is broken anywhere.
pub(super) fn wrapped(text: &str, width: u16) -> Vec<String> {
    let mut out = Vec::new();
    let most = usize::from(width.max(1));
    for line in text.lines() {
        let mut row = String::new();
        let mut used = 0;
        for word in line.split_inclusive(' ') {
            let (wide, bare) = (word.width(), word.trim_end().width());
            if used + bare > most && !row.is_empty() {
                out.push(std::mem::take(&mut row).trim_end().to_owned());
                used = 0;
            }
            if bare <= most {
                row.push_str(word);
                used += wide;
                continue;
            }
            for piece in word.graphemes(true) {
                let wide = piece.width();
                if used + wide > most && !row.is_empty() {
                    out.push(std::mem::take(&mut row));
                    used = 0;
                }
                row.push_str(piece);
                used += wide;
            }
        }
        out.push(row.trim_end().to_owned());
    }
    out
}

/// A frame with words in its upper edge, left and right, and some in its lower edge. Gives the area inside.
pub(super) struct Frame<'a> {
    pub left: Row,
    pub right: Row,
    pub below: Row,
    /// Words at the right end of the lower edge, where there is room beside the others.
    pub tag: Row,
    pub focus: bool,
    pub theme: &'a Theme,
}

impl Frame<'_> {
    pub(super) fn draw(&self, buffer: &mut Buffer, area: Rect) -> Rect {
        if area.width < 4 || area.height < 2 {
            return Rect { width: 0, height: 0, ..area };
        }
        let theme = self.theme;
        let style = theme.style(if self.focus { Role::FrameFocus } else { Role::Frame });
        let signs: [&str; 6] = match (theme.ascii, self.focus) {
            (true, true) => ["#", "#", "#", "#", "=", "#"],
            (true, false) => ["+", "+", "+", "+", "-", "|"],
            (false, true) => ["┏", "┓", "┗", "┛", "━", "┃"],
            (false, false) => ["┌", "┐", "└", "┘", "─", "│"],
        };
        let [top_left, top_right, bottom_left, bottom_right, across, down] = signs;
        let (right, bottom) = (area.right() - 1, area.bottom() - 1);
        for x in area.x..=right {
            buffer.set_string(x, area.y, across, style);
            buffer.set_string(x, bottom, across, style);
        }
        for y in area.y..=bottom {
            buffer.set_string(area.x, y, down, style);
            buffer.set_string(right, y, down, style);
        }
        buffer.set_string(area.x, area.y, top_left, style);
        buffer.set_string(right, area.y, top_right, style);
        buffer.set_string(area.x, bottom, bottom_left, style);
        buffer.set_string(right, bottom, bottom_right, style);
        let inside = Rect { x: area.x + 1, y: area.y + 1, width: area.width - 2, height: area.height - 2 };
        let edge = |y| Rect { x: area.x + 2, y, width: area.width - 4, height: 1 };
        self.edge(buffer, edge(area.y));
        self.foot(buffer, edge(bottom));
        inside
    }

    /// The upper edge alone, with the words of the lower one in it. Gives the area below.
    pub(super) fn rule(self, buffer: &mut Buffer, area: Rect) -> Rect {
        if area.width < 4 || area.height == 0 {
            return Rect { height: 0, ..area };
        }
        let style = self.theme.style(if self.focus { Role::FrameFocus } else { Role::Frame });
        let (line, ascii) = if self.focus { ("━", "=") } else { ("─", "-") };
        let sign = self.theme.sign(line, ascii);
        for x in area.x..area.right() {
            buffer.set_string(x, area.y, sign, style);
        }
        let right = [self.below.as_slice(), self.right.as_slice(), self.tag.as_slice()].concat();
        let edge = Rect { x: area.x + 1, width: area.width - 2, height: 1, ..area };
        Self { right, ..self }.edge(buffer, edge);
        Rect { y: area.y + 1, height: area.height - 1, ..area }
    }

    /// The words in the lower edge: of the left ones the last is left out first, for it only says the key.
    fn foot(&self, buffer: &mut Buffer, area: Rect) {
        let of = |row: &[(String, Style)]| row.iter().map(|(text, _)| width(text)).sum::<u16>();
        let tag = of(&self.tag);
        let fits = |count: &usize| of(&self.below[..*count]) + tag < area.width;
        let count = (self.below.len().min(1)..=self.below.len()).rev().find(fits).filter(|_| tag > 0);
        let Some(count) = count else {
            put_row(buffer, area, &self.below);
            return;
        };
        put_row(buffer, area, &self.below[..count]);
        put_row(buffer, Rect { x: area.right() - tag, width: tag, ..area }, &self.tag);
    }

    /// The words in the upper edge: the right ones have precedence, the left ones are cut.
    fn edge(&self, buffer: &mut Buffer, area: Rect) {
        let of = |row: &Row| row.iter().map(|(text, _)| width(text)).sum::<u16>();
        let right = of(&self.right).min(area.width);
        let left = area.width.saturating_sub(right + u16::from(right > 0));
        put_row(buffer, Rect { width: left, ..area }, &self.left);
        put_row(buffer, Rect { x: area.right() - right, width: right, ..area }, &self.right);
    }
}

/// Draws rows from a scroll place on; where there is more, the frame's lower edge says so. Gives the place where the
/// view came to rest.
pub(super) fn scrolled(buffer: &mut Buffer, area: Rect, rows: &[Row], scroll: usize, theme: &Theme) -> usize {
    let height = usize::from(area.height);
    let top = scroll.min(rows.len().saturating_sub(height));
    for (place, row) in rows.iter().skip(top).take(height).enumerate() {
        put_row(buffer, Rect { y: area.y + place as u16, height: 1, ..area }, row);
    }
    let below = rows.len().saturating_sub(top + height);
    if below > 0 {
        more_below(buffer, Rect { y: area.bottom(), height: 1, ..area }, &count(below, "line"), theme);
    }
    top
}

/// Says in an edge how much is below it.
pub(super) fn more_below(buffer: &mut Buffer, edge: Rect, below: &str, theme: &Theme) {
    if edge.width > 14 && edge.y < buffer.area.bottom() {
        let place = Rect { x: edge.x + 1, width: edge.width - 2, ..edge };
        put(buffer, place, &format!(" {} {below} ", theme.sign("↓", "v")), theme.style(Role::Accent));
    }
}

/// A line across with words near its beginning; they are cut where it is too short for them.
pub(super) fn section(theme: &Theme, words: &[(String, Style)], width: u16) -> Row {
    let line = theme.sign("─", "-");
    let style = theme.style(Role::Frame);
    let mut row = vec![(line.to_owned(), style)];
    let mut left = width.saturating_sub(4);
    for (text, style) in words.iter().filter(|(text, _)| !text.is_empty()) {
        if left == 0 {
            break;
        }
        let text = fit(text, left);
        if row.len() == 1 {
            row.push((" ".to_owned(), *style));
        }
        left -= self::width(&text).min(left);
        row.push((text, *style));
    }
    if row.len() > 1 {
        row.push((" ".to_owned(), style));
    }
    let used: u16 = row.iter().map(|(text, _)| self::width(text)).sum();
    row.push((line.repeat(usize::from(width.saturating_sub(used))), style));
    row
}

/// The first of several wordings that fits a width, else the last.
pub(super) fn longest<'a>(wordings: &[&'a str], space: u16) -> &'a str {
    let fits = wordings.iter().find(|text| width(text) <= space);
    fits.or(wordings.last()).copied().unwrap_or_default()
}

/// A row cut to a width, or filled with blanks up to it.
pub(super) fn pad_row(row: &[(String, Style)], width: u16) -> Row {
    let mut left = width;
    let mut out = Row::new();
    for (text, style) in row {
        if left == 0 {
            break;
        }
        let text = fit(text, left);
        left -= self::width(&text).min(left);
        out.push((text, *style));
    }
    out.push((" ".repeat(usize::from(left)), Style::default()));
    out
}

/// A number with its noun: `1 line`, `2 lines`.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// What is left to do when all is drawn: signs that stand in for others, and the theme's own text and background.
pub(super) fn finish(buffer: &mut Buffer, theme: &Theme) {
    for cell in &mut buffer.content {
        let mut signs = cell.symbol().chars();
        match (signs.next(), signs.next()) {
            (Some(CUT), None) => drop(cell.set_symbol(theme.sign("…", ">"))),
            (Some(clean::MARK), None) => drop(cell.set_symbol(theme.sign("␛", "?"))),
            _ => {}
        }
    }
    theme.paint(buffer);
}

/// Empties an area, and what reaches into it from the left: half a wide sign would hide the edge of what is drawn there.
pub(super) fn clear(buffer: &mut Buffer, area: Rect) {
    for y in area.y..area.bottom() {
        let left = area.x.checked_sub(1).and_then(|x| buffer.cell_mut((x, y)));
        if let Some(cell) = left.filter(|cell| cell.symbol().width() > 1) {
            cell.set_symbol(" ");
        }
        for x in area.x..area.right() {
            if let Some(cell) = buffer.cell_mut((x, y)) {
                cell.reset();
            }
        }
    }
}

/// Draws the lines of a text that are in view, and those of the rows under it; where there is more, it says so.
pub(super) fn seen(
    buffer: &mut Buffer,
    area: Rect,
    seen: &Seen<'_>,
    under: &[Row],
    theme: &Theme,
    row: impl Fn(&Line) -> Row,
) {
    let lines = seen.lines[seen.shown.clone()].iter().map(|line| row(line));
    let rows = lines.chain(under[seen.under.clone()].iter().cloned());
    for (y, row) in (area.y..area.bottom()).zip(rows) {
        put_row(buffer, Rect { y, height: 1, ..area }, &row);
    }
    if seen.below > 0 {
        let edge = Rect { y: area.bottom(), height: 1, ..area };
        more_below(buffer, edge, &lines_below(seen.below, seen.counted), theme);
    }
}

/// How much is below a view. Before all of it is laid out nobody knows how many lines that are.
pub(super) fn lines_below(below: usize, counted: bool) -> String {
    if counted { count(below, "line") } else { "more".to_owned() }
}
