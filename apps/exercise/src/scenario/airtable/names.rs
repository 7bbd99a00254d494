//! The names of the tables and columns, all in one place.

/// The tables, those first that others lead to.
pub(super) const TABLES: [&str; 13] = [
    HANDBOOK_CATEGORIES,
    RECOMMENDATIONS,
    EVENT_TYPES,
    CATEGORIES,
    LOCATIONS,
    DICTIONARY,
    SYSTEMS,
    ROLES,
    MITIGATIONS,
    RESPONSES,
    EVENTS,
    ACTIONS,
    CURVEBALLS,
];

pub(super) const HANDBOOK_CATEGORIES: &str = "handbook_categories";
pub(super) const RECOMMENDATIONS: &str = "recommendations";
pub(super) const EVENT_TYPES: &str = "event_types";
pub(super) const CATEGORIES: &str = "purchased_mitigations_category";
pub(super) const LOCATIONS: &str = "locations";
pub(super) const DICTIONARY: &str = "dictionary";
pub(super) const SYSTEMS: &str = "systems";
pub(super) const ROLES: &str = "roles";
pub(super) const MITIGATIONS: &str = "purchased_mitigations";
pub(super) const RESPONSES: &str = "responses";
pub(super) const EVENTS: &str = "events";
pub(super) const ACTIONS: &str = "actions";
pub(super) const CURVEBALLS: &str = "curveballs";

/// The view that tables are read through.
pub(super) const VIEW: &str = "Grid view";

/// The event types, and what they are called in `CyberSim`'s own tables; any other is a `Board`.
pub(super) const TYPES: [(&str, &str); 3] =
    [("Table", "Table"), ("Background", "Background"), ("System Board", "Board")];

/// The names in `CyberSim`'s own tables that differ: table, column, and here table and column. An
/// empty column stands for the table.
const OTHERS: [(&str, &str, &str, &str); 13] = [
    ("injection", "", EVENTS, ""),
    ("injection", "location", EVENTS, "locations"),
    ("injection", "type", EVENTS, "event_types"),
    ("injection", "recipient_role", EVENTS, "role"),
    ("injection", "asset_code", EVENTS, "spreadsheet_id"),
    ("injection", "followup_injecion", EVENTS, "followup_event"),
    ("injection", "responses", EVENTS, "response"),
    ("mitigation", "", MITIGATIONS, ""),
    ("response", "", RESPONSES, ""),
    ("system", "type", SYSTEMS, "locations"),
    ("action", "type", ACTIONS, "locations"),
    ("action", "roles", ACTIONS, "role"),
    ("location", "type", LOCATIONS, "location_code"),
];

/// What a place in `CyberSim`'s own tables is called here.
pub(super) fn here<'a>(table: &'a str, column: &'a str) -> (&'a str, &'a str) {
    let table_here = match OTHERS.iter().find(|(theirs, other, ..)| *theirs == table && other.is_empty()) {
        Some((.., here, _)) => here,
        None => TABLES.into_iter().find(|here| here.strip_suffix('s') == Some(table)).unwrap_or(table),
    };
    let other = OTHERS.iter().find(|(theirs, other, ..)| *theirs == table && *other == column);
    (table_here, other.map_or(column, |(.., here)| if here.is_empty() { column } else { here }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_in_the_names_of_the_base() {
        for (theirs, ours) in [
            (("injection", "trigger_time"), (EVENTS, "trigger_time")),
            (("injection", "location"), (EVENTS, "locations")),
            (("injection", ""), (EVENTS, "")),
            (("system", "type"), (SYSTEMS, "locations")),
            (("curveball", "description"), (CURVEBALLS, "description")),
            (("dictionary", "word"), (DICTIONARY, "word")),
            (("", ""), ("", "")),
        ] {
            assert_eq!(here(theirs.0, theirs.1), ours);
        }
    }
}
