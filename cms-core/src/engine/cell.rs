//! Cells: small mutable values with a name and a version.

use std::{fmt, str::FromStr};

use bytes::Bytes;

use super::{Engine, PAGE_ROWS_MAX, ReadError};

/// Longest group or cell name, in bytes.
pub const CELL_NAME_SIZE_BYTES_MAX: usize = 200;

/// Text that may not name a group or a cell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} may not name a cell: 1 to 200 bytes of a-z, A-Z, 0-9, `.`, `-`, `_`, `@`, `=`, `/` with no empty part are expected"
)]
pub struct NameError {
    text: String,
}

fn check(text: &str) -> Result<(), NameError> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b".-_@=/".contains(&b);
    let fits = text.len() <= CELL_NAME_SIZE_BYTES_MAX
        && text.bytes().all(allowed)
        && text.split('/').all(|part| !part.is_empty());
    if fits { Ok(()) } else { Err(NameError { text: text.chars().take(240).collect() }) }
}

/// A set of cells that one transaction may change together: `branch/main`, `channel/production`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group(String);

impl Group {
    /// The group's name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The cell of this group with a name.
    ///
    /// # Errors
    /// [`NameError`] when the name may not be one.
    pub fn cell(&self, name: &str) -> Result<CellName, NameError> {
        check(name)?;
        Ok(CellName { group: self.clone(), name: name.to_owned() })
    }
}

impl FromStr for Group {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        check(text).map(|()| Self(text.to_owned()))
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The full name of a cell; sorts by group, then name, as text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellName {
    group: Group,
    name: String,
}

impl CellName {
    /// The group that the cell belongs to.
    pub const fn group(&self) -> &Group {
        &self.group
    }

    /// The name within the group.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for CellName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.group, self.name)
    }
}

impl fmt::Debug for CellName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The state of a cell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    /// Grows with every change of the cell; never used twice.
    pub version: u64,
    /// The cell's bytes, which mean nothing to the engine.
    pub value: Bytes,
}

/// Which cells to list.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CellQuery {
    /// Cells whose group begins with this text; empty for all.
    pub group_prefix: String,
    /// Cells above this name only.
    pub after: Option<CellName>,
    /// At most this many rows (and [`super::PAGE_ROWS_MAX`]).
    pub rows_max: usize,
}

/// A page of cells, ascending by name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CellPage {
    /// The cells, each with its name.
    pub rows: Vec<(CellName, Cell)>,
    /// Whether more rows follow.
    pub more: bool,
}

/// The cells of all groups whose names begin with a text, ascending, read one page at a time. An error ends the
/// iteration. Each page is one consistent view; a cell that changes between two pages is seen either as it was or as it
/// is.
pub fn cells_of(
    engine: &dyn Engine,
    group_prefix: impl Into<String>,
) -> impl Iterator<Item = Result<(CellName, Cell), ReadError>> {
    let rows_max = PAGE_ROWS_MAX;
    let mut query = CellQuery { group_prefix: group_prefix.into(), after: None, rows_max };
    let (mut page, mut more) = (Vec::new().into_iter(), true);
    std::iter::from_fn(move || {
        loop {
            if let Some(row) = page.next() {
                return Some(Ok(row));
            }
            if !more {
                return None;
            }
            match engine.cells(&query) {
                Ok(found) => {
                    query.after = found.rows.last().map(|(name, _)| name.clone());
                    more = found.more && query.after.is_some();
                    page = found.rows.into_iter();
                }
                Err(error) => {
                    more = false;
                    return Some(Err(error));
                }
            }
        }
    })
}
