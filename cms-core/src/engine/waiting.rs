//! Threads for work that mostly waits for storage.
//!
//! A store that outgrows memory answers a read as slowly as its disk does, and disks answer many reads in little more
//! time than one. There are more of these threads than cores, so that many reads wait at once.

use std::sync::OnceLock;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// This many reads wait at once; disks gain little beyond that.
const THREADS_COUNT: usize = 16;

/// Runs work whose parallel steps mostly wait for storage; if threads can't be started, on the caller's thread.
pub(crate) fn widely<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();
    let pool = POOL.get_or_init(|| {
        let name = |index| format!("cms-read-{index}");
        ThreadPoolBuilder::new().num_threads(THREADS_COUNT).thread_name(name).build().ok()
    });
    match pool {
        Some(pool) => pool.install(work),
        None => work(),
    }
}
