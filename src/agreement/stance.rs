//! Whether two claims about one thing say the same or exclude each other, and by what. It never looks at more than the pair.

use super::normalise::{Denial, Features, Word};
use super::number::Number;
use super::score::{self, STRONG, WEAK, shared};
use super::senses::Sense;
use super::template;
use super::words::Class;
use super::{Reason, Relation};

/// What was found out about a pair of claims.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The gated score, 0 to 1.
    pub score: f64,
    /// How the two stand to each other.
    pub relation: Relation,
    /// By what they exclude each other.
    pub reason: Option<Reason>,
    /// The two values that exclude each other, as a person would be shown them.
    pub values: Option<(String, String)>,
}

/// Least topical overlap for a conflict of numbers (design notes, section 4, with the operand rule).
pub const TOPIC_NUMBER: f64 = 0.35;
/// The same for the results of two sums that name one unit. Chosen, as the next, on the even pairs of pairs-gsm.
pub const TOPIC_RESULT: f64 = 0.22;
/// The same for results without a common unit.
pub const TOPIC_BARE: f64 = 0.30;
/// Least share of the shorter claim's content words that both must hold for a conflict of polarity.
pub const TOPIC_POLARITY: f64 = 0.60;

/// A pair's ungated score and what excludes it; the gate and the thresholds are applied by [`relate`].
#[derive(Clone, Debug, PartialEq)]
pub struct Clash {
    /// Kind of exclusion.
    pub reason: Reason,
    /// Value of the first and of the second claim.
    pub values: (String, String),
}

/// Compares two claims; `None` when they have nothing to do with each other. Symmetric but for the order of the values.
pub fn relate(a: &Features, b: &Features) -> Option<Finding> {
    if a.bare_verdict() || b.bare_verdict() {
        return verdicts(a, b);
    }
    let raw = score::overlap(a, b).mean();
    let number = numbers(a, b, raw);
    if raw >= WEAK && number.is_some() && elsewhere(a, b) {
        return None;
    }
    let clash = if a.code { None } else { clash(a, b, raw, number) };
    let gate = match &clash {
        None => 1.0,
        Some(Clash { reason: Reason::Number, .. }) => 1.0 - 0.35,
        Some(Clash { reason: Reason::Antonym, .. }) => 1.0 - 0.15,
        Some(_) => 1.0 - 0.25,
    };
    let score = raw * gate;
    let relation = match &clash {
        Some(_) => Relation::Conflict,
        None if score >= STRONG && a.hedge == b.hedge && !cases(a, b) && !bounded(a, b) => Relation::Agree,
        None if score >= WEAK => Relation::Partly,
        None => return None,
    };
    let (reason, values) = clash.map_or((None, None), |clash| (Some(clash.reason), Some(clash.values)));
    Some(Finding { score, relation, reason, values })
}

/// Whether both speak of a case, and of opposite ones: "if it is full" and "if it is empty".
fn cases(a: &Features, b: &Features) -> bool {
    let supposed = |features: &Features, hash: &u64| features.supposed.binary_search(hash).is_ok();
    a.opposites.iter().any(|(word, other)| supposed(a, word) && supposed(b, other))
}

/// Whether one names a bound where the other names a value that lies within it.
fn bounded(a: &Features, b: &Features) -> bool {
    a.numbers.iter().any(|x| b.numbers.iter().any(|y| x.bound != y.bound && x.comparable(y) && x.same(y)))
}

/// "Yes." meets only another leading yes or no.
fn verdicts(a: &Features, b: &Features) -> Option<Finding> {
    let (x, y) = (a.verdict?, b.verdict?);
    let both = a.bare_verdict() && b.bare_verdict();
    let name = |verdict| if verdict { "yes" } else { "no" }.to_owned();
    Some(if x == y {
        let (score, relation) = if both { (1.0, Relation::Agree) } else { (WEAK, Relation::Partly) };
        Finding { score, relation, reason: None, values: None }
    } else {
        Finding {
            score: WEAK,
            relation: Relation::Conflict,
            reason: Some(Reason::YesNo),
            values: Some((name(x), name(y))),
        }
    })
}

