//! All polls of the server, as one handle.

use std::sync::Arc;

use axum::extract::FromRef;
use chorus_platform::identity::GuestId;
use chorus_platform::kind::{Kind, Options};
use chorus_platform::live::Live;
use chorus_platform::rooms::Room;
use chorus_platform::{Platform, Result};
use chorus_socketio::{Namespace, Server};
use parking_lot::RwLock;

use crate::classic::Hall;
use crate::events::Question;
use crate::handlers;
use crate::model::{Event, Poll, Summary, check_questions, check_title};
use crate::people::People;

/// All polls. Cheap to clone.
#[derive(Clone)]
pub struct Polls(Arc<Inner>);

struct Inner {
    kind: Kind<Poll, People>,
    hall: Arc<RwLock<Option<Hall>>>,
    /// Held while a room for the hall is made.
    making_hall: tokio::sync::Mutex<()>,
}

impl Polls {
    /// The polls of a platform, on the namespace `/poll` of a server.
    pub fn new(platform: Platform, io: &Server, options: Options) -> Self {
        let namespace = io.of("/poll");
        let hall = Arc::default();
        let kind = Kind::new(platform, options, audience(&namespace, &hall));
        let polls = Self(Arc::new(Inner { kind, hall, making_hall: tokio::sync::Mutex::default() }));
        handlers::mount(&polls, &namespace);
        polls
    }

    /// Erases the polls whose time is over.
    pub async fn sweep(&self) -> Result<()> {
        self.kind().sweep().await
    }

    /// Writes what waits, and ends all live polls.
    pub async fn close(&self) {
        self.kind().close().await;
    }

    pub(crate) fn kind(&self) -> &Kind<Poll, People> {
        &self.0.kind
    }

    pub(crate) fn platform(&self) -> &Platform {
        self.kind().platform()
    }

    pub(crate) fn live(&self) -> &Live<Poll, People> {
        self.kind().live()
    }

    pub(crate) fn hall(&self) -> &RwLock<Option<Hall>> {
        &self.0.hall
    }

    /// Held while a room for the hall is made.
    pub(crate) fn making_hall(&self) -> &tokio::sync::Mutex<()> {
        &self.0.making_hall
    }

    /// Makes a poll.
    pub(crate) async fn create(
        &self,
        owner: GuestId,
        title: &str,
        questions: Vec<Question>,
    ) -> Result<Arc<Room>> {
        let title = check_title(title)?;
        let questions = check_questions(questions)?;
        let summary = Summary::of_new(questions.len());
        let first = Event::Created { title: title.clone(), questions };
        self.kind().create(owner, title, &summary, &first).await
    }
}

impl FromRef<Polls> for Platform {
    fn from_ref(polls: &Polls) -> Self {
        polls.platform().clone()
    }
}

fn audience(
    namespace: &Namespace,
    hall: &Arc<RwLock<Option<Hall>>>,
) -> impl Fn(&Arc<Room>) -> People + Send + Sync + 'static {
    let (namespace, hall) = (namespace.clone(), Arc::clone(hall));
    move |room| {
        let hall = hall.read().clone().filter(|hall| hall.is_in(room.id));
        People::new(namespace.clone(), room, hall)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use std::time::Duration;

    use chorus_platform::database::Database;
    use chorus_platform::live::Rules;
    use chorus_platform::origin::Origins;
    use chorus_platform::rooms::NewRoom;
    use chorus_platform::{Asking, Error};

    use super::*;

    #[tokio::test]
    async fn a_poll_that_cannot_be_read_is_its_hosts_to_delete_and_nobody_elses() {
        let folder = tempfile::tempdir().unwrap();
        let platform = Platform::new(Database::open(folder.path(), &[]).await.unwrap(), Origins::default());
        let polls = Polls::new(platform.clone(), &Server::builder().build(), Options::default());
        let (owner, _) = platform.identity.create().await.unwrap();
        let (stranger, _) = platform.identity.create().await.unwrap();
        let asks = |guest| Asking { guest: Some(guest), address: None };
        let room = NewRoom {
            kind: Poll::KIND,
            title: "From a later version".to_owned(),
            summary: String::new(),
            owner,
            expires: None,
            first: r#"{"sung":{}}"#.to_owned(),
        };
        let room = platform.rooms.create(room).await.unwrap();
        let code = room.code.to_string();
        assert!(polls.kind().find_hosted(&code, asks(owner)).await.is_err(), "it cannot be read");
        let refused = polls.kind().erase(&code, asks(stranger)).await;
        assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
        assert!(platform.rooms.find(&room.code).await.is_ok());
        polls.kind().erase(&code, asks(owner)).await.unwrap();
        assert!(matches!(platform.rooms.find(&room.code).await, Err(Error::UnknownRoom)));
    }

    #[tokio::test]
    async fn the_sweep_erases_polls_in_which_nothing_has_happened() {
        let folder = tempfile::tempdir().unwrap();
        let platform = Platform::new(Database::open(folder.path(), &[]).await.unwrap(), Origins::default());
        let (owner, _) = platform.identity.create().await.unwrap();
        let kept = |keep| {
            let options = Options { keep, ..Options::default() };
            Polls::new(platform.clone(), &Server::builder().build(), options)
        };
        let room = kept(None).create(owner, "A poll", Vec::new()).await.unwrap();
        for keep in [None, Some(Duration::from_hours(1)), Some(Duration::MAX)] {
            kept(keep).sweep().await.unwrap();
            assert!(platform.rooms.find(&room.code).await.is_ok(), "{keep:?}");
        }
        kept(Some(Duration::ZERO)).sweep().await.unwrap();
        assert!(matches!(platform.rooms.find(&room.code).await, Err(Error::UnknownRoom)));
    }
}
