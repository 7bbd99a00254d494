//! What people are told, and when.

use std::collections::HashSet;
use std::time::Duration;

use chorus_platform::clock;
use chorus_platform::kind::{Attendance, check};
use chorus_platform::live::{Actor, Audience};
use chorus_platform::log::Entry;
use chorus_platform::rooms::{MemberId, Role};
use chorus_socketio::Socket;
use tokio::time::Instant;

use super::{People, Sitting, put_out};
use crate::events::{Deed, ExerciseChanges, Part, PersonId};
use crate::model::{Command, Event, Exercise, Viewer};

/// The least time between two words on who is there.
const SPACING: Duration = Duration::from_millis(125);

impl Audience<Exercise> for People {
    fn committed(&mut self, exercise: &Exercise, entries: &[Entry<Event>]) {
        self.keep_awake(exercise);
        self.settle(exercise);
        self.classic.tell(exercise, entries);
        let since = entries.first().map_or(0, |entry| entry.offset.saturating_sub(1));
        let now = clock::now();
        for viewer in self.viewers.keys() {
            let changes = exercise.changes(viewer, since, now);
            if !changes.is_empty() {
                self.tell(viewer, "changes", &changes);
            }
        }
        for entry in entries {
            match &entry.event {
                Event::Did(Deed::Introduced { .. }) => self.introduced(exercise, entry.member),
                Event::Did(Deed::Entrusted { person, part }) => self.entrusted(exercise, *person, *part),
                Event::Did(Deed::Removed { person }) => self.removed(exercise, *person),
                _ => {}
            }
        }
    }

    fn due(&self) -> Option<Instant> {
        let presence = self.presence_is_stale.then_some(self.next_presence);
        presence.into_iter().chain(self.classic.due()).min()
    }

    fn flush(&mut self, exercise: &Exercise, now: Instant) -> Vec<(Actor, Command)> {
        self.classic.flush(exercise, now);
        if self.presence_is_stale && self.next_presence <= now {
            self.presence_is_stale = false;
            self.next_presence = now + SPACING;
            let of_staff = self.presence(exercise);
            let of_others = of_staff.without_names();
            for viewer in self.viewers.keys() {
                let presence = if *viewer == Viewer::Staff { &of_staff } else { &of_others };
                self.tell(viewer, "presence", presence);
            }
        }
        Vec::new()
    }

    fn is_empty(&self) -> bool {
        self.here.is_empty() && !self.awake
    }

    fn gone(&mut self) {
        self.running.lock().remove(&self.room);
        self.classic.gone();
        for Sitting { socket, .. } in self.here.values() {
            put_out(socket, "deleted", "This exercise has been deleted.");
        }
    }
}

impl People {
    /// Somebody has said who they are: they are told so, and see what their role may see.
    fn introduced(&mut self, exercise: &Exercise, member: Option<MemberId>) {
        let Some(member) = member else { return };
        self.presence_is_stale = true;
        let viewer = exercise.viewer(Part::Participant, member);
        let theirs =
            |sitting: &&Sitting| sitting.actor.member == member && sitting.actor.role == Role::Participant;
        let sockets: Vec<(Socket, Viewer)> = self
            .here
            .values()
            .filter(theirs)
            .map(|sitting| (sitting.socket.clone(), sitting.viewer.clone()))
            .collect();
        for (socket, before) in sockets {
            let mut changes = if before == viewer {
                only_people(exercise)
            } else {
                self.move_over(&socket, &before, &viewer);
                exercise.changes(&viewer, 0, clock::now())
            };
            changes.people.extend(exercise.myself(member));
            check(socket.emit("changes", &changes));
        }
    }

    /// Finds the roles of those who were there before the room's task was started anew.
    fn settle(&mut self, exercise: &Exercise) {
        if std::mem::take(&mut self.unsettled) {
            let participants = self.here.values().filter(|sitting| sitting.actor.role == Role::Participant);
            let members: HashSet<MemberId> = participants.map(|sitting| sitting.actor.member).collect();
            for member in members {
                self.introduced(exercise, Some(member));
            }
        }
    }

    fn move_over(&mut self, socket: &Socket, before: &Viewer, viewer: &Viewer) {
        let Some(sitting) = self.here.get(&socket.id()) else { return };
        let actor = sitting.actor;
        socket.leave(self.audience(before));
        self.leave(socket, actor);
        self.sit(socket, actor, viewer.clone());
    }

    /// Somebody has another part: where they have more than that, they are put out; on their phone
    /// they are told.
    fn entrusted(&mut self, exercise: &Exercise, person: PersonId, part: Part) {
        let Some(person) = exercise.people().find(|known| known.id == person) else { return };
        let member = person.member;
        let above =
            |sitting: &&Sitting| sitting.actor.member == member && sitting.actor.role > Role::from(part);
        for sitting in self.here.values().filter(above) {
            put_out(&sitting.socket, "forbidden", "A facilitator has given you another part.");
        }
        self.introduced(exercise, Some(member));
    }

    fn removed(&mut self, exercise: &Exercise, person: PersonId) {
        let Some(person) = exercise.people().find(|known| known.id == person) else { return };
        self.classic.removed(person.member);
        for sitting in self.here.values().filter(|sitting| sitting.actor.member == person.member) {
            put_out(&sitting.socket, "removed", "A facilitator has put you out of this exercise.");
        }
    }
}

/// Changes in which nothing has changed.
fn only_people(exercise: &Exercise) -> ExerciseChanges {
    exercise.changes(&Viewer::Participant { role: None, place: None }, exercise.offset(), clock::now())
}
