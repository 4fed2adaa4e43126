//! The repository over the memory engine: the verbs, as their users meet them.

mod drafting;
mod fixtures;
mod importing;
mod laws;
mod publishing;
mod racing;
mod reviewing;
mod world;
