//! The API and the command line from outside: through the router over the memory engine, and by
//! running the program on data directories of its own.

mod access;
mod answerable;
mod arabic;
mod attempts;
mod authoring;
mod caching;
mod cli;
mod commits;
mod contract;
mod corpus;
mod delivery;
mod drafts;
mod events;
mod everyday;
mod held_back;
mod hostile;
mod http_letter;
mod inside;
mod jobs;
mod notices;
mod other_languages;
mod pages;
mod paging;
mod protected;
mod proxies;
mod publishing;
mod reviews;
mod shares;
mod templates;
mod test_app;
mod translations;
mod unseen;
