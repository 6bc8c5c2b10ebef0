//! How the screen looks: reviewed snapshots at three sizes and in ASCII, and laws that hold at every size.

use super::World;
use crate::home::assert_calm;
use crate::reviewed;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use synod::core::Dollars;
use synod::experiment::Progress;
use synod::ui;
use synod::ui::theme::Theme;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (220, 60)];

/// Draws until views have come to rest, and gives the screen as text.
pub fn screen(world: &mut World, size: (u16, u16), theme: &Theme) -> String {
    reviewed::text(&cells(world, size, theme))
}

/// The same as cells.
pub fn cells(world: &mut World, size: (u16, u16), theme: &Theme) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    for _ in 0..2 {
        let mut rest = None;
        terminal
            .draw(|frame| rest = ui::experiment::draw(frame, &world.scene(), &world.board, theme))
            .unwrap();
        if let Some(row) = rest {
            world.board.rested(row);
        }
    }
    terminal.backend().buffer().clone()
}

/// Every state that has a picture of its own.
fn states() -> Vec<(&'static str, World)> {
    let with = |keys: &str| {
        let mut world = World::half();
        world.press(keys);
        world
    };
    let mut paused = with("");
    paused.progress.running = 0;
    let why =
        "the budget of $2.00 leaves no room for the next trial, which may cost $1.93: raise it to go on";
    paused.progress.pause(Some(why.to_owned()), super::START + 30_000);
    let mut cut = with("G");
    cut.progress.cut(1);
    let mut done = with("Tab");
    done.progress.of = done.progress.count();
    done.progress.running = 0;
    done.board.end();
    let mut ungraded = World::half();
    ungraded.design.grader = synod::experiment::Grader::None;
    ungraded.standings.iter_mut().for_each(|standing| standing.accuracy = None);
    vec![
        ("begun", World::new(24)),
        ("half", with("")),
        ("divided", with("Tab j j")),
        ("faults", with("Tab Tab")),
        ("arm", with("j Enter")),
        ("trial", with("Tab j Enter")),
        ("fault", with("Tab Tab Enter")),
        ("cutting", with("c")),
        ("cut", cut),
        ("budget", with("b $ 2 . 5")),
        ("no-sum", with("b x Enter")),
        ("stop", with("q")),
        ("help", with("?")),
        ("paused", paused),
        ("done", done),
        ("ungraded", ungraded),
    ]
}

#[test]
fn every_state_at_every_size_looks_as_reviewed() {
    let theme = Theme::built_in(true, false);
    for (name, mut world) in states() {
        // What lies over the lists looks alike at all sizes.
        let sizes = if world.board.over.is_some() { &SIZES[..1] } else { &SIZES[..] };
        for (width, height) in sizes.iter().copied() {
            let text = screen(&mut world, (width, height), &theme);
            reviewed::seen(&format!("experiment-{name}-{width}x{height}"), &text);
        }
    }
    let ascii = screen(&mut World::half(), SIZES[0], &Theme::built_in(false, true));
    reviewed::seen("experiment-half-ascii", &ascii);
    for (width, height) in [(20, 5), (40, 12)] {
        let small = screen(&mut World::half(), (width, height), &theme);
        reviewed::seen(&format!("experiment-half-{width}x{height}"), &small);
    }
}

#[test]
fn no_size_panics_and_help_and_the_way_out_are_named() {
    let theme = Theme::built_in(true, false);
    for (name, mut world) in states() {
        for width in [1, 2, 3, 5, 7, 12, 20, 30, 39, 40, 60, 79, 80, 99, 100, 149, 150, 151, 300] {
            for height in [1, 2, 3, 4, 5, 6, 8, 10, 12, 24, 50] {
                let text = screen(&mut world, (width, height), &theme);
                assert_calm(&text);
                let last = text.lines().last().unwrap_or_default();
                let keys = if world.board.over.is_some() { "" } else { "?" };
                assert!(
                    width < 40 || height < 3 || last.contains(keys),
                    "{name} at {width}x{height}: {last:?}"
                );
            }
        }
    }
}

#[test]
fn ascii_means_ascii() {
    let theme = Theme::built_in(true, true);
    for (name, mut world) in states() {
        for arm in &mut world.design.arms {
            arm.name = arm.name.replace(|c: char| !c.is_ascii(), "");
        }
        for treatment in &mut world.design.treatments {
            treatment.name = treatment.name.replace(|c: char| !c.is_ascii(), "");
        }
        for (_, why) in &mut world.progress.faults {
            *why = why.replace(|c: char| !c.is_ascii(), "");
        }
        for size in SIZES {
            let text = screen(&mut world, size, &theme);
            let odd: String = text.chars().filter(|c| !c.is_ascii()).collect();
            assert_eq!(odd, "", "{name}");
        }
    }
}

/// The bar of how far it is, and figures at their ends.
#[test]
fn figures_at_their_ends() {
    let theme = Theme::built_in(true, false);
    let line = |world: &mut World, row: usize| {
        screen(world, (80, 24), &theme).lines().nth(row).unwrap_or_default().to_owned()
    };
    let mut world = World::new(0);
    assert!(line(&mut world, 1).starts_with(" 0 of 0 trials  100 % ["));
    world.progress = Progress::new(Vec::new(), 1_234_567, 0);
    world.progress.budget = None;
    world.progress.spent = Dollars(u64::MAX / 4);
    assert!(line(&mut world, 1).starts_with(" 0 of 1,234,567 trials  0 % ["));
    assert!(line(&mut world, 2).contains(", no budget"));
    world.progress.budget = Some(Dollars(0));
    assert!(line(&mut world, 2).contains("of $0.00 (999 %)"));
}
