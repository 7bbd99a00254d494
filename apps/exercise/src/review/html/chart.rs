//! Support and budget over time, with what happened below.

use super::speech::{Speech, each, escaped};
use crate::events::{CurvePoint, ExercisePhase, Remark, ReviewEvent};
use crate::review::format::game_time;

/// The drawing's width, in its own units.
const WIDTH: i64 = 10_000;
/// Where time begins and ends.
const LEFT: i64 = 1_750;
const RIGHT: i64 = 9_850;
/// How high the panels and the lanes are, and the room between them.
const SUPPORT: i64 = 2_200;
const BUDGET: i64 = 1_200;
const LANE: i64 = 260;
const GAP: i64 = 320;
/// The longest name of a lane that there is room for, in characters.
const NAME: usize = 15;
/// Round moments: seconds between them.
const TIME_STEPS: [i64; 12] = [5, 10, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400];
/// The most marks along the time.
const MARKS: i64 = 12;

pub(super) fn body(speech: &Speech<'_>) -> String {
    let texts = speech.texts;
    if speech.review.phase == ExercisePhase::Preparation {
        return format!("<p class=\"muted\">{}</p>", speech.say(texts.no_course));
    }
    let chart = Chart::new(speech);
    let support: Vec<_> = points(speech, |point| point.support.thousandths());
    let budget: Vec<_> = points(speech, |point| point.budget.saturating_mul(1000));
    let mut top = GAP;
    let support =
        chart.panel(top, SUPPORT, "support", texts.support, &support, |value| speech.thousandths(value));
    top += SUPPORT + GAP;
    let budget = chart.panel(top, BUDGET, "budget", texts.budget, &budget, |value| speech.thousandths(value));
    top += BUDGET + GAP / 2;
    let (lanes, bottom) = chart.lanes(top);
    let times = chart.times(GAP, bottom);
    let height = bottom + 360;
    format!(
        "<p class=\"muted\">{note}</p>\n<figure><svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-label=\"{note}\">{times}{support}{budget}{lanes}</svg></figure>",
        note = speech.say(texts.course_note),
    )
}

/// A moment and the value from then on.
type Point = (i64, i64);

fn points(speech: &Speech<'_>, value: impl Fn(&CurvePoint) -> i64) -> Vec<Point> {
    speech.review.curve.iter().map(|point| (point.at, value(point))).collect()
}

struct Chart<'s, 'a> {
    speech: &'s Speech<'a>,
    end: i64,
}

impl<'s, 'a> Chart<'s, 'a> {
    fn new(speech: &'s Speech<'a>) -> Self {
        let last = speech.review.curve.last().map_or(0, |point| point.at);
        Self { speech, end: speech.review.elapsed.max(last).max(1000) }
    }

    fn x(&self, at: i64) -> i64 {
        LEFT + at.clamp(0, self.end) * (RIGHT - LEFT) / self.end
    }

