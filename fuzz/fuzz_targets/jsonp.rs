//! JSONP: forms that a client posts, and scripts that it gets.
//!
//! Input: bytes for a form, or text for a body.
#![no_main]

use chorus_fuzz::budget;
use chorus_protocol::engineio::v3::jsonp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let decoded = budget::memory(8 * data.len() + SPARE, || jsonp::decode(data));
    if let Ok(text) = decoded {
        // a byte that is not UTF-8 becomes a character of three
        assert!(text.len() <= 3 * data.len());
        body(&text);
    }
    if let Ok(text) = str::from_utf8(data) {
        body(text);
    }
});

fn body(text: &str) {
    script(text);
    // in front of a newline a backslash is ambiguous, by the client's design
    if !text.contains("\\\n") {
        let escaped = text.replace("\\n", "\\\\n").replace('\n', "\\n");
        let form = form_urlencoded::Serializer::new(String::new()).append_pair("d", &escaped).finish();
        assert_eq!(jsonp::decode(form.as_bytes()).as_deref(), Ok(text), "{form}");
    }
}

/// The script calls a function by its number, with the body as a string of JSON, and does nothing else.
fn script(text: &str) {
    let script = budget::memory(16 * text.len() + SPARE, || jsonp::response(text, text));
    let (number, call) =
        script.strip_prefix("___eio[").and_then(|rest| rest.split_once(']')).expect("a call");
    assert!(number.bytes().all(|byte| byte.is_ascii_digit()), "{number}");
    let string = call.strip_prefix('(').and_then(|rest| rest.strip_suffix(");")).expect("one argument");
    assert_eq!(serde_json::from_str::<String>(string).expect("a string"), text);
    assert!(!string.contains(['\n', '\r', '\u{2028}', '\u{2029}']), "a line break ends a string of a script");
}

const SPARE: usize = 16 << 10;
