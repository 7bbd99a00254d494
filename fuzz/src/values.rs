//! Arguments as a client takes them.

use bytes::Bytes;
use chorus_protocol::socketio::Payload;
use serde_json::{Value, json};

/// Arguments with their bytes in place, none if there are some that Rust has no values for.
///
/// As in JavaScript, an object that says that it is a placeholder is one, wherever it is.
pub fn values(payload: &Payload) -> Option<Value> {
    let mut values = payload.parse().ok()?;
    if !payload.attachments().is_empty() {
        put_bytes(&mut values, payload.attachments());
    }
    Some(values)
}

fn put_bytes(value: &mut Value, attachments: &[Bytes]) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| put_bytes(item, attachments)),
        Value::Object(members) if members.get("_placeholder") == Some(&Value::Bool(true)) => {
            let num = members.get("num").and_then(Value::as_u64);
            let bytes = num.and_then(|num| attachments.get(num as usize));
            *value = json!({"bytes": bytes.expect("an attachment for each placeholder")[..]});
        }
        Value::Object(members) => members.values_mut().for_each(|member| put_bytes(member, attachments)),
        _ => {}
    }
}
