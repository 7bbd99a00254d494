//! Who took part, and what they are called.

use chorus_platform::rooms::MemberId;

use crate::events::{Part, ReviewPerson};
use crate::model::{Exercise, Person};

/// Who took part, in the order in which they did something.
pub(super) fn list(exercise: &Exercise) -> Vec<ReviewPerson> {
    let role = |person: &Person| {
        let role = person.role.as_ref().and_then(|id| exercise.scenario().role(id));
        role.map(|role| role.name.clone()).unwrap_or_default()
    };
    let people = exercise.people().map(|person| ReviewPerson {
        id: person.id,
        name: person.name.clone(),
        part: person.part,
        role: role(person),
        place: person.place,
    });
    people.collect()
}

/// What a member is called; nothing for the room itself.
pub(super) fn name(exercise: &Exercise, member: Option<MemberId>) -> String {
    member.and_then(|member| exercise.person(member)).map(called).unwrap_or_default()
}

/// The name, else as what they are there, and their number.
pub(super) fn called(person: &Person) -> String {
    if !person.name.is_empty() {
        return person.name.clone();
    }
    let part = match person.part {
        Part::Facilitator => "Facilitator",
        Part::Observer => "Observer",
        Part::Participant => "Participant",
        Part::Projector => "Projector",
    };
    format!("{part} {}", person.id)
}
