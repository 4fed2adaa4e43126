//! Perseus in process against Perseus under Node, and against documents that mean harm.

mod answer_areas;
mod answers;
mod corpus;
mod fixtures;
mod hostile;
mod notation;
mod numbers;
mod parts;
mod peer;
mod solve;
mod telling;

use std::sync::LazyLock;

use cms_perseus::{Engine, Limits};

/// One for all tests: what one test does is no concern of another's.
static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Limits::default()));
