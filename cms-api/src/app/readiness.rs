//! Whether the store answers. A thread of its own asks, because all threads that work on requests may be taken.

use std::{
    panic::AssertUnwindSafe,
    sync::{OnceLock, mpsc},
    time::Duration,
};

use tokio::sync::oneshot;

use crate::{
    problem::{Code, Problem},
    store::Store,
};

/// A store that does not answer within this time is not ready.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// Asks a store whether it answers.
#[derive(Default)]
pub(super) struct Readiness {
    questions: OnceLock<Option<mpsc::Sender<Question>>>,
}

struct Question {
    store: Store,
    answer: oneshot::Sender<Result<(), Problem>>,
}

impl Readiness {
    /// Waits until the store answers, for at most five seconds.
    ///
    /// # Errors
    /// [`Code::StoreUnavailable`] when it does not.
    pub(super) async fn ask(&self, store: &Store) -> Result<(), Problem> {
        let unready = |detail: &str| Problem::new(Code::StoreUnavailable, detail);
        let questions = self.questions.get_or_init(begin).as_ref();
        let questions = questions.ok_or_else(|| unready("there is no thread to ask on"))?;
        let (answer, answered) = oneshot::channel();
        questions
            .send(Question { store: store.clone(), answer })
            .map_err(|_| unready("the thread to ask on ended"))?;
        match tokio::time::timeout(WAIT_MAX, answered).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(unready("asking failed")),
            Err(_) => Err(unready("the store does not answer")),
        }
    }
}

fn begin() -> Option<mpsc::Sender<Question>> {
    let (sender, questions) = mpsc::channel();
    let thread = std::thread::Builder::new().name("readiness".to_owned());
    thread.spawn(move || answer_all(&questions)).ok().map(|_| sender)
}

fn answer_all(questions: &mpsc::Receiver<Question>) {
    while let Ok(Question { store, answer }) = questions.recv() {
        // One read answers everyone who asked before it.
        let others: Vec<Question> = questions.try_iter().collect();
        // The panic hook reports a panic; the next question is asked nevertheless.
        let looked = std::panic::catch_unwind(AssertUnwindSafe(|| store.repository.answers()));
        let found = match looked {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Problem::from(error).detail),
            Err(_) => Err("asking panicked".to_owned()),
        };
        let found = found.map_err(|detail| Problem::new(Code::StoreUnavailable, detail));
        for answer in others.into_iter().map(|question| question.answer).chain([answer]) {
            // The asker may be gone.
            let _ = answer.send(found.clone());
        }
    }
}
