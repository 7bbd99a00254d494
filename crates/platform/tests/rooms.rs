//! Rooms, roles, guests and the database itself.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use chorus_platform::database::{Database, OpenError};
use chorus_platform::live::Limits;
use chorus_platform::rooms::{NewRoom, Role};
use chorus_platform::{Asking, Error, clock};
use common::{Bench, Command, Event};

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
    let expired = bench.platform.rooms.expired("counter", None).await.unwrap();
    assert_eq!(expired.iter().map(|room| room.id).collect::<Vec<_>>(), [room.id]);
    assert!(bench.platform.rooms.expired("poll", None).await.unwrap().is_empty(), "of its kind only");
}

#[tokio::test]
async fn the_list_shows_what_was_last_summed_up_and_nothing_where_it_cannot_be_read() {
    let bench = Bench::new(Limits::default()).await;
    let room = bench.room().await;
    bench.run(&room, "command1", Command::Add(7)).await.unwrap();
    let listed = bench.platform.rooms.hosted("counter", room.owner).await.unwrap().remove(0);
    assert_eq!((listed.title.as_str(), listed.summary::<u64>()), ("total 7", 7));
    assert_eq!(listed.summary::<Vec<String>>(), Vec::<String>::new());
}

#[tokio::test]
async fn a_room_is_quiet_since_its_last_entry() {
    let bench = Bench::new(Limits::default()).await;
    let room = bench.room().await;
    let expired =
        async |quiet_since| bench.platform.rooms.expired("counter", Some(quiet_since)).await.unwrap().len();
    assert_eq!(expired(room.created - 1).await, 0);
    assert_eq!(expired(room.created).await, 1);
    let active = clock::now() + 50;
    while clock::now() < active {
        tokio::task::yield_now().await;
    }
    bench.run(&room, "command1", Command::Add(1)).await.unwrap();
    assert_eq!(expired(active - 1).await, 0, "what happens in it keeps it");
    assert_eq!(expired(clock::now()).await, 1);
}

#[tokio::test]
async fn members_find_their_room_however_often_they_have_guessed() {
    let bench = Bench::new(Limits::default()).await;
    let (platform, room) = (&bench.platform, bench.room().await);
    let address = Some("192.0.2.1".parse().unwrap());
    let asking = |guest| Asking { guest, address };
    let (voter, _) = platform.identity.create().await.unwrap();
    platform.rooms.join(room.id, voter).await.unwrap();
    let (stranger, _) = platform.identity.create().await.unwrap();
    let code = room.code.to_string();
    for guest in [Some(voter), Some(stranger), Some(room.owner), None] {
        for _ in 0..25 {
            assert!(platform.room("NNNNNN", asking(guest)).await.is_err());
        }
        let found = platform.room(&code, asking(guest)).await;
        if guest.is_some_and(|guest| guest != stranger) {
            assert_eq!(found.unwrap().id, room.id);
        } else {
            assert!(matches!(found, Err(Error::TooManyAttempts)), "{found:?}");
        }
    }
    let (newcomer, _) = platform.identity.create().await.unwrap();
    assert_eq!(platform.room(&code, asking(Some(newcomer))).await.unwrap().id, room.id);
}

#[tokio::test]
async fn an_erased_room_cannot_be_joined() {
    let bench = Bench::new(Limits::default()).await;
    let room = bench.room().await;
    bench.live.erase(&room).await.unwrap();
    let joined = bench.platform.rooms.join(room.id, room.owner).await;
    assert!(matches!(joined, Err(Error::UnknownRoom)), "{joined:?}");
}

#[tokio::test]
async fn withdrawn_keys_open_nothing_and_roles_by_key_are_gone() {
    let bench = Bench::new(Limits::default()).await;
    let (room, rooms) = (bench.room().await, &bench.platform.rooms);
    let key = rooms.create_key(room.id, Role::Host).await.unwrap();
    let (host, _) = bench.platform.identity.create().await.unwrap();
    let (other, _) = bench.platform.identity.create().await.unwrap();
    for guest in [host, other] {
        assert_eq!(rooms.claim(room.id, guest, &key).await.unwrap().role, Role::Host);
    }
    rooms.withdraw_keys(room.id, other).await.unwrap();
    assert!(matches!(rooms.claim(room.id, host, &key).await, Err(Error::InvalidKey)));
    assert!(matches!(rooms.require(room.id, host, Role::Host).await, Err(Error::Forbidden)));
    for kept in [room.owner, other] {
        rooms.require(room.id, kept, Role::Host).await.unwrap();
    }
}

#[tokio::test]
async fn keys_and_rooms_are_limited() {
    let bench = Bench::new(Limits::default()).await;
    let (room, rooms) = (bench.room().await, &bench.platform.rooms);
    for _ in 0..50 {
        rooms.create_key(room.id, Role::Host).await.unwrap();
    }
    assert_eq!(rooms.create_key(room.id, Role::Host).await.unwrap_err().code(), "too_many_keys");
    let new = NewRoom {
        kind: "counter",
        title: "t".into(),
        summary: String::new(),
        owner: room.owner,
        expires: None,
        first: serde_json::to_string(&Event::Added(0)).unwrap(),
    };
    for _ in 1..200 {
        rooms.create(new.clone()).await.unwrap();
    }
    assert_eq!(rooms.create(new).await.unwrap_err().code(), "too_many_rooms");
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
    let second = Database::open(bench.folder.path(), &[]).await;
    assert!(matches!(second, Err(OpenError::InUse(_))));
    let file = bench.folder.path().join("chorus.lock");
    assert!(matches!(Database::open(&file, &[]).await, Err(OpenError::Folder { .. })));
    let odd = bench.folder.path().join("a folder?with%odd#name");
    Database::open(&odd, &[]).await.unwrap().close().await;
    assert!(odd.join("chorus.db").is_file());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&odd).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "nobody else may read it");
    }
}
