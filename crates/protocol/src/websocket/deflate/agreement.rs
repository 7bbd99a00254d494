//! What server and client have settled on (section 5.1).

use std::fmt;

use super::{Config, Context, WindowBits, offer::Offer};
use crate::websocket::Role;

/// The parameters of one connection; [`Display`](fmt::Display) is the response's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreement {
    server: Side,
    client: Side,
}

/// How one side compresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Side {
    pub(super) context: Context,
    pub(super) window: WindowBits,
    /// Whether the response names the window.
    named: bool,
}

/// The first offer of a `Sec-WebSocket-Extensions` header that can be accepted, if any.
///
/// Several headers are one, joined by commas. What is no valid offer is not a fault of the
/// handshake: it goes on without compression.
pub fn negotiate(header: &str, config: &Config) -> Option<Agreement> {
    // an offer that is valid can be met: a larger window than wanted only costs memory
    Offer::all(header).next().map(|offer| Agreement::new(offer, config))
}

impl Agreement {
    fn new(offer: Offer, config: &Config) -> Self {
        let server_window = config.server_window.min(offer.server_window.unwrap_or(WindowBits::MAX));
        let client_window = config.client_window.min(offer.client_window);
        let told = offer.client_window_allowed && config.client_window < offer.client_window;
        Self {
            server: Side {
                context: stricter(offer.server_context, config.server_context),
                window: server_window,
                named: offer.server_window.is_some() || server_window < WindowBits::MAX,
            },
            client: Side {
                context: stricter(offer.client_context, config.client_context),
                window: if told { client_window } else { offer.client_window },
                named: told,
            },
        }
    }

    /// Whether what [`Config::compress`] makes can be sent to this client.
    ///
    /// It cannot if the window is too large for it, or if a context is kept, which foreign messages
    /// would upset. Such a client has a [`Deflater`](super::Deflater) of its own, or gets the
    /// message as it is, which is always allowed when no context is kept.
    pub fn reads_shared(self, config: &Config) -> bool {
        self.server.context == Context::Reset && config.server_window <= self.server.window
    }

    /// How the side with this role compresses.
    pub(super) fn side(self, role: Role) -> Side {
        match role {
            Role::Server => self.server,
            Role::Client => self.client,
        }
    }
}

impl fmt::Display for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("permessage-deflate")?;
        for (name, side) in [("server", self.server), ("client", self.client)] {
            if side.context == Context::Reset {
                write!(f, "; {name}_no_context_takeover")?;
            }
        }
        for (name, side) in [("server", self.server), ("client", self.client)] {
            if side.named {
                write!(f, "; {name}_max_window_bits={}", side.window.get())?;
            }
        }
        Ok(())
    }
}

