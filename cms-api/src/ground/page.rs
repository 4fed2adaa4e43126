//! Pages by cursor: a cursor names the last row that was seen, never an offset, so that rows that are added or removed
//! neither repeat nor hide others.

use super::limits::ROWS_MAX;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// How many rows a page has when the request says nothing.
pub const ROWS_DEFAULT: usize = 100;

/// What identifies a list: its address, and the parameters that narrow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct List([u8; List::SIZE_BYTES]);

impl List {
    const SIZE_BYTES: usize = 6;

    /// The list at a path, narrowed by these parameters.
    pub fn of<'p>(path: &str, parameters: impl IntoIterator<Item = (&'p str, &'p str)>) -> Self {
        let mut parameters: Vec<_> = parameters.into_iter().collect();
        parameters.sort_unstable();
        let mut hasher = blake3::Hasher::new_derive_key("cms 2026-11-30 v1 list of a cursor");
        hasher.update(path.as_bytes());
        for (name, value) in parameters {
            for part in [name, value] {
                hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
            }
        }
        let mut tag = [0; Self::SIZE_BYTES];
        hasher.finalize_xof().fill(&mut tag);
        Self(tag)
    }

    /// The cursor of this list after a row of this name.
    pub fn after(self, name: impl ToString) -> Cursor {
        Cursor { list: Some(self), row: name.to_string() }
    }
}

/// A place in a list, opaque to clients. It belongs to the list that gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// `None` in cursors from before cursors named their list; immutable answers hold such cursors for ever.
    list: Option<List>,
    row: String,
}

/// The error for a text that is not a cursor, or is one of another list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CursorError {
    /// The text is not a cursor.
    #[error("not a cursor that this server gave")]
    Unknown,
    /// The cursor was given for other rows.
    #[error(
        "the cursor belongs to another list: use it where it was given, with the same filters and no others"
    )]
    OtherList,
}

/// The first byte of a cursor that names a list. No row's name begins with it.
const OF_A_LIST: u8 = 1;

impl Cursor {
    /// The row's name, parsed, if the cursor belongs to this list.
    ///
    /// # Errors
    /// [`CursorError`] when the cursor belongs to another list.
    pub fn row_in<T: std::str::FromStr>(&self, list: List) -> Result<T, CursorError> {
        if self.list == Some(list) { self.row() } else { Err(CursorError::OtherList) }
    }

    /// Like [`Cursor::row_in`], for lists that never change: caches keep their cursors for ever, also those from before
    /// cursors named their list.
    ///
    /// # Errors
    /// [`CursorError`] when the cursor belongs to another list.
    pub fn row_for_ever<T: std::str::FromStr>(&self, list: List) -> Result<T, CursorError> {
        if self.list.is_none() { self.row() } else { self.row_in(list) }
    }

    fn row<T: std::str::FromStr>(&self) -> Result<T, CursorError> {
        self.row.parse().map_err(|_| CursorError::Unknown)
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut bytes = Vec::new();
        if let Some(List(tag)) = self.list {
            bytes.push(OF_A_LIST);
            bytes.extend_from_slice(&tag);
        }
        bytes.extend_from_slice(self.row.as_bytes());
        f.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl std::str::FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError::Unknown)?;
        let (list, row) = match bytes.split_first() {
            None => return Err(CursorError::Unknown),
            Some((&OF_A_LIST, rest)) => {
                let (tag, row) = rest.split_first_chunk().ok_or(CursorError::Unknown)?;
                (Some(List(*tag)), row)
            }
            Some(_) => (None, &*bytes),
        };
        let row = String::from_utf8(row.to_vec()).map_err(|_| CursorError::Unknown)?;
        Ok(Self { list, row })
    }
}

impl serde::Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The page of a listing that a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageOf<T> {
    /// Only what comes after this row; `None` for the first page.
    pub after: Option<T>,
    /// At most this many rows.
    pub rows_max: usize,
    /// The list to which it belongs.
    pub list: List,
}

/// A page of a listing.
#[derive(Debug, Clone, PartialEq, serde::Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// What to send as `cursor` for the next page; null when nothing follows.
    #[schema(value_type = Option<String>)]
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// A page of a list, cut from one row more than it may have, if that many were found; `name` returns a row's name.
    pub fn cut<N: ToString>(
        mut rows: Vec<T>,
        list: List,
        rows_max: usize,
        name: impl Fn(&T) -> N,
    ) -> Self {
        let more = rows.len() > rows_max;
        rows.truncate(rows_max);
        let last = rows.last().filter(|_| more);
        Self { next: last.map(|row| list.after(name(row))), rows }
    }
}

/// How the rows of a listing are sorted by their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The smallest place first.
    Ascending,
    /// The greatest place first.
    Descending,
}

