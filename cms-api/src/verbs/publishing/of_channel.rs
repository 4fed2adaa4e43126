//! What the requests of publishing share: each is about one channel, and most move it.

use cms_core::{
    model::name::{ChannelName, ChannelNameError},
    repo::{Channel, PublishError, Published},
};
use utoipa::ToSchema;

use crate::{
    ground::authorship::Authorship,
    problem::{Code, Problem},
    store::Store,
    views::{publishing::Moved, view},
};

/// The channel of a request that names no channel.
pub(crate) const PRODUCTION: &str = "production";

/// [`PRODUCTION`], as the default of a field.
pub(crate) fn production() -> String {
    PRODUCTION.to_owned()
}

/// The state of a request that names no state, as the default of a field.
pub(crate) fn main() -> String {
    "main".to_owned()
}

/// A plan's id.
#[derive(ToSchema)]
#[schema(
    pattern = "^[0-9a-f]{64}-([0-9a-f]{64}|new)-(0|[1-9a-f][0-9a-f]{0,14})-[0-9a-f]{16}(-[0-9a-f]{24})?$"
)]
#[expect(dead_code, reason = "the form of what the core parses")]
pub struct PlanText(String);

/// A request about one channel. Either the request names the channel, or the address to which it was sent does.
pub trait OfChannel: Sized {
    /// The field that names the channel.
    fn channel(&mut self) -> &mut Option<String>;

    /// Completes a request that was sent to the address of this channel.
    ///
    /// # Errors
    /// [`Code::RequestMalformed`] when the request names a channel too.
    fn at(mut self, channel: &ChannelName) -> Result<Self, Problem> {
        if self.channel().is_some() {
            let detail = "the address names the channel; leave `channel` out";
            return Err(Problem::new(Code::RequestMalformed, detail).with("pointer", "/channel"));
        }
        *self.channel() = Some(channel.to_string());
        Ok(self)
    }
}

/// The channel that a request is about.
///
/// # Errors
/// [`Code::RequestMalformed`] when the text cannot be the name of a channel.
pub(crate) fn named(channel: Option<&str>) -> Result<ChannelName, Problem> {
    let name = channel.unwrap_or(PRODUCTION).parse();
    name.map_err(|error: ChannelNameError| Problem::from(error).with("pointer", "/channel"))
}

/// The channel of the core that a request is about.
///
/// # Errors
/// As [`named`]; a problem when the store can't be read.
pub(crate) fn channel_in(store: &Store, channel: Option<&str>) -> Result<Channel, Problem> {
    Ok(store.repository.channel(&named(channel)?)?)
}

/// The report of a move. A move that would change nothing counts as done and is not refused.
pub(crate) fn moved(
    store: &Store,
    by: &Authorship,
    outcome: Result<Published, PublishError>,
) -> Result<Moved, Problem> {
    let sight = store.repository.sight(&by.holder);
    match outcome {
        Ok(published) => {
            let report = sight.report(published.report)?;
            Ok(view(Published { report, ..published }))
        }
        Err(PublishError::NothingToDo { report }) => Ok(Moved::not(view(sight.report(*report)?))),
        Err(error) => Err(error.into()),
    }
}
