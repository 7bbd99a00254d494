use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

fn offer(cost: i64, support: i64, failures: u32) -> Offer {
    Offer { cost, support: Points::whole(support), failures }
}

/// Worth and cost of a choice.
fn result(groups: &[Vec<Offer>], chosen: &[Option<usize>]) -> (i64, i64) {
    let taken = groups.iter().zip(chosen).filter_map(|(group, offer)| Some(group[(*offer)?]));
    taken.fold((0, 0), |(worth, cost), offer| (worth + offer.worth(), cost + offer.cost))
}

/// All choices, tried.
fn by_trying(groups: &[Vec<Offer>], budget: i64) -> (i64, i64) {
    let Some((first, rest)) = groups.split_first() else { return (0, 0) };
    let mut best = by_trying(rest, budget);
    for offer in first.iter().filter(|offer| offer.cost <= budget) {
        let (worth, cost) = by_trying(rest, budget - offer.cost);
        let choice = (worth + offer.worth(), cost + offer.cost);
        if (choice.0, -choice.1) > (best.0, -best.1) {
            best = choice;
        }
    }
    best
}

#[test]
fn failures_and_then_cost_decide_between_equals() {
    let groups = [vec![offer(300, 5, 0)], vec![offer(300, 5, 2)], vec![offer(200, 5, 2)]];
    assert_eq!(choose(&groups, 300), Best { chosen: vec![None, None, Some(0)], exact: true });
    let groups = [vec![offer(300, 5, 0)], vec![offer(300, 5, 1)]];
    assert_eq!(choose(&groups, 599).chosen, [None, Some(0)]);
    assert_eq!(choose(&groups, 600).chosen, [Some(0), Some(0)]);
    assert_eq!(choose(&groups, 299).chosen, [None, None]);
}

#[test]
fn what_prevents_nothing_is_not_bought_even_for_nothing() {
    let groups = [vec![offer(0, 0, 0)], vec![offer(0, 1, 0)], vec![]];
    assert_eq!(choose(&groups, 0).chosen, [None, Some(0), None]);
}

/// The best value for money is not always part of the best choice.
#[test]
fn it_is_not_greedy() {
    let groups = [vec![offer(6, 7, 0)], vec![offer(5, 5, 0)], vec![offer(5, 5, 0)]];
    assert_eq!(choose(&groups, 10).chosen, [None, Some(0), Some(0)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]
    #[test]
    fn no_other_choice_is_better(
        groups in prop::collection::vec(
            prop::collection::vec((0..12_i64, 0..6_i64, 0..3_u32), 0..4), 0..7),
        budget in 0..40_i64,
    ) {
        let groups: Vec<Vec<Offer>> = groups
            .into_iter()
            .map(|group| group.into_iter().map(|(cost, support, failures)| offer(cost, support, failures)).collect())
            .collect();
        let best = choose(&groups, budget);
        prop_assert!(best.exact);
        prop_assert_eq!(result(&groups, &best.chosen), by_trying(&groups, budget));
    }
}

/// Numbers that look random, the same each time.
fn numbers(mut seed: u64) -> impl FnMut(u32) -> u32 {
    move |below| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((seed >> 33) % u64::from(below)) as u32
    }
}

/// 500 mitigations at two places each, with prices up to a billion; `support` in thousandths.
fn large(support: impl Fn(u32, &mut dyn FnMut(u32) -> u32) -> u32) -> Vec<Vec<Offer>> {
    let mut number = numbers(7);
    let mut offer = || {
        let cost = 1 + number(1_000_000_000);
        let support = f64::from(support(cost, &mut number)) / 1000.0;
        Offer { cost: cost.into(), support: Points::from_f64(support).unwrap(), failures: number(3) }
    };
    let mut groups = Vec::new();
    for _ in 0..500 {
        let (hq, local) = (offer(), offer());
        let both = Offer { cost: hq.cost + local.cost, support: hq.support + local.support, failures: 3 };
        groups.push(vec![hq, local, both]);
    }
    groups
}

#[test]
fn the_largest_scenario_is_solved_exactly() {
    let started = Instant::now();
    for budget in [1_000_000, 1_000_000_000] {
        let groups = large(|_, number| 500 * number(21));
        let best = choose(&groups, budget);
        assert!(best.exact);
        assert!(result(&groups, &best.chosen).1 <= budget);
    }
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

/// Prices that are the worth leave nothing to give up early.
#[test]
fn a_scenario_that_was_made_to_be_hard_is_cut_off_and_says_so() {
    let started = Instant::now();
    let groups = large(|cost, _| cost / 1_000);
    let best = choose(&groups, 1_000_000_000);
    assert!(!best.exact);
    let (_, cost) = result(&groups, &best.chosen);
    assert!((999_000_000..=1_000_000_000).contains(&cost), "{cost}");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}
