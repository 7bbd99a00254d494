//! What can be bought, and what it costs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{MitigationId, Place, Reach};

/// Something that can be bought to prevent threats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "exercise/")]
pub struct Mitigation {
    /// Its id.
    pub id: MitigationId,
    /// 1 to 500 characters.
    pub name: String,
    /// Under what it is listed: 1 to 100 characters.
    pub category: String,
    /// What it costs; where it is bought for each place by itself, what it costs there.
    pub cost: Cost,
}

/// What a mitigation costs: 0 to 1,000,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(untagged)]
#[schemars(deny_unknown_fields)]
#[ts(export, export_to = "exercise/")]
pub enum Cost {
    /// One price, for both places together.
    Whole(#[ts(type = "number")] i64),
    /// A price for each place where it can be bought; at least one.
    Each {
        /// At the head office.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(type = "number", optional)]
        hq: Option<i64>,
        /// At the local branch.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(type = "number", optional)]
        local: Option<i64>,
    },
}

impl Cost {
    /// The price of what covers a place; none where it cannot be bought.
    pub fn at(self, place: Place) -> Option<i64> {
        match self {
            Self::Whole(cost) => Some(cost),
            Self::Each { hq, local } => match place {
                Place::Hq => hq,
                Place::Local => local,
            },
        }
    }

    /// The price of everything.
    pub fn total(self) -> i64 {
        match self {
            Self::Whole(cost) => cost,
            Self::Each { hq, local } => hq.unwrap_or(0) + local.unwrap_or(0),
        }
    }

    /// Where it can be bought.
    pub fn places(self) -> impl Iterator<Item = Place> {
        Place::ALL.into_iter().filter(move |place| self.at(*place).is_some())
    }
}

impl Mitigation {
    /// The price of everything that reaches.
    pub fn price(&self, reach: Reach) -> i64 {
        match self.cost {
            Cost::Whole(cost) => cost,
            each @ Cost::Each { .. } => Place::ALL
                .into_iter()
                .filter(|place| reach.includes(*place))
                .filter_map(|place| each.at(place))
                .sum(),
        }
    }

    /// Where it is sold within a reach; one with a single price is sold for both places together.
    pub fn places_in(&self, reach: Reach) -> impl Iterator<Item = Place> + use<> {
        let cost = self.cost;
        let reach = if self.is_whole() { Reach::Party } else { reach };
        cost.places().filter(move |place| reach.includes(*place))
    }

    /// What it costs in some places.
    pub fn price_at(&self, places: &[Place]) -> i64 {
        let reach = match places {
            [] => return 0,
            [Place::Hq] => Reach::Hq,
            [Place::Local] => Reach::Local,
            _ => Reach::Party,
        };
        self.price(reach)
    }

    fn is_whole(&self) -> bool {
        matches!(self.cost, Cost::Whole(_))
    }
}
