//! Putting cleaned text into cells: lines, frames, lists that scroll. Knows nothing of the council.

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
    let text = fit(text, area.width);
    let style = Style::reset().patch(style);
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

/// A text that fits a width, with [`CUT`] where it was cut.
pub(super) fn fit(text: &str, width: u16) -> String {
    let width = usize::from(width);
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for piece in text.graphemes(true) {
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
        for word in line.split_inclusive(' ') {
            if row.width() + word.trim_end().width() > most && !row.is_empty() {
                out.push(std::mem::take(&mut row).trim_end().to_owned());
            }
            if word.trim_end().width() <= most {
                row.push_str(word);
                continue;
            }
            for piece in word.graphemes(true) {
                if row.width() + piece.width() > most && !row.is_empty() {
                    out.push(std::mem::take(&mut row));
                }
                row.push_str(piece);
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
        put_row(buffer, edge(bottom), &self.below);
        inside
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
    if below > 0 && area.width > 14 && area.bottom() < buffer.area.bottom() {
        let edge = Rect { x: area.x + 1, y: area.bottom(), width: area.width - 2, height: 1 };
        put(
            buffer,
            edge,
            &format!(" {} {} ", theme.sign("↓", "v"), count(below, "line")),
            theme.style(Role::Accent),
        );
    }
    top
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

/// Empties an area.
pub(super) fn clear(buffer: &mut Buffer, area: Rect) {
    for y in area.y..area.bottom() {
        for x in area.x..area.right() {
            if let Some(cell) = buffer.cell_mut((x, y)) {
                cell.reset();
            }
        }
    }
}
