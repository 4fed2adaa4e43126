//! Cuts a connection whose other side stopped reading or reads only a byte now and then, so that slow readers can't
//! hold the server's memory and connections for ever. The same pace is required of senders.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};

/// A slower transfer counts as stalled, in bytes a second.
const PACE_BYTES_PER_S_MIN: u64 = 100;

/// The pace of a transfer, measured only over the time spent waiting for the other side.
#[derive(Debug)]
pub(super) struct Pace {
    patience: Duration,
    waited: Duration,
    size_bytes: u64,
}

impl Pace {
    /// A pace that is judged whenever this much time was spent waiting.
    pub(super) const fn new(patience: Duration) -> Self {
        Self { patience, waited: Duration::ZERO, size_bytes: 0 }
    }

    /// Adds a wait and the bytes that were transferred after it; returns whether that is too slow.
    pub(super) fn is_too_slow(&mut self, waited: Duration, size_bytes: usize) -> bool {
        self.waited += waited;
        self.size_bytes += size_bytes as u64;
        if self.waited < self.patience {
            return false;
        }
        let needed = self.waited.as_secs().saturating_mul(PACE_BYTES_PER_S_MIN);
        let is_slow = self.size_bytes < needed;
        *self = Self::new(self.patience);
        is_slow
    }
}

/// A stream whose writes fail when none succeeded for a while.
pub(super) struct Stallable<S> {
    stream: S,
    patience: Duration,
    /// The timer that runs while a write waits, and since when it has waited.
    waiting: Option<(Pin<Box<Sleep>>, Instant)>,
    pace: Pace,
}

/// The error of a refused write.
fn stalled() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the client does not read what it asked for")
}

impl<S> Stallable<S> {
    /// Wraps a stream.
    pub(super) const fn new(stream: S, patience: Duration) -> Self {
        Self { stream, patience, waiting: None, pace: Pace::new(patience) }
    }

    fn judge<T>(
        &mut self,
        context: &mut Context<'_>,
        outcome: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.waiting = None;
            return outcome;
        }
        let patience = self.patience;
        let (timer, _) =
            self.waiting.get_or_insert_with(|| (Box::pin(sleep(patience)), Instant::now()));
        match timer.as_mut().poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => {
                timer.as_mut().reset(Instant::now() + patience);
                Poll::Ready(Err(stalled()))
            }
        }
    }

    /// The same judgement for a write.
    fn judge_written(
        &mut self,
        context: &mut Context<'_>,
        outcome: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let (Poll::Ready(Ok(count)), Some((_, since))) = (&outcome, &self.waiting)
            && self.pace.is_too_slow(since.elapsed(), *count)
        {
            return Poll::Ready(Err(stalled()));
        }
        self.judge(context, outcome)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Stallable<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Stallable<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.judge_written(context, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.judge_written(context, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_flush(context);
        self.judge(context, outcome)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_shutdown(context);
        self.judge(context, outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_stops_is_cut() {
        let (ours, _theirs) = tokio::io::duplex(16);
        let mut stream = Stallable::new(ours, Duration::from_secs(5));
        let error = stream.write_all(&[0; 64]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_takes_a_byte_now_and_then_is_cut() {
        let (ours, mut theirs) = tokio::io::duplex(16);
        tokio::spawn(async move {
            let mut now_and_then = tokio::time::interval(Duration::from_secs(4));
            loop {
                now_and_then.tick().await;
                let _ = theirs.read_u8().await;
            }
        });
        let mut stream = Stallable::new(ours, Duration::from_secs(5));
        let error = stream.write_all(&[0; 64]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn only_waiting_counts_against_a_pace() {
        let second = Duration::from_secs(1);
        let mut pace = Pace::new(10 * second);
        assert!((0..100).all(|_| !pace.is_too_slow(Duration::ZERO, 1)), "it never waited");
        assert!((0..100).all(|_| !pace.is_too_slow(second, 100)));
        assert!((0..20).any(|_| pace.is_too_slow(second, 99)));
    }
}
