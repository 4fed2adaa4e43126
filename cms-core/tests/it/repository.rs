//! The repository over the memory engine: the verbs, as their users meet them.

mod arranging;
mod changing_kinds;
mod closing;
mod conflicting;
mod drafting;
mod embargoes;
mod fixtures;
mod importing;
mod inside;
mod kinds_in_flight;
mod kinds_live;
mod laws;
mod looking_back;
mod merging;
mod pinned;
mod planning;
mod playing;
mod previewing;
mod publishing;
mod racing;
mod reviewing;
mod scheduling;
mod taking_off;
mod translating;
mod unseen;
mod world;
