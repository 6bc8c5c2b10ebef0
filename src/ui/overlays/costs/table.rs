//! The models of a period: a line each, with as many columns as there is room for.

use super::super::super::canvas::{self, Row};
use super::super::super::theme::{Role, Theme};
use crate::core::health::{Figures, Sample, figures};
use crate::core::tally::{Sums, Tally};
use crate::core::{Spent, clean};
use ratatui::style::Style;

/// How many calls the last column shows.
const LAST: usize = 20;

/// A column: its title, its width, from which inner width on it is there, and whether only a session knows it.
struct Column {
    title: &'static str,
    wide: u16,
    from: u16,
    of_session: bool,
    role: Role,
    text: fn(&Line<'_>) -> String,
}

/// What a line is about.
struct Line<'a> {
    tally: &'a Tally,
    figures: Figures,
    sums: Sums,
    /// The fastest call of all lines, in tokens a second.
    fastest: f64,
    ascii: bool,
}

const COLUMNS: &[Column] = &[
    column("calls", 5, 0, false, |line| line.tally.calls.to_string()),
    column("ok", 4, 50, false, |line| line.tally.answered.to_string()),
    column("retry", 5, 60, true, |line| line.sums.retries.to_string()),
    Column { role: Role::Warning, ..column("fail", 4, 0, false, |line| line.tally.failed.to_string()) },
    column("tok in", 7, 92, true, |line| tokens(line.sums.input, line.sums.guessed)),
    column("tok out", 7, 92, true, |line| tokens(line.sums.output, line.sums.guessed)),
    column("$", 10, 44, true, |line| price_tag(line.sums.spent)),
    column("TTFT p50", 8, 56, false, |line| line.figures.first_p50.map_or_else(none, first_words)),
    column("p95", 6, 72, false, |line| line.figures.first_p95.map_or_else(none, first_words)),
    column("tok/s", 5, 64, false, |line| {
        line.figures.rate_p50.map_or_else(none, |rate| format!("{rate:.0}"))
    }),
    Column {
        role: Role::Accent,
        ..column("last 20 (tok/s)", LAST as u16, 100, false, |line| {
            sparkline(&line.tally.samples, line.fastest, line.ascii)
        })
    },
];

