//! Which claims lie near each other by their vectors. Not where the vectors come from, and not what marks come of it.

use super::Comparison;
use super::undecided::{Open, mutual};
use crate::core::{Label, Labelled, Thresholds};

/// The links that vectors show beyond the words: pairs of different answers, each the other's nearest there, that the words
/// leave open. `vectors` stand in the order of `claims`; one that is missing or of another length is near to nothing.
pub fn links(
    comparison: &Comparison,
    claims: &[Open],
    vectors: &[Option<Vec<f32>>],
    at: Thresholds,
) -> Vec<Labelled> {
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
        links.push(Labelled { a: a.words.clone(), b: b.words.clone(), label, cosine });
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

#[cfg(test)]
mod tests {
    use super::*;

    const LORRY: &str = "Heavy lorries must keep off the old bridge.";
    const TRUCK: &str = "Big trucks are banned from the crossing.";
    const SPEED: &str = "The speed limit on the bridge is 30 km/h.";
    const FAST: &str = "The speed limit on the bridge is 50 km/h.";

    fn found(texts: &[&str], vectors: &[&[f32]]) -> Vec<(String, String, Label)> {
        let mut comparison = Comparison::new();
        for (slot, text) in texts.iter().enumerate() {
            comparison.set(slot, text, true);
        }
        let claims = comparison.open_claims();
        let vectors: Vec<Option<Vec<f32>>> =
            vectors.iter().map(|it| (!it.is_empty()).then(|| it.to_vec())).collect();
        let links = links(&comparison, &claims, &vectors, Thresholds::default());
        links.into_iter().map(|link| (link.a, link.b, link.label)).collect()
    }

    fn link(a: &str, b: &str, label: Label) -> (String, String, Label) {
        (a.to_owned(), b.to_owned(), label)
    }

    #[test]
    fn near_vectors_link_what_the_words_leave_open() {
        let texts = [LORRY, TRUCK];
        assert_eq!(found(&texts, &[&[2.0, 0.0], &[1.0, 0.1]]), [link(LORRY, TRUCK, Label::Same)]);
        assert_eq!(found(&texts, &[&[1.0, 0.0], &[1.0, 0.6]]), [link(LORRY, TRUCK, Label::Close)]);
        assert_eq!(found(&texts, &[&[1.0, 0.0], &[0.1, 1.0]]), []);
    }

    #[test]
    fn vectors_never_go_over_a_conflict_and_repeat_no_agreement() {
        assert_eq!(found(&[SPEED, FAST], &[&[1.0], &[1.0]]), []);
        assert_eq!(found(&[SPEED, SPEED], &[&[1.0], &[1.0]]), []);
    }

    #[test]
    fn each_is_the_others_nearest_and_bad_vectors_are_near_to_nothing() {
        let two = format!("{TRUCK} Weight is what the owner worries about.");
        let texts = [LORRY, two.as_str()];
        let near: [&[f32]; 3] = [&[1.0, 0.0], &[1.0, 0.1], &[1.0, 0.3]];
        assert_eq!(found(&texts, &near), [link(LORRY, TRUCK, Label::Same)]);
        let bad: [&[f32]; 4] = [&[], &[0.0, 0.0], &[1.0], &[f32::MAX, f32::NAN]];
        for vector in bad {
            assert_eq!(found(&[LORRY, TRUCK], &[&[1.0, 0.0], vector]), [], "{vector:?}");
        }
    }
}
