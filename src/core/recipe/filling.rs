//! How a role is filled, in the words of a plan: `cheapest 2 of different families`. Who that is in a council is
//! [`super::seating`]'s.

use crate::core::ids::MemberId;
use std::fmt;
use std::str::FromStr;

/// The most members that a form takes.
const MOST: u16 = 32;

/// How a role is filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filling {
    /// Whoever sits there, from 1.
    Seat(u16),
    /// The council's chair; without one, who sits in the first seat.
    Chair,
    /// Those whose answers cost least.
    Cheapest(Many),
    /// Those whose answers cost most.
    Strongest(Many),
    /// All that know something; without any, the next free seat.
    Topic(String),
    /// Everybody.
    All,
    /// Everybody that has no role so far; all, where nobody is left.
    Others,
    /// The next free seats.
    Any(Many),
    /// A member.
    Member(MemberId),
}

/// How many members, and how different they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Many {
    /// So many.
    pub count: u16,
    /// Whether their models are to be of different families, as far as there are any.
    pub families: bool,
}

impl Filling {
    /// What a role may be, for people.
    pub const FORMS: &'static str = "\"seat N\", \"chair\", \"cheapest N\", \"strongest N\", \"any N\" (each of these three with \" of different \
                                     families\" where you like), \"topic NAME\", \"all\", \"others\", a member, or a list of such";

    /// How many members it takes at the most, whatever the council; `None` where that depends on it.
    pub fn most(&self) -> Option<usize> {
        match self {
            Self::Seat(_) | Self::Chair | Self::Member(_) => Some(1),
            Self::Cheapest(many) | Self::Strongest(many) | Self::Any(many) => Some(many.count.into()),
            Self::Topic(_) | Self::All | Self::Others => None,
        }
    }
}

impl FromStr for Filling {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (form, families) = match words.as_slice() {
            [form @ .., "of", "different", "families"] => (form, true),
            form => (form, false),
        };
        let count = |text: &str| {
            let count = text.parse().ok().filter(|count| (1..=MOST).contains(count));
            count.ok_or_else(|| format!("takes a number from 1 to {MOST}, for example \"{} 2\"", form[0]))
        };
        let many = |count| Many { count, families };
        let filling = match form {
            ["cheapest"] => Self::Cheapest(many(1)),
            ["cheapest", number] => Self::Cheapest(many(count(number)?)),
            ["strongest"] => Self::Strongest(many(1)),
            ["strongest", number] => Self::Strongest(many(count(number)?)),
            ["any"] => Self::Any(many(1)),
            ["any", number] => Self::Any(many(count(number)?)),
            _ if families => {
                return Err("only cheapest N, strongest N and any N can be of different families".to_owned());
            }
            ["seat", number] => Self::Seat(count(number)?),
            ["chair"] => Self::Chair,
            ["all"] => Self::All,
            ["others"] => Self::Others,
            ["topic", _, ..] => Self::Topic(form[1..].join(" ")),
            [form @ ("cheapest" | "strongest" | "any"), ..] => {
                return Err(format!(
                    "is no way to fill a role; say \"{form} 2\" or \"{form} 2 of different families\""
                ));
            }
            ["seat"] => return Err("lacks its number; say \"seat 1\"".to_owned()),
            ["topic"] => return Err("lacks its name; say \"topic law\"".to_owned()),
            _ => Self::Member(MemberId(text.trim().to_owned())),
        };
        Ok(filling)
    }
}

impl fmt::Display for Filling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let many = |f: &mut fmt::Formatter<'_>, word: &str, many: &Many| {
            write!(f, "{word} {}", many.count)?;
            if many.families { f.write_str(" of different families") } else { Ok(()) }
        };
        match self {
            Self::Seat(seat) => write!(f, "seat {seat}"),
            Self::Chair => f.write_str("chair"),
            Self::Cheapest(it) => many(f, "cheapest", it),
            Self::Strongest(it) => many(f, "strongest", it),
            Self::Any(it) => many(f, "any", it),
            Self::Topic(name) => write!(f, "topic {name}"),
            Self::All => f.write_str("all"),
            Self::Others => f.write_str("others"),
            Self::Member(name) => f.write_str(&name.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_reads_back_and_what_is_none_says_what_would_be_one() {
        for text in [
            "seat 3",
            "chair",
            "cheapest 2 of different families",
            "strongest 1",
            "any 2",
            "topic criminal law",
            "all",
            "others",
            "fenna",
            "Anna Lind",
        ] {
            let filling: Filling = text.parse().unwrap();
            assert_eq!(filling.to_string(), text);
        }
        assert_eq!("cheapest".parse::<Filling>().unwrap().to_string(), "cheapest 1");
        for bad in [
            "seat",
            "seat 0",
            "seat x",
            "topic",
            "any 0",
            "cheapest 99",
            "cheapest 2 of same families",
            "all of different families",
        ] {
            assert!(bad.parse::<Filling>().is_err(), "{bad}");
        }
    }
}
