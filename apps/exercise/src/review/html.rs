//! The review as one page to print: no scripts, nothing loaded from elsewhere.

mod chart;
mod decisions;
mod glance;
mod help;
mod learning;
mod outages;
mod people;
mod speech;
mod threats;

use super::Language;
use crate::events::Review;
use speech::{Speech, each, escaped};

/// How it looks.
const STYLE: &str = include_str!("html/style.css");

/// A review as one HTML page that is complete in itself, laid out for A4.
pub fn html(review: &Review, language: Language) -> String {
    let speech = Speech::new(review, language);
    let sections = sections(&speech);
    let contents = each(sections.iter(), |section| {
        format!("<li><a href=\"#{}\">{}</a></li>", section.id, section.title)
    });
    let sections = each(sections.iter(), Section::html);
    format!(
        "<!doctype html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{title} · {heading}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{head}\n\
         <nav aria-label=\"{contents_label}\"><h2>{contents_label}</h2><ol>{contents}</ol></nav>\n\
         {sections}</main>\n<footer>{written}</footer>\n</body>\n</html>\n",
        tag = language.tag(),
        title = escaped(&review.title),
        heading = speech.say(speech.texts.title),
        contents_label = speech.say(speech.texts.contents),
        head = glance::head(&speech),
        written = speech.say(speech.texts.written),
    )
}

/// A part of the page.
struct Section {
    id: &'static str,
    title: String,
    body: String,
}

impl Section {
    fn html(&self) -> String {
        let Self { id, title, body } = self;
        format!(
            "<section id=\"{id}\" aria-labelledby=\"{id}-title\">\n<h2 id=\"{id}-title\">{title}</h2>\n{body}\n</section>\n"
        )
    }
}

/// The parts, without those that have nothing to say.
fn sections(speech: &Speech<'_>) -> Vec<Section> {
    let texts = speech.texts;
    let all = [
        ("glance", texts.glance, glance::body(speech)),
        ("course", texts.course, chart::body(speech)),
        ("learning", texts.learning, learning::body(speech)),
        ("threats", texts.threats, threats::body(speech)),
        ("help", texts.help, help::body(speech)),
        ("systems", texts.systems, outages::body(speech)),
        ("notes", texts.notes, people::notes(speech)),
        ("decisions", texts.decisions, decisions::body(speech)),
        ("people", texts.people, people::body(speech)),
    ];
    let told = all.into_iter().filter(|(.., body)| !body.is_empty());
    told.map(|(id, title, body)| Section { id, title: speech.say(title), body }).collect()
}
