//! Which trials a figure is of: a short word that every figure carries. How words are read and written; the trials they lead to
//! are listed by [`super::trials`].

use super::ratings::rated;
use crate::core::clean;
use crate::experiment::design::Design;
use std::borrow::Cow;

/// Which trials are meant. Arms, treatments, seats and questions are meant by their places in the design.
///
/// As words: `all`, `item:ID`, `treatment:NAME`, `arm:NAME/wrong`, `slowest:ARM/MEMBER`, `share:ARM/0.667`, `share:ARM/0.6-0.7`,
/// `pair:ARM/OTHER/better`, `round:TREATMENT/2/subverted`, `unanimous:TREATMENT/wrong`, `stand:TREATMENT/wrong`,
/// `member:TREATMENT/NAME/wrong`, `alike:TREATMENT/NAME/OTHER`, `panel:TREATMENT/right`, `topic:TOPIC/ARM`, `rated:NAME/judged`. The
/// last part of most may be left out. A slash in a name is written `%2F`, and read as it is too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// All of them.
    All,
    /// Those of a question.
    Item(usize),
    /// Those of a treatment.
    Treatment(usize),
    /// Those of an arm.
    Arm(usize, Of),
    /// Those of an arm in which a seat was the slowest.
    Slowest(usize, usize),
    /// Those of an arm whose answer has such a share of the members behind it: above the first and up to the second, or just
    /// that where both are the same, in thousandths. Above 0 is from 0.
    Share(usize, u16, u16),
    /// Those of two arms on the questions that both have graded.
    Pair(usize, usize, Of),
    /// Those of a treatment, by what happened in a round; all are those that came to the round.
    Round(usize, usize, Of),
    /// Those of a treatment in which the first answers are all alike.
    Unanimous(usize, Of),
    /// Those of a treatment in which what members stand by in the end is all alike.
    Stand(usize, Of),
    /// Those of a treatment in which a seat was asked.
    Member(usize, usize, Of),
    /// Those of a treatment in which two seats are both wrong.
    Alike(usize, usize, usize),
    /// Those of a treatment, by whether any first answer is right.
    Panel(usize, Of),
    /// Those of an arm on a topic.
    Topic(String, usize),
    /// Those that a rated member was compared in, by its place among [`rated`].
    Rated(usize, Of),
}

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// All.
    All,
    /// With the right answer.
    Right,
    /// With a wrong one, or none.
    Wrong,
    /// That nobody could grade.
    Ungraded,
    /// Without an answer.
    Silent,
    /// In which an answer was drawn of several that tied.
    Drawn,
    /// In which some call came to nothing.
    Failed,
    /// In which the first arm does better.
    Better,
    /// In which it does worse.
    Worse,
    /// In which both do equally well.
    Same,
    /// In which all members that answered say the same.
    Unanimous,
    /// In which a member was wrong at first and is right now.
    Corrected,
    /// In which one was right at first and is wrong now.
    Subverted,
    /// In which one was wrong in the round before and is right now.
    CorrectedHere,
    /// In which one was right in the round before and is wrong now.
    SubvertedHere,
    /// In which one kept its position.
    Held,
    /// In which one moved with an argument.
    Argued,
    /// In which one moved to where most were without one.
    Caved,
    /// In which one moved in some other way.
    Changed,
    /// In which the member alone is right.
    Alone,
    /// In which the plurality is another one without it.
    Changes,
    /// In which the plurality is right more surely with it.
    Helps,
    /// In which it is right more surely without it.
    Hurts,
    /// By grades.
    Graded,
    /// By judges.
    Judged,
}

