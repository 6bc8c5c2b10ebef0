//! The welcome screen, and the board while nothing has been asked: what to do first.

use super::canvas::{self, Row};
use super::status;
use super::theme::{Role, Theme};
use crate::app::App;
use crate::core::clean;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws the welcome screen.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, app: &App, theme: &Theme) {
    let footer = Rect { y: area.bottom() - 1, height: 1, ..area };
    let frame = Rect { height: area.height - 1, ..area };
    let left: Row = vec![(format!(" synod {} ", env!("CARGO_PKG_VERSION")), theme.style(Role::Title))];
    let right: Row = vec![(" nothing has been sent anywhere ".to_owned(), theme.style(Role::Good))];
    let inside = canvas::Frame { left, right, below: Vec::new(), tag: Vec::new(), focus: false, theme }
        .draw(buffer, frame);
    let inside = Rect { x: inside.x + 2, width: inside.width.saturating_sub(4), ..inside };
    let choice = app.welcome.map_or(0, |welcome| welcome.choice);
    let mut rows: Vec<Row> = vec![Vec::new()];
    let say = |rows: &mut Vec<Row>, text: &str, role: Role| {
        rows.extend(
            canvas::wrapped(text, inside.width).into_iter().map(|line| vec![(line, theme.style(role))]),
        );
    };
    let what = "A council of language models answers side by side; what they agree on and where they conflict is \
                marked in the text while they write.";
    if inside.height > 10 {
        say(&mut rows, what, Role::Strong);
        rows.push(Vec::new());
    }
    say(&mut rows, "No API key and no council were found. Pick a way to start:", Role::Strong);
    rows.push(Vec::new());
    for (at, way) in app.ways().iter().enumerate() {
        let style = if at == choice { theme.style(Role::Selected) } else { theme.style(Role::Strong) };
        rows.push(vec![
            (if at == choice { "> " } else { "  " }.to_owned(), theme.style(Role::Accent)),
            (format!("{}  ", at + 1), theme.style(Role::Key)),
            (way.name.to_owned(), style),
            (" ".repeat(20usize.saturating_sub(way.name.len())), theme.style(Role::Dim)),
            (clean::line(&way.about), theme.style(Role::Dim)),
        ]);
    }
    if inside.height > 16 {
        rows.push(Vec::new());
        say(&mut rows, "What I looked at", Role::Strong);
        for (what, found) in &app.looked_at {
            rows.push(vec![
                (format!("  {what:<6}"), theme.style(Role::Dim)),
                (clean::line(found), theme.style(Role::Dim)),
            ]);
        }
    }
    if inside.height > 18 {
        rows.push(Vec::new());
        say(&mut rows, "Wrong colours? t   No box lines? synod --ascii   Trouble? synod doctor", Role::Dim);
    }
    canvas::scrolled(buffer, inside, &rows, 0, theme);
    if let Some(text) = &app.toast {
        let line = Rect {
            y: frame.bottom().saturating_sub(1),
            x: frame.x + 2,
            width: frame.width.saturating_sub(4),
            height: 1,
        };
        canvas::put(buffer, line, &format!(" {} ", clean::line(text)), theme.style(Role::Accent));
    }
    status::footer(buffer, footer, app, theme);
}

/// What stands on the board while nothing has been asked.
pub(super) fn empty_board(buffer: &mut Buffer, area: Rect, app: &App, theme: &Theme) {
    let inside = Rect {
        x: area.x + 2,
        y: area.y + 1,
        width: area.width.saturating_sub(4),
        height: area.height.saturating_sub(1),
    };
    let mut rows: Vec<Row> = Vec::new();
    match &app.council {
        None => {
            rows.push(vec![("No council yet.".to_owned(), theme.style(Role::Strong))]);
            rows.push(Vec::new());
            rows.extend(super::overlays::connect(theme, inside.width));
        }
        Some(council) => {
            rows.push(vec![
                ("Council ".to_owned(), theme.style(Role::Dim)),
                (clean::line(&council.name), theme.style(Role::Title)),
            ]);
            for member in &council.members {
                let chair = council.chair.as_ref() == Some(&member.name);
                let about = member.persona.as_deref().map(clean::line).unwrap_or_default();
                let model = clean::line(&member.model.to_string());
                let row = vec![
                    (
                        format!("  {:<12} ", canvas::fit(&clean::line(&member.name.0), 12)),
                        theme.style(Role::Strong),
                    ),
                    (format!("{:<24} ", canvas::fit(&model, 24)), theme.style(Role::Dim)),
                    (if chair { "chair  " } else { "       " }.to_owned(), theme.style(Role::Accent)),
                    (about, theme.style(Role::Dim)),
                ];
                rows.push(row);
            }
            rows.push(Vec::new());
            let line = "Write a question below; Enter sends it to all of them.";
            rows.push(vec![(line.to_owned(), theme.style(Role::Strong))]);
        }
    }
    canvas::scrolled(buffer, inside, &rows, 0, theme);
}
