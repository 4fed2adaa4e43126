//! Query parameters, read strictly: an unknown or repeated parameter is refused, so that one answer has one address and
//! caches hold it once.
//!
//! An operation declares its parameters once, as the fields of a struct that derives `Deserialize` and `IntoParams`. From
//! the second come the names that there are, which of them are needed and which may be repeated, here and in the OpenAPI
//! document alike; the first reads the values. Every value arrives as text: a field that does not deserialize from text is
//! read by [`parsed`].

use std::{fmt::Display, str::FromStr};

use axum::{
    extract::FromRequestParts,
    http::{Uri, request::Parts},
};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};
use serde_json::{Map, Value};
use serde_path_to_error::Segment;
use utoipa::{
    IntoParams,
    openapi::{
        RefOr, Required, Schema,
        path::{Parameter, ParameterIn},
    },
};

use crate::ground::limits::QUERY_SIZE_BYTES_MAX;
use crate::ground::page::{Cursor, List, PageOf, Rows};
use crate::problem::{Code, Problem};

/// The query parameters that `T` declares, and no others.
#[derive(Debug)]
pub struct Query<T>(pub T);

/// A page of a list: the parameters that `T` declares, and those of every list.
///
/// For lists that read the cursor themselves; others take [`Paged`].
#[derive(Debug)]
pub struct Listing<T> {
    /// What narrows the list.
    pub query: T,
    /// Which page of it.
    pub page: PageParameters,
}

/// A page of a list whose cursors name a `Row`, with the parameters that `T` declares.
#[derive(Debug)]
pub struct Paged<Row, T = Nothing> {
    /// What narrows the list.
    pub query: T,
    /// Which page of it.
    pub page: PageOf<Row>,
}

/// The extractor of operations without query parameters.
#[derive(Debug)]
pub struct NoQuery;

/// No parameters besides those that the extractor reads itself.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Nothing {}

/// What every list takes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParameters {
    /// `next` of the previous page.
    #[serde(default, deserialize_with = "parsed")]
    #[param(value_type = Option<String>)]
    pub cursor: Option<Cursor>,
    /// Rows of the page, 1 to 500; 100 when left out.
    #[serde(default, deserialize_with = "parsed")]
    #[param(value_type = Option<u32>)]
    pub limit: Option<Rows>,
}

impl PageParameters {
    /// The page that is asked for; the row in the cursor is parsed.
    fn of<Row: FromStr>(self, list: List) -> Result<PageOf<Row>, Problem> {
        let after = self.cursor.map(|cursor| cursor.row_in(list)).transpose();
        let after = after.map_err(|error| malformed("cursor", format!("`cursor`: {error}")))?;
        Ok(PageOf { after, rows_max: self.limit.unwrap_or_default().0, list })
    }
}

/// A value that is parsed from its text: for `#[serde(default, deserialize_with = "parsed")]`.
///
/// # Errors
/// What the parser says.
pub fn parsed<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(D::Error::custom)
}

/// The problem of a parameter.
pub fn malformed(name: &str, detail: impl Into<String>) -> Problem {
    Problem::new(Code::ParameterMalformed, detail).with("parameter", name)
}

/// The parameters that a type declares.
fn declared<T: IntoParams>() -> Vec<Parameter> {
    T::into_params(|| Some(ParameterIn::Query))
}

/// The parameters of a request, before they are read.
pub(super) struct Given(Vec<(String, String)>);

impl Given {
    /// The parameters of an address.
    ///
    /// # Errors
    /// A problem when the query is too long or not UTF-8.
    pub(super) fn of(uri: &Uri) -> Result<Self, Problem> {
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
        Ok(Self(rows))
    }

    /// The list that an address with these parameters names, whatever its page.
    fn list(&self, uri: &Uri) -> List {
        let narrowing = self.0.iter().filter(|(name, _)| name != "cursor" && name != "limit");
        List::of(uri.path(), narrowing.map(|(name, value)| (name.as_str(), value.as_str())))
    }

    /// The parameters that `T` declares, if there are no others.
    ///
    /// # Errors
    /// A problem that names the first unknown parameter and the known ones, or as [`Given::some`].
    fn all<T: DeserializeOwned + IntoParams>(&self) -> Result<T, Problem> {
        let declared = declared::<T>();
        self.refuse_unknown(&[&declared])?;
        self.read(&declared)
    }

