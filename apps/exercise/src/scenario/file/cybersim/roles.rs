//! Roles by what they are called: `CyberSim` names the recipient of a card in words.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::MAX_ROWS;

/// The roles of a table, or, where there is none, those that actions name.
pub(super) struct Roles {
    known: Vec<Role>,
    derived: bool,
}

struct Role {
    id: String,
    name: String,
    words: BTreeSet<String>,
}

impl Roles {
    pub(super) fn new(roles: &[Value], actions: &[Value]) -> Self {
        let role = |id: String, name: &str| Role { id, name: name.to_owned(), words: words(name) };
        let table =
            roles.iter().filter_map(|row| Some(role(row["id"].as_str()?.to_owned(), row["name"].as_str()?)));
        let table: Vec<_> = table.collect();
        if !roles.is_empty() {
            return Self { known: table, derived: false };
        }
        let lists = actions.iter().filter_map(|action| action["roles"].as_array());
        let mut seen = BTreeSet::new();
        let names =
            lists.flatten().filter_map(Value::as_str).filter(|name| seen.insert(*name)).take(MAX_ROWS);
        let known = names.enumerate().map(|(index, name)| role(format!("R{}", index + 1), name));
        Self { known: known.collect(), derived: true }
    }

    /// The rows of roles that only actions name.
    pub(super) fn derived(&self) -> impl Iterator<Item = Value> {
        let known = self.known.iter().filter(|_| self.derived);
        known.map(|role| json!({ "id": role.id, "name": role.name, "at": place(&role.name) }))
    }

    /// The role of exactly this name.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        self.known.iter().find(|role| role.name == name).map(|role| role.id.as_str())
    }

    /// The role that a recipient means: the one whose words are all in its own, such as “Local
    /// Branch Manager” in “LB - Party Branch Manager”. None when two fit as well, and none for all
    /// actors of a place, for they are everybody there.
    pub(super) fn meant(&self, recipient: &str) -> Option<&str> {
        let said = words(recipient);
        if said.contains("all") && said.contains("actor") {
            return None;
        }
        let fitting =
            || self.known.iter().filter(|role| !role.words.is_empty() && role.words.is_subset(&said));
        let most = fitting().map(|role| role.words.len()).max()?;
        let mut best = fitting().filter(|role| role.words.len() == most);
        let first = best.next()?;
        best.next().is_none().then_some(first.id.as_str())
    }
}

/// The place that a name begins with.
pub(super) fn place(name: &str) -> &'static str {
    let first = name.split(|character: char| !character.is_alphanumeric()).find(|word| !word.is_empty());
    match first.map(str::to_lowercase).as_deref() {
        Some("hq") => "hq",
        Some("lb" | "local") => "local",
        _ => "party",
    }
}

/// The words of a name, small, without an s at the end; LB is the local branch.
fn words(name: &str) -> BTreeSet<String> {
    let name = name.to_lowercase().replace("(s)", "");
    let words = name.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    let whole = |word: &'static str| word.to_owned();
    words
        .flat_map(|word| match word {
            "lb" => vec![whole("local"), whole("branch")],
            "hq" => vec![whole("hq")],
            word => vec![word.strip_suffix('s').filter(|stem| stem.len() > 2).unwrap_or(word).to_owned()],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipients_mean_the_role_whose_words_are_theirs() {
        let names = [
            "Candidate",
            "HQ IT Team",
            "HQ Campaign Team",
            "HQ Campaign Manager",
            "Local Branch Manager",
            "Local Volunteers",
            "HQ - All Actors",
        ];
        let rows: Vec<_> =
            names.iter().map(|name| json!({ "id": name.replace(' ', ""), "name": name })).collect();
        let roles = Roles::new(&rows, &[]);
        for (recipient, role) in [
            ("HQ - IT Team", Some("HQITTeam")),
            ("LB - Party Branch Manager", Some("LocalBranchManager")),
            ("LB - Volunteer(s)", Some("LocalVolunteers")),
            ("HQ - National Candidate", Some("Candidate")),
            ("HQ - Campaign Manager, Campaign Team", None),
            ("HQ - All Actors", None),
            ("LB - IT Team", None),
        ] {
            assert_eq!(roles.meant(recipient), role, "{recipient}");
        }
    }

    #[test]
    fn without_a_table_actions_name_the_roles() {
        let actions = [
            json!({ "roles": ["Local Manager", "Boss"] }),
            json!({ "roles": ["Boss"] }),
            json!({ "roles": null }),
        ];
        let roles: Vec<_> = Roles::new(&[], &actions).derived().collect();
        let manager = json!({ "id": "R1", "name": "Local Manager", "at": "local" });
        assert_eq!(roles, [manager, json!({ "id": "R2", "name": "Boss", "at": "party" })]);
    }
}
