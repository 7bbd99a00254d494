//! The poll's packets, as far as a load generator must know them.
//!
//! Written down anew, not taken from the product: a change there that clients would notice shall
//! be noticed here.

use serde::Deserialize;

/// A packet of the namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packet<'a> {
    /// The event `tally`, with its argument.
    Tally(&'a str),
    /// The answer to a command, in brackets.
    Ack(&'a str),
    /// Anything else.
    Other,
}

/// The argument of `tally`.
#[derive(Debug, Deserialize)]
pub(super) struct Tally {
    pub(super) questions: Vec<QuestionTally>,
}

/// The numbers of one question.
#[derive(Debug, Deserialize)]
pub(super) struct QuestionTally {
    pub(super) id: u32,
    pub(super) voted: u32,
    pub(super) counts: Option<Vec<u32>>,
}

/// The answer to a command.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Reply {
    Ok {
        #[serde(rename = "offset")]
        _offset: u64,
    },
    Error {
        code: String,
        message: String,
    },
}

impl<'a> Packet<'a> {
    pub(super) fn parse(packet: &'a str) -> Self {
        if let Some(tally) = packet.strip_prefix(r#"42/poll,["tally","#) {
            return Self::Tally(tally.strip_suffix(']').unwrap_or(tally));
        }
        match packet.strip_prefix("43/poll,") {
            Some(ack) => Self::Ack(ack.trim_start_matches(|digit: char| digit.is_ascii_digit())),
            None => Self::Other,
        }
    }

    /// What a command was answered, in words if it was refused.
    pub(super) fn reply(self) -> Option<Result<(), String>> {
        let Self::Ack(ack) = self else { return None };
        Some(match serde_json::from_str::<[Reply; 1]>(ack) {
            Ok([Reply::Ok { .. }]) => Ok(()),
            Ok([Reply::Error { code, message }]) => Err(format!("{code}: {message}")),
            Err(error) => Err(format!("{error}: {ack}")),
        })
    }

    pub(super) fn is_ok_ack(self) -> bool {
        self.reply().is_some_and(|reply| reply.is_ok())
    }
}

/// The CONNECT to the namespace.
pub(super) fn connect(code: &str, role: &str) -> String {
    format!(r#"40/poll,{{"code":"{code}","as":"{role}"}}"#)
}

/// The host's command that opens a question.
pub(super) fn open(question: u32) -> String {
    format!(r#"42/poll,0["command",{{"id":"open-question-{question}","do":"open","question":{question}}}]"#)
}

/// A participant's vote; command ids need only differ for one person.
pub(super) fn vote(question: u32, choice: u8) -> String {
    format!(
        r#"42/poll,{question}["command",{{"id":"vote-on-question-{question}","do":"vote","question":{question},"choices":[{choice}]}}]"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_packets_apart() {
        assert_eq!(Packet::parse(r#"42/poll,["tally",{"people":1}]"#), Packet::Tally(r#"{"people":1}"#));
        assert_eq!(Packet::parse(r#"42/poll,["changes",{}]"#), Packet::Other);
        assert!(Packet::parse(r#"43/poll,12[{"ok":{"offset":7}}]"#).is_ok_ack());
        let refused = Packet::parse(r#"43/poll,1[{"error":{"code":"ended","message":"over"}}]"#);
        assert_eq!(refused.reply(), Some(Err("ended: over".into())));
    }
}
