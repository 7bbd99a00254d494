//! What the original's clients send: which event, with what.

use serde_json::Value;

use super::names;
use crate::events::{Answer, ExerciseAction};
use crate::scenario::{Points, Reach};

/// The events that act on the game a client is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Request {
    ChangeMitigation,
    StartSimulation,
    PauseSimulation,
    FinishSimulation,
    RestoreSystem,
    RespondToInjection,
    NonCorrectRespondToInjection,
    DeliverInjection,
    PerformAction,
    PerformCurveball,
}

/// Why a request says nothing that can be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It does not look like one.
    Shape,
    /// It names what cannot be there.
    Unknown(String),
}

impl Request {
    pub(super) const ALL: [Self; 10] = [
        Self::ChangeMitigation,
        Self::StartSimulation,
        Self::PauseSimulation,
        Self::FinishSimulation,
        Self::RestoreSystem,
        Self::RespondToInjection,
        Self::NonCorrectRespondToInjection,
        Self::DeliverInjection,
        Self::PerformAction,
        Self::PerformCurveball,
    ];

    /// The name of the event.
    pub(super) fn event(self) -> &'static str {
        match self {
            Self::ChangeMitigation => "changeMitigation",
            Self::StartSimulation => "startSimulation",
            Self::PauseSimulation => "pauseSimulation",
            Self::FinishSimulation => "finishSimulation",
            Self::RestoreSystem => "restoreSystem",
            Self::RespondToInjection => "respondToInjection",
            Self::NonCorrectRespondToInjection => "nonCorrectRespondToInjection",
            Self::DeliverInjection => "deliverInjection",
            Self::PerformAction => "performAction",
            Self::PerformCurveball => "performCurveball",
        }
    }

    /// What it asks for.
    pub(super) fn read(self, arguments: &[Value]) -> Result<ExerciseAction, Unreadable> {
        let params = Params(arguments.first().unwrap_or(&Value::Null));
        Ok(match self {
            Self::ChangeMitigation => params.mitigation()?,
            Self::StartSimulation => ExerciseAction::Start,
            Self::PauseSimulation => ExerciseAction::Pause,
            Self::FinishSimulation => ExerciseAction::Finish,
            Self::RestoreSystem => ExerciseAction::Restore { response: params.id("responseId", "response")? },
            Self::RespondToInjection => {
                let answer =
                    Answer { responses: params.responses()?, custom: params.custom()?, correct: true };
                ExerciseAction::Respond { threat: params.id("injectionId", "injection")?, answer }
            }
            Self::NonCorrectRespondToInjection => {
                let answer = Answer { responses: Vec::new(), custom: params.custom()?, correct: false };
                ExerciseAction::Respond { threat: params.id("injectionId", "injection")?, answer }
            }
            Self::DeliverInjection => {
                ExerciseAction::Deliver { threat: params.id("injectionId", "injection")?, early: true }
            }
            Self::PerformAction => ExerciseAction::Act { action: params.id("actionId", "action")? },
            Self::PerformCurveball => {
                ExerciseAction::Throw { curveball: params.id("curveballId", "curveball")? }
            }
        })
    }
}

struct Params<'a>(&'a Value);

impl Params<'_> {
    fn mitigation(&self) -> Result<ExerciseAction, Unreadable> {
        let mitigation = self.id("id", "mitigation")?;
        let at = match self.text("type")? {
            None => None,
            Some("hq") => Some(Reach::Hq),
            Some("local") => Some(Reach::Local),
            Some("party") => Some(Reach::Party),
            Some(_) => return Err(Unreadable::Shape),
        };
        match self.0.get("value").and_then(Value::as_bool) {
            Some(true) => Ok(ExerciseAction::Buy { mitigation, at }),
            Some(false) => Ok(ExerciseAction::Sell { mitigation, at }),
            None => Err(Unreadable::Shape),
        }
    }

    fn id<T: Id>(&self, field: &str, what: &str) -> Result<T, Unreadable> {
        id(self.text(field)?.ok_or(Unreadable::Shape)?, what)
    }

    fn responses<T: Id>(&self) -> Result<Vec<T>, Unreadable> {
        let ids = match self.0.get("responseIds") {
            None | Some(Value::Null) => return Ok(Vec::new()),
            Some(ids) => ids.as_array().ok_or(Unreadable::Shape)?,
        };
        ids.iter().map(|text| id(text.as_str().ok_or(Unreadable::Shape)?, "response")).collect()
    }

    fn custom(&self) -> Result<String, Unreadable> {
        Ok(self.text("customResponse")?.unwrap_or_default().to_owned())
    }

    fn text(&self, field: &str) -> Result<Option<&str>, Unreadable> {
        match self.0.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(text) => text.as_str().map(Some).ok_or(Unreadable::Shape),
        }
    }
}

