//! The screen of costs and latency in a real terminal: what a session before kept of its calls is on it. How it looks in each
//! state is [`crate::screen`]'s.
#![cfg(test)]

use crate::home::Home;
use crate::terminal::Terminal;
use std::net::TcpListener;

#[test]
fn how_endpoints_did_outlives_a_session() {
    let home = Home::new();
    // A port on which nothing listens.
    let url = format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    home.write(
        "config/synod/config.toml",
        &format!(
            "retries = 0\n[providers.box]\nbase_url = \"{url}/v1\"\n[councils.c]\nmembers = [\"box/a\"]\n"
        ),
    );
    for _ in 0..2 {
        assert_ne!(home.run(&["ask", "Is it well?"]).code, Some(0));
    }
    let mut terminal = Terminal::start(&home, (120, 40), &[]);
    terminal.shows("Esc board");
    terminal.press("\u{1b}");
    terminal.shows("q quit");
    terminal.press("$");
    terminal.shows("[this session]");
    terminal.shows("no call was made");
    terminal.press("\t\t");
    terminal.shows("[7 days]");
    terminal.shows("box/a");
    terminal.shows(&format!("{url}    0 of 2 ok  asked as usual; no connection "));
    terminal.press("$");
    terminal.hides("[7 days]");
    terminal.press(":cost\r");
    terminal.shows("[this session]");
    terminal.press("qq");
    assert_eq!(terminal.end().exit_code(), 0);
}

#[test]
fn the_scripted_ones_tell_nothing_of_endpoints() {
    let home = Home::new();
    let ran = home.run(&["demo", "--protocol", "ask"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let kept = home.files();
    assert!(kept.iter().all(|(path, _)| !path.ends_with("health.jsonl")), "{kept:?}");
    let report = home.json(&["doctor", "--json"]);
    assert!(report["endpoints"].as_array().unwrap().is_empty());
}
