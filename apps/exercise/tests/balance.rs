//! Whether the shipped scenarios reward good play: random, typical and perfect play, by the real
//! rules and with many seeds.
//!
//! - **Random**: buys anything, often does not answer, is rarely right, acts now and then.
//! - **Typical**: buys what looks better of two things, is right more often than not, after a few
//!   minutes, and uses most of its chances to act.
//! - **Perfect**: makes the best purchases for the budget, answers rightly at once, repairs what
//!   has failed, and uses each chance for what helps most.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "prices and times are small"
)]

mod play;

use std::collections::BTreeMap;

use chorus_exercise::events::{Answer, ExerciseAction as Do};
use chorus_exercise::scenario::{
    Action, Document, Kind, MitigationId, Place, Reach, Response, Threat, ThreatId,
};
use play::{Game, Random, respond, right, wrong};

/// How often players look around.
const STEP: i64 = 15_000;
const MINUTE: i64 = 60_000;

/// How somebody plays.
#[derive(Clone, Copy)]
struct Style {
    buying: Buying,
    /// Of a hundred answers.
    right: usize,
    /// Of a hundred answers; for the rest there is none.
    wrong: usize,
    /// The shortest and the longest time to an answer, in percent of that between two actions.
    delay: (i64, i64),
    /// Of a hundred chances to act.
    acts: usize,
    acting: Acting,
    /// Of a hundred looks at a system that has failed.
    restores: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Buying {
    Random,
    /// The better of two things.
    Sensible,
    Best,
}

#[derive(Clone, Copy, PartialEq)]
enum Acting {
    /// Anything that is possible.
    Random,
    /// Anything that raises support, and can be paid; else what brings money.
    Sensible,
    /// What raises support most for the chances it costs.
    Best,
}

const RANDOM: Style = Style {
    buying: Buying::Random,
    right: 25,
    wrong: 35,
    delay: (20, 120),
    acts: 60,
    acting: Acting::Random,
    restores: 1,
};
const TYPICAL: Style = Style {
    buying: Buying::Sensible,
    right: 70,
    wrong: 20,
    delay: (20, 80),
    acts: 80,
    acting: Acting::Sensible,
    restores: 10,
};
const PERFECT: Style = Style {
    buying: Buying::Best,
    right: 100,
    wrong: 0,
    delay: (0, 0),
    acts: 100,
    acting: Acting::Best,
    restores: 100,
};

/// A game in play.
struct Play {
    game: Game,
    document: Document,
    style: Style,
    random: Random,
    /// Between two actions of a place: the house rule of the scenario.
    pause: i64,
    /// The next chance to act, by place.
    chances: [i64; 2],
    /// Answers to come: when, and whether they are right.
    answers: BTreeMap<ThreatId, (i64, bool)>,
}

/// The support at the end.
fn play(document: &Document, style: Style, pause: i64, seed: u64) -> f64 {
    let mut play = Play {
        game: Game::new(document.clone()),
        document: document.clone(),
        style,
        random: Random(seed),
        pause,
        chances: [pause / 2, pause],
        answers: BTreeMap::new(),
    };
    play.buy();
    assert!(play.game.act(Do::Start));
    while play.game.elapsed() < document.settings.duration.millis() {
        play.look();
        play.game.pass(STEP);
    }
    play.look();
    assert!(play.game.act(Do::Finish));
    let review = play.game.review();
    assert_eq!(review.totals.pending, 0, "everything was due");
    assert_eq!(review.totals.support_end, play.game.exercise.board().support, "the review saw the same game");
    play.game.support()
}

impl Play {
    fn look(&mut self) {
        self.deliver();
        self.answer();
        self.restore();
        self.take_chances();
    }

