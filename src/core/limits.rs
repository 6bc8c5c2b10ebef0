//! How long a call may take and how many of an endpoint run at once. The engine keeps to it; the configuration says it.

/// How long a call may take, in seconds, and how many of them there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many calls of an endpoint run at once; the others wait for their turn.
    pub concurrent: usize,
    /// Whether that was said, and is not just what is usual.
    pub said: bool,
    /// Until the first word of the answer or of the thinking before it.
    pub first: u32,
    /// Without any sign of life.
    pub idle: u32,
    /// For the whole answer.
    pub total: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { concurrent: 8, said: false, first: 600, idle: 300, total: 3600 }
    }
}

impl Limits {
    /// What holds where nothing was said: a server on this machine may have a model to load first.
    pub fn usual(loopback: bool) -> Self {
        let usual = Self::default();
        if loopback { Self { idle: 600, ..usual } } else { usual }
    }
}
