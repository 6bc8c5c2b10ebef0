//! Telling a person who looks elsewhere that something is over, as their terminal knows how. Not when to.

use crate::core::clean;

/// The most characters of a message.
const LONGEST: usize = 200;

/// How a person wants to be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Notice {
    /// Not at all.
    #[default]
    Off,
    /// By the terminal's bell. tmux marks the window.
    Bell,
    /// By OSC 9: iTerm2, `WezTerm`, kitty, foot, Windows Terminal.
    ///
    /// tmux hands it on only with `set -g allow-passthrough on`.
    Osc9,
    /// By OSC 777: urxvt, foot, Ghostty, `WezTerm`. Within tmux as with OSC 9.
    Osc777,
}

impl Notice {
    /// The names of the ways, as the configuration has them.
    pub const NAMES: [&'static str; 4] = ["off", "bell", "osc9", "osc777"];

    /// The way of a name.
    pub fn named(name: &str) -> Option<Self> {
        let ways = [Self::Off, Self::Bell, Self::Osc9, Self::Osc777];
        Self::NAMES.iter().zip(ways).find_map(|(known, way)| (*known == name).then_some(way))
    }

    /// What to send to the terminal for a message, if anything.
    pub(super) fn sequence(self, message: &str, in_tmux: bool) -> Option<String> {
        let words: String = clean::line(message).chars().take(LONGEST).collect();
        let wrapped = |sequence: String| {
            if in_tmux {
                format!("\x1bPtmux;{}\x1b\\", sequence.replace('\x1b', "\x1b\x1b"))
            } else {
                sequence
            }
        };
        match self {
            Self::Off => None,
            Self::Bell => Some("\x07".to_owned()),
            // A message that began with a number would be one of ConEmu's commands.
            Self::Osc9 => Some(wrapped(format!("\x1b]9;synod: {words}\x07"))),
            Self::Osc777 => Some(wrapped(format!("\x1b]777;notify;synod;{}\x07", words.replace(';', ",")))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_has_its_sequence_and_no_message_gets_out_of_it() {
        let hostile = "4;done\x07\x1b]52;c;eA==\x07\nand\u{202e} more";
        let sent = |name: &str, tmux| Notice::named(name).unwrap().sequence(hostile, tmux);
        assert_eq!(sent("off", false), None);
        assert_eq!(sent("bell", true).unwrap(), "\x07");
        assert_eq!(sent("osc9", false).unwrap(), "\x1b]9;synod: 4;done␛ and more\x07");
        assert_eq!(sent("osc777", false).unwrap(), "\x1b]777;notify;synod;4,done␛ and more\x07");
        assert_eq!(
            sent("osc9", true).unwrap(),
            "\x1bPtmux;\x1b\x1b]9;synod: 4;done␛ and more\x07\x1b\\",
            "tmux takes the envelope off"
        );
        let long = Notice::Osc9.sequence(&"x".repeat(5000), false).unwrap();
        assert!(long.len() < 300, "{}", long.len());
        assert_eq!(Notice::named("loud"), None);
    }
}
