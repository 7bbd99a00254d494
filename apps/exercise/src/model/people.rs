//! The people of an exercise: who has done something, by what name, in what role.

use std::collections::BTreeMap;

use chorus_platform::log::Offset;
use chorus_platform::rooms::MemberId;

use crate::events::{Part, PersonId, PersonView};
use crate::scenario::{Place, RoleId};

/// Somebody who has done something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The number.
    pub id: PersonId,
    /// The member.
    pub member: MemberId,
    /// The name; empty when it was not said.
    pub name: String,
    /// As what they are there.
    pub part: Part,
    /// The role they play.
    pub role: Option<RoleId>,
    /// Where they are.
    pub place: Option<Place>,
    /// Whether they were put out.
    pub removed: bool,
    /// The entry that last changed it.
    pub changed: Offset,
}

impl Person {
    /// The person as the wire has it.
    pub fn view(&self) -> PersonView {
        PersonView {
            id: self.id,
            name: self.name.clone(),
            part: self.part,
            role: self.role.clone(),
            place: self.place,
            removed: self.removed,
        }
    }
}

/// All of them; numbers are places in the list, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct People {
    list: Vec<Person>,
    numbers: BTreeMap<MemberId, PersonId>,
}

impl People {
    pub(super) fn iter(&self) -> std::slice::Iter<'_, Person> {
        self.list.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn find(&self, member: MemberId) -> Option<&Person> {
        self.by_number(*self.numbers.get(&member)?)
    }

    pub(super) fn by_number(&self, id: PersonId) -> Option<&Person> {
        self.list.get((id as usize).checked_sub(1)?)
    }

    pub(super) fn by_number_mut(&mut self, id: PersonId) -> Option<&mut Person> {
        self.list.get_mut((id as usize).checked_sub(1)?)
    }

    /// The person of a member, who has just done something.
    pub(super) fn meet(&mut self, member: MemberId, part: Part, at: Offset) -> &mut Person {
        let next = self.list.len() as PersonId + 1;
        let id = *self.numbers.entry(member).or_insert(next);
        if id == next {
            self.list.push(Person {
                id,
                member,
                name: String::new(),
                part,
                role: None,
                place: None,
                removed: false,
                changed: at,
            });
        }
        // numbers are places in the list: there is one
        &mut self.list[id as usize - 1]
    }
}
