//! The log on standard error, which nothing ever has to wait for.
//!
//! Everything that logs puts a line into a queue, and a separate thread writes the lines. So a reader that stalls (a
//! paused terminal, a stuck log driver), a reader that ended, and a full disk cost log lines and nothing else.
//!
//! Invariants:
//! 1. Putting a line into the queue takes neither a lock that is held while something is written, nor memory beyond
//!    [`WAITING_SIZE_BYTES_MAX`].
//! 2. A line that could not be queued or written is counted; once the log takes lines again, it says how many were
//!    lost.
//! 3. While the program serves, nothing else in it writes to standard error, panics included.

use std::{
    collections::VecDeque,
    fs::File,
    io::{self, IsTerminal, Write},
    os::fd::AsFd,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::problem::{Code, Problem};

/// The format of log lines.
#[derive(clap::ValueEnum, serde::Deserialize, Debug, Clone, Copy, PartialEq, Eq, Default)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text for people.
    #[default]
    Text,
    /// One JSON object on each line.
    Json,
}

/// Most bytes of lines that wait to be written.
const WAITING_SIZE_BYTES_MAX: usize = 4 << 20;
/// How long the end of the process waits for the last lines.
const LAST_LINES_WAIT_MAX: Duration = Duration::from_secs(1);
/// The pause before a line is tried again, when the output reports that it takes nothing at the moment.
const BUSY_WAIT: Duration = Duration::from_millis(20);

static LOG: OnceLock<Log> = OnceLock::new();

/// Begins the log on standard error. A second call changes nothing.
///
/// # Errors
/// [`Code::RequestMalformed`] when `CMS_LOG` is not a filter.
pub fn begin(verbose: u8, format: LogFormat, level: &str) -> Result<(), Problem> {
    let level = match verbose {
        0 => level,
        1 => "debug",
        _ => "trace",
    };
    let filter = match std::env::var("CMS_LOG") {
        Ok(text) if !text.trim().is_empty() => filter(&text)?,
        // The libraries below log one level less than this program.
        _ => EnvFilter::new(format!("warn,cms_api={level},cms_core={level}")),
    };
    // These write what they send and receive, tokens included, however little else is asked for.
    let filter = ["ureq", "ureq_proto", "h2", "hyper", "hyper_util", "rustls"]
        .iter()
        .filter_map(|library| format!("{library}=info").parse().ok())
        .fold(filter, EnvFilter::add_directive);
    let Ok(output) = io::stderr().as_fd().try_clone_to_owned() else { return Ok(()) };
    let log = LOG.get_or_init(|| Log::over(File::from(output)));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        // These messages would bypass this log.
        .log_internal_errors(false)
        .with_writer(log.clone());
    let begun = match format {
        LogFormat::Text => logs.with_ansi(io::stderr().is_terminal()).try_init(),
        LogFormat::Json => logs.json().flatten_event(true).try_init(),
    };
    if begun.is_ok() {
        std::panic::set_hook(Box::new(panicked));
    }
    Ok(())
}

/// How many lines of the log were lost since the start.
pub fn lines_lost() -> u64 {
    LOG.get().map_or(0, |log| log.queue.lost_all.load(Ordering::Relaxed))
}

/// Waits for the queued lines, for at most a second.
pub fn end() {
    if let Some(log) = LOG.get() {
        log.wait(LAST_LINES_WAIT_MAX);
    }
}

/// The names of levels, as filters know them.
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
/// The crates of this program, as filters name them.
const CRATES: [&str; 3] = ["cms_api", "cms_core", "cms_perseus"];

/// The filter that was typed. A bare word that is not a level would count as the name of a crate, and silence all
/// others.
fn filter(text: &str) -> Result<EnvFilter, Problem> {
    let refused = |reason: String| {
        let detail =
            format!("CMS_LOG={text:?}: {reason}; write such as `info` or `warn,cms_api=debug`");
        Problem::new(Code::RequestMalformed, detail)
    };
    for directive in text.split(',').map(str::trim).filter(|directive| !directive.contains('[')) {
        let (target, level) = directive.split_once('=').unwrap_or(("", directive));
        if directive.is_empty()
            || !LEVELS.iter().any(|word| level.trim().eq_ignore_ascii_case(word))
        {
            return Err(refused(format!("{level:?} is not a level")));
        }
        let name = target.split("::").next().unwrap_or_default().trim();
        if name.starts_with("cms") && !CRATES.contains(&name) {
            return Err(refused(format!("there is no {name:?} here")));
        }
    }
    EnvFilter::builder().parse(text).map_err(|error| refused(error.to_string()))
}

/// Standard error may be full or gone, and the usual hook would block or panic again.
fn panicked(panic: &std::panic::PanicHookInfo<'_>) {
    let thread = std::thread::current();
    let thread = thread.name().unwrap_or("without a name");
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let said = panic.payload_as_str().unwrap_or_default();
    let backtrace = std::backtrace::Backtrace::capture();
    let backtrace = match backtrace.status() {
        std::backtrace::BacktraceStatus::Captured => backtrace.to_string(),
        _ => String::new(),
    };
    tracing::error!(thread, place, said, backtrace, "panicked");
}

/// A log that writes to one output.
#[derive(Clone)]
struct Log {
    queue: Arc<Queue>,
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    /// Notified when a line was queued, and when one was written.
    changed: Condvar,
    lost_all: AtomicU64,
}

