//! The JSON Schema of a scenario, for editors.

use schemars::generate::SchemaSettings;

use super::Document;

impl Document {
    /// The JSON Schema (draft 2020-12) of a scenario, as text.
    pub fn schema() -> String {
        let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Self>();
        let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
        text.push('\n');
        text
    }
}
