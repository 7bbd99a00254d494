//! Arguments taken out of a payload: one, several and all of them agree, and bytes find their way.
//!
//! Input: how many attachments there are; a JSON array.
#![no_main]

use bytes::Bytes;
use chorus_fuzz::{budget, sent};
use chorus_protocol::socketio::{Args, Binary, FromArgs, Packet, Payload, ToArgs, event};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let Some((&[count], json)) = data.split_first_chunk() else { return };
    let Ok(json) = str::from_utf8(json) else { return };
    let attachments: Vec<_> = (0..count % 4).map(|num| Bytes::from(vec![num; num.into()])).collect();
    let read = budget::memory(8 * json.len() + SPARE, || Payload::from_json(json, attachments.clone()));
    if let Ok(payload) = read {
        assert_eq!(payload.attachments(), attachments);
        budget::memory(PER_BYTE * json.len() + SPARE, || values(&payload));
        bytes(&payload);
        let read = sent_on(&payload);
        assert_eq!((items(&read), read.attachments()), (items(&payload), &attachments[..]));
    }
    assert!(serde_json::to_string(&Binary::default()).is_err(), "no attachments are left to a later packet");
});

/// The arguments without the white space around them, which is not kept.
fn items(payload: &Payload) -> &str {
    payload.json()[1..payload.json().len() - 1].trim_ascii()
}

/// Takes out the first, the first three and all arguments.
fn values(payload: &Payload) {
    let Ok(all) = payload.parse::<Vec<Value>>() else { return };
    let at = |index: usize| all.get(index).cloned().unwrap_or_default();
    assert_eq!(Value::read(payload).expect("the first"), at(0));
    let three = Args::<(Value, Option<Value>, Value)>::read(payload).expect("the first three");
    assert_eq!(three, Args((at(0), Some(at(1)).filter(|value| !value.is_null()), at(2))));
    assert_eq!(Args::<()>::read(payload).expect("none"), Args(()));
}

/// Takes out the first two as bytes and sends them on.
fn bytes(payload: &Payload) {
    let Ok(Args((first, second))) = Args::<(Binary, Option<Binary>)>::read(payload) else { return };
    let sent: Vec<_> = [Some(first), second].into_iter().flatten().collect();
    assert!(sent.iter().all(|bytes| payload.attachments().contains(&bytes.0)), "{sent:?}");
    let read = sent_on(&sent);
    assert_eq!(Vec::<Binary>::read(&read).expect("what was sent"), sent);
}

/// Sends arguments as an event and reads them at the other end.
fn sent_on(args: &impl ToArgs) -> Payload {
    let frames = event("/", "e", args, None).expect("arguments can be written");
    match sent::read(&frames) {
        Ok((_, Packet::Event(_, payload, None))) => payload,
        other => panic!("{other:?}"),
    }
}

/// An object of `serde_json` takes 632 bytes for the seven of `{"":0},`, and some are there several times.
const PER_BYTE: usize = 1024;

const SPARE: usize = 16 << 10;