impl Of {
    const WORDS: [(&'static str, Self); 25] = [
        ("", Self::All),
        ("right", Self::Right),
        ("wrong", Self::Wrong),
        ("ungraded", Self::Ungraded),
        ("silent", Self::Silent),
        ("drawn", Self::Drawn),
        ("failed", Self::Failed),
        ("better", Self::Better),
        ("worse", Self::Worse),
        ("same", Self::Same),
        ("unanimous", Self::Unanimous),
        ("corrected", Self::Corrected),
        ("subverted", Self::Subverted),
        ("corrected-here", Self::CorrectedHere),
        ("subverted-here", Self::SubvertedHere),
        ("held", Self::Held),
        ("argued", Self::Argued),
        ("caved", Self::Caved),
        ("changed", Self::Changed),
        ("alone", Self::Alone),
        ("changes", Self::Changes),
        ("helps", Self::Helps),
        ("hurts", Self::Hurts),
        ("graded", Self::Graded),
        ("judged", Self::Judged),
    ];
    /// What may be said of an arm.
    pub(super) const ARM: &'static [Self] =
        &[Self::All, Self::Right, Self::Wrong, Self::Ungraded, Self::Silent, Self::Drawn, Self::Failed];
    /// Of a pair of arms.
    pub(super) const PAIR: &'static [Self] = &[Self::All, Self::Better, Self::Worse, Self::Same];
    /// Of a round.
    pub(super) const ROUND: &'static [Self] = &[
        Self::All,
        Self::Unanimous,
        Self::Corrected,
        Self::Subverted,
        Self::CorrectedHere,
        Self::SubvertedHere,
        Self::Held,
        Self::Argued,
        Self::Caved,
        Self::Changed,
    ];
    /// Of a panel, or of what it agrees on.
    pub(super) const PANEL: &'static [Self] = &[Self::All, Self::Right, Self::Wrong];
    /// Of a member.
    pub(super) const MEMBER: &'static [Self] = &[
        Self::All,
        Self::Right,
        Self::Wrong,
        Self::Silent,
        Self::Alone,
        Self::Changes,
        Self::Helps,
        Self::Hurts,
    ];
    /// Of a rated member.
    pub(super) const RATED: &'static [Self] = &[Self::All, Self::Graded, Self::Judged];

    /// Its word; empty for all.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, of)| *of == self).map_or("", |(word, _)| word)
    }

    fn read(word: &str, allowed: &[Self]) -> Option<Self> {
        let found = Self::WORDS.iter().find(|(known, _)| *known == word);
        found.map(|(_, of)| *of).filter(|of| allowed.contains(of))
    }
}

/// The kinds of words, with what stands behind each and what may be said last.
const FORMS: [(&str, &str, &[Of]); 15] = [
    ("item", "ID", &[]),
    ("treatment", "NAME", &[]),
    ("arm", "NAME", Of::ARM),
    ("slowest", "ARM/MEMBER", &[]),
    ("share", "ARM/SHARE or ARM/FROM-TO", &[]),
    ("pair", "ARM/ARM", Of::PAIR),
    ("round", "TREATMENT/NUMBER", Of::ROUND),
    ("unanimous", "TREATMENT", Of::PANEL),
    ("stand", "TREATMENT", Of::PANEL),
    ("member", "TREATMENT/MEMBER", Of::MEMBER),
    ("alike", "TREATMENT/MEMBER/MEMBER", &[]),
    ("panel", "TREATMENT", Of::PANEL),
    ("topic", "TOPIC/ARM", &[]),
    ("rated", "MEMBER", Of::RATED),
    ("all", "", &[]),
];

/// The known names that a text may begin with, by their places, with what follows each; the longest first, since names may hold
/// slashes themselves.
fn begins<'t, 'n>(names: impl Iterator<Item = Cow<'n, str>>, text: &'t str) -> Vec<(usize, &'t str)> {
    let mut found: Vec<(usize, &str)> = Vec::new();
    for (place, name) in names.enumerate() {
        let rest = text.strip_prefix(name.as_ref()).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        found.extend(rest.map(|rest| (place, rest.strip_prefix('/').unwrap_or(rest))));
    }
    found.sort_by_key(|(_, rest)| rest.len());
    found
}

/// A name as a part of a word: a slash in it, which parts are told apart by, is written as in addresses.
fn part(name: &str) -> Cow<'_, str> {
    if name.contains(['/', '%']) {
        Cow::Owned(name.replace('%', "%25").replace('/', "%2F"))
    } else {
        Cow::Borrowed(name)
    }
}

/// The names of arms, treatments and seats of a design: as parts of words, or as they are.
struct Names<'a> {
    design: &'a Design,
    as_they_are: bool,
}

impl<'a> Names<'a> {
    fn of(&self, name: &'a str) -> Cow<'a, str> {
        if self.as_they_are { Cow::Borrowed(name) } else { part(name) }
    }

    fn arms(&self) -> impl Iterator<Item = Cow<'a, str>> {
        self.design.arms.iter().map(|arm| self.of(&arm.name))
    }

