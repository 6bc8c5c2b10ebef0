//! Which members of a council take the roles of a plan, and whom a name in it means. What they do there is
//! [`super::cast`]'s.

use super::{Fill, Filling, Is, Many, Misfit, Recipe, Role, Who};
use crate::core::clean;
use crate::core::ids::MemberId;
use crate::core::member::{Council, Member};
use crate::core::nearest::nearest;
use crate::core::price::{GUESSED_ANSWER, Prices};
use crate::core::routing::family::family;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How many tokens are read for an answer whose price is compared with that of others.
const READ: u64 = 200;

/// Who has which role.
pub(super) struct Seating<'a> {
    recipe: &'a Recipe,
    council: &'a Council,
    prices: &'a Prices,
    /// The roles that are filled so far, in order.
    pub(super) roles: Vec<(String, Vec<MemberId>)>,
    /// How many roles each seat has so far.
    taken: Vec<u16>,
    /// What is not as the plan would have it.
    pub(super) notes: Vec<String>,
}

impl<'a> Seating<'a> {
    /// Fills all roles: those by hand first, so that nobody else takes whom the person named.
    pub(super) fn of(
        recipe: &'a Recipe,
        council: &'a Council,
        prices: &'a Prices,
        by_hand: &BTreeMap<String, Vec<String>>,
    ) -> Result<Self, Misfit> {
        if council.members.is_empty() {
            let message =
                format!("{} needs members, this council has none: add one with :add or -m", recipe.name);
            return Err(Misfit { line: None, key: String::new(), message });
        }
        let (roles, taken, notes) = (Vec::new(), vec![0; council.members.len()], Vec::new());
        let mut seating = Self { recipe, council, prices, roles, taken, notes };
        let mut named = BTreeMap::new();
        for (role, names) in by_hand {
            let seats = seating.by_hand(role, names)?;
            seating.take(&seats);
            named.insert(role.as_str(), seats);
        }
        for role in &recipe.roles {
            let seats = match named.remove(role.name.as_str()) {
                Some(seats) => seats,
                None => seating.fill(role)?,
            };
            seating
                .roles
                .push((role.name.clone(), seats.into_iter().map(|seat| seating.name(seat)).collect()));
        }
        Ok(seating)
    }

    /// The members that the person gives a role.
    fn by_hand(&self, role: &str, names: &[String]) -> Result<Vec<usize>, Misfit> {
        let misfit = |message: String| Misfit { line: None, key: "--role".to_owned(), message };
        if self.recipe.role(role).is_none() {
            let roles: Vec<&str> = self.recipe.roles.iter().map(|role| role.name.as_str()).collect();
            let near =
                nearest(role, &roles).map(|near| format!(" (did you mean {near}?)")).unwrap_or_default();
            let there = if roles.is_empty() {
                "it has no roles; leave --role out".to_owned()
            } else {
                format!("there are {}{near}", roles.join(", "))
            };
            return Err(misfit(format!("{} has no role {}; {there}", self.recipe.name, clean::exact(role))));
        }
        if names.is_empty() {
            return Err(misfit(format!("nobody is named for {role}; say --role {role}=MEMBER")));
        }
        let named = self.council.named(names).map_err(|line| misfit(format!("{role}: {line}")))?;
        Ok(distinct(named.iter().filter_map(|name| self.seat(name))))
    }

    /// Those that are said to know a topic.
    fn knowing(&self, topic: &str) -> Vec<usize> {
        let knows = |seat: &usize| {
            let topics = &self.council.members[*seat].topics;
            topics.iter().any(|known| known.trim().to_lowercase() == topic.to_lowercase())
        };
        (0..self.council.members.len()).filter(knows).collect()
    }

    /// The names of those that are said to know a topic.
    pub(super) fn specialists(&self, topic: &str) -> Vec<MemberId> {
        self.knowing(topic).into_iter().map(|seat| self.name(seat)).collect()
    }

