//! The pictures in the README: cells of the real screen as SVG. `SYNOD_PICTURES=write cargo test --test it pictures` makes
//! them anew; without it the test says whether they are still true.

use crate::experiment_screen::{World, looks};
use crate::played::{ANSWERED, PLAYED, planned, press, seen, voted};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use std::fmt::Write as _;
use std::path::Path;
use synod::app::{App, Drawn, Msg, update};
use synod::ui::theme::Theme;
use synod::ui::{self, Cache};
use unicode_width::UnicodeWidthStr;

/// The size of a cell in the picture, in its own units.
const CELL: (f64, f64) = (8.4, 18.0);
const PAPER: &str = "#16181d";
const INK: &str = "#d5d8de";

/// The terminal's sixteen colours as the pictures show them.
const COLOURS: [&str; 16] = [
    "#16181d", "#e5695e", "#7fb069", "#d9a441", "#6aa2e0", "#b98ad6", "#57b5b5", "#d5d8de", "#6b7280",
    "#ff8f85", "#a3d18c", "#f2c76b", "#8fbef2", "#d3abec", "#7fd6d6", "#ffffff",
];

fn colour(colour: Color, otherwise: &str) -> String {
    let index = match colour {
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::Indexed(index) if index < 16 => usize::from(index),
        _ => return otherwise.to_owned(),
    };
    COLOURS[index].to_owned()
}

/// How a cell is painted: paper and ink, and what is said of its letters.
fn look(cell: &Cell) -> (String, String, String) {
    let (mut paper, mut ink) = (colour(cell.bg, PAPER), colour(cell.fg, INK));
    if cell.modifier.contains(Modifier::REVERSED) {
        std::mem::swap(&mut paper, &mut ink);
    }
    let mut letters = String::new();
    for (modifier, said) in [
        (Modifier::BOLD, " font-weight=\"bold\""),
        (Modifier::ITALIC, " font-style=\"italic\""),
        (Modifier::UNDERLINED, " text-decoration=\"underline\""),
        (Modifier::DIM, " opacity=\"0.6\""),
    ] {
        if cell.modifier.contains(modifier) {
            letters.push_str(said);
        }
    }
    (paper, ink, letters)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The screen as a picture: runs of cells that look the same, each held to its width.
fn svg(buffer: &Buffer) -> String {
    let area = buffer.area;
    let (width, height) = (f64::from(area.width) * CELL.0 + 16.0, f64::from(area.height) * CELL.1 + 16.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"DejaVu Sans Mono, Menlo, \
         Consolas, monospace\" font-size=\"14\">\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{PAPER}\"/>\n"
    );
    for y in 0..area.height {
        let mut x = 0;
        while x < area.width {
            let first = look(&buffer[(x, y)]);
            let (start, mut text) = (x, String::new());
            while x < area.width && look(&buffer[(x, y)]) == first {
                let symbol = buffer[(x, y)].symbol();
                text.push_str(symbol);
                x += (symbol.width().max(1)) as u16;
            }
            run(&mut out, (start, x, y), &text, &first);
        }
    }
    out.push_str("</svg>\n");
    out
}

fn run(
    out: &mut String,
    (start, end, y): (u16, u16, u16),
    text: &str,
    (paper, ink, letters): &(String, String, String),
) {
    let (left, top) = (f64::from(start) * CELL.0 + 8.0, f64::from(y) * CELL.1 + 8.0);
    let wide = f64::from(end - start) * CELL.0;
    if paper != PAPER {
        let _ = writeln!(
            out,
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{wide:.1}\" height=\"{}\" fill=\"{paper}\"/>",
            CELL.1
        );
    }
    if !text.trim().is_empty() {
        let base = top + 13.5;
        let _ = writeln!(
            out,
            "<text x=\"{left:.1}\" y=\"{base:.1}\" textLength=\"{wide:.1}\" lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\" \
             fill=\"{ink}\"{letters}>{}</text>",
            escaped(text)
        );
    }
}

fn draw(app: &mut App, (width, height): (u16, u16)) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let (theme, mut cache) = (Theme::built_in(true, false), Cache::default());
    for _ in 0..3 {
        let mut drawn = Drawn::default();
        terminal.draw(|frame| drawn = ui::draw(frame, app, &theme, &mut cache)).unwrap();
        update(app, Msg::Drawn(drawn));
    }
    terminal.backend().buffer().clone()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a person says whether to make the pictures anew")]
fn the_pictures_show_the_screen_as_it_is() {
    let split = &PLAYED.0;
    let voted = voted("fenna");
    let pyramid = planned("pyramid", 1);
    let pictures = [
        ("answers", (120, 40), &*ANSWERED, "n"),
        ("synthesis", (120, 40), split, "s"),
        ("vote", (120, 40), &voted, "v"),
        ("debate", (120, 40), split, "D"),
        ("plan", (120, 40), &pyramid, "Tab"),
    ];
    let mut drawn: Vec<(&str, Buffer)> = Vec::new();
    for (name, size, records, keys) in pictures {
        let mut app = seen(records, u64::MAX / 4);
        press(&mut app, keys);
        drawn.push((name, draw(&mut app, size)));
    }
    let theme = Theme::built_in(true, false);
    drawn.push(("experiment", looks::cells(&mut World::pictured(), (120, 30), &theme)));
    for (name, cells) in drawn {
        let picture = svg(&cells);
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("assets/screenshots/{name}.svg"));
        if std::env::var_os("SYNOD_PICTURES").is_some_and(|value| value == "write") {
            std::fs::write(&file, &picture).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            kept == picture,
            "assets/screenshots/{name}.svg is not what the screen shows: SYNOD_PICTURES=write makes it anew"
        );
    }
}
