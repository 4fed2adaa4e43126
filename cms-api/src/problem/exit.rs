//! The exit codes of the program.

/// The exit code of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// It is done.
    Done = 0,
    /// The content was refused; nothing was changed.
    Refused = 1,
    /// The command was not understood.
    Usage = 2,
    /// What was named does not exist.
    NotFound = 3,
    /// It changed meanwhile, or exists already.
    Conflict = 4,
    /// The store is damaged, full, held by another process or not reachable.
    Unavailable = 5,
    /// The token was refused.
    Denied = 6,
    /// A file or stream could not be read or written.
    InputOutput = 7,
    /// A bug.
    Internal = 70,
    /// It was stopped, in the way a shell reports that.
    Stopped = 130,
}

/// The exit codes as `cms --help` lists them, and where settings and states come from, which it also says.
pub const HELP: &str = "\
Exit codes:
  0    done
  1    the content was refused, or verify or salvage found damage; nothing was changed
  2    the command was not understood
  3    what was named does not exist
  4    it changed meanwhile, or exists already
  5    the store is damaged, full, held by another process or not reachable
  6    the token was refused
  7    a file or stream could not be read or written
  70   a bug
  130  stopped before it was done (Ctrl-C; 143 by SIGTERM, 129 by SIGHUP)

Settings come from flags, then the environment (CMS_*), then --config FILE, then defaults.
States are named main, main~3, a commit id (or its first 8 digits or more), production,
production@7, or a snapshot id.";
