//! The sample configuration: as documentation, and as the file that someone begins with, in which nothing is set yet.

/// A configuration with every key in it, explained.
pub const SAMPLE: &str = include_str!("../../assets/config.sample.toml");

/// What stands above it in a file that someone begins with.
const ABOVE: &str = "\
# Nothing is set here yet: synod behaves as without this file. A # with no blank after it stands before a setting; take
# it away, in all lines of the setting, to make it count. synod config check tells what is wrong.
#
";

/// The sample with every setting commented out.
pub fn to_begin_with() -> String {
    let line = |line: &str| {
        let text = line.trim_start();
        let mark = if text.is_empty() || text.starts_with('#') { "" } else { "#" };
        format!("{}{mark}{text}\n", &line[..line.len() - text.len()])
    };
    ABOVE.chars().chain(SAMPLE.lines().map(line).collect::<String>().chars()).collect()
}
