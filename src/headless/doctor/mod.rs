//! `synod doctor`: looks at everything synod depends on here and says what to do about what it does not like. It changes
//! nothing, contacts nothing outside this machine unless it is told to, and what it prints can be pasted anywhere: `redact.rs` sees to that.

mod data;
mod endpoints;
mod redact;
mod setup;
mod terminal;

use super::report::json;
use crate::cli::Common;
use crate::config::load::{self, Env, Source};
use crate::core::clean;
use crate::providers::registry::Registry;
use anyhow::Result;
use endpoints::Endpoint;
use redact::Redact;
use serde::Serialize;
use std::fmt::Write as _;
use std::io::{self, Write};

/// How well something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// All right, or just to be known.
    #[default]
    Well,
    /// Something to look at.
    Look,
    /// It keeps synod from working.
    Broken,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Item {
    name: String,
    found: String,
    state: State,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl Item {
    fn new(name: impl Into<String>, found: impl Into<String>) -> Self {
        Self { name: name.into(), found: found.into(), state: State::Well, hint: None }
    }

    fn look(self, hint: impl Into<String>) -> Self {
        Self { state: State::Look, hint: Some(hint.into()), ..self }
    }

    fn broken(self, hint: impl Into<String>) -> Self {
        Self { state: State::Broken, hint: Some(hint.into()), ..self }
    }
}

/// Things of one kind.
#[derive(Debug, Serialize)]
struct Section {
    name: &'static str,
    items: Vec<Item>,
}

/// All that was found.
#[derive(Debug, Serialize)]
struct Report {
    version: &'static str,
    state: State,
    /// What was contacted: addresses on this machine, and those of providers where that was wanted.
    contacted: Vec<String>,
    /// Whether providers were asked.
    online: bool,
    /// How endpoints did lately, in figures: milliseconds, tokens a second, times since the epoch in milliseconds.
    endpoints: Vec<Endpoint>,
    sections: Vec<Section>,
}

/// Looks at everything and prints it; `online` asks each provider for its list of models. Gives the exit code: 0 all well, 1 something to look at, 2 something broken.
///
/// # Errors
/// When standard output can't be written to.
pub async fn run(common: &Common, as_json: bool, online: bool) -> Result<u8> {
    let env = Env::of_process();
    let source = Source { file: common.config.clone(), env: env.clone() };
    let loaded = load::load(&source);
    let config = loaded.as_ref().map_or_else(|_| load::without_file(&env), Clone::clone);
    let (providers, mut contacted) = setup::providers(&config, online).await;
    let (did, endpoints) = endpoints::section(common, &env);
    let mut sections = vec![
        data::program(),
        terminal::section(&env),
        setup::configuration(&source, &config, loaded.err().as_ref()),
        setup::keys(&config, &env),
        providers,
        did,
        setup::councils(common, &config),
        setup::prompts(&config, &env),
        data::folder(common, &env),
        data::untested(online),
    ];
    if online {
        let (asked, addresses) = endpoints::online(&config, &Registry::new(&config)).await;
        let place = sections.iter().position(|section| section.name == "endpoints").unwrap_or(0);
        sections.insert(place, asked);
        contacted.extend(addresses);
        contacted.sort();
        contacted.dedup();
    }
    let mut report = Report {
        version: env!("CARGO_PKG_VERSION"),
        state: State::Well,
        contacted,
        online,
        endpoints,
        sections,
    };
    report.tidy(&Redact::new(&config, &env));
    let mut out = io::stdout().lock();
    if as_json {
        writeln!(out, "{}", json::escape(&serde_json::to_string_pretty(&report)?))?;
    } else {
        out.write_all(report.text().as_bytes())?;
    }
    Ok(report.state as u8)
}

impl Report {
    /// Takes out what is nobody else's business and what could steer a terminal, and sums up.
    fn tidy(&mut self, redact: &Redact) {
        for item in self.sections.iter_mut().flat_map(|section| &mut section.items) {
            for text in [&mut item.name, &mut item.found].into_iter().chain(&mut item.hint) {
                *text = redact.clean(&clean::line(text));
            }
            self.state = self.state.max(item.state);
        }
        let addresses = self.endpoints.iter_mut().map(Endpoint::address);
        for address in self.contacted.iter_mut().chain(addresses) {
            *address = redact.clean(&clean::line(address));
        }
    }

    /// The report for people, one thing a line.
    fn text(&self) -> String {
        let items = || self.sections.iter().flat_map(|section| &section.items);
        let count = |state| items().filter(|item| item.state == state).count();
        let (broken, look) = (count(State::Broken), count(State::Look));
        let things = |count: usize| if count == 1 { "1 thing".to_owned() } else { format!("{count} things") };
        let sum = match (broken, look) {
            (0, 0) => "all is well".to_owned(),
            (0, look) => format!("{} to look at, marked !", things(look)),
            (broken, 0) => format!("{} broken, marked X", things(broken)),
            (broken, look) => {
                format!("{} broken, marked X; {} to look at, marked !", things(broken), things(look))
            }
        };
        let mut text = format!("synod doctor: {sum}\n");
        for section in &self.sections {
            let _ = writeln!(text, "\n{}", section.name);
            let width = section.items.iter().map(|item| item.name.chars().count()).max().unwrap_or_default();
            for item in &section.items {
                let mark = match item.state {
                    State::Well => ' ',
                    State::Look => '!',
                    State::Broken => 'X',
                };
                let hint = item.hint.as_deref().map(|hint| format!("; {hint}")).unwrap_or_default();
                let _ = writeln!(text, "{mark} {:<width$}  {}{hint}", item.name, item.found);
            }
        }
        let contacted = match (self.online, self.contacted.as_slice()) {
            (false, _) => "Nothing outside this machine was contacted".to_owned(),
            (true, []) => "Nothing was contacted".to_owned(),
            (true, all) => format!("Contacted: {}", all.join(", ")),
        };
        let _ = writeln!(text, "\n{contacted}. No key and no name of yours is in this text.");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_thing_decides_and_each_has_its_mark() {
        let items = vec![
            Item::new("fine", "here"),
            Item::new("odd", "there").look("do this"),
            Item::new("bad", "\u{1b}[2Jgone").broken("do that"),
        ];
        let section = Section { name: "things", items };
        let mut report = Report {
            version: "0",
            state: State::Well,
            contacted: vec![],
            online: false,
            endpoints: vec![],
            sections: vec![section],
        };
        report.tidy(&Redact::default());
        assert_eq!(report.state as u8, 2);
        let text = report.text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "synod doctor: 1 thing broken, marked X; 1 thing to look at, marked !");
        assert_eq!(lines[3..5], ["  fine  here", "! odd   there; do this"]);
        assert!(lines[5].starts_with("X bad") && lines[5].ends_with("gone; do that"), "{}", lines[5]);
    }
}
