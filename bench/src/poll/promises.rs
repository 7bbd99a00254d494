//! What is promised to voters, and whether it was kept.

use std::time::Duration;

use super::round::{Numbers, Round};
use crate::promises::Promises;

impl Promises {
    /// Every vote acked, every tally right, no more than ten tallies a second.
    pub(super) fn of_round(&mut self, name: &str, round: &Round) {
        let (sent, acked) = (round.sent().voted, round.acked().voted);
        let refusal = round.refusals.first().map(|refusal| format!(", {refusal}")).unwrap_or_default();
        self.check(acked == sent, &format!("{name}: {acked} of {sent} votes acked{refusal}"));

        let exact = round.voters.iter().filter(|voter| voter.numbers == round.sent()).count();
        let after = |time: Duration| format!(", {} ms after the last ack", time.as_millis());
        let when = round.exact_after.map(after).unwrap_or_default();
        let all = round.voters.len();
        self.check(
            round.exact_after.is_some(),
            &format!("{name}: final tally exact on {exact} of {all}{when}"),
        );

        let busiest = round.voters.iter().map(|voter| voter.pace.busiest).max().unwrap_or_default();
        let ahead = round.schedule.ahead().as_millis();
        let tallies = format!(
            "{} tallies, at most {ahead} ms ahead of ten a second; {busiest} came to one client in a second",
            round.schedule.len()
        );
        self.check(busiest <= 10 && round.schedule.is_kept(), &format!("{name}: {tallies}"));
    }

    /// Every acked vote is there, and none that was never sent.
    pub(super) fn of_recovery(&mut self, round: &Round, kept: &Numbers) {
        let (sent, acked) = (round.sent(), round.acked());
        let within = |least: u32, number: u32, most: u32| (least..=most).contains(&number);
        let counts = acked.counts.iter().zip(&kept.counts).zip(&sent.counts);
        let sound = within(acked.voted, kept.voted, sent.voted)
            && counts.into_iter().all(|((acked, kept), sent)| within(*acked, *kept, *sent));
        let question = round.question;
        let votes = format!("{} votes kept, {} acked, {} sent", kept.voted, acked.voted, sent.voted);
        self.check(sound, &format!("after kill -9, question {question}: {votes}"));
    }
}
