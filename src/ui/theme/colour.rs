//! Colours as numbers of the xterm palette: what a theme may call one, how it looks there, and which of the terminal's
//! own sixteen comes nearest. Pure; which colour is for what is not known here.

use crate::core::nearest;

/// What the terminal's own sixteen colours are called, in the order of their numbers.
const NAMES: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright-black",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
];

/// What xterm shows for its first sixteen colours. Other terminals have their own.
const SIXTEEN: [[u8; 3]; 16] = [
    [0, 0, 0],
    [205, 0, 0],
    [0, 205, 0],
    [205, 205, 0],
    [0, 0, 238],
    [205, 0, 205],
    [0, 205, 205],
    [229, 229, 229],
    [127, 127, 127],
    [255, 0, 0],
    [0, 255, 0],
    [255, 255, 0],
    [92, 92, 255],
    [255, 0, 255],
    [0, 255, 255],
    [255, 255, 255],
];

/// The steps of each channel in the colour cube, 16 to 231.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// What a colour may be.
pub(super) const ALLOWED: &str = "black, red, green, yellow, blue, magenta, cyan, white, each also as bright-..., or a \
                                  number from 0 to 255, or \"#rrggbb\"";

/// Red, green and blue of a colour of the xterm palette.
fn rgb(index: u8) -> [u8; 3] {
    match index {
        0..16 => SIXTEEN[usize::from(index)],
        16..232 => {
            let cube = usize::from(index - 16);
            [STEPS[cube / 36], STEPS[cube / 6 % 6], STEPS[cube % 6]]
        }
        232.. => [8 + 10 * (index - 232); 3],
    }
}

/// How far two colours lie apart for the eye, squared: red and blue weigh more or less with how red both are (the
/// "redmean" approximation of CIE Luv).
fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    let [red, green, blue] = [0, 1, 2].map(|at| u32::from(a[at].abs_diff(b[at])).pow(2));
    let mean = u32::midpoint(u32::from(a[0]), u32::from(b[0]));
    ((512 + mean) * red) / 256 + 4 * green + ((767 - mean) * blue) / 256
}

fn nearest_of(wanted: [u8; 3], mut among: impl Iterator<Item = u8>) -> u8 {
    let first = among.next().unwrap_or_default();
    let far = |index: u8| distance(rgb(index), wanted);
    among.fold(first, |best, index| if far(index) < far(best) { index } else { best })
}

/// The one of the terminal's own sixteen colours that comes nearest, as xterm shows them.
pub(super) fn of_sixteen(index: u8) -> u8 {
    if index < 16 { index } else { nearest_of(rgb(index), 0..16) }
}

/// The same for what lies under a few words: one of the first eight, since not every terminal can show more there.
pub(super) fn background_of_sixteen(index: u8) -> u8 {
    if index < 16 { index } else { nearest_of(rgb(index), 0..8) }
}

/// What stands in for the background of everything: black or white, which every terminal has.
pub(super) fn ground_of_sixteen(index: u8) -> u8 {
    let [black, white] = [0, 15];
    if contrast(index, black) > contrast(index, white) { white } else { black }
}

/// The nearest of sixteen for text on a background, of which the second is shown for the first. It keeps the contrast that
/// it had, as far as that is needed: where no near colour does, it becomes black or white.
pub(super) fn text_of_sixteen(index: u8, background: (u8, u8)) -> u8 {
    let (wanted, shown) = background;
    let needed = contrast(index, wanted).min(ENOUGH);
    if index < 16 {
        return index;
    }
    let readable: Vec<u8> = (0..16).filter(|near| contrast(*near, shown) >= needed).collect();
    if readable.is_empty() {
        15 - ground_of_sixteen(shown)
    } else {
        nearest_of(rgb(index), readable.into_iter())
    }
}

/// More contrast than this is not looked for.
const ENOUGH: f64 = 7.0;

/// The contrast of two colours as the WCAG define it, from 1 to 21.
fn contrast(a: u8, b: u8) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(index: u8) -> f64 {
    let linear = |channel: u8| {
        let channel = f64::from(channel) / 255.0;
        if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
    };
    let [red, green, blue] = rgb(index).map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// Reads the name of a colour: one of the sixteen, or `#rrggbb`, which stands for the nearest of the palette.
pub(super) fn named(name: &str) -> Result<u8, String> {
    if let Some(index) = NAMES.iter().position(|known| *known == name) {
        return Ok(index as u8);
    }
    let is_hex = |digits: &&str| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let hex = name.strip_prefix('#').filter(is_hex);
    if let Some(wanted) = hex.and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
        let [_, channels @ ..] = wanted.to_be_bytes();
        return Ok(nearest_of(channels, 16..=255));
    }
    Err(match nearest(name, &NAMES) {
        Some(near) => format!("no such colour; did you mean {near}?"),
        None => format!("no such colour; allowed: {ALLOWED}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_palette_is_xterms() {
        assert_eq!(rgb(16), [0, 0, 0]);
        assert_eq!(rgb(75), [95, 175, 255]);
        assert_eq!(rgb(231), [255, 255, 255]);
        assert_eq!(rgb(232), [8, 8, 8]);
        assert_eq!(rgb(255), [238, 238, 238]);
    }

    #[test]
    fn each_colour_of_the_palette_has_a_near_one_of_sixteen() {
        for index in 0..16 {
            assert_eq!(of_sixteen(index), index, "they stand for themselves");
        }
        for (index, name) in [
            (16, "black"),
            (234, "black"),
            (231, "bright-white"),
            (252, "white"),
            (244, "bright-black"),
            (196, "bright-red"),
            (124, "red"),
            (208, "yellow"),
            (28, "green"),
            (21, "blue"),
            (44, "cyan"),
        ] {
            assert_eq!(NAMES[usize::from(of_sixteen(index))], name, "{index}");
        }
    }

    #[test]
    fn text_stays_readable_on_its_background() {
        // Bright blue comes nearest to a light blue, but on black it is hard to read, and cyan is not.
        let named = |index: u8| NAMES[usize::from(index)];
        assert_eq!(named(of_sixteen(75)), "bright-blue");
        assert_eq!(named(text_of_sixteen(75, (234, 0))), "cyan");
        for (text, ground) in
            [(252, 234), (246, 234), (236, 255), (241, 255), (25, 255), (234, 146), (255, 61)]
        {
            for shown in 0..16 {
                let of = |text| contrast(text, shown);
                let near = text_of_sixteen(text, (ground, shown));
                let best = of(0).max(of(15));
                assert!(
                    of(near) >= contrast(text, ground).min(ENOUGH).min(best),
                    "{text} on {ground} as {shown}"
                );
            }
        }
        assert_eq!((ground_of_sixteen(234), ground_of_sixteen(255)), (0, 15));
        assert_eq!(text_of_sixteen(8, (0, 0)), 8, "who names one of the sixteen gets it");
    }

    #[test]
    fn a_colour_is_named_in_three_ways() {
        assert_eq!(named("red"), Ok(1));
        assert_eq!(named("bright-white"), Ok(15));
        assert_eq!(named("#5fafff"), Ok(75));
        assert_eq!(named("#5fb0fe"), Ok(75));
        assert_eq!(named("#1c1c1c"), Ok(234));
        assert!(named("bleu").unwrap_err().ends_with("did you mean blue?"));
        for odd in ["", "#5fafff0", "#12345", "#éé1", "#+12345", "lapis"] {
            assert!(named(odd).unwrap_err().contains("allowed: black"), "{odd}");
        }
    }
}
