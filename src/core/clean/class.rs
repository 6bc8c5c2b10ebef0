//! What one character is to the sanitiser: a table of code points, with no state and no policy.

use unicode_normalization::char::is_combining_mark;

/// The kinds of character the sanitiser tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Shown as it is.
    Plain,
    /// LF, and everything that means a new line.
    Newline,
    /// CR, a new line of its own unless an LF follows.
    Return,
    /// TAB.
    Tab,
    /// ESC or an 8-bit character that opens a sequence.
    Opener,
    /// C0, C1 or DEL.
    Control,
    /// Draws on the character before it: combining marks, Hangul vowels and finals, skin tones.
    Extender,
    /// U+FE0E and U+FE0F, which choose between text and picture.
    Presentation,
    /// A Mongolian letter-form selector.
    LetterForm,
    /// U+200C or U+200D.
    Joiner,
    /// A tag character, which can carry hidden ASCII.
    Tag,
    /// Invisible, reordering, private or never a character.
    Hidden,
}

/// Sorts a character.
pub(super) fn class(c: char) -> Class {
    match c {
        ' '..='~' => Class::Plain,
        '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => Class::Newline,
        '\r' => Class::Return,
        '\t' => Class::Tab,
        '\u{1b}' | '\u{90}' | '\u{98}' | '\u{9b}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => Class::Opener,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => Class::Control,
        '\u{200c}' | '\u{200d}' => Class::Joiner,
        '\u{e0000}'..='\u{e007f}' => Class::Tag,
        '\u{fe0e}' | '\u{fe0f}' => Class::Presentation,
        '\u{180b}'..='\u{180d}' | '\u{180f}' => Class::LetterForm,
        _ if is_hidden(c) => Class::Hidden,
        _ if is_extender(c) => Class::Extender,
        _ => Class::Plain,
    }
}

fn is_hidden(c: char) -> bool {
    matches!(c,
        // Bidi controls: they reorder what a person reads, whatever the script.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        // Zero width and other default-ignorable characters.
        | '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}'
        | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        // Variation selectors other than the two that emoji need.
        | '\u{fe00}'..='\u{fe0d}' | '\u{e0080}'..='\u{e0fff}'
        // Private use: every font shows something else.
        | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}'
        | '\u{fdd0}'..='\u{fdef}')
        || (u32::from(c) & 0xfffe) == 0xfffe
}

fn is_extender(c: char) -> bool {
    // Hangul vowels and finals are letters to Unicode, but without end they pile up on one cell like marks.
    matches!(c, '\u{1161}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7fb}') || is_skin_tone(c) || is_combining_mark(c)
}

/// Says whether the character is one of the five skin tones.
pub(super) fn is_skin_tone(c: char) -> bool {
    matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}

/// Says whether the character can stand on either side of a joiner in an emoji.
pub(super) fn is_picture(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
        && !is_skin_tone(c)
}

/// Says whether the character belongs to a script in which a joiner changes how its neighbours are written.
pub(super) fn is_joining_script(c: char) -> bool {
    matches!(c,
        '\u{600}'..='\u{77f}' | '\u{7c0}'..='\u{7ff}' | '\u{870}'..='\u{dff}' | '\u{f00}'..='\u{109f}'
        | '\u{1780}'..='\u{18af}' | '\u{1b00}'..='\u{1b7f}' | '\u{a980}'..='\u{a9df}'
        | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
        && (c.is_alphabetic() || is_combining_mark(c))
}

/// Says whether a base can take one more character that draws on it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cluster {
    /// The last character shown in this line.
    last: Option<char>,
    /// How many characters were drawn on the base so far.
    marks: u8,
    /// How many pictures are already joined to the base.
    joins: u8,
    picture: bool,
}

impl Cluster {
    /// Notes a character that was shown.
    pub(super) fn show(&mut self, c: char) {
        if c == '\n' {
            *self = Self::default();
            return;
        }
        match class(c) {
            Class::Extender | Class::Presentation | Class::LetterForm => self.marks += 1,
            Class::Joiner => self.joins += u8::from(self.picture),
            _ => {
                let joined = self.last == Some('\u{200d}') && self.picture && is_picture(c);
                self.joins = if joined { self.joins } else { 0 };
                self.marks = 0;
                self.picture = is_picture(c);
            }
        }
        self.last = Some(c);
    }

    /// Says whether a character that draws on its base may be shown here.
    pub(super) fn admits(self, c: char) -> bool {
        let Some(last) = self.last.filter(|last| !last.is_whitespace()) else { return is_skin_tone(c) };
        match class(c) {
            // All five tones in a row are a legend, not an attack.
            Class::Extender => self.marks < if is_skin_tone(c) { 5 } else { 4 },
            // After a letter it shows nothing and only carries a hidden bit.
            Class::Presentation => self.marks == 0 && !last.is_alphabetic(),
            Class::LetterForm => self.marks == 0 && matches!(last, '\u{1820}'..='\u{18aa}'),
            _ => true,
        }
    }

    /// Says whether `joiner` does its work between what was shown and `next`.
    pub(super) fn joins(self, joiner: char, next: char) -> bool {
        let Some(last) = self.last else { return false };
        let pictures = joiner == '\u{200d}' && self.picture && is_picture(next) && self.joins < 4;
        let letters = is_joining_script(last) && is_joining_script(next) && !is_combining_mark(next);
        pictures || letters
    }
}