impl<T> Page<T> {
    /// A page of rows that were all read, each with its place. Rows that are added or removed between two pages move no
    /// other row. Numbers in places are written with leading zeros, because places compare as text.
    pub fn of(
        rows: impl IntoIterator<Item = (String, T)>,
        page: &PageOf<String>,
        order: Order,
    ) -> Self {
        let is_after = |place: &String| match (&page.after, order) {
            (None, _) => true,
            (Some(after), Order::Ascending) => place > after,
            (Some(after), Order::Descending) => place < after,
        };
        let rows = rows.into_iter().filter(|(place, _)| is_after(place));
        let rows = rows.take(page.rows_max + 1).collect();
        Page::cut(rows, page.list, page.rows_max, |(place, _): &(String, T)| place.clone())
            .map(|(_, row)| row)
    }

    /// The page with each row made into another.
    pub fn map<U>(self, make: impl FnMut(T) -> U) -> Page<U> {
        Page { rows: self.rows.into_iter().map(make).collect(), next: self.next }
    }

    /// Like [`Page::map`], for a function that may fail.
    ///
    /// # Errors
    /// The error of the first row that could not be made.
    pub fn try_map<U, E>(self, make: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        let rows = self.rows.into_iter().map(make).collect::<Result<_, _>>()?;
        Ok(Page { rows, next: self.next })
    }
}

impl<T> Page<T> {
    /// Only the rows that are to be shown; a page may become shorter, or empty, and still have a next one.
    ///
    /// # Errors
    /// The error of the first row that could not be judged.
    pub fn try_retain<E>(self, mut is_shown: impl FnMut(&T) -> Result<bool, E>) -> Result<Self, E> {
        let mut rows = Vec::with_capacity(self.rows.len());
        for row in self.rows {
            if is_shown(&row)? {
                rows.push(row);
            }
        }
        Ok(Self { rows, next: self.next })
    }
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), next: None }
    }
}

/// How many rows a page may have, within the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rows(pub usize);

impl Default for Rows {
    fn default() -> Self {
        Self(ROWS_DEFAULT)
    }
}

impl std::str::FromStr for Rows {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(rows) if (1..=ROWS_MAX).contains(&rows) && !text.starts_with(['0', '+']) => {
                Ok(Self(rows))
            }
            _ => Err(format!("a number from 1 to {ROWS_MAX} is expected")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_survive_text() {
        let cursor = list().after("video/x1@es");
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["*", "_w", "AQID", ""] {
            assert_eq!(text.parse::<Cursor>(), Err(CursorError::Unknown), "{text}");
        }
    }

    fn list() -> List {
        List::of("/x", [("kind", "video")])
    }

    #[test]
    fn a_cursor_belongs_to_one_list() {
        let cursor = list().after("7");
        assert_eq!(cursor.row_in(list()), Ok(7));
        assert_eq!(
            List::of("/x", [("b", "1"), ("a", "2")]),
            List::of("/x", [("a", "2"), ("b", "1")])
        );
        for other in [
            List::of("/y", [("kind", "video")]),
            List::of("/x", [("kind", "article")]),
            List::of("/x", []),
            List::of("/x", [("kin", "dvideo")]),
        ] {
            assert_eq!(cursor.row_in::<u8>(other), Err(CursorError::OtherList));
            assert_eq!(cursor.row_for_ever::<u8>(other), Err(CursorError::OtherList));
        }
        // Old cursors in immutable answers continue to work.
        let old: Cursor = URL_SAFE_NO_PAD.encode("7").parse().unwrap();
        assert_eq!(old.row_for_ever(list()), Ok(7));
        assert_eq!(old.row_in::<u8>(list()), Err(CursorError::OtherList));
    }

    #[test]
    fn a_page_says_whether_more_follows() {
        let page = Page::cut(vec![1, 2, 3], list(), 2, |row| *row);
        assert_eq!((page.rows, page.next), (vec![1, 2], Some(list().after(2))));
        let page = Page::cut(vec![1, 2], list(), 2, |row| *row);
        assert_eq!((page.rows, page.next), (vec![1, 2], None));
    }

    #[test]
    fn a_page_goes_on_behind_the_row_that_was_seen_last() {
        let check = |rows: &[&str], after: Option<&str>, order, expected: &[&str]| {
            let page = PageOf { after: after.map(str::to_owned), rows_max: 2, list: list() };
            let rows = rows.iter().map(|row| ((*row).to_owned(), (*row).to_owned()));
            assert_eq!(Page::of(rows, &page, order).rows, expected);
        };
        check(&["a", "b", "c"], None, Order::Ascending, &["a", "b"]);
        check(&["a", "b", "c"], Some("b"), Order::Ascending, &["c"]);
        check(&["c", "b", "a"], Some("c"), Order::Descending, &["b", "a"]);
        // The row of the cursor is gone, and another was added before it.
        check(&["a", "aa", "c", "d"], Some("b"), Order::Ascending, &["c", "d"]);
    }

    #[test]
    fn a_number_of_rows_has_one_spelling() {
        assert_eq!("500".parse(), Ok(Rows(500)));
        for text in ["0", "501", "-1", "+5", "05", "x", ""] {
            assert!(text.parse::<Rows>().is_err(), "{text}");
        }
    }
}
