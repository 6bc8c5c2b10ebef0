//! `synod grade list`, `export` and `erase`: what was graded in all sessions, by member and topic, and what follows from it.
//! How weights are learned is [`crate::core::weights`]'.

use super::ratings::Ratings;
use super::report::json::escape;
use crate::agreement::graded::{history, identity};
use crate::cli::{Grades, Table, Which};
use crate::config::save;
use crate::core::clean::{self, csv_cell};
use crate::core::grade::Kept;
use crate::core::weights::{ENOUGH, Learned, Past, Track, learn};
use crate::core::{Grade, MemberId};
use crate::launch::choose::unknown;
use crate::launch::{Launch, UsageError};
use crate::store;
use anyhow::Result;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

/// Does what was asked. Gives the exit code.
///
/// # Errors
/// [`UsageError`] where a member, topic or session was never graded; else when something can't be read or written.
pub(super) fn run(launch: &Launch, what: Grades) -> Result<u8> {
    let all = launch.grades()?;
    match what {
        Grades::List { member, topic, votes, json } => {
            let which = Which { member, topic, session: None, all: false };
            check(&all, &which)?;
            let list = List::of(&all, &which);
            let on_topic: Vec<Kept> = all
                .iter()
                .filter(|kept| meant(kept, &Which { member: None, ..which.clone() }))
                .cloned()
                .collect();
            let mut ratings = Ratings::of(&on_topic);
            if votes {
                ratings.add_votes(launch)?;
            }
            let member = which.member.as_deref();
            let text = if json {
                let mut object = list.json();
                object["ratings"] = ratings.json(member);
                escape(&serde_json::to_string_pretty(&object)?) + "\n"
            } else if all.is_empty() && !votes {
                list.plain()
            } else {
                format!("{}\n{}", list.plain(), ratings.plain(member))
            };
            io::stdout().write_all(text.as_bytes())?;
            Ok(0)
        }
        Grades::Export { file, format } => export(&all, file.as_deref(), format),
        Grades::Erase(which) => {
            let session = which.session.as_deref().map(|name| session(&all, name)).transpose()?;
            erase(launch, &all, &Which { session, ..which })
        }
    }
}

/// Whether a grade is one of a member: by its seat's name, or by its model.
fn of_member(kept: &Kept, name: &str) -> bool {
    kept.member.0 == name || kept.model.to_string() == name
}

fn meant(kept: &Kept, which: &Which) -> bool {
    let member = which.member.as_deref().is_none_or(|name| of_member(kept, name.trim_start_matches('@')));
    let topic = which.topic.as_ref().is_none_or(|topic| kept.topic.as_ref() == Some(topic));
    let session = which.session.as_ref().is_none_or(|session| kept.session.0 == *session);
    member && topic && session
}

/// The session with grades that a name, or the only one that begins so, stands for; it may be gone itself.
fn session(all: &[Kept], name: &str) -> Result<String, UsageError> {
    let names: BTreeSet<&str> = all.iter().map(|kept| kept.session.0.as_str()).collect();
    let fits: Vec<&str> = names.iter().copied().filter(|known| known.starts_with(name)).collect();
    match fits.as_slice() {
        _ if names.contains(name) => Ok(name.to_owned()),
        [only] if !name.is_empty() => Ok((*only).to_owned()),
        [] | [_] => Err(UsageError(format!("nothing is graded in a session \"{}\"", clean::exact(name)))),
        many => {
            let line = format!(
                "\"{}\" fits {} graded sessions: type more of the name",
                clean::exact(name),
                many.len()
            );
            Err(UsageError(line))
        }
    }
}

/// Says so where nothing graded is called what was asked for.
fn check(all: &[Kept], which: &Which) -> Result<(), UsageError> {
    const HINT: &str = "see synod grade list";
    let none = |of: &dyn Fn(&Which) -> Which| !all.iter().any(|kept| meant(kept, &of(which)));
    if all.is_empty() {
        return Ok(());
    }
    if let Some(name) = which.member.as_deref()
        && none(&|which| Which { topic: None, session: None, ..which.clone() })
    {
        let names: BTreeSet<&str> = all.iter().map(|kept| kept.member.0.as_str()).collect();
        return Err(unknown("graded member", name, names.into_iter(), HINT));
    }
    if let Some(name) = which.topic.as_deref()
        && none(&|which| Which { member: None, session: None, ..which.clone() })
    {
        let names: BTreeSet<&str> = all.iter().filter_map(|kept| kept.topic.as_deref()).collect();
        let Some(first) = names.first() else {
            return Err(UsageError(format!("no topic \"{}\": no grade has one yet", clean::exact(name))));
        };
        return Err(unknown("topic", name, names.iter().copied(), &format!("for example --topic {first}")));
    }
    Ok(())
}

