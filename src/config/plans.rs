//! Written plans: reading their files, with one line for each thing that is wrong in one. What a plan means is
//! [`crate::core::recipe`]'s; where files lie is [`super::load`]'s.

mod built_in;
mod flow;
mod nodes;
mod route;
mod stage;
mod when;
mod who;
mod write;

pub use built_in::built_in;

use super::Fault;
use super::faults::{Faults, Item, Section, quoted, text};
use crate::core::Recipe;
use crate::core::recipe::{Fill, Filling, MOST_STAGES, Role};
use nodes::Nodes;
use stage::Raw;
use std::path::{Path, PathBuf};
use toml::de::DeTable;

/// More than this is no plan.
const LARGEST: usize = 256 << 10;
/// The most characters of what a plan says of itself, of its example, and of a task.
const MOST_ABOUT: usize = 200;
const MOST_TEXT: usize = 8000;
/// Names of roles that mean something else.
const TAKEN: [&str; 8] = ["all", "any", "chair", "cheapest", "others", "seat", "strongest", "topic"];

/// A plan that can be asked for by its name.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its name; of one that can't be read, that of its file.
    pub name: String,
    /// Where it is from: its file's path, or what stands for it where it is built in.
    pub file: String,
    /// Whether it is built in.
    pub built_in: bool,
    /// What is in it.
    pub text: String,
    /// The plan, or what is wrong with it.
    pub recipe: Result<Recipe, Vec<Fault>>,
}

impl Plan {
    /// A plan of a file's bytes.
    pub fn of_file(path: &Path, bytes: &[u8]) -> Self {
        let file = path.display().to_string();
        let recipe = of_bytes(&file, bytes);
        let stem = || path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let name = recipe.as_ref().map_or_else(|_| stem(), |recipe| recipe.name.clone());
        Self { name, file, built_in: false, text: String::from_utf8_lossy(bytes).into_owned(), recipe }
    }

    /// A file that can't be read.
    pub(super) fn unread(path: &Path, why: &str) -> Self {
        let fault = Fault::of_file(path, format!("can't be read ({why}); check its owner and mode"));
        Self { recipe: Err(vec![fault]), ..Self::of_file(path, b"") }
    }
}

/// The folder of the person's own plans, under the one for configuration.
pub fn folder(config_home: &Path) -> PathBuf {
    config_home.join("synod").join("plans")
}

/// All plans there are: the person's own, then those built in. Of two files of one name the second is told so.
pub(super) fn all(mut own: Vec<Plan>) -> Vec<Plan> {
    for at in 1..own.len() {
        let (before, rest) = own.split_at_mut(at);
        let plan = &mut rest[0];
        let Some(first) = before.iter().find(|first| first.name == plan.name && plan.recipe.is_ok()) else {
            continue;
        };
        let message = format!("{} is the name of {} too; give this one another", plan.name, first.file);
        plan.recipe =
            Err(vec![Fault { key: "name".to_owned(), ..Fault::of_file(Path::new(&plan.file), message) }]);
    }
    let built_in = built_in().into_iter().map(|(name, text)| {
        let file = format!("built in: {name}");
        let recipe = parse(&file, text);
        Plan { name: name.to_owned(), file, built_in: true, text: text.to_owned(), recipe }
    });
    own.into_iter().chain(built_in).collect()
}

/// Reads a plan's bytes; `file` stands before each fault.
///
/// # Errors
/// One line for each thing that is wrong, in the order of the file.
pub fn of_bytes(file: &str, bytes: &[u8]) -> Result<Recipe, Vec<Fault>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => parse(file, text),
        Err(error) => {
            let mut faults = Faults::new(file, "", "");
            let wide = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
            let what =
                if wide { "is UTF-16; save it as UTF-8" } else { "is not UTF-8 text; save it as UTF-8" };
            faults.add(&(0..0), "TOML", what);
            let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
            Err(faults.all().into_iter().map(|fault| Fault { line: Some(line), ..fault }).collect())
        }
    }
}

