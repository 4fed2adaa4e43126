//! `cms role`: who has which role, and where.

pub mod give;
pub mod list;
pub mod take;
