//! What there is to buy, what it prevents, and what would have been best.

use super::best::{self, Offer};
use crate::events::{Purchase, Purchases};
use crate::model::Holding;
use crate::scenario::{Document, Mitigation, Place, Points, Threat, ThreatId};

/// What can be bought, each with the threats that it prevents.
pub(super) struct Shop<'a> {
    shelves: Vec<Shelf<'a>>,
}

/// A mitigation, and where it must be in place to prevent something.
struct Shelf<'a> {
    mitigation: &'a Mitigation,
    /// In the order of the scenario.
    threats: Vec<(&'a Threat, Vec<Place>)>,
}

impl<'a> Shop<'a> {
    pub(super) fn new(scenario: &'a Document) -> Self {
        let shelf = |mitigation: &'a Mitigation| {
            let threats =
                scenario.threats.iter().filter(|threat| threat.prevented_by.as_ref() == Some(&mitigation.id));
            Shelf { mitigation, threats: threats.map(|threat| (threat, asked(mitigation, threat))).collect() }
        };
        Self { shelves: scenario.mitigations.iter().map(shelf).collect() }
    }

    /// The cheapest purchase that prevents a threat.
    pub(super) fn help(&self, threat: &Threat) -> Option<Purchase> {
        let id = threat.prevented_by.as_ref()?;
        let found = self.shelves.iter().find(|shelf| shelf.mitigation.id == *id)?;
        let places = asked(found.mitigation, threat);
        (!places.is_empty()).then(|| found.purchase(places))
    }

    /// What is in place, in the order of the scenario.
    pub(super) fn held(&self, holdings: &[Holding]) -> Purchases {
        let held = self.shelves.iter().zip(holdings).map(|(shelf, holding)| {
            let places = Place::ALL.into_iter().filter(|place| holding.at(*place).is_some());
            (shelf, places.collect::<Vec<_>>())
        });
        together(held.filter(|(_, places)| !places.is_empty()))
    }

    /// The purchases for a budget that save the most support; of those that save as much, the
    /// ones that prevent most failures of systems; of those, the cheapest. The answer is whether
    /// that is certain, too.
    pub(super) fn best(&self, budget: i64) -> (Purchases, bool) {
        let groups: Vec<Vec<Offer>> = self.shelves.iter().map(Shelf::offers).collect();
        let best = best::choose(&groups, budget);
        let chosen = self.shelves.iter().zip(&best.chosen).filter_map(|(shelf, offer)| {
            let places = shelf.choices().into_iter().nth((*offer)?)?;
            Some((shelf, places))
        });
        (together(chosen), best.exact)
    }
}

impl Shelf<'_> {
    /// The ways to buy it: here, there, at both places.
    fn choices(&self) -> Vec<Vec<Place>> {
        let all: Vec<Place> = self.mitigation.places_in(crate::scenario::Reach::Party).collect();
        let apart = matches!(self.mitigation.cost, crate::scenario::Cost::Each { .. }) && all.len() > 1;
        let singles = all.iter().filter(|_| apart).map(|place| vec![*place]).collect::<Vec<_>>();
        singles.into_iter().chain([all]).collect()
    }

    fn offers(&self) -> Vec<Offer> {
        let offer = |places: Vec<Place>| {
            let prevented = || self.prevented(&places);
            Offer {
                cost: self.mitigation.price_at(&places),
                support: prevented().map(harm).fold(Points::default(), |sum, harm| sum + harm),
                failures: prevented().map(|threat| threat.disables.len() as u32).sum(),
            }
        };
        self.choices().into_iter().map(offer).collect()
    }

    fn purchase(&self, places: Vec<Place>) -> Purchase {
        let prevented = || self.prevented(&places);
        Purchase {
            id: self.mitigation.id.clone(),
            name: self.mitigation.name.clone(),
            category: self.mitigation.category.clone(),
            cost: self.mitigation.price_at(&places),
            prevents: prevented().map(|threat| ThreatId::clone(&threat.id)).collect(),
            saves: prevented().map(harm).fold(Points::default(), |sum, harm| sum + harm),
            at: places,
        }
    }

    /// What it prevents when it is in place there.
    fn prevented(&self, places: &[Place]) -> impl Iterator<Item = &Threat> {
        let covered = |asked: &[Place]| !asked.is_empty() && asked.iter().all(|place| places.contains(place));
        self.threats.iter().filter(move |(_, asked)| covered(asked)).map(|(threat, _)| *threat)
    }
}

fn together<'s>(purchases: impl Iterator<Item = (&'s Shelf<'s>, Vec<Place>)>) -> Purchases {
    let mut all = Purchases { items: Vec::new(), cost: 0, saves: Points::default(), failures: 0 };
    for (shelf, places) in purchases {
        all.failures += shelf.prevented(&places).map(|threat| threat.disables.len() as u32).sum::<u32>();
        let purchase = shelf.purchase(places);
        all.cost += purchase.cost;
        all.saves = all.saves + purchase.saves;
        all.items.push(purchase);
    }
    all
}

/// Where a mitigation must be in place to prevent a threat: as far as it is sold there.
fn asked(mitigation: &Mitigation, threat: &Threat) -> Vec<Place> {
    mitigation.places_in(threat.prevented_at.unwrap_or_default()).collect()
}

/// The support that a threat costs.
fn harm(threat: &Threat) -> Points {
    (-threat.support).max(Points::default())
}