    /// The members that a role takes.
    fn fill(&mut self, role: &Role) -> Result<Vec<usize>, Misfit> {
        let mut all: Vec<usize> = Vec::new();
        for fill in &role.fill {
            let seats = self.filled(role, fill, &all)?;
            all = distinct(all.into_iter().chain(seats));
        }
        self.take(&all);
        Ok(all)
    }

    /// The members that one form of a role takes, beside those that the role has already.
    fn filled(&mut self, role: &Role, fill: &Fill, so_far: &[usize]) -> Result<Vec<usize>, Misfit> {
        let here = self.council.members.len();
        let misfit = |message| Misfit { line: Some(fill.line), key: format!("roles.{}", role.name), message };
        let all = 0..here;
        match &fill.how {
            Filling::Seat(seat) if usize::from(*seat) > here => {
                Err(misfit(self.too_small(usize::from(*seat), &role.name)))
            }
            Filling::Seat(seat) => Ok(vec![usize::from(*seat) - 1]),
            Filling::Chair => Ok(vec![self.chair()]),
            Filling::Member(name) => {
                let named = self.council.named(std::slice::from_ref(&name.0)).map_err(misfit)?;
                Ok(named.iter().filter_map(|name| self.seat(name)).collect())
            }
            Filling::All => Ok(all.collect()),
            Filling::Others => {
                let free: Vec<usize> = all.clone().filter(|seat| self.is_free(*seat)).collect();
                Ok(if free.is_empty() { all.collect() } else { free })
            }
            Filling::Topic(topic) => {
                let known = self.knowing(topic);
                Ok(if known.is_empty() { self.next(so_far).into_iter().take(1).collect() } else { known })
            }
            Filling::Any(many) => self.pick(role, fill, *many, self.next(so_far), so_far),
            Filling::Cheapest(many) => {
                let mut order: Vec<usize> = all.collect();
                order.sort_by(|one, other| self.price(*one).total_cmp(&self.price(*other)));
                self.pick(role, fill, *many, self.free_first(order, so_far), so_far)
            }
            Filling::Strongest(many) => {
                let mut order: Vec<usize> = all.rev().collect();
                order.sort_by(|one, other| {
                    let weight = |seat: usize| self.council.members[seat].weight;
                    let dearest = self.price(*other).total_cmp(&self.price(*one));
                    let is_chair = |seat: usize| self.council.chair.as_ref() == Some(&self.name(seat));
                    let chair = is_chair(*other).cmp(&is_chair(*one));
                    dearest.then(weight(*other).total_cmp(&weight(*one))).then(chair)
                });
                self.pick(role, fill, *many, self.free_first(order, so_far), so_far)
            }
        }
    }

    /// So many of those in order, of different families as far as there are any where that is asked for.
    fn pick(
        &mut self,
        role: &Role,
        fill: &Fill,
        many: Many,
        order: Vec<usize>,
        so_far: &[usize],
    ) -> Result<Vec<usize>, Misfit> {
        let (count, here) = (usize::from(many.count), self.council.members.len());
        if order.len() < count {
            let message = self.too_small(count + so_far.len(), &role.name);
            return Err(Misfit { line: Some(fill.line), key: format!("roles.{}", role.name), message });
        }
        if !many.families {
            return Ok(order.into_iter().take(count).collect());
        }
        let mut families: Vec<String> = Vec::new();
        let mut rest = Vec::new();
        let mut picked = Vec::new();
        for seat in order {
            let family = family(&self.council.members[seat].model);
            if families.contains(&family) {
                rest.push(seat);
            } else if picked.len() < count {
                families.push(family);
                picked.push(seat);
            }
        }
        let lacking = count - picked.len();
        if lacking > 0 && here > 1 {
            self.notes.push(format!(
                "{} asks for models of {count} families, and there {} {}: add a model of another house",
                role.name,
                if families.len() == 1 { "is" } else { "are" },
                families.len()
            ));
        }
        picked.extend(rest.into_iter().take(lacking));
        Ok(picked)
    }

