//! The best choice of at most one offer from each group within a budget: exact, by dynamic
//! programming over the choices of which no other is both cheaper and better.
//!
//! What cannot become better than what has been found is given up early. The bound is the linear
//! relaxation: the steps along all groups' convex hulls by their value for money, of which as many
//! are bought as there is money for, and a part of the next. Its whole part is itself a choice, and
//! the best of those is what others are compared with.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::scenario::Points;

/// The most choices that are kept in mind at a time. No plausible scenario comes near; one that was
/// made to be hard is cut off here, and the answer says so.
const MOST: usize = 4_000;

/// Something that can be bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) cost: i64,
    /// The support that it saves.
    pub(super) support: Points,
    /// The failures that it prevents.
    pub(super) failures: u32,
}

/// What is best to buy.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Best {
    /// The offer of each group, if any.
    pub(super) chosen: Vec<Option<usize>>,
    /// Whether nothing can be better.
    pub(super) exact: bool,
}

/// The most support that can be saved; then the most failures prevented; then the least cost.
pub(super) fn choose(groups: &[Vec<Offer>], budget: i64) -> Best {
    let mut search = Search::new(groups, budget);
    for group in 0..groups.len() {
        search.extend(group);
    }
    search.end(groups.len())
}

/// An offer that is worth something, and its number in the group.
#[derive(Debug, Clone, Copy)]
struct Item {
    cost: i64,
    worth: i64,
    number: usize,
}

/// The way from one item of a group to a better one, on the group's convex hull.
#[derive(Debug, Clone, Copy)]
struct Step {
    group: usize,
    cost: i64,
    worth: i64,
}

/// A choice from the groups so far.
#[derive(Debug, Clone)]
struct State {
    cost: i64,
    worth: i64,
    taken: Option<Rc<Taken>>,
    /// What was taken from the newest group; part of `taken` once the state is kept.
    news: Option<usize>,
}

/// An offer that was taken, and those before it.
#[derive(Debug)]
struct Taken {
    group: usize,
    offer: usize,
    before: Option<Rc<Taken>>,
}

struct Search {
    budget: i64,
    groups: Vec<Vec<Item>>,
    /// The best value for money first.
    steps: Vec<Step>,
    /// By cost; each is worth more than the one before it.
    states: Vec<State>,
    /// The worth that can be reached for certain.
    floor: i64,
    exact: bool,
}

impl Search {
    fn new(groups: &[Vec<Offer>], budget: i64) -> Self {
        let groups: Vec<_> = groups.iter().map(|offers| items(offers, budget)).collect();
        let hulls = groups.iter().enumerate().flat_map(|(group, items)| hull(group, items));
        let mut steps: Vec<Step> = hulls.collect();
        steps.sort_by(|a, b| b.value_for_money(a));
        let states = vec![State { cost: 0, worth: 0, taken: None, news: None }];
        Self { budget, groups, steps, states, floor: 0, exact: true }
    }

    /// Takes one more group into account.
    fn extend(&mut self, group: usize) {
        let mut next = self.states.clone();
        for item in self.groups.get(group).into_iter().flatten() {
            let affordable = self.states.iter().take_while(|state| state.cost + item.cost <= self.budget);
            next.extend(affordable.map(|state| State {
                cost: state.cost + item.cost,
                worth: state.worth + item.worth,
                taken: state.taken.clone(),
                news: Some(item.number),
            }));
        }
        self.states = self.promising(undominated(next), group);
        for state in &mut self.states {
            if let Some(offer) = state.news.take() {
                state.taken = Some(Rc::new(Taken { group, offer, before: state.taken.take() }));
            }
        }
    }

    /// The states that can become the best, knowing the groups up to this one.
    fn promising(&mut self, states: Vec<State>, group: usize) -> Vec<State> {
        let ahead = Ahead::new(self.steps.iter().filter(|step| step.group > group));
        let bounds: Vec<_> = states.iter().map(|state| ahead.bounds(state, self.budget)).collect();
        self.floor = bounds.iter().map(|bounds| bounds.floor).fold(self.floor, i64::max);
        let least = self.least_ceiling(&bounds);
        let kept = states.into_iter().zip(bounds);
        // where many have the same ceiling, what is known to be reachable stays
        let kept = kept.filter(|(_, bounds)| bounds.ceiling > least || bounds.floor >= self.floor);
        kept.map(|(state, _)| state).collect()
    }