/// What two claims of one topic exclude each other by, the surest ground first.
fn clash(a: &Features, b: &Features, raw: f64, number: Option<Clash>) -> Option<Clash> {
    polarity(a, b)
        .or(number)
        .or_else(|| opposites(a, b).filter(|_| !template::crossed(a, b)))
        .or_else(|| wording(a, b, raw))
        .or_else(|| leading(a, b, raw))
        .or_else(|| choices(a, b, raw))
        .or_else(|| named(a, b, raw))
}

/// Share of the shorter claim's content words that the other holds too, where there are at least two.
fn covered(a: &Features, b: &Features) -> f64 {
    let least = a.content.len().min(b.content.len());
    let both = shared(&a.content, &b.content);
    // A short claim inside a long one is a word of it, not its topic.
    if both < 2 || least == 0 || topic(a, b) < TOPIC_NUMBER { 0.0 } else { both as f64 / least as f64 }
}

fn surface(words: &[Word], hash: u64) -> String {
    words.iter().find(|word| word.hash == hash).map_or_else(String::new, |word| word.surface.to_lowercase())
}

/// A shared word that one side denies and the other does not.
fn polarity(a: &Features, b: &Features) -> Option<Clash> {
    if a.negated.is_empty() && b.negated.is_empty() || covered(a, b) < TOPIC_POLARITY {
        return None;
    }
    // Who denies the same word as the other denies it with him: only a negator without a counterpart makes a difference.
    let alone = |x: &Features, y: &Features| -> Vec<u64> {
        let unmet = |denial: &&Denial| {
            // "Rust prevents races" and "races are prevented" deny with one word, whatever it reaches.
            let same_word = denial.by.is_some_and(|word| y.content.binary_search(&word).is_ok());
            !same_word && !denial.reach.iter().any(|hash| y.negated.binary_search(hash).is_ok())
        };
        x.denials.iter().filter(unmet).flat_map(|denial| &denial.reach).copied().collect()
    };
    let (ours, theirs) = (alone(a, b), alone(b, a));
    let supposed =
        |hash: &u64| a.supposed.binary_search(hash).is_ok() || b.supposed.binary_search(hash).is_ok();
    let denied = |denials: &[u64], y: &Features| {
        denials.iter().copied().find(|hash| !supposed(hash) && y.content.binary_search(hash).is_ok())
    };
    let (one, other) = (denied(&ours, b), denied(&theirs, a));
    // Each denies something else that the other affirms: two differences, as with two parities, decide nothing.
    let (hash, first) = match (one, other) {
        (Some(hash), None) => (hash, true),
        (None, Some(hash)) => (hash, false),
        _ => return None,
    };
    let say = |features: &Features, denied: bool| {
        let word = surface(&features.words, hash);
        if denied { format!("not {word}") } else { word }
    };
    Some(Clash { reason: Reason::Negation, values: (say(a, first), say(b, !first)) })
}

