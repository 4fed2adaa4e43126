//! Threads for work that mostly waits for storage.
//!
//! A store that outgrows memory answers a read in the time of its disk, and disks answer many reads in
//! little more time than one. There are more of these threads than cores, so that many wait at once.

use std::sync::OnceLock;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// So many reads wait at once; disks gain little beyond.
const THREADS_COUNT: usize = 16;

/// Runs work whose parallel steps mostly wait for storage; where threads can't be had, on the caller's.
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