fn stricter(one: Context, other: Context) -> Context {
    if one == Context::Reset { one } else { other }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(header: &str, config: &Config) -> Option<String> {
        negotiate(header, config).map(|agreement| agreement.to_string())
    }

    fn keeping() -> Config {
        Config { server_context: Context::Keep, client_context: Context::Keep, ..Config::default() }
    }

    /// The offers of browsers, `ws` and Autobahn, with what `ws` 8 answers to them.
    #[test]
    fn answers_offers_as_ws_does() {
        let cases = [
            ("permessage-deflate", "permessage-deflate"),
            ("permessage-deflate; client_max_window_bits", "permessage-deflate"),
            (
                "permessage-deflate; server_no_context_takeover; client_max_window_bits",
                "permessage-deflate; server_no_context_takeover",
            ),
            (
                "permessage-deflate; client_no_context_takeover",
                "permessage-deflate; client_no_context_takeover",
            ),
            ("permessage-deflate; server_max_window_bits=9", "permessage-deflate; server_max_window_bits=9"),
            (
                "permessage-deflate; server_max_window_bits=15",
                "permessage-deflate; server_max_window_bits=15",
            ),
            (
                "permessage-deflate;server_max_window_bits=\"10\"",
                "permessage-deflate; server_max_window_bits=10",
            ),
            (
                "permessage-deflate; server_no_context_takeover; server_max_window_bits=9, permessage-deflate",
                "permessage-deflate; server_no_context_takeover; server_max_window_bits=9",
            ),
            ("x-webkit-deflate-frame, permessage-deflate", "permessage-deflate"),
            ("foo; a=1; b=\"2\",\tpermessage-deflate ; client_max_window_bits", "permessage-deflate"),
        ];
        for (header, expected) in cases {
            assert_eq!(answer(header, &keeping()).as_deref(), Some(expected), "{header}");
        }
    }

    #[test]
    fn declines_invalid_offers_one_by_one() {
        for params in [
            "server_no_context_takeover=1",
            "client_no_context_takeover=\"\"",
            "server_max_window_bits",
            "server_max_window_bits=",
            "server_max_window_bits=7",
            "server_max_window_bits=8",
            "server_max_window_bits=16",
            "server_max_window_bits=010",
            "server_max_window_bits=+9",
            "server_max_window_bits=9.0",
            "server_max_window_bits=\"9",
            "server_max_window_bits=a",
            "client_max_window_bits=7",
            "client_max_window_bits=16",
            "client_max_window_bits=",
            "client_max_window_bits; client_max_window_bits=10",
            "server_no_context_takeover; server_no_context_takeover",
            "client_no_context_takeover; client_no_context_takeover",
            "server_max_window_bits=10; server_max_window_bits=10",
            "constructor",
            "__proto__; a=b",
            "unknown=\"a",
            "",
        ] {
            let header = format!("permessage-deflate; {params}");
            assert_eq!(answer(&header, &keeping()), None, "{header}");
            let header = format!("{header}, permessage-deflate; server_max_window_bits=11");
            let expected = "permessage-deflate; server_max_window_bits=11";
            assert_eq!(answer(&header, &keeping()).as_deref(), Some(expected), "{header}");
        }
        for header in
            ["", ",", ";", "constructor", "__proto__;a=b", "Permessage-Deflate", "permessage-deflate2"]
        {
            assert_eq!(answer(header, &keeping()), None, "{header}");
        }
    }

    #[test]
    fn without_context_takeover_both_sides_are_told() {
        let none = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
        assert_eq!(answer("permessage-deflate", &Config::default()).as_deref(), Some(none));
    }

    #[test]
    fn windows_are_the_smaller_of_both_and_the_clients_only_if_it_can_be_told() {
        let config = Config {
            server_window: WindowBits::new(12).unwrap(),
            client_window: WindowBits::new(11).unwrap(),
            ..keeping()
        };
        let cases = [
            ("", "; server_max_window_bits=12", 15),
            ("; client_max_window_bits", "; server_max_window_bits=12; client_max_window_bits=11", 11),
            ("; client_max_window_bits=13", "; server_max_window_bits=12; client_max_window_bits=11", 11),
            ("; client_max_window_bits=10", "; server_max_window_bits=12", 10),
            ("; client_max_window_bits=8", "; server_max_window_bits=12", 9),
            ("; server_max_window_bits=14", "; server_max_window_bits=12", 15),
            ("; server_max_window_bits=10", "; server_max_window_bits=10", 15),
        ];
        for (params, expected, window) in cases {
            let agreement = negotiate(&format!("permessage-deflate{params}"), &config).unwrap();
            assert_eq!(agreement.to_string(), format!("permessage-deflate{expected}"), "{params}");
            assert_eq!(agreement.side(Role::Client).window.get(), window, "{params}");
        }
    }

    #[test]
    fn shared_messages_are_for_windows_large_enough_without_a_context() {
        let shares = |params: &str, config: &Config| {
            negotiate(&format!("permessage-deflate{params}"), config).unwrap().reads_shared(config)
        };
        assert!(shares("", &Config::default()));
        assert!(!shares("; server_max_window_bits=14", &Config::default()));
        assert!(!shares("", &keeping()));
        assert!(shares("; server_no_context_takeover", &keeping()));
        let small = Config { server_window: WindowBits::MIN, ..Config::default() };
        assert!(shares("; server_max_window_bits=14", &small));
    }
}