    /// The parameters that two types declare, if there are no others.
    ///
    /// # Errors
    /// As [`Given::all`].
    pub(super) fn both<T, U>(&self) -> Result<(T, U), Problem>
    where
        T: DeserializeOwned + IntoParams,
        U: DeserializeOwned + IntoParams,
    {
        let (first, second) = (declared::<T>(), declared::<U>());
        self.refuse_unknown(&[&first, &second])?;
        Ok((self.read(&first)?, self.read(&second)?))
    }

    /// The parameters that `T` declares, whatever else is given.
    ///
    /// # Errors
    /// A problem that names the first parameter that is repeated, missing or malformed.
    pub(super) fn some<T: DeserializeOwned + IntoParams>(&self) -> Result<T, Problem> {
        self.read(&declared::<T>())
    }

    fn refuse_unknown(&self, declared: &[&[Parameter]]) -> Result<(), Problem> {
        let known = || declared.iter().copied().flatten().map(|parameter| parameter.name.as_str());
        let unknown = self.0.iter().find(|(name, _)| !known().any(|known| known == name));
        let Some((name, _)) = unknown else { return Ok(()) };
        let mut known: Vec<&str> = known().collect();
        known.sort_unstable();
        let name: String = name.chars().take(80).collect();
        let detail = format!("`{name}` is not a parameter of this operation");
        let problem = Problem::new(Code::ParameterUnknown, detail);
        Err(problem.with("parameter", name).with("known", known))
    }

    fn read<T: DeserializeOwned>(&self, declared: &[Parameter]) -> Result<T, Problem> {
        let mut texts = Map::new();
        for parameter in declared {
            if let Some(value) = self.value(parameter)? {
                texts.insert(parameter.name.clone(), value);
            }
        }
        serde_path_to_error::deserialize(Value::Object(texts)).map_err(|error| {
            let name = match error.path().iter().next() {
                Some(Segment::Map { key }) => key.as_str(),
                _ => "",
            };
            malformed(name, format!("`{name}`: {}", error.inner()))
        })
    }

    /// What is given for a parameter: its text, or all of its texts in the order of the query where it may be repeated.
    fn value(&self, parameter: &Parameter) -> Result<Option<Value>, Problem> {
        let name = parameter.name.as_str();
        let rows = self.0.iter().filter(|(given, _)| given == name);
        let mut texts: Vec<Value> = rows.map(|(_, text)| text.as_str().into()).collect();
        if matches!(parameter.schema, Some(RefOr::T(Schema::Array(_)))) {
            return Ok(Some(Value::Array(texts)));
        }
        if texts.len() > 1 {
            return Err(malformed(name, format!("`{name}` is given more than once")));
        }
        if texts.is_empty() && matches!(parameter.required, Required::True) {
            return Err(malformed(name, format!("`{name}` is needed")));
        }
        Ok(texts.pop())
    }
}

impl<T, S> FromRequestParts<S> for Query<T>
where
    T: DeserializeOwned + IntoParams,
    S: Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Given::of(&parts.uri)?.all().map(Self)
    }
}

impl<T, S> FromRequestParts<S> for Listing<T>
where
    T: DeserializeOwned + IntoParams,
    S: Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let (query, page) = Given::of(&parts.uri)?.both()?;
        Ok(Self { query, page })
    }
}

impl<Row, T, S> FromRequestParts<S> for Paged<Row, T>
where
    Row: FromStr,
    T: DeserializeOwned + IntoParams,
    S: Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let given = Given::of(&parts.uri)?;
        let (query, page) = given.both::<T, PageParameters>()?;
        Ok(Self { query, page: page.of(given.list(&parts.uri))? })
    }
}

impl<S: Sync> FromRequestParts<S> for List {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Given::of(&parts.uri).map(|given| given.list(&parts.uri))
    }
}

