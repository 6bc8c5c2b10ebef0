//! Models rated against each other in `synod grade list`, from grades and, where that is asked for, from the ballots of sessions
//! that were kept. Who beats whom is [`crate::agreement::graded`]'s, how strengths are found [`crate::stats::rating`]'s.

use crate::agreement::graded::{author, beaten, identity, preferred};
use crate::core::grade::Kept;
use crate::core::{MemberId, ModelRef, Session, clean};
use crate::headless::columns::cut;
use crate::launch::Launch;
use crate::stats::rating::{Standing, by_groups, elo};
use crate::store;
use anyhow::Result;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{self, Write as _};
use unicode_width::UnicodeWidthStr as _;

/// The confidence of intervals.
const CONFIDENCE: f64 = 0.95;
/// The most columns that a name takes, so that a line has 80.
const WIDEST: usize = 36;

/// Who may be rated: by model and persona, whatever its seats are called.
struct Player {
    who: MemberId,
    /// What its seat was called last.
    name: MemberId,
    model: ModelRef,
}

/// Who beat whom.
#[derive(Default)]
pub(super) struct Ratings {
    players: Vec<Player>,
    wins: Vec<Vec<f64>>,
    /// How many comparisons are from grades, and how many from ballots; none where those were not asked for.
    graded: usize,
    judged: Option<usize>,
}

impl Ratings {
    /// From grades.
    pub(super) fn of(kept: &[Kept]) -> Self {
        let mut made = Self::default();
        let mut newest: Vec<&Kept> = kept.iter().collect();
        newest.sort_by_key(|kept| std::cmp::Reverse(kept.at));
        for kept in newest {
            let who = identity(&kept.model, kept.persona.as_deref());
            made.player(who, &kept.member, &kept.model);
        }
        for (one, other) in beaten(kept) {
            made.graded += usize::from(made.won(&one, &other));
        }
        made
    }

    /// Adds the ballots of the sessions that were kept. What can't be read is told and passed over.
    pub(super) fn add_votes(&mut self, launch: &Launch) -> Result<()> {
        let mut judged = 0;
        for one in store::list(&launch.root) {
            let opened = match store::read(&launch.root, &one.id) {
                Ok(opened) => opened,
                Err(error) => {
                    let line = clean::line(&error.to_string());
                    writeln!(io::stderr(), "synod: its votes do not count: {line}")?;
                    continue;
                }
            };
            for run in &Session::replay(&opened.records).runs {
                for (one, other) in preferred(run) {
                    let (winner, loser) = (author(run, one), author(run, other));
                    if winner != loser {
                        self.player(winner.clone(), &one.member, &one.model);
                        self.player(loser.clone(), &other.member, &other.model);
                        judged += usize::from(self.won(&winner, &loser));
                    }
                }
            }
        }
        self.judged = Some(judged);
        Ok(())
    }

    fn player(&mut self, who: MemberId, name: &MemberId, model: &ModelRef) {
        if self.players.iter().any(|known| known.who == who) {
            return;
        }
        self.players.push(Player { who, name: name.clone(), model: model.clone() });
        self.wins.iter_mut().for_each(|row| row.push(0.0));
        self.wins.push(vec![0.0; self.players.len()]);
    }

    fn won(&mut self, winner: &MemberId, loser: &MemberId) -> bool {
        let place = |who: &MemberId| self.players.iter().position(|player| player.who == *who);
        let Some((one, other)) = place(winner).zip(place(loser)) else { return false };
        self.wins[one][other] += 1.0;
        true
    }

    /// The ratings by groups: between two groups nobody was compared, so each has a mean of its own.
    fn rated(&self) -> Vec<Vec<Standing>> {
        by_groups(&self.wins, CONFIDENCE)
    }

    /// Whether a player is meant by a name of its seat, or by its model.
    fn meant(&self, player: usize, member: Option<&str>) -> bool {
        let player = &self.players[player];
        let named = |name: &str| player.name.0 == name || player.model.to_string() == name;
        member.is_none_or(|name| named(name.trim_start_matches('@')))
    }