/// Different values of the same quantity, both absent on the other side.
fn numbers(a: &Features, b: &Features, raw: f64) -> Option<Clash> {
    let near = topic(a, b).max(raw);
    if a.numbers.is_empty() || b.numbers.is_empty() || near < TOPIC_RESULT {
        return None;
    }
    let holds = |side: &Features, number: &Number| {
        side.numbers.iter().any(|other| other.comparable(number) && other.same(number))
    };
    let clash =
        |x: &Number, y: &Number| Clash { reason: Reason::Number, values: (x.show.clone(), y.show.clone()) };
    if let (Some(x), Some(y)) = (outcome(a), outcome(b))
        && (x.result || y.result)
    {
        // The result of one that is an input of the other is the next step of the same sum.
        let topical = near >= if x.same_slot(y) { TOPIC_RESULT } else { TOPIC_BARE };
        return (topical && x.comparable(y) && !holds(b, x) && !holds(a, y)).then(|| clash(x, y));
    }
    if near < TOPIC_NUMBER {
        return None;
    }
    let lone = |side: &Features, other: &Features| -> Vec<usize> {
        (0..side.numbers.len())
            .filter(|at| {
                let number = &side.numbers[*at];
                !number.operand && number.clause.is_some() && !holds(other, number)
            })
            .collect()
    };
    let (left, right) = (lone(a, b), lone(b, a));
    let pairs = || left.iter().flat_map(|x| right.iter().map(move |y| (&a.numbers[*x], &b.numbers[*y])));
    let placed = |x: &Number, y: &Number| x.before.first().is_some_and(|word| y.before.first() == Some(word));
    let only = left.len() == 1 && right.len() == 1;
    pairs()
        .find(|(x, y)| x.same_slot(y) && beside(a, x, b, y))
        .or_else(|| pairs().find(|(x, y)| x.comparable(y) && (only || placed(x, y)) && beside(a, x, b, y)))
        .map(|(x, y)| clash(x, y))
}

/// Whether two numbers stand in parts of their sentences that speak of one thing: they share a word besides the unit.
fn beside(a: &Features, x: &Number, b: &Features, y: &Number) -> bool {
    let part = |features: &Features, number: &Number| -> Vec<u64> {
        let here = |word: &&Word| Some(word.clause) == number.clause && word.class == Class::Content;
        let words = features.words.iter().filter(here).map(|word| word.hash);
        words.filter(|hash| !number.units.contains(hash)).collect()
    };
    let (one, other) = (part(a, x), part(b, y));
    // Next to nothing stands beside a number in a list or in brackets: there the whole claim is what it speaks of.
    one.len().min(other.len()) < 2 || one.iter().any(|hash| other.contains(hash))
}

/// The number a claim comes to: the right side of its last equation, else its last number.
///
/// An equation that ends in an expression comes to nothing that can be compared.
pub fn outcome(features: &Features) -> Option<&Number> {
    let last = features.numbers.last().filter(|_| !features.equation);
    features.numbers.iter().rev().find(|number| number.result).or(last)
}

/// Jaccard of content words, numbers apart.
fn topic(a: &Features, b: &Features) -> f64 {
    let both = shared(&a.content, &b.content);
    let all = a.content.len() + b.content.len() - both;
    if all == 0 { 0.0 } else { both as f64 / all as f64 }
}

/// A word here and its opposite there, both affirmed.
fn opposites(a: &Features, b: &Features) -> Option<Clash> {
    if a.opposites.is_empty() || b.opposites.is_empty() || covered(a, b) < TOPIC_POLARITY {
        return None;
    }
    let has = |side: &Features, hash: &u64| side.content.binary_search(hash).is_ok();
    let denied = |side: &Features, hash: &u64| side.negated.binary_search(hash).is_ok();
    let (word, other) = a.opposites.iter().find(|(word, other)| {
        has(b, other)
            && !has(a, other)
            && a.supposed.binary_search(word).is_err()
            && b.supposed.binary_search(other).is_err()
            && !has(b, word)
            && denied(a, word) == denied(b, other)
    })?;
    Some(Clash { reason: Reason::Antonym, values: (surface(&a.words, *word), surface(&b.words, *other)) })
}

/// Whether two claims of one wording give their numbers of different things: the north tower and the south tower, the first
/// step and the second one, Lyon and Turin.
fn elsewhere(a: &Features, b: &Features) -> bool {
    let Some(template) = template::template(a, b) else { return false };
    template.differing.iter().any(|(x, y)| {
        let short = |words: &[&Word]| !words.is_empty() && words.len() <= 3;
        let ordinal = |words: &[&Word]| words.iter().any(|word| word.senses.has(Sense::Ordinal));
        let named = |words: &[&Word]| words.iter().all(|word| word.named && word.class == Class::Content);
        short(x)
            && short(y)
            && (ordinal(x) && ordinal(y) || named(x) && named(y) || template::opposed(a, x, y, false))
    })
}

