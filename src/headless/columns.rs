//! Text in columns of a terminal that is only written to. What is said is not its business.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// A text as far as it fits in so many columns.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > columns {
            break;
        }
        out.push(c);
    }
    out + "…"
}