    /// As text: of one member alone where one is named.
    pub(super) fn plain(&self, member: Option<&str>) -> String {
        let judged = self.judged.unwrap_or(0);
        if self.graded + judged == 0 {
            let votes = if self.judged.is_some() { ", and no vote ranks any" } else { "" };
            return format!(
                "No ratings yet: no question has both a right and a wrong answer graded{votes}.\n"
            );
        }
        let from = match self.judged {
            None => format!("{} from grades", many(self.graded)),
            Some(judged) => format!("{} from grades, {judged} from votes", many(self.graded)),
        };
        let mut out = format!("Ratings (Bradley–Terry, 1000 is the mean): {from}\n");
        let name = |one: &Standing| {
            let player = &self.players[one.player];
            let name =
                format!("{} ({})", clean::line(&player.name.0), clean::line(&player.model.to_string()));
            cut(&name, WIDEST)
        };
        let groups = self.rated();
        let wide = groups.iter().flatten().map(|one| name(one).width()).max().unwrap_or(0).max(6);
        let pad = |text: &str| format!("{text}{}", " ".repeat(wide.saturating_sub(text.width())));
        let _ = writeln!(out, "{}  rating  95 % interval   won  lost    of", pad("member"));
        for (at, group) in groups.iter().enumerate() {
            if at > 0 {
                out.push('\n');
            }
            for one in group.iter().filter(|one| self.meant(one.player, member)) {
                let Standing { won, lost, log, interval, .. } = one;
                let interval = format!("{:.0} to {:.0}", elo(interval.low), elo(interval.high));
                let (rating, of) = (elo(*log), won + lost);
                let name = pad(&name(one));
                let _ = writeln!(out, "{name}  {rating:>6.0}  {interval:>13}  {won:>4}  {lost:>4}  {of:>4}");
            }
        }
        if groups.len() > 1 {
            out.push_str("Between groups nobody was compared, so their ratings can't be held together.\n");
        }
        out.push_str("Intervals take comparisons of one question for independent: somewhat too narrow.\n");
        out
    }

    /// As JSON: a list, the strongest of each group first.
    pub(super) fn json(&self, member: Option<&str>) -> Value {
        let one = |group: usize, standing: &Standing| {
            let player = &self.players[standing.player];
            let Standing { won, lost, log, interval, .. } = standing;
            json!({
                "member": player.name, "model": player.model, "group": group + 1, "won": *won as u64, "lost": *lost as u64,
                "of": (won + lost) as u64, "strength": log, "interval": interval, "elo": elo(*log),
                "elo_interval": { "low": elo(interval.low), "high": elo(interval.high) },
            })
        };
        let groups = self.rated();
        let rows = groups.iter().enumerate().flat_map(|(group, rated)| {
            let meant = rated.iter().filter(|standing| self.meant(standing.player, member));
            meant.map(move |standing| one(group, standing)).collect::<Vec<_>>()
        });
        json!({
            "confidence": CONFIDENCE, "from_grades": self.graded, "from_votes": self.judged,
            "rated": rows.collect::<Vec<_>>(),
        })
    }
}

fn many(comparisons: usize) -> String {
    if comparisons == 1 { "1 comparison".to_owned() } else { format!("{comparisons} comparisons") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{CallId, Grade, RunId, SessionId, StageId};

    fn kept(session: &str, seat: u16, model: &str, grade: Grade) -> Kept {
        let call = CallId { run: RunId(1), stage: StageId(0), round: 0, slot: seat, attempt: 1 };
        Kept {
            at: 5,
            session: SessionId(session.to_owned()),
            call,
            member: MemberId(format!("m{seat}")),
            model: model.parse().unwrap(),
            persona: None,
            topic: None,
            grade: Some(grade),
            like: call,
            came_to: None,
        }
    }

    #[test]
    fn right_beats_wrong_and_the_best_beats_all() {
        use Grade::{Best, Right, Wrong};
        let mut all = Vec::new();
        for session in ["s", "t", "u"] {
            all.push(kept(session, 0, "box/a", Best));
            all.push(kept(session, 1, "box/b", Right));
            all.push(kept(session, 2, "box/c", Wrong));
        }
        // Two seats of one model, and answers that are all right, are no comparisons.
        all.extend([kept("v", 0, "box/a", Right), kept("v", 1, "box/a", Wrong)]);
        all.extend([kept("w", 0, "box/b", Right), kept("w", 1, "box/c", Right)]);
        let ratings = Ratings::of(&all);
        assert_eq!(ratings.graded, 9);
        let rated = ratings.json(None);
        let rows = rated["rated"].as_array().unwrap();
        let models: Vec<&str> = rows.iter().map(|row| row["model"].as_str().unwrap()).collect();
        assert_eq!(models, ["box/a", "box/b", "box/c"]);
        assert_eq!((&rows[1]["won"], &rows[1]["lost"], &rows[1]["of"]), (&json!(3), &json!(3), &json!(6)));
        assert!(rows[1]["elo"].as_f64().is_some_and(|elo| (elo - 1000.0).abs() < 1e-6), "{rated}");
        assert_eq!(ratings.json(Some("box/c"))["rated"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn groups_that_never_met_are_told_apart() {
        use Grade::{Right, Wrong};
        let all = [
            kept("s", 0, "box/a", Right),
            kept("s", 1, "box/b", Wrong),
            kept("t", 0, "box/c", Right),
            kept(
                "t",
                1,
                "box/a-model-with-a-name-that-is-far-too-long-for-any-table-of-eighty-columns",
                Wrong,
            ),
        ];
        let text = Ratings::of(&all).plain(None);
        assert!(text.contains("Between groups nobody was compared"), "{text}");
        assert!(text.lines().all(|line| line.width() <= 80), "{text}");
        assert!(Ratings::of(&[]).plain(None).starts_with("No ratings yet"));
    }
}
