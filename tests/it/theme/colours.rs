//! Colours as they are seen: the xterm palette, contrast as the WCAG define it, and how colours look to people who can't
//! tell all of them apart.

/// Linear red, green and blue, from 0 to 1.
pub type Light = [f64; 3];

/// What a kind of sight makes of linear light.
pub type Sight = [[f64; 3]; 3];

/// Full colour sight, and dichromatic sight by Machado, Oliveira and Fernandes, "A Physiologically-based Model for
/// Simulation of Color Vision Deficiency", IEEE Transactions on Visualization and Computer Graphics 15(6), 2009: their
/// matrices of severity 1.0, for linear RGB.
pub const SIGHTS: [(&str, Sight); 4] = [
    ("full sight", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protanopia",
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
    ),
    (
        "deuteranopia",
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ),
    (
        "tritanopia",
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ),
];

/// What xterm shows for its first sixteen colours, as 0xrrggbb.
const SIXTEEN: [u32; 16] = [
    0x00_0000, 0xcd_0000, 0x00_cd00, 0xcd_cd00, 0x00_00ee, 0xcd_00cd, 0x00_cdcd, 0xe5_e5e5, 0x7f_7f7f,
    0xff_0000, 0x00_ff00, 0xff_ff00, 0x5c_5cff, 0xff_00ff, 0x00_ffff, 0xff_ffff,
];

/// A colour of the xterm palette.
pub fn light(index: u8) -> Light {
    let step = |place: u8| if place == 0 { 0 } else { 55 + 40 * place };
    let [red, green, blue] = match index {
        0..16 => {
            let [_, channels @ ..] = SIXTEEN[usize::from(index)].to_be_bytes();
            channels
        }
        16..232 => [(index - 16) / 36, (index - 16) / 6 % 6, (index - 16) % 6].map(step),
        232.. => [8 + 10 * (index - 232); 3],
    };
    [red, green, blue].map(|channel| {
        let channel = f64::from(channel) / 255.0;
        if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
    })
}

/// The contrast of two colours of the palette by WCAG 2.2, from 1 to 21.
pub fn contrast(a: u8, b: u8) -> f64 {
    let luminance = |index| {
        let [red, green, blue] = light(index);
        0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05
    };
    let (a, b): (f64, f64) = (luminance(a), luminance(b));
    a.max(b) / a.min(b)
}

/// A colour of the palette as a kind of sight has it.
pub fn seen_by(index: u8, sight: &Sight) -> Light {
    let light = light(index);
    sight.map(|row| row.iter().zip(light).map(|(part, channel)| part * channel).sum::<f64>().clamp(0.0, 1.0))
}

/// How far two colours lie apart: CIE76, the Euclidean distance in CIELAB under D65.
pub fn distance(a: Light, b: Light) -> f64 {
    let (a, b) = (lab(a), lab(b));
    a.iter().zip(b).map(|(one, other)| (one - other).powi(2)).sum::<f64>().sqrt()
}

fn lab([red, green, blue]: Light) -> [f64; 3] {
    let f = |t: f64| if t > 216.0 / 24389.0 { t.cbrt() } else { (24389.0 / 27.0 * t + 16.0) / 116.0 };
    let x = f((0.412_456_4 * red + 0.357_576_1 * green + 0.180_437_5 * blue) / 0.950_47);
    let y = f(0.212_672_9 * red + 0.715_152_2 * green + 0.072_175_0 * blue);
    let z = f((0.019_333_9 * red + 0.119_192_0 * green + 0.950_304_1 * blue) / 1.088_83);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

#[test]
fn known_values_come_out() {
    let near = |a: f64, b: f64| (a - b).abs() < 0.1;
    assert!(near(contrast(16, 231), 21.0));
    // #767676 on white is known to have 4.54:1; the palette's nearest greys lie on both sides of it.
    assert!(contrast(243, 231) > 4.54 && contrast(244, 231) < 4.54);
    assert!(
        near(lab(light(196))[0], 53.2) && near(lab(light(196))[1], 80.1) && near(lab(light(196))[2], 67.2)
    );
    // Red and green of the same lightness: far apart in full sight, near in deuteranopia.
    let far = |sight: &Sight| distance(seen_by(160, sight), seen_by(64, sight));
    assert!(far(&SIGHTS[0].1) > 3.0 * far(&SIGHTS[2].1));
}
