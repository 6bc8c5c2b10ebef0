//! How many colours a terminal shows, told from what it says of itself, and what becomes of a theme's colours there.

use super::colour;

/// How many colours there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// None: attributes alone.
    None,
    /// The terminal's own sixteen.
    Sixteen,
    /// The xterm palette of 256.
    #[default]
    Palette,
}

/// Terminals that show the xterm palette without `256color` in their names. Over SSH the name is all there is.
const PALETTE: [&str; 6] = ["alacritty", "contour", "foot", "ghostty", "kitty", "wezterm"];

impl Depth {
    /// What a terminal shows, by `TERM` and `COLORTERM`.
    pub fn of(term: Option<&str>, colorterm: Option<&str>) -> Self {
        let term = term.unwrap_or_default();
        let known = |part: &str| matches!(part, "256color" | "direct") || PALETTE.contains(&part);
        if colorterm.is_some() || term.split('-').any(known) { Self::Palette } else { Self::Sixteen }
    }

    /// What is shown for the background of everything.
    pub(super) fn ground(self, index: u8) -> Option<u8> {
        match self {
            Self::None => None,
            Self::Sixteen => Some(colour::ground_of_sixteen(index)),
            Self::Palette => Some(index),
        }
    }

    /// What is shown for a background under a few words.
    pub(super) fn background(self, index: u8) -> Option<u8> {
        match self {
            Self::None => None,
            Self::Sixteen => Some(colour::background_of_sixteen(index)),
            Self::Palette => Some(index),
        }
    }

    /// What is shown for text on a background, of which the second is shown for the first; without one it is the terminal's.
    pub(super) fn text(self, index: u8, background: Option<(u8, u8)>) -> Option<u8> {
        match (self, background) {
            (Self::None, _) => None,
            (Self::Sixteen, Some(background)) => Some(colour::text_of_sixteen(index, background)),
            (Self::Sixteen, None) => Some(colour::of_sixteen(index)),
            (Self::Palette, _) => Some(index),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_say_what_they_show() {
        for (term, colorterm, depth) in [
            (Some("xterm-256color"), None, Depth::Palette),
            (Some("tmux-256color"), None, Depth::Palette),
            (Some("xterm-direct"), None, Depth::Palette),
            (Some("xterm-kitty"), None, Depth::Palette),
            (Some("xterm"), Some("truecolor"), Depth::Palette),
            (Some("xterm"), None, Depth::Sixteen),
            (Some("screen"), None, Depth::Sixteen),
            (Some("linux"), None, Depth::Sixteen),
            (Some("barefoot"), None, Depth::Sixteen),
            (None, None, Depth::Sixteen),
        ] {
            assert_eq!(Depth::of(term, colorterm), depth, "{term:?} {colorterm:?}");
        }
    }
}
