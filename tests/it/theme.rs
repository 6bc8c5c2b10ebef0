//! The themes: each is whole, readable and never says anything by colour alone. Contrast and distances are computed here
//! from the xterm palette, apart from the program's own arithmetic.
//!
//! Figures: `cargo test --test it theme -- --nocapture` prints the contrast of every role and the smallest distances.
#![cfg(test)]

mod colours;
mod own;

use crate::played::{PLAYED, press, seen};
use crate::screen::states;
use colours::{contrast, distance, seen_by};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier, Style};
use std::fmt::Write as _;
use synod::agreement::Mark;
use synod::app::{App, Drawn, Msg, update};
use synod::core::Event;
use synod::ui::theme::{BUILT_IN, Catalogue, Depth, Looks, Role, Theme};
use synod::ui::{self, Cache};

const SIZE: (u16, u16) = (120, 40);
const DEPTHS: [Depth; 3] = [Depth::Palette, Depth::Sixteen, Depth::None];
const MARKS: [Mark; 5] = [Mark::Agree, Mark::Partly, Mark::Conflict, Mark::Only, Mark::Pending];

/// The themes that paint, so that their contrast is known.
const PAINTED: [&str; 4] = ["dark", "light", "high-contrast", "colour-blind"];

/// What is drawn as lines; the least contrast is 3:1 as for all that is no text. The gutter's line only decorates: marks
/// and text are parted by blanks too.
const LINES: [Role; 2] = [Role::Frame, Role::FrameFocus];
/// Not more than a dot that waits to become something else: 3:1 too. The other marks have the contrast of text.
const WAITS: Role = Role::Pending;

/// How far the colours of marks and faults must lie apart (CIE76) in the colour-blind theme, in each kind of sight.
const APART: f64 = 25.0;
/// The same for the marks alone in the other themes that paint.
const APART_ELSEWHERE: f64 = 20.0;

fn theme(name: &str, depth: Depth) -> Theme {
    let (theme, faults) = Catalogue::default().load(name, Looks { depth, ascii: false }).unwrap();
    assert_eq!(faults, Vec::<String>::new(), "{name}");
    theme
}

fn drawn(app: &mut App, theme: &Theme) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(SIZE.0, SIZE.1)).unwrap();
    for _ in 0..2 {
        let mut found = Drawn::default();
        terminal.draw(|frame| found = ui::draw(frame, app, theme, &mut Cache::default())).unwrap();
        update(app, Msg::Drawn(found));
    }
    terminal.backend().buffer().clone()
}

/// Text and background as they are shown, by their numbers.
fn shown(style: Style, base: Style) -> (u8, u8) {
    let index = |colour: Option<Color>| match colour {
        Some(Color::Indexed(index)) => index,
        other => panic!("{other:?} is no colour of the palette"),
    };
    let pair = (index(style.fg.or(base.fg)), index(style.bg.or(base.bg)));
    if style.add_modifier.contains(Modifier::REVERSED) { (pair.1, pair.0) } else { pair }
}

/// The least contrast a role has to have in a theme.
fn needed(name: &str, role: Role) -> f64 {
    match role {
        Role::Gutter => 1.0,
        _ if LINES.contains(&role) || role == WAITS => 3.0,
        _ if name == "high-contrast" => 7.0,
        _ => 4.5,
    }
}

#[test]
fn each_theme_is_whole_by_itself() {
    assert_eq!(BUILT_IN[0].0, "default");
    for (name, text) in BUILT_IN {
        let file: toml::Table = text.parse().unwrap();
        let roles = file["roles"].as_table().unwrap();
        let missing: Vec<&str> =
            Role::ALL.iter().map(|(_, role)| *role).filter(|role| !roles.contains_key(*role)).collect();
        assert_eq!(missing, Vec::<&str>::new(), "{name}");
        assert_eq!(roles.len(), Role::ALL.len(), "{name}");
        assert_eq!(file.contains_key("base"), PAINTED.contains(&name), "{name}");
        assert_eq!(theme(name, Depth::Palette).base() == Style::default(), !PAINTED.contains(&name));
    }
}

