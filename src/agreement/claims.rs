//! The claims of a snapshot, in pages that snapshots share: a changed claim costs its page, not the list. It marks nothing.

use super::{Agreement, Claim, Finals, Link, Summary};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ops::Index;
use std::sync::Arc;

/// Claims of a page; twice as many split it.
const PAGE: usize = 32;

type Page = Vec<Arc<Claim>>;

/// Claims by number. Copies share what is equal.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    /// None of them is empty.
    pages: Arc<Vec<Arc<Page>>>,
    count: usize,
}

/// The claims in order.
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    pages: std::slice::Iter<'a, Arc<Page>>,
    page: std::slice::Iter<'a, Arc<Claim>>,
}

impl<'a> Iterator for Iter<'a> {
    type Item = &'a Claim;

    fn next(&mut self) -> Option<&'a Claim> {
        loop {
            if let Some(claim) = self.page.next() {
                return Some(claim);
            }
            self.page = self.pages.next()?.iter();
        }
    }
}

impl Claims {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The claims by number.
    pub fn iter(&self) -> Iter<'_> {
        Iter { pages: self.pages.iter(), page: [].iter() }
    }

    /// The claim at a place of the list, from 0.
    pub fn get(&self, mut at: usize) -> Option<&Claim> {
        for page in self.pages.iter() {
            if let Some(claim) = page.get(at) {
                return Some(claim);
            }
            at -= page.len();
        }
        None
    }

    /// The claim of a number.
    pub fn numbered(&self, number: u32) -> Option<&Claim> {
        let page = self.pages.get(self.page(number))?;
        let at = page.binary_search_by_key(&number, |claim| claim.number).ok()?;
        page.get(at).map(Arc::as_ref)
    }

    /// The page in which a number stands or belongs.
    fn page(&self, number: u32) -> usize {
        let after =
            self.pages.partition_point(|page| page.first().is_some_and(|first| first.number <= number));
        after.saturating_sub(1)
    }

    /// Puts a claim at its number, in the place of the one that had it.
    pub(super) fn put(&mut self, claim: Claim) {
        let at = self.page(claim.number);
        let pages = Arc::make_mut(&mut self.pages);
        if pages.is_empty() {
            pages.push(Arc::default());
        }
        let page = Arc::make_mut(&mut pages[at]);
        match page.binary_search_by_key(&claim.number, |other| other.number) {
            Ok(place) => page[place] = Arc::new(claim),
            Err(place) => {
                page.insert(place, Arc::new(claim));
                self.count += 1;
            }
        }
        if page.len() >= 2 * PAGE {
            let rest = page.split_off(PAGE);
            pages.insert(at + 1, Arc::new(rest));
        }
    }

    /// Takes a claim out.
    pub(super) fn take(&mut self, number: u32) -> Option<Arc<Claim>> {
        let at = self.page(number);
        let pages = Arc::make_mut(&mut self.pages);
        let page = Arc::make_mut(pages.get_mut(at)?);
        let place = page.binary_search_by_key(&number, |claim| claim.number).ok()?;
        let claim = page.remove(place);
        if page.is_empty() {
            pages.remove(at);
        }
        self.count -= 1;
        Some(claim)
    }

    /// Changes each claim, all but its number, in the order of the numbers.
    pub(super) fn each(&mut self, mut change: impl FnMut(u32, &mut Claim)) {
        for page in Arc::make_mut(&mut self.pages) {
            for claim in Arc::make_mut(page) {
                change(claim.number, Arc::make_mut(claim));
            }
        }
    }
}

impl FromIterator<Claim> for Claims {
    fn from_iter<T: IntoIterator<Item = Claim>>(claims: T) -> Self {
        let mut all = Self::default();
        for claim in claims {
            all.put(claim);
        }
        all
    }
}

impl Index<usize> for Claims {
    type Output = Claim;

    /// # Panics
    ///
    /// Where there is no such claim, as a slice does.
    fn index(&self, at: usize) -> &Claim {
        match self.get(at) {
            Some(claim) => claim,
            None => panic!("claim {at} of {}", self.count),
        }
    }
}

impl<'a> IntoIterator for &'a Claims {
    type Item = &'a Claim;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl PartialEq for Claims {
    fn eq(&self, other: &Self) -> bool {
        self.count == other.count && self.iter().eq(other)
    }
}

/// A snapshot as it is written down: the links stand apart, in the order of the claims' ids.
#[derive(Serialize, Deserialize)]
struct Written {
    claims: Vec<Claim>,
    links: Vec<Link>,
    summary: Summary,
    #[serde(rename = "final")]
    finals: Finals,
}

impl Serialize for Agreement {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let claims = self.claims.iter().cloned().collect();
        let (summary, finals) = (self.summary, self.finals.clone());
        Written { claims, links: self.links(), summary, finals }.serialize(out)
    }
}

impl<'de> Deserialize<'de> for Agreement {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Written { mut claims, links, summary, finals } = Written::deserialize(from)?;
        for claim in &mut claims {
            let inside = |link: &&Link| claim.spans.contains(&link.a) && claim.spans.contains(&link.b);
            claim.links = links.iter().filter(inside).cloned().collect();
        }
        Ok(Self { claims: claims.into_iter().collect(), summary, finals })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::compare;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn numbered(number: u32) -> Claim {
        let agreement = compare(&[(0, "The old bridge is safe.")]);
        Claim { number, ..agreement.claims[0].clone() }
    }

    proptest! {
        #[test]
        fn a_list_in_pages_is_a_map(steps in prop::collection::vec((any::<bool>(), 1u32..200), 0..300)) {
            let model = numbered(1);
            let (mut claims, mut known) = (Claims::default(), BTreeSet::new());
            for (put, number) in steps {
                if put {
                    claims.put(Claim { number, ..model.clone() });
                    known.insert(number);
                } else {
                    prop_assert_eq!(claims.take(number).is_some(), known.remove(&number));
                }
            }
            let numbers: Vec<u32> = known.into_iter().collect();
            prop_assert_eq!(claims.iter().map(|claim| claim.number).collect::<Vec<_>>(), numbers.clone());
            prop_assert_eq!(claims.len(), numbers.len());
            for (at, number) in numbers.iter().enumerate() {
                prop_assert_eq!(claims[at].number, *number);
                prop_assert!(claims.numbered(*number).is_some());
            }
            prop_assert!(claims.get(numbers.len()).is_none() && claims.numbered(200).is_none());
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let agreement = compare(&[
            (0, "The bridge carries 12 tonnes. It is old."),
            (1, "The bridge carries 8 tonnes. It is very old."),
        ]);
        let text = serde_json::to_string(&agreement).unwrap();
        for key in ["\"claims\":[", "\"links\":[{\"a\":{\"slot\":0,", "\"summary\":{", "\"final\":{"] {
            assert!(text.contains(key), "{key} in {text}");
        }
        assert_eq!(serde_json::from_str::<Agreement>(&text).unwrap(), agreement);
    }
}
