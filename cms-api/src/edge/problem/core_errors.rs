//! Errors of the core, as problems. Every variant is matched; there is no `_`.
