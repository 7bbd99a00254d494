//! Bodies that do not come to an end.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{Instant, sleep, timeout},
};

use crate::{
    common::LONG,
    harness::{Poller, Scene, connection, impatient},
};

/// Case 2: a body of a byte now and then. Each byte is progress, so only the whole can have a limit.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_takes_too_long_is_answered_with_408() {
    let scene =
        Scene::new(impatient().ping_timeout(LONG).body_timeout(Duration::from_millis(500)).build()).await;
    for head in ["Content-Length: 1000\r\n\r\n4", "Transfer-Encoding: chunked\r\n\r\n3e8\r\n4"] {
        let poller = Poller::open(scene.address).await;
        poller.join().await;
        let start = Instant::now();
        let (mut read, mut write) = connection(scene.address).await.into_split();
        let drip = async {
            let _ = write
                .write_all(format!("POST {} HTTP/1.1\r\nHost: x\r\n{head}", poller.target).as_bytes())
                .await;
            loop {
                let _ = write.write_all(b"x").await;
                sleep(Duration::from_millis(50)).await;
            }
        };
        let mut answer = Vec::new();
        let ended = timeout(LONG, read.read_to_end(&mut answer));
        tokio::select! {
            ended = ended => drop(ended.expect("it is answered in time")),
            () = drip => {}
        }
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
        poller.is_gone().await;
    }
    scene.is_empty().await;
    scene.end().await;
}
