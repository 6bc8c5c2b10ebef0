//! The screen as text, at three sizes and in each state: reviewed snapshots, and laws that hold for all of them.
//!
//! The sessions are the demo's, played under a paused clock, so that every figure on the screen is the same each time.

mod costs;
mod drawers;
mod grades;
mod models;
mod panes;
mod plans;
mod private;
mod similar;
mod world;

use crate::played::{ANSWERED, PLAYED, START, opening, press, seen};
use crate::reviewed;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::collections::BTreeMap;
use std::sync::Arc;
use synod::app::{App, Msg, Opening, update};
use synod::core::Record;
use synod::ui::theme::Theme;
use synod::ui::{self, Cache};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (220, 60)];

/// Draws until views have come to rest and nothing is left to be laid out, and gives the screen as text.
fn screen(app: &mut App, size: (u16, u16), theme: &Theme, cache: &mut Cache) -> String {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    let mut still = 0;
    for frame in 0.. {
        assert!(frame < 1000, "it never comes to an end");
        let mut drawn = synod::app::Drawn::default();
        terminal.draw(|frame| drawn = ui::draw(frame, app, theme, cache)).unwrap();
        still = if drawn.more { 0 } else { still + 1 };
        update(app, Msg::Drawn(drawn));
        if still == 2 {
            break;
        }
    }
    reviewed::text(terminal.backend().buffer())
}

/// Every state that has a picture of its own.
pub(super) fn states() -> Vec<(&'static str, App)> {
    board_states().into_iter().chain(other_states()).collect()
}

/// Those with something open beside the board, or over it.
fn other_states() -> Vec<(&'static str, App)> {
    let all = [
        drawers::states(),
        grades::states(),
        models::states(),
        private::states(),
        similar::states(),
        costs::states(),
        panes::states(),
        plans::states(),
    ];
    all.into_iter().flatten().collect()
}

fn board_states() -> Vec<(&'static str, App)> {
    let (split, cut) = &*PLAYED;
    let all = u64::MAX - START;
    let with = |records: &[Record], until, keys: &str| {
        let mut app = seen(records, until);
        if !keys.is_empty() {
            press(&mut app, keys);
        }
        app
    };
    let mut welcome = App::new(Opening { council: None, ..opening() });
    welcome.looked_at = vec![("keys".to_owned(), "no key in OPENAI_API_KEY and 11 more".to_owned())];
    let mut not_saved = with(&ANSWERED, all, "");
    update(&mut not_saved, Msg::NotSaved("the disk is full: make room, it is tried again".to_owned()));
    vec![
        ("welcome", welcome),
        ("empty", App::new(opening())),
        ("streaming", with(split, 3_000, "")),
        ("answers", with(&ANSWERED, all, "")),
        ("divergence", with(&ANSWERED, all, "n")),
        ("zoom", with(&ANSWERED, all, "z")),
        ("cut", with(cut, all, "2")),
        ("synthesis", with(split, all, "s")),
        ("vote", with(split, all, "v")),
        ("debate", with(split, all, "D")),
        ("help", with(split, all, "?")),
        ("prompt", with(split, all, "Enter")),
        ("quit", with(split, 3_000, "q")),
        ("not-saved", not_saved),
        ("over-budget", crate::money::over_budget()),
        ("over-budget-rounds", crate::money::three_rounds()),
    ]
}

#[test]
fn every_state_at_every_size_looks_as_reviewed() {
    let theme = Theme::built_in(true, false);
    for (name, mut app) in states() {
        for (width, height) in SIZES.iter().chain(drawers::more_sizes(name)).copied() {
            let text = screen(&mut app, (width, height), &theme, &mut Cache::default());
            reviewed::seen(&format!("{name}-{width}x{height}"), &text);
        }
        if drawers::IN_ASCII.contains(&name) {
            let text = screen(&mut app, SIZES[0], &Theme::built_in(false, true), &mut Cache::default());
            reviewed::seen(&format!("{name}-ascii"), &text);
        }
    }
}

#[test]
fn a_cold_cache_draws_what_a_warm_one_draws() {
    let theme = Theme::built_in(true, false);
    for (name, mut app) in states() {
        let mut warm = Cache::default();
        for size in SIZES {
            let first = screen(&mut app, size, &theme, &mut warm);
            assert_eq!(screen(&mut app, size, &theme, &mut Cache::default()), first, "{name} at {size:?}");
        }
    }
}

#[test]
fn no_size_panics_and_help_is_always_named() {
    let theme = Theme::built_in(true, false);
    let mut cache = Cache::default();
    let all: (&[u16], &[u16]) =
        (&[1, 2, 7, 39, 40, 41, 59, 60, 99, 100, 159, 160, 300], &[1, 2, 9, 10, 11, 19, 20, 21, 100]);
    // What is below the smallest screen does not depend on what is open.
    let fewer: (&[u16], &[u16]) = (&[40, 59, 60, 99, 100, 160], &[10, 19, 20, 40]);
    let of_board = board_states().into_iter().map(|state| (state, all));
    let others = other_states().into_iter().map(|state| (state, fewer));
    for ((name, mut app), (widths, heights)) in of_board.chain(others) {
        for width in widths.iter().copied() {
            for height in heights.iter().copied() {
                let text = screen(&mut app, (width, height), &theme, &mut cache);
                if width >= 40 && height >= 10 && app.overlay.is_none() {
                    let last = text.lines().last().unwrap_or_default();
                    assert!(
                        last.contains('?') || last.contains("F1"),
                        "{name} at {width}x{height}: {last:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn ascii_means_ascii() {
    let theme = Theme::built_in(true, true);
    for (name, mut app) in states() {
        let text = screen(&mut app, (120, 40), &theme, &mut Cache::default());
        let odd: String = text.chars().filter(|c| !c.is_ascii()).collect();
        assert_eq!(odd, "", "{name}");
    }
}

#[test]
fn marks_never_move_text() {
    let (records, _) = &*PLAYED;
    let theme = Theme::built_in(true, false);
    let strip = |text: String| -> Vec<String> {
        let body = text.lines().skip(2).take(17);
        body.map(|line| line.chars().map(|c| if "=~!+.0123456789│|".contains(c) { ' ' } else { c }).collect())
            .collect()
    };
    let mut marked = seen(records, 9_500);
    let mut plain = seen(records, 9_500);
    update(&mut plain, Msg::Agreement(Arc::default(), BTreeMap::new()));
    let with = strip(screen(&mut marked, (80, 24), &theme, &mut Cache::default()));
    let without = strip(screen(&mut plain, (80, 24), &theme, &mut Cache::default()));
    assert_eq!(with, without);
}
