//! What may be spent: the table `budget`. A fault in it stops every question, for a guess at what was meant could cost
//! money. Keeping to it is the engine's.

use super::faults::{Faults, Section, number};
use crate::core::budget::Caps;
use crate::core::spend::Dollars;

const KEYS: [&str; 3] = ["step", "session", "day"];

/// Reads the table, if there is one.
pub(super) fn read(root: &Section<'_>, faults: &mut Faults<'_>) -> Caps {
    let mut caps = Caps::default();
    let Some(item) = root.get("budget") else { return caps };
    let Some(section) = item.table() else {
        let what = format!("{}; allowed: a table such as [budget] with session = 2.00", item.is());
        faults.close(&item.at, &item.path, &what);
        return caps;
    };
    for (name, item) in section.items() {
        let cap = match name {
            "step" => &mut caps.step,
            "session" => &mut caps.session,
            "day" => &mut caps.day,
            _ => {
                let what = format!("unknown key; allowed: {}", KEYS.join(", "));
                faults.close(&item.at, &item.path, &what);
                continue;
            }
        };
        *cap = number(item.value)
            .filter(|dollars| *dollars >= 0.0)
            .map(|dollars| Dollars((dollars * 1e9).round() as u64));
        if cap.is_none() {
            let what = format!("{}; allowed: US dollars, 0 or more, for example 2.00", item.is());
            faults.close(&item.at, &item.path, &what);
        }
    }
    caps
}
