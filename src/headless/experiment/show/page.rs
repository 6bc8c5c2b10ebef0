//! A report as texts, tables and plots, before it is known where it is shown. It holds words; numbers were worded by
//! [`super::words`]. Text from outside is still raw here: each form cleans and escapes whatever it writes.

use super::plots::{Chart, Forest};

/// All that is shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    /// The experiment's name.
    pub title: String,
    /// In the order in which they are read.
    pub sections: Vec<Section>,
    /// The log, as a person would type it.
    pub log: String,
}

/// A part under a heading of its own.
#[derive(Clone, Debug, Default)]
pub(super) struct Section {
    /// Its name in links.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Clone, Debug)]
pub(super) enum Block {
    /// A heading within the section.
    Heading(String),
    /// The one thing to read if nothing else is.
    Lead(String),
    /// A paragraph.
    Para(String),
    /// Lines, each a thing of its own.
    List(Vec<String>),
    /// Names with what they are.
    Facts(Vec<(&'static str, Cell)>),
    /// A table.
    Table(Table),
    /// Plots of the same kind, beside each other where there is room.
    Charts(Vec<Chart>),
    /// Values with their intervals, one below the other.
    Forest(Forest),
}

/// Rows and columns. The first column names the row.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// What it shows.
    pub caption: String,
    /// What stands in each column.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Row>,
    /// Whether it is rather looked something up in than read: folded up, or cut, where that can be done.
    pub long: bool,
}

/// A column.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// Its title.
    pub title: String,
    /// How its cells stand.
    pub side: Side,
    /// Whether it is left out on a terminal that has no room for all columns beside each other.
    pub paper: bool,
}

/// How the cells of a column stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Words.
    Left,
    /// Numbers.
    Right,
    /// Text that may take several lines.
    Flow,
}

/// A row.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// By columns.
    pub cells: Vec<Cell>,
    /// Leads to the trials of all of it; empty where it has none.
    pub what: String,
}

/// A text that may lead somewhere.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    /// What is read.
    pub text: String,
    /// Leads to its trials; empty where it is not a figure, or where the row's word leads to them.
    pub what: String,
}

impl Cell {
    /// A text that leads to trials.
    pub fn of(text: impl Into<String>, what: &str) -> Self {
        Self { text: text.into(), what: what.to_owned() }
    }

    /// A number of things that happened.
    pub fn count(count: &crate::experiment::report::Count) -> Self {
        Self::of(super::words::count(count.count), &count.what)
    }

    /// A share of questions.
    pub fn share(share: &crate::experiment::report::Share) -> Self {
        Self::of(super::words::or_nothing(share.mean, super::words::percent), &share.what)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, what: String::new() }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Column {
    fn new(title: impl Into<String>, side: Side) -> Self {
        Self { title: title.into(), side, paper: false }
    }

    /// Of words.
    pub fn left(title: impl Into<String>) -> Self {
        Self::new(title, Side::Left)
    }

    /// Of numbers.
    pub fn right(title: impl Into<String>) -> Self {
        Self::new(title, Side::Right)
    }

    /// Of longer text.
    pub fn flow(title: impl Into<String>) -> Self {
        Self::new(title, Side::Flow)
    }

    /// Left out on a terminal where room is short.
    pub fn on_paper(self) -> Self {
        Self { paper: true, ..self }
    }
}

impl Table {
    /// A table of which nothing is known yet but its columns.
    pub fn new(caption: impl Into<String>, columns: Vec<Column>) -> Self {
        Self { caption: caption.into(), columns, ..Self::default() }
    }

    /// One that is rather looked something up in.
    pub fn long(self) -> Self {
        Self { long: true, ..self }
    }

    /// Adds a row that leads to trials by a word.
    pub fn row(&mut self, what: &str, cells: Vec<Cell>) {
        self.rows.push(Row { cells, what: what.to_owned() });
    }

    /// Whether any of its rows leads to trials as a whole.
    pub fn leads(&self) -> bool {
        self.rows.iter().any(|row| !row.what.is_empty())
    }

    /// The word of its first row that has one, as an example.
    pub fn example(&self) -> Option<&str> {
        let mut words = self.rows.iter().flat_map(|row| {
            std::iter::once(row.what.as_str()).chain(row.cells.iter().map(|cell| cell.what.as_str()))
        });
        words.find(|what| !what.is_empty())
    }

    /// Without the columns that say nothing in any row; the first always stays.
    pub fn dense(mut self) -> Self {
        let says = |place: usize| {
            let nothing = |cell: &Cell| matches!(cell.text.as_str(), "" | super::words::NOTHING);
            place == 0 || self.rows.iter().any(|row| row.cells.get(place).is_some_and(|cell| !nothing(cell)))
        };
        let keep: Vec<bool> = (0..self.columns.len()).map(says).collect();
        let mut kept = keep.iter();
        self.columns.retain(|_| kept.next().copied().unwrap_or(true));
        for row in &mut self.rows {
            let mut kept = keep.iter();
            row.cells.retain(|_| kept.next().copied().unwrap_or(true));
        }
        self
    }
}

impl Section {
    /// Adds a table, unless it has no rows.
    pub fn table(&mut self, table: Table) {
        if !table.rows.is_empty() {
            self.blocks.push(Block::Table(table.dense()));
        }
    }

    /// Adds a paragraph.
    pub fn para(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Para(text.into()));
    }

    /// Adds plots, unless there are none.
    pub fn charts(&mut self, charts: Vec<Chart>) {
        if !charts.is_empty() {
            self.blocks.push(Block::Charts(charts));
        }
    }
}
