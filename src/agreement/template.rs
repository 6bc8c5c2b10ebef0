//! Where two claims of one wording differ: the words that one has in place of the other's, and words that changed places.
//! It names differences; whether they exclude each other is `stance`'s question.

use super::normalise::{Features, Word};
use super::senses::Sense;
use super::words::Class;

/// Longest claim that is laid beside another, in words: of long ones the wording says little.
const LONGEST: usize = 40;

/// Words that stand in each other's place: those of the first claim, those of the second. One of both may be empty.
pub type Swap<'a> = (Vec<&'a Word>, Vec<&'a Word>);

/// Two claims word by word.
pub struct Template<'a> {
    /// What differs, in order; words of next to no meaning are left out.
    pub differing: Vec<Swap<'a>>,
    /// Content words that both have in one order.
    pub common: usize,
    /// Whether the claims are in the same words but for two parts that changed places.
    pub turned: bool,
}

/// Lays two claims beside each other; `None` where one is too long.
pub fn template<'a>(a: &'a Features, b: &'a Features) -> Option<Template<'a>> {
    let (ours, theirs) = (spoken(a), spoken(b));
    if ours.len().max(theirs.len()) > LONGEST || ours.is_empty() || theirs.is_empty() {
        return None;
    }
    let pairs = common(&ours, &theirs);
    let mut differing = Vec::new();
    let mut from = (0, 0);
    for to in pairs.iter().copied().chain([(ours.len(), theirs.len())]) {
        if to != from {
            differing.push((ours[from.0..to.0].to_vec(), theirs[from.1..to.1].to_vec()));
        }
        from = (to.0 + 1, to.1 + 1);
    }
    let common = pairs.iter().filter(|(at, _)| ours[*at].class == Class::Content).count();
    Some(Template { differing, common, turned: turned(&ours, &theirs) })
}

/// A claim's words without those of next to no meaning.
fn spoken(features: &Features) -> Vec<&Word> {
    features.words.iter().filter(|word| !word.senses.has(Sense::Light)).collect()
}

/// A longest common subsequence, as places in both.
fn common(x: &[&Word], y: &[&Word]) -> Vec<(usize, usize)> {
    let mut best = vec![vec![0_u8; y.len() + 1]; x.len() + 1];
    for i in (0..x.len()).rev() {
        for j in (0..y.len()).rev() {
            best[i][j] = if x[i].hash == y[j].hash {
                best[i + 1][j + 1] + 1
            } else {
                best[i + 1][j].max(best[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < x.len() && j < y.len() {
        if x[i].hash == y[j].hash {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if best[i + 1][j] >= best[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// Whether `x` is "P X M Y S" and `y` is "P Y M X S", where the order says who does what: M holds a verb or an ordering
/// word, and no relation that holds both ways.
fn turned(x: &[&Word], y: &[&Word]) -> bool {
    let same = |a: &&Word, b: &&Word| a.hash == b.hash;
    if x.len() != y.len() {
        return false;
    }
    let head = x.iter().zip(y).take_while(|(a, b)| same(a, b)).count();
    let tail = x[head..].iter().rev().zip(y[head..].iter().rev()).take_while(|(a, b)| same(a, b)).count();
    let (x, y) = (&x[head..x.len() - tail], &y[head..y.len() - tail]);
    let equal = |a: &[&Word], b: &[&Word]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b));
    let content = |part: &[&Word]| part.iter().any(|word| word.class == Class::Content);
    let tells = |part: &[&Word]| {
        let both_ways = part.iter().any(|word| word.senses.has(Sense::Symmetric));
        let orders = part.iter().any(|word| word.senses.has(Sense::Orders));
        !both_ways && (content(part) || orders)
    };
    let long = x.len();
    (1..long).any(|first| {
        (1..long.saturating_sub(first)).any(|last| {
            let (xs, ys) = (&x[..first], &x[long - last..]);
            equal(ys, &y[..last])
                && equal(xs, &y[long - first..])
                && equal(&x[first..long - last], &y[last..long - first])
                && content(xs)
                && content(ys)
                && tells(&x[first..long - last])
        })
    })
}

/// Whether the two sides of a comparison or of an order in time changed places: "A is older than B", "B is younger than A".
pub fn crossed(a: &Features, b: &Features) -> bool {
    let pivot = |features: &Features| features.words.iter().position(|word| word.senses.has(Sense::Pivot));
    let (Some(x), Some(y)) = (pivot(a), pivot(b)) else { return false };
    let content = |words: &[Word]| -> Vec<u64> {
        words.iter().filter(|word| word.class == Class::Content).map(|word| word.hash).collect()
    };
    let (a0, a1, b0, b1) =
        (content(&a.words[..x]), content(&a.words[x..]), content(&b.words[..y]), content(&b.words[y..]));
    let shared = |one: &[u64], other: &[u64]| one.iter().filter(|hash| other.contains(hash)).count();
    let (there, back) = (shared(&a0, &b1), shared(&a1, &b0));
    there > 0 && back > 0 && there + back > shared(&a0, &b0) + shared(&a1, &b1)
}

/// Whether one of these words is the opposite of one of those; a word that only makes a bound counts for none unless asked.
pub fn opposed(a: &Features, x: &[&Word], y: &[&Word], bounds: bool) -> bool {
    let counts = |word: &&&Word| bounds || !word.senses.has(Sense::Bounds);
    x.iter().filter(counts).any(|word| {
        let from = a.opposites.partition_point(|(known, _)| *known < word.hash);
        let of_word = a.opposites[from..].iter().take_while(|(known, _)| *known == word.hash);
        of_word.into_iter().any(|(_, other)| y.iter().filter(counts).any(|theirs| theirs.hash == *other))
    })
}

/// Words as a person would be shown them.
pub fn say(words: &[&Word]) -> String {
    words.iter().map(|word| word.surface.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turned_in(a: &str, b: &str) -> bool {
        template(&Features::prose(a), &Features::prose(b)).is_some_and(|template| template.turned)
    }

    #[test]
    fn who_does_what_is_told_by_the_order() {
        assert!(turned_in("The wolf feeds the fox.", "The fox feeds the wolf."));
        assert!(turned_in("Pour the milk, then the tea.", "Pour the tea, then the milk."));
        assert!(!turned_in("The wolf meets the fox.", "The fox meets the wolf."));
        assert!(!turned_in("We saw a wolf and a fox.", "We saw a fox and a wolf."));
        assert!(!turned_in("The wolf feeds the fox.", "The fox is fed by the wolf."));
    }

    #[test]
    fn the_sides_of_a_comparison_are_told_apart() {
        let crossed = |a: &str, b: &str| crossed(&Features::prose(a), &Features::prose(b));
        assert!(crossed("Oak is harder than pine.", "Pine is softer than oak."));
        assert!(!crossed("Oak is harder than pine.", "Oak is softer than pine."));
        assert!(!crossed("Oak is hard.", "Pine is softer than oak."));
    }

    #[test]
    fn differences_are_named() {
        let (a, b) =
            (Features::prose("Wash the cup before tea."), Features::prose("Wash the cup after tea."));
        let template = template(&a, &b).unwrap();
        let shown: Vec<(String, String)> = template.differing.iter().map(|(x, y)| (say(x), say(y))).collect();
        assert_eq!(shown, [("before".to_owned(), "after".to_owned())]);
        assert_eq!(template.common, 3);
    }
}