/// An id of the scenario: all kinds of them are read alike.
trait Id: serde::de::DeserializeOwned {}

impl<T: serde::de::DeserializeOwned> Id for T {}

fn id<T: Id>(text: &str, what: &str) -> Result<T, Unreadable> {
    serde_json::from_value(Value::from(text)).map_err(|_| {
        let shown: String = text.chars().take(64).collect();
        Unreadable::Unknown(format!("There is no {what} {shown}."))
    })
}

/// What `createGame` asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NewGame {
    pub(super) name: String,
    pub(super) budget: Option<i64>,
    pub(super) support: Option<Points>,
}

impl NewGame {
    /// Reads `(id)` or `(id, budget, support)`; the error is for the client.
    pub(super) fn read(arguments: &[Value]) -> Result<Self, &'static str> {
        let name = arguments.first().and_then(Value::as_str).ok_or("A game id is a text.")?;
        if let Some(fault) = names::fault(name) {
            return Err(fault);
        }
        let budget = "The initial budget is a whole number from 0 to 1,000,000,000.";
        let support = "The initial support is a number from 0 to 200.";
        Ok(Self {
            name: name.to_owned(),
            budget: optional(arguments.get(1), whole).map_err(|()| budget)?,
            support: optional(arguments.get(2), |value| Points::from_f64(number(value)?))
                .map_err(|()| support)?,
        })
    }
}

/// What is not there has its default; `undefined` comes as null.
fn optional<T>(value: Option<&Value>, read: impl FnOnce(&Value) -> Option<T>) -> Result<Option<T>, ()> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(value) => read(value).map(Some).ok_or(()),
    }
}

fn whole(value: &Value) -> Option<i64> {
    let number = number(value)?;
    // exact: below 2^53
    (number.fract() == 0.0 && (0.0..=1e9).contains(&number)).then_some(number as i64)
}

/// A number, also as the text of an input field.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use serde_json::json;

    #[test]
    fn a_new_game_may_say_budget_and_support() {
        let read = |arguments: Value| NewGame::read(arguments.as_array().unwrap());
        let game = read(json!(["a"])).unwrap();
        assert_eq!((game.budget, game.support), (None, None));
        let game = read(json!(["a", null, null])).unwrap();
        assert_eq!((game.budget, game.support), (None, None));
        let game = read(json!(["a", 6500, 55.5])).unwrap();
        assert_eq!((game.budget, game.support), (Some(6500), Points::from_f64(55.5)));
        assert_eq!(read(json!(["a", "6500", "55.5"])).unwrap(), game, "as input fields have it");
        for wrong in [json!([]), json!([1]), json!([""]), json!(["a", 100.5]), json!(["a", -1])] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
        for wrong in [json!(["a", ""]), json!(["a", 1e10]), json!(["a", {}]), json!(["a", 1, "x"])] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_no_request_is_none() {
        for request in Request::ALL {
            for arguments in [json!([null]), json!([]), json!([[]]), json!(["x"]), json!([{"id": 1}])] {
                let read = request.read(arguments.as_array().unwrap());
                let needs_none = matches!(
                    request,
                    Request::StartSimulation | Request::PauseSimulation | Request::FinishSimulation
                );
                assert_eq!(read.is_ok(), needs_none, "{request:?} {arguments}");
            }
        }
        let value = json!([{ "id": "M1", "value": "true" }]);
        assert!(Request::ChangeMitigation.read(value.as_array().unwrap()).is_err());
        let unknown = json!([{ "actionId": "no id" }]);
        let read = Request::PerformAction.read(unknown.as_array().unwrap());
        assert_eq!(read, Err(Unreadable::Unknown("There is no action no id.".to_owned())));
    }
}