    fn buy(&mut self) {
        if self.style.buying == Buying::Best {
            let best = self.game.review().best;
            for item in best.items {
                assert!(self.buy_at(&item.id, reach(&item.at)), "the best can be paid");
            }
            return;
        }
        let wares = self.wares();
        for _ in 0..300 {
            let mut choice = self.random.pick(&wares).cloned().unwrap();
            if self.style.buying == Buying::Sensible {
                let other = self.random.pick(&wares).cloned().unwrap();
                choice = if other.2 > choice.2 { other } else { choice };
            }
            self.buy_at(&choice.0, choice.1);
        }
    }

    /// What can be bought, where, and the support that each crown saves.
    fn wares(&self) -> Vec<(MitigationId, Reach, f64)> {
        let mut wares = Vec::new();
        for mitigation in &self.document.mitigations {
            for place in mitigation.cost.places() {
                let reach = if place == Place::Hq { Reach::Hq } else { Reach::Local };
                let prevents = |threat: &&Threat| {
                    threat.prevented_by.as_ref() == Some(&mitigation.id)
                        && threat.prevented_at.unwrap_or_default().includes(place)
                };
                let saves: f64 = self
                    .document
                    .threats
                    .iter()
                    .filter(prevents)
                    .map(|threat| -threat.support.as_f64())
                    .sum();
                wares.push((mitigation.id.clone(), reach, saves / mitigation.price(reach).max(1) as f64));
            }
        }
        wares
    }

    fn buy_at(&mut self, mitigation: &MitigationId, at: Reach) -> bool {
        self.game.act(Do::Buy { mitigation: mitigation.clone(), at: Some(at) })
    }

    /// Delivers what is due, and makes up what will be answered.
    fn deliver(&mut self) {
        let now = self.game.elapsed();
        for threat in self.document.threats.clone() {
            let state = self.game.exercise.board().threat(&self.document, &threat.id).unwrap();
            if threat.at.millis() > now || !state.is_pending() {
                continue;
            }
            assert!(self.game.act(Do::Deliver { threat: threat.id.clone(), early: false }));
            let (least, most) = self.style.delay;
            let (least, most) = (least * self.pause / 100, most * self.pause / 100);
            let at = now + least + self.random.below((most - least + 1) as usize) as i64;
            let luck = self.random.below(100);
            let asks = threat.kind != Kind::Background || !threat.responses.is_empty();
            if asks && luck < self.style.right + self.style.wrong {
                self.answers.insert(threat.id, (at, luck < self.style.right));
            }
        }
    }

    fn answer(&mut self) {
        let now = self.game.elapsed();
        for (id, (at, correct)) in self.answers.clone() {
            let done = at <= now
                && if correct { self.answer_rightly(&id) } else { self.game.act(respond(&id, wrong())) };
            if done {
                self.answers.remove(&id);
            }
        }
    }

    /// By the cheapest of the right responses that is possible; whether there was one.
    fn answer_rightly(&mut self, id: &ThreatId) -> bool {
        let threat = self.document.threat(id).unwrap().clone();
        if threat.responses.is_empty() {
            return self.game.act(respond(id, right()));
        }
        let mut responses: Vec<Response> =
            threat.responses.iter().map(|id| self.document.response(id).unwrap().clone()).collect();
        responses.sort_by_key(|response| self.document.cost(response));
        responses.into_iter().any(|response| {
            let answer = Answer { responses: vec![response.id], custom: String::new(), correct: true };
            self.game.act(respond(id, answer))
        })
    }

    /// Repairs what has failed, in the cheapest way that is possible.
    fn restore(&mut self) {
        let mut responses: Vec<Response> = self
            .document
            .responses
            .iter()
            .filter(|response| !response.restores.is_empty())
            .cloned()
            .collect();
        responses.sort_by_key(|response| self.document.cost(response));
        for response in responses {
            if self.random.percent(self.style.restores) {
                self.game.act(Do::Restore { response: response.id });
            }
        }
    }

    fn take_chances(&mut self) {
        let now = self.game.elapsed();
        for (index, place) in Place::ALL.into_iter().enumerate() {
            if self.chances[index] > now {
                continue;
            }
            self.chances[index] += self.pause;
            if self.random.percent(self.style.acts) {
                self.act_at(place);
            }
        }
    }

