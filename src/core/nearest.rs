//! Which of the words that are allowed a mistyped one stands for. It decides nothing: it is for the line that says so.

/// The allowed word that a mistyped one most likely stands for, in whatever case; `None` where none is near.
pub fn nearest<'w>(word: &str, allowed: &[&'w str]) -> Option<&'w str> {
    let word = word.to_lowercase();
    let far = |other: &str| strsim::damerau_levenshtein(&word, &other.to_lowercase());
    let (distance, near) = allowed.iter().map(|other| (far(other), *other)).min()?;
    (distance <= (word.chars().count().max(near.chars().count()) / 3).max(1)).then_some(near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_near() {
        assert_eq!(nearest("councl", &["council", "councils"]), Some("council"));
        assert_eq!(nearest("Provider", &["council", "providers"]), Some("providers"));
        assert_eq!(nearest("xyz", &["council", "providers"]), None);
        assert_eq!(nearest("x", &[]), None);
    }
}