/// How a member did, on a topic or on all.
struct Row<'a> {
    member: &'a Kept,
    topic: Option<&'a str>,
    right: usize,
    wrong: usize,
    best: usize,
    mean: f64,
}

struct List<'a> {
    rows: Vec<Row<'a>>,
    learned: Learned,
    /// The names that the members of what was learned had last.
    names: Vec<(MemberId, &'a Kept)>,
}

impl<'a> List<'a> {
    fn of(all: &'a [Kept], which: &'a Which) -> Self {
        let past = history(all);
        let topics: BTreeSet<&str> = all.iter().filter_map(|kept| kept.topic.as_deref()).collect();
        let mut names: Vec<(MemberId, &Kept)> = Vec::new();
        for kept in all {
            let who = identity(&kept.model, kept.persona.as_deref());
            match names.iter_mut().find(|(known, _)| *known == who) {
                Some((_, last)) if last.at < kept.at => *last = kept,
                Some(_) => {}
                None => names.push((who, kept)),
            }
        }
        let asked = which.topic.as_deref();
        let wanted: Vec<Option<&str>> = match asked {
            Some(topic) => vec![Some(topic)],
            None => std::iter::once(None).chain(topics.into_iter().map(Some)).collect(),
        };
        let mut rows = Vec::new();
        for (who, member) in &names {
            let shown = which.member.as_deref().is_none_or(|name| {
                let mut own =
                    all.iter().filter(|kept| identity(&kept.model, kept.persona.as_deref()) == *who);
                own.any(|kept| of_member(kept, name.trim_start_matches('@')))
            });
            let of = wanted.iter().filter(|_| shown).filter_map(|topic| row(all, &past, who, member, *topic));
            rows.extend(of);
        }
        let members: Vec<MemberId> = names.iter().map(|(who, _)| who.clone()).collect();
        Self { rows, learned: learn(&past, &members, asked), names }
    }

    fn name(&self, who: &MemberId) -> String {
        self.names
            .iter()
            .find(|(known, _)| known == who)
            .map_or_else(|| clean::line(&who.0), |(_, kept)| called(kept))
    }

    fn plain(&self) -> String {
        if self.rows.is_empty() {
            return "Nothing is graded yet: * on the board grades an answer, or synod grade SESSION MEMBER right\n".to_owned();
        }
        let name = |row: &Row| called(row.member);
        let topic = |row: &Row| row.topic.map_or_else(|| "all".to_owned(), clean::line);
        let wide = |of: &dyn Fn(&Row) -> usize| self.rows.iter().map(of).max().unwrap_or(0).max(6);
        let names = wide(&|row| name(row).chars().count());
        let topics = wide(&|row| topic(row).chars().count());
        let mut out =
            format!("{:<names$}  {:<topics$}  right  wrong  best    of  expected right\n", "member", "topic");
        for row in &self.rows {
            let (name, topic) = (name(row), topic(row));
            let Row { right, wrong, best, mean, .. } = row;
            let of = right + wrong;
            let _ = writeln!(
                out,
                "{name:<names$}  {topic:<topics$}  {right:>5}  {wrong:>5}  {best:>4}  {of:>4}  {:>12.0} %",
                mean * 100.0
            );
        }
        out.push('\n');
        let learned = &self.learned;
        let best =
            learned.best.as_ref().map(|who| format!("; best so far: {}", self.name(who))).unwrap_or_default();
        let questions =
            if learned.graded == 1 { "1 question" } else { &format!("{} questions", learned.graded) };
        if learned.schemes.is_empty() {
            let _ = writeln!(
                out,
                "{questions} graded{best}. Below {ENOUGH} nothing is chosen: {}.",
                learned.scheme.words()
            );
            return out;
        }
        let _ = writeln!(
            out,
            "{questions} graded{best}. Chosen, by what did best on them: {}.",
            learned.scheme.words()
        );
        for (scheme, share) in &learned.schemes {
            let _ =
                writeln!(out, "  {:<28}  would have decided {:.1} % rightly", scheme.words(), share * 100.0);
        }
        out
    }

