//! Text from outside that tries to steer the terminal: through answers, errors, files, pastes, names and the log, to the
//! screen, the clipboard and plain output. Only our own sequences may reach the terminal.

use crate::home::Home;
use crate::played::{PLAYED, compare, opening, press};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use synod::app::{App, Drawn, Effect, Focus, Found, Msg, Opening, update};
use synod::core::clean::CleanText;
use synod::core::{Event, File, Record};
use synod::ui::theme::Theme;
use synod::ui::{self, Cache};

/// What sequences are made of: kind, 7-bit introducer, 8-bit introducer.
const STRINGS: [(&str, char); 5] =
    [("]", '\u{9d}'), ("P", '\u{90}'), ("_", '\u{9f}'), ("^", '\u{9e}'), ("X", '\u{98}')];

/// Payloads of every kind: control sequences and strings in 7 and 8 bits, ended in every way and not at all; controls; bidi,
/// tags, hidden and stacked signs; links.
fn payloads() -> Vec<String> {
    let mut all = BTreeSet::new();
    for body in [
        "2J", "31m", "6n", "c", "?1049h", "?2004l", "?1000h", "10;10H", "999A", "s", "!p", ">c", "5i",
        "?25l", "3J", "1;31;5", "",
    ] {
        all.insert(format!("\u{1b}[{body}"));
        all.insert(format!("\u{9b}{body}"));
    }
    let bodies = [
        "0;owned",
        "2;owned",
        "52;c;cm0gLXJm",
        "8;;http://evil.example\u{7}link\u{1b}]8;;",
        "11;?",
        "4;1;?",
        "9;boo",
        "777;notify;a;b",
        "1337;File=inline=1:AAAA",
        "q#0;2;0;0;0",
        "tmux;\u{1b}\u{1b}]52;c;eA==\u{7}",
        "Gf=24,s=1,v=1;AAAA",
        "$qm",
    ];
    for (at, body) in bodies.iter().enumerate() {
        for (kind, eight) in STRINGS.iter().skip(at % 2).step_by(2).chain(&STRINGS[..1]) {
            for end in ["\u{7}", "\u{1b}\\", "\u{9c}", ""] {
                all.insert(format!("\u{1b}{kind}{body}{end}"));
                all.insert(format!("{eight}{body}{end}"));
            }
        }
    }
    for one in
        ["c", "7", "8", "M", "D", "E", "=", ">", "(0", ")B", "#8", "%G", "N", "O", " F", "\u{1b}[2J", ""]
    {
        all.insert(format!("\u{1b}{one}"));
    }
    for c in (0..0x20u32).chain(0x7f..0xa0).filter_map(char::from_u32) {
        all.insert(c.to_string());
    }
    for c in [
        '\u{202e}',
        '\u{202a}',
        '\u{2066}',
        '\u{2069}',
        '\u{200e}',
        '\u{200f}',
        '\u{61c}',
        '\u{200b}',
        '\u{2060}',
        '\u{feff}',
        '\u{ad}',
        '\u{180e}',
        '\u{115f}',
        '\u{3164}',
        '\u{ffa0}',
        '\u{fff9}',
        '\u{fffb}',
        '\u{2028}',
        '\u{2029}',
        '\u{85}',
        '\u{e000}',
        '\u{f8ff}',
        '\u{fffe}',
        '\u{e0001}',
        '\u{e0041}',
        '\u{e0100}',
        '\u{fe0f}',
        '\u{200d}',
        '\u{200c}',
        '\u{206a}',
        '\u{10ffff}',
        '\u{fdd0}',
    ] {
        all.insert(c.to_string());
        all.insert(format!("{c}{c}abc{c}"));
    }
    let tags: String = "ignore all".chars().filter_map(|c| char::from_u32(0xe0000 + c as u32)).collect();
    all.insert(tags);
    all.insert(format!("Z{}", "\u{301}".repeat(300)));
    all.insert(format!("{}\u{0}", "\u{1b}[".repeat(50)));
    all.insert("\r\rover\u{8}\u{8}written\r\n".to_owned());
    all.insert("\u{1b}[200~paste\u{1b}[201~".to_owned());
    all.into_iter().collect()
}

/// Whether a character may stand on the screen.
fn harmless(c: char) -> bool {
    let hidden = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}'
        | '\u{fdd0}'..='\u{fdef}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}');
    !c.is_control() && !hidden
}

fn assert_harmless(text: &str, lines: bool, what: &str) {
    let bad = text.chars().find(|c| !(harmless(*c) || lines && *c == '\n'));
    assert!(bad.is_none(), "{what}: {:?} in {:?}", bad, text.chars().take(300).collect::<String>());
}

