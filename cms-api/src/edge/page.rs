//! Pages by cursor: a cursor names the last row that was seen, never an offset, so that rows that
//! come and go neither repeat nor hide others.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::query::PageOf;

/// Most rows of a page.
pub const ROWS_MAX: usize = 500;
/// Rows of a page when nothing is asked.
pub const ROWS_DEFAULT: usize = 100;

/// A place in a listing, opaque to clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

/// Text that is not a cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor that this server gave")]
pub struct CursorError;

impl Cursor {
    /// The cursor after a row of this name.
    pub fn after(name: impl ToString) -> Self {
        Self(name.to_string())
    }

    /// The row's name, parsed.
    ///
    /// # Errors
    /// [`CursorError`] when the cursor is of another listing.
    pub fn row<T: std::str::FromStr>(&self) -> Result<T, CursorError> {
        self.0.parse().map_err(|_| CursorError)
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl std::str::FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError)?;
        if bytes.is_empty() {
            return Err(CursorError);
        }
        String::from_utf8(bytes).map(Self).map_err(|_| CursorError)
    }
}

impl serde::Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A page of a listing.
#[derive(Debug, Clone, PartialEq, serde::Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// What to send as `cursor` for the next page; null where nothing follows.
    #[schema(value_type = Option<String>)]
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// A page from one row more than it may have, where that many were found; `name` names a row.
    pub fn cut<N: ToString>(mut rows: Vec<T>, rows_max: usize, name: impl Fn(&T) -> N) -> Self {
        let more = rows.len() > rows_max;
        rows.truncate(rows_max);
        let last = rows.last().filter(|_| more);
        Self { next: last.map(|row| Cursor::after(name(row))), rows }
    }
}

/// How the rows of a listing are sorted by their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The smallest first.
    Ascending,
    /// The greatest first.
    Descending,
}

impl<T> Page<T> {
    /// A page of rows that were all read, each with its place; what comes and goes between two pages
    /// moves no other row. Numbers in places are written with leading zeros, for places compare as text.
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
        Page::cut(rows, page.rows_max, |(place, _): &(String, T)| place.clone()).map(|(_, row)| row)
    }

    /// The page with each row made into another.
    pub fn map<U>(self, make: impl FnMut(T) -> U) -> Page<U> {
        Page { rows: self.rows.into_iter().map(make).collect(), next: self.next }
    }

    /// As [`Page::map`], where that may fail.
    ///
    /// # Errors
    /// The first that could not be made.
    pub fn try_map<U, E>(self, make: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        let rows = self.rows.into_iter().map(make).collect::<Result<_, _>>()?;
        Ok(Page { rows, next: self.next })
    }
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), next: None }
    }
}

/// How many rows a page may have: asked for within the limit.
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
        let cursor = Cursor::after("video/x1@es");
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        assert_eq!("*".parse::<Cursor>(), Err(CursorError));
        assert_eq!("_w".parse::<Cursor>(), Err(CursorError));
    }

    #[test]
    fn a_page_says_whether_more_follows() {
        let page = Page::cut(vec![1, 2, 3], 2, |row| *row);
        assert_eq!((page.rows, page.next), (vec![1, 2], Some(Cursor::after(2))));
        let page = Page::cut(vec![1, 2], 2, |row| *row);
        assert_eq!((page.rows, page.next), (vec![1, 2], None));
    }

    #[test]
    fn a_page_goes_on_behind_the_row_that_was_seen_last() {
        let check = |rows: &[&str], after: Option<&str>, order, expected: &[&str]| {
            let page = PageOf { after: after.map(str::to_owned), rows_max: 2 };
            let rows = rows.iter().map(|row| ((*row).to_owned(), (*row).to_owned()));
            assert_eq!(Page::of(rows, &page, order).rows, expected);
        };
        check(&["a", "b", "c"], None, Order::Ascending, &["a", "b"]);
        check(&["a", "b", "c"], Some("b"), Order::Ascending, &["c"]);
        check(&["c", "b", "a"], Some("c"), Order::Descending, &["b", "a"]);
        // The row of the cursor is gone, and another came before it.
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
