//! Stored scenarios: whose they are, their versions and limits.

use std::sync::Arc;

use chorus_exercise::library::{Library, MIGRATIONS, Origin, check_name};
use chorus_exercise::scenario::{Document, Scenario};
use chorus_platform::database::{Database, OpenError};
use chorus_platform::identity::GuestId;
use tempfile::TempDir;

#[tokio::test]
async fn the_shipped_scenarios_are_there_for_everybody_and_cannot_be_changed() {
    let (library, _folder) = library().await;
    let list = library.list(None).await.unwrap();
    let ids: Vec<_> = list.iter().map(|listed| (listed.id.as_str(), listed.from, listed.version)).collect();
    assert_eq!(ids, [("election", Origin::Chorus, 1), ("demonstration", Origin::Chorus, 1)]);
    let counts = list[0].about.counts;
    assert!(counts.threats >= 60 && counts.mitigations >= 30 && counts.responses >= 25, "{counts:?}");
    assert!(counts.systems >= 12 && counts.actions >= 14 && counts.roles >= 10 && counts.curveballs >= 6);
    let found = library.find("demonstration", None).await.unwrap();
    assert_eq!(found.scenario.title, list[1].about.title);
    let updated = library.update("election", guest(1), 1, &scenario("Mine")).await;
    assert_eq!(updated.unwrap_err().code(), "read_only");
    assert_eq!(library.delete("election", guest(1)).await.unwrap_err().code(), "read_only");
}

#[tokio::test]
async fn what_one_guest_keeps_is_nobody_elses() {
    let (library, _folder) = library().await;
    let id = library.create(guest(1), &scenario("One")).await.unwrap();
    let found = library.find(&id, Some(guest(1))).await.unwrap();
    assert_eq!((found.from, found.version, found.scenario.title.as_str()), (Origin::Mine, 1, "One"));
    for other in [None, Some(guest(2))] {
        assert_eq!(library.find(&id, other).await.unwrap_err().code(), "unknown_scenario");
        assert!(library.list(other).await.unwrap().iter().all(|listed| listed.id != id));
    }
    assert_eq!(
        library.update(&id, guest(2), 1, &scenario("x")).await.unwrap_err().code(),
        "unknown_scenario"
    );
    assert_eq!(library.delete(&id, guest(2)).await.unwrap_err().code(), "unknown_scenario");
    assert_eq!(library.list(Some(guest(1))).await.unwrap().len(), 3);
    library.delete(&id, guest(1)).await.unwrap();
    assert_eq!(library.find(&id, Some(guest(1))).await.unwrap_err().code(), "unknown_scenario");
}

#[tokio::test]
async fn of_two_who_change_a_version_one_is_told() {
    let (library, _folder) = library().await;
    let id = library.create(guest(1), &scenario("One")).await.unwrap();
    let (two, three) = (scenario("Two"), scenario("Three"));
    let (first, second) =
        tokio::join!(library.update(&id, guest(1), 1, &two), library.update(&id, guest(1), 1, &three));
    let refused = [&first, &second].into_iter().filter(|result| result.is_err()).count();
    assert_eq!(refused, 1, "{first:?} {second:?}");
    assert_eq!(first.as_ref().or(second.as_ref()).ok(), Some(&2));
    assert_eq!(first.and(second).unwrap_err().code(), "changed");
    let found = library.find(&id, Some(guest(1))).await.unwrap();
    assert_eq!(found.version, 2);
    assert_eq!(library.update(&id, guest(1), 2, &scenario("Four")).await.unwrap(), 3);
}

#[tokio::test]
async fn an_import_replaces_the_earlier_one_of_its_name_for_everybody() {
    let (library, _folder) = library().await;
    assert_eq!(library.import("our-town", &scenario("One")).await.unwrap().version, 1);
    assert_eq!(library.import("our-town", &scenario("Two")).await.unwrap().version, 2);
    for guest in [None, Some(guest(1))] {
        let found = library.find("our-town", guest).await.unwrap();
        assert_eq!((found.from, found.version, found.scenario.title.as_str()), (Origin::Server, 2, "Two"));
    }
    assert_eq!(library.delete("our-town", guest(1)).await.unwrap_err().code(), "read_only");
    let mine = library.create(guest(1), &scenario("Mine")).await.unwrap();
    assert_eq!(library.import(&mine, &scenario("x")).await.unwrap_err().code(), "taken");
    assert_eq!(library.find(&mine, Some(guest(1))).await.unwrap().scenario.title, "Mine");
    for name in ["", "a b", "../x", "ä", &"x".repeat(65)] {
        assert_eq!(check_name(name).unwrap_err().code(), "invalid", "{name}");
    }
    assert_eq!(library.import("election", &scenario("x")).await.unwrap_err().code(), "taken");
    let order: Vec<_> =
        library.list(Some(guest(1))).await.unwrap().into_iter().map(|listed| listed.from).collect();
    assert_eq!(order, [Origin::Chorus, Origin::Chorus, Origin::Server, Origin::Mine]);
}

#[tokio::test]
async fn a_guest_keeps_100_scenarios_and_none_is_larger_than_2_mb() {
    let (library, _folder) = library().await;
    for number in 0..100 {
        library.create(guest(1), &scenario(&format!("{number}"))).await.unwrap();
    }
    let more = library.create(guest(1), &scenario("one more")).await;
    assert_eq!(more.unwrap_err().code(), "too_many_scenarios");
    library.create(guest(2), &scenario("another guest")).await.unwrap();
    let large = library.create(guest(2), &large()).await;
    assert_eq!(large.unwrap_err().code(), "too_large");
}

#[tokio::test]
async fn scenarios_outlive_the_server_and_a_folder_of_a_later_version_is_refused() {
    let (library, folder) = library().await;
    library.import("kept", &scenario("Kept")).await.unwrap();
    library.close().await;
    let earlier = Database::open(folder.path(), &[]).await;
    assert!(matches!(earlier, Err(OpenError::Database { .. })), "it does not know the tables");
    let database = Database::open(folder.path(), &[&MIGRATIONS]).await.unwrap();
    let library = Library::new(Arc::new(database));
    assert_eq!(library.find("kept", None).await.unwrap().scenario.title, "Kept");
}

/// A library, with its database at hand.
struct Bench {
    library: Library,
    database: Arc<Database>,
}

impl std::ops::Deref for Bench {
    type Target = Library;

    fn deref(&self) -> &Library {
        &self.library
    }
}

impl Bench {
    async fn close(self) {
        self.database.close().await;
    }
}

async fn library() -> (Bench, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let database = Arc::new(Database::open(folder.path(), &[&MIGRATIONS]).await.unwrap());
    (Bench { library: Library::new(Arc::clone(&database)), database }, folder)
}

fn guest(number: i64) -> GuestId {
    GuestId::from_stored(number)
}

fn scenario(title: &str) -> Scenario {
    Scenario::new(Document { title: title.to_owned(), ..Document::default() }).unwrap()
}

/// As many long rows as there may be.
fn large() -> Scenario {
    let row = |number| serde_json::json!({ "id": format!("T{number}"), "title": "x", "at": 0, "description": "x".repeat(5_000) });
    let rows: Vec<_> = (0..1_000).map(row).collect();
    let document = serde_json::json!({ "format": "chorus-scenario/1", "title": "x", "threats": rows });
    chorus_exercise::scenario::file::draft(document).into_scenario().unwrap()
}
