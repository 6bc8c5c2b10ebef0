//! What a person asks of one synthesis: its mode, who writes it, of whose answers, with what instruction, and what they chose
//! claim by claim. Data and the words it is typed in; what a chair is told of it is [`super::prompt_commission`]'s.

use super::claim_table::Row;
use super::clean;
use super::ids::MemberId;
use super::member::Council;
use super::plan::MergeMode;
use super::ruling::Point;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What the person chose for a claim; what they chose nothing for is up to the chair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// It must stand.
    Keep,
    /// It must stand, with this side as the right one; a place in [`Point::sides`].
    Side(usize),
    /// It is left out.
    Leave,
}

/// A choice with the claim that it is about, by its places in the answers: numbers of tables may differ, places don't.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick {
    /// The claim.
    pub point: Point,
    /// What becomes of it.
    pub choice: Choice,
}

impl Pick {
    /// The row of a table that is the picked claim: the one that shares the most places with it.
    pub fn row<'t>(&self, table: &'t [Row]) -> Option<&'t Row> {
        let shared = |row: &Row| {
            row.point.said.iter().filter(|one| self.point.said.iter().any(|two| one.meets(two))).count()
        };
        // Of equals the first: rows stand in their canonical order.
        table.iter().rev().max_by_key(|row| shared(row)).filter(|row| shared(row) > 0)
    }

    /// The choice in a few words, for people: `kept by you, on the side 22 hours`.
    pub fn words(&self) -> String {
        match (self.choice, self.side()) {
            (Choice::Leave, _) => "left out by you".to_owned(),
            (_, Some(side)) => format!("kept by you, on the side {}", clean::line(side)),
            _ => "kept by you".to_owned(),
        }
    }

    /// The side that is to be right, in the words of the answers.
    pub fn side(&self) -> Option<&str> {
        match self.choice {
            Choice::Side(side) => self.point.sides.get(side).map(String::as_str),
            Choice::Keep | Choice::Leave => None,
        }
    }
}

/// What is asked of a synthesis beside its mode and its chair; kept with the stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    /// Whose answers it is made of; of all that stand where nobody is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<MemberId>,
    /// The person's own words to the chair.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub instruction: String,
    /// What the person chose, claim by claim.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub picks: Vec<Pick>,
}

/// One synthesis as a person wants it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commission {
    /// How it is made.
    pub mode: MergeMode,
    /// Who writes it; the council's chair where nobody is named.
    pub chair: Option<MemberId>,
    /// The rest.
    pub brief: Brief,
}

/// Where the person's instruction is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum With {
    /// The line itself.
    Words(String),
    /// A file that has yet to be read.
    File(String),
}

/// A wish for a synthesis as it is typed: `[MODE] [by @CHAIR] [of @A @B ..] [with FILE|"INSTRUCTION"]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// The mode.
    pub mode: Option<MergeMode>,
    /// The chair, by a name that nobody looked up yet.
    pub chair: Option<String>,
    /// The inputs, by such names.
    pub of: Vec<String>,
    /// The instruction.
    pub with: Option<With>,
}

impl FromStr for Typed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut typed = Self::default();
        let mut rest = text.trim();
        let word = |rest: &str| -> Option<(String, usize)> {
            let word = rest.split_whitespace().next()?;
            Some((word.to_owned(), word.len()))
        };
        while let Some((first, long)) = word(rest) {
            rest = rest[long..].trim_start();
            match first.as_str() {
                "by" => {
                    let (name, long) = word(rest).ok_or("by takes the name of a member: by @NAME")?;
                    rest = rest[long..].trim_start();
                    typed.chair = Some(name.trim_start_matches('@').to_owned());
                }
                "of" => {
                    while let Some((names, long)) =
                        word(rest).filter(|(word, _)| word != "by" && word != "with")
                    {
                        rest = rest[long..].trim_start();
                        let names = names.split(',').map(|name| name.trim_start_matches('@').to_owned());
                        typed.of.extend(names.filter(|name| !name.is_empty()));
                    }
                    if typed.of.is_empty() {
                        return Err("of takes the names of members: of @ONE @OTHER".to_owned());
                    }
                }
                "with" => {
                    typed.with = Some(with(std::mem::take(&mut rest))?);
                }
                name => {
                    let unknown = || {
                        let (name, modes) =
                            (clean::exact(name), MergeMode::ALL.map(MergeMode::name).join(", "));
                        format!(
                            "{name} is no way to make a synthesis; there are {modes}, then by @CHAIR, of @ONE @OTHER, with \"WORDS\""
                        )
                    };
                    typed.mode = Some(MergeMode::named(name).ok_or_else(unknown)?);
                }
            }
        }
        Ok(typed)
    }
}

/// What stands behind `with`: one word without quotes is a file, all else the instruction itself.
fn with(rest: &str) -> Result<With, String> {
    let rest = rest.trim();
    let quoted = rest.strip_prefix(['"', '“']).map(|rest| rest.strip_suffix(['"', '”']).unwrap_or(rest));
    match quoted {
        Some(words) if !words.trim().is_empty() => Ok(With::Words(words.trim().to_owned())),
        None if rest.contains(char::is_whitespace) => Ok(With::Words(rest.to_owned())),
        None if !rest.is_empty() => Ok(With::File(rest.trim_start_matches('@').to_owned())),
        _ => Err("with takes a file, or an instruction in quotes: with \"for a newcomer, in five lines\""
            .to_owned()),
    }
}

