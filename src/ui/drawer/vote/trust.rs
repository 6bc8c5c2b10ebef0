//! How far the result on the vote board can be trusted, as far as its ballots say: what judges agree on, whether order and
//! length decided, and whose leaving or whose weight would change it.

use super::Board;
use crate::agreement::vote::Vote;
use crate::core::MemberId;
use crate::core::ballot_trust::{Times, Trust, Without};
use crate::core::rules::Flip;
use crate::ui::canvas::Row;

/// So many judges are named whose weight would change the result.
const FLIPS: usize = 3;

impl Board<'_> {
    pub(super) fn trust(&self, rows: &mut Vec<Row>, vote: &Vote) {
        let rule = vote.counting.rule;
        let Some(trust) = vote.trust(self.run) else { return };
        self.section(rows, "how far to trust it", "counted from these ballots");
        if trust.pairs > 0 {
            let figure = format!("{} of {}", trust.unanimous, trust.pairs);
            self.figure(rows, "pairs their judges order alike", &figure, "of pairs ranked by two or more");
        }
        if trust.stable.1 > 0 {
            let (stayed, of) = trust.stable;
            let note = "asked in both orders; else it counts as a tie";
            self.figure(rows, "a preference held in both orders", &format!("{stayed} of {of}"), note);
        }
        let mut times = |label: &str, times: Times| {
            let figure = format!("{} of {}", times.times, times.of);
            self.figure(rows, label, &figure, &format!("by chance {:.1}", times.chance));
        };
        times("the answer shown first won", trust.first_shown);
        times("the longest answer won", trust.longest);
        if let Some((figure, note)) = self.alone(vote, &trust) {
            self.figure(rows, "same result without one judge", &figure, &note);
        }
        if rule.weighs() {
            let (figure, note) = self.flips(vote);
            self.figure(rows, "one judge's weight changes it", &figure, &note);
        }
        if vote.tally.winner.is_some() {
            let figure = format!("{:.0} %", trust.margin * 100.0);
            self.figure(rows, "lead over the second", &figure, rule.share());
        }
    }

    /// In how many cases the result stays when one judge is left out, and which ones change it.
    fn alone(&self, vote: &Vote, trust: &Trust) -> Option<(String, String)> {
        let (winner, tied) = (&vote.tally.winner, &vote.tally.tied);
        let stays = |without: &&Without| without.winner == *winner && without.tied == *tied;
        let of = trust.without.len();
        let count = trust.without.iter().filter(stays).count();
        let other = |without: &Without| {
            let judge = self.name(&without.judge);
            match (&without.winner, without.tied.as_slice()) {
                (Some(winner), _) => format!("without {judge} {} wins", self.name(winner)),
                (None, []) => format!("without {judge} nobody wins"),
                (None, tied) => format!("without {judge} a tie: {}", self.names(tied, " = ")),
            }
        };
        let others: Vec<String> = trust.without.iter().filter(|one| !stays(one)).map(other).collect();
        let note = if others.is_empty() {
            "each judge left out in turn".to_owned()
        } else {
            format!("! {}", others.join(", "))
        };
        (of > 0).then(|| (format!("{count} of {of}"), note))
    }

    /// Whose weight would change the result, the nearest first.
    fn flips(&self, vote: &Vote) -> (String, String) {
        let flips = &self.known.flips;
        let judges: Vec<&MemberId> = vote.ballots.iter().filter(|it| it.valid).map(|it| &it.judge).collect();
        let could = judges.iter().filter(|judge| flips.iter().any(|flip| flip.judge == ***judge)).count();
        let one = |flip: &Flip| {
            let sign = if flip.above { self.theme.sign("≥", ">=") } else { self.theme.sign("≤", "<=") };
            let then = match &flip.winner {
                Some(winner) => format!("{} wins", self.name(winner)),
                None => "no single winner".to_owned(),
            };
            format!("{}'s weight {sign} {:.1} ({then})", self.name(&flip.judge), flip.at)
        };
        let note = match flips.as_slice() {
            [] => "no judge's weight from 0 to 10 changes it".to_owned(),
            flips => {
                let named: Vec<String> = flips.iter().take(FLIPS).map(one).collect();
                format!("changes if {}", named.join(", "))
            }
        };
        (format!("{could} of {}", judges.len()), note)
    }
}
