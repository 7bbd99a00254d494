//! What there is to learn.

use super::speech::{Speech, each, escaped};
use crate::events::Lesson;
use crate::scenario::ThreatId;

pub(super) fn body(speech: &Speech<'_>) -> String {
    let themes = &speech.review.learning;
    if themes.is_empty() {
        return format!("<p class=\"muted\">{}</p>", speech.say(speech.texts.no_learning));
    }
    let themes = each(themes, |theme| {
        let points = each(&theme.points, |point| lesson(speech, point));
        format!("<h3>{}</h3><ul class=\"lessons\">{points}</ul>", escaped(&theme.name))
    });
    format!("<p class=\"muted\">{}</p>{themes}", speech.say(speech.texts.learning_note))
}

fn lesson(speech: &Speech<'_>, lesson: &Lesson) -> String {
    let threats = each(&lesson.threats, |id| threat(speech, id));
    format!("<li><p>{}</p><p class=\"tags\">{threats}</p></li>", escaped(&lesson.text))
}

/// A threat and what became of it.
fn threat(speech: &Speech<'_>, id: &ThreatId) -> String {
    let Some(threat) = speech.threat(id) else { return String::new() };
    format!(
        "<a class=\"tag {}\" href=\"#threat-{id}\">{} <b>{}</b></a> ",
        threat.outcome.name(),
        escaped(&threat.title),
        speech.outcome(threat.outcome)
    )
}
