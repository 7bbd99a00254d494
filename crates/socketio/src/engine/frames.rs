//! Packets as single frames, for polling.

use std::collections::VecDeque;

use bytes::Bytes;
use chorus_protocol::websocket::Frames;

/// Splits packets with attachments into single frames, so that a response can end between them.
pub(super) fn split(frames: &mut VecDeque<Bytes>) {
    if !frames.iter().any(|frame| Frames::new(frame).nth(1).is_some()) {
        return;
    }
    let mut single = VecDeque::with_capacity(frames.len() + 1);
    for mut run in frames.drain(..) {
        while !run.is_empty() {
            let mut walk = Frames::new(&run);
            if walk.next().is_none() {
                break;
            }
            let first = run.len() - walk.rest().len();
            single.push_back(run.split_to(first));
        }
    }
    *frames = single;
}