    fn treatments(&self) -> impl Iterator<Item = Cow<'a, str>> {
        self.design.treatments.iter().map(|treatment| self.of(&treatment.name))
    }

    fn seats(&self, treatment: usize) -> impl Iterator<Item = Cow<'a, str>> {
        let members = self.design.treatments.get(treatment).map(|treatment| treatment.council.members.iter());
        members.into_iter().flatten().map(|member| self.of(&member.name.0))
    }

    fn seats_of_arm(&self, arm: usize) -> impl Iterator<Item = Cow<'a, str>> {
        self.seats(self.design.arms.get(arm).map_or(usize::MAX, |arm| arm.treatment))
    }

    fn arm(&self, place: usize) -> Cow<'a, str> {
        self.arms().nth(place).unwrap_or_default()
    }

    fn treatment(&self, place: usize) -> Cow<'a, str> {
        self.treatments().nth(place).unwrap_or_default()
    }

    fn seat(&self, treatment: usize, seat: usize) -> Cow<'a, str> {
        self.seats(treatment).nth(seat).unwrap_or_default()
    }
}

impl What {
    /// Reads a word such as `arm:council/wrong`.
    ///
    /// # Errors
    ///
    /// One line that says what may stand there.
    pub fn parse(design: &Design, word: &str) -> Result<Self, String> {
        let (kind, rest) = word.trim().split_once(':').unwrap_or((word.trim(), ""));
        let read = |as_they_are| Self::read(&Names { design, as_they_are }, kind, rest);
        // People write names as they are; that is how they are meant where nothing else is.
        read(false).or_else(|| read(true)).ok_or_else(|| fault(design, word, kind))
    }

    fn read(names: &Names<'_>, kind: &str, rest: &str) -> Option<Self> {
        let design = names.design;
        let one = |known: Vec<(usize, &str)>, allowed: &[Of]| {
            known.into_iter().find_map(|(place, rest)| Some((place, Of::read(rest, allowed)?)))
        };
        let alone = |known: Vec<(usize, &str)>| {
            known.into_iter().find(|(_, rest)| rest.is_empty()).map(|(place, _)| place)
        };
        let arms = || begins(names.arms(), rest);
        let treatments = || begins(names.treatments(), rest);
        match kind {
            "all" => rest.is_empty().then_some(Self::All),
            "item" => design.items.iter().position(|item| names.of(&item.id) == rest).map(Self::Item),
            "treatment" => alone(treatments()).map(Self::Treatment),
            "arm" => one(arms(), Of::ARM).map(|(arm, of)| Self::Arm(arm, of)),
            "slowest" => arms().into_iter().find_map(|(arm, rest)| {
                alone(begins(names.seats_of_arm(arm), rest)).map(|seat| Self::Slowest(arm, seat))
            }),
            "share" => arms().into_iter().find_map(|(arm, rest)| {
                let (low, high) = rest.split_once('-').unwrap_or((rest, rest));
                Some(Self::Share(arm, thousandths(low)?, thousandths(high)?))
            }),
            "pair" => arms().into_iter().find_map(|(arm, rest)| {
                let (other, of) = one(begins(names.arms(), rest), Of::PAIR)?;
                Some(Self::Pair(arm, other, of))
            }),
            "round" => treatments().into_iter().find_map(|(treatment, rest)| {
                let (round, rest) = rest.split_once('/').unwrap_or((rest, ""));
                Some(Self::Round(treatment, round.parse().ok()?, Of::read(rest, Of::ROUND)?))
            }),
            "unanimous" => one(treatments(), Of::PANEL).map(|(place, of)| Self::Unanimous(place, of)),
            "stand" => one(treatments(), Of::PANEL).map(|(place, of)| Self::Stand(place, of)),
            "panel" => one(treatments(), Of::PANEL).map(|(place, of)| Self::Panel(place, of)),
            "member" => treatments().into_iter().find_map(|(treatment, rest)| {
                let (seat, of) = one(begins(names.seats(treatment), rest), Of::MEMBER)?;
                Some(Self::Member(treatment, seat, of))
            }),
            "alike" => treatments().into_iter().find_map(|(treatment, rest)| {
                let first = begins(names.seats(treatment), rest);
                first.into_iter().find_map(|(one, rest)| {
                    let other = alone(begins(names.seats(treatment), rest))?;
                    Some(Self::Alike(treatment, one, other))
                })
            }),
            "topic" => {
                let topics: Vec<&str> =
                    design.items.iter().filter_map(|item| item.topic.as_deref()).collect();
                begins(topics.iter().map(|topic| names.of(topic)), rest).into_iter().find_map(
                    |(place, rest)| {
                        Some(Self::Topic(topics[place].to_owned(), alone(begins(names.arms(), rest))?))
                    },
                )
            }
            "rated" => {
                let members = rated(design);
                let known = begins(members.iter().map(|member| names.of(&member.name)), rest);
                one(known, Of::RATED).map(|(place, of)| Self::Rated(place, of))
            }
            _ => None,
        }
    }

