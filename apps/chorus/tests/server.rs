//! The binary: sessions, origins, crashes, starting and ending, pages.

#![allow(clippy::similar_names, reason = "a vote, its voter, the votes")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::socket::{self, Socket};
use common::{Answer, Guest, Server, command, folder, single};
use serde_json::json;

#[tokio::test]
async fn a_session_is_made_once() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let answer = server.request("POST", "/api/session", &[], "").await;
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("chorus_guest="), "{cookie}");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Secure"));
    let guest = server.guest().await;
    let again = guest.post("/api/session", &json!(null)).await;
    let renewed = again.header("set-cookie").unwrap();
    assert!(renewed.starts_with(&guest.cookie) && renewed.contains("Max-Age=31536000"), "{renewed}");
    let forged = Guest { cookie: format!("chorus_guest={}", "A".repeat(43)), ..guest };
    assert!(forged.post("/api/session", &json!(null)).await.header("set-cookie").is_some());
    assert_eq!(forged.get("/api/polls").await.code(), "no_session");
    let refused = Socket::join(&forged, "ABC234", "participant", 0).await.err().unwrap();
    assert_eq!(refused["data"]["code"], "no_session");
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_cookie_is_secure_and_the_host_is_the_proxys() {
    let data = folder();
    let server = Server::start(data.path(), &["--trust-proxy"]);
    let headers = [
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "chorus.example"),
        ("origin", "https://chorus.example"),
    ];
    let answer = server.request("POST", "/api/session", &headers, "").await;
    assert!(answer.header("set-cookie").unwrap().ends_with("; Secure"), "{answer:?}");
}

#[tokio::test]
async fn other_sites_are_refused_on_every_transport() {
    let data = folder();
    let server = Server::start(data.path(), &["--origin", "https://friend.test"]);
    let own = format!("http://{}", server.address);
    for (origin, allowed) in
        [(own.as_str(), true), ("https://friend.test", true), ("https://evil.test", false), ("null", false)]
    {
        let header = [("origin", origin)];
        let rest = server.request("POST", "/api/session", &header, "").await;
        assert_eq!(rest.status, if allowed { 204 } else { 403 }, "{origin}");
        let polling = server.request("GET", "/socket.io/?EIO=4&transport=polling", &header, "").await;
        assert_eq!(polling.status, if allowed { 200 } else { 403 }, "{origin}");
        let websocket = socket::open(server.address, "", Some(origin)).await;
        // 400 as the official server refuses an upgrade, where polling gets 403
        assert_eq!(websocket.err(), (!allowed).then_some(400), "{origin}");
    }
    let read = server.request("GET", "/healthz", &[("origin", "https://evil.test")], "").await;
    assert_eq!((read.status, read.body.as_str()), (200, "ok"), "reading is not refused");
}

#[tokio::test]
async fn browsers_give_answers_to_pages_of_allowed_origins_only() {
    let data = folder();
    let server = Server::start(data.path(), &["--origin", "https://Friend.test:443/"]);
    let asked = ("access-control-request-method", "POST");
    for (origin, allowed) in [("https://friend.test", true), ("https://evil.test", false)] {
        let allows = |answer: &Answer| {
            assert!(answer.header("vary").unwrap().eq_ignore_ascii_case("origin"), "{answer:?}");
            let credentials = answer.header("access-control-allow-credentials");
            (answer.header("access-control-allow-origin") == Some(origin), credentials == Some("true"))
        };
        let read = server.request("GET", "/api/rooms/NNNNNN", &[("origin", origin)], "").await;
        assert_eq!(allows(&read), (allowed, allowed));
        let preflight = server.request("OPTIONS", "/api/polls", &[("origin", origin), asked], "").await;
        assert_eq!(allows(&preflight), (allowed, allowed));
        assert_eq!(preflight.status == 204, allowed);
        let header = preflight.header("access-control-allow-headers");
        assert_eq!(header, allowed.then_some("content-type"));
        if allowed {
            let path = "/socket.io/?EIO=4&transport=polling";
            assert_eq!(allows(&server.request("GET", path, &[("origin", origin)], "").await), (true, true));
        }
    }
}

#[tokio::test]
async fn the_page_is_told_the_public_address() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let config = server.request("GET", "/api/config", &[], "").await;
    assert_eq!(
        (config.json(), config.header("cache-control")),
        (json!({ "url": null, "cybersim": false }), Some("no-store"))
    );
    drop(server);
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (listen, url) = (free.to_string(), format!("http://{free}"));
    let server = Server::start(data.path(), &["--listen", &listen, "--public-url", &format!("{url}/")]);
    assert_eq!(server.said, [format!("Chorus is at {url}")]);
    let config = server.request("GET", "/api/config", &[], "").await;
    assert_eq!(config.json(), json!({ "url": url, "cybersim": false }));
}

#[tokio::test]
async fn a_server_for_everybody_says_where_it_is_in_one_line() {
    let data = folder();
    let server = Server::start(data.path(), &["--listen", "0.0.0.0:0"]);
    let line = server.said.last().unwrap();
    let addresses: Vec<_> = line.trim_start_matches("Chorus is at ").split(" and ").collect();
    assert!((1..=2).contains(&addresses.len()), "{line}");
    for address in &addresses {
        let address: std::net::SocketAddr = address.strip_prefix("http://").unwrap().parse().unwrap();
        assert_eq!(address.port(), server.address.port());
        assert!(!address.ip().is_unspecified());
    }
}

