//! The doctor's look at the terminal: what it says it can do, what synod makes of that, and what lies in between.

use super::{Item, Section};
use crate::config::load::Env;
use crate::launch::{locale, no_color, wants_ascii};
use crate::ui::theme::Depth;
use std::io::{IsTerminal as _, stdin, stdout};

/// Smaller than this, the workbench shows one line that says so.
const SMALLEST: (u16, u16) = (40, 10);

/// Everything about the terminal.
pub(super) fn section(env: &Env) -> Section {
    let items = vec![
        faces(),
        term(env),
        value(env, "COLORTERM"),
        program(env),
        colours(env),
        characters(env),
        size(),
        between(env),
        clipboard(env),
    ];
    Section { name: "terminal", items }
}

fn faces() -> Item {
    let found = match (stdin().is_terminal(), stdout().is_terminal()) {
        (true, true) => "input and output are a terminal",
        (true, false) => "output goes elsewhere: synod ask works, the workbench needs a terminal",
        (false, true) => "input comes from elsewhere: synod ask works, the workbench needs a terminal",
        (false, false) => "none: synod ask works, the workbench needs a terminal",
    };
    Item::new("terminal", found)
}

/// A variable's value, short enough for a line.
fn value(env: &Env, name: &str) -> Item {
    let found = env.get(name).map_or_else(|| "not set".to_owned(), |value| value.chars().take(60).collect());
    Item::new(name, found)
}

fn term(env: &Env) -> Item {
    let item = value(env, "TERM");
    match env.get("TERM") {
        Some("dumb") => {
            item.look("the workbench can't open in it; use synod ask --plain, or another terminal")
        }
        None if stdout().is_terminal() => {
            item.look("set it to what your terminal is, for example xterm-256color")
        }
        _ => item,
    }
}

fn program(env: &Env) -> Item {
    let part = |name| env.get(name).map(|value| value.chars().take(40).collect::<String>());
    let version = part("TERM_PROGRAM_VERSION").map(|version| format!(" {version}")).unwrap_or_default();
    let name = part("TERM_PROGRAM").map_or_else(|| "it does not say".to_owned(), |name| name + &version);
    Item::new("program", name)
}

fn colours(env: &Env) -> Item {
    let found = match Depth::of(env.get("TERM"), env.get("COLORTERM")) {
        _ if no_color(env) => "none: NO_COLOR is set; marks, bold and underline stay",
        Depth::Palette => "256: every theme looks as it should; the default uses the terminal's own sixteen",
        Depth::Sixteen | Depth::None => "sixteen: themes with others are drawn with the nearest of them",
    };
    Item::new("colours", found)
}

fn characters(env: &Env) -> Item {
    let locale =
        locale(env).map_or_else(|| "no locale is set".to_owned(), |(name, value)| format!("{name}={value}"));
    let utf8 = |locale: String| Item::new("characters", format!("UTF-8 ({locale})"));
    let ascii = |why: &str| Item::new("characters", format!("lines are drawn in ASCII ({why})"));
    match (wants_ascii(env), env.get("TERM")) {
        (false, _) => utf8(locale),
        (true, Some("linux")) => ascii("TERM=linux has few letters"),
        (true, _) => {
            ascii(&locale).look("answers are UTF-8 text; choose a locale such as C.UTF-8 with LC_ALL")
        }
    }
}

fn size() -> Item {
    let Ok(size) = rustix::termios::tcgetwinsize(stdout()) else {
        return Item::new("size", "unknown: output is no terminal");
    };
    let (cols, rows) = (size.ws_col, size.ws_row);
    let item = Item::new("size", format!("{cols}x{rows}"));
    if cols < SMALLEST.0 || rows < SMALLEST.1 {
        return item.look(format!("the workbench needs {}x{}; make it larger", SMALLEST.0, SMALLEST.1));
    }
    item
}

/// What lies between synod and the screen, told by names alone: their values hold addresses.
fn between(env: &Env) -> Item {
    let any = |names: &[&str]| names.iter().any(|name| env.get(name).is_some());
    let seen: Vec<&str> = [
        (any(&["TMUX"]), "tmux"),
        (any(&["STY"]), "screen"),
        (any(&["ZELLIJ"]), "zellij"),
        (mosh(env), "mosh"),
        (any(&["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"]), "ssh"),
    ]
    .into_iter()
    .filter_map(|(seen, name)| seen.then_some(name))
    .collect();
    if seen.is_empty() {
        return Item::new("through", "nothing seen of tmux, screen, zellij, mosh or ssh");
    }
    Item::new("through", seen.join(", "))
}

/// Whether mosh brings the keys here: by its variables, or by a server of its among the parents.
fn mosh(env: &Env) -> bool {
    let by_name =
        ["MOSH_SERVER_PID", "MOSH_CONNECTION", "MOSH_IP"].iter().any(|name| env.get(name).is_some());
    by_name || parents().any(|name| name == "mosh-server")
}

/// The names of the processes above this one, where `/proc` tells them.
fn parents() -> impl Iterator<Item = String> {
    let status = |id: &str| {
        let text = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let field = |name: &str| {
            text.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned())
        };
        Some((field("Name:")?, field("PPid:")?))
    };
    let parent = move |(_, above): &(String, String)| status(above);
    std::iter::successors(status("self"), parent).take(64).map(|(name, _)| name)
}

/// The ways in which a copied text can leave here, the first one first.
fn clipboard(env: &Env) -> Item {
    let tmux = env.get("TMUX").is_some().then_some("tmux load-buffer -w");
    let told = mosh(env) || matches!(env.get("TERM"), Some("linux" | "dumb"));
    let osc52 = (!told).then_some("OSC 52, if the terminal allows it");
    let ways: Vec<&str> = [tmux, osc52, Some("a file")].into_iter().flatten().collect();
    Item::new("clipboard", format!("ways out of here: {}", ways.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    fn items(env: &[(&str, &str)]) -> Vec<Item> {
        section(&env.iter().copied().collect()).items
    }

    fn found(env: &[(&str, &str)], name: &str) -> (String, State) {
        let item = items(env).into_iter().find(|item| item.name == name).unwrap();
        (item.found, item.state)
    }

    #[test]
    fn what_the_terminal_says_is_told_with_what_follows() {
        assert_eq!(found(&[("TERM", "dumb")], "TERM"), ("dumb".to_owned(), State::Look));
        assert_eq!(found(&[("TERM", "xterm")], "TERM").1, State::Well);
        assert!(found(&[("NO_COLOR", "1")], "colours").0.starts_with("none: NO_COLOR"));
        assert!(found(&[], "colours").0.contains("sixteen"));
        assert_eq!(found(&[("LANG", "C.UTF-8")], "characters").0, "UTF-8 (LANG=C.UTF-8)");
        assert_eq!(found(&[("LC_ALL", "C"), ("LANG", "C.UTF-8")], "characters").1, State::Look);
        assert_eq!(found(&[("TERM", "linux")], "characters").1, State::Well);
        let env = [("TMUX", "/tmp/tmux-1000/default,1,0"), ("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")];
        assert_eq!(found(&env, "through").0, "tmux, ssh");
        let way = found(&env, "clipboard").0;
        assert_eq!(way, "ways out of here: tmux load-buffer -w; OSC 52, if the terminal allows it; a file");
        assert_eq!(found(&[("MOSH_IP", "x")], "clipboard").0, "ways out of here: a file");
        assert!(
            items(&env).iter().all(|item| !item.found.contains("192.0.2") && !item.found.contains("1000"))
        );
    }
}
