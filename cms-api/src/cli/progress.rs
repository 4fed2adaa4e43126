//! The progress of an import, shown on standard error while it runs.

use std::{
    io::IsTerminal,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::verbs::import::input::Input;

/// The bar; nothing is drawn when standard error is not a terminal, or with `--json`.
pub(super) fn bar(input: &Input, json: bool) -> ProgressBar {
    if json || !std::io::stderr().is_terminal() {
        return ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    }
    if input.size_bytes == 0 {
        return ProgressBar::new_spinner();
    }
    let bar = ProgressBar::new(input.size_bytes);
    let style = "{bar:32} {percent:>3}%  {bytes} of {total_bytes}  {msg}  {elapsed}";
    bar.set_style(ProgressStyle::with_template(style).expect("the template is ours"));
    bar
}

/// Moves the bar by the bytes that were read, in whichever thread they are read.
pub(super) struct Ticker {
    stop: std::sync::mpsc::Sender<()>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Ticker {
    pub(super) fn start(bar: &Arc<ProgressBar>, input: &Input) -> Self {
        let (stop, stopped) = std::sync::mpsc::channel();
        let (bar, read_bytes) = (Arc::clone(bar), Arc::clone(&input.read_bytes));
        let thread = std::thread::spawn(move || {
            let tick = Duration::from_millis(100);
            while stopped.recv_timeout(tick) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                bar.set_position(read_bytes.load(Ordering::Relaxed));
                bar.tick();
            }
        });
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        let _ = self.stop.send(());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
