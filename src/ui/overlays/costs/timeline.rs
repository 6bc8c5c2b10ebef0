//! What was asked last, in time: a line a seat, from the first request that left to the last piece of text.

use super::super::super::canvas::{self, Row};
use super::super::super::theme::{Role, Theme};
use crate::core::{Call, EndState, Run, clean};
use ratatui::style::Style;

/// What a cell of a line stands for.
const WAIT: u8 = b'.';
const CONNECT: u8 = b'-';
const STREAM: u8 = b'=';
const RETRY: u8 = b'r';
const FIRST: u8 = b'|';
const FAULT: u8 = b'x';

/// The timeline of the last ask of a run; nothing where nothing was asked.
pub(super) fn rows(run: &Run, now: u64, theme: &Theme, width: u16) -> Vec<Row> {
    let seats = run.last_asked();
    let calls = || seats.iter().flatten();
    let (Some(begin), Some(end)) =
        (calls().map(|call| call.started_at).min(), calls().map(|call| over(call, now)).max())
    else {
        return Vec::new();
    };
    let names: Vec<String> = seats.iter().map(|row| clean::line(&row[0].member.0)).collect();
    let longest = names.iter().map(|name| canvas::width(name)).max().unwrap_or(0);
    let name_wide = (longest + 2).min(width / 4).max(4);
    let scale =
        Scale { begin, span: end.saturating_sub(begin).max(1), cells: width.saturating_sub(name_wide + 1) };
    let legend = ". wait  - connect  | first token  = stream  r retry  x fault";
    let words = [
        ("timeline of the last ask  ".to_owned(), theme.style(Role::Title)),
        (legend.to_owned(), theme.style(Role::Dim)),
    ];
    let mut rows = vec![Row::new(), canvas::section(theme, &words, width)];
    for (name, row) in names.iter().zip(&seats) {
        let mut line = vec![(canvas::pad(&format!(" {name}"), name_wide), Style::default())];
        line.extend(pieces(&scale.line(row, now), theme));
        rows.push(line);
    }
    rows.push(vec![(
        format!("{}{}", " ".repeat(usize::from(name_wide)), scale.axis()),
        theme.style(Role::Dim),
    )]);
    rows
}

/// When a call was over; now, while it runs.
fn over(call: &Call, now: u64) -> u64 {
    call.total_ms.map_or(now.max(call.last_at), |total| call.started_at.saturating_add(total))
}

/// Which time is in which cell.
struct Scale {
    begin: u64,
    span: u64,
    cells: u16,
}

impl Scale {
    /// The cell of a moment.
    fn cell(&self, at: u64) -> usize {
        let last = u64::from(self.cells.saturating_sub(1));
        (at.saturating_sub(self.begin).min(self.span) * last / self.span) as usize
    }

    /// The attempts of a seat as one line of signs.
    fn line(&self, attempts: &[&Call], now: u64) -> Vec<u8> {
        let mut line = vec![b' '; usize::from(self.cells)];
        let mut fill = |from: u64, to: u64, sign: u8| {
            if let Some(cells) = line.get_mut(self.cell(from)..=self.cell(to)) {
                cells.fill(sign);
            }
        };
        let mut before = self.begin;
        for (place, call) in attempts.iter().enumerate() {
            let (start, end) = (call.started_at, over(call, now));
            let first = call.first_ms.map(|ms| start.saturating_add(ms));
            if start > before {
                fill(before, start, WAIT);
            }
            // Waiting begins where a fault was.
            if place > 0 {
                fill(before, before, FAULT);
            }
            fill(start, first.unwrap_or(end), CONNECT);
            if let Some(first) = first {
                fill(first, end, STREAM);
                fill(first, first, FIRST);
            }
            if place > 0 {
                fill(start, start, RETRY);
            }
            if call.error.is_some() && call.end != Some(EndState::Stopped) {
                fill(end, end, FAULT);
            }
            before = end;
        }
        line
    }

    /// The times below: as many as have room.
    fn axis(&self) -> String {
        const STEPS: [u64; 11] =
            [100, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000, 120_000, 300_000, 600_000];
        /// Cells that a time needs with blanks behind it.
        const ROOM: u64 = 9;
        let fits = |step: &u64| step * u64::from(self.cells) / self.span >= ROOM;
        let step = STEPS.into_iter().find(fits).unwrap_or(self.span);
        let mut axis = String::new();
        for at in (0..=self.span).step_by(step as usize) {
            let text = if step < 1_000 {
                format!("{}.{}s", at / 1000, at % 1000 / 100)
            } else {
                format!("{}s", at / 1000)
            };
            let cell = self.cell(self.begin + at);
            if cell + text.len() > usize::from(self.cells) {
                break;
            }
            axis.push_str(&" ".repeat(cell.saturating_sub(axis.len())));
            axis.push_str(&text);
        }
        axis
    }
}

/// A line with each kind of sign in its role.
fn pieces(line: &[u8], theme: &Theme) -> Row {
    let role = |sign: u8| match sign {
        STREAM => Role::Good,
        FIRST => Role::Strong,
        RETRY => Role::Warning,
        FAULT => Role::Error,
        _ => Role::Dim,
    };
    line.chunk_by(|one, other| one == other)
        .map(|same| (String::from_utf8_lossy(same).into_owned(), theme.style(role(same[0]))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_stand_below_their_cells() {
        let scale = Scale { begin: 1_000, span: 20_000, cells: 61 };
        assert_eq!(scale.axis(), format!("0s{}5s{}10s{}15s", " ".repeat(13), " ".repeat(13), " ".repeat(12)));
        assert_eq!(
            [scale.cell(0), scale.cell(1_000), scale.cell(11_000), scale.cell(99_000)],
            [0, 0, 30, 60]
        );
        let none = Scale { begin: 0, span: 1, cells: 0 };
        assert_eq!((none.cell(5), none.axis().as_str()), (0, ""));
    }
}
