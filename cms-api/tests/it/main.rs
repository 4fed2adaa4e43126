//! The API and the command line from outside: through the router over the memory engine, and by
//! running the program on data directories of its own.

mod caching;
mod cli;
mod contract;
mod delivery;
mod hostile;
mod test_app;