#[test]
fn the_default_paints_no_background_and_knows_sixteen_colours_only() {
    let themes = [("default", 15), ("mono", 0)].map(|(name, most)| (name, most, theme(name, Depth::Palette)));
    for (name, most, theme) in &themes {
        for (role, _) in Role::ALL {
            let style = theme.style(*role);
            assert_eq!(style.bg, None, "{name} {role:?}");
            let known = |fg| matches!(fg, Color::Indexed(index) if index <= *most && *most > 0);
            assert!(style.fg.is_none_or(known), "{name} {role:?}");
        }
    }
    for (state, mut app) in states() {
        for (name, _, theme) in &themes {
            let odd = drawn(&mut app, theme).content.into_iter().find(|cell| cell.bg != Color::Reset);
            assert_eq!(odd, None, "{name} {state}");
        }
    }
}

#[test]
fn what_paints_paints_every_cell_and_needs_no_more_than_the_palette() {
    let themes = PAINTED.map(|name| (name, theme(name, Depth::Palette)));
    let fixed = |colour| matches!(colour, Color::Indexed(16..));
    for (state, mut app) in states() {
        for (name, theme) in &themes {
            for cell in drawn(&mut app, theme).content {
                assert!(fixed(cell.fg) && fixed(cell.bg), "{name} {state}: {cell:?}");
                let dim = cell.modifier.contains(Modifier::DIM);
                assert!(!dim, "{name} {state}: nobody knows how dim {cell:?} is");
            }
        }
    }
}

#[test]
fn every_role_is_readable_on_its_background() {
    for name in PAINTED {
        let theme = theme(name, Depth::Palette);
        let (text, background) = shown(Style::default(), theme.base());
        let mut line = format!("{name}: text {:.1}", contrast(text, background));
        assert!(contrast(text, background) >= needed(name, Role::Strong), "{name}: text");
        for (role, word) in Role::ALL {
            let (text, background) = shown(theme.style(*role), theme.base());
            let found = contrast(text, background);
            let _ = write!(line, ", {word} {found:.1}");
            assert!(found >= needed(name, *role), "{name}: {word} has {found:.2}");
        }
        println!("contrast, {line}");
        // A mark that is chosen has both looks, one over the other.
        for mark in MARKS {
            let (text, background) = shown(theme.mark(mark).patch(theme.style(Role::Selected)), theme.base());
            assert!(contrast(text, background) >= needed(name, Role::Selected), "{name}: chosen {mark:?}");
        }
    }
}

#[test]
fn with_sixteen_colours_text_stays_readable() {
    for name in PAINTED {
        let (whole, theme) = (theme(name, Depth::Palette), theme(name, Depth::Sixteen));
        for (role, word) in Role::ALL {
            let of = |theme: &Theme| shown(theme.style(*role), theme.base());
            let (text, background) = of(&theme);
            assert!(text < 16 && background < 16, "{name}: {word}");
            let before = of(&whole);
            // By the colours that xterm has; another terminal's are not far from them, or are the person's own choice.
            let needed = contrast(before.0, before.1).min(4.5);
            assert!(contrast(text, background) >= needed, "{name}: {word} as {text} on {background}");
        }
    }
}

/// The colours of three marks, and of a fault.
fn told_apart(theme: &Theme) -> Vec<(&'static str, u8)> {
    let roles = [
        ("agree", Role::Agree),
        ("partly", Role::Partly),
        ("conflict", Role::Conflict),
        ("error", Role::Error),
    ];
    roles.map(|(name, role)| (name, shown(theme.style(role), theme.base()).0)).into()
}

