//! Places that everybody shares, such as those for streams. One person may take only a limited number of them, so that
//! a person's requests do not take the places of others.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::{Code, Problem};

/// How long a request waits for its turn when only a few may run at a time.
const TURN_WAIT_MAX: Duration = Duration::from_secs(5);

/// Places, and how many of them each person has.
#[derive(Debug, Clone)]
pub struct Places {
    all: Arc<Semaphore>,
    of_person_max: usize,
    taken: Arc<Mutex<HashMap<String, usize>>>,
}

/// A place; dropping it gives it back.
#[derive(Debug)]
pub struct Place {
    person: String,
    taken: Arc<Mutex<HashMap<String, usize>>>,
    _permit: OwnedSemaphorePermit,
}

/// Why no place is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// The person has as many as one person may have.
    ForPerson(usize),
    /// All places are taken.
    ForAll,
}

fn locked(taken: &Mutex<HashMap<String, usize>>) -> MutexGuard<'_, HashMap<String, usize>> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for one of some places, when only a few requests may run at a time.
///
/// # Errors
/// [`Code::TooMany`] when no place becomes free in time.
pub async fn turn(places: &Arc<Semaphore>, none: &str) -> Result<OwnedSemaphorePermit, Problem> {
    match tokio::time::timeout(TURN_WAIT_MAX, Arc::clone(places).acquire_owned()).await {
        Ok(place) => place.map_err(Problem::internal),
        Err(_) => Err(Problem::new(Code::TooMany, none).retry_after(1)),
    }
}

impl Places {
    /// This many places, and this many of them for one person.
    pub fn new(all_max: usize, of_person_max: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(all_max)), of_person_max, taken: Arc::default() }
    }

    /// All places, whoever holds them.
    pub fn all(&self) -> &Arc<Semaphore> {
        &self.all
    }

    /// A place for a person.
    ///
    /// # Errors
    /// [`Full`].
    pub fn take(&self, person: &str) -> Result<Place, Full> {
        let mut taken = locked(&self.taken);
        let count = taken.get(person).copied().unwrap_or_default();
        if count >= self.of_person_max {
            return Err(Full::ForPerson(self.of_person_max));
        }
        let permit = Arc::clone(&self.all).try_acquire_owned().map_err(|_| Full::ForAll)?;
        taken.insert(person.to_owned(), count + 1);
        Ok(Place { person: person.to_owned(), taken: Arc::clone(&self.taken), _permit: permit })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = locked(&self.taken);
        if let Some(count) = taken.get_mut(&self.person) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.person);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_leaves_places_to_others() {
        let places = Places::new(3, 2);
        let ana: Vec<_> = (0..2).map(|_| places.take("ana").unwrap()).collect();
        assert_eq!(places.take("ana").unwrap_err(), Full::ForPerson(2));
        let ben = places.take("ben").unwrap();
        assert_eq!(places.take("eve").unwrap_err(), Full::ForAll);
        drop(ana);
        assert!(places.take("ana").is_ok());
        drop(ben);
        assert!(locked(&places.taken).is_empty());
    }
}