const fn column(
    title: &'static str,
    wide: u16,
    from: u16,
    of_session: bool,
    text: fn(&Line<'_>) -> String,
) -> Column {
    Column { title, wide, from, of_session, role: Role::Strong, text }
}

/// The table: titles, then the models, with the chosen one marked.
pub(super) fn rows(tallies: &[Tally], chosen: usize, theme: &Theme, width: u16) -> Vec<Row> {
    if tallies.is_empty() {
        return vec![vec![(" no call was made".to_owned(), theme.style(Role::Dim))]];
    }
    let of_session = tallies.iter().any(|tally| tally.sums.is_some());
    let there = |column: &&Column| width >= column.from && (of_session || !column.of_session);
    let columns: Vec<&Column> = COLUMNS.iter().filter(there).collect();
    let taken: u16 = columns.iter().map(|column| column.wide + 1).sum();
    let longest = tallies.iter().map(|tally| canvas::width(&name(tally))).max().unwrap_or(0);
    let wide = (longest + 3).max(8).min(width.saturating_sub(taken)).max(4);
    let mut titles = vec![(canvas::pad("  model", wide), theme.style(Role::Title))];
    for column in &columns {
        titles.push((format!(" {}", aligned(column, column.title)), theme.style(Role::Title)));
    }
    let rates = tallies.iter().flat_map(|tally| last(&tally.samples)).filter_map(|sample| sample.rate);
    let fastest = rates.fold(0.0, f64::max);
    let mut rows = vec![titles];
    for (place, tally) in tallies.iter().enumerate() {
        let line = Line {
            tally,
            figures: figures(tally.samples.iter()),
            sums: tally.sums.unwrap_or_default(),
            fastest,
            ascii: theme.ascii,
        };
        let (sign, style) =
            if place == chosen { ("> ", theme.style(Role::Selected)) } else { ("  ", Style::default()) };
        let mut row = vec![
            (sign.to_owned(), theme.style(Role::Accent)),
            (canvas::pad(&canvas::fit(&name(tally), wide - 3), wide - 2), style),
        ];
        for column in &columns {
            let text = (column.text)(&line);
            let quiet = column.role == Role::Strong || text == "0";
            let style = if quiet { Style::default() } else { theme.style(column.role) };
            row.push((format!(" {}", aligned(column, &text)), style));
        }
        rows.push(row);
    }
    rows
}

fn name(tally: &Tally) -> String {
    clean::line(&tally.model.to_string())
}

/// Figures stand on the right of their column, the last one on the left.
fn aligned(column: &Column, text: &str) -> String {
    if usize::from(column.wide) == LAST {
        return canvas::pad(text, column.wide);
    }
    let text = canvas::fit(text, column.wide);
    format!("{}{text}", " ".repeat(usize::from(column.wide.saturating_sub(canvas::width(&text)))))
}

fn none() -> String {
    "-".to_owned()
}

/// A price tag; where nothing at all is known, no zero stands in for it.
pub(super) fn price_tag(spent: Spent) -> String {
    if spent.unpriced > 0 && spent.sum().0 == 0 { "?".to_owned() } else { spent.words() }
}

/// A count of tokens: `812`, `4.1k`, `1.2M`; `~` before what is guessed.
pub(super) fn tokens(count: u64, guessed: bool) -> String {
    let about = if guessed { "~" } else { "" };
    match count {
        0..1_000 => format!("{about}{count}"),
        1_000..1_000_000 => format!("{about}{}.{}k", count / 1000, count % 1000 / 100),
        _ => format!("{about}{}.{}M", count / 1_000_000, count % 1_000_000 / 100_000),
    }
}

/// A short time: `0.71s`, `12.4s`.
pub(super) fn first_words(ms: u64) -> String {
    if ms < 10_000 {
        format!("{}.{:02}s", ms / 1000, ms % 1000 / 10)
    } else {
        format!("{}.{}s", ms / 1000, ms % 1000 / 100)
    }
}

fn last(samples: &[Sample]) -> &[Sample] {
    &samples[samples.len().saturating_sub(LAST)..]
}

/// The speeds of the last calls, in eighths of the fastest: bars, or digits where there are only letters. `x` is a fault,
/// a dot an answer too short to tell.
fn sparkline(samples: &[Sample], fastest: f64, ascii: bool) -> String {
    let bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let sign = |sample: &Sample| match (sample.fault, sample.rate) {
        (Some(_), _) => 'x',
        (None, None) => '.',
        (None, Some(rate)) => {
            let eighth = (rate / fastest.max(f64::MIN_POSITIVE) * 8.0).ceil().clamp(1.0, 8.0) as usize;
            if ascii { char::from(b'0' + eighth as u8) } else { bars[eighth - 1] }
        }
    };
    last(samples).iter().map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::ErrorKind;

    fn sample(rate: Option<f64>, fault: Option<ErrorKind>) -> Sample {
        let model = "a/b".parse().unwrap();
        Sample { endpoint: "e".into(), model, at: 1, fault, first_ms: Some(1), rate }
    }

    #[test]
    fn a_sparkline_measures_by_the_fastest_and_shows_faults() {
        let mut samples = vec![sample(None, None), sample(None, Some(ErrorKind::Timeout))];
        samples.extend([5.0, 10.0, 45.0, 80.0].map(|rate| sample(Some(rate), None)));
        assert_eq!(sparkline(&samples, 80.0, true), ".x1158");
        assert_eq!(sparkline(&samples, 80.0, false), ".x▁▁▅█");
        let many: Vec<Sample> = (0..30).map(|_| sample(Some(1.0), None)).collect();
        assert_eq!(sparkline(&many, 1.0, true), "8".repeat(LAST));
        assert_eq!(sparkline(&[], 0.0, true), "");
    }

    #[test]
    fn figures_are_short() {
        assert_eq!([tokens(999, false), tokens(4_149, true)], ["999", "~4.1k"]);
        assert_eq!(tokens(12_345_678, false), "12.3M");
        assert_eq!([first_words(712), first_words(12_480)], ["0.71s", "12.4s"]);
    }
}
