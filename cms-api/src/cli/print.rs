//! Prints the reports of verbs for people: one file per verb, with the verb's name. With `--json` the report itself is printed.

mod admin;
mod audit;
mod diff;
pub(crate) mod export;
pub(crate) mod import;
mod lists;
mod log;
mod policy;
pub(crate) mod problem;
pub(crate) mod publishing;
mod role;
mod show;
mod stats;
mod takedown;
mod token;
mod verify;
mod where_used;

use super::paper::Paper;
use crate::verbs::Report;
use publishing::{
    begin_channel, bisect, channels, embargoes, holds, not_public, plan, publish, release, retire,
    rollback, schedule, snapshots, unpublish,
};

/// Prints a report for people.
pub(super) fn report(report: &Report, paper: &mut Paper) {
    match report {
        Report::Plan(report) => plan::print(report, paper),
        Report::Publish(report) | Report::RevertPublish(report) | Report::Remake(report) => {
            publish::print(report, paper);
        }
        Report::Rollback(report) => rollback::print(report, paper),
        Report::Release(report) => release::print(report, paper),
        Report::Unpublish(report) => unpublish::print(report, paper),
        Report::Retire(report) => retire::print(report, paper),
        Report::BeginChannel(report) => begin_channel::print(report, paper),
        Report::Embargoes(report) => embargoes::print(report, paper),
        Report::Schedule(report) => schedule::print(report, paper),
        Report::NotPublic(report) => not_public::print(report, paper),
        Report::Bisect(report) => bisect::print(report, paper),
        Report::Snapshots(report) => snapshots::print(report, paper),
        Report::Channels(report) => channels::print(report, paper),
        Report::Holds(report) => holds::print(report, paper),
        Report::Log(report) => log::print(report, paper),
        Report::Show(report) => show::print(report, paper),
        Report::Diff(report) => diff::print(report, paper),
        Report::WhereUsed(report) => where_used::print(report, paper),
        Report::Verify(report) => verify::print(report, paper),
        Report::Stats(report) => stats::print(report, paper),
        Report::RoleGive(report) => role::given(report, paper),
        Report::RoleList(report) => role::listed(report, paper),
        Report::RoleTake(report) => role::taken(report, paper),
        Report::PolicyShow(report) => policy::table(&report.policies, paper),
        Report::PolicySet(report) => policy::table(&report.policies, paper),
        Report::WhoMay(report) => role::who_may(report, paper),
        Report::TakedownMake(report) => takedown::made(report, paper),
        Report::TakedownList(report) => takedown::listed(report, paper),
        Report::TakedownShow(report) => takedown::shown(report, paper),
        Report::AdminLink(report) | Report::AdminReset(report) => admin::link(report, paper),
        Report::TokenCreate(report) => token::created(report, paper),
        Report::TokenList(report) => token::listed(report, paper),
        Report::TokenRevoke(report) => token::revoked(report, paper),
        Report::AuditLog(report) => audit::log(report, paper),
        Report::AuditHead(report) => audit::head(report, paper),
        Report::AuditVerify(report) => audit::verified(report, paper),
        Report::AuditKey(report) => audit::key(report, paper),
        Report::AuditKeep(report) => audit::keep(report, paper),
    }
}