impl<S: Sync> FromRequestParts<S> for NoQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let given = Given::of(&parts.uri)?;
        // `?` alone, or followed only by `&`, would be another address for the same answer.
        if parts.uri.query().is_some() && given.0.is_empty() {
            let detail = "the query is empty: leave out the `?`";
            return Err(Problem::new(Code::ParameterUnknown, detail));
        }
        given.refuse_unknown(&[]).map(|()| Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bit of everything.
    #[derive(Debug, PartialEq, Deserialize, IntoParams)]
    struct Wanted {
        /// Needed.
        text: String,
        /// A number.
        #[serde(default, deserialize_with = "parsed")]
        n: Option<u32>,
        /// Has a default.
        #[serde(default)]
        at: String,
        /// May be repeated.
        #[serde(default)]
        #[param(value_type = Vec<String>)]
        keys: Vec<cms_core::model::key::Kind>,
    }

    async fn extracted<E: FromRequestParts<(), Rejection = Problem>>(
        query: &str,
    ) -> Result<E, Problem> {
        let request = axum::http::Request::get(format!("/x{query}")).body(()).unwrap();
        E::from_request_parts(&mut request.into_parts().0, &()).await
    }

    async fn check(query: &str, code: Code, detail: &str, parameter: &str) {
        let refused = extracted::<Query<Wanted>>(query).await.unwrap_err();
        assert_eq!(refused.code, code, "{query}");
        assert_eq!(refused.detail, detail, "{query}");
        assert_eq!(refused.members["parameter"], parameter, "{query}");
    }

    #[tokio::test]
    async fn what_is_declared_is_read() {
        let Query(wanted) = extracted::<Query<Wanted>>("?keys=b&text=a+%26b&keys=a").await.unwrap();
        let keys = ["b", "a"].map(|kind| kind.parse().unwrap()).to_vec();
        assert_eq!(wanted, Wanted { text: "a &b".into(), n: None, at: String::new(), keys });
        let Query(wanted) = extracted::<Query<Wanted>>("?text=&n=7&at=x").await.unwrap();
        let expected = Wanted { text: String::new(), n: Some(7), at: "x".into(), keys: Vec::new() };
        assert_eq!(wanted, expected);
    }

    #[tokio::test]
    async fn what_is_not_declared_repeated_missing_or_malformed_is_refused_by_name() {
        let unknown = "`utm_source` is not a parameter of this operation";
        check("?text=a&utm_source=x", Code::ParameterUnknown, unknown, "utm_source").await;
        let malformed = Code::ParameterMalformed;
        check("?text=a&n=1&n=1", malformed, "`n` is given more than once", "n").await;
        check("?n=1", malformed, "`text` is needed", "text").await;
        check("", malformed, "`text` is needed", "text").await;
        check("?text=a&n=x", malformed, "`n`: invalid digit found in string", "n").await;
        let none = "`n`: cannot parse integer from empty string";
        check("?text=a&n=", malformed, none, "n").await;
        let refused = extracted::<Query<Wanted>>("?text=a&keys=b&keys=B").await.unwrap_err();
        assert_eq!(refused.members["parameter"], "keys", "the list, not the place in it");
        let refused = extracted::<Query<Wanted>>("?x=1").await.unwrap_err();
        assert_eq!(refused.members["known"], serde_json::json!(["at", "keys", "n", "text"]));
    }

    #[tokio::test]
    async fn a_list_takes_a_page_besides_what_narrows_it() {
        let Paged { page, .. } = extracted::<Paged<u32>>("?limit=7").await.unwrap();
        assert_eq!((page.after, page.rows_max), (None, 7));
        let cursor = page.list.after(40);
        let next = extracted::<Paged<u32>>(&format!("?cursor={cursor}")).await.unwrap();
        assert_eq!((next.page.after, next.page.list), (Some(40), page.list));
        let refused = extracted::<Paged<u32>>("?limit=0").await.unwrap_err();
        assert_eq!(refused.detail, "`limit`: a number from 1 to 500 is expected");
        let refused = extracted::<Paged<u32>>("?x=1").await.unwrap_err();
        assert_eq!(refused.members["known"], serde_json::json!(["cursor", "limit"]));
        let narrowed = extracted::<Paged<u32, Wanted>>("?text=a&limit=7").await.unwrap();
        assert_eq!(narrowed.query.text, "a");
        let other = extracted::<Paged<u32, Wanted>>(&format!("?text=a&cursor={cursor}")).await;
        assert!(other.unwrap_err().detail.contains("another list"));
    }

    #[tokio::test]
    async fn an_operation_without_parameters_takes_not_even_the_mark() {
        assert!(extracted::<NoQuery>("").await.is_ok());
        for query in ["?", "?&", "?x=1"] {
            let refused = extracted::<NoQuery>(query).await.unwrap_err();
            assert_eq!(refused.code, Code::ParameterUnknown, "{query}");
        }
    }

    #[tokio::test]
    async fn what_is_not_utf8_or_too_long_is_refused() {
        let long = format!("?text={}", "a".repeat(QUERY_SIZE_BYTES_MAX));
        for query in ["?text=%ff", "?%ff=a", &long] {
            let refused = extracted::<Query<Wanted>>(query).await.unwrap_err();
            assert_eq!(refused.code, Code::ParameterMalformed, "{query}");
        }
    }
}