    /// The word that [`What::parse`] reads.
    pub fn word(&self, design: &Design) -> String {
        let names = Names { design, as_they_are: false };
        let (kind, parts, of) = match self {
            Self::All => return "all".to_owned(),
            Self::Item(item) => {
                let id = design.items.get(*item).map(|item| item.id.as_str());
                ("item", part(id.unwrap_or_default()).into_owned(), Of::All)
            }
            Self::Treatment(place) => ("treatment", names.treatment(*place).into_owned(), Of::All),
            Self::Arm(arm, of) => ("arm", names.arm(*arm).into_owned(), *of),
            Self::Slowest(arm, seat) => {
                let seat = names.seats_of_arm(*arm).nth(*seat).unwrap_or_default();
                ("slowest", format!("{}/{seat}", names.arm(*arm)), Of::All)
            }
            Self::Share(arm, low, high) => {
                let share = |thousandths: &u16| f64::from(*thousandths) / 1000.0;
                let upto = if low == high { String::new() } else { format!("-{}", share(high)) };
                ("share", format!("{}/{}{upto}", names.arm(*arm), share(low)), Of::All)
            }
            Self::Pair(one, other, of) => ("pair", format!("{}/{}", names.arm(*one), names.arm(*other)), *of),
            Self::Round(place, round, of) => ("round", format!("{}/{round}", names.treatment(*place)), *of),
            Self::Unanimous(place, of) => ("unanimous", names.treatment(*place).into_owned(), *of),
            Self::Stand(place, of) => ("stand", names.treatment(*place).into_owned(), *of),
            Self::Panel(place, of) => ("panel", names.treatment(*place).into_owned(), *of),
            Self::Member(place, seat, of) => {
                ("member", format!("{}/{}", names.treatment(*place), names.seat(*place, *seat)), *of)
            }
            Self::Alike(place, one, other) => {
                let (one, other) = (names.seat(*place, *one), names.seat(*place, *other));
                ("alike", format!("{}/{one}/{other}", names.treatment(*place)), Of::All)
            }
            Self::Topic(topic, arm) => ("topic", format!("{}/{}", part(topic), names.arm(*arm)), Of::All),
            Self::Rated(place, of) => {
                let name = rated(design).into_iter().nth(*place).map(|member| member.name);
                ("rated", part(&name.unwrap_or_default()).into_owned(), *of)
            }
        };
        let slash = if of == Of::All { "" } else { "/" };
        format!("{kind}:{parts}{slash}{}", of.word())
    }
}

fn thousandths(text: &str) -> Option<u16> {
    let share: f64 = text.parse().ok()?;
    (0.0..=1.0).contains(&share).then(|| (share * 1000.0).round() as u16)
}

/// What may stand there, in a line.
fn fault(design: &Design, word: &str, kind: &str) -> String {
    let Some((kind, form, of)) = FORMS.iter().find(|(known, ..)| *known == kind) else {
        let kinds: Vec<&str> = FORMS.iter().map(|(kind, ..)| *kind).collect();
        return format!("{word:?} names no trials: use one of {}, as in arm:NAME/wrong", kinds.join(", "));
    };
    let names = Names { design, as_they_are: true };
    let list = |names: &mut dyn Iterator<Item = Cow<'_, str>>| {
        let names: Vec<String> = names.take(20).map(|name| clean::line(&name)).collect();
        names.join(", ")
    };
    let known = match *kind {
        "arm" | "slowest" | "share" | "pair" | "topic" => format!(", arms are {}", list(&mut names.arms())),
        "treatment" | "round" | "unanimous" | "stand" | "member" | "alike" | "panel" => {
            format!(", treatments are {}", list(&mut names.treatments()))
        }
        "rated" => {
            let members = rated(design);
            format!(", members are {}", list(&mut members.iter().map(|member| member.name.as_str().into())))
        }
        _ => String::new(),
    };
    let colon = if form.is_empty() { "" } else { ":" };
    let last: Vec<&str> = of.iter().map(|of| of.word()).filter(|word| !word.is_empty()).collect();
    let last =
        if last.is_empty() { String::new() } else { format!(", then nothing or /{}", last.join(", /")) };
    format!("{word:?} names no trials: use {kind}{colon}{form}{last}{known}")
}