    /// Above what a state's ceiling must be.
    fn least_ceiling(&mut self, bounds: &[Bounds]) -> i64 {
        let mut ceilings: Vec<_> = bounds.iter().map(|bounds| bounds.ceiling).collect();
        ceilings.retain(|ceiling| *ceiling >= self.floor);
        if ceilings.len() <= MOST {
            return self.floor - 1;
        }
        self.exact = false;
        let (_, least, _) = ceilings.select_nth_unstable_by(MOST, |a, b| b.cmp(a));
        *least
    }

    fn end(self, groups: usize) -> Best {
        let mut chosen = vec![None; groups];
        let mut taken = self.states.last().and_then(|state| state.taken.clone());
        while let Some(Taken { group, offer, before }) = taken.as_deref() {
            if let Some(chosen) = chosen.get_mut(*group) {
                *chosen = Some(*offer);
            }
            taken = before.clone();
        }
        Best { chosen, exact: self.exact }
    }
}

/// What is ahead of a state: the steps of the groups that are not yet decided.
struct Ahead<'a> {
    steps: Vec<&'a Step>,
    /// Cost and worth of the steps up to each; one more than there are steps.
    sums: Vec<(i64, i64)>,
}

/// What a state can become: at least, and at most.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    floor: i64,
    ceiling: i64,
}

impl<'a> Ahead<'a> {
    fn new(steps: impl Iterator<Item = &'a Step>) -> Self {
        let steps: Vec<_> = steps.collect();
        let sums = steps.iter().scan((0, 0), |(cost, worth), step| {
            *cost += step.cost;
            *worth += step.worth;
            Some((*cost, *worth))
        });
        let sums = std::iter::once((0, 0)).chain(sums).collect();
        Self { steps, sums }
    }

    fn bounds(&self, state: &State, budget: i64) -> Bounds {
        let money = budget - state.cost;
        let whole = self.sums.partition_point(|(cost, _)| *cost <= money).saturating_sub(1);
        let (cost, worth) = self.sums.get(whole).copied().unwrap_or_default();
        let part = self.steps.get(whole).map_or(0, |step| step.part(money - cost));
        let floor = state.worth + worth;
        Bounds { floor, ceiling: floor + part }
    }
}

impl Step {
    fn value_for_money(&self, other: &Self) -> Ordering {
        let value = |one: &Self, other: &Self| i128::from(one.worth) * i128::from(other.cost);
        value(self, other).cmp(&value(other, self))
    }

    /// What a part of it would be worth, for less money than it costs.
    fn part(&self, money: i64) -> i64 {
        let part = i128::from(self.worth) * i128::from(money) / i128::from(self.cost.max(1));
        i64::try_from(part).unwrap_or(self.worth)
    }
}

impl Offer {
    /// Support before failures: there are fewer than a million of these in any scenario.
    fn worth(self) -> i64 {
        (self.support.thousandths() << 20) + i64::from(self.failures)
    }
}

/// The affordable offers, by cost, each worth more than the one before it.
fn items(offers: &[Offer], budget: i64) -> Vec<Item> {
    let numbered = offers.iter().enumerate();
    let items = numbered.map(|(number, offer)| Item { cost: offer.cost, worth: offer.worth(), number });
    let mut items: Vec<_> = items.filter(|item| item.cost <= budget).collect();
    items.sort_by(|a, b| a.cost.cmp(&b.cost).then(b.worth.cmp(&a.worth)));
    let mut most = 0;
    items.retain(|item| exceeds(item.worth, &mut most));
    items
}

/// The steps from nothing along the upper convex hull, the best value for money first.
fn hull(group: usize, items: &[Item]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let (mut cost, mut worth) = (0, 0);
    for item in items {
        let mut step = Step { group, cost: item.cost - cost, worth: item.worth - worth };
        while let Some(last) = steps.pop_if(|last| last.value_for_money(&step) != Ordering::Greater) {
            step = Step { group, cost: step.cost + last.cost, worth: step.worth + last.worth };
        }
        steps.push(step);
        (cost, worth) = (item.cost, item.worth);
    }
    steps
}

/// Those of which no other is both as cheap and as good, by cost.
fn undominated(mut states: Vec<State>) -> Vec<State> {
    states.sort_by(|a, b| a.cost.cmp(&b.cost).then(b.worth.cmp(&a.worth)));
    let mut most = -1;
    states.retain(|state| exceeds(state.worth, &mut most));
    states
}

/// Whether it is more than the most so far, which it is from then on.
fn exceeds(worth: i64, most: &mut i64) -> bool {
    let more = worth > *most;
    *most = worth.max(*most);
    more
}

#[cfg(test)]
mod tests;