impl Commission {
    /// A synthesis by these names of a council, looked up; an instruction alone changes neither.
    ///
    /// # Errors
    /// One line that names the flag or word (as `words` says them) and the nearest name.
    pub fn looked_up(
        council: &Council,
        mode: MergeMode,
        (chair, of): (Option<&String>, &[String]),
        words: [&str; 2],
    ) -> Result<Self, String> {
        let [by_word, of_word] = words;
        let chair = chair.map(|name| council.named(std::slice::from_ref(name))).transpose();
        let chair = chair.map_err(|line| format!("{by_word}: {line}"))?;
        let mut named: Vec<MemberId> = Vec::new();
        for name in council.named(of).map_err(|line| format!("{of_word}: {line}"))? {
            if !named.contains(&name) {
                named.push(name);
            }
        }
        if named.len() == 1 {
            return Err(format!(
                "{of_word}: a synthesis takes two answers, and one answer alone is none; name another member"
            ));
        }
        let chair = chair.and_then(|found| found.into_iter().next());
        Ok(Self { mode, chair, brief: Brief { of: named, ..Brief::default() } })
    }

    /// Whether nothing is asked beyond the mode.
    pub fn is_plain(&self) -> bool {
        self.chair.is_none() && self.brief == Brief::default()
    }

    /// What a stage keeps of it.
    pub fn kept(self) -> Option<Brief> {
        (self.brief != Brief::default()).then_some(self.brief)
    }
}

#[cfg(test)]
mod tests {
    use super::super::claim_table::Standing;
    use super::super::ids::{CallId, RunId, StageId};
    use super::super::ruling::{About, Quote};
    use super::*;

    fn council() -> Council {
        let models: Vec<_> = ["a/fenna", "b/jonas", "c/marit"].iter().map(|it| it.parse().unwrap()).collect();
        Council::of_models("three", &models)
    }

    #[test]
    fn a_wish_is_read_in_any_order() {
        let read = |text: &str| text.parse::<Typed>();
        let all = read(r#"majority by @fenna of @fenna, jonas with "five lines, of the facts""#).unwrap();
        assert_eq!((all.mode, all.chair.as_deref()), (Some(MergeMode::Majority), Some("fenna")));
        assert_eq!(all.of, ["fenna", "jonas"]);
        assert_eq!(all.with, Some(With::Words("five lines, of the facts".to_owned())));
        assert_eq!(read("of a b by c").unwrap().chair.as_deref(), Some("c"));
        assert_eq!(read("with ./how.md").unwrap().with, Some(With::File("./how.md".to_owned())));
        assert_eq!(read("with keep it short").unwrap().with, Some(With::Words("keep it short".to_owned())));
        assert_eq!(read(""), Ok(Typed::default()));
        for bad in ["by", "of", "of by @x", "with", "with \"\"", "majorty", "merge nonsense"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_are_looked_up_and_the_nearest_is_told() {
        let council = council();
        let find = |chair: Option<&str>, of: &[&str]| {
            let chair = chair.map(str::to_owned);
            let of: Vec<String> = of.iter().map(|name| (*name).to_owned()).collect();
            Commission::looked_up(&council, MergeMode::Merge, (chair.as_ref(), &of), ["by", "of"])
        };
        let found = find(Some("marit"), &["fenna", "jonas", "fenna"]).unwrap();
        assert_eq!(found.chair, Some("marit".into()));
        assert_eq!(found.brief.of, [MemberId::from("fenna"), MemberId::from("jonas")]);
        assert!(find(Some("fena"), &[]).unwrap_err().contains("did you mean fenna?"));
        assert!(find(None, &["fenna", "jons"]).unwrap_err().starts_with("of: no member jons"));
        assert!(find(None, &["fenna"]).unwrap_err().contains("two answers"));
        assert!(find(None, &[]).unwrap().is_plain());
    }

    #[test]
    fn a_pick_finds_its_row_by_place_whatever_its_number() {
        let call = |slot| CallId { run: RunId(1), stage: StageId(0), round: 0, slot, attempt: 1 };
        let quote = |slot, start, end| Quote { call: call(slot), start, end, side: None };
        let point = |said: Vec<Quote>| Point { about: About::Claim, sides: Vec::new(), said };
        let row = |number, said| Row { number, standing: Standing::Only, point: point(said) };
        let table = [row(1, vec![quote(0, 0, 9)]), row(2, vec![quote(0, 9, 20), quote(1, 0, 8)])];
        let pick = |said| Pick { point: point(said), choice: Choice::Keep };
        assert_eq!(pick(vec![quote(0, 8, 20), quote(1, 0, 8)]).row(&table).map(|row| row.number), Some(2));
        assert_eq!(pick(vec![quote(0, 2, 9)]).row(&table).map(|row| row.number), Some(1));
        assert_eq!(pick(vec![quote(2, 0, 9)]).row(&table), None);
    }

    #[test]
    fn a_brief_is_kept_in_these_words() {
        let line = r#"{"of":["fenna","jonas"],"instruction":"short","picks":[{"point":{"about":"claim","sides":["1","2"],"said":[{"call":"1.0.0.0.1","start":0,"end":4,"side":0}]},"choice":{"side":1}}]}"#;
        let brief: Brief = serde_json::from_str(line).unwrap();
        assert_eq!(
            (serde_json::to_string(&brief).unwrap().as_str(), brief.picks[0].side()),
            (line, Some("2"))
        );
        assert_eq!(serde_json::to_string(&Choice::Leave).unwrap(), r#""leave""#);
    }
}
