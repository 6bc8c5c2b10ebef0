//! Which byte of the raw text became which byte of the clean text. It stores the differences only, so honest text costs nothing.

/// Raw bytes that became other (or no) clean bytes. Between two edits the texts are the same.
#[derive(Clone, Copy, Debug)]
struct Edit {
    raw: (usize, usize),
    clean: (usize, usize),
}

/// The edits, in order. No two touch.
#[derive(Clone, Debug, Default)]
pub(super) struct Offsets {
    edits: Vec<Edit>,
}

impl Offsets {
    /// Notes that a raw range became a clean range.
    pub(super) fn note(&mut self, raw: (usize, usize), clean: (usize, usize)) {
        match self.edits.last_mut() {
            Some(last) if last.raw.1 == raw.0 && last.clean.1 == clean.0 => {
                last.raw.1 = raw.1;
                last.clean.1 = clean.1;
            }
            _ => self.edits.push(Edit { raw, clean }),
        }
    }

    /// The clean offset of a raw one. Inside an edit it is the edit's start.
    pub(super) fn to_clean(&self, raw: usize) -> usize {
        let after = self.edits.partition_point(|edit| edit.raw.0 <= raw);
        match self.edits[..after].last() {
            None => raw,
            Some(edit) if raw < edit.raw.1 || raw == edit.raw.0 => edit.clean.0,
            Some(edit) => edit.clean.1 + (raw - edit.raw.1),
        }
    }

    /// The raw offset of a clean one: where the character shown there begins, or the edit that made it.
    pub(super) fn to_raw(&self, clean: usize) -> usize {
        let after = self.edits.partition_point(|edit| edit.clean.0 <= clean);
        match self.edits[..after].last() {
            None => clean,
            Some(edit) if clean < edit.clean.1 => edit.raw.0,
            Some(edit) => edit.raw.1 + (clean - edit.clean.1),
        }
    }

    /// How many edits are stored.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.edits.len()
    }
}
