//! The scenarios that come with Chorus.

use std::sync::{Arc, LazyLock};

use super::{Origin, Stored};
use crate::scenario::file::{self, InputFile};

/// Names and files.
const FILES: [(&str, &str); 2] = [
    ("election", include_str!("../../scenarios/election.yaml")),
    ("demonstration", include_str!("../../scenarios/demonstration.yaml")),
];

static SHIPPED: LazyLock<Vec<Stored>> =
    LazyLock::new(|| FILES.iter().filter_map(|(id, text)| read(id, text)).collect());

/// All of them.
pub(super) fn all() -> &'static [Stored] {
    &SHIPPED
}

/// The one of an id.
pub(super) fn find(id: &str) -> Option<&'static Stored> {
    all().iter().find(|stored| stored.id == id)
}

fn read(id: &str, text: &str) -> Option<Stored> {
    let file = InputFile { name: format!("{id}.yaml"), content: text.as_bytes().to_vec() };
    let scenario = file::read(&[file], None).into_scenario();
    let scenario =
        scenario.inspect_err(|faults| tracing::error!(id, %faults, "a shipped scenario is not valid"));
    Some(Stored {
        id: id.to_owned(),
        from: Origin::Chorus,
        version: 1,
        changed: None,
        scenario: Arc::new(scenario.ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_scenarios_are_valid() {
        for (id, text) in FILES {
            let file = InputFile { name: format!("{id}.yaml"), content: text.as_bytes().to_vec() };
            let faults = file::read(&[file], None).into_scenario().err();
            assert!(faults.is_none(), "{}", faults.map(|faults| faults.to_string()).unwrap_or_default());
        }
        assert_eq!(all().len(), FILES.len());
    }
}
