//! The player is built by `cargo xtask player` and embedded. A program built before that has none and says so.

fn main() {
    let built = "../cms-admin-ui/player/dist";
    // Embedding a folder that is not there fails; an empty one embeds nothing.
    if let Err(error) = std::fs::create_dir_all(built) {
        panic!("{built} could not be made: {error}");
    }
    println!("cargo:rerun-if-changed={built}");
    println!("cargo:rerun-if-changed=../cms-admin-ui/learn");
}