    /// A line with its axis.
    fn panel(
        &self,
        top: i64,
        height: i64,
        class: &str,
        name: &str,
        points: &[Point],
        words: impl Fn(i64) -> String,
    ) -> String {
        let axis = Axis::of(points.iter().map(|(_, value)| *value));
        let y = |value: i64| top + height - (value - axis.from) * height / (axis.to - axis.from);
        let ticks = each(axis.ticks(), |value| {
            let (y, label) = (y(value), words(value));
            format!(
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y}\" y2=\"{y}\"/>\
                 <text class=\"tick\" x=\"{}\" y=\"{}\">{label}</text>",
                LEFT - 90,
                y + 65,
            )
        });
        let path = each(points.iter().enumerate(), |(place, (at, value))| {
            let (x, y) = (self.x(*at), y(*value));
            if place == 0 { format!("M{x} {y}") } else { format!("H{x}V{y}") }
        });
        let name = self.speech.say(name);
        format!(
            "{ticks}<text class=\"name {class}\" x=\"{LEFT}\" y=\"{}\">{name}</text>\
             <path class=\"{class}\" d=\"{path}H{RIGHT}\"/>\n",
            top - 80,
        )
    }

    /// What happened, a lane for each kind, and where the last one ends.
    fn lanes(&self, top: i64) -> (String, i64) {
        let texts = self.speech.texts;
        let kinds: [(&str, &[&str]); 6] = [
            (texts.lane_delivered, &["delivered"]),
            (texts.lane_answered, &["responded", "restored"]),
            (texts.lane_prevented, &["prevented"]),
            (texts.lane_bought, &["bought"]),
            (texts.lane_acted, &["acted"]),
            (texts.lane_thrown, &["thrown"]),
        ];
        let mut bottom = top;
        let lanes = each(kinds, |(name, kinds)| {
            let events: Vec<_> = self.events(kinds).collect();
            if events.is_empty() {
                return String::new();
            }
            bottom += LANE;
            self.lane(name, &events, bottom - LANE / 2)
        });
        (lanes, bottom)
    }

    fn lane(&self, name: &str, events: &[&ReviewEvent], y: i64) -> String {
        format!(
            "<line class=\"lane\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y}\" y2=\"{y}\"/>\
             <text class=\"tick\" x=\"{}\" y=\"{}\">{}</text>{}\n",
            LEFT - 90,
            y + 65,
            shortened(&self.speech.in_words(name)),
            each(events, |event| self.mark(event, y)),
        )
    }

    /// What happened in the simulation and was not taken back.
    fn events(&self, kinds: &[&str]) -> impl Iterator<Item = &'a ReviewEvent> {
        let review = self.speech.review;
        let started = review.events.iter().position(|event| event.kind == "started");
        let events = review.events.iter().skip(started.unwrap_or(usize::MAX));
        events.filter(move |event| !event.undone && kinds.contains(&event.kind.as_str()))
    }

    fn mark(&self, event: &ReviewEvent, y: i64) -> String {
        let (x, time) = (self.x(event.at), game_time(event.at));
        let wrong = event.remark == Some(Remark::Wrong);
        let note =
            if wrong { format!(" – {}", self.speech.say(self.speech.texts.wrong)) } else { String::new() };
        let class = escaped(if wrong { "wrong" } else { &event.kind });
        let text = escaped(&event.text);
        format!(
            "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"70\"><title>{time} {text}{note}</title></circle>"
        )
    }

    /// Round moments.
    fn times(&self, top: i64, bottom: i64) -> String {
        let step = TIME_STEPS.iter().map(|seconds| seconds * 1000).find(|step| self.end / step <= MARKS);
        let step = step.unwrap_or(24 * 3_600_000);
        let moments = (0..=self.end / step).map(|number| number * step);
        each(moments, |at| {
            let x = self.x(at);
            format!(
                "<line class=\"grid\" x1=\"{x}\" x2=\"{x}\" y1=\"{top}\" y2=\"{bottom}\"/>\
                 <text class=\"time\" x=\"{x}\" y=\"{}\">{}</text>",
                bottom + 230,
                game_time(at),
            )
        })
    }
}

/// A name as far as there is room for it, escaped.
fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME {
        return escaped(name);
    }
    let start: String = name.chars().take(NAME - 1).collect();
    escaped(&format!("{}…", start.trim_end()))
}

/// Round values that hold all others between them.
struct Axis {
    from: i64,
    to: i64,
    step: i64,
}

impl Axis {
    fn of(values: impl Iterator<Item = i64> + Clone) -> Self {
        let least = values.clone().min().unwrap_or(0);
        let most = values.max().unwrap_or(0);
        let span = (most - least).max(most.abs() / 10).max(1000);
        let step = round_up(span / 4);
        let from = least.div_euclid(step) * step;
        let to = (most + step - 1).div_euclid(step) * step;
        Self { from, to: to.max(from + step), step }
    }

    fn ticks(&self) -> impl Iterator<Item = i64> + use<> {
        let (from, step) = (self.from, self.step);
        (0..=(self.to - from) / step).map(move |number| from + number * step)
    }
}

/// The next of 1, 2, 5, 10, …
fn round_up(rough: i64) -> i64 {
    let mut power = 1;
    while power * 10 < rough {
        power *= 10;
    }
    let step = [1, 2, 5, 10].into_iter().map(|digit| digit * power).find(|step| *step >= rough);
    step.unwrap_or(rough)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_holds_its_values_between_few_round_ones() {
        for (least, most) in [(0, 0), (0, 1), (55_000, 55_000), (-3, 47_500), (1, 1_000_000_000_000)] {
            let axis = Axis::of([least, most].into_iter());
            assert!(axis.from <= least && most <= axis.to, "{least} {most}");
            let ticks: Vec<_> = axis.ticks().collect();
            assert!((2..=6).contains(&ticks.len()), "{ticks:?}");
            assert_eq!(ticks.last(), Some(&axis.to));
        }
    }
}