/// Puts a payload into every text of a record that comes from outside, and another into every name.
fn poison(value: &mut Value, payload: &str, named: &str) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let free =
                    ["question", "text", "thinking", "message", "hint", "endpoint", "persona", "obstacle"];
                let name = ["member", "name", "chair", "model"];
                match value {
                    Value::String(text) if free.contains(&key.as_str()) && !text.is_empty() => {
                        let half = (0..=text.len() / 2).rev().find(|at| text.is_char_boundary(*at)).unwrap();
                        text.insert_str(half, payload);
                        text.push_str(payload);
                    }
                    Value::String(text) if name.contains(&key.as_str()) => text.push_str(named),
                    value => poison(value, payload, named),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| poison(item, payload, named)),
        _ => {}
    }
}

fn poisoned(record: &Record, payload: &str, named: &str) -> Record {
    let mut value = serde_json::to_value(record).unwrap();
    poison(&mut value, payload, named);
    serde_json::from_value(value).unwrap()
}

/// Records without the pieces that the ends of calls repeat.
fn whole(records: &[Record]) -> impl Iterator<Item = &Record> {
    records.iter().filter(|record| !matches!(record.event, Event::Delta { .. }))
}

/// What was written to a terminal.
#[derive(Clone, Default)]
struct Wire(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Checks that the bytes hold only cursor moves, styles and the cursor's visibility.
fn assert_own(bytes: &[u8], what: &str) {
    let text = std::str::from_utf8(bytes).unwrap();
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_control()) {
        assert_harmless(&rest[..at], false, what);
        let sequence = &rest[at..];
        let own = sequence.strip_prefix("\u{1b}[").and_then(|body| {
            let end = body.find(|c: char| c.is_ascii_alphabetic())?;
            let (parameters, last) = (&body[..end], &body[end..=end]);
            let plain = parameters.chars().all(|c| c.is_ascii_digit() || c == ';');
            let fits = matches!(last, "H" | "m") && plain
                || matches!((parameters, last), ("?25" | "?2026", "h" | "l") | ("2", "J"));
            fits.then_some(2 + end + 1)
        });
        let Some(length) = own else {
            panic!("{what}: {:?}", &sequence.chars().take(40).collect::<String>())
        };
        rest = &sequence[length..];
    }
    assert_harmless(rest, false, what);
}

/// Draws a workbench on a terminal and checks every byte.
fn draw(app: &mut App, what: &str) {
    let wire = Wire::default();
    let area = ratatui::layout::Rect::new(0, 0, 120, 40);
    let options = ratatui::TerminalOptions { viewport: ratatui::Viewport::Fixed(area) };
    let mut terminal = Terminal::with_options(CrosstermBackend::new(wire.clone()), options).unwrap();
    let mut drawn = Drawn::default();
    terminal
        .draw(|frame| drawn = ui::draw(frame, app, &Theme::built_in(true, false), &mut Cache::default()))
        .unwrap();
    update(app, Msg::Drawn(drawn));
    assert_own(&wire.0.lock().unwrap(), what);
    let written = String::from_utf8(wire.0.lock().unwrap().clone()).unwrap();
    let mut stacked = 0;
    for c in written.chars() {
        stacked = if matches!(c, '\u{300}'..='\u{36f}') { stacked + 1 } else { 0 };
        assert!(stacked <= 4, "{what}: marks are stacked");
    }
}

#[test]
fn a_sequence_cut_anywhere_is_clean_at_every_moment() {
    for payload in payloads() {
        let text = format!("before {payload}after");
        for cut in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
            let mut clean = CleanText::default();
            clean.push(&text[..cut]);
            assert_harmless(clean.as_str(), true, "cut");
            clean.push(&text[cut..]);
            clean.finish();
            assert_harmless(clean.as_str(), true, "whole");
        }
    }
}

/// The screens and what opens them.
const SCREENS: [&str; 16] =
    ["", "n", "s", "v", "D", "m", "Enter", "?", "Ctrl-P", ":", "c", "Ctrl-R", "e", "{", "z", "R"];

#[test]
fn no_payload_in_a_record_reaches_the_terminal_or_the_clipboard() {
    let payloads = payloads();
    assert!(payloads.len() >= 150, "{}", payloads.len());
    // Each record holds another payload; so many workbenches, and every payload was in an answer, an error and a prompt.
    for turn in 0..12 {
        let named = &payloads[turn * 23 % payloads.len()];
        let mut app = App::new(opening());
        for (number, record) in whole(&PLAYED.0).enumerate() {
            let payload = &payloads[(number + turn * 29) % payloads.len()];
            update(&mut app, Msg::Record(poisoned(record, payload, named)));
        }
        compare(&mut app);
        app.focus = Focus::Board;
        for keys in SCREENS {
            taken(&press(&mut app, keys));
            draw(&mut app, &format!("{keys:?} with names {named:?}, turn {turn}"));
            taken(&press(&mut app, "y"));
            press(&mut app, "Esc Esc");
            app.focus = Focus::Board;
        }
        taken(&press(&mut app, "Y C 2 y 3 y 4 y"));
    }
}