/// What two claims of nearly one wording differ in: one word's opposite, or the order of two parts.
fn wording(a: &Features, b: &Features, raw: f64) -> Option<Clash> {
    let template = template::template(a, b).filter(|_| raw >= WEAK)?;
    let crossed = template::crossed(a, b);
    let (x, y) = match template.differing.as_slice() {
        [(x, y)] if template.common > 0 => (x, y),
        _ if template.turned || crossed && !converse(a, b) && covered(a, b) >= TOPIC_POLARITY => {
            let said =
                |features: &Features| template::say(&features.words.iter().take(SHOWN).collect::<Vec<_>>());
            return Some(Clash { reason: Reason::Role, values: (said(a), said(b)) });
        }
        _ => return None,
    };
    let supposed = |words: &[&Word], features: &Features| {
        words.iter().any(|word| features.supposed.binary_search(&word.hash).is_ok())
    };
    let same_sign = x.iter().any(|word| word.negated) == y.iter().any(|word| word.negated);
    let opposite = x.len().max(y.len()) <= 2 && template::opposed(a, x, y, true);
    let reason = if opposite { Reason::Antonym } else { Reason::Choice };
    let differ = (opposite || one_of_a_kind(a, x, y)) && same_sign && !crossed;
    (differ && !supposed(x, a) && !supposed(y, b))
        .then(|| Clash { reason, values: (template::say(x), template::say(y)) })
}

/// Whether a claim says of one thing what only one thing can be, and names another than its twin: "X is the largest", "only X".
fn one_of_a_kind(a: &Features, x: &[&Word], y: &[&Word]) -> bool {
    let ([one], [other]) = (x, y) else { return false };
    let spoken = || a.words.iter().filter(|word| !word.senses.has(Sense::Light));
    let Some(at) = spoken().position(|word| std::ptr::eq(word, *one)) else { return false };
    let capital = |word: &Word| word.surface.chars().next().is_some_and(char::is_uppercase);
    let content = one.class == Class::Content && other.class == Class::Content;
    let unique = spoken().any(|word| word.senses.has(Sense::Unique)) && !one.senses.has(Sense::Unique);
    // At the head any word has a capital; behind "only" none needs one.
    let placed = at == 0 && capital(one) && capital(other)
        || at.checked_sub(1).and_then(|at| spoken().nth(at)).is_some_and(|word| word.senses.has(Sense::Only));
    content && unique && placed
}

/// Whether a word here has its opposite there.
fn converse(a: &Features, b: &Features) -> bool {
    a.opposites
        .iter()
        .any(|(_, other)| b.content.binary_search(other).is_ok() && a.content.binary_search(other).is_err())
}

/// Words of a claim that are shown as its value when its order is what matters.
const SHOWN: usize = 7;

/// Opposite leading verdicts over the same topic.
fn leading(a: &Features, b: &Features, raw: f64) -> Option<Clash> {
    let (x, y) = (a.verdict?, b.verdict?);
    let name = |verdict| if verdict { "yes" } else { "no" }.to_owned();
    (x != y && raw >= WEAK).then(|| Clash { reason: Reason::YesNo, values: (name(x), name(y)) })
}

/// Different letters of a named choice.
fn choices(a: &Features, b: &Features, raw: f64) -> Option<Clash> {
    let (x, y) = (a.choice?, b.choice?);
    (x != y && raw >= WEAK).then(|| Clash { reason: Reason::Choice, values: (x.to_string(), y.to_string()) })
}

