//! Long-polling through script tags and forms (section "JSONP").

use std::fmt::Write;

use thiserror::Error;

/// A POST that is no form with one field `d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("expected a form with one field `d`")]
pub struct FormError;

/// The text body inside of a POST's form, to be read by [`Payloads::text`](super::Payloads::text).
///
/// Browsers change newlines in forms, so the client writes one as `\n`, and a backslash followed by
/// `n` with one backslash more. What is not UTF-8 is replaced, as Node does.
pub fn decode(form: &[u8]) -> Result<String, FormError> {
    let mut fields = form_urlencoded::parse(form).filter(|(name, _)| name == "d");
    match (fields.next(), fields.next()) {
        (Some((_, data)), None) => Ok(unescape(&data)),
        _ => Err(FormError),
    }
}

/// The script that hands a text body to the client's function number `j`.
///
/// `j` comes from the request's query; all but its digits is dropped, so that no one can put code
/// in. The result is valid JavaScript of any version.
pub fn response(j: &str, body: &str) -> String {
    let mut script = String::with_capacity(body.len() + body.len() / 8 + 32);
    script.push_str("___eio[");
    script.extend(j.chars().filter(char::is_ascii_digit));
    script.push_str("](\"");
    for char in body.chars() {
        escape(char, &mut script);
    }
    script.push_str("\");");
    script
}

/// Undoes the client's escapes: `\n` is a newline and `\\n` is `\n`.
fn unescape(data: &str) -> String {
    let mut text = String::with_capacity(data.len());
    let mut pieces = data.split("\\n");
    text.push_str(pieces.next().unwrap_or_default());
    let mut escaped = text.ends_with('\\');
    for piece in pieces {
        text.push(if escaped { 'n' } else { '\n' });
        text.push_str(piece);
        escaped = piece.ends_with('\\');
    }
    text
}

/// Appends a character of a string as `JSON.stringify` does, and line separators as scripts need.
fn escape(char: char, script: &mut String) {
    match char {
        '"' => script.push_str("\\\""),
        '\\' => script.push_str("\\\\"),
        '\n' => script.push_str("\\n"),
        '\r' => script.push_str("\\r"),
        '\t' => script.push_str("\\t"),
        '\u{8}' => script.push_str("\\b"),
        '\u{c}' => script.push_str("\\f"),
        '\0'..='\u{1f}' | '\u{2028}' | '\u{2029}' => {
            // writing to a string cannot fail
            let _ = write!(script, "\\u{:04x}", u32::from(char));
        }
        char => script.push(char),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_the_field_d() {
        assert_eq!(decode(b"d=1%3A2").unwrap(), "1:2");
        assert_eq!(decode(b"a=b&d=2:4+&c").unwrap(), "2:4 ");
        assert_eq!(decode("d=2:4%E2%82%AC".as_bytes()).unwrap(), "2:4€");
        assert_eq!(decode(b"d=%").unwrap(), "%");
        for form in [&b""[..], b"1:2", b"d=1&d=2", b"D=1"] {
            assert_eq!(decode(form), Err(FormError));
        }
    }

    #[test]
    fn takes_escapes_off_as_node_does() {
        // from what the regular expressions of polling-jsonp.ts give
        let cases = [
            (r"a\nb", "a\nb"),
            (r"a\\nb", r"a\nb"),
            (r"a\\\nb", r"a\\nb"),
            (r"\n\n", "\n\n"),
            (r"\\n\n", "\\n\n"),
            (r"\n\\n", "\n\\n"),
            (r"\", r"\"),
            (r"\\", r"\\"),
            (r"\\t\r", r"\\t\r"),
            ("n", "n"),
        ];
        for (escaped, text) in cases {
            assert_eq!(unescape(escaped), text, "{escaped}");
        }
    }

    #[test]
    fn wraps_a_body_for_a_script() {
        assert_eq!(response("0", "1:2"), r#"___eio[0]("1:2");"#);
        assert_eq!(response("12", "3:4\"\\"), r#"___eio[12]("3:4\"\\");"#);
        assert_eq!(
            response("", "\u{2028}\u{2029}\n\u{1}\u{7f}"),
            "___eio[](\"\\u2028\\u2029\\n\\u0001\u{7f}\");"
        );
    }

    #[test]
    fn only_digits_of_the_number_are_kept() {
        assert_eq!(response("alert(1)", ""), r#"___eio[1]("");"#);
        assert_eq!(response("1];alert(2);//٣", ""), r#"___eio[12]("");"#);
    }

    proptest! {
        #[test]
        fn what_the_client_escapes_comes_back(
            // a backslash right in front of a newline is ambiguous by the client's design
            text in r"(\\n|\\\\n|\n|a|n|\\b){0,20}",
        ) {
            let escaped = text.replace("\\n", "\\\\n").replace('\n', "\\n");
            prop_assert_eq!(unescape(&escaped), text);
        }

        #[test]
        fn the_script_holds_the_body_as_json(body in ".*") {
            let script = response("7", &body);
            let json = script.strip_prefix("___eio[7](").unwrap().strip_suffix(");").unwrap();
            prop_assert_eq!(serde_json::from_str::<String>(json).unwrap(), body);
            let breaks = json.contains(['\n', '\u{2028}', '\u{2029}']);
            prop_assert!(!breaks);
        }

        #[test]
        fn never_panics(form in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = decode(&form);
        }
    }
}
