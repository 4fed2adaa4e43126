//! Shorter lists of steps that still fail: halves, then quarters, then single steps are left out as long as that works.

use std::time::{Duration, Instant};

use super::step::Step;

/// Leaves out steps that are not needed. `fails` runs a list, and returns after how many steps it fails in the same
/// way.
pub(super) fn shrink(
    steps: &[Step],
    longest: Duration,
    fails: &dyn Fn(&[Step]) -> Option<usize>,
) -> Vec<Step> {
    let start = Instant::now();
    let mut steps = steps.to_vec();
    let mut size = steps.len().div_ceil(2);
    while size > 0 {
        // From the end, because steps near the fault are needed more often.
        let mut end = steps.len();
        while end > 0 {
            if start.elapsed() >= longest {
                return steps;
            }
            let begin = end.saturating_sub(size);
            let rest: Vec<Step> = [&steps[..begin], &steps[end..]].concat();
            if let Some(at) = fails(&rest) {
                steps = rest;
                steps.truncate(at);
            }
            end = begin.min(steps.len());
        }
        size = if size == 1 { 0 } else { size.div_ceil(2) };
    }
    steps
}
