//! The `cms` program: see the library of this crate.

/// A commit is a thousand small allocations; this allocator halves their cost.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cms_api::cli::ending::run()
}
