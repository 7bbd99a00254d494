//! Requests of pages from other origins.

use chorus_socketio::{Cors, Payload, Reply, Server};

use crate::support::{Answer, POLLING, ask, get, serve, sid};

const GOOD: &str = "Origin: http://good.example\r\n";
const BAD: &str = "Origin: http://bad.example\r\n";

fn allowing() -> Server {
    let io = Server::builder().cors(Cors::origins(["http://good.example"]).credentials()).build();
    io.of("/").on("echo", |payload: Payload| async move { Reply(payload) });
    io
}

fn allowed(answer: &Answer) -> (Option<&str>, Option<&str>) {
    let header = |name: &str| answer.header(&format!("access-control-allow-{name}"));
    (header("origin"), header("credentials"))
}

const YES: (Option<&str>, Option<&str>) = (Some("http://good.example"), Some("true"));
const NO: (Option<&str>, Option<&str>) = (None, None);

#[tokio::test]
async fn a_preflight_names_the_origin_and_what_it_may() {
    let address = serve(&allowing()).await;
    let asks = "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n";
    let answer = ask(address, "OPTIONS", POLLING, &format!("{GOOD}{asks}"), b"").await;
    assert_eq!((answer.status, answer.body.len(), allowed(&answer)), (204, 0, YES));
    assert_eq!(answer.header("access-control-allow-methods"), Some("GET,HEAD,PUT,PATCH,POST,DELETE"));
    assert_eq!(answer.header("access-control-allow-headers"), Some("content-type"));
    let answer = ask(address, "OPTIONS", POLLING, BAD, b"").await;
    assert_eq!((answer.status, answer.body.len(), allowed(&answer)), (204, 0, NO));
}

#[tokio::test]
async fn a_request_is_answered_with_the_origin_alone() {
    let address = serve(&allowing()).await;
    let answer = get(address, POLLING, GOOD).await;
    assert_eq!((answer.status, allowed(&answer)), (200, YES));
    assert_eq!(answer.header("access-control-allow-methods"), None);
    assert_eq!(answer.header("access-control-allow-headers"), None);
    let answer = get(address, POLLING, BAD).await;
    assert_eq!(
        (answer.status, allowed(&answer)),
        (403, NO),
        "refused, where Node leaves that to the browser"
    );
}

#[tokio::test]
async fn a_refusal_can_be_read_by_the_page() {
    let address = serve(&allowing()).await;
    let answer = get(address, "/socket.io/?EIO=4&transport=websocket", GOOD).await;
    assert_eq!((answer.status, answer.code(), allowed(&answer)), (400, 3.into(), YES));
}

#[tokio::test]
async fn a_whole_session_works_across_origins() {
    let address = serve(&allowing()).await;
    let target = format!("{POLLING}&sid={}", sid(&get(address, POLLING, GOOD).await.text()[1..]));
    for (body, expected) in [("40", "40{"), (r#"421["echo","holà"]"#, r#"431["holà"]"#)] {
        let answer = ask(address, "POST", &target, GOOD, body.as_bytes()).await;
        assert_eq!((answer.status, answer.text(), allowed(&answer)), (200, "ok", YES));
        let answer = get(address, &target, GOOD).await;
        assert_eq!((answer.status, allowed(&answer)), (200, YES));
        assert!(answer.text().starts_with(expected), "{}", answer.text());
    }
}
