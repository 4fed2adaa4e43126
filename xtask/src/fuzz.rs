//! Fuzzing with libFuzzer: each target of `fuzz/` for a while; the code that an input reaches decides what is tried
//! next.
//!
//! This works like `cargo fuzz`, but with the same toolchain as everything else and without a tool to build first: the
//! instrumentation is an LLVM pass, and safe Rust needs no sanitizer.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{
    test::Extent,
    tools::{self, cargo, run},
};

/// Tells libFuzzer which edges a run took, and which values were compared.
const INSTRUMENTED: [&str; 6] = [
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// Runs each target for a while, beginning with the inputs that earlier runs found worth keeping.
///
/// # Errors
/// When something does not compile, or an input breaks a law: it is then below `fuzz/artifacts/`.
pub(crate) fn run_each(root: &Path, extent: Extent) -> Result<()> {
    let folder = build_all(root, extent)?;
    let seconds = match extent {
        Extent::Short => 15,
        Extent::Long => 600,
    };
    for target in targets(root) {
        let corpus = made(root, "corpus", &target)?;
        let artifacts = made(root, "artifacts", &target)?;
        let mut command = Command::new(folder.join(&target));
        command.current_dir(root).arg(corpus);
        command.arg(format!("-artifact_prefix={}/", artifacts.display()));
        command.arg(format!("-max_total_time={seconds}"));
        run(command.args(["-rss_limit_mb=4096", "-verbosity=0", "-print_funcs=0"]))?;
        println!("{target}: {seconds} s without a finding");
    }
    Ok(())
}

/// The targets' names.
pub(crate) fn targets(root: &Path) -> Vec<String> {
    let Ok(files) = root.join("fuzz/fuzz_targets").read_dir() else { return Vec::new() };
    let mut names: Vec<_> = files
        .filter_map(|file| Some(file.ok()?.file_name().to_str()?.strip_suffix(".rs")?.to_owned()))
        .collect();
    names.sort();
    names
}

/// Builds all targets; returns the folder that they are in.
fn build_all(root: &Path, extent: Extent) -> Result<PathBuf> {
    // Naming the platform explicitly keeps the instrumentation out of what runs during the build.
    let platform = tools::platform()?;
    let into = tools::target(root).join("fuzz");
    let mut command = cargo(root);
    command.args(["build", "--quiet", "--locked", "--manifest-path", "fuzz/Cargo.toml"]);
    command.args(["--target", &platform]).arg("--target-dir").arg(&into);
    command.env("CARGO_ENCODED_RUSTFLAGS", INSTRUMENTED.join("\x1f"));
    let profile = match extent {
        // Building takes far longer than a short run.
        Extent::Short => "debug",
        Extent::Long => {
            command.args(["--release", "--config", "profile.release.debug-assertions=true"]);
            "release"
        }
    };
    run(&mut command)?;
    Ok(into.join(platform).join(profile))
}

fn made(root: &Path, kind: &str, target: &str) -> Result<PathBuf> {
    let folder = root.join("fuzz").join(kind).join(target);
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    Ok(folder)
}
