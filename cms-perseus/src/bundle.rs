//! The packages as one script, built by `cargo xtask perseus` from their lock file and embedded.

use std::{collections::BTreeMap, fmt::Write as _, sync::LazyLock};

use serde::Deserialize;

/// What a context runs before its first call.
pub(crate) const SOURCE: &str = include_str!("../bundle/dist/engine.js");

/// What `bundle/dist/identity.json` holds.
#[derive(Debug, Deserialize)]
struct Identity {
    packages: BTreeMap<String, String>,
    sha256: String,
}

static IDENTITY: LazyLock<String> = LazyLock::new(|| {
    let Identity { packages, sha256 } =
        serde_json::from_str(include_str!("../bundle/dist/identity.json"))
            .expect("the build writes identity.json");
    let mut text = String::new();
    for (name, version) in packages.iter().filter(|(name, _)| name.contains("/perseus-")) {
        let name = name.rsplit('/').next().unwrap_or(name);
        write!(text, "{name}@{version} ").expect("texts take everything");
    }
    text + "sha256:" + &sha256
});

/// What every result depends on besides its arguments: the packages' versions and the hash of the bundle.
///
/// A delivered document was made with one identity; with another one it may come out differently.
pub fn identity() -> &'static str {
    &IDENTITY
}
