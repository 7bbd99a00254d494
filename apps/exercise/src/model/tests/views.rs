//! What a part may see.

use super::*;
use crate::scenario::{Place, RoleId};

fn sees(room: &Room, viewer: &Viewer) -> Vec<String> {
    room.changes(viewer, 0).cards.iter().map(|card| card.id.to_string()).collect()
}

fn playing(role: &str, place: Place) -> Viewer {
    Viewer::Participant { role: Some(RoleId::parse(role).unwrap()), place: Some(place) }
}

#[test]
fn threats_reach_those_they_are_for() {
    let mut room = Room::started();
    let nobody = Viewer::Participant { role: None, place: None };
    let viewers =
        [playing("R1", Place::Hq), playing("R2", Place::Local), playing("R1", Place::Local), nobody];
    assert!(viewers.iter().all(|viewer| sees(&room, viewer).is_empty()), "nothing was delivered");
    for threat in ["I1", "I2", "I3", "I4"] {
        room.deliver(threat);
    }
    let seen: Vec<_> = viewers.iter().map(|viewer| sees(&room, viewer)).collect();
    assert_eq!(seen, [vec!["I1", "I2"], vec!["I3"], vec![], vec![]]);
    assert_eq!(sees(&room, &Viewer::Projector), ["I2"], "what is on the board");
}

#[test]
fn only_staff_sees_what_is_to_come() {
    let room = Room::started();
    let staff = room.changes(&Viewer::Staff, 0);
    assert_eq!(staff.scenario.unwrap().threats.len(), 4);
    assert_eq!(staff.threats.len(), 4);
    for viewer in [Viewer::Projector, playing("R1", Place::Hq)] {
        let changes = room.changes(&viewer, 0);
        assert!(changes.scenario.is_none() && changes.threats.is_empty() && changes.log.is_empty());
        let text = serde_json::to_string(&changes).unwrap();
        assert!(!text.contains("Burglary") && !text.contains("Locks"), "{text}");
    }
}

#[test]
fn what_is_taken_back_is_withdrawn() {
    let mut room = Room::started();
    let viewer = playing("R1", Place::Hq);
    let before = room.last();
    room.deliver("I1");
    let delivered = room.last();
    assert_eq!(room.changes(&viewer, before).cards.len(), 1);
    room.run(json!({ "do": "undo", "entry": delivered })).unwrap();
    let changes = room.changes(&viewer, delivered);
    assert_eq!(changes.withdrawn.len(), 1);
    assert_eq!(changes.systems.len(), 1, "and the system is up again");
    assert!(room.changes(&viewer, room.last()).is_empty());
}

#[test]
fn a_click_is_told_in_few_bytes() {
    let mut room = Room::started();
    for action in [
        json!({ "do": "act", "action": "A1" }),
        json!({ "do": "buy", "mitigation": "M3" }),
        json!({ "do": "deliver", "threat": "I1", "early": true }),
    ] {
        let before = room.last();
        room.run(action).unwrap();
        let bytes = serde_json::to_string(&room.changes(&Viewer::Staff, before)).unwrap().len();
        // the original sends 25,000 to 31,000
        assert!(bytes < 1_000, "{bytes}");
    }
}
