//! What the test suite of the official JavaScript client expects of a server.

use std::{error::Error, time::Duration};

use axum::Router;
use chorus_socketio::{Cors, Recovery};
use conformance::{Knobs, client_suite};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let knobs = Knobs { port: 3210, ping_interval: Duration::from_secs(2), ..Knobs::default() }.or_env()?;
    let io = knobs
        .server()
        .cors(Cors::any())
        .connection_state_recovery(Recovery::default())
        .allow_request(|_| async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            Ok(())
        })
        .build();
    client_suite::mount(&io);
    Ok(knobs.serve(Router::new().layer(io.layer())).await?)
}
