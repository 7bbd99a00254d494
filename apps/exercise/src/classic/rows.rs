//! The rows of the setup tables, column by column.

use serde::Serialize;

use crate::scenario::Points;

#[derive(Serialize)]
pub(super) struct SystemRow<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    pub(super) description: &'a str,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
}

#[derive(Serialize)]
pub(super) struct MitigationRow<'a> {
    pub(super) id: &'a str,
    pub(super) description: &'a str,
    pub(super) category: &'a str,
    pub(super) cost: i64,
    pub(super) is_hq: bool,
    pub(super) is_local: bool,
    pub(super) hq_cost: Option<i64>,
    pub(super) local_cost: Option<i64>,
}

#[derive(Serialize)]
pub(super) struct ResponseRow<'a> {
    pub(super) id: &'a str,
    pub(super) description: &'a str,
    pub(super) cost: i64,
    pub(super) mitigation_id: Option<&'a str>,
    pub(super) systems_to_restore: Vec<&'a str>,
    pub(super) required_mitigation: Option<&'a str>,
    pub(super) location: &'static str,
    pub(super) mitigation_type: Option<&'static str>,
    pub(super) required_mitigation_type: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct InjectionRow<'a> {
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    pub(super) recommendations: Option<&'a str>,
    pub(super) trigger_time: i64,
    pub(super) location: Option<&'static str>,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) recipient_role: Option<String>,
    pub(super) asset_code: Option<&'a str>,
    pub(super) skipper_mitigation: Option<&'a str>,
    pub(super) systems_to_disable: Vec<&'a str>,
    pub(super) poll_change: Option<Points>,
    pub(super) followup_injecion: Option<&'a str>,
    pub(super) skipper_mitigation_type: Option<&'static str>,
    pub(super) responses: Vec<ResponseRow<'a>>,
}

#[derive(Serialize)]
pub(super) struct ActionRow<'a> {
    pub(super) id: &'a str,
    pub(super) description: &'a str,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) cost: i64,
    pub(super) budget_increase: i64,
    pub(super) poll_increase: Points,
    pub(super) required_systems: Vec<&'a str>,
    pub(super) roles: Vec<&'a str>,
}

#[derive(Serialize)]
pub(super) struct CurveballRow<'a> {
    pub(super) id: &'a str,
    pub(super) description: &'a str,
    pub(super) lose_all_budget: bool,
    pub(super) budget_change: i64,
    pub(super) poll_change: Points,
}

#[derive(Serialize)]
pub(super) struct LocationRow<'a> {
    pub(super) id: &'static str,
    pub(super) name: &'a str,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
}

/// Its clients read the columns in this order.
#[derive(Serialize)]
pub(super) struct WordRow {
    pub(super) word: String,
    pub(super) synonym: String,
}
