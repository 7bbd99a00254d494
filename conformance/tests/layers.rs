//! The arrows between the crates run one way, as docs/ARCHITECTURE.md draws them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test may panic")]

use std::process::Command;

use serde_json::Value;

/// Each crate of the product, and what it may stand on.
const LAYERS: [(&str, &[&str]); 6] = [
    ("chorus-protocol", &[]),
    ("chorus-socketio", &["chorus-protocol"]),
    ("chorus-platform", &["chorus-socketio"]),
    ("chorus-poll", &["chorus-socketio", "chorus-platform"]),
    ("chorus-exercise", &["chorus-socketio", "chorus-platform"]),
    ("chorus", &["chorus-socketio", "chorus-platform", "chorus-poll", "chorus-exercise"]),
];

#[test]
fn crates_stand_only_on_the_layers_below() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline", "--locked"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let Some((_, allowed)) = LAYERS.iter().find(|(layer, _)| *layer == name) else {
            assert!(
                matches!(name, "conformance" | "chorus-bench"),
                "{name} is new: say in LAYERS what it may stand on"
            );
            continue;
        };
        for dependency in package["dependencies"].as_array().unwrap() {
            let dependency_name = dependency["name"].as_str().unwrap();
            let ours = packages.iter().any(|package| package["name"] == dependency_name);
            let normal = dependency["kind"].is_null();
            assert!(
                !ours || !normal || allowed.contains(&dependency_name),
                "{name} must not depend on {dependency_name}"
            );
        }
    }
}
