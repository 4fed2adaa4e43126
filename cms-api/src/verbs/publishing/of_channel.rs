//! What the requests of publishing have in common: each concerns one channel, and most move it.

use cms_core::{
    model::name::ChannelName,
    repo::{Channel, PublishError, Published},
};
use utoipa::ToSchema;

use crate::{
    problem::{Code, Problem},
    store::Store,
    views::{publishing::Moved, view},
};

/// The channel that a request concerns, where it names none.
pub(crate) const PRODUCTION: &str = "production";

/// That channel, for requests of which every one names a channel.
pub(crate) fn production() -> String {
    PRODUCTION.to_owned()
}

/// The state that a request concerns, where it names none.
pub(crate) fn main() -> String {
    "main".to_owned()
}

/// A plan's id.
#[derive(ToSchema)]
#[schema(pattern = "^[0-9a-f]{64}-([0-9a-f]{64}|new)-(0|[1-9a-f][0-9a-f]{0,14})-[0-9a-f]{16}$")]
#[expect(dead_code, reason = "the form of what the core parses")]
pub struct PlanText(String);

/// A request that concerns one channel. It names the channel itself, or comes to the channel's address.
pub trait OfChannel: Sized {
    /// Where it names the channel.
    fn channel(&mut self) -> &mut Option<String>;

    /// The request as it came to the address of this channel.
    ///
    /// # Errors
    /// [`Code::RequestMalformed`] when it names a channel as well: the address does.
    fn at(mut self, channel: &ChannelName) -> Result<Self, Problem> {
        if self.channel().is_some() {
            let detail = "the address names the channel; leave `channel` out";
            return Err(Problem::new(Code::RequestMalformed, detail).with("pointer", "/channel"));
        }
        *self.channel() = Some(channel.to_string());
        Ok(self)
    }
}

/// The channel that a request names.
///
/// # Errors
/// [`Code::RequestMalformed`] when no channel may have the name.
pub(crate) fn named(channel: Option<&str>) -> Result<ChannelName, Problem> {
    Ok(channel.unwrap_or(PRODUCTION).parse()?)
}

/// That channel in the store.
///
/// # Errors
/// [`Code::RequestMalformed`] as above; a problem when the store can't be read.
pub(crate) fn channel_in(store: &Store, channel: Option<&str>) -> Result<Channel, Problem> {
    Ok(store.repository.channel(&named(channel)?)?)
}

/// What became of a channel; that nothing would change is done, not refused.
pub(crate) fn moved(outcome: Result<Published, PublishError>) -> Result<Moved, Problem> {
    match outcome {
        Ok(published) => Ok(view(published)),
        Err(PublishError::NothingToDo { report }) => Ok(Moved::not(view(report))),
        Err(error) => Err(error.into()),
    }
}
