//! An open code fence: what its lines are, and which one closes it.

use super::outline::What;

/// An open code fence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fence {
    mark: u8,
    len: usize,
    /// Whether the opening line is still to come.
    opening: bool,
    /// Whether the text goes on inside a line that was cut.
    mid_line: bool,
}

impl Fence {
    /// The fence that a text opens with its first line.
    pub(super) fn open(text: &str) -> Self {
        let bytes = text.trim_start_matches(' ').as_bytes();
        let mark = bytes.first().copied().unwrap_or(b'`');
        let len = bytes.iter().take_while(|&&byte| byte == mark).count();
        Self { mark, len, opening: true, mid_line: false }
    }

    /// What a line of it is, and the fence behind the line. `cut` says that the line goes on.
    pub(super) fn line(mut self, line: &str, cut: bool) -> (What, Option<Self>) {
        let what = match () {
            () if self.opening => What::Opening,
            () if !self.mid_line && self.is_closed_by(line) => What::Closing,
            () => What::Code,
        };
        self.opening = false;
        self.mid_line = cut;
        (what, Some(self).filter(|_| what != What::Closing))
    }

    fn is_closed_by(self, line: &str) -> bool {
        let bare = line.trim_start_matches(' ');
        let marks = bare.bytes().take_while(|&byte| byte == self.mark).count();
        line.len() - bare.len() < 4 && marks >= self.len && bare[marks..].trim().is_empty()
    }
}