#[derive(Default)]
struct Waiting {
    lines: VecDeque<Vec<u8>>,
    size_bytes: usize,
    /// Whether a line is being written.
    is_writing: bool,
    /// How many lines were lost since the log last said so.
    lost: u64,
}

impl Log {
    fn over(output: impl Write + Send + 'static) -> Self {
        let log = Self { queue: Arc::default() };
        let queue = Arc::clone(&log.queue);
        // Without the thread, lines are counted as lost once the queue is full; nothing better can be done.
        let _ =
            std::thread::Builder::new().name("log".to_owned()).spawn(move || queue.write(output));
        log
    }

    /// Waits until nothing is left to write, or the time is over.
    fn wait(&self, at_most: Duration) {
        let until = Instant::now() + at_most;
        let mut waiting = self.queue.locked();
        while waiting.is_writing || !waiting.lines.is_empty() {
            let Some(left) = until.checked_duration_since(Instant::now()) else { return };
            let changed = self.queue.changed.wait_timeout(waiting, left);
            waiting = changed.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Write for Log {
    /// Takes a whole line: the subscriber writes one line at a time.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.queue.leave(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Queue {
    fn locked(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leave(&self, line: &[u8]) {
        let mut waiting = self.locked();
        if waiting.size_bytes + line.len() > WAITING_SIZE_BYTES_MAX {
            self.lose(&mut waiting);
            return;
        }
        waiting.size_bytes += line.len();
        waiting.lines.push_back(line.to_vec());
        drop(waiting);
        self.changed.notify_all();
    }

    fn lose(&self, waiting: &mut Waiting) {
        waiting.lost += 1;
        self.lost_all.fetch_add(1, Ordering::Relaxed);
    }

    /// Writes the lines that come, for the life of the process.
    fn write(&self, mut output: impl Write) {
        let mut is_broken_off = false;
        loop {
            let line = self.next();
            // A line that was cut in its middle stays a line of its own.
            let begun = if is_broken_off { output.write_all(b"\n") } else { Ok(()) };
            let written = begun.and_then(|()| write_whole(&mut output, &line));
            is_broken_off = written.is_err();
            let mut waiting = self.locked();
            waiting.is_writing = false;
            if is_broken_off {
                self.lose(&mut waiting);
            }
            let lost = if is_broken_off { 0 } else { std::mem::take(&mut waiting.lost) };
            drop(waiting);
            if lost > 0 {
                let lost_all = self.lost_all.load(Ordering::Relaxed);
                tracing::warn!(
                    lines = lost,
                    since_the_start = lost_all,
                    "lines of the log were lost"
                );
            }
            self.changed.notify_all();
        }
    }

    fn next(&self) -> Vec<u8> {
        let mut waiting = self.locked();
        loop {
            if let Some(line) = waiting.lines.pop_front() {
                waiting.size_bytes -= line.len();
                waiting.is_writing = true;
                return line;
            }
            waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Writes a whole line. Another process may have set the output to report "not now" instead of making us wait.
fn write_whole(output: &mut impl Write, mut line: &[u8]) -> io::Result<()> {
    while !line.is_empty() {
        match output.write(line) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => line = &line[count..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                std::thread::sleep(BUSY_WAIT)
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An output that can be full for a while.
    #[derive(Clone, Default)]
    struct Disk {
        is_full: Arc<Mutex<bool>>,
        written: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if *self.is_full.lock().unwrap() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.written.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_a_full_disk_does_not_take_is_counted_and_what_comes_later_is_written() {
        let disk = Disk::default();
        let mut log = Log::over(disk.clone());
        *disk.is_full.lock().unwrap() = true;
        for _ in 0..3 {
            log.write_all(b"lost\n").unwrap();
        }
        log.wait(Duration::from_secs(10));
        assert_eq!(log.queue.lost_all.load(Ordering::Relaxed), 3);
        *disk.is_full.lock().unwrap() = false;
        log.write_all(b"kept\n").unwrap();
        log.wait(Duration::from_secs(10));
        assert_eq!(*disk.written.lock().unwrap(), b"\nkept\n");
        assert_eq!(log.queue.locked().lost, 0, "it was told");
    }

    #[test]
    fn an_output_that_stalls_makes_nobody_wait() {
        let disk = Disk::default();
        let held = disk.is_full.lock().unwrap();
        let mut log = Log::over(disk.clone());
        let line = vec![b'x'; 1 << 20];
        for _ in 0..10 {
            log.write_all(&line).unwrap();
        }
        let lost = log.queue.lost_all.load(Ordering::Relaxed);
        assert!((5..=6).contains(&lost), "four or five wait: {lost} were lost");
        drop(held);
        log.wait(Duration::from_secs(10));
        assert_eq!(disk.written.lock().unwrap().len() as u64, (10 - lost) << 20);
    }

    #[test]
    fn a_filter_that_would_silence_the_log_by_a_slip_is_refused() {
        for text in
            ["info", "warn,cms_api=debug", "ERROR", "off", "hyper=trace", "cms_api::edge=debug"]
        {
            assert!(filter(text).is_ok(), "{text}");
        }
        for text in [
            "debgu",
            "cms_api",
            "cms_api=debgu",
            "info,",
            "cms_apy=debug",
            "cms=info",
            "x=[",
            "info,,warn",
        ] {
            assert!(filter(text).is_err(), "{text}");
        }
    }
}
