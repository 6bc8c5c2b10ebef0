//! Which claims lie near each other by their vectors. Not where the vectors come from, and not what marks come of it.

use super::Comparison;
use super::undecided::{Open, mutual};
use crate::core::{Label, Thresholds, Verdict};

/// The links that vectors show beyond the words: pairs of different answers, each the other's nearest there, that the words
/// leave open. `vectors` stand in the order of `claims`; one that is missing or of another length is near to nothing.
pub fn links(
    comparison: &Comparison,
    claims: &[Open],
    vectors: &[Option<Vec<f32>>],
    at: Thresholds,
) -> Vec<Verdict> {
    let units: Vec<Option<Vec<f32>>> = vectors.iter().map(|vector| unit(vector.as_deref()?)).collect();
    let mut near = Vec::new();
    for (x, a) in claims.iter().enumerate() {
        for (y, b) in claims.iter().enumerate().skip(x + 1).filter(|(_, b)| b.slot() != a.slot()) {
            let (Some(Some(u)), Some(Some(v))) = (units.get(x), units.get(y)) else { continue };
            if let Some(cosine) = dot(u, v).filter(|cosine| *cosine >= at.close) {
                // Both are named by their place in the list: that is what they are found again by.
                near.push(((a.slot(), x), (b.slot(), y), cosine));
            }
        }
    }
    near.sort_by(|x, y| y.2.total_cmp(&x.2).then_with(|| (x.0, x.1).cmp(&(y.0, y.1))));
    let mut links = Vec::new();
    for ((_, x), (_, y), cosine) in mutual(&near) {
        let (a, b) = (&claims[x], &claims[y]);
        if a.words == b.words || !comparison.leaves_open(a, b) {
            continue;
        }
        let label = if cosine >= at.same { Label::Same } else { Label::Close };
        let cosine = Some((cosine * 1e4).round() / 1e4);
        links.push(Verdict { a: a.words.clone(), b: b.words.clone(), label, cosine });
    }
    links
}

/// The vector at length one; `None` where it has no direction.
fn unit(vector: &[f32]) -> Option<Vec<f32>> {
    let length = vector.iter().map(|part| f64::from(*part).powi(2)).sum::<f64>().sqrt();
    (length.is_finite() && length > 0.0)
        .then(|| vector.iter().map(|part| (f64::from(*part) / length) as f32).collect())
}

fn dot(a: &[f32], b: &[f32]) -> Option<f64> {
    (a.len() == b.len()).then(|| a.iter().zip(b).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum())
}
