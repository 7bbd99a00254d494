//! What happened, in order.

use super::speech::{Speech, each, escaped};
use crate::events::{Remark, ReviewEvent};
use crate::review::format::game_time;
use crate::review::texts::Texts;

pub(super) fn body(speech: &Speech<'_>) -> String {
    let texts = speech.texts;
    let mut events = speech.review.events.iter();
    let started = events.position(|event| event.kind == "started").unwrap_or(usize::MAX);
    let rows = each(speech.review.events.iter().enumerate(), |(place, event)| {
        // there is no game time before the start
        let time = if place < started { "–".to_owned() } else { game_time(event.at) };
        row(speech, event, &time)
    });
    if rows.is_empty() {
        return rows;
    }
    let heads = [texts.time, texts.event, texts.who, texts.budget, texts.support];
    let heads = each(heads, |name| format!("<th scope=\"col\">{}</th>", speech.say(name)));
    format!("<table class=\"decisions\"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>")
}

fn row(speech: &Speech<'_>, event: &ReviewEvent, time: &str) -> String {
    let undone = if event.undone { " class=\"undone\"" } else { "" };
    let detail = if event.detail.is_empty() {
        String::new()
    } else {
        format!("<br><span class=\"muted\">{}</span>", escaped(&event.detail))
    };
    // what is prevented follows from the row above it
    let by = if event.kind == "prevented" { String::new() } else { speech.by(event) };
    format!(
        "<tr{undone}><td class=\"n\">{time}</td><td><span class=\"label\">{}</span> <span class=\"text\">{}</span>{}{detail}</td>\
         <td>{by}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
        speech.say(kind(event, speech.texts).unwrap_or(&event.kind)),
        escaped(&event.text),
        tags(speech, event),
        speech.money_change(event.budget),
        speech.points_change(event.support),
    )
}

fn tags(speech: &Speech<'_>, event: &ReviewEvent) -> String {
    let remark = event.remark.and_then(|remark| Some((remark.name(), speech.remark(remark)?)));
    let undone = event.undone.then(|| ("", speech.say(speech.texts.undone)));
    each([remark, undone].into_iter().flatten(), |(class, words)| {
        format!(" <span class=\"tag {class}\">{words}</span>")
    })
}

/// What a kind of event is called.
fn kind(event: &ReviewEvent, texts: &Texts) -> Option<&'static str> {
    Some(match event.kind.as_str() {
        "bought" => texts.kind_bought,
        "sold" => texts.kind_sold,
        "started" => texts.kind_started,
        "resumed" => texts.kind_resumed,
        "paused" => texts.kind_paused,
        "finished" => texts.kind_finished,
        "reopened" => texts.kind_reopened,
        "delivered" => texts.kind_delivered,
        "prevented" => texts.kind_prevented,
        "responded" => texts.kind_responded,
        "restored" => texts.kind_restored,
        "acted" => texts.kind_acted,
        "thrown" => texts.kind_thrown,
        "undone" => texts.kind_undone,
        "noted" => texts.kind_noted,
        "set" => texts.kind_set,
        "renamed" => texts.kind_renamed,
        "locked" if event.remark == Some(Remark::Unlocked) => texts.kind_unlocked,
        "locked" => texts.kind_locked,
        "made_facilitator" => texts.kind_made_facilitator,
        "made_observer" => texts.kind_made_observer,
        "made_participant" => texts.kind_made_participant,
        "removed" => texts.kind_removed,
        _ => return None,
    })
}
