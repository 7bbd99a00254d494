//! What the test suite of the Engine.IO protocol expects: every message comes back.

use std::{error::Error, sync::Arc, time::Duration};

use axum::Router;
use bytes::Bytes;
use chorus_socketio::{
    Cors,
    engine::{Application, Close, Config, Engine, Handshake, Session},
};
use conformance::Knobs;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let own = Knobs {
        ping_interval: Duration::from_millis(300),
        ping_timeout: Duration::from_millis(200),
        ..Knobs::default()
    };
    let knobs = own.or_env()?;
    let config = Config {
        ping_interval: knobs.ping_interval,
        ping_timeout: knobs.ping_timeout,
        upgrade_timeout: knobs.upgrade_timeout,
        max_http_buffer_size: knobs.max_http_buffer_size,
        cors: Some(Cors::any()),
        ..Config::new("/engine.io/")
    };
    let engine = Engine::new(config, |session: &Session, _: Arc<Handshake>| Echo(session.clone()));
    Ok(knobs.serve(Router::new().layer(engine.layer())).await?)
}

/// Sends back what it gets.
struct Echo(Session);

impl Application for Echo {
    fn text(&mut self, message: &str) -> Result<(), Close> {
        self.0.send_text(message);
        Ok(())
    }

    fn binary(&mut self, message: Bytes) -> Result<(), Close> {
        self.0.send_binary(&message);
        Ok(())
    }
}
