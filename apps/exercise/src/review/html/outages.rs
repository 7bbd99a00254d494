//! When the systems did not work.

use super::glance::downtime;
use super::speech::{Speech, each, escaped};
use crate::events::SystemOutcome;
use crate::review::format::game_time;

/// The width of a line of time.
const WIDTH: i64 = 1000;

pub(super) fn body(speech: &Speech<'_>) -> String {
    let (review, texts) = (speech.review, speech.texts);
    if review.systems.is_empty() {
        return String::new();
    }
    let failed = review.systems.iter().filter(|system| !system.down.is_empty());
    let rows = each(failed, |system| row(speech, system));
    let steady: Vec<_> = review.systems.iter().filter(|system| system.down.is_empty()).collect();
    let names = steady.iter().map(|system| system.name.as_str()).collect::<Vec<_>>().join(", ");
    let steady = if names.is_empty() {
        String::new()
    } else {
        format!("<p class=\"muted\">{}</p>", speech.fill(texts.steady, &[("names", &names)]))
    };
    if rows.is_empty() {
        return format!("<p>{}</p>", speech.say(texts.none_failed));
    }
    format!(
        "<table class=\"outages\"><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{} – {}</th>\
         <th scope=\"col\">{}</th></tr></thead><tbody>{rows}</tbody></table>{steady}",
        speech.say(texts.system),
        game_time(0),
        game_time(review.elapsed),
        speech.say(texts.down),
    )
}

fn row(speech: &Speech<'_>, system: &SystemOutcome) -> String {
    let end = speech.review.elapsed.max(1);
    let bars = each(&system.down, |outage| {
        let (from, to) = (outage.from.min(end), outage.to.unwrap_or(end).min(end));
        let (x, width) = (from * WIDTH / end, ((to - from) * WIDTH / end).max(4));
        format!("<rect x=\"{x}\" y=\"4\" width=\"{width}\" height=\"16\" rx=\"3\"/>")
    });
    let times = each(&system.down, |outage| {
        let to = outage.to.map_or_else(|| speech.say(speech.texts.until_end), game_time);
        format!("<li>{} – {to}</li>", game_time(outage.from))
    });
    format!(
        "<tr><td>{}<br><span class=\"muted\">{}</span></td>\
         <td><svg viewBox=\"0 0 {WIDTH} 24\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <line x1=\"0\" x2=\"{WIDTH}\" y1=\"12\" y2=\"12\"/>{bars}</svg></td>\
         <td class=\"n\"><b>{}</b><ul>{times}</ul></td></tr>",
        escaped(&system.name),
        speech.reach(system.at),
        game_time(downtime(&system.down, end)),
    )
}
