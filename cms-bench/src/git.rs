//! Git as a peer: the same documents as files of a tree of two levels, 256 names wide.
//!
//! The tree is the layout that favours git most; a flat folder is ten to three hundred times slower.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use cms_bench::generator::{Content, Edit};

use crate::{
    figure::{say, timed},
    store::fresh_number,
};

/// A bare repository with the content of one size on `refs/heads/main`.
pub(crate) struct Git {
    folder: PathBuf,
}

impl Git {
    pub(crate) fn new(folder: &Path, name: &str) -> Self {
        Self { folder: folder.join(name) }
    }

    fn git(&self) -> Command {
        let mut command = Command::new("git");
        command.arg("--git-dir").arg(&self.folder).env("GIT_CONFIG_NOSYSTEM", "1");
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Result<Duration> {
        let (status, time) = timed(|| self.git().args(arguments).status());
        let status = status.context("running git")?;
        ensure!(status.success(), "git {}: {status}", arguments.join(" "));
        Ok(time)
    }

    /// Makes the repository unless an earlier run left it; returns the time of the bulk import.
    pub(crate) fn build(&self, content: &Content) -> Result<Option<Duration>> {
        if self.folder.exists() {
            return Ok(None);
        }
        let half_built = Self { folder: self.folder.with_extension("new") };
        let _ = fs::remove_dir_all(&half_built.folder);
        let time = half_built.import(content)?;
        fs::rename(&half_built.folder, &self.folder)?;
        let n = content.shape().entries_count;
        say(format_args!("a git repository of {n} files in {time:.1?}"));
        Ok(Some(time))
    }

    /// Makes the repository by `git fast-import` of all documents as one commit.
    pub(crate) fn import(&self, content: &Content) -> Result<Duration> {
        self.run(&["init", "--quiet", "--bare"])?;
        let stream = self.folder.with_extension("stream");
        let mut out = BufWriter::new(File::create(&stream)?);
        begin_commit(&mut out, None)?;
        for line in content.lines() {
            put(&mut out, &line.key, &line.document)?;
        }
        out.into_inner().context("writing the stream")?;
        let time = self.fast_import(&stream)?;
        fs::remove_file(&stream)?;
        Ok(time)
    }

    fn fast_import(&self, stream: &Path) -> Result<Duration> {
        let input = File::open(stream)?;
        let mut command = self.git();
        command.args(["fast-import", "--quiet", "--force"]).stdin(input);
        let (status, time) = timed(|| command.status());
        let status = status.context("running git fast-import")?;
        ensure!(status.success(), "git fast-import: {status}");
        Ok(time)
    }

    /// Commits one-file edits, one per commit; returns the time per commit.
    ///
    /// The time that git takes to start and to load the tree is measured by a short run and subtracted.
    pub(crate) fn commits(&self, content: &Content, count: usize) -> Result<Duration> {
        let short = count / 10;
        let first = self.commit_run(content, short)?;
        let whole = self.commit_run(content, short + count)?;
        Ok(whole.saturating_sub(first) / count as u32)
    }

    fn commit_run(&self, content: &Content, count: usize) -> Result<Duration> {
        let stream = self.folder.with_extension("stream");
        let mut out = BufWriter::new(File::create(&stream)?);
        let mut edits = crate::store::Edits::new(content);
        for number in 0..count {
            let entry = edits.entry();
            begin_commit(&mut out, (number == 0).then_some("refs/heads/main^0"))?;
            let document = content.document(entry, Edit::Text(fresh_number()));
            put(&mut out, &content.key(entry), &document)?;
        }
        out.into_inner().context("writing the stream")?;
        let time = self.fast_import(&stream)?;
        fs::remove_file(&stream)?;
        Ok(time)
    }

    /// Adds one commit that changes these entries.
    pub(crate) fn change(&self, content: &Content, entries: &[u32]) -> Result<()> {
        let stream = self.folder.with_extension("stream");
        let mut out = BufWriter::new(File::create(&stream)?);
        begin_commit(&mut out, Some("refs/heads/main^0"))?;
        for entry in entries {
            let document = content.document(*entry, Edit::Text(fresh_number()));
            put(&mut out, &content.key(*entry), &document)?;
        }
        out.into_inner().context("writing the stream")?;
        self.fast_import(&stream)?;
        fs::remove_file(&stream)?;
        Ok(())
    }

    /// The time of a diff of the last commit with the one before, names only.
    pub(crate) fn diff(&self) -> Result<Duration> {
        self.run(&["diff-tree", "-r", "main~1", "main"])
    }

    /// The time in which git does next to nothing.
    pub(crate) fn start(&self) -> Result<Duration> {
        self.run(&["rev-parse", "main~1", "main"])
    }
}

fn begin_commit(out: &mut impl Write, from: Option<&str>) -> Result<()> {
    let message = "edit";
    writeln!(out, "commit refs/heads/main\ncommitter bench <bench> 1700000000 +0000")?;
    writeln!(out, "data {}\n{message}", message.len())?;
    if let Some(from) = from {
        writeln!(out, "from {from}")?;
    }
    Ok(())
}

fn put(out: &mut impl Write, key: &str, document: &str) -> Result<()> {
    let hash = blake3_hex(key);
    writeln!(out, "M 100644 inline {}/{}/{}", &hash[..2], &hash[2..4], key.replace('/', "-"))?;
    writeln!(out, "data {}\n{document}", document.len())?;
    Ok(())
}

fn blake3_hex(text: &str) -> String {
    use cms_core::model::{id::ObjectId, object::ObjectKind};
    ObjectId::of(ObjectKind::Document, text.as_bytes()).to_string()
}
