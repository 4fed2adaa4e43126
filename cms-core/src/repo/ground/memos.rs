//! Results that verbs remember, each under a type of its own that this room need not know.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::Arc,
};

use parking_lot::RwLock;

/// The remembered results, one value of each type.
#[derive(Default)]
pub(in crate::repo) struct Memos(RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Memos {
    /// The remembered value of a type, made when it is first asked for.
    pub(in crate::repo) fn of<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        let id = TypeId::of::<T>();
        let known = self.0.read().get(&id).cloned();
        let memo = known.unwrap_or_else(|| {
            Arc::clone(self.0.write().entry(id).or_insert_with(|| Arc::new(make())))
        });
        memo.downcast().expect("each type stands for its own value")
    }
}
