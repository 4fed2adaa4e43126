//! Words of accounts and sessions.

use cms_core::repo::{Factor, LinkPurpose, PersonSort, PersonState, SessionEnd, SessionStage};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

words! {
    /// What an account is for.
    PersonSortWord {
        /// A human being.
        Human = "human",
        /// A program.
        Service = "service",
    }

    /// What became of an account.
    PersonStateWord {
        /// Invited, and has not accepted yet.
        Invited = "invited",
        /// May sign in.
        Active = "active",
        /// May not sign in; everything about the account is kept.
        Deactivated = "deactivated",
        /// Nothing but the id is left.
        Erased = "erased",
    }

    /// What a session is good for.
    SessionStageWord {
        /// A second factor is awaited; until then it opens nothing.
        SecondFactor = "second-factor",
        /// Everything that the person may do.
        Full = "full",
    }

    /// Why a session opens nothing any more.
    SessionEndWord {
        /// It was not used for too long.
        Idle = "idle",
        /// It lasted as long as a session may.
        Absolute = "absolute",
        /// Somebody ended it, or the account has ended.
        Revoked = "revoked",
        /// There is no such session; it ended long ago, or never was.
        Unknown = "unknown",
    }

    /// How a person showed who they are.
    FactorWord {
        /// A password.
        Password = "password",
        /// A passkey.
        Passkey = "passkey",
        /// A code of an authenticator app.
        Totp = "totp",
        /// A recovery code.
        RecoveryCode = "recovery-code",
        /// An identity at a provider.
        Provider = "provider",
        /// An identity at a provider that asks for a second factor itself.
        ProviderTwoFactors = "provider-two-factors",
        /// A one-time link.
        Link = "link",
    }

    /// What a one-time link is for.
    LinkPurposeWord {
        /// To make the first administrator.
        FirstAdministrator = "first-administrator",
        /// To accept an invitation.
        Invitation = "invitation",
        /// To choose anew what one signs in with.
        Reset = "reset",
    }
}

same! {
    PersonSortWord = PersonSort { Human, Service }
    PersonStateWord = PersonState { Invited, Active, Deactivated, Erased }
    SessionStageWord = SessionStage { SecondFactor, Full }
    SessionEndWord = SessionEnd { Idle, Absolute, Revoked, Unknown }
    FactorWord = Factor { Password, Passkey, Totp, RecoveryCode, Provider, ProviderTwoFactors, Link }
    LinkPurposeWord = LinkPurpose { FirstAdministrator, Invitation, Reset }
}
