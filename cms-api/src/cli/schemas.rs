//! `cms schemas`: the kinds that ship, as lines that importing reads.

use super::paper::Paper;
use crate::store::seeds;

/// Prints the kinds.
pub fn print(paper: &mut Paper) {
    for line in seeds::lines() {
        paper.line(line.to_string());
    }
}
