//! The table `agreement` of the person's file: who looks deeper into claims, and from where on vectors link them. Nobody
//! does where nothing is said.

use super::Config;
use super::councils::model_or;
use super::faults::{Faults, Section, number};
use crate::core::{Pass, Thresholds};

const TABLE: &str = "a table such as [agreement] with judge = \"openai/gpt-6-luna\"";
const COSINE: &str = "a number above 0, at most 1";

/// Reads the table into the configuration. `dropped` are the providers that were left out with a line already.
pub(super) fn read(root: &Section<'_>, faults: &mut Faults<'_>, config: &mut Config, dropped: &[String]) {
    let Some(section) = root.get("agreement").and_then(|item| item.section(faults, TABLE)) else { return };
    section.only(faults, &["close_from", "embeddings", "judge", "same_from"]);
    for pass in Pass::ALL {
        let Some(item) = section.get(pass.word()) else { continue };
        let by = model_or(&item, "nobody is set for it", faults, config, dropped);
        match pass {
            Pass::Embeddings => config.agreement.embeddings = by,
            Pass::Judge => config.agreement.judge = by,
        }
    }
    let mut cosine =
        |name| section.read(faults, name, COSINE, |value| number(value).filter(|it| *it > 0.0 && *it <= 1.0));
    let (same, close) = (cosine("same_from"), cosine("close_from"));
    let usual = Thresholds::default();
    // With one said, the other one follows it where it would be on its wrong side.
    let same_from = same.unwrap_or_else(|| usual.same.max(close.unwrap_or(0.0)));
    let close_from = close.unwrap_or(usual.close).min(same_from);
    if let (Some(close), true, Some(item)) = (close, same.is_some(), section.get("close_from"))
        && close > same_from
    {
        let what =
            format!("is {close}, above same_from, so nothing would be close; allowed: at most {same_from}");
        faults.add(&item.at, &item.path, &what);
    }
    config.agreement.thresholds = Thresholds { same: same_from, close: close_from };
}
