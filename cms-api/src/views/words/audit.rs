//! Words of the audit.

use cms_core::repo::Tampering;
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

words! {
    /// What is wrong with the audit.
    TamperingWord {
        /// A record is not what was sealed.
        Changed = "changed",
        /// A record that was sealed is gone.
        Removed = "removed",
        /// A record that was not there when its place was sealed.
        Inserted = "inserted",
        /// A record stands where another one was sealed.
        Reordered = "reordered",
        /// Records are gone from the end.
        TailCut = "tail-cut",
        /// A seal is gone, so records before the next one are proved by nothing.
        SealMissing = "seal-missing",
        /// A seal does not follow the one before it.
        SealMisplaced = "seal-misplaced",
        /// A signature is wrong.
        BadSignature = "bad-signature",
        /// A key signs for which no earlier key gave its word.
        StrangeKey = "strange-key",
        /// A head that was kept elsewhere says something else.
        HeadDiffers = "head-differs",
        /// A head that was kept elsewhere is of another repository.
        OtherRepository = "other-repository",
        /// A record can't be read, and the store reports damage: a bad disk explains that.
        Unreadable = "unreadable",
    }

    /// Which lines of the audit come first.
    AuditOrderWord {
        /// The newest.
        Newest = "newest",
        /// The oldest.
        Oldest = "oldest",
    }
}

same! {
    TamperingWord = Tampering {
        Changed, Removed, Inserted, Reordered, TailCut, SealMissing, SealMisplaced, BadSignature,
        StrangeKey, HeadDiffers, OtherRepository, Unreadable,
    }
}
