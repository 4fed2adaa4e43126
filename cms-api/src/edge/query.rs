//! Query parameters, read strictly: an unknown or repeated parameter is refused, so that one answer has one address and
//! caches hold it once.

use axum::{
    extract::FromRequestParts,
    http::{Uri, request::Parts},
};

use crate::ground::page::{Cursor, List, PageOf, Rows};
use crate::problem::{Code, Problem};

/// The longest query that is read, in bytes.
pub const QUERY_SIZE_BYTES_MAX: usize = 16 << 10;

/// The parameters of a request, each of which must be taken before [`Parameters::finish`].
#[derive(Debug)]
pub struct Parameters {
    rows: Vec<(String, String)>,
    /// The list that the address names.
    list: List,
}

impl Parameters {
    /// The parameters of an address.
    ///
    /// # Errors
    /// A problem when the query is too long or not UTF-8.
    pub fn of(uri: &Uri) -> Result<Self, Problem> {
        let query = uri.query().unwrap_or_default();
        if query.len() > QUERY_SIZE_BYTES_MAX {
            let detail = format!("the query is longer than {QUERY_SIZE_BYTES_MAX} bytes");
            return Err(Problem::new(Code::ParameterMalformed, detail));
        }
        let rows: Vec<(String, String)> =
            form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let broken = |text: &String| text.contains(char::REPLACEMENT_CHARACTER);
        if rows.iter().any(|(name, value)| broken(name) || broken(value)) {
            return Err(Problem::new(Code::ParameterMalformed, "the query is not UTF-8"));
        }
        let narrowing = rows.iter().filter(|(name, _)| name != "cursor" && name != "limit");
        let narrowing = narrowing.map(|(name, value)| (name.as_str(), value.as_str()));
        let list = List::of(uri.path(), narrowing);
        Ok(Self { rows, list })
    }

    /// All values of a parameter that may be repeated, in the order of the query.
    pub fn many(&mut self, name: &str) -> Vec<String> {
        let (taken, rest) =
            std::mem::take(&mut self.rows).into_iter().partition(|(known, _)| known == name);
        self.rows = rest;
        let taken: Vec<(String, String)> = taken;
        taken.into_iter().map(|(_, value)| value).collect()
    }

    /// A parameter that is given at most once, parsed.
    ///
    /// # Errors
    /// A problem when it is repeated or does not parse.
    pub fn one<T>(&mut self, name: &str) -> Result<Option<T>, Problem>
    where
        T: std::str::FromStr<Err: std::fmt::Display>,
    {
        let mut values = self.many(name).into_iter();
        let (first, second) = (values.next(), values.next());
        if second.is_some() {
            let detail = format!("`{name}` is given more than once");
            return Err(Problem::new(Code::ParameterMalformed, detail).with("parameter", name));
        }
        let parse = |text: String| {
            text.parse().map_err(|error| {
                let detail = format!("`{name}`: {error}");
                Problem::new(Code::ParameterMalformed, detail).with("parameter", name)
            })
        };
        first.map(parse).transpose()
    }

    /// The list that the address names, whatever its page.
    pub const fn list(&self) -> List {
        self.list
    }

    /// The page that `cursor` and `limit` ask for; the row in the cursor is parsed.
    ///
    /// # Errors
    /// A problem when either does not parse, or the cursor belongs to another listing.
    pub fn page<T: std::str::FromStr>(&mut self) -> Result<PageOf<T>, Problem> {
        let cursor = self.one::<Cursor>("cursor")?;
        let rows = self.one::<Rows>("limit")?.unwrap_or_default();
        let after = cursor.map(|cursor| cursor.row_in(self.list)).transpose().map_err(|error| {
            let detail = format!("`cursor`: {error}");
            Problem::new(Code::ParameterMalformed, detail).with("parameter", "cursor")
        })?;
        Ok(PageOf { after, rows_max: rows.0, list: self.list })
    }

    /// A parameter that must be given.
    ///
    /// # Errors
    /// A problem when it is missing, repeated or does not parse.
    pub fn needed<T>(&mut self, name: &str) -> Result<T, Problem>
    where
        T: std::str::FromStr<Err: std::fmt::Display>,
    {
        self.one(name)?.ok_or_else(|| {
            let detail = format!("`{name}` is needed");
            Problem::new(Code::ParameterMalformed, detail).with("parameter", name)
        })
    }

    /// Refuses a query with parameters that were not taken.
    ///
    /// # Errors
    /// A problem that names the first unknown parameter and the known ones.
    pub fn finish(self, known: &[&str]) -> Result<(), Problem> {
        let Some((name, _)) = self.rows.first() else { return Ok(()) };
        let name: String = name.chars().take(80).collect();
        let detail = format!("`{name}` is not a parameter of this operation");
        Err(Problem::new(Code::ParameterUnknown, detail)
            .with("parameter", name)
            .with("known", known))
    }
}

/// The extractor of operations without query parameters.
pub struct NoQuery;

impl<S: Sync> FromRequestParts<S> for NoQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let parameters = Parameters::of(&parts.uri)?;
        // `?` alone, or followed only by `&`, would be another address for the same answer.
        if parts.uri.query().is_some() && parameters.rows.is_empty() {
            let detail = "the query is empty: leave out the `?`";
            return Err(Problem::new(Code::ParameterUnknown, detail));
        }
        parameters.finish(&[]).map(|()| Self)
    }
}

impl<S: Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(&parts.uri)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(query: &str) -> Parameters {
        Parameters::of(&format!("/x?{query}").parse().unwrap()).unwrap()
    }

    #[test]
    fn unknown_and_repeated_parameters_are_refused() {
        let mut given = parameters("kind=video&utm_source=x");
        assert_eq!(given.one::<String>("kind").unwrap().as_deref(), Some("video"));
        assert_eq!(given.finish(&["kind"]).unwrap_err().code, Code::ParameterUnknown);
        assert_eq!(
            parameters("n=1&n=2").one::<u32>("n").unwrap_err().code,
            Code::ParameterMalformed
        );
        assert_eq!(parameters("n=x").one::<u32>("n").unwrap_err().code, Code::ParameterMalformed);
        assert_eq!(parameters("k=b&k=a").many("k"), ["b", "a"]);
    }

    #[test]
    fn what_is_not_utf8_is_refused() {
        assert!(Parameters::of(&"/x?kind=%ff".parse().unwrap()).is_err());
    }
}
