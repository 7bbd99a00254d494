//! The end: SIGTERM and SIGINT.

use tokio::sync::watch;

/// Becomes true when the server is asked to end.
pub(crate) type Ending = watch::Receiver<bool>;

/// Listens to the signals; a second one ends the process at once.
pub(crate) fn listen() -> std::io::Result<Ending> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let (end, ending) = watch::channel(false);
    tokio::spawn(async move {
        for _ in 0..2 {
            let name = tokio::select! {
                _ = terminate.recv() => "SIGTERM",
                _ = interrupt.recv() => "SIGINT",
            };
            if end.send_replace(true) {
                std::process::exit(1);
            }
            tracing::info!(signal = name, "closing");
        }
    });
    Ok(ending)
}

/// Returns when the server is to end.
pub(crate) async fn ended(ending: &mut Ending) {
    // the sender lives as long as the process
    let _ = ending.wait_for(|ending| *ending).await;
}
