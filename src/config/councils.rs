//! The councils of the person's file: seats, chairs, and the one that is asked by default.

use super::faults::{Faults, Item, Section, number, quoted, text, whole};
use super::file::answer_limit;
use super::shadow::Shadow;
use super::{Config, key, shadow};
use crate::core::{Council, Effort, Member, MemberId, ModelRef};
use toml::de::DeValue;

const COUNCIL: &str = "a table such as [councils.pair]";
const MEMBERS: &str = "a list such as [{ name = \"yes\", model = \"local/any\" }]";

/// Reads all councils into the configuration. `dropped` are the providers that were left out with a line already.
pub(super) fn read(root: &Section<'_>, faults: &mut Faults<'_>, config: &mut Config, dropped: &[String]) {
    let section =
        root.get("councils").and_then(|item| item.section(faults, "tables such as [councils.pair]"));
    let mut failed = Vec::new();
    for (name, item) in section.iter().flat_map(Section::items) {
        if let Some((council, shadow)) = council(name, &item, faults, config, dropped) {
            config.shadows.extend(shadow.map(|shadow| (name.to_owned(), shadow)));
            config.councils.insert(name.to_owned(), council);
        } else {
            failed.push(name);
        }
    }
    let Some(name) = root.read(faults, "council", "the name of a council", text) else { return };
    if config.councils.contains_key(name) {
        config.council = Some(name.to_owned());
    } else if let Some(item) = root.get("council").filter(|_| !failed.contains(&name) && !faults.lost(name)) {
        let what = format!("no such council: {}", quoted(name));
        if config.councils.is_empty() {
            faults.add(&item.at, &item.path, &format!("{what}; add a table [councils.NAME] for it"));
        } else {
            let names: Vec<&str> = config.councils.keys().map(String::as_str).collect();
            faults.stray(&item.at, &item.path, &what, name, &names);
        }
    }
}

fn council(
    name: &str,
    item: &Item<'_>,
    faults: &mut Faults<'_>,
    config: &Config,
    dropped: &[String],
) -> Option<(Council, Option<Shadow>)> {
    if !is_name(name) {
        faults.add(&item.at, &item.path, "can't name a council; allowed: up to 40 letters");
        return None;
    }
    let section = item.section(faults, COUNCIL)?;
    section.only(faults, &["chair", "members", "shadow"]);
    let Some(seats) = section.get("members") else {
        if faults.lost("members") {
            return None;
        }
        let what = format!("members are missing, so it is left out; allowed: members = {MEMBERS}");
        faults.add(&section.at, &section.path, &what);
        return None;
    };
    let list = match seats.list() {
        Some(list) if !list.is_empty() => list,
        there => {
            let what = if there.is_some() { "is empty".to_owned() } else { seats.is() };
            let what = format!("{what}, so {} is left out; allowed: {MEMBERS}", quoted(name));
            faults.add(&seats.at, &seats.path, &what);
            return None;
        }
    };
    let mut members: Vec<Member> = Vec::with_capacity(list.len());
    for item in &list {
        members.extend(member(item, &members, faults, config, dropped));
    }
    if members.is_empty() {
        // Each of them has its line.
        return None;
    }
    let chair =
        section.read(faults, "chair", "the name of a member", text).map(str::trim).and_then(|chair| {
            let names: Vec<&str> = members.iter().map(|member| member.name.0.as_str()).collect();
            if !names.contains(&chair) {
                let item = section.get("chair")?;
                faults.stray(
                    &item.at,
                    &item.path,
                    &format!("no such member: {}", quoted(chair)),
                    chair,
                    &names,
                );
                return None;
            }
            Some(MemberId::from(chair))
        });
    let shadow = shadow::read(&section, faults, config, dropped);
    Some((Council { name: name.to_owned(), members, chair, scripted: false }, shadow))
}

