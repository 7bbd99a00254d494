//! The exercise's packets, as far as a load generator must know them.

/// A packet of the namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packet {
    /// The event `changes`, complete up to an offset.
    Changes(u64),
    /// A command was done: its number, and the entry it made.
    Done(u32, u64),
    /// A command was refused.
    Refused(u32),
    /// Anything else.
    Other,
}

impl Packet {
    pub(super) fn parse(packet: &str) -> Self {
        if let Some(changes) = packet.strip_prefix(r#"42/exercise,["changes",{"offset":"#) {
            return number(changes).map_or(Self::Other, |(offset, _)| Self::Changes(offset));
        }
        let Some((id, reply)) = packet.strip_prefix("43/exercise,").and_then(number) else {
            return Self::Other;
        };
        let done = reply.strip_prefix(r#"[{"ok":{"offset":"#).and_then(number);
        done.map_or(Self::Refused(id as u32), |(offset, _)| Self::Done(id as u32, offset))
    }
}

/// The number at the beginning of a text, and the rest.
fn number(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((digits.parse().ok()?, rest))
}

/// The CONNECT to the namespace.
pub(super) fn connect(code: &str, part: &str) -> String {
    format!(r#"40/exercise,{{"code":"{code}","as":"{part}"}}"#)
}

/// The facilitator's command that begins the simulation.
pub(super) fn start() -> String {
    r#"42/exercise,0["command",{"id":"start-it-now","do":"start"}]"#.to_owned()
}

/// A click of a facilitator: money comes in, which all screens show.
pub(super) fn click(number: u32, run: &str, action: &str) -> String {
    format!(
        r#"42/exercise,{number}["command",{{"id":"click-{run}-{number}","do":"act","action":"{action}"}}]"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_packets_apart() {
        let changes = r#"42/exercise,["changes",{"offset":12,"now":3,"whole":false}]"#;
        assert_eq!(Packet::parse(changes), Packet::Changes(12));
        assert_eq!(Packet::parse(r#"43/exercise,7[{"ok":{"offset":9}}]"#), Packet::Done(7, 9));
        assert_eq!(
            Packet::parse(r#"43/exercise,7[{"error":{"code":"x","message":"y"}}]"#),
            Packet::Refused(7)
        );
        assert_eq!(Packet::parse(r#"42/exercise,["presence",{}]"#), Packet::Other);
    }
}