    fn act_at(&mut self, place: Place) {
        let board = self.game.exercise.board();
        let budget = board.budget;
        let possible = |action: &&Action| {
            action.at == place && action.needs.iter().all(|system| board.is_up(&self.document, system))
        };
        let possible: Vec<Action> = self.document.actions.iter().filter(possible).cloned().collect();
        let (helping, earning): (Vec<Action>, Vec<Action>) =
            possible.into_iter().partition(|action| action.support.as_f64() > 0.0);
        let payable: Vec<Action> = helping.into_iter().filter(|action| action.cost <= budget).collect();
        let worth = |action: &Action| action.support.as_f64() / (1.0 + action.cost as f64 / 300.0);
        let most = |actions: &[Action], value: &dyn Fn(&Action) -> f64| {
            actions.iter().max_by(|a, b| value(a).total_cmp(&value(b))).cloned()
        };
        let choice = match self.style.acting {
            Acting::Best => {
                let best = most(&payable, &worth);
                best.or_else(|| most(&earning, &|action| action.gain as f64))
            }
            Acting::Sensible if !payable.is_empty() && self.random.percent(70) => {
                self.random.pick(&payable).cloned()
            }
            Acting::Sensible => self.random.pick(&earning).cloned(),
            Acting::Random => self.random.pick(&[payable, earning].concat()).cloned(),
        };
        if let Some(action) = choice {
            assert!(self.game.act(Do::Act { action: action.id }));
        }
    }
}

fn reach(places: &[Place]) -> Reach {
    match places {
        [Place::Hq] => Reach::Hq,
        [Place::Local] => Reach::Local,
        _ => Reach::Party,
    }
}

/// How games ended.
struct Ends(Vec<f64>);

impl Ends {
    fn of(document: &Document, style: Style, pause: i64, games: u64) -> Self {
        let ends = Self((0..games).map(|seed| play(document, style, pause, seed)).collect());
        eprintln!("{:.1} ({} to {})", ends.average(), ends.least(), ends.most());
        ends
    }

    fn average(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.0.len() as f64
    }

    fn least(&self) -> f64 {
        self.0.iter().copied().fold(f64::MAX, f64::min)
    }

    fn most(&self) -> f64 {
        self.0.iter().copied().fold(f64::MIN, f64::max)
    }

    /// How many of a hundred are above a value.
    fn above(&self, value: f64) -> usize {
        100 * self.0.iter().filter(|end| **end > value).count() / self.0.len()
    }
}

/// Random, typical and perfect games; perfect ones leave nothing to chance.
fn ends(name: &str, pause: i64) -> [Ends; 3] {
    let document = Game::shipped(name);
    [(RANDOM, 200), (TYPICAL, 100), (PERFECT, 1)]
        .map(|(style, games)| Ends::of(&document, style, pause, games))
}

#[test]
fn good_play_of_the_election_is_rewarded() {
    let [random, typical, perfect] = ends("election", 5 * MINUTE);
    assert!((20.0..=35.0).contains(&random.average()), "{}", random.average());
    assert!((45.0..=55.0).contains(&typical.average()), "{}", typical.average());
    assert!((65.0..=80.0).contains(&perfect.average()), "{}", perfect.average());
    assert!(typical.above(random.average()) >= 95, "sense beats chance");
    assert!(perfect.least() > typical.most(), "nobody is as good by luck");
}

#[test]
fn good_play_of_the_demonstration_is_rewarded() {
    let [random, typical, perfect] = ends("demonstration", 2 * MINUTE);
    assert!(random.average() + 8.0 < typical.average(), "{} {}", random.average(), typical.average());
    assert!(typical.average() + 8.0 < perfect.average(), "{} {}", typical.average(), perfect.average());
    assert!(typical.above(random.average()) >= 80, "sense beats chance, even in ten minutes");
    assert!(perfect.least() > typical.most(), "nobody is as good by luck");
}
