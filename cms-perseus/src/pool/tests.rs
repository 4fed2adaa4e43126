//! Bundles that do what the shipped one never should.

use super::*;

const LIMITS: Limits = Limits {
    memory_bytes: 8 << 20,
    stack_bytes: 256 << 10,
    time: Duration::from_millis(200),
    contexts: NonZeroUsize::MIN,
};

const FAULTY: &str = r#"
    const known = {calls: 0};
    globalThis.perseus = (verb, text) => {
        known.calls += 1;
        return verbs[verb](text);
    };
    const verbs = {
        calls: () => String(known.calls),
        echo: (text) => text,
        throws: () => { throw new Error("first line\nsecond line"); },
        throws_a_number: () => { throw 42; },
        answers_nothing: () => undefined,
        loops: () => { for (;;) {} },
        catches: () => { try { for (;;) {} } catch { return "caught"; } },
        backtracks: () => String(/^(a+)+$/.test("a".repeat(40) + "b")),
        hoards: () => { const all = []; for (;;) all.push(new Array(1000).fill(all.length)); },
        descends: () => verbs.descends() + 1,
        searches: () => String(Array.prototype.indexOf.call({length: 2 ** 28}, 1)),
    };
"#;

fn faulty() -> Pool {
    Pool::with_bundle(LIMITS, FAULTY)
}

fn call(pool: &Pool, verb: &'static str) -> Result<String, Fault> {
    pool.call(verb, vec!["a \u{1f980} \0 text".to_owned()])
}

/// Checks a verb's fault, after which the pool answers as before.
fn check(verb: &'static str, expected: &Fault) {
    let pool = faulty();
    for _ in 0..2 {
        let begin = Instant::now();
        assert_eq!(call(&pool, verb).as_ref(), Err(expected), "{verb}");
        let elapsed = begin.elapsed();
        assert!(elapsed < LIMITS.time * PATIENCE + GRACE, "{verb} took {elapsed:?}");
        assert_eq!(call(&pool, "echo").as_deref(), Ok("a \u{1f980} \0 text"), "after {verb}");
    }
}

fn threw(message: &str) -> Fault {
    Fault::Threw { message: message.to_owned() }
}

#[test]
fn what_is_thrown_is_told_in_one_line() {
    check("throws", &threw("first line"));
    check("throws_a_number", &threw("Int(42)"));
    check("is_no_verb", &threw("not a function"));
}

#[test]
fn an_answer_that_is_no_text_is_a_fault() {
    let fault = call(&faulty(), "answers_nothing").unwrap_err();
    assert!(matches!(fault, Fault::Threw { .. }), "{fault}");
}

#[test]
fn what_does_not_end_is_stopped() {
    let late = Fault::OutOfTime { limit: LIMITS.time };
    for verb in ["loops", "catches", "backtracks"] {
        check(verb, &late);
    }
}

#[test]
fn what_grows_is_stopped() {
    let too_much = Fault::OutOfMemory { limit_bytes: LIMITS.memory_bytes };
    check("hoards", &too_much);
}

#[test]
fn what_descends_is_stopped() {
    check("descends", &Fault::OutOfStack { limit_bytes: LIMITS.stack_bytes });
}

#[test]
fn a_context_is_made_anew_after_a_limit_and_kept_otherwise() {
    let pool = faulty();
    assert_eq!(call(&pool, "calls").as_deref(), Ok("1"));
    call(&pool, "throws").unwrap_err();
    assert_eq!(call(&pool, "calls").as_deref(), Ok("3"));
    call(&pool, "loops").unwrap_err();
    assert_eq!(call(&pool, "calls").as_deref(), Ok("1"));
}

#[test]
fn a_bundle_that_fails_to_load_is_a_fault_of_every_call() {
    let pool = Pool::with_bundle(LIMITS, "throw new Error('no')");
    for _ in 0..2 {
        assert_eq!(call(&pool, "echo"), Err(threw("no")));
    }
    let small = Limits { memory_bytes: 200 << 10, ..LIMITS };
    let fault = call(&Pool::new(small), "item").unwrap_err();
    assert_eq!(fault, Fault::OutOfMemory { limit_bytes: small.memory_bytes });
}

#[test]
fn callers_beyond_the_contexts_wait_their_turn() {
    let pool = faulty();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert!(call(&pool, "echo").is_ok()));
        }
    });
    assert_eq!(pool.crew.state.lock().threads, 1);
}

#[test]
fn threads_end_with_the_pool() {
    let pool = faulty();
    call(&pool, "echo").unwrap();
    let crew = Arc::clone(&pool.crew);
    drop(pool);
    // The idle worker is all that keeps the thread.
    crew.state.lock().idle.clear();
    let mut state = crew.state.lock();
    while state.threads > 0 {
        crew.changed.wait(&mut state);
    }
}

#[test]
fn a_thread_that_does_not_come_back_is_given_up() {
    // Nothing in it checks the clock.
    let limits = Limits { time: Duration::from_millis(1), ..LIMITS };
    let pool = Pool::with_bundle(limits, FAULTY);
    call(&pool, "echo").ok();
    let begin = Instant::now();
    assert!(call(&pool, "searches").is_err());
    assert!(begin.elapsed() < limits.time + GRACE * 2);
}
