//! Written plans by name or file, and cast with a council. Reading them is the configuration's, what they mean the core's.

use super::choose::unknown;
use super::{Launch, UsageError};
use crate::app::plan::choose::{Chosen, Offered};
use crate::cli::Common;
use crate::config::{Fault, Plan, load};
use crate::core::forecast::Forecast;
use crate::core::forecast::PlanForecast;
use crate::core::{Cast, Council, Misfit, clean};
use std::collections::BTreeMap;
use std::path::Path;

/// Whether a file is meant by what names a plan: it has a slash in it, or ends in `.toml`.
pub(super) fn is_file(wanted: &str) -> bool {
    wanted.contains('/') || wanted.to_lowercase().ends_with(".toml")
}

impl Launch {
    /// The plan of that name, or in that file. It may be one that can't be
    /// used.
    ///
    /// # Errors
    /// [`UsageError`] when there is none.
    pub fn find_plan(&self, wanted: &str) -> Result<Plan, UsageError> {
        if is_file(wanted) {
            let path = Path::new(wanted);
            if !path.exists() {
                let line = format!(
                    "there is no file {}; synod plans list names the plans there are",
                    clean::exact(wanted)
                );
                return Err(UsageError(line));
            }
            return Ok(load::plan(path));
        }
        let found = self.config.plans.iter().find(|plan| plan.name == wanted);
        let names = self.config.plans.iter().map(|plan| plan.name.as_str());
        found.cloned().ok_or_else(|| unknown("plan", wanted, names, "name a file, such as ./my-plan.toml"))
    }

    /// The plan that the command line names, cast with a council; none where it names none.
    ///
    /// # Errors
    /// [`UsageError`] when there is no such plan, it can't be used, or the council does not fit it.
    pub fn plan(&self, common: &Common, council: &Council) -> Result<Option<Cast>, UsageError> {
        let Some(wanted) = &common.plan else {
            return no_role(common).map(|()| None);
        };
        let plan = self.find_plan(wanted)?;
        let recipe = plan.recipe.as_ref().map_err(|faults| UsageError(one_line(&plan.name, faults)))?;
        let roles = roles(&common.role)?;
        let cast = recipe.cast(council, &self.prices(), &roles);
        cast.map(Some).map_err(|misfit| UsageError(misfit_line(&plan, &misfit)))
    }

    /// The plans as the workbench offers them, those too that can't be used. One's own goes before one of its name that is
    /// built in.
    pub fn offered_plans(&self) -> Vec<Offered> {
        let all = &self.config.plans;
        let first = |at: usize| all[..at].iter().all(|before| before.name != all[at].name);
        let offer = |plan: &Plan| Offered {
            name: plan.name.clone(),
            recipe: plan.recipe.clone().map_err(|faults| one_line(&plan.name, &faults)),
        };
        (0..all.len()).filter(|at| first(*at)).map(|at| offer(&all[at])).collect()
    }

    /// The plan that the workbench begins with; none where the command line names none. Whether it fits the council is said once
    /// something is asked.
    ///
    /// # Errors
    /// [`UsageError`] when there is no such plan, or it can't be used.
    pub fn plan_chosen(&self, common: &Common) -> Result<Option<Chosen>, UsageError> {
        let Some(wanted) = &common.plan else { return no_role(common).map(|()| None) };
        let plan = self.find_plan(wanted)?;
        let recipe = plan.recipe.map_err(|faults| UsageError(one_line(&plan.name, &faults)))?;
        Ok(Some(Chosen { recipe, roles: roles(&common.role)? }))
    }

    /// What a question of so many tokens to a plan is guessed to come to.
    pub fn plan_forecast(&self, cast: &Cast, tokens: u64) -> PlanForecast {
        Forecast::of_plan(&self.prices(), &cast.council, &cast.stages, tokens)
    }
}

/// Roles are filled in a plan alone.
fn no_role(common: &Common) -> Result<(), UsageError> {
    match common.role.first() {
        Some(_) => Err(UsageError("--role is about a plan: add --plan NAME".to_owned())),
        None => Ok(()),
    }
}

/// The roles that the person fills: `ROLE=MEMBER[,MEMBER]`, each once or more.
///
/// # Errors
/// [`UsageError`] where one is none of that.
pub fn roles(said: &[String]) -> Result<BTreeMap<String, Vec<String>>, UsageError> {
    let mut roles: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for word in said {
        let parts = word.split_once('=').map(|(role, names)| (role.trim(), names));
        let Some((role, names)) = parts.filter(|(role, names)| !role.is_empty() && !names.trim().is_empty())
        else {
            let word = clean::exact(word);
            return Err(UsageError(format!("--role {word}: say ROLE=MEMBER, such as --role writer=anna")));
        };
        let names = names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        roles.entry(role.to_owned()).or_default().extend(names);
    }
    Ok(roles)
}

/// Why a council does not fit a plan, with the place in its file.
pub fn misfit_line(plan: &Plan, misfit: &Misfit) -> String {
    misfit_fault(plan, misfit).to_string()
}

/// The same as a fault of the plan.
pub fn misfit_fault(plan: &Plan, misfit: &Misfit) -> Fault {
    let (key, message) = (misfit.key.clone(), misfit.message.clone());
    Fault { file: plan.file.clone(), line: misfit.line, key, message, closes: false }
}

/// Why a plan can't be used: its first fault, and how many there are.
fn one_line(name: &str, faults: &[Fault]) -> String {
    let first = faults.first().map(ToString::to_string).unwrap_or_default();
    match faults.len() {
        0 | 1 => first,
        many => format!("{first} (and {} more: synod plans check {})", many - 1, clean::exact(name)),
    }
}
