//! Engine.IO 3: bodies that declare lengths, and scripts.

use std::time::{Duration, Instant};

use chorus_socketio::{Data, Reply, Server};
use serde_json::Value;

use crate::harness::{Poller, Scene, get, impatient, post};

const OPEN: &str = "/socket.io/?EIO=3&transport=polling";

/// CVE-2020-36048, socketioxide #739 and #741: lengths that are wrong, and packets that are many.
#[tokio::test(flavor = "multi_thread")]
async fn bodies_with_wrong_lengths_are_refused_in_linear_time() {
    let scene = Scene::new(Server::builder().allow_eio3(true).max_http_buffer_size(1_000_000).build()).await;
    let digits = "9".repeat(999_999);
    let cases: [(&str, &[u8]); 20] = [
        ("", b"99999999:4"),
        ("", b"9999999999:4"),
        ("", b"18446744073709551617:4"),
        ("", digits.as_bytes()),
        ("", b"4"),
        ("", b":"),
        ("", b":4"),
        ("", b"1"),
        ("", b"-1:4"),
        ("", b"1.0:4"),
        ("", b"3:4a"),
        // in the middle of a character, by bytes and by code units
        ("", "2:4\u{1f600}".as_bytes()),
        ("", "3:4\u{20ac}".as_bytes()),
        ("", b"2:4\xe2"),
        ("", &b"1:6".repeat(333_000)),
        ("", &b"0:".repeat(500_000)),
        (BINARY, b"\x00\x09\x09\x09\xff4"),
        (BINARY, b"\x02\x01\xff4"),
        (BINARY, b"\x01\x00\xff"),
        (BINARY, &[9; 1000]),
    ];
    for (n, (lines, body)) in cases.into_iter().enumerate() {
        let poller = Poller::open_at(scene.address, OPEN).await;
        let start = Instant::now();
        assert_eq!(post(scene.address, &poller.target, lines, body).await.status, 400, "body {n}");
        poller.is_gone().await;
        assert!(start.elapsed() < Duration::from_secs(5), "body {n}: {:?}", start.elapsed());
    }
    scene.end().await;
}

/// CVE-2020-36048: pings by the ten thousand, each of which asks for an answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_pings_is_answered_in_small() {
    let scene = Scene::new(Server::builder().allow_eio3(true).build()).await;
    let poller = Poller::open_at(scene.address, OPEN).await;
    for _ in 0..5 {
        let start = Instant::now();
        assert_eq!(poller.post("1:2".repeat(60_000)).await.status, 200);
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    }
    let echo = r#"421["echo",1]"#;
    assert_eq!(poller.post(format!("{}:{echo}", echo.len())).await.status, 200);
    let (mut answers, mut body) = (0, String::new());
    while !body.contains("431[1]") {
        body = poller.get().await.body;
        answers += body.matches("1:3").count();
    }
    assert!(answers <= 100, "{answers} pongs for 300,000 pings");
    scene.is_served().await;
    poller.post("1:1").await;
    scene.is_empty().await;
    scene.end().await;
}

/// Case 11: the function is named by a number, whatever is asked for.
#[tokio::test(flavor = "multi_thread")]
async fn a_script_calls_no_other_function() {
    let scene = Scene::new(impatient().allow_eio3(true).build()).await;
    let cases = [("alert(1)", "1"), ("0];alert(2);//", "02"), ("%0aalert%281%29", "1"), ("x", ""), ("", "")];
    for (j, index) in cases {
        let answer = get(scene.address, &format!("{OPEN}&j={j}"), "").await;
        assert_eq!(answer.header("content-type"), Some("text/javascript; charset=utf-8"), "{j}");
        assert!(answer.body.starts_with(&format!("___eio[{index}](\"")), "{j}: {answer:?}");
        assert!(answer.body.ends_with("\");"), "{j}: {answer:?}");
    }
    scene.end().await;
}

/// Case 11: U+2028 and U+2029 end a line of a script, and `</script>` may stand in a string.
#[tokio::test(flavor = "multi_thread")]
async fn a_script_holds_any_text_as_a_string() {
    let io = Server::builder().allow_eio3(true).build();
    io.of("/").on("back", |Data(value): Data<Value>| async move { Reply(value) });
    let scene = Scene::new(io).await;
    let poller = Poller::open_at(scene.address, OPEN).await;
    let script = format!("{}&j=7", poller.target);
    let packet = "421[\"back\",\"\u{2028}\u{2029}\\\"</script>\"]";
    let form = format!("d={}:{packet}", packet.encode_utf16().count());
    assert_eq!(post(scene.address, &script, FORM, form).await.status, 200);
    let mut body = String::new();
    while !body.contains("431[") {
        body = get(scene.address, &script, "").await.body;
    }
    assert!(body.starts_with("___eio[7](\"") && body.ends_with("\");"), "{body}");
    assert!(!body.contains(['\u{2028}', '\u{2029}', '\n']), "{body}");
    assert!(body.contains(r#"\u2028\u2029\\\"</script>"#), "{body}");
    poller.post("1:1").await;
    scene.end().await;
}

/// Case 11: as in Node, what is no form with one field `d` holds no packets.
#[tokio::test(flavor = "multi_thread")]
async fn forms_that_are_none_hold_nothing() {
    let scene = Scene::new(Server::builder().allow_eio3(true).build()).await;
    let cases = [("", 200), ("d", 200), ("x=1:4", 200), ("d=1:4&d=1:4", 200), ("d=%ff", 400), ("d=9:4", 400)];
    for (form, status) in cases {
        let poller = Poller::open_at(scene.address, OPEN).await;
        let answer = post(scene.address, &format!("{}&j=0", poller.target), FORM, form).await;
        assert_eq!(answer.status, status, "{form}");
        poller.post("1:1").await;
    }
    scene.end().await;
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

const BINARY: &str = "Content-Type: application/octet-stream\r\n";