/// Reads a plan; `file` stands before each fault.
///
/// # Errors
/// One line for each thing that is wrong, in the order of the file.
pub fn parse(file: &str, text: &str) -> Result<Recipe, Vec<Fault>> {
    let mut faults = Faults::new(file, text, "");
    if text.len() > LARGEST {
        let what =
            format!("is larger than {} KiB; a plan has a few: take out what is none of it", LARGEST >> 10);
        faults.add(&(0..0), "", &what);
        return Err(faults.all());
    }
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => {
            let at = error.span().unwrap_or(0..0);
            let what = error.message().lines().next().unwrap_or("is no TOML");
            faults.add(&at, "TOML", &format!("{what}; nothing of this plan is used until that is mended"));
            return Err(faults.all());
        }
    };
    let recipe = read(&Section::root(table.get_ref()), &mut faults);
    match (faults.count(), recipe) {
        (0, Some(recipe)) => Ok(recipe),
        _ => Err(faults.all()),
    }
}

fn read(root: &Section<'_>, faults: &mut Faults<'_>) -> Option<Recipe> {
    root.only(faults, &["about", "example", "name", "roles", "stage"]);
    let name = if let Some(item) = root.get("name") {
        name(&item, faults)
    } else {
        faults.add(&(0..0), "name", "is missing; add a line such as name = \"my-plan\" at the top");
        None
    };
    let about = words(root, faults, "about", MOST_ABOUT, true).unwrap_or_default();
    let example = words(root, faults, "example", MOST_TEXT, false).unwrap_or_default();
    let roles = roles(root, faults);
    let raw = stages(root, faults)?;
    let nodes = Nodes::of(&raw, &roles, faults);
    unused(&roles, &raw, faults);
    // What is wrong on the way is only found where every name is known.
    let (nodes, name) = (nodes.filter(|_| faults.count() == 0)?, name?);
    let stages = nodes.written(faults)?;
    let recipe =
        Recipe { name, about, example, roles: roles.into_iter().map(|(role, _)| role).collect(), stages };
    flow::check(&recipe, &raw, faults);
    Some(recipe)
}

/// The stages, in the order of the file.
fn stages<'t>(root: &Section<'t>, faults: &mut Faults<'_>) -> Option<Vec<Raw<'t>>> {
    const ALLOWED: &str = "tables such as [[stage]] with name = \"draft\" and do = \"answer\"";
    let Some(item) = root.get("stage") else {
        // A typing error in the word is told already.
        if !root.items().any(|(key, _)| crate::core::nearest(key, &["stage"]).is_some()) {
            faults.add(&(0..0), "stage", &format!("is missing, so there is nothing to do; add {ALLOWED}"));
        }
        return None;
    };
    let list = item.some(faults, ALLOWED)?;
    if list.len() > MOST_STAGES {
        let what = format!("is {} stages; a plan has at most {MOST_STAGES}: split it in two", list.len());
        faults.add(&item.at, &item.path, &what);
        return None;
    }
    let mut all: Vec<Raw<'t>> = Vec::with_capacity(list.len());
    for item in list {
        let Some(section) = item.section(faults, ALLOWED) else { continue };
        let raw = stage::read(section, &all, faults);
        all.push(raw);
    }
    Some(all)
}

