//! What is put into a live room's inbox.

use tokio::sync::oneshot;

use super::{Actor, Rules};
use crate::log::{CommandId, Offset};
use crate::{Error, Result};

pub(super) enum Message<R: Rules, A> {
    Command(Asked<R>),
    Visit(Visit<R, A>),
    Erase(oneshot::Sender<Result<()>>),
}

pub(super) type Visit<R, A> = Box<dyn for<'a> FnOnce(Result<(&'a R, &'a mut A)>) + Send>;

/// A command, and where its answer goes. The room's own have neither id nor answer.
pub(super) struct Asked<R: Rules> {
    pub(super) actor: Actor,
    pub(super) id: Option<CommandId>,
    pub(super) command: R::Command,
    pub(super) reply: Option<oneshot::Sender<Result<Offset>>>,
}

impl<R: Rules, A> Message<R, A> {
    pub(super) fn refuse(self, error: Error) {
        match self {
            Self::Command(asked) => asked.answer(Err(error)),
            Self::Visit(visit) => visit(Err(error)),
            Self::Erase(reply) => {
                let _ = reply.send(Err(error));
            }
        }
    }
}

impl<R: Rules> Asked<R> {
    /// A command of the room itself.
    pub(super) fn own((actor, command): (Actor, R::Command)) -> Self {
        Self { actor, id: None, command, reply: None }
    }

    pub(super) fn answer(self, answer: Result<Offset>) {
        if let Some(reply) = self.reply {
            // whoever asked may have gone
            let _ = reply.send(answer);
        }
    }
}
