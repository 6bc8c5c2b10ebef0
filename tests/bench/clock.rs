//! Processor time of this thread, and how a list of it is printed. Nothing is judged here.

use rustix::time::{ClockId, clock_gettime};

/// What a frame may cost, in milliseconds: sixty a second.
const FRAME: f64 = 16.0;

/// Milliseconds of processor time this thread has used.
pub fn cpu() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

/// What some work takes, in milliseconds.
pub fn taken(work: impl FnOnce()) -> f64 {
    let begun = cpu();
    work();
    cpu() - begun
}

/// One line: the median, the 99th percentile and the longest, and how many were too long.
pub fn print(name: &str, mut spent: Vec<f64>) {
    spent.sort_by(f64::total_cmp);
    let at = |share: f64| spent.get(((spent.len() as f64 * share) as usize).min(spent.len() - 1));
    let (median, late, most) = (at(0.5), at(0.99), spent.last());
    let over = spent.iter().filter(|time| **time > FRAME).count();
    let show = |time: Option<&f64>| time.copied().unwrap_or_default();
    println!(
        "  {name:<52} {:6.2} {:7.2} {:7.2} {:6} {over:5}",
        show(median),
        show(late),
        show(most),
        spent.len()
    );
}

/// The head of such lines.
pub fn head(title: &str) {
    println!("{title:<54} {:>6} {:>7} {:>7} {:>6} {:>5}", "median", "99 %", "most", "frames", ">16ms");
}
