//! Graded answers: the marks in titles and tabs, the box that asks, and a debate of which the outcome is known.

use crate::grades::go;
use crate::played::{ANSWERED, PLAYED, press, seen};
use synod::app::App;

const ALL: u64 = 3_600_000;

pub(super) fn states() -> Vec<(&'static str, App)> {
    let mut graded = seen(&ANSWERED, ALL);
    for keys in ["1 * w", "2 * w", "3 * r", "4 * b"] {
        go(&mut graded, keys);
    }
    let mut asked = seen(&ANSWERED, ALL);
    go(&mut asked, "2 * w");
    press(&mut asked, "*");
    let mut debate = seen(&PLAYED.0, ALL);
    go(&mut debate, "* r");
    press(&mut debate, "D h h");
    go(&mut debate, "* w");
    vec![("graded", graded), ("grade-box", asked), ("graded-debate", debate)]
}
