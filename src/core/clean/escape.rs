//! Where a terminal escape sequence ends: a small automaton fed one character at a time. It gives no sequence a meaning.

/// A sequence is given up after this many bytes: what follows is text again, so one stray opener can't hide an answer.
const LONGEST: usize = 4096;

/// A sequence that has begun and not ended.
#[derive(Clone, Debug)]
pub(super) struct Sequence {
    kind: Kind,
    len: usize,
    body: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// ESC alone so far.
    Escape,
    /// ESC and intermediate characters.
    Intermediate,
    Csi,
    /// OSC, and whether its last character was an ESC.
    Osc(bool),
    /// DCS, SOS, PM or APC, and whether its last character was an ESC.
    Text(bool),
}

/// What a character did to the sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It belongs to the sequence, which goes on.
    More,
    /// It was the last of the sequence.
    End,
    /// The sequence ended before it, and it counts afresh.
    Before,
    /// The sequence ended at the ESC before it, which opens another one.
    AtEscape,
    /// The sequence is too long to be one; it is dropped so far.
    TooLong,
}

impl Sequence {
    /// Begins at a character of class `Opener`.
    pub(super) fn begin(opener: char) -> Self {
        let kind = match opener {
            '\u{9b}' => Kind::Csi,
            '\u{9d}' => Kind::Osc(false),
            '\u{90}' | '\u{98}' | '\u{9e}' | '\u{9f}' => Kind::Text(false),
            _ => Kind::Escape,
        };
        Self { kind, len: 0, body: String::new() }
    }

    /// Feeds the next character.
    pub(super) fn feed(&mut self, c: char) -> Step {
        self.len += c.len_utf8();
        if self.len > LONGEST {
            return Step::TooLong;
        }
        match self.kind {
            Kind::Escape => self.after_escape(c),
            Kind::Intermediate => match c {
                ' '..='/' => Step::More,
                '0'..='~' => Step::End,
                _ => Step::Before,
            },
            Kind::Csi => match c {
                ' '..='?' => Step::More,
                '@'..='~' => Step::End,
                _ => Step::Before,
            },
            Kind::Osc(escaped) => self.in_string(c, escaped, Kind::Osc),
            Kind::Text(escaped) => self.in_string(c, escaped, Kind::Text),
        }
    }

    fn after_escape(&mut self, c: char) -> Step {
        self.kind = match c {
            '[' => Kind::Csi,
            ']' => Kind::Osc(false),
            'P' | 'X' | '^' | '_' => Kind::Text(false),
            ' '..='/' => Kind::Intermediate,
            '0'..='~' => return Step::End,
            _ => return Step::Before,
        };
        Step::More
    }

    fn in_string(&mut self, c: char, escaped: bool, kind: fn(bool) -> Kind) -> Step {
        match c {
            '\\' if escaped => Step::End,
            _ if escaped => Step::AtEscape,
            '\u{7}' | '\u{9c}' | '\u{18}' | '\u{1a}' => Step::End,
            '\u{1b}' => {
                self.kind = kind(true);
                Step::More
            }
            // A terminal would swallow lines without end here. All text is filtered anyway, so showing it is safe.
            '\n' | '\r' | '\u{80}'..='\u{9f}' => Step::Before,
            _ => {
                if matches!(self.kind, Kind::Osc(_)) {
                    self.body.push(c);
                }
                Step::More
            }
        }
    }

    /// The target, if this is a whole hyperlink (OSC 8); an empty target closes one.
    pub(super) fn link(&self) -> Option<&str> {
        self.body.strip_prefix("8;")?.split_once(';').map(|(_, target)| target)
    }
}
