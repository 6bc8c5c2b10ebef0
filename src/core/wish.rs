//! What a person may still want of a run: whom to ask again, who joins, who leaves, who
//! writes the syntheses. Each gives the record that grants it,
//! or none where it can't be granted. What is then asked is for [`super::next()`].

use super::call::Call;
use super::event::Event;
use super::ids::{CallId, MemberId};
use super::member::Member;
use super::plan::{Ask, Speakers};
use super::run::Run;

impl Run {
    /// The call that would ask one once more: the next attempt of the same turn.
    ///
    /// `None` while the call runs, when it was asked again already, when its member left, for a debate turn whose round others
    /// have gone on from, and for a ballot that its judge was asked again for in the other order.
    pub fn again(&self, call: CallId) -> Option<CallId> {
        let last = self.call(call.stage, call.round, call.slot)?;
        // A judge's second order is its own affair, a debate's next round everybody's.
        let ballot = self.stage(call.stage)?.stage.ask == Ask::Ballot;
        let goes_on = |other: &&Call| !ballot || other.id.slot == call.slot;
        let newest = self.calls_of(call.stage).rfind(goes_on)?;
        let next = CallId { attempt: call.attempt.checked_add(1)?, ..call };
        // An attempt that was set by itself does not stand in the way of a person who wants it now.
        let free =
            last.id == call && last.ended() && (!self.asked.contains(&next) || self.set.contains_key(&next));
        (free && newest.id.round == call.round && self.sits(call.slot)).then_some(next)
    }

    /// Asks a call once more.
    pub fn retry(&self, call: CallId) -> Option<Event> {
        self.again(call).map(|_| Event::RetryAsked { call })
    }

    /// Drops the attempt that a seat waits for.
    pub fn drop_retry(&self, slot: u16) -> Option<Event> {
        let call = *self.asked.iter().find(|call| call.slot == slot && self.set.contains_key(call))?;
        Some(Event::RetryDropped { call })
    }

    /// Gives a member the next seat, if nobody in the run has, or had, its name, and the run begins with everybody's answers.
    pub fn join(&self, member: &Member) -> Option<Event> {
        let first = self.stages.first().map(|state| &state.stage);
        first.filter(|stage| {
            stage.ask == Ask::Answer && (!self.planned() || stage.speakers == Speakers::Every)
        })?;
        let (run, free) = (self.id, self.council.members.len() < usize::from(u16::MAX));
        let new = self.council.slot(&member.name).is_none();
        (new && free).then(|| Event::MemberJoined { run, member: member.clone() })
    }

    /// Lets a member write the syntheses that are begun from now on.
    pub fn choose_chair(&self, member: &MemberId) -> Option<Event> {
        let here = self.council.slot(member).is_some_and(|slot| self.sits(slot));
        let new = self.council.chair.as_ref() != Some(member);
        (here && new).then(|| Event::ChairChosen { run: self.id, member: member.clone() })
    }

    /// Says something into the run's debate, to all or to one who is there; nothing where there is nothing to say.
    pub fn say_word(&self, to: Option<MemberId>, text: &str) -> Option<Event> {
        let here = |to: &MemberId| self.council.slot(to).is_some_and(|slot| self.sits(slot));
        let fits = to.as_ref().is_none_or(here) && !text.trim().is_empty();
        fits.then(|| Event::WordSaid { run: self.id, to, text: text.trim().to_owned() })
    }

    /// Lets a member leave.
    pub fn leave(&self, member: &MemberId) -> Option<Event> {
        let here = self.council.slot(member).is_some_and(|slot| !self.left.contains(&slot));
        here.then(|| Event::MemberLeft { run: self.id, member: member.clone() })
    }
}