/// Short claims of one template that differ in one name only: "The capital is Bern" and "The capital is Zurich".
fn named(a: &Features, b: &Features, raw: f64) -> Option<Clash> {
    const LONGEST: usize = 14;
    let (x, y) = (&a.words, &b.words);
    if raw < WEAK || x.len() > LONGEST || y.len() > LONGEST || a.numbers.len() != b.numbers.len() {
        return None;
    }
    let same = |pair: &(&Word, &Word)| pair.0.hash == pair.1.hash;
    let head = x.iter().zip(y).take_while(same).count();
    let tail = x[head..].iter().rev().zip(y[head..].iter().rev()).take_while(same).count();
    let (x, y) = (&x[head..x.len() - tail], &y[head..y.len() - tail]);
    let name = |part: &[Word]| {
        !part.is_empty()
            && part.len() <= 3
            && part.iter().all(|word| word.named && word.class == Class::Content)
    };
    let framed = a.words[..head].iter().chain(&a.words[a.words.len() - tail..]);
    let content = framed.filter(|word| word.class == Class::Content).count();
    if !name(x) || !name(y) || content < 1 || head + tail < 3 {
        return None;
    }
    let say = |part: &[Word]| part.iter().map(|word| word.surface.as_str()).collect::<Vec<_>>().join(" ");
    Some(Clash { reason: Reason::Choice, values: (say(x), say(y)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(a: &str, b: &str) -> Option<(Relation, Option<Reason>)> {
        relate(&Features::prose(a), &Features::prose(b)).map(|finding| (finding.relation, finding.reason))
    }

    fn conflict(a: &str, b: &str) -> Option<Reason> {
        let (one, other) = (between(a, b), between(b, a));
        assert_eq!(one, other, "the order of the two is nothing");
        one.filter(|(relation, _)| *relation == Relation::Conflict).and_then(|(_, reason)| reason)
    }

    #[test]
    fn polarity_is_read_where_it_stands() {
        assert_eq!(
            conflict("A man is playing the guitar.", "A man is not playing the guitar."),
            Some(Reason::Negation)
        );
        assert_eq!(
            conflict("This mushroom is edible when cooked.", "This mushroom is inedible."),
            Some(Reason::Negation)
        );
        assert_eq!(
            conflict("The well water is unsafe to drink.", "The well water is not safe to drink."),
            None
        );
        assert_eq!(
            conflict("The game is considered non-violent.", "The game is not considered violent."),
            None
        );
        assert_eq!(
            conflict(
                "If the stack is empty, pop the element.",
                "The stack is not empty after a pop element call."
            ),
            None
        );
        assert_eq!(
            conflict("Prices increased in the spring.", "Prices decreased in the spring."),
            Some(Reason::Antonym)
        );
        assert_eq!(conflict("这座桥对卡车是安全的", "这座桥对卡车是不安全的"), Some(Reason::Negation));
    }

    #[test]
    fn numbers_exclude_each_other_in_one_slot_only() {
        assert_eq!(
            conflict("The tower is 300 metres high.", "The tower is 330 metres high."),
            Some(Reason::Number)
        );
        assert_eq!(conflict("The tower is 0.3 km high.", "The tower is 300 metres high."), None);
        assert_eq!(conflict("The tower has 300 steps.", "The tower has 12 windows."), None);
        assert_eq!(
            conflict("The treaty was signed in 1648.", "The treaty was signed in 1649."),
            Some(Reason::Number)
        );
        assert_eq!(conflict("She has 3 + 4 = 7 apples.", "She has 7 - 2 = 5 apples."), None, "the next step");
        assert_eq!(conflict("She has 3 + 4 = 7 apples.", "She has 3 + 5 = 8 apples."), Some(Reason::Number));
        assert_eq!(conflict("这座桥可以承受12吨", "这座桥可以承受8吨"), Some(Reason::Number));
    }

    #[test]
    fn verdicts_and_names() {
        assert_eq!(conflict("Yes.", "No."), Some(Reason::YesNo));
        assert_eq!(between("Yes.", "Yes!"), Some((Relation::Agree, None)));
        assert_eq!(between("Yes.", "The bridge is safe."), None);
        assert_eq!(conflict("The correct answer is B.", "The correct answer is C."), Some(Reason::Choice));
        assert_eq!(
            conflict("The capital of Australia is Canberra.", "The capital of Australia is Sydney."),
            Some(Reason::Choice)
        );
        assert_eq!(
            conflict("The capital of Australia is Canberra.", "The capital of Austria is Vienna."),
            None
        );
    }
}