    fn json(&self) -> Value {
        let row = |row: &Row| {
            json!({
                "member": row.member.member, "model": row.member.model, "persona": row.member.persona,
                "topic": row.topic, "right": row.right, "wrong": row.wrong, "best": row.best,
                "of": row.right + row.wrong, "mean": row.mean,
            })
        };
        let learned = &self.learned;
        let schemes =
            learned.schemes.iter().map(|(scheme, share)| json!({ "scheme": scheme, "share": share }));
        json!({
            "graded": learned.graded, "enough": ENOUGH, "scheme": learned.scheme,
            "best": learned.best.as_ref().map(|who| self.name(who)),
            "schemes": schemes.collect::<Vec<_>>(), "members": self.rows.iter().map(row).collect::<Vec<_>>(),
        })
    }
}

/// A member for people: what its seat was called last, and its model.
fn called(kept: &Kept) -> String {
    format!("{} ({})", clean::line(&kept.member.0), clean::line(&kept.model.to_string()))
}

/// How a member did; `None` where it was not graded there.
fn row<'a>(
    all: &[Kept],
    past: &[Past],
    who: &MemberId,
    member: &'a Kept,
    topic: Option<&'a str>,
) -> Option<Row<'a>> {
    let own = || {
        all.iter()
            .filter(|kept| identity(&kept.model, kept.persona.as_deref()) == *who)
            .filter(|kept| topic.is_none() || kept.topic.as_deref() == topic)
            .filter_map(|kept| kept.grade)
    };
    let right = own().filter(|grade| grade.right()).count();
    let wrong = own().count() - right;
    let best = own().filter(|grade| *grade == Grade::Best).count();
    let mean = Track::of(past.iter(), topic).right(who);
    (right + wrong > 0).then_some(Row { member, topic, right, wrong, best, mean })
}

/// The titles of the table, in order.
const TITLES: &str = "at,session,question,call,member,model,persona,topic,grade,like,kind,value";

fn export(all: &[Kept], file: Option<&Path>, format: Option<Table>) -> Result<u8> {
    let ending = file.and_then(Path::extension).map(std::ffi::OsStr::to_ascii_lowercase);
    let as_json = match format {
        Some(format) => format == Table::Json,
        None => ending.is_some_and(|ending| ending == "json"),
    };
    let text = if as_json { escape(&serde_json::to_string_pretty(all)?) + "\n" } else { csv(all) };
    let Some(file) = file else {
        io::stdout().write_all(text.as_bytes())?;
        return Ok(0);
    };
    let shown = clean::exact(&file.display().to_string());
    if !save::create(file, &text).map_err(anyhow::Error::msg)? {
        return Err(
            UsageError(format!("{shown} is there already and stays as it is: name another file")).into()
        );
    }
    let grades = if all.len() == 1 { "1 grade is".to_owned() } else { format!("{} grades are", all.len()) };
    writeln!(io::stdout(), "{grades} in {shown}")?;
    Ok(0)
}

fn csv(all: &[Kept]) -> String {
    let mut out = format!("{TITLES}\r\n");
    for kept in all {
        let (kind, value) = kept.came_to.as_ref().map_or(("", ""), |it| (&it.kind, &it.value));
        let cells = [
            kept.at.to_string(),
            csv_cell(&kept.session.0),
            kept.call.run.to_string(),
            kept.call.to_string(),
            csv_cell(&kept.member.0),
            csv_cell(&kept.model.to_string()),
            kept.persona.clone().unwrap_or_default(),
            csv_cell(kept.topic.as_deref().unwrap_or_default()),
            kept.grade.map_or("", Grade::word).to_owned(),
            kept.like.to_string(),
            csv_cell(kind),
            csv_cell(value),
        ];
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}

fn erase(launch: &Launch, all: &[Kept], which: &Which) -> Result<u8> {
    if !launch.save {
        return Err(
            UsageError("--no-save changes nothing on disk: leave it out to erase grades".to_owned()).into()
        );
    }
    check(all, which)?;
    let file = store::grades::file_beside(&launch.root);
    let erased = store::grades::erase(&file, |kept| meant(kept, which))?;
    let line = match erased {
        0 => "no grade fits, so none was erased".to_owned(),
        1 => "erased 1 grade; its session's own log still says what you graded there".to_owned(),
        many => format!("erased {many} grades; their sessions' own logs still say what you graded there"),
    };
    writeln!(io::stdout(), "{line}")?;
    Ok(0)
}