#[test]
fn marks_are_told_apart_in_every_kind_of_sight() {
    for name in PAINTED {
        let mut colours = told_apart(&theme(name, Depth::Palette));
        let least = if name == "colour-blind" { APART } else { APART_ELSEWHERE };
        if name != "colour-blind" {
            colours.pop();
        }
        for (sight, matrix) in colours::SIGHTS {
            let mut smallest = (f64::MAX, "", "");
            for (at, (one, a)) in colours.iter().enumerate() {
                for (other, b) in &colours[at + 1..] {
                    let far = distance(seen_by(*a, &matrix), seen_by(*b, &matrix));
                    if far < smallest.0 {
                        smallest = (far, one, other);
                    }
                }
            }
            let (far, one, other) = smallest;
            println!("smallest distance, {name}, {sight}: {far:.1} ({one}, {other})");
            assert!(far >= least, "{name}, {sight}: {one} and {other} are {far:.1} apart");
        }
    }
}

/// The cells of the gutters in which a mark's sign stands, with a number behind it.
fn gutters(buffer: &Buffer, mark: Mark) -> Vec<Cell> {
    let sign = mark.symbol().to_string();
    let digit = |x, y| buffer[(x, y)].symbol().bytes().all(|byte| byte.is_ascii_digit());
    let line = |x, y| ["│", "┃"].contains(&buffer[(x, y)].symbol());
    let places = (0..SIZE.1).flat_map(|y| (1..SIZE.0 - 3).map(move |x| (x, y)));
    let here = |(x, y): &(u16, u16)| {
        let (x, y) = (*x, *y);
        let number = digit(x + 1, y) && digit(x + 2, y);
        line(x - 1, y) && buffer[(x, y)].symbol() == sign && number && line(x + 3, y)
    };
    places.filter(here).map(|place| buffer[place].clone()).collect()
}

/// A workbench where a claim with a mark is chosen.
fn chosen(mark: Mark) -> App {
    let (split, cut) = &*PLAYED;
    let moments = (4..40).flat_map(|step| [(split, step * 500), (cut, step * 500)]);
    let mut apps = moments.map(|(records, until)| seen(records, until));
    let has = |app: &App| app.agreement.claims.iter().any(|claim| claim.mark == mark);
    let mut app = apps.find(has).unwrap();
    let number = app.agreement.claims.iter().find(|claim| claim.mark == mark).unwrap().number;
    for _ in 0..app.agreement.claims.len() {
        press(&mut app, "J");
        if app.selected == Some(number) {
            return app;
        }
    }
    panic!("{mark:?} can't be gone to");
}

#[test]
fn no_mark_is_told_by_its_colour_alone_and_what_is_chosen_stands_out() {
    for mark in MARKS {
        let mut app = chosen(mark);
        for (name, _) in BUILT_IN {
            for depth in DEPTHS {
                let theme = theme(name, depth);
                let cells = gutters(&drawn(&mut app, &theme), mark);
                assert_ne!(cells, [], "{name} {depth:?}: {mark:?} has no sign");
                let background = theme.base().bg.unwrap_or(Color::Reset);
                let stands_out =
                    |cell: &Cell| cell.bg != background || cell.modifier.contains(Modifier::REVERSED);
                assert!(cells.iter().any(stands_out), "{name} {depth:?}: {mark:?} is chosen");
            }
        }
    }
}