    /// Everybody, the next free seat first; then those that have roles, the fewest first and from the last seat back, so that
    /// who was first in one role is not first in the next.
    fn next(&self, so_far: &[usize]) -> Vec<usize> {
        let mut order: Vec<usize> =
            (0..self.council.members.len()).filter(|seat| !so_far.contains(seat)).collect();
        order.sort_by_key(|seat| match self.taken[*seat] {
            0 => (0, Ok(*seat)),
            roles => (roles, Err(Reverse(*seat))),
        });
        order
    }

    /// The same members with the free ones first.
    fn free_first(&self, mut order: Vec<usize>, so_far: &[usize]) -> Vec<usize> {
        order.retain(|seat| !so_far.contains(seat));
        order.sort_by_key(|seat| !self.is_free(*seat));
        order
    }

    fn is_free(&self, seat: usize) -> bool {
        self.taken[seat] == 0
    }

    fn take(&mut self, seats: &[usize]) {
        for seat in seats {
            self.taken[*seat] += 1;
        }
    }

    /// What an answer of a member is guessed to cost, in US dollars; what nobody knows is the dearest.
    fn price(&self, seat: usize) -> f64 {
        let price = self.prices.of(&self.council.members[seat].model);
        price.map_or(f64::INFINITY, |price| price.of(READ, GUESSED_ANSWER))
    }

    /// The chair's seat; without one, the first.
    fn chair(&self) -> usize {
        self.council.chair.as_ref().and_then(|chair| self.seat(chair)).unwrap_or(0)
    }

    fn seat(&self, name: &MemberId) -> Option<usize> {
        self.council.members.iter().position(|member| member.name == *name)
    }

    fn name(&self, seat: usize) -> MemberId {
        self.council.members[seat].name.clone()
    }

    /// That the council has too few members for something.
    pub(super) fn too_small(&self, needed: usize, what: &str) -> String {
        let members =
            |count: usize| if count == 1 { "1 member".to_owned() } else { format!("{count} members") };
        format!(
            "{} needs {} for {what}, this council has {}: add one with :add or -m",
            self.recipe.name,
            members(needed),
            self.council.members.len()
        )
    }

    /// The members that names in a stage mean, each once.
    pub(super) fn members(&self, whom: &[Who], key: &str) -> Result<Vec<MemberId>, Misfit> {
        let mut all: Vec<MemberId> = Vec::new();
        for who in whom {
            let misfit = |message| Misfit { line: Some(who.line), key: key.to_owned(), message };
            let found: Vec<MemberId> = match &who.is {
                Is::Role(role) => {
                    let filled = self.roles.iter().find(|(name, _)| name == role);
                    filled.map(|(_, members)| members.clone()).unwrap_or_default()
                }
                Is::Member(name) => {
                    let named = self.council.named(std::slice::from_ref(name));
                    named.map_err(|line| misfit(self.or_role(name, line)))?
                }
                Is::Seat(seat) => match self.council.members.get(usize::from(*seat).wrapping_sub(1)) {
                    Some(Member { name, .. }) => vec![name.clone()],
                    None => return Err(misfit(self.too_small(usize::from(*seat), key))),
                },
                Is::Chair => vec![self.name(self.chair())],
                Is::First(is) => {
                    let of = Who { is: is.as_ref().clone(), line: who.line };
                    self.members(&[of], key)?.into_iter().take(1).collect()
                }
                Is::All => self.council.members.iter().map(|member| member.name.clone()).collect(),
            };
            for name in found {
                if !all.contains(&name) {
                    all.push(name);
                }
            }
        }
        Ok(all)
    }

    /// What is said of a name that is nobody's, with the roles that may have been meant.
    fn or_role(&self, name: &str, line: String) -> String {
        let roles: Vec<&str> = self.recipe.roles.iter().map(|role| role.name.as_str()).collect();
        match nearest(name, &roles) {
            Some(near) if !line.contains("did you mean") => format!("{line}, and the role {near}"),
            _ => line,
        }
    }
}

/// Seats, each once.
fn distinct(seats: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut all = Vec::new();
    for seat in seats {
        if !all.contains(&seat) {
            all.push(seat);
        }
    }
    all
}
