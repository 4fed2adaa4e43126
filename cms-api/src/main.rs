//! The cms program.
fn main() {}
