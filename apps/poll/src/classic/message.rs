//! What the original's clients send: the event `message`, with one to three arguments.

use serde_json::Value;

use super::CHOICES;

/// What a client wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Message {
    /// The choice, from 0.
    Vote(u8),
    /// A vote for something that is not there.
    UnknownChoice,
    /// Anything else: the original ignores it.
    Other,
}

impl Message {
    /// Reads `('voteCast', choice)`, `('voteCast', pollId, choice)` or
    /// `('voteCast', {option, id})`.
    pub(super) fn read(channel: &Value, first: &Value, second: &Value) -> Self {
        if channel.as_str() != Some("voteCast") {
            return Self::Other;
        }
        let named = match (first, second) {
            (Value::Object(vote), _) => vote.get("option"),
            (first, Value::Null) => Some(first),
            (_, second) => Some(second),
        };
        let choice = named
            .and_then(Value::as_str)
            .and_then(|named| CHOICES.iter().position(|choice| *choice == named));
        choice.map_or(Self::UnknownChoice, |choice| Self::Vote(choice as u8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(arguments: &[Value]) -> Message {
        let argument = |index: usize| arguments.get(index).cloned().unwrap_or_default();
        Message::read(&argument(0), &argument(1), &argument(2))
    }

    #[test]
    fn every_known_way_to_vote_is_read() {
        assert_eq!(read(&[json!("voteCast"), json!("A")]), Message::Vote(0));
        assert_eq!(read(&[json!("voteCast"), json!("poll-7"), json!("D")]), Message::Vote(3));
        assert_eq!(read(&[json!("voteCast"), json!(7), json!("B")]), Message::Vote(1));
        assert_eq!(read(&[json!("voteCast"), json!({"option": "C", "id": 7})]), Message::Vote(2));
    }

    #[test]
    fn unknown_choices_and_other_messages_are_told_apart() {
        for choice in [json!("E"), json!(""), json!(1), json!(null), json!([]), json!({"id": 1})] {
            assert_eq!(read(&[json!("voteCast"), choice.clone()]), Message::UnknownChoice, "{choice}");
        }
        assert_eq!(read(&[json!("voteCast")]), Message::UnknownChoice);
        assert_eq!(read(&[json!("chat"), json!("A")]), Message::Other);
        assert_eq!(read(&[json!({"toString": 1})]), Message::Other);
        assert_eq!(read(&[]), Message::Other);
    }
}
