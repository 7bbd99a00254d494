//! Notes, and who took part.

use super::speech::{Speech, each, escaped};
use crate::events::{Part, PersonId, ReviewEvent, ReviewPerson};
use crate::review::format::game_time;
use crate::scenario::Place;

/// What was noted, in order.
pub(super) fn notes(speech: &Speech<'_>) -> String {
    let review = speech.review;
    let notes = each(&review.notes, |note| {
        let threat = note.threat.as_ref().and_then(|id| speech.threat(id));
        let about = threat.map(|threat| {
            let about = speech.fill(speech.texts.about, &[("title", &threat.title)]);
            format!(" <a href=\"#threat-{}\">{about}</a>", threat.id)
        });
        let by = review.events.binary_search_by_key(&note.entry, |event| event.entry);
        let by = by.ok().and_then(|place| review.events.get(place));
        let by = by.map_or_else(|| escaped(&note.by), |event| speech.by(event));
        format!(
            "<li><p class=\"facts\">{} · {by}{}</p><p>{}</p></li>",
            game_time(note.at),
            about.unwrap_or_default(),
            escaped(&note.text),
        )
    });
    if notes.is_empty() { notes } else { format!("<ol class=\"notes\">{notes}</ol>") }
}

/// Who took part.
pub(super) fn body(speech: &Speech<'_>) -> String {
    let texts = speech.texts;
    let rows = each(&speech.review.people, |person| {
        let place = match person.place {
            Some(Place::Hq) => escaped(&speech.review.places.hq),
            Some(Place::Local) => escaped(&speech.review.places.local),
            None => String::new(),
        };
        format!(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{place}</td></tr>",
            called(speech, person),
            part(speech, person.part),
            escaped(&person.role),
        )
    });
    if rows.is_empty() {
        return rows;
    }
    let heads = [texts.name, texts.part, texts.role, texts.place];
    let heads = each(heads, |name| format!("<th scope=\"col\">{}</th>", speech.say(name)));
    format!("<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>")
}

impl Speech<'_> {
    /// Whose doing an event was.
    pub(super) fn by(&self, event: &ReviewEvent) -> String {
        match event.person {
            None if event.by.is_empty() => self.say(self.texts.by_clock),
            Some(id) => self.person(id).map_or_else(|| escaped(&event.by), |person| called(self, person)),
            None => escaped(&event.by),
        }
    }

    fn person(&self, id: PersonId) -> Option<&ReviewPerson> {
        // numbers are places in the list
        let place = (id as usize).checked_sub(1)?;
        self.review.people.get(place).filter(|person| person.id == id)
    }
}

/// The name, else as what they are there, and their number.
fn called(speech: &Speech<'_>, person: &ReviewPerson) -> String {
    if person.name.is_empty() {
        format!("{} {}", part(speech, person.part), person.id)
    } else {
        escaped(&person.name)
    }
}

fn part(speech: &Speech<'_>, part: Part) -> String {
    speech.say(match part {
        Part::Facilitator => speech.texts.facilitator,
        Part::Observer => speech.texts.observer,
        Part::Participant => speech.texts.participant,
        Part::Projector => speech.texts.projector,
    })
}
