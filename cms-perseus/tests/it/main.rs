//! Perseus in process compared with Perseus under Node, and given hostile documents.

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

/// One engine for all tests, because no test is affected by what another does.
static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Limits::default()));
