//! Where passwords are hashed: on a few threads of their own, below the priority of those that serve, and in turns.
//!
//! A hash takes memory and time, so that is what an attacker would have the server spend. However many attempts wait,
//! each client gets its turn before any client gets its second, and browsers in which somebody has signed in before do
//! not wait for those in which nobody has.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Condvar, Mutex, MutexGuard, Once, PoisonError},
};

use tokio::sync::oneshot;

use crate::problem::{Code, Problem};

/// Most hashes at a time; each takes some 20 MiB.
const AT_ONCE_MAX: usize = 4;
/// Most attempts of one client that wait.
const WAITING_OF_CLIENT_MAX: usize = 8;
/// Most attempts that wait.
const WAITING_MAX: usize = 2048;
/// How much less than a serving thread a hashing thread gets where both want to run, as `nice` counts.
const NICENESS: i32 = 10;

/// Which attempts go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// From a browser in which the person has signed in before.
    Known,
    /// From any other.
    Unknown,
    /// For an account for which many attempts were refused lately.
    Besieged,
}

/// In which order the lanes are looked at, turn after turn: every lane comes first now and then, so none starves.
const TURNS: [[Lane; 3]; 8] = {
    use Lane::{Besieged, Known, Unknown};
    let known = [Known, Unknown, Besieged];
    let unknown = [Unknown, Known, Besieged];
    [known, unknown, known, unknown, known, unknown, known, [Besieged, Known, Unknown]]
};

type Task = Box<dyn FnOnce() + Send>;

/// Hashes for requests.
pub struct Hasher {
    shared: Arc<Shared>,
    started: Once,
}

impl Default for Hasher {
    fn default() -> Self {
        Self { shared: Arc::default(), started: Once::new() }
    }
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    lanes: HashMap<Lane, Waiting>,
    count: usize,
    turn: usize,
    is_closed: bool,
}

/// The attempts of one lane, by client, and whose turn it is.
#[derive(Default)]
struct Waiting {
    order: VecDeque<String>,
    of_client: HashMap<String, VecDeque<Task>>,
}

impl Waiting {
    fn next(&mut self) -> Option<Task> {
        let client = self.order.pop_front()?;
        let tasks = self.of_client.get_mut(&client)?;
        let task = tasks.pop_front();
        if tasks.is_empty() {
            self.of_client.remove(&client);
        } else {
            self.order.push_back(client);
        }
        task
    }
}

impl Queue {
    fn put(&mut self, lane: Lane, client: &str, task: Task) -> Result<(), Problem> {
        let waiting = self.lanes.entry(lane).or_default();
        let of_client = waiting.of_client.get(client).map_or(0, VecDeque::len);
        if of_client >= WAITING_OF_CLIENT_MAX || self.count >= WAITING_MAX {
            let detail = "too many attempts to sign in are waiting; try again in a moment";
            return Err(Problem::new(Code::TooManyAttempts, detail).retry_after(2));
        }
        if of_client == 0 {
            waiting.order.push_back(client.to_owned());
        }
        waiting.of_client.entry(client.to_owned()).or_default().push_back(task);
        self.count += 1;
        Ok(())
    }

    fn next(&mut self) -> Option<Task> {
        let order = TURNS[self.turn % TURNS.len()];
        let task = order.iter().find_map(|lane| self.lanes.get_mut(lane)?.next())?;
        self.turn += 1;
        self.count -= 1;
        Some(task)
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        // This thread alone: on Linux, a niceness is that of a thread. Where it can't be had, hashing competes.
        let _ = rustix::process::setpriority_process(None, NICENESS);
        let mut queue = self.queue();
        loop {
            if let Some(task) = queue.next() {
                drop(queue);
                task();
                queue = self.queue();
            } else if queue.is_closed {
                return;
            } else {
                queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}

impl Hasher {
    /// Runs some hashing when it is its client's turn.
    ///
    /// # Errors
    /// [`Code::TooManyAttempts`] when too many attempts wait already.
    pub async fn run<T: Send + 'static>(
        &self,
        lane: Lane,
        client: &str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        self.started.call_once(|| self.start());
        let (answer, answered) = oneshot::channel();
        let task = move || {
            // Nobody waits for an attempt whose client has gone.
            if !answer.is_closed() {
                let _ = answer.send(work());
            }
        };
        self.shared.queue().put(lane, client, Box::new(task))?;
        self.shared.changed.notify_one();
        answered.await.map_err(|_| Problem::internal("hashing ended without an answer"))
    }

    fn start(&self) {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        for _ in 0..(cores / 2).clamp(1, AT_ONCE_MAX) {
            let shared = Arc::clone(&self.shared);
            let spawned =
                std::thread::Builder::new().name("hashing".to_owned()).spawn(move || shared.work());
            if let Err(error) = spawned {
                tracing::error!(%error, "a thread for hashing could not be started");
            }
        }
    }
}

impl Drop for Hasher {
    fn drop(&mut self) {
        self.shared.queue().is_closed = true;
        self.shared.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// The order in which attempts are taken, each named by its client and number.
    fn order(attempts: &[(Lane, &str)]) -> Vec<String> {
        let (told, tells) = mpsc::channel();
        let mut queue = Queue::default();
        for (number, (lane, client)) in attempts.iter().enumerate() {
            let (told, name) = (told.clone(), format!("{client}{number}"));
            let task = Box::new(move || told.send(name).unwrap());
            queue.put(*lane, client, task).unwrap();
        }
        while let Some(task) = queue.next() {
            task();
        }
        tells.try_iter().collect()
    }

    #[test]
    fn each_client_has_its_turn_before_any_has_its_second() {
        use Lane::Unknown;
        let asked =
            [(Unknown, "a"), (Unknown, "a"), (Unknown, "a"), (Unknown, "b"), (Unknown, "c")];
        assert_eq!(order(&asked), ["a0", "b3", "c4", "a1", "a2"]);
    }

    #[test]
    fn a_known_browser_goes_first_and_no_lane_starves() {
        let mut asked = vec![(Lane::Besieged, "x"), (Lane::Unknown, "u")];
        for client in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"] {
            asked.push((Lane::Known, client));
        }
        let order = order(&asked);
        assert_eq!(&order[..2], ["a2", "u1"]);
        assert_eq!(order[7], "x0");
    }

    #[test]
    fn one_client_waits_only_so_often() {
        let mut queue = Queue::default();
        for _ in 0..WAITING_OF_CLIENT_MAX {
            queue.put(Lane::Unknown, "a", Box::new(|| {})).unwrap();
        }
        let refused = queue.put(Lane::Unknown, "a", Box::new(|| {})).unwrap_err();
        assert_eq!(refused.code, Code::TooManyAttempts);
        assert!(queue.put(Lane::Unknown, "b", Box::new(|| {})).is_ok());
    }

    #[tokio::test]
    async fn what_was_hashed_comes_back() {
        let hasher = Hasher::default();
        assert_eq!(hasher.run(Lane::Known, "a", || 7).await.unwrap(), 7);
    }
}