/// One seat: a table, or just a model. `None` where no model can sit in it.
fn member(
    item: &Item<'_>,
    before: &[Member],
    faults: &mut Faults<'_>,
    config: &Config,
    dropped: &[String],
) -> Option<Member> {
    let allowed = "a table such as { name = \"yes\", model = \"local/any\" }, or just \"local/any\"";
    if text(item.value).is_some() {
        let model = model(item, faults, config, dropped)?;
        let mut member = Member::new(&free(short(&model), before), model);
        member.params.answer_limit = config.answer_limit;
        return Some(member);
    }
    let section = item.section(faults, allowed)?;
    let keys = [
        "answer_limit",
        "effort",
        "fallback",
        "model",
        "name",
        "persona",
        "seed",
        "temperature",
        "top_p",
        "topics",
        "weight",
    ];
    section.only(faults, &keys);
    let Some(of_model) = section.get("model") else {
        let what = "model is missing, so this seat stays empty; allowed: model = \"PROVIDER/MODEL\"";
        faults.add(&section.at, &section.path, what);
        return None;
    };
    let model = model(&of_model, faults, config, dropped)?;
    let name =
        section.read(faults, "name", "up to 40 letters", |value| text(value).filter(|name| is_name(name)));
    let free_name = free(name.map_or_else(|| short(&model), str::trim), before);
    if let Some(name) = name.filter(|name| name.trim() != free_name)
        && let Some(item) = section.get("name")
    {
        let what = format!("{} sits here already, so this one is {}", quoted(name), quoted(&free_name));
        faults.add(&item.at, &item.path, &format!("{what}; give each member a name of its own"));
    }
    let mut member = Member::new(&free_name, model);
    let persona = section.read(faults, "persona", "a text that tells it who it is", |value| match value {
        DeValue::String(persona) => Some(persona.trim()).filter(|persona| !key::looks_like_one(persona)),
        _ => None,
    });
    member.persona = persona.filter(|persona| !persona.is_empty()).map(str::to_owned);
    let weight = |value: &DeValue<'_>| number(value).filter(|weight| *weight > 0.0);
    member.weight = section.read(faults, "weight", "a number above 0", weight).unwrap_or(1.0);
    let temperature = |value: &DeValue<'_>| number(value).filter(|heat| (0.0..=2.0).contains(heat));
    member.params.temperature = section.read(faults, "temperature", "a number from 0 to 2", temperature);
    let top_p = |value: &DeValue<'_>| number(value).filter(|mass| *mass > 0.0 && *mass <= 1.0);
    member.params.top_p = section.read(faults, "top_p", "a number above 0, at most 1", top_p);
    member.params.seed = section.read(faults, "seed", "a whole number, not negative", whole);
    member.params.effort = effort(&section, faults);
    member.params.answer_limit = answer_limit(&section, faults).unwrap_or(config.answer_limit);
    member.fallback = fallback(&section, faults, config, dropped);
    member.topics = topics(&section, faults);
    Some(member)
}

/// What a member knows best, in small letters: a list of names.
fn topics(section: &Section<'_>, faults: &mut Faults<'_>) -> Vec<String> {
    let names = |value: &DeValue<'_>| {
        let DeValue::Array(list) = value else { return None };
        let name = |entry: &toml::Spanned<DeValue<'_>>| {
            text(entry.get_ref()).filter(|name| is_name(name)).map(|name| name.trim().to_lowercase())
        };
        list.iter().map(name).collect()
    };
    section.read(faults, "topics", "a list of names such as [\"code\", \"law\"]", names).unwrap_or_default()
}

/// The models that speak in a member's place when its own can't be had: one, or a list.
fn fallback(
    section: &Section<'_>,
    faults: &mut Faults<'_>,
    config: &Config,
    dropped: &[String],
) -> Vec<ModelRef> {
    let Some(item) = section.get("fallback") else { return Vec::new() };
    let entries = item.list().unwrap_or_else(|| vec![item]);
    entries.iter().filter_map(|entry| model_or(entry, "it is no backup", faults, config, dropped)).collect()
}

/// How long a member is to think, where that is said and is a word for it.
fn effort(section: &Section<'_>, faults: &mut Faults<'_>) -> Option<Effort> {
    let item = section.get("effort")?;
    let word = text(item.value);
    let effort = word.and_then(Effort::of);
    if effort.is_none() {
        let is = word.map_or_else(|| item.is(), |word| format!("no such effort: {}", quoted(word)));
        let words = Effort::ALL.map(|(name, _)| name);
        faults.stray(&item.at, &item.path, &is, word.unwrap_or_default(), &words);
    }
    effort
}

/// The model of a seat. One of an unknown provider keeps its seat: asked, it fails there and says why.
fn model(item: &Item<'_>, faults: &mut Faults<'_>, config: &Config, dropped: &[String]) -> Option<ModelRef> {
    model_or(item, "this seat stays empty", faults, config, dropped)
}

/// A model; `else_` says what follows where there is none.
pub(super) fn model_or(
    item: &Item<'_>,
    else_: &str,
    faults: &mut Faults<'_>,
    config: &Config,
    dropped: &[String],
) -> Option<ModelRef> {
    let model = text(item.value).and_then(|text| text.parse::<ModelRef>().ok());
    let Some(model) = model.filter(|model| !model.to_string().chars().any(char::is_control)) else {
        let is = text(item.value).map_or_else(|| item.is(), |_| "is no model".to_owned());
        let what = format!("{is}, so {else_}; allowed: \"PROVIDER/MODEL\", for example \"local/any\"");
        faults.add(&item.at, &item.path, &what);
        return None;
    };
    let told = dropped.contains(&model.provider) || faults.lost(&model.provider);
    if !config.providers.contains_key(&model.provider) && !told {
        let names: Vec<&str> = config.providers.keys().map(String::as_str).collect();
        let what = format!("no such provider: {}", quoted(&model.provider));
        faults.stray(&item.at, &item.path, &what, &model.provider, &names);
    }
    Some(model)
}

/// Whether a text can name a council or a member.
pub(super) fn is_name(name: &str) -> bool {
    let name = name.trim();
    let short = !name.is_empty() && name.chars().count() <= 40;
    short && !name.chars().any(char::is_control) && !key::looks_like_one(name)
}

/// What a seat is called after its model.
fn short(model: &ModelRef) -> &str {
    model.model.rsplit('/').next().unwrap_or(&model.model)
}

/// A name that nobody before has: itself, or with the next number.
fn free(name: &str, before: &[Member]) -> String {
    let taken = |name: &str| before.iter().any(|member| member.name.0 == name);
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
}