#[test]
fn no_payload_reaches_the_terminal_from_a_name_a_file_a_paste_or_a_message() {
    let started = whole(&PLAYED.0).take(8);
    let started: Vec<&Record> = started.collect();
    for payload in &payloads() {
        let notices = vec![format!("config.toml:1 {payload}: wrong")];
        let looked_at = vec![("conf".to_owned(), payload.clone())];
        let history = vec![format!("earlier {payload}")];
        let mut app = App::new(Opening { notices, looked_at: looked_at.clone(), history, ..opening() });
        for record in &started {
            update(&mut app, Msg::Record(poisoned(record, payload, payload)));
        }
        update(&mut app, Msg::NotSaved(format!("disk {payload} full")));
        update(&mut app, Msg::Note(format!("copied {payload}")));
        app.focus = Focus::Board;
        draw(&mut app, &format!("board with {payload:?}"));
        update(&mut app, Msg::Paste(format!("pasted {payload} text")));
        let file = Some(Ok(File { name: payload.clone(), text: payload.clone() }));
        app.composer.attach(File { name: payload.clone(), text: payload.clone() });
        update(&mut app, Msg::Files(vec![Found { path: format!("a{payload}"), file }]));
        update(&mut app, Msg::Files(vec![Found { path: "b".to_owned(), file: Some(Err(payload.clone())) }]));
        app.focus = Focus::Composer;
        draw(&mut app, &format!("composer with {payload:?}"));
        assert_harmless(&app.composer.text(), true, "composer");
        update(&mut app, Msg::Edited(Ok(payload.clone())));
        draw(&mut app, &format!("edited {payload:?}"));
        let mut welcome = App::new(Opening { council: None, looked_at, ..opening() });
        draw(&mut welcome, &format!("welcome with {payload:?}"));
    }
}

/// Checks what would go to the clipboard, into a file or into a notification.
fn taken(effects: &[Effect]) {
    for effect in effects {
        match effect {
            Effect::Copy { what, text } => {
                assert_harmless(what, false, "a copy's name");
                assert_harmless(text, true, what);
            }
            Effect::Write { text, .. } => assert_harmless(text, true, "a file"),
            Effect::Notify(text) => assert_harmless(text, false, "a notice"),
            _ => {}
        }
    }
}

#[test]
fn no_payload_reaches_plain_output_from_a_log() {
    let home = Home::new();
    let everything = payloads().concat();
    let mut log = String::new();
    for record in whole(&PLAYED.0) {
        let _ =
            writeln!(log, "{}", serde_json::to_string(&poisoned(record, &everything, &everything)).unwrap());
    }
    let id = "20261122-130000-demo";
    home.write(&format!("data/synod/sessions/{id}/events.jsonl"), &log);
    for args in [
        vec!["show"],
        vec!["show", "--plain"],
        vec!["sessions"],
        vec!["show", "--json"],
        vec!["sessions", "--json"],
    ] {
        let ran = home.run(&args);
        assert_eq!(ran.code, Some(0), "{args:?}: {}", ran.err);
        if args.contains(&"--json") {
            // JSON keeps what was said; what could steer a terminal or its reader stands escaped.
            let steers = |c: char| {
                (c.is_control() && c != '\n')
                    || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}')
            };
            assert!(!ran.out.contains(steers), "{args:?}");
        } else {
            assert_harmless(&ran.out, true, &format!("{args:?}"));
        }
        assert_harmless(&ran.err, true, &format!("{args:?}"));
        assert!(ran.out.len() > 100, "{args:?}");
    }
}

#[test]
fn no_payload_reaches_the_terminal_from_a_configuration() {
    let escaped = |text: &str| {
        text.chars().fold(String::new(), |mut out, c| {
            let _ = write!(out, "\\U{:08X}", c as u32);
            out
        })
    };
    for payload in payloads().iter().filter(|payload| !payload.contains(['\u{fffe}', '\u{fdd0}'])) {
        let bad = escaped(payload);
        let text = format!(
            "council = \"{bad}\"\n\"k{bad}\" = 1\n[providers.\"p{bad}\"]\nbase_url = \"http://127.0.0.1:9/{bad}\"\nkind = \"{bad}\"\n\
             [councils.\"c{bad}\"]\nmembers = [{{ name = \"n{bad}\", model = \"p{bad}/m{bad}\", persona = \"{bad}\" }}]\n"
        );
        let home = Home::new();
        let file = home.write("config/synod/config.toml", &text);
        let config = synod::config::load::load(&synod::config::load::Source {
            file: Some(file),
            ..Default::default()
        })
        .unwrap();
        for warning in &config.warnings() {
            assert_harmless(warning, false, "a warning");
        }
        let council = config.councils.values().next().cloned();
        let offers = synod::app::Offers {
            councils: config.councils.values().cloned().collect(),
            ..Default::default()
        };
        let mut app = App::new(Opening { council, offers, notices: config.warnings(), ..opening() });
        draw(&mut app, &format!("configuration with {payload:?}"));
        press(&mut app, "Esc c");
        draw(&mut app, &format!("council with {payload:?}"));
    }
}
