//! Laws of differences and merges, over documents of the kinds that ship and over any JSON.

mod edits;
mod json;
mod laws;
mod patch;
mod repeats;
