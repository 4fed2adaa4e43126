//! The bounds of one comparison: work is counted, never timed, so that the same documents always
//! give the same result.

use std::cell::Cell;

/// Steps that all alignments of one call may take together. A step is one cell of the table of two sequences that the
/// plain algorithm would fill; 2^25 of them take about a tenth of a second.
const STEPS_MAX: u64 = 1 << 25;

/// The work that one call may still do.
#[derive(Debug)]
pub(super) struct Budget {
    steps: Cell<u64>,
    is_coarse: Cell<bool>,
}

impl Budget {
    pub(super) const fn new() -> Self {
        Self { steps: Cell::new(STEPS_MAX), is_coarse: Cell::new(false) }
    }

    /// Takes the steps, unless fewer than that are left.
    pub(super) fn take(&self, steps: u64) -> bool {
        let left = self.steps.get();
        let enough = steps <= left;
        if enough {
            self.steps.set(left - steps);
        }
        enough
    }

    /// Notes that something was left out to stay within the bounds.
    pub(super) fn set_coarse(&self) {
        self.is_coarse.set(true);
    }

    pub(super) const fn is_coarse(&self) -> bool {
        self.is_coarse.get()
    }
}
