//! The limits, as people read them.

use std::{fmt::Write as _, fs, path::Path};

use cms_api::ground::limits::TABLE;

#[test]
fn the_table_of_limits_in_the_documents_is_the_one_that_counts() {
    let mut text = String::from(
        "# Limits\n\nEvery limit that a client of the server can meet, in the order in which a request meets them. Settings are those of [OPERATING.md](OPERATING.md); what has none is fixed.\n\n| what | at most | beyond that | setting |\n|---|---|---|---|\n",
    );
    for limit in TABLE {
        let setting =
            if limit.setting.is_empty() { String::new() } else { format!("`{}`", limit.setting) };
        writeln!(text, "| {} | {} | {} | {setting} |", limit.what, limit.is, limit.beyond).unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/LIMITS.md");
    if std::env::var_os("UPDATE_LIMITS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let told = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(told, text, "write it again with UPDATE_LIMITS=1");
}