#[test]
fn without_colours_meaning_stays() {
    let themes = BUILT_IN.map(|(name, _)| (name, theme(name, Depth::None)));
    for (name, theme) in &themes {
        assert_eq!(theme.base(), Style::default());
        for (role, word) in Role::ALL {
            let style = theme.style(*role);
            assert_eq!((style.fg, style.bg), (None, None), "{name}: {word}");
            let dim = style.add_modifier.contains(Modifier::DIM);
            assert!(!dim || !PAINTED.contains(name), "{name}: {word} was chosen to be readable");
        }
        let has = |role, attribute| theme.style(role).add_modifier.contains(attribute);
        assert!(has(Role::Selected, Modifier::REVERSED), "{name}: selected");
        assert!(has(Role::Conflict, Modifier::BOLD | Modifier::UNDERLINED), "{name}: conflict");
        for role in [Role::FrameFocus, Role::Title, Role::Error, Role::Strong, Role::Heading] {
            assert!(has(role, Modifier::BOLD), "{name}: {role:?}");
        }
    }
    for (state, mut app) in states() {
        for (name, theme) in &themes {
            let coloured = |cell: &Cell| cell.fg != Color::Reset || cell.bg != Color::Reset;
            let odd = drawn(&mut app, theme).content.into_iter().find(coloured);
            assert_eq!(odd, None, "{name} {state}");
        }
    }
}

#[test]
fn the_focus_shows_by_the_shape_of_its_frame() {
    let (split, _) = &*PLAYED;
    for (ascii, focused, other) in [(false, "┏", "┌"), (true, "#", "+")] {
        let looks = Looks { depth: Depth::None, ascii };
        let (theme, _) = Catalogue::default().load("mono", looks).unwrap();
        let mut app = seen(split, 9_500);
        app.seat = 1;
        let buffer = drawn(&mut app, &theme);
        let corners =
            (0..SIZE.0).map(|x| buffer[(x, 2)].symbol()).filter(|sign| [focused, other].contains(sign));
        let corners: Vec<&str> = corners.collect();
        assert!(corners.contains(&focused) && corners.contains(&other), "{corners:?}");
    }
}

/// An answer in which every sign stands that is drawn besides its own words; the last two are its own.
fn every_sign() -> App {
    let (records, _) = &*PLAYED;
    let mut records = records.clone();
    let long = "x".repeat(400);
    let told = format!("A rule:\n\n---\n\n```\n{long}\n```\n\n> quoted\n\n\u{1b}[31mred\n\nWait… é");
    let first = records.iter().find_map(|record| record.event.call()).unwrap();
    for record in &mut records {
        match &mut record.event {
            Event::Delta { call, text, .. } if *call == first => text.clear(),
            Event::CallEnded { call, text, .. } if *call == first => text.clone_from(&told),
            _ => {}
        }
    }
    seen(&records, 9_500)
}

#[test]
fn every_sign_has_a_stand_in_and_an_answers_own_words_have_none() {
    let mut app = every_sign();
    let mut text = |ascii| {
        let looks = Looks { depth: Depth::Palette, ascii };
        let (theme, _) = Catalogue::default().load("dark", looks).unwrap();
        let cells = drawn(&mut app, &theme).content;
        cells.iter().map(Cell::symbol).collect::<Vec<_>>().concat()
    };
    let (whole, plain) = (text(false), text(true));
    for (sign, stand_in) in [("────────", "--------"), ("↳ x", "\\ x"), ("␛red", "?red"), ("…", ">")]
    {
        assert!(whole.contains(sign) && plain.contains(stand_in), "{sign}\n{plain}");
    }
    assert!(whole.contains("Wait… é") && plain.contains("Wait… é"), "{plain}");
    let odd: String = plain.replace("Wait… é", "").chars().filter(|sign| !sign.is_ascii()).collect();
    assert_eq!(odd, "");
}

#[test]
fn words_in_a_frame_look_as_they_should_and_not_as_the_frame() {
    let (split, _) = &*PLAYED;
    let theme = theme("default", Depth::Palette);
    let buffer = drawn(&mut seen(split, 9_500), &theme);
    let row: String = (0..SIZE.0).map(|x| buffer[(x, 2)].symbol()).collect();
    let at = row.chars().position(|sign| sign == 'j').unwrap() as u16;
    assert_eq!(row.chars().skip(at.into()).take(5).collect::<String>(), "jonas");
    assert_eq!(buffer[(at, 2)].modifier, Modifier::BOLD, "a name in a frame that is dim");
}
