//! Rooms, roles, guests and the database itself.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use chorus_platform::database::{Database, OpenError};
use chorus_platform::live::Limits;
use chorus_platform::rooms::{NewRoom, Role};
use chorus_platform::{Error, clock};
use common::{Bench, Event};

#[tokio::test]
async fn a_room_past_its_time_is_unknown_and_found_by_the_sweep() {
    let bench = Bench::new(Limits::default()).await;
    let (owner, _) = bench.platform.identity.create().await.unwrap();
    let room = NewRoom {
        kind: "counter",
        title: "t".into(),
        summary: String::new(),
        owner,
        expires: Some(clock::now() - 1),
        first: serde_json::to_string(&Event::Added(0)).unwrap(),
    };
    let room = bench.platform.rooms.create(room).await.unwrap();
    bench.room().await;
    assert!(matches!(bench.platform.rooms.find(&room.code).await, Err(Error::UnknownRoom)));
    let expired = bench.platform.rooms.expired().await.unwrap();
    assert_eq!(expired.iter().map(|room| room.id).collect::<Vec<_>>(), [room.id]);
}

#[tokio::test]
async fn roles_are_held_claimed_and_never_lost() {
    let bench = Bench::new(Limits::default()).await;
    let room = bench.room().await;
    let rooms = &bench.platform.rooms;
    let (guest, _) = bench.platform.identity.create().await.unwrap();
    assert_eq!(rooms.member(room.id, guest).await.unwrap(), None);
    let member = rooms.join(room.id, guest).await.unwrap();
    assert_eq!(member.role, Role::Participant);
    assert!(rooms.require(room.id, guest, Role::Host).await.is_err());
    let key = rooms.create_key(room.id, Role::Host).await.unwrap();
    assert!(matches!(rooms.claim(room.id, guest, "guess").await, Err(Error::InvalidKey)));
    let other = bench.room().await;
    assert!(matches!(rooms.claim(other.id, guest, &key).await, Err(Error::InvalidKey)));
    let host = rooms.claim(room.id, guest, &key).await.unwrap();
    assert_eq!((host.id, host.role), (member.id, Role::Host), "the name in the log stays");
    let projector = rooms.create_key(room.id, Role::Projector).await.unwrap();
    assert_eq!(rooms.claim(room.id, guest, &projector).await.unwrap().role, Role::Host);
    assert_eq!(rooms.hosted("counter", guest).await.unwrap().len(), 1);
}

#[tokio::test]
async fn guests_are_found_by_their_cookie_after_a_restart() {
    let bench = Bench::new(Limits::default()).await;
    let (guest, secret) = bench.platform.identity.create().await.unwrap();
    let cookie = format!("chorus_guest={secret}");
    let bench = bench.restart().await;
    let identity = &bench.platform.identity;
    assert_eq!(identity.find(Some(&cookie)).await.unwrap(), Some(guest));
    assert_eq!(identity.find(Some(&cookie)).await.unwrap(), Some(guest));
    let unknown = format!("chorus_guest={}", "A".repeat(43));
    assert_eq!(identity.find(Some(&unknown)).await.unwrap(), None);
    let stored: String = sqlx::query_scalar("SELECT token FROM guests")
        .fetch_one(bench.platform.database.reader())
        .await
        .unwrap();
    assert!(!stored.contains(&secret), "only a hash is stored");
}

#[tokio::test]
async fn a_folder_has_one_server_and_must_be_writable() {
    let bench = Bench::new(Limits::default()).await;
    let second = Database::open(bench.folder.path()).await;
    assert!(matches!(second, Err(OpenError::InUse(_))));
    let file = bench.folder.path().join("chorus.lock");
    assert!(matches!(Database::open(&file).await, Err(OpenError::Folder { .. })));
    let odd = bench.folder.path().join("a folder?with%odd#name");
    Database::open(&odd).await.unwrap().close().await;
    assert!(odd.join("chorus.db").is_file());
}
