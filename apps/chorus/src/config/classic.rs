//! The classic dialects that are served, as they are said.

use std::str::FromStr;

/// A classic dialect and its port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Classic {
    pub(crate) port: u16,
    pub(crate) dialect: Dialect,
}

/// Whose clients are served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Dialect {
    AskTheAudience,
    /// New games are played with this scenario, if it is said.
    CyberSim {
        scenario: Option<String>,
    },
}

/// One classic dialect or several: `ask-the-audience=3001,cybersim=3002,scenario=election`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Classics(Vec<Classic>);

#[derive(Debug, thiserror::Error)]
pub(crate) enum ClassicError {
    #[error("“{0}” must look like NAME=PORT")]
    Form(String),
    #[error("there is no classic dialect “{0}”: there are ask-the-audience and cybersim")]
    Unknown(String),
    #[error("the classic dialect {0} is configured twice")]
    Twice(&'static str),
    #[error("scenario=NAME belongs behind cybersim=PORT, once")]
    Scenario,
}

impl Classics {
    /// All of them, each at most once.
    pub(super) fn all(lists: Vec<Self>) -> Result<Vec<Classic>, ClassicError> {
        let mut all: Vec<Classic> = Vec::new();
        for classic in lists.into_iter().flat_map(|Self(list)| list) {
            if all.iter().any(|known| known.dialect.name() == classic.dialect.name()) {
                return Err(ClassicError::Twice(classic.dialect.name()));
            }
            all.push(classic);
        }
        Ok(all)
    }
}

impl FromStr for Classics {
    type Err = ClassicError;

    fn from_str(text: &str) -> Result<Self, ClassicError> {
        let mut list: Vec<Classic> = Vec::new();
        for part in text.split(',').map(str::trim) {
            let form = || ClassicError::Form(part.to_owned());
            match part.split_once('=').ok_or_else(form)? {
                ("scenario", name) => match list.last_mut().map(|classic| &mut classic.dialect) {
                    Some(Dialect::CyberSim { scenario: scenario @ None }) if !name.is_empty() => {
                        *scenario = Some(name.to_owned());
                    }
                    _ => return Err(ClassicError::Scenario),
                },
                (name, port) => {
                    let dialect = name.parse()?;
                    list.push(Classic { port: port.parse().map_err(|_| form())?, dialect });
                }
            }
        }
        Ok(Self(list))
    }
}

impl FromStr for Dialect {
    type Err = ClassicError;

    fn from_str(name: &str) -> Result<Self, ClassicError> {
        match name {
            "ask-the-audience" => Ok(Self::AskTheAudience),
            "cybersim" => Ok(Self::CyberSim { scenario: None }),
            _ => Err(ClassicError::Unknown(name.to_owned())),
        }
    }
}

impl Dialect {
    fn name(&self) -> &'static str {
        match self {
            Self::AskTheAudience => "ask-the-audience",
            Self::CyberSim { .. } => "cybersim",
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::cli::{Said, Serve};
    use crate::config::Config;

    #[test]
    fn what_makes_no_sense_is_told() {
        for classic in ["ask-the-audience", "ask-the-audience=x", "pizza=1", "ask-the-audience=99999", ""] {
            assert!(classic.parse::<Classics>().is_err(), "{classic}");
        }
    }

    #[test]
    fn several_classic_dialects_are_served_at_once() {
        let cybersim = |scenario: Option<&str>| Classic {
            port: 3002,
            dialect: Dialect::CyberSim { scenario: scenario.map(str::to_owned) },
        };
        let audience = Classic { port: 3001, dialect: Dialect::AskTheAudience };
        let said = |lists: &[&str]| {
            let classic = lists.iter().map(|list| list.parse()).collect::<Result<_, _>>()?;
            Classics::all(classic)
        };
        for lists in [
            &["cybersim=3002,scenario=mine,ask-the-audience=3001"][..],
            &["cybersim=3002,scenario=mine", "ask-the-audience=3001"],
        ] {
            assert_eq!(said(lists).unwrap(), [cybersim(Some("mine")), audience.clone()]);
        }
        assert_eq!(said(&["cybersim=3002"]).unwrap(), [cybersim(None)]);
        for wrong in [
            &["cybersim=1,cybersim=2"][..],
            &["cybersim=1", "cybersim=1"],
            &["scenario=mine,cybersim=1"],
            &["ask-the-audience=1,scenario=mine"],
            &["cybersim=1,scenario="],
            &["cybersim=1,scenario=a,scenario=b"],
            &["cybersim=1,"],
        ] {
            assert!(said(wrong).is_err(), "{wrong:?}");
        }
        let file = "classic = [\"cybersim=3002,scenario=mine\", \"ask-the-audience=3001\"]";
        let config = Config::new(Serve::default(), Said::Elsewhere, toml::from_str(file).unwrap());
        assert_eq!(config.unwrap().classic, [cybersim(Some("mine")), audience]);
    }
}
