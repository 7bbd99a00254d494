//! The names of `CyberSim`'s tables and columns, and what they are called here.

use super::super::MAX_ROWS;

/// A table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super::super) enum Kind {
    Injection,
    Mitigation,
    Response,
    System,
    InjectionResponse,
    Role,
    Action,
    ActionRole,
    Curveball,
    Location,
    Dictionary,
}

use Kind::{
    Action, ActionRole, Curveball, Dictionary, Injection, InjectionResponse, Location, Mitigation, Response,
    Role, System,
};

impl Kind {
    /// All, as the public data numbers them.
    pub(super) const ALL: [Self; 11] = [
        Injection,
        Mitigation,
        Response,
        System,
        InjectionResponse,
        Role,
        Action,
        ActionRole,
        Curveball,
        Location,
        Dictionary,
    ];

    /// Reads the name of a table, of a file or of a REST endpoint: `injection`, `1_injection`,
    /// `injections`.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let name = name.trim_start_matches(|character: char| character.is_ascii_digit());
        let name = name.trim_start_matches(['_', '-', ' ']).to_lowercase().replace('-', "_");
        let names = |kind: &Self| name == kind.name() || name.strip_suffix('s') == Some(kind.name());
        Self::ALL.into_iter().find(names)
    }

    pub(super) fn name(self) -> &'static str {
        self.names().0
    }

    /// How many rows of it are read.
    pub(super) fn most(self) -> usize {
        if matches!(self, InjectionResponse | ActionRole) { 10 * MAX_ROWS } else { MAX_ROWS }
    }

    /// The kind of a table of ours.
    pub(super) fn of_ours(table: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| !table.is_empty() && kind.names().1 == table)
    }

    /// What a field of ours is called in this table.
    pub(super) fn theirs(self, field: &str) -> &str {
        let column = COLUMNS.iter().find(|(kind, ours, _)| *kind == self && *ours == field);
        column.map_or(field, |(.., theirs)| theirs)
    }

    /// Its name, and that of the table of ours that it becomes.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Injection => ("injection", "threats"),
            Mitigation => ("mitigation", "mitigations"),
            Response => ("response", "responses"),
            System => ("system", "systems"),
            InjectionResponse => ("injection_response", ""),
            Role => ("role", "roles"),
            Action => ("action", "actions"),
            ActionRole => ("action_role", ""),
            Curveball => ("curveball", "curveballs"),
            Location => ("location", "places"),
            Dictionary => ("dictionary", "words"),
        }
    }
}

/// The columns whose names differ: table, ours, theirs.
const COLUMNS: [(Kind, &str, &str); 28] = [
    (System, "at", "type"),
    (Mitigation, "name", "description"),
    (Response, "text", "description"),
    (Response, "at", "location"),
    (Response, "mitigation", "mitigation_id"),
    (Response, "mitigation_at", "mitigation_type"),
    (Response, "restores", "systems_to_restore"),
    (Response, "requires", "required_mitigation"),
    (Response, "requires_at", "required_mitigation_type"),
    (Injection, "at", "trigger_time"),
    (Injection, "place", "location"),
    (Injection, "kind", "type"),
    (Injection, "recipient", "recipient_role"),
    (Injection, "asset", "asset_code"),
    (Injection, "prevented_by", "skipper_mitigation"),
    (Injection, "prevented_at", "skipper_mitigation_type"),
    (Injection, "disables", "systems_to_disable"),
    (Injection, "support", "poll_change"),
    (Injection, "followup", "followup_injecion"),
    (Injection, "advice", "recommendations"),
    (Action, "text", "description"),
    (Action, "at", "type"),
    (Action, "gain", "budget_increase"),
    (Action, "support", "poll_increase"),
    (Action, "needs", "required_systems"),
    (Curveball, "text", "description"),
    (Curveball, "lose_budget", "lose_all_budget"),
    (Curveball, "budget", "budget_change"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_known_by_file_endpoint_and_name() {
        for (name, kind) in [
            ("1_injection", Some(Injection)),
            ("injections", Some(Injection)),
            ("5_injection_response", Some(InjectionResponse)),
            ("08-Action-Roles", Some(ActionRole)),
            ("dictionary", Some(Dictionary)),
            ("injectio", None),
            ("", None),
        ] {
            assert_eq!(Kind::parse(name), kind, "{name}");
        }
    }
}
