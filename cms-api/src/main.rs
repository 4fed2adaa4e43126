//! The `cms` program: see the library of this crate.

fn main() -> std::process::ExitCode {
    cms_api::command::line::run()
}
