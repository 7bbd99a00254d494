//! Packets as single frames, for polling and for clients that want base64.

use std::collections::VecDeque;

use bytes::Bytes;
use chorus_protocol::{
    engineio::write_binary,
    websocket::{self, Frames, Opcode},
};

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

/// Turns binary frames into text frames of `b` and base64.
pub(super) fn to_base64(frames: &mut VecDeque<Bytes>) {
    split(frames);
    for frame in frames {
        if let Some((Opcode::Binary, data)) = Frames::new(frame).next() {
            let mut packet = Vec::new();
            write_binary(data, &mut packet);
            let mut text = Vec::new();
            websocket::encode(Opcode::Text, &packet, &mut text);
            *frame = text.into();
        }
    }
}
