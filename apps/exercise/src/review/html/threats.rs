//! The threats, by what became of them.

use super::glance::OUTCOMES;
use super::speech::{Speech, each, escaped};
use crate::events::{Outcome, Purchase, ReviewNote, ThreatOutcome};
use crate::review::format::game_time;
use crate::review::texts::Texts;
use crate::scenario::Kind;

pub(super) fn body(speech: &Speech<'_>) -> String {
    if speech.review.threats.is_empty() {
        return format!("<p class=\"muted\">{}</p>", speech.say(speech.texts.no_threats));
    }
    each(OUTCOMES, |outcome| {
        let threats: Vec<_> =
            speech.review.threats.iter().filter(|threat| threat.outcome == outcome).collect();
        if threats.is_empty() {
            return String::new();
        }
        let list = each(&threats, |threat| entry(speech, threat));
        format!(
            "<h3><span class=\"dot {}\"></span>{} <span class=\"count\">{}</span></h3><p class=\"muted\">{}</p>{list}",
            outcome.name(),
            speech.outcome(outcome),
            threats.len(),
            speech.say(note(outcome, speech.texts)),
        )
    })
}

fn note(outcome: Outcome, texts: &Texts) -> &'static str {
    match outcome {
        Outcome::Prevented => texts.prevented_note,
        Outcome::Handled => texts.handled_note,
        Outcome::Mishandled => texts.mishandled_note,
        Outcome::Missed => texts.missed_note,
        Outcome::Pending => texts.pending_note,
    }
}

/// All of a threat that came, and a few lines of one that did not.
fn entry(speech: &Speech<'_>, threat: &ThreatOutcome) -> String {
    let texts = speech.texts;
    let came = threat.delivered_at.is_some() || threat.answered_at.is_some();
    let mut parts = facts(speech, threat);
    if came {
        let asked = threat.outcome != Outcome::Handled || threat.answered_at.is_some();
        parts += &paragraph("said", &threat.description);
        if asked {
            parts += &list(speech, texts.what_was_done, &threat.answer, texts.nothing);
        }
        if threat.outcome != Outcome::Handled && !threat.right.is_empty() {
            parts += &list(speech, texts.what_was_right, &threat.right, "");
        }
        parts += &labelled(speech, texts.advice, &escaped(&threat.advice));
        let help = threat.help.as_ref().map(|help| purchase(speech, help)).unwrap_or_default();
        parts += &labelled(speech, texts.would_have_helped, &help);
    } else if threat.outcome == Outcome::Prevented {
        parts += &labelled(speech, texts.spared_by, &escaped(spared_by(speech, threat)));
    }
    parts += &notes(speech, threat);
    format!(
        "<article id=\"threat-{}\" class=\"{}\"><h4>{}</h4>{parts}</article>\n",
        threat.id,
        threat.outcome.name(),
        escaped(&threat.title)
    )
}

/// When, where, how, and with what effect.
fn facts(speech: &Speech<'_>, threat: &ThreatOutcome) -> String {
    let texts = speech.texts;
    let mut facts = vec![speech.reach(threat.place), speech.say(kind(threat.kind, texts))];
    match (threat.delivered_at, threat.prevented_at) {
        (Some(at), _) => facts.push(speech.at(texts.delivered_at, at)),
        (None, Some(0)) => facts.push(speech.say(texts.prevented_before)),
        (None, Some(at)) => facts.push(speech.at(texts.prevented_at, at)),
        (None, None) => facts.push(speech.at(texts.due, threat.due)),
    }
    if let Some(time) = threat.response_time() {
        let early = threat.answered_at < threat.delivered_at;
        facts.push(if early {
            speech.say(texts.answered_first)
        } else {
            speech.at(texts.answered_after, time)
        });
    }
    if !threat.support.is_zero() {
        facts.push(speech.fill(texts.points, &[("n", &speech.points_change(threat.support))]));
    }
    let disables = if threat.disables.is_empty() {
        String::new()
    } else {
        format!(" · {}: {}", speech.say(texts.disables), escaped(&threat.disables.join(", ")))
    };
    format!("<p class=\"facts\">{}{disables}</p>", facts.join(" · "))
}

fn kind(kind: Kind, texts: &Texts) -> &'static str {
    match kind {
        Kind::Table => texts.table,
        Kind::Board => texts.board,
        Kind::Background => texts.background,
    }
}

/// What prevented it, as its event tells.
fn spared_by<'a>(speech: &Speech<'a>, threat: &ThreatOutcome) -> &'a str {
    let mut events = speech.review.events.iter().rev();
    let event = events.find(|event| event.kind == "prevented" && event.threat.as_ref() == Some(&threat.id));
    event.map_or("", |event| event.detail.as_str())
}

fn purchase(speech: &Speech<'_>, help: &Purchase) -> String {
    let place = speech.places(&help.at);
    format!("{} ({place}, {})", escaped(&help.name), speech.money(help.cost))
}

fn notes(speech: &Speech<'_>, threat: &ThreatOutcome) -> String {
    let about = speech.review.notes.iter().filter(|note| note.threat.as_ref() == Some(&threat.id));
    let notes = each(about, |ReviewNote { at, by, text, .. }| {
        format!("<li>{} <b>{}</b> {}</li>", game_time(*at), escaped(by), escaped(text))
    });
    if notes.is_empty() {
        notes
    } else {
        labelled_block(&speech.say(speech.texts.notes_on_it), &format!("<ul>{notes}</ul>"))
    }
}

fn paragraph(class: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<p class=\"{class}\">{}</p>", escaped(text)) }
}

fn list(speech: &Speech<'_>, label: &str, items: &[String], none: &str) -> String {
    if items.is_empty() {
        return labelled(speech, label, &speech.say(none));
    }
    let items = each(items, |item| format!("<li>{}</li>", escaped(item)));
    labelled_block(&speech.say(label), &format!("<ul>{items}</ul>"))
}

/// A line with its label; nothing when it is empty.
fn labelled(speech: &Speech<'_>, label: &str, html: &str) -> String {
    if html.is_empty() {
        String::new()
    } else {
        labelled_block(&speech.say(label), &format!("<p>{html}</p>"))
    }
}

fn labelled_block(label: &str, html: &str) -> String {
    format!("<div class=\"labelled\"><span class=\"label\">{label}</span>{html}</div>")
}
