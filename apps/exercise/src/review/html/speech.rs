//! Texts as the page has them: in its language, in the scenario's words, and escaped.

use crate::events::{Outcome, Remark, Review, ThreatOutcome};
use crate::review::Language;
use crate::review::format::{Moment, game_time};
use crate::review::texts::{Texts, months};
use crate::scenario::{Place, Points, Reach, ThreatId, Word};

/// How a page speaks.
pub(super) struct Speech<'a> {
    pub(super) review: &'a Review,
    pub(super) texts: &'static Texts,
    language: Language,
    /// In small letters, the longest first.
    words: Vec<(Vec<char>, &'a str)>,
}

impl<'a> Speech<'a> {
    pub(super) fn new(review: &'a Review, language: Language) -> Self {
        // words of one language stand for none of another
        let theirs = Language::of(&review.language) == language;
        let words = longest_first(if theirs { &review.words } else { &[] });
        Self { review, texts: Texts::of(language), language, words }
    }

    /// A text of the page.
    pub(super) fn say(&self, text: &str) -> String {
        escaped(&self.in_words(text))
    }

    /// A text of the page, with its parameters, which are the scenario's own or numbers.
    pub(super) fn fill(&self, text: &str, parameters: &[(&str, &str)]) -> String {
        let template = self.say(text);
        let (mut said, mut rest) = (String::new(), template.as_str());
        while let Some((before, after)) = rest.split_once('{') {
            said.push_str(before);
            let named = after.split_once('}').and_then(|(name, tail)| {
                let (_, value) = parameters.iter().find(|(known, _)| *known == name)?;
                Some((value, tail))
            });
            if let Some((value, tail)) = named {
                said.push_str(&escaped(value));
                rest = tail;
            } else {
                said.push('{');
                rest = after;
            }
        }
        said + rest
    }

    pub(super) fn money(&self, money: i64) -> String {
        self.language.number(money.saturating_mul(1000))
    }

    pub(super) fn points(&self, points: Points) -> String {
        self.language.number(points.thousandths())
    }

    pub(super) fn thousandths(&self, value: i64) -> String {
        self.language.number(value)
    }

    pub(super) fn money_change(&self, money: i64) -> String {
        self.language.change(money.saturating_mul(1000))
    }

    pub(super) fn points_change(&self, points: Points) -> String {
        self.language.change(points.thousandths())
    }

    /// A day and time of day.
    pub(super) fn date(&self, millis: i64) -> String {
        let Moment { year, month, day, hour, minute, .. } = millis.into();
        let month = months(self.language).get(month - 1).copied().unwrap_or_default();
        let time = format!("{hour:02}:{minute:02}");
        let parameters =
            [("day", &*day.to_string()), ("month", month), ("year", &*year.to_string()), ("time", &*time)];
        self.fill(self.texts.date, &parameters)
    }

    pub(super) fn at(&self, text: &str, millis: i64) -> String {
        self.fill(text, &[("time", &game_time(millis))])
    }

    pub(super) fn reach(&self, reach: Reach) -> String {
        match reach {
            Reach::Hq => escaped(&self.review.places.hq),
            Reach::Local => escaped(&self.review.places.local),
            Reach::Party => self.say(self.texts.both_places),
        }
    }

    pub(super) fn places(&self, places: &[Place]) -> String {
        self.reach(match places {
            [Place::Hq] => Reach::Hq,
            [Place::Local] => Reach::Local,
            _ => Reach::Party,
        })
    }

    pub(super) fn outcome(&self, outcome: Outcome) -> String {
        self.say(match outcome {
            Outcome::Prevented => self.texts.prevented,
            Outcome::Handled => self.texts.handled,
            Outcome::Mishandled => self.texts.mishandled,
            Outcome::Missed => self.texts.missed,
            Outcome::Pending => self.texts.pending,
        })
    }

    /// What is said besides the kind of an event.
    pub(super) fn remark(&self, remark: Remark) -> Option<String> {
        Some(self.say(match remark {
            Remark::Early => self.texts.early_remark,
            Remark::Right => self.texts.right,
            Remark::Wrong => self.texts.wrong,
            Remark::Restart => self.texts.restart,
            Remark::Unlocked => return None,
        }))
    }

    pub(super) fn threat(&self, id: &ThreatId) -> Option<&'a ThreatOutcome> {
        self.review.threats.iter().find(|threat| threat.id == *id)
    }

    /// The scenario's own words in the place of the page's, whole words only, in the case of those
    /// they replace; a plural `s` stays one.
    pub(super) fn in_words(&self, text: &str) -> String {
        if self.words.is_empty() {
            return text.to_owned();
        }
        let letters: Vec<char> = text.chars().collect();
        let mut said = String::new();
        let mut place = 0;
        while let Some(letter) = letters.get(place) {
            let begins = place == 0 || letters.get(place - 1).is_none_or(|before| !is_inner(*before));
            let found = begins.then(|| self.word_at(&letters, place)).flatten();
            if let Some((length, synonym)) = found {
                said.push_str(&cased(synonym, *letter));
                place += length;
            } else {
                said.push(*letter);
                place += 1;
            }
        }
        said
    }

    /// How many letters a word of the scenario takes there, and what is said instead.
    fn word_at(&self, letters: &[char], place: usize) -> Option<(usize, &'a str)> {
        let there = letters.get(place..).unwrap_or_default();
        self.words.iter().find_map(|(word, synonym)| {
            let (start, rest) = there.split_at_checked(word.len())?;
            let same = start.iter().zip(word).all(|(letter, wanted)| small(*letter) == *wanted);
            // of a synonym that is a plural already there is no other
            let plural = rest.first() == Some(&'s');
            let after = rest.get(usize::from(plural));
            let ends = after.is_none_or(|after| !after.is_alphanumeric() && *after != '}');
            let swallowed = usize::from(plural && synonym.ends_with('s'));
            (same && ends).then_some((word.len() + swallowed, *synonym))
        })
    }
}

/// What cannot be in front of a word: `{budget}` is a parameter.
fn is_inner(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '{'
}

fn longest_first(words: &[Word]) -> Vec<(Vec<char>, &str)> {
    let words = words.iter().filter(|pair| !pair.word.is_empty());
    let mut words: Vec<(Vec<char>, &str)> =
        words.map(|pair| (pair.word.chars().map(small).collect(), pair.synonym.as_str())).collect();
    words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    words
}

fn small(letter: char) -> char {
    letter.to_lowercase().next().unwrap_or(letter)
}

fn cased(synonym: &str, like: char) -> String {
    let mut letters = synonym.chars();
    let Some(first) = letters.next() else { return String::new() };
    let rest = letters.as_str();
    // what is written in capitals is a name or an abbreviation
    let shouted = rest.chars().next().is_some_and(char::is_uppercase);
    if like.is_uppercase() {
        first.to_uppercase().chain(rest.chars()).collect()
    } else if shouted {
        synonym.to_owned()
    } else {
        first.to_lowercase().chain(rest.chars()).collect()
    }
}

/// A text that is nothing but text.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // controls are no characters of HTML
            letter if letter.is_control() && letter != '\n' && letter != '\t' => escaped.push('\u{fffd}'),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// The pieces of many things, one after another.
pub(super) fn each<T>(things: impl IntoIterator<Item = T>, mut piece: impl FnMut(T) -> String) -> String {
    let mut all = String::new();
    for thing in things {
        all.push_str(&piece(thing));
    }
    all
}
