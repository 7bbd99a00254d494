//! Pages of other sites, whose browsers send the cookies of their users along (CSWSH).

use chorus_socketio::{Cors, Origins, Server};

use crate::harness::{Peer, Poller, Scene, get, post};

const OPEN: &str = "/socket.io/?EIO=4&transport=polling";
const WEBSOCKET: &str = "/socket.io/?EIO=4&transport=websocket";

/// The harness asks for host `x`.
const FOREIGN: [&str; 9] = [
    "https://evil.test",
    "http://x.evil.test",
    "http://evil.test/x",
    "http://x:81",
    "http://x@evil.test",
    "null",
    "",
    "file://",
    "\u{ff}",
];

/// CVE-2019-13611 and case 1: by default nobody is let in but pages of the same host.
#[tokio::test(flavor = "multi_thread")]
async fn foreign_pages_are_turned_away_on_each_transport() {
    let scene = Scene::new(Server::new()).await;
    let poller = Poller::open(scene.address).await;
    poller.join().await;
    for origin in FOREIGN {
        let lines = format!("Origin: {origin}\r\nCookie: session=victim\r\n");
        let answer = get(scene.address, OPEN, &lines).await;
        assert_eq!((answer.status, answer.code()), (403, Some(4)), "{origin}: {answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
        // a simple request: it is sent without asking, and its text may be a packet
        let simple = format!("{lines}Content-Type: text/plain\r\n");
        let answer = post(scene.address, &poller.target, &simple, r#"42["echo",1]"#).await;
        assert_eq!(answer.status, 403, "{origin}: {answer:?}");
        assert_eq!(get(scene.address, &poller.target, &lines).await.status, 403, "{origin}");
        for target in [WEBSOCKET, &poller.upgrade_target()] {
            let Err(answer) = Peer::request(scene.address, target, &lines).await else { panic!("{origin}") };
            assert_eq!(answer.status, 400, "{origin}");
        }
    }
    // the session knows nothing of it
    poller.post(r#"421["echo","mine"]"#).await;
    assert_eq!(poller.get().await.body, r#"431["mine"]"#);
    poller.leave().await;
    scene.end().await;
}

/// Two origins are none, and a script of another site says where it is.
#[tokio::test(flavor = "multi_thread")]
async fn pages_that_hide_where_they_are_are_foreign() {
    let scene = Scene::new(Server::builder().allow_eio3(true).build()).await;
    for lines in [
        "Origin: http://x\r\nOrigin: https://evil.test\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: cross-site\r\nReferer: https://evil.test/page\r\n",
        "Sec-Fetch-Site: same-site\r\nReferer: http://other.x/\r\n",
    ] {
        for target in [OPEN, "/socket.io/?EIO=3&transport=polling&j=0"] {
            assert_eq!(get(scene.address, target, lines).await.status, 403, "{lines}");
        }
    }
    for lines in ["", "Origin: http://x\r\n", "Origin: https://X\r\n", "Sec-Fetch-Site: same-origin\r\n"] {
        let (poller, _) = Poller::open_with(scene.address, OPEN, lines).await;
        poller.leave().await;
    }
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn listed_origins_are_let_in_and_no_others() {
    let good = "https://good.test";
    let servers = [
        Server::builder().origins(Origins::listed([good])).build(),
        Server::builder().cors(Cors::origins([good]).credentials()).build(),
    ];
    for io in servers {
        let scene = Scene::new(io).await;
        let (poller, _) = Poller::open_with(scene.address, OPEN, &format!("Origin: {good}\r\n")).await;
        poller.leave().await;
        let request = Peer::request(scene.address, WEBSOCKET, &format!("Origin: {good}\r\n")).await;
        drop(request.unwrap_or_else(|answer| panic!("{answer:?}")));
        for origin in
            ["http://good.test", "https://good.test.evil.test", "https://xgood.test", "https://good.test:444"]
        {
            let lines = format!("Origin: {origin}\r\n");
            assert_eq!(get(scene.address, OPEN, &lines).await.status, 403, "{origin}");
        }
        scene.end().await;
    }
}
