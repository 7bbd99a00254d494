//! What texts and questions must be. Texts are trimmed; control characters are refused.

use super::{MAX_QUESTIONS, Refusal};
use crate::events::{Kind, Question};

/// How many options a question has.
const OPTIONS: std::ops::RangeInclusive<usize> = 2..=12;
/// How high a scale goes.
const SCALE: std::ops::RangeInclusive<u8> = 2..=10;
/// How long a count-down is, in seconds.
const SECONDS: std::ops::RangeInclusive<u32> = 5..=3_600;
/// The last moment JavaScript can say.
const LAST_MOMENT: i64 = 8_640_000_000_000_000;

/// A title, trimmed: 1 to 200 characters.
pub fn check_title(title: &str) -> Result<String, Refusal> {
    text("The title", title, 1, 200)
}

/// The questions of a new poll, trimmed; what is wrong is told with the question's number.
pub fn check_questions(questions: Vec<Question>) -> Result<Vec<Question>, Refusal> {
    if questions.len() > MAX_QUESTIONS {
        return Err(Refusal::TooManyQuestions);
    }
    questions
        .into_iter()
        .enumerate()
        .map(|(index, content)| {
            question(content)
                .map_err(|refusal| Refusal::Invalid(format!("Question {}: {refusal}", index + 1)))
        })
        .collect()
}

/// A question, trimmed.
pub(super) fn question(content: Question) -> Result<Question, Refusal> {
    Ok(Question {
        text: text("The text", &content.text, 1, 500)?,
        kind: kind(content.kind)?,
        seconds: content.seconds.map(seconds).transpose()?,
        ..content
    })
}

/// A count-down.
pub(super) fn seconds(seconds: u32) -> Result<u32, Refusal> {
    if SECONDS.contains(&seconds) {
        Ok(seconds)
    } else {
        Err(invalid("A count-down takes 5 to 3,600 seconds."))
    }
}

/// An end time.
pub(super) fn moment(at: i64) -> Result<i64, Refusal> {
    if (0..=LAST_MOMENT).contains(&at) { Ok(at) } else { Err(invalid("The end time is not a time.")) }
}

fn kind(kind: Kind) -> Result<Kind, Refusal> {
    match kind {
        Kind::Single { options } => Ok(Kind::Single { options: check_options(&options)? }),
        Kind::Multiple { options, max } => {
            let options = check_options(&options)?;
            if max == 0 || usize::from(max) > options.len() {
                return Err(invalid("“max” must be from 1 to the number of options."));
            }
            Ok(Kind::Multiple { options, max })
        }
        Kind::Rating { scale, low, high } if SCALE.contains(&scale) => Ok(Kind::Rating {
            scale,
            low: text("The label of the lowest value", &low, 0, 60)?,
            high: text("The label of the highest value", &high, 0, 60)?,
        }),
        Kind::Rating { .. } => Err(invalid("“scale” must be from 2 to 10.")),
    }
}

fn check_options(options: &[String]) -> Result<Vec<String>, Refusal> {
    if !OPTIONS.contains(&options.len()) {
        return Err(invalid("A question has 2 to 12 options."));
    }
    let mut checked: Vec<String> = Vec::with_capacity(options.len());
    for (index, option) in options.iter().enumerate() {
        let option = text(&format!("Option {}", index + 1), option, 1, 200)?;
        if checked.contains(&option) {
            return Err(Refusal::Invalid(format!("Option {} is there twice.", index + 1)));
        }
        checked.push(option);
    }
    Ok(checked)
}

fn text(what: &str, text: &str, least: usize, most: usize) -> Result<String, Refusal> {
    let text = text.trim();
    if text.chars().any(is_refused) {
        return Err(Refusal::Invalid(format!("{what} holds characters that cannot be shown.")));
    }
    let length = text.chars().count();
    if length < least || (least > 0 && text.chars().all(is_unseen)) {
        return Err(Refusal::Invalid(format!("{what} is empty.")));
    }
    if length > most {
        return Err(Refusal::Invalid(format!("{what} is longer than {most} characters.")));
    }
    Ok(text.to_owned())
}

/// Blanks, and what Unicode calls default-ignorable: nobody sees a text of nothing else.
fn is_unseen(character: char) -> bool {
    character.is_whitespace()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Control characters, and those that turn the direction of the text around them.
fn is_refused(character: char) -> bool {
    character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn invalid(message: &str) -> Refusal {
    Refusal::Invalid(message.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_nobody_sees_is_empty() {
        for unseen in ["", "  ", "\u{200b}", "\u{200d} \u{2060}", "\u{ad}\u{feff}", "\u{3164}"] {
            assert!(check_title(unseen).is_err(), "{unseen:?}");
        }
        for seen in ["a", "a\u{200b}", "👩\u{200d}🚀", "❤\u{fe0f}"] {
            assert!(check_title(seen).is_ok(), "{seen:?}");
        }
    }
}
