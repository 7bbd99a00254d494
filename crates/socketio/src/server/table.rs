//! The namespaces of a server, those that come into being included.

use std::{
    cell::RefCell,
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use parking_lot::{ReentrantMutex, RwLock};

use super::Common;
use crate::{Adapter, Namespace, ParentNamespace, handler::BoxFuture};

pub(super) type AdapterFactory = dyn Fn(&str) -> Arc<dyn Adapter> + Send + Sync;

pub(crate) struct ServerInner {
    pub(crate) common: Arc<Common>,
    pub(super) namespaces: RwLock<HashMap<Box<str>, Namespace>>,
    pub(super) parents: RwLock<Vec<ParentNamespace>>,
    pub(super) adapter: Arc<AdapterFactory>,
    pub(super) on_new: RwLock<Vec<OnNew>>,
    /// Those that the hooks see at present.
    pub(super) making: ReentrantMutex<RefCell<Vec<Namespace>>>,
}

/// Sees each namespace that comes into being.
pub(super) type OnNew = Arc<dyn Fn(&Namespace) + Send + Sync>;

impl ServerInner {
    pub(crate) fn find(&self, name: &str) -> Option<Namespace> {
        self.namespaces.read().get(name).cloned()
    }

    /// A namespace that a connection is about to join; to be followed by [`ServerInner::exit`].
    pub(crate) fn enter(&self, name: &str) -> Option<Namespace> {
        let namespaces = self.namespaces.read();
        let namespace = namespaces.get(name)?;
        namespace.enter();
        Some(namespace.clone())
    }

    /// Asks the parents, in the order they were made, for a namespace that does not exist yet.
    /// None without parents, so that the answer need not wait.
    pub(crate) fn resolve(self: &Arc<Self>, name: &str, auth: &str) -> Option<BoxFuture<Option<Namespace>>> {
        let parents = self.parents.read().clone();
        if parents.is_empty() {
            return None;
        }
        let (server, name, auth) = (self.clone(), name.to_owned(), auth.to_owned());
        Some(Box::pin(async move {
            for parent in parents {
                if parent.allows(&name, &auth).await {
                    return Some(server.child(&parent, &name));
                }
            }
            None
        }))
    }

    /// The namespace of that name; if it is new, and fits a pattern, a child of that parent.
    pub(super) fn of(&self, name: &str) -> Namespace {
        if let Some(namespace) = self.find(name) {
            return namespace;
        }
        let parent = self.parents.read().iter().find(|parent| parent.matches(name)).cloned();
        let make = || match &parent {
            Some(parent) => self.make_child(parent, name),
            None => Namespace::new(name, self.common.clone(), (self.adapter)(name)),
        };
        self.find_or_make(name, make, |_| {})
    }

    fn child(&self, parent: &ParentNamespace, name: &str) -> Namespace {
        self.find_or_make(name, || self.make_child(parent, name), Namespace::enter)
    }

    fn make_child(&self, parent: &ParentNamespace, name: &str) -> Namespace {
        parent.born(name);
        parent.template().child(name, (self.adapter)(name))
    }

    /// The namespace of that name, made if there is none; `visit` sees it before it can be forgotten.
    ///
    /// Nobody gets into a new one before the hooks have seen it. They may make others.
    fn find_or_make(
        &self,
        name: &str,
        make: impl FnOnce() -> Namespace,
        visit: impl FnOnce(&Namespace),
    ) -> Namespace {
        if let Some(namespace) = self.namespaces.write().get(name) {
            visit(namespace);
            return namespace.clone();
        }
        let making = self.making.lock();
        if let Some(namespace) = making.borrow().iter().find(|namespace| namespace.name() == name) {
            return namespace.clone();
        }
        if let Some(namespace) = self.namespaces.write().get(name) {
            visit(namespace);
            return namespace.clone();
        }
        let namespace = make();
        making.borrow_mut().push(namespace.clone());
        let hooks = self.on_new.read().clone();
        for hook in hooks {
            let seen = catch_unwind(AssertUnwindSafe(|| hook(&namespace)));
            if seen.is_err() {
                tracing::error!(name, "a hook for new namespaces panicked");
            }
        }
        making.borrow_mut().pop();
        let mut namespaces = self.namespaces.write();
        visit(&namespace);
        namespaces.insert(name.into(), namespace.clone());
        namespace
    }

    pub(super) fn remove(&self, name: &str) -> Option<Namespace> {
        let removed = self.namespaces.write().remove(name)?;
        removed.remove();
        self.parents.read().iter().any(|parent| parent.buried(name));
        Some(removed)
    }

    /// A connection has left a namespace, or did not get in. A child that nobody is left in is
    /// forgotten, if that is wanted.
    pub(crate) fn exit(&self, namespace: &Namespace) {
        let mut namespaces = self.namespaces.write();
        if namespace.exit()
            && self.common.options.cleanup_empty_child_namespaces
            // one that was removed may have a successor of its name
            && namespaces.get(namespace.name()).is_some_and(|known| known.is(namespace))
            && self.parents.read().iter().any(|parent| parent.buried(namespace.name()))
        {
            namespaces.remove(namespace.name());
        }
    }
}
