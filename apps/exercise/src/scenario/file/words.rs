//! What the parser of a field says, in plain words.

use std::borrow::Cow;

/// What is wrong with the value of a field.
pub(super) fn of(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
    if let Some(rest) = said.strip_prefix("invalid type: ").or_else(|| said.strip_prefix("invalid value: ")) {
        return kind(rest);
    }
    if let Some(rest) = said.strip_prefix("unknown variant ") {
        return one_of(rest);
    }
    if let Some(rest) = said.strip_prefix("unknown field ") {
        let (field, known) = rest.split_once(", ").unwrap_or((rest, ""));
        return format!("There is no field {}. {}", plain(field), listed(known));
    }
    if said.contains("any variant of untagged enum Cost") {
        return "This must be a whole number, or a price for hq, for local or for both.".to_owned();
    }
    let mut letters = said.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// `string "x", expected i64`.
fn kind(said: &str) -> String {
    let Some((found, wanted)) = said.rsplit_once(", expected ") else { return format!("This is {said}.") };
    let wanted = match wanted {
        "i64" => "a whole number",
        "u32" => "a whole number of 0 or more",
        "f64" => "a number",
        "a string" => "text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        other if other.starts_with("struct ") || other == "a map" => "a group of fields",
        other if other.starts_with("enum ") || other == "string or map" => {
            "one of the words that are known here"
        }
        other => other,
    };
    let (sort, value) = found.split_once(' ').unwrap_or((found, ""));
    let value: Cow<'_, str> = match (sort, value) {
        ("string", value) => format!("the text {value}").into(),
        ("floating", value) => plain(value.trim_start_matches("point ")),
        ("integer" | "boolean", value) => plain(value),
        ("null" | "unit", _) => "nothing".into(),
        ("sequence", _) => "a list".into(),
        ("map", _) => "a group of fields".into(),
        _ => found.into(),
    };
    let hint = if wanted == "text" && matches!(sort, "integer" | "floating" | "boolean") {
        ": put it in quotes"
    } else {
        ""
    };
    format!("This must be {wanted}, not {value}{hint}.")
}

/// ``` `x`, expected one of `a`, `b` ```.
fn one_of(said: &str) -> String {
    let (found, known) = said.split_once(", ").unwrap_or((said, ""));
    format!("{} is not known here. {}", plain(found), listed(known))
}

/// ``` expected one of `a`, `b` ```, ``` expected `a` or `b` ```, ``` expected `a` ```.
fn listed(known: &str) -> String {
    let names = known.trim_start_matches("expected ").trim_start_matches("one of ");
    if names.is_empty() { String::new() } else { format!("There is {}.", plain(names)) }
}

/// Without the quotes of code.
fn plain(text: &str) -> Cow<'_, str> {
    text.replace('`', "").into()
}
