//! What was bought, what would have been best, and what would have helped.

use super::speech::{Speech, each, escaped};
use crate::events::{Purchase, Purchases, ThreatOutcome};

pub(super) fn body(speech: &Speech<'_>) -> String {
    let (review, texts) = (speech.review, speech.texts);
    let text = if review.exact { texts.best_text } else { texts.good_text };
    let text = speech.fill(text, &[("budget", &speech.money(review.settings.budget))]);
    let (bought, best) = (&review.bought, &review.best);
    let tables = [
        table(speech, texts.bought, bought, &best.items, texts.only_bought),
        table(speech, texts.best, best, &bought.items, texts.only_best),
    ];
    format!("<p>{text}</p>{}{}", tables.concat(), by_threat(speech))
}

/// Purchases, with a mark at those that the other side does not have.
fn table(speech: &Speech<'_>, title: &str, purchases: &Purchases, others: &[Purchase], only: &str) -> String {
    let texts = speech.texts;
    let rows = each(&purchases.items, |item| {
        let shared =
            others.iter().any(|other| other.id == item.id && item.at.iter().all(|at| other.at.contains(at)));
        let only =
            if shared { String::new() } else { format!(" <span class=\"tag\">{}</span>", speech.say(only)) };
        format!(
            "<tr><td>{}{only}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            escaped(&item.name),
            speech.places(&item.at),
            speech.money(item.cost),
            item.prevents.len(),
            speech.points(item.saves),
        )
    });
    let rows = if rows.is_empty() {
        format!("<tr><td colspan=\"5\">{}</td></tr>", speech.say(texts.nothing))
    } else {
        rows
    };
    let prevented: usize = purchases.items.iter().map(|item| item.prevents.len()).sum();
    let failures = speech.fill(texts.failures_prevented, &[("n", &purchases.failures.to_string())]);
    format!(
        "<h3>{}</h3><table class=\"numeric\">{}<tbody>{rows}</tbody><tfoot><tr><td>{}</td><td>{failures}</td>\
         <td class=\"n\">{}</td><td class=\"n\">{prevented}</td><td class=\"n\">{}</td></tr></tfoot></table>",
        speech.say(title),
        columns(speech, &[texts.purchase, texts.place, texts.cost, texts.prevents, texts.saves]),
        speech.say(texts.in_all),
        speech.money(purchases.cost),
        speech.points(purchases.saves),
    )
}

/// The cheapest protection from each threat that came, the dearest threat first.
fn by_threat(speech: &Speech<'_>) -> String {
    let texts = speech.texts;
    let came = || speech.review.threats.iter().filter(|threat| threat.delivered_at.is_some());
    let mut helped: Vec<_> = came().filter_map(|threat| Some((threat, threat.help.as_ref()?))).collect();
    helped.sort_by_key(|(threat, _)| threat.support);
    let rows = each(&helped, |(threat, help)| row(speech, threat, help));
    if rows.is_empty() {
        return String::new();
    }
    let helpless: Vec<_> = came().filter(|threat| threat.help.is_none() && threat.asks()).collect();
    let names = helpless.iter().map(|threat| threat.title.as_str()).collect::<Vec<_>>().join(", ");
    let helpless = if names.is_empty() {
        String::new()
    } else {
        format!("<p class=\"muted\">{}</p>", speech.fill(texts.not_preventable, &[("names", &names)]))
    };
    let heads = [texts.threat, texts.support, texts.purchase, texts.cost, texts.prevents, texts.saves];
    format!(
        "<h3>{}</h3><p class=\"muted\">{}</p><table class=\"protections\">{}<tbody>{rows}</tbody></table>{helpless}",
        speech.say(texts.by_threat),
        speech.say(texts.by_threat_note),
        columns(speech, &heads),
    )
}

fn row(speech: &Speech<'_>, threat: &ThreatOutcome, help: &Purchase) -> String {
    format!(
        "<tr><td><a href=\"#threat-{}\">{}</a></td><td class=\"n\">{}</td><td>{} <span class=\"muted\">{}</span></td>\
         <td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
        threat.id,
        escaped(&threat.title),
        speech.points_change(threat.support),
        escaped(&help.name),
        speech.places(&help.at),
        speech.money(help.cost),
        help.prevents.len(),
        speech.points(help.saves),
    )
}

fn columns(speech: &Speech<'_>, names: &[&str]) -> String {
    let names = each(names, |name| format!("<th scope=\"col\">{}</th>", speech.say(name)));
    format!("<thead><tr>{names}</tr></thead>")
}
