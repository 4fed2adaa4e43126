//! `/`: where a person who opens the server's address can go from here.

use axum::{http::HeaderMap, response::Response};
use rust_embed::RustEmbed;

use crate::{
    edge::{extract::PathOf, guard::Page, query::NoQuery},
    problem::{Problem, caching::Caching},
};

const PAGE: &str = include_str!("../../../cms-admin-ui/home/index.html");

#[derive(RustEmbed)]
#[folder = "../cms-admin-ui/home"]
#[include = "*.css"]
pub(super) struct Home;

/// A part of the server that people open in a browser.
struct Door {
    address: &'static str,
    name: &'static str,
    /// What people find there.
    what: &'static str,
}

const LEARN: Door =
    Door { address: "/learn/", name: "Learn", what: "Read, watch and practise what is published." };
const ADMIN: Door = Door {
    address: "/admin/",
    name: "Versions",
    what: "See what each published version holds, and compare two of them.",
};
const SIGN_IN: Door = Door {
    address: "/sign-in",
    name: "Sign in",
    what: "Come in with your account. Accounts are by invitation.",
};
const API: Door = Door {
    address: "/docs/",
    name: "API",
    what: "Look up how programs fetch, edit, review and publish content.",
};
const PROBLEMS: Door = Door {
    address: "/docs/problems/",
    name: "Problems",
    what: "Find out why a request was refused and what to do about it.",
};

/// The page; `has_admin` says whether `/admin` exists on this server.
pub async fn index(has_admin: bool, _: NoQuery, headers: HeaderMap) -> Response {
    let admin = has_admin.then_some(ADMIN);
    let doors: String = [Some(LEARN), admin, Some(SIGN_IN), Some(API), Some(PROBLEMS)]
        .into_iter()
        .flatten()
        .map(row)
        .collect();
    Page::Home.page(PAGE.replace("{doors}", &doors), Caching::Named, &headers).await
}

fn row(Door { address, name, what }: Door) -> String {
    format!(
        "      <li><a class=\"door\" href=\"{address}\"><strong>{name}</strong> <span>{what}</span></a></li>\n"
    )
}

/// A file of the page.
pub async fn file(PathOf(path): PathOf<String>, headers: HeaderMap) -> Result<Response, Problem> {
    Page::Home.answer(&path, Home::get(&path), Caching::Named, &headers).await
}
