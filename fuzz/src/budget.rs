//! Memory and time that reading may take.

use std::{alloc::System, time::Duration};

use cap::Cap;
use cpu_time::ThreadTime;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// Runs `read`, which may have allocated `bytes` more at any one time than when it began.
///
/// An allocation beyond that fails, which ends the process: to the fuzzer that is a crash.
pub fn memory<T>(bytes: usize, read: impl FnOnce() -> T) -> T {
    limit(ALLOCATOR.allocated() + bytes);
    let read = read();
    limit(usize::MAX);
    read
}

/// Runs `read`, which may use the processor for `most`.
///
/// Other processes can make it slow nevertheless, so only what is too slow each time counts.
pub fn time(most: Duration, mut read: impl FnMut()) {
    let mut took = Duration::MAX;
    for _ in 0..TRIES {
        let start = ThreadTime::now();
        read();
        took = took.min(start.elapsed());
        if took <= most {
            return;
        }
    }
    panic!("it takes {took:?}, which is more than {most:?}");
}

fn limit(bytes: usize) {
    assert_eq!(ALLOCATOR.set_limit(bytes), Ok(()), "what is allocated is below the limit");
}

const TRIES: usize = 4;
