//! All rooms of one kind, as one handle: made, found, listed, entered, commanded, swept, closed.
//!
//! What a kind of room adds is its [`Rules`], its [`Attendance`], and who comes in as what.

mod mount;
mod routes;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::FromRef;
use chorus_socketio::Socket;

use crate::identity::GuestId;
use crate::limits::Bucket;
use crate::live::{Actor, Audience, Limits, Live, Rules};
use crate::log::Offset;
use crate::rooms::{MemberId, NewRoom, Role, Room};
use crate::{Asking, Error, Platform, Result};

pub use mount::{Reply, check, put_out};
pub use routes::created;

/// How many commands of one member may come at once.
const BURST: u32 = 200;
/// How long it takes until one more may come: nobody acts faster, and each is stored for good.
const STEP: Duration = Duration::from_millis(50);

/// Limits of the rooms of a kind.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many people may take part in one room at the same time.
    pub max_people: usize,
    /// How long a room is kept in which nothing happens; none for ever.
    pub keep: Option<Duration>,
    /// Limits of live rooms.
    pub live: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_people: 20_000, keep: None, live: Limits::default() }
    }
}

/// A connection's place in a room; kept with its socket.
#[derive(Debug)]
pub struct Seat {
    /// The room.
    pub room: Arc<Room>,
    /// Who it is, and as what.
    pub actor: Actor,
    /// The last offset the client has seen.
    pub since: Offset,
}

/// An audience of people on connections.
pub trait Attendance<R: Rules>: Audience<R> {
    /// Fails with `full` when a newcomer finds no place among `most` people.
    fn has_place(&self, state: &R, newcomer: Actor, most: usize) -> Result<()>;

    /// Shows the state to a newcomer, who from now on is told what happens.
    fn arrive(&mut self, state: &R, socket: &Socket, seat: &Seat);

    /// A connection has ended.
    fn leave(&mut self, socket: &Socket, actor: Actor);

    /// Puts out all who hold a role by a key, but these.
    fn keep_staff(&self, kept: &[MemberId]);
}

/// All rooms of one kind. Cheap to clone.
pub struct Kind<R: Rules, A>(Arc<Inner<R, A>>);

struct Inner<R: Rules, A> {
    platform: Platform,
    live: Live<R, A>,
    pace: Bucket<MemberId>,
    options: Options,
}

impl<R: Rules, A: Attendance<R>> Kind<R, A> {
    /// The rooms of a kind on a platform; `audience` is made for each that comes to life.
    pub fn new(
        platform: Platform,
        options: Options,
        audience: impl Fn(&Arc<Room>) -> A + Send + Sync + 'static,
    ) -> Self {
        let live = Live::new(Arc::clone(&platform.database), options.live, audience);
        Self(Arc::new(Inner { platform, live, pace: Bucket::new(BURST, STEP), options }))
    }

    /// What they are built on.
    pub fn platform(&self) -> &Platform {
        &self.0.platform
    }

    /// Those that are in use.
    pub fn live(&self) -> &Live<R, A> {
        &self.0.live
    }

    /// Makes a room, whose log begins with an event.
    pub async fn create(
        &self,
        owner: GuestId,
        title: String,
        summary: &R::Summary,
        first: &R::Event,
    ) -> Result<Arc<Room>> {
        let write = |_| Error::Internal;
        let summary = serde_json::to_string(summary).map_err(write)?;
        let first = serde_json::to_string(first).map_err(write)?;
        let room = NewRoom { kind: R::KIND, title, summary, owner, expires: None, first };
        self.platform().rooms.create(room).await
    }

    /// The room of a code, as somebody typed it.
    pub async fn find(&self, code: &str, asking: Asking) -> Result<Arc<Room>> {
        let room = self.platform().room(code, asking).await?;
        if room.kind == R::KIND { Ok(room) } else { Err(Error::UnknownRoom) }
    }

    /// The room of a code, for one of its hosts.
    pub async fn find_hosted(&self, code: &str, asking: Asking) -> Result<Arc<Room>> {
        let guest = asking.guest.ok_or(Error::NoSession)?;
        let room = self.find(code, asking).await?;
        self.platform().rooms.require(room.id, guest, Role::Host).await?;
        self.read(&room, Some(guest), |_, _| Ok(())).await?;
        Ok(room)
    }

    /// Reads the state of a room in the role of a guest, who must be admitted.
    pub async fn read<T: Send + 'static>(
        &self,
        room: &Arc<Room>,
        guest: Option<GuestId>,
        read: impl FnOnce(&R, Role) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let member = match guest {
            Some(guest) => self.platform().rooms.member(room.id, guest).await?,
            None => None,
        };
        let visit = self.live().visit(room, move |state, _| {
            if let Some(member) = member {
                state.admits(Actor { member: member.id, role: member.role })?;
            }
            read(state, member.map_or(Role::Participant, |member| member.role))
        });
        visit.await?
    }

    /// Fails when somebody is not admitted or finds no place.
    pub async fn admit(&self, room: &Arc<Room>, actor: Actor) -> Result<()> {
        let most = self.0.options.max_people;
        let visit = self.live().visit(room, move |state, people| {
            state.admits(actor)?;
            people.has_place(state, actor, most)
        });
        visit.await?
    }

    /// A member wants to do something; fails with [`Error::TooManyAttempts`] when it is too much.
    pub fn step(&self, member: MemberId) -> Result<()> {
        if self.0.pace.take(member, Instant::now()) { Ok(()) } else { Err(Error::TooManyAttempts) }
    }

    /// Erases the room of a code, for one of its hosts.
    pub async fn erase(&self, code: &str, asking: Asking) -> Result<()> {
        let guest = asking.guest.ok_or(Error::NoSession)?;
        let room = self.find(code, asking).await?;
        self.platform().rooms.require(room.id, guest, Role::Host).await?;
        match self.read(&room, Some(guest), |_, _| Ok(())).await {
            // what cannot be read can still be erased
            Ok(()) | Err(Error::Internal | Error::Storage(_)) => self.live().erase(&room).await,
            Err(refused) => Err(refused),
        }
    }

    /// Withdraws the keys of a room and the roles that they gave, and puts out who held them; who
    /// asks keeps the role, as does the owner.
    async fn withdraw_keys(&self, room: &Arc<Room>, guest: GuestId) -> Result<()> {
        let rooms = &self.platform().rooms;
        let mut kept = vec![rooms.require(room.id, guest, Role::Host).await?.id];
        kept.extend(rooms.member(room.id, room.owner).await?.map(|owner| owner.id));
        rooms.withdraw_keys(room.id, guest).await?;
        self.live().visit(room, move |_, people| people.keep_staff(&kept)).await
    }

    /// Erases the rooms whose time is over.
    pub async fn sweep(&self) -> Result<()> {
        self.live().sweep(&self.platform().rooms, R::KIND, self.0.options.keep).await
    }

    /// Writes what waits, and ends all live rooms.
    pub async fn close(&self) {
        self.live().close().await;
    }
}

impl<R: Rules, A> Clone for Kind<R, A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<R: Rules, A> FromRef<Kind<R, A>> for Platform {
    fn from_ref(kind: &Kind<R, A>) -> Self {
        kind.0.platform.clone()
    }
}
