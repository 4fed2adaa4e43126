//! Pages that are part of the program itself.

pub mod admin;
pub mod enter;
mod files;
pub mod home;
pub mod learn;
pub mod player;
pub mod problems;
pub mod schemas;
pub mod ui;

use rust_embed::RustEmbed;

use crate::problem::caching::Caching;
use files::prepared;

/// Codes the files of all pages for later requests; this blocks.
pub fn code_ahead() {
    fn each<Files: RustEmbed>() {
        let files = Files::iter().filter_map(|path| Some((Files::get(&path)?, path)));
        files.for_each(|(file, path)| prepared(&path, file, Caching::Named).code_ahead());
    }
    each::<player::Built>();
    each::<enter::Enter>();
    each::<home::Home>();
    each::<learn::Learn>();
    each::<ui::Ui>();
    each::<admin::assets::Admin>();
    each::<admin::assets::Docs>();
}
