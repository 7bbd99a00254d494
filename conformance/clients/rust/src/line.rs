//! A TCP line to a server that can be cut and mended.

use std::{
    io,
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// Carries what comes to its own address.
pub struct Line {
    /// Where it begins.
    pub url: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    cut: bool,
    ends: Vec<TcpStream>,
}

impl Line {
    /// A line to the server at `url`.
    pub fn to(url: &str) -> Self {
        let there = url.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let state = Arc::<Mutex<State>>::default();
        let line = Self { url, state: Arc::clone(&state) };
        thread::spawn(move || {
            for here in listener.incoming() {
                let mut state = state.lock().expect("nobody panicked");
                if !state.cut {
                    // a server that has gone is like a line that is cut
                    let _ = state.carry(here, TcpStream::connect(&there));
                }
            }
        });
        line
    }

    /// Both ends lose their connections, and nobody gets through.
    pub fn cut(&self) {
        let mut state = self.state.lock().expect("nobody panicked");
        state.cut = true;
        for end in state.ends.drain(..) {
            let _ = end.shutdown(Shutdown::Both);
        }
    }

    /// From now on connections are carried again.
    pub fn mend(&self) {
        self.state.lock().expect("nobody panicked").cut = false;
    }
}

impl State {
    fn carry(&mut self, here: io::Result<TcpStream>, there: io::Result<TcpStream>) -> io::Result<()> {
        let (here, there) = (here?, there?);
        for (from, to) in [(&here, &there), (&there, &here)] {
            let (mut from, mut to) = (from.try_clone()?, to.try_clone()?);
            thread::spawn(move || {
                let _ = io::copy(&mut from, &mut to);
                let _ = to.shutdown(Shutdown::Write);
            });
        }
        self.ends.extend([here, there]);
        Ok(())
    }
}
