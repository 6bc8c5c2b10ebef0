//! What a check came to: what its members say of each claim that they were given, read from their replies, and all of them
//! taken together. Nothing of it says that a claim is true: it is what members found when they looked.

use super::call::Call;
use super::clean;
use super::ids::{MemberId, StageId};
use super::part::Holds;
use super::run::Run;
use std::collections::BTreeMap;

/// The most characters of a reason.
const REASON: usize = 300;

/// What one member says of one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The claim, by its number in the table that the member was given.
    pub number: u32,
    /// Whether it holds.
    pub holds: Holds,
    /// Why, in one line.
    pub reason: String,
}

/// What all members of a check say of one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The claim, by its number in the table that the stage began with.
    pub number: u32,
    /// What they say, in order of seats.
    pub said: Vec<(MemberId, Verdict)>,
}

impl Checked {
    /// What it comes to: one who found a fault is enough to look, one who found it borne out is enough where nobody did.
    pub fn holds(&self) -> Holds {
        let any = |holds| self.said.iter().any(|(_, verdict)| verdict.holds == holds);
        match (any(Holds::No), any(Holds::Yes)) {
            (true, _) => Holds::No,
            (false, true) => Holds::Yes,
            (false, false) => Holds::Open,
        }
    }
}

/// Reads a member's reply: a line for each claim, `[3] fails: the file says 12`. Of several lines on one claim the last
/// counts; a line that is none of these is passed over.
pub fn read(text: &str) -> Vec<Verdict> {
    let mut found: BTreeMap<u32, Verdict> = BTreeMap::new();
    for line in text.lines() {
        if let Some(verdict) = verdict(line) {
            found.insert(verdict.number, verdict);
        }
    }
    found.into_values().collect()
}

fn verdict(line: &str) -> Option<Verdict> {
    let bare =
        line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '*' | '>' | '`' | '_'));
    let (number, rest) = bare.strip_prefix('[')?.split_once(']')?;
    let number = number.trim().trim_start_matches('#').parse().ok()?;
    let rest = rest
        .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '*' | '_' | '-' | '–' | '`'));
    let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    let holds = match rest[..end].to_lowercase().as_str() {
        "holds" | "hold" | "true" | "yes" | "supported" | "correct" => Holds::Yes,
        "fails" | "fail" | "false" | "no" | "contradicted" | "wrong" => Holds::No,
        "open" | "unknown" | "unclear" | "unsupported" | "unverified" => Holds::Open,
        _ => return None,
    };
    let reason =
        rest[end..].trim_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '*' | '_' | '-' | '–'));
    Some(Verdict { number, holds, reason: clean::line(reason).chars().take(REASON).collect() })
}

impl Run {
    /// What the members of a check say, claim by claim, in the order of its table. Numbers that the table lacks are left out.
    pub fn checked(&self, stage: StageId) -> Vec<Checked> {
        let table = self.stage(stage).and_then(|state| state.begun.as_ref());
        let numbers = table.into_iter().flat_map(|begun| &begun.table).map(|row| row.number);
        let replies: Vec<(&Call, Vec<Verdict>)> = self
            .counting_of(stage)
            .filter(|call| call.usable())
            .map(|call| (call, read(&call.text)))
            .collect();
        let said = |number: u32| {
            let of = |(call, verdicts): &(&Call, Vec<Verdict>)| {
                let verdict = verdicts.iter().find(|verdict| verdict.number == number)?.clone();
                Some((call.member.clone(), verdict))
            };
            replies.iter().filter_map(of).collect::<Vec<_>>()
        };
        let checked = numbers.map(|number| Checked { number, said: said(number) });
        checked.filter(|checked| !checked.said.is_empty()).collect()
    }

    /// How many claims a check found not to hold, and how many it speaks of at all.
    pub fn faults_found(&self, stage: StageId) -> (usize, usize) {
        let checked = self.checked(stage);
        (checked.iter().filter(|claim| claim.holds() == Holds::No).count(), checked.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_read_line_by_line() {
        let text = "Here is what I found.\n[1] holds: the file says so\n- **[2] fails**: 3 + 4 is 7, not 8\n[3] open\n\
                    [4] perhaps: who knows\n[x] holds\n[2] fails: it is 7\n`[5]` holds";
        let read = read(text);
        let told: Vec<_> = read.iter().map(|it| (it.number, it.holds, it.reason.as_str())).collect();
        assert_eq!(
            told,
            [
                (1, Holds::Yes, "the file says so"),
                (2, Holds::No, "it is 7"),
                (3, Holds::Open, ""),
                (5, Holds::Yes, "")
            ]
        );
    }

    #[test]
    fn one_fault_is_enough_to_look() {
        let verdict = |holds| Verdict { number: 1, holds, reason: String::new() };
        let of = |all: &[Holds]| {
            let said = all.iter().map(|holds| (MemberId::from("a"), verdict(*holds))).collect();
            Checked { number: 1, said }.holds()
        };
        assert_eq!(of(&[Holds::Yes, Holds::No]), Holds::No);
        assert_eq!(of(&[Holds::Open, Holds::Yes]), Holds::Yes);
        assert_eq!(of(&[Holds::Open]), Holds::Open);
    }
}
