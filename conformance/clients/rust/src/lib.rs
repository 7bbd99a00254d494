//! The two clients of `rust_socketio` behind one face, and what a scene with them needs.

mod inbox;
mod line;
mod player;
mod server;
mod stage;

pub use inbox::Inbox;
pub use line::Line;
pub use player::{Asynchronous, Blocking, Player, Ticket};
pub use server::Server;
pub use stage::{Stage, admit};

/// Makes a test of each scene for each client and transport.
#[macro_export]
macro_rules! play {
    ($($scene:ident),* $(,)?) => {
        $crate::play!(blocking, Blocking: $($scene)*);
        $crate::play!(asynchronous, Asynchronous: $($scene)*);
    };
    ($client:ident, $player:ident: $($scene:ident)*) => {
        mod $client {
            $(mod $scene {
                use $crate::{Stage, $player as Client};
                use rust_socketio::TransportType;

                #[test]
                fn polling() {
                    super::super::$scene(&Stage::<Client>::new(TransportType::Polling));
                }

                #[test]
                fn websocket() {
                    super::super::$scene(&Stage::<Client>::new(TransportType::Websocket));
                }

                #[test]
                fn upgrade() {
                    super::super::$scene(&Stage::<Client>::new(TransportType::WebsocketUpgrade));
                }

                #[test]
                fn any() {
                    super::super::$scene(&Stage::<Client>::new(TransportType::Any));
                }
            })*
        }
    };
}