#[tokio::test]
async fn variables_are_read_as_people_write_them() {
    let data = folder();
    let mut said = command(data.path(), &[]);
    said.envs([("PORT", ""), ("CHORUS_CLASSIC", ""), ("CHORUS_LISTEN", ""), ("CHORUS_TRUST_PROXY", "1")]);
    let server = Server::run(said);
    let answer = server.request("POST", "/api/session", &[("x-forwarded-proto", "https")], "").await;
    assert!(answer.header("set-cookie").unwrap().ends_with("; Secure"), "{answer:?}");
}

#[tokio::test]
async fn every_acknowledged_vote_outlives_kill_9() {
    let data = folder();
    let mut server = Server::start(data.path(), &[]);
    let (host, code) = server.poll(json!([single("?")])).await;
    let mut socket = Socket::join(&host, &code, "host", 0).await.unwrap();
    socket.done("command-open", json!({ "do": "open", "question": 1 })).await;
    let mut voters = Vec::new();
    for _ in 0..40 {
        let guest = server.guest().await;
        let socket = Socket::join(&guest, &code, "participant", 0).await.unwrap();
        voters.push((guest, socket));
    }
    // everybody votes; the server is killed while half of the acknowledgements are still awaited
    let mut waiting = Vec::new();
    for (_, voter) in &mut voters {
        let vote = json!({ "id": "command-vote", "do": "vote", "question": 1, "choices": [1] });
        waiting.push(voter.emit_later("command", &[vote]).await);
    }
    let mut acknowledged = 0;
    for ((_, voter), id) in voters.iter_mut().zip(&waiting).take(20) {
        assert!(voter.acked(*id).await["ok"].is_object());
        acknowledged += 1;
    }
    server.kill_9();

    let server = Server::start(data.path(), &[]);
    let host = host.at(&server);
    let mut socket = Socket::join(&host, &code, "host", 0).await.unwrap();
    let tally = socket.next("tally").await;
    let voted = tally["questions"][0]["voted"].as_u64().unwrap();
    assert!(voted >= acknowledged, "{voted} of {acknowledged} are there");
    for (number, (guest, _)) in voters.iter().enumerate() {
        let mut voter = Socket::join(&guest.at(&server), &code, "participant", 0).await.unwrap();
        let mine = voter.next("votes").await;
        if number < 20 {
            assert_eq!(mine["votes"], json!([{ "question": 1, "choices": [1] }]));
        }
        // the client sends again what was not acknowledged, with the same id
        voter.done("command-vote", json!({ "do": "vote", "question": 1, "choices": [1] })).await;
    }
    let mut socket = Socket::join(&host, &code, "host", 0).await.unwrap();
    assert_eq!(socket.next("tally").await["questions"][0]["counts"], json!([0, 40, 0]));
}

#[tokio::test]
async fn sigterm_ends_it_cleanly_with_clients_connected() {
    let data = folder();
    let mut server = Server::start(data.path(), &[]);
    let (host, code) = server.poll(json!([single("?")])).await;
    let _socket = Socket::join(&host, &code, "host", 0).await.unwrap();
    assert_eq!(server.terminate().await, Some(0));
    let server = Server::start(data.path(), &[]);
    assert_eq!(host.at(&server).get(&format!("/api/rooms/{code}")).await.status, 200);
}

#[tokio::test]
async fn what_keeps_it_from_starting_is_one_plain_sentence() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let address = server.address.to_string();
    let elsewhere = folder();
    let taken = command(elsewhere.path(), &["--listen", &address]);
    let in_use = command(data.path(), &[]);
    let file = elsewhere.path().join("file");
    std::fs::write(&file, "").unwrap();
    let no_folder = command(&file, &[]);
    let no_config = command(elsewhere.path(), &["--config", "/nonexistent.toml"]);
    for (mut command, words) in [
        (taken, "another program listens there"),
        (in_use, "in use by another server"),
        (no_folder, "cannot be written"),
        (no_config, "cannot be read"),
    ] {
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.starts_with("chorus: ") && said.contains(words), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[tokio::test]
async fn the_page_is_served_for_its_own_paths_only() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let guest = Guest::nobody(&server);
    let page = guest.get("/").await;
    let built = page.status == 200;
    assert!(built || page.body.contains("was not built"), "{page:?}");
    for path in ["/ABC234", "/j/ABC234", "/host/ABC234", "/screen/ABC234"] {
        assert_eq!(guest.get(path).await.body, page.body, "{path}");
    }
    for path in ["/nothing.js", "/assets/none-12345678.js", "/../Cargo.toml", "/api/nothing"] {
        assert_eq!(guest.get(path).await.status, 404, "{path}");
    }
    assert!(page.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
    if built {
        let tag = page.header("etag").unwrap();
        let again = server.request("GET", "/", &[("if-none-match", tag)], "").await;
        assert_eq!((again.status, again.body.as_str()), (304, ""));
        assert_eq!(page.header("cache-control"), Some("no-cache"));
    }
}