/// The roles, in the order of the file, each with its place there.
fn roles(root: &Section<'_>, faults: &mut Faults<'_>) -> Vec<(Role, std::ops::Range<usize>)> {
    const ALLOWED: &str = "a table such as [roles] with small = \"cheapest 2\"";
    let section = root.get("roles").and_then(|item| item.section(faults, ALLOWED));
    let mut items: Vec<(&str, Item<'_>)> = section.iter().flat_map(Section::items).collect();
    items.sort_by_key(|(_, item)| item.at.start);
    let mut roles: Vec<(Role, std::ops::Range<usize>)> = Vec::new();
    for (name, item) in items {
        if !is_name(name) {
            let what = "can't name a role; allowed: small letters, digits and -, at most 40";
            faults.add(&item.at, &item.path, what);
            continue;
        }
        if TAKEN.contains(&name) {
            let what =
                format!("means something else in a plan; call the role something else, such as {name}-one");
            faults.add(&item.at, &item.path, &what);
            continue;
        }
        let before = faults.count();
        let mut fill = Vec::new();
        for entry in entries(&item, faults, Filling::FORMS) {
            match filling(&entry) {
                Ok(how) => fill.push(Fill { how, line: faults.line(entry.at.start) }),
                Err(what) => faults.add(&entry.at, &entry.path, &what),
            }
        }
        // One that can't be read is there all the same: that it is named elsewhere is no second fault.
        debug_assert!(!fill.is_empty() || faults.count() > before);
        let line = faults.line(item.at.start);
        roles.push((Role { name: name.to_owned(), fill, line }, item.at));
    }
    roles
}

fn filling(item: &Item<'_>) -> Result<Filling, String> {
    let Some(words) = text(item.value) else {
        return Err(format!("{}; allowed: {}", item.is(), Filling::FORMS));
    };
    match words.parse::<Filling>() {
        Ok(Filling::Member(name)) if !super::councils::is_name(&name.0) => {
            Err(format!("{} can't be the name of a member; allowed: {}", quoted(words), Filling::FORMS))
        }
        Ok(Filling::Topic(name)) if !super::councils::is_name(&name) => {
            Err(format!("{} has no topic's name; allowed: \"topic law\"", quoted(words)))
        }
        Ok(filling) => Ok(filling),
        Err(what) => Err(format!("{} {what}", quoted(words))),
    }
}

/// Notes each role that no stage names: it takes members away from others, and is most likely mistyped somewhere.
fn unused(roles: &[(Role, std::ops::Range<usize>)], raw: &[Raw<'_>], faults: &mut Faults<'_>) {
    let broken = faults.count() > 0;
    for (role, at) in roles.iter().filter(|_| !broken) {
        let names = |raw: &Raw<'_>| raw.names(&role.name);
        if !raw.iter().any(names) {
            let what = format!("no stage names this role; say by = {:?} in one, or take it out", role.name);
            faults.add(at, &format!("roles.{}", role.name), &what);
        }
    }
}

/// Whether a text can name a plan, a stage or a role.
fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=40).contains(&name.len()) && name.bytes().all(plain) && !name.starts_with('-')
}

/// A name, or a fault.
fn name(item: &Item<'_>, faults: &mut Faults<'_>) -> Option<String> {
    let word = text(item.value);
    if let Some(name) = word.filter(|name| is_name(name)) {
        return Some(name.to_owned());
    }
    let is = word.map_or_else(|| item.is(), |word| format!("{} can't be a name", quoted(word)));
    let what = format!("{is}; allowed: small letters, digits and -, at most 40, such as \"my-plan\"");
    faults.add(&item.at, &item.path, &what);
    None
}

/// A text for people or members: not blank, not too long, without control characters.
fn words(
    section: &Section<'_>,
    faults: &mut Faults<'_>,
    key: &str,
    most: usize,
    one_line: bool,
) -> Option<String> {
    let item = section.get(key)?;
    let Some(words) = text(item.value) else {
        faults.add(&item.at, &item.path, &format!("{}; allowed: a text, or leave it out", item.is()));
        return None;
    };
    let words = words.trim();
    let odd = |c: char| c.is_control() && (one_line || !matches!(c, '\n' | '\r' | '\t'));
    let what = match words.chars().find(|c| odd(*c)) {
        Some('\n') => "has more than one line; allowed: one".to_owned(),
        Some(c) => format!("holds the control character {:?}; take it out", c.to_string()),
        None if words.chars().count() > most => {
            format!("has {} characters; allowed: up to {most}", words.chars().count())
        }
        None => return Some(words.to_owned()),
    };
    faults.add(&item.at, &item.path, &what);
    None
}

/// The entries of a list; one thing alone is a list of itself. An empty list is a fault.
fn entries<'t>(item: &Item<'t>, faults: &mut Faults<'_>, allowed: &str) -> Vec<Item<'t>> {
    let entries = item.list().unwrap_or_else(|| vec![item.clone()]);
    if entries.is_empty() {
        faults.add(&item.at, &item.path, &format!("is empty; allowed: {allowed}"));
    }
    entries
}
