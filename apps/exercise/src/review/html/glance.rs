//! What the exercise was, and its numbers.

use super::speech::{Speech, each, escaped};
use crate::events::{ExercisePhase, Outage, Outcome};
use crate::review::format::game_time;

/// In the order in which they are told: first what there is most to learn from.
pub(super) const OUTCOMES: [Outcome; 5] =
    [Outcome::Missed, Outcome::Mishandled, Outcome::Handled, Outcome::Prevented, Outcome::Pending];

/// The head of the page.
pub(super) fn head(speech: &Speech<'_>) -> String {
    let (review, texts) = (speech.review, speech.texts);
    let began = review.started.map_or_else(|| speech.say(texts.not_begun), |started| speech.date(started));
    let took =
        [("time", &*game_time(review.elapsed)), ("all", &*game_time(review.settings.duration.millis()))];
    let facts = [
        (texts.scenario, escaped(&review.scenario)),
        (texts.began, began),
        (texts.took, speech.fill(texts.took_of, &took)),
        (texts.code, escaped(&review.code)),
    ];
    let facts =
        each(facts, |(name, value)| format!("<div><dt>{}</dt><dd>{value}</dd></div>", speech.say(name)));
    let early = match review.phase {
        ExercisePhase::Review => String::new(),
        _ => format!("<p class=\"early\">{}</p>", speech.say(texts.early)),
    };
    let title = escaped(&review.title);
    let heading = speech.say(texts.title);
    format!("<header><p class=\"kicker\">{heading}</p><h1>{title}</h1><dl>{facts}</dl>{early}</header>")
}

/// The numbers.
pub(super) fn body(speech: &Speech<'_>) -> String {
    let (review, texts, totals) = (speech.review, speech.texts, &speech.review.totals);
    let (start, end) = (speech.points(totals.support_start), speech.points(totals.support_end));
    let change = speech.points_change(totals.support_end - totals.support_start);
    let median = totals.median_response.map_or_else(|| "–".to_owned(), game_time);
    let budget = speech.money(review.settings.budget);
    let failed = review.systems.iter().filter(|system| !system.down.is_empty()).count();
    let down = game_time(review.systems.iter().map(|system| downtime(&system.down, review.elapsed)).sum());
    let numbers = [
        (texts.support, speech.fill(texts.from_to, &[("from", &start), ("to", &end)]), change),
        (texts.spent, speech.money(totals.spent), speech.fill(texts.spent_of, &[("budget", &budget)])),
        (texts.median, median, speech.say(texts.median_note)),
        (
            texts.failures,
            format!("{failed} / {}", review.systems.len()),
            speech.fill(texts.failures_note, &[("time", &down)]),
        ),
    ];
    let numbers = each(numbers, |(name, value, note)| {
        format!("<div><dt>{}</dt><dd>{value}</dd><dd class=\"note\">{note}</dd></div>", speech.say(name))
    });
    let (best, bought) = (speech.points(review.best.saves), speech.points(review.bought.saves));
    let best = speech.fill(texts.best_note, &[("best", &best), ("bought", &bought)]);
    format!("<dl class=\"numbers\">{numbers}</dl>\n{}<p>{best}</p>", outcomes(speech))
}

/// How many threats went how, as a bar and in words.
fn outcomes(speech: &Speech<'_>) -> String {
    let threats = &speech.review.threats;
    let counts =
        OUTCOMES.map(|outcome| (outcome, threats.iter().filter(|threat| threat.outcome == outcome).count()));
    let there = || counts.into_iter().filter(|(_, count)| *count > 0);
    let bar = each(there(), |(outcome, count)| {
        format!("<span class=\"{}\" style=\"flex-grow:{count}\"></span>", outcome.name())
    });
    let key = each(there(), |(outcome, count)| {
        let name = speech.outcome(outcome);
        format!("<li><span class=\"dot {}\"></span><b>{count}</b> {name}</li>", outcome.name())
    });
    if threats.is_empty() {
        return String::new();
    }
    format!("<div class=\"bar\" aria-hidden=\"true\">{bar}</div><ul class=\"key\">{key}</ul>\n")
}

/// How long a system did not work.
pub(super) fn downtime(down: &[Outage], end: i64) -> i64 {
    down.iter().map(|outage| (outage.to.unwrap_or(end) - outage.from).max(0)).sum()
}

impl Outcome {
    /// Its name on the wire and in styles.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Prevented => "prevented",
            Self::Handled => "handled",
            Self::Mishandled => "mishandled",
            Self::Missed => "missed",
            Self::Pending => "pending",
        }
    }
}
