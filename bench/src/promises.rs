//! What is promised of our servers, and whether it was kept.

use crate::Result;

/// Promises in the order they were looked at.
#[derive(Debug, Default)]
pub(crate) struct Promises {
    broken: usize,
}

impl Promises {
    /// Prints what was found, as kept or broken.
    pub(crate) fn check(&mut self, kept: bool, found: &str) {
        println!("{} {found}", if kept { "kept  " } else { "BROKEN" });
        self.broken += usize::from(!kept);
    }

    /// An error if any was broken.
    pub(crate) fn verdict(&self) -> Result<()> {
        if self.broken == 0 { Ok(()) } else { Err(format!("{} promises broken", self.broken).into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_broken_promise_is_enough() {
        let mut promises = Promises::default();
        promises.check(true, "a");
        assert!(promises.verdict().is_ok());
        promises.check(false, "b");
        promises.check(true, "c");
        assert!(promises.verdict().is_err());
    }
}
