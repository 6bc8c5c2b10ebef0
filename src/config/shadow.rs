//! `[councils.NAME.shadow]`: who answers a share of a council's questions beside it without being seen, so that both can be
//! compared on what a person really asks. Whether a plan is there is known later.

use super::Config;
use super::councils::model_or;
use super::faults::{Faults, Section, number, text};
use crate::core::{Dollars, ModelRef};

/// What answers in the shadow of a council.
#[derive(Clone, Debug, PartialEq)]
pub struct Shadow {
    /// Who does; none are the council's own members.
    pub members: Vec<ModelRef>,
    /// What they do: a protocol's words, or a plan's name or file; none is that all of them answer.
    pub plan: Option<String>,
    /// The share of the questions that they get, above 0 and at most 1.
    pub share: f64,
    /// What they may cost in all.
    pub budget: Dollars,
}

const ALLOWED: &str = "a table such as [councils.pair.shadow] with plan = \"debate:1\" or members = [..], share = 0.1 and budget = 2.00";

/// Reads the shadow of a council; nothing where it has none, or one that can't be used.
pub(super) fn read(
    council: &Section<'_>,
    faults: &mut Faults<'_>,
    config: &Config,
    dropped: &[String],
) -> Option<Shadow> {
    let section = council.get("shadow")?.section(faults, ALLOWED)?;
    section.only(faults, &["budget", "members", "plan", "share"]);
    let plan = section.read(faults, "plan", "a protocol such as \"debate:1\", or a plan's name", text);
    let members = members(&section, faults, config, dropped);
    let share = section.read(faults, "share", "a share above 0, at most 1, such as 0.1", |value| {
        number(value).filter(|share| *share > 0.0 && *share <= 1.0)
    });
    let budget = section
        .read(faults, "budget", "US dollars such as 2.00", |value| number(value).filter(|sum| *sum >= 0.0));
    if members.is_empty() && plan.is_none() {
        let what = "names neither members nor a plan, so there is nothing to compare; allowed: ";
        faults.add(&section.at, &section.path, &format!("{what}{ALLOWED}"));
        return None;
    }
    for (key, there) in [("share", share.is_some()), ("budget", budget.is_some())] {
        if !there && section.get(key).is_none() {
            let what = format!("is missing, so nothing is asked in the shadow; allowed: {ALLOWED}");
            faults.add(&section.at, &format!("{}.{key}", section.path), &what);
        }
    }
    let plan = plan.map(|plan| plan.trim().to_owned());
    Some(Shadow { members, plan, share: share?, budget: Dollars::of(budget?) })
}

fn members(
    section: &Section<'_>,
    faults: &mut Faults<'_>,
    config: &Config,
    dropped: &[String],
) -> Vec<ModelRef> {
    let Some(item) = section.get("members") else { return Vec::new() };
    let Some(entries) = item.list() else {
        let what = format!("{}; allowed: a list such as [\"local/any\"]", item.is());
        faults.add(&item.at, &item.path, &what);
        return Vec::new();
    };
    entries
        .iter()
        .filter_map(|entry| model_or(entry, "nobody of that name is asked", faults, config, dropped))
        .collect()
}
