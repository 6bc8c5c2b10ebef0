//! One growing text as lines of one width, laid out where it is looked at: what is in view at once, the rest bit by bit.
//!
//! [`outline`] cuts the text into parts that can't change any more, once for all widths; [`layout`] draws the parts that are in
//! view and counts the lines of the others; [`view`] finds the lines of a view. While a text isn't cut up as far as the view, a
//! [`stand_in`] is shown, which begins at a place near it. All of that is paid from a [`Budget`], so that no frame waits for a
//! long text.
//!
//! It does no drawing, and it expects text that passed `core::clean`.

mod fence;
mod layout;
mod outline;
mod stand_in;
mod view;

pub use super::wrap::{Line, Piece, Tone};
use layout::Layout;
use outline::{Cursor, Outline};
pub use outline::{Kind, LONGEST};
pub use view::{At, Seen, Want};

/// Widths whose counts are kept for one text: zoomed and not, with the drawer and without.
const WIDTHS: usize = 4;

/// What may still be laid out in a frame, in bytes of Markdown. What is in view is laid out even if nothing is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    left: usize,
}

impl Budget {
    /// What a frame may spend: 3 to 4 ms on a slow machine.
    const FRAME: usize = 32 * 1024;
    /// What is spent on texts that aren't in view, however dear those in view were: so it ends some day.
    const LEAST: usize = 4 * 1024;
    /// What a block costs beside its bytes.
    const BLOCK: usize = 24;
    /// How many bytes are read, or broken into lines without markup, for the price of one that is drawn.
    const CHEAP: usize = 3;

    /// The budget of one frame.
    pub fn of_a_frame() -> Self {
        Self { left: Self::FRAME }
    }

    /// Budget without end.
    pub fn endless() -> Self {
        Self { left: usize::MAX }
    }

    /// What is left for texts that aren't in view.
    pub fn of_the_rest(self) -> Self {
        Self { left: self.left.max(Self::LEAST) }
    }

    fn is_spent(self) -> bool {
        self.left == 0
    }

    fn read(&mut self, bytes: usize) {
        self.left = self.left.saturating_sub(bytes / Self::CHEAP + 1);
    }

    fn draw(&mut self, bytes: usize, plain: bool) {
        let cost = if plain { bytes / Self::CHEAP } else { bytes };
        self.left = self.left.saturating_sub(cost + Self::BLOCK);
    }

    /// Whether so many bytes can be read, although others want something too.
    fn reads(self, bytes: usize) -> bool {
        bytes / Self::CHEAP < self.left / 4
    }
}

/// The lines of one text.
#[derive(Clone, Debug)]
pub struct StreamText {
    kind: Kind,
    outline: Outline,
    /// By width, the one looked at last in front.
    layouts: Vec<Layout>,
    /// What is shown while the outline doesn't reach as far as the view.
    stand_in: Option<Box<Self>>,
}

impl Default for StreamText {
    fn default() -> Self {
        Self::new(Kind::Markdown)
    }
}

impl StreamText {
    /// Begins with no text.
    pub fn new(kind: Kind) -> Self {
        Self::begin(kind, Cursor::default())
    }

    fn begin(kind: Kind, cursor: Cursor) -> Self {
        Self { kind, outline: Outline::new(kind, cursor), layouts: Vec::new(), stand_in: None }
    }

    /// Takes the whole clean text so far and gives the lines in view. It starts over if the text isn't a longer form of the
    /// last one.
    pub fn look(&mut self, text: &str, finished: bool, want: &Want, budget: &mut Budget) -> Seen<'_> {
        let (from, to) = want.reach(text.len());
        let mut nothing = Budget::default();
        if budget.reads(to.saturating_sub(self.outline.cursor().at)) {
            self.read(text, finished, to, budget);
        } else {
            // What others see is dearer than what this one may see some day.
            self.read(text, finished, 0, &mut nothing);
        }
        self.layout(text, want.width, budget);
        if self.outline.reaches(to) {
            self.stand_in = None;
        } else {
            let begin = |there| stand_in::find(there, self.outline.cursor(), text, from, self.kind);
            let mut there = begin(self.stand_in.take());
            if !there.outline.update(text, finished, to, budget) {
                there = begin(None);
                there.outline.update(text, finished, to, budget);
            }
            let there = self.stand_in.insert(there);
            there.layout(text, want.width, budget);
            return view::see(&there.outline, &mut there.layouts[0], text, want, budget);
        }
        view::see(&self.outline, &mut self.layouts[0], text, want, budget)
    }

    /// Goes on with what isn't in view, at the width it was looked at last. True when there was something left to do: then
    /// another look may find more.
    pub fn go_on(&mut self, text: &str, finished: bool, budget: &mut Budget) -> bool {
        let Some(layout) = self.layouts.first_mut() else { return false };
        if self.outline.complete() && layout.count_on(&self.outline, text, &mut Budget::default()) {
            return false;
        }
        self.read(text, finished, 0, budget);
        if let Some(layout) = self.layouts.first_mut() {
            layout.update(&self.outline, text, budget);
            layout.count_on(&self.outline, text, budget);
        }
        true
    }

    /// All lines of a text, from top to bottom.
    pub fn lines(&mut self, text: &str, finished: bool, width: u16) -> Vec<&Line> {
        let mut budget = Budget::endless();
        let want = Want { width, height: usize::MAX, at: At::Row(0), under: 0 };
        self.look(text, finished, &want, &mut budget).lines
    }

    fn read(&mut self, text: &str, finished: bool, must: usize, budget: &mut Budget) {
        if !self.outline.update(text, finished, must, budget) {
            *self = Self::new(self.kind);
            self.outline.update(text, finished, must, budget);
        }
    }

    /// Brings the layout of a width to the front.
    fn layout(&mut self, text: &str, width: u16, budget: &mut Budget) {
        let width = usize::from(width).max(1);
        if let Some(at) = self.layouts.iter().position(|layout| layout.width == width) {
            self.layouts[..=at].rotate_right(1);
        } else {
            self.layouts.truncate(WIDTHS - 1);
            self.layouts.insert(0, Layout::new(width));
        }
        self.layouts[0].update(&self.outline, text, budget);
    }
}

#[cfg(test)]
mod first_sight;
#[cfg(test)]
mod tests;
