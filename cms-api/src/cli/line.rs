//! The command line: what a person types, what carries it out, and how it is answered.
//!
//! A verb opens the data directory. When a server has it open, the verb reads the server's note there and asks that
//! server instead; with `--server` it asks the named one at once.

use std::{io::Write, path::PathBuf, sync::Arc};

use clap::{Parser, Subcommand};
use cms_core::{engine::local::Access, repo::RepositoryOptions};
use serde::Serialize;

use super::{
    client::Client, explain, init, output::Output, paper::Paper, print, progress, salvage, schemas,
};
use crate::{
    ground::{
        authorship::{Authorship, fresh_operation},
        moment,
    },
    problem::{
        Code, Problem,
        exit::{Exit, HELP},
    },
    process::{
        self,
        config::{GlobalSettings, ServeSettings, provider::providers},
        stop,
    },
    router, serve,
    store::{self, private},
    verbs::{
        Call, Command, Report, admin, audit, diff, export, import, log, policy,
        publishing::{
            begin_channel, bisect, channels, embargoes, holds, not_public, publish, release,
            remake, retire, revert_publish, rollback, schedule, snapshots, unpublish,
        },
        role, show, stats, takedown, token, verify, where_used, who_may,
    },
};

/// A versioned content management system for teaching material.
#[derive(Parser, Debug)]
#[command(name = "cms", version, about, after_help = HELP, disable_help_subcommand = true)]
pub struct Line {
    #[command(flatten)]
    settings: GlobalSettings,
    /// A file of settings, as TOML
    #[arg(long, global = true, env = "CMS_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print exactly one JSON document
    #[arg(long, global = true)]
    json: bool,
    /// Say more on standard error; twice for more still
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// Make a new, empty repository with the kinds that ship
    Init(init::Request),
    /// Import files, directories or standard input (`-`) as one commit
    Import {
        /// Files of lines (`*.ndjson`, gzip'd or not), directories, or `-`
        #[arg(required = true, value_name = "FILE|DIR")]
        paths: Vec<PathBuf>,
        #[command(flatten)]
        request: import::Request,
    },
    /// Write a state as the lines that importing reads
    Export {
        #[command(flatten)]
        request: export::Request,
        /// A file (`*.ndjson`, `*.jsonl` or `*.json`, gzip'd when it ends in .gz), a directory (with media), or `-`
        #[arg(long, short, value_name = "FILE|DIR")]
        output: Option<String>,
    },
    /// Show what a publish would do
    Plan(publish::Request),
    /// Publish what is ready
    Publish(publish::Request),
    /// Take a channel, or entries of it, back to an earlier state
    Rollback(rollback::Request),
    /// Release what is on hold
    Release(release::Request),
    /// Take entries off a channel until they are released
    Unpublish(unpublish::Request),
    /// Take entries off a channel for good
    Retire(retire::Request),
    /// Undo what one publish changed, unless somebody published it since
    RevertPublish(revert_publish::Request),
    /// Remake what is live, after an upgrade
    Remake(remake::Request),
    /// Begin a channel: settle for good whether its learners get the answers
    BeginChannel(begin_channel::Request),
    /// Set whether an entry goes live by itself when its embargo ends
    Embargoes(embargoes::Request),
    /// Publish, unpublish, retire or bring back at an instant
    Schedule(schedule::Request),
    /// List what is merged and not delivered to learners
    NotPublic(not_public::Request),
    /// Find which publish first showed a text
    Bisect(bisect::Request),
    /// List a channel's versions
    Snapshots(snapshots::Request),
    /// List the channels
    Channels(channels::Request),
    /// List what is on hold
    Holds(holds::Request),
    /// Show the history of the content, or of one entry
    Log(log::Request),
    /// Show one entry
    Show(show::Request),
    /// Compare two states
    Diff(diff::Request),
    /// Show which entries use an entry
    WhereUsed(where_used::Request),
    /// Read every stored byte back and check it
    Verify(verify::Request),
    /// Make a store from everything that is whole in a damaged one
    Salvage(salvage::Request),
    /// Count what the repository holds and how much space it takes
    Stats(stats::Request),
    /// Give, list and take people's roles
    #[command(subcommand)]
    Role(RoleVerb),
    /// Show and change what a change needs besides a right, by where it stands
    #[command(subcommand)]
    Policy(PolicyVerb),
    /// Say who may do something to an entry, and why somebody may not
    WhoMay(who_may::Request),
    /// Take content down, by law or for a person's sake, and list what was taken down
    #[command(subcommand)]
    Takedown(TakedownVerb),
    /// Make, list and revoke the tokens with which a server lets people in
    #[command(subcommand)]
    Token(TokenVerb),
    /// Let people in, on the machine itself
    #[command(subcommand)]
    Admin(AdminVerb),
    /// Look through the record of who did what, and check that nobody changed it
    #[command(subcommand)]
    Audit(AuditVerb),
    /// Serve over HTTP until told to stop
    Serve(ServeSettings),
    /// Explain what a problem's code means, and what to do about it
    Explain(explain::Request),
    /// Print the OpenAPI document
    Openapi,
    /// Print the kinds that ship, as lines that importing reads
    Schemas,
}

#[derive(Subcommand, Debug)]
enum RoleVerb {
    /// Give a person a role, everywhere or within limits
    Give(role::give::Request),
    /// List everybody's roles, and which of them change nothing
    List(role::list::Request),
    /// Take a role back
    Take(role::take::Request),
}

#[derive(Subcommand, Debug)]
enum PolicyVerb {
    /// Show the table of policies
    Show(policy::show::Request),
    /// Change one row of it
    Set(policy::set::Request),
}

#[derive(Subcommand, Debug)]
enum TakedownVerb {
    /// Take entries, documents or media files down; there is no way back
    Make(takedown::make::Request),
    /// List what was taken down
    List(takedown::list::Request),
    /// Show one takedown, with what caches are to be purged of
    Show(takedown::show::Request),
}

#[derive(Subcommand, Debug)]
enum TokenVerb {
    /// Make a token; its text is shown once and kept nowhere
    Create(token::create::Request),
    /// List the tokens, without their texts
    List(token::list::Request),
    /// Revoke a token: from then on it opens nothing
    Revoke(token::revoke::Request),
}

#[derive(Subcommand, Debug)]
enum AdminVerb {
    /// Make a one-time link that makes the first administrator
    Link(admin::link::Request),
    /// Make a one-time link with which somebody signs in again who is locked out
    Reset(admin::reset::Request),
}

#[derive(Subcommand, Debug)]
enum AuditVerb {
    /// Show who did what
    Log(audit::log::Request),
    /// Seal what was recorded until now, and print the signed head, to be kept elsewhere
    Head(audit::head::Request),
    /// Check that nothing was changed, inserted, moved or cut off
    Verify(audit::verify::Request),
    /// Print the public key that seals
    Key(audit::key::Request),
    /// Show or settle how long the record is kept
    Keep(audit::keep::Request),
}

/// What does the work: this process or a server.
enum Doer {
    Here(Box<store::Store>),
    There(Client),
}

impl Doer {
    /// Where a server answers, if one does.
    fn url(&self) -> Option<String> {
        match self {
            Self::Here(_) => None,
            Self::There(client) => {
                Some(client.url().to_owned()).filter(|url| url.starts_with("http"))
            }
        }
    }
}

struct Session {
    settings: GlobalSettings,
    json: bool,
}

impl Line {
    /// Carries out what was typed.
    ///
    /// # Errors
    /// A problem, which has not been reported yet.
    pub fn obey(self) -> Result<Exit, Problem> {
        let token_is_typed = self.settings.token.is_some();
        let settings = self.settings.with_file(self.config.as_deref())?.checked()?;
        let token_file = settings.token_file.clone();
        let session = Session { settings, json: self.json };
        if !matches!(self.verb, Verb::Serve(_)) {
            process::log::begin(self.verbose, crate::process::log::LogFormat::Text, "warn")?;
            stop::listen(print::problem::tell).map_err(Problem::internal)?;
        }
        let told = self.config.filter(|_| !token_is_typed && session.settings.token.is_some());
        if let Some(warning) = told.as_deref().and_then(private::warning_of_settings) {
            tracing::warn!("{warning}");
        }
        if let Some(warning) = token_file.as_deref().and_then(private::warning_of_settings) {
            tracing::warn!("{warning}");
        }
        if token_is_typed && is_on_command_line("--token") {
            tracing::warn!(
                "others on this machine can read the token on the command line: give it by --token-file or CMS_TOKEN"
            );
        }
        session.obey(self.verb, self.verbose)
    }
}

/// Whether a flag was typed, rather than set by the environment.
fn is_on_command_line(flag: &str) -> bool {
    std::env::args_os().any(|word| {
        let word = word.to_string_lossy();
        word.strip_prefix(flag).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    })
}

fn write(mut paper: Paper, fill: impl FnOnce(&mut Paper)) -> Result<Exit, Problem> {
    fill(&mut paper);
    paper.print().map_err(|error| Problem::io("standard output", &error))?;
    Ok(Exit::Done)
}

impl Session {
    fn obey(&self, verb: Verb, verbose: u8) -> Result<Exit, Problem> {
        let command = match verb {
            Verb::Init(request) => return self.init(&request),
            Verb::Import { paths, request } => return self.import(&paths, request),
            Verb::Export { request, output } => return self.export(&request, output.as_deref()),
            Verb::Serve(flags) => return self.serve(flags, verbose),
            Verb::Salvage(request) => return self.salvage(&request),
            Verb::Explain(request) => return self.explain(&request),
            Verb::Openapi => {
                return write(Paper::plain(), |paper| paper.line(router::document_text()));
            }
            Verb::Schemas => return self.schemas(),
            Verb::Plan(request) => Command::Plan(request),
            Verb::Publish(request) => Command::Publish(request),
            Verb::Rollback(request) => Command::Rollback(request),
            Verb::Release(request) => Command::Release(request),
            Verb::Unpublish(request) => Command::Unpublish(request),
            Verb::Retire(request) => Command::Retire(request),
            Verb::RevertPublish(request) => Command::RevertPublish(request),
            Verb::Remake(request) => Command::Remake(request),
            Verb::BeginChannel(request) => Command::BeginChannel(request),
            Verb::Embargoes(request) => Command::Embargoes(request),
            Verb::Schedule(request) => Command::Schedule(request),
            Verb::NotPublic(request) => Command::NotPublic(request),
            Verb::Bisect(request) => Command::Bisect(request),
            Verb::Snapshots(request) => Command::Snapshots(request),
            Verb::Channels(request) => Command::Channels(request),
            Verb::Holds(request) => Command::Holds(request),
            Verb::Log(request) => Command::Log(request),
            Verb::Show(request) => Command::Show(request),
            Verb::Diff(request) => Command::Diff(request),
            Verb::WhereUsed(request) => Command::WhereUsed(request),
            Verb::Verify(request) => Command::Verify(request),
            Verb::Stats(request) => Command::Stats(request),
            Verb::Role(RoleVerb::Give(request)) => Command::RoleGive(request),
            Verb::Role(RoleVerb::List(request)) => Command::RoleList(request),
            Verb::Role(RoleVerb::Take(request)) => Command::RoleTake(request),
            Verb::Policy(PolicyVerb::Show(request)) => Command::PolicyShow(request),
            Verb::Policy(PolicyVerb::Set(request)) => Command::PolicySet(request),
            Verb::WhoMay(request) => Command::WhoMay(request),
            Verb::Takedown(TakedownVerb::Make(request)) => Command::TakedownMake(request),
            Verb::Takedown(TakedownVerb::List(request)) => Command::TakedownList(request),
            Verb::Takedown(TakedownVerb::Show(request)) => Command::TakedownShow(request),
            Verb::Admin(AdminVerb::Link(request)) => Command::AdminLink(request),
            Verb::Admin(AdminVerb::Reset(request)) => Command::AdminReset(request),
            Verb::Token(TokenVerb::Create(request)) => Command::TokenCreate(request),
            Verb::Token(TokenVerb::List(request)) => Command::TokenList(request),
            Verb::Token(TokenVerb::Revoke(request)) => Command::TokenRevoke(request),
            Verb::Audit(AuditVerb::Log(request)) => Command::AuditLog(request),
            Verb::Audit(AuditVerb::Head(request)) => Command::AuditHead(request),
            Verb::Audit(AuditVerb::Verify(request)) => Command::AuditVerify(request.with_files()?),
            Verb::Audit(AuditVerb::Key(request)) => Command::AuditKey(request),
            Verb::Audit(AuditVerb::Keep(request)) => Command::AuditKeep(request),
        };
        self.command(command)
    }

    fn explain(&self, request: &explain::Request) -> Result<Exit, Problem> {
        let part = explain::execute(request)?;
        if self.json {
            return self.answer(&explain::json(&part), |_, _| {});
        }
        write(Paper::plain(), |paper| paper.line(part.text().trim_end()))
    }

    fn schemas(&self) -> Result<Exit, Problem> {
        if self.json {
            let lines: Vec<_> = crate::store::seeds::lines().collect();
            return self.answer(&serde_json::json!({ "lines": lines }), |_, _| {});
        }
        write(Paper::plain(), schemas::print)
    }

    fn call(&self) -> Call {
        let operation = fresh_operation().0.iter().map(|byte| format!("{byte:02x}")).collect();
        Call {
            author: self.settings.author(),
            operation: Some(operation),
            request: serde_json::Value::Null,
        }
    }

    fn by(&self, call: &Call) -> Result<Authorship, Problem> {
        call.by(moment::now_ms())
    }

    /// Opens the store, or finds the server that has it open.
    fn doer(&self, open: impl FnOnce() -> Result<store::Store, Problem>) -> Result<Doer, Problem> {
        if let Some(url) = &self.settings.server {
            let token = self.settings.token.as_deref();
            return Ok(Doer::There(Client::new(url, token, self.settings.timeout())?));
        }
        match open() {
            Ok(store) => Ok(Doer::Here(Box::new(store))),
            Err(problem) if problem.code == Code::StoreInUse => {
                let holder = problem.members.get("holder").and_then(serde_json::Value::as_str);
                let note = store::server_note(&self.settings.data(), holder.unwrap_or_default());
                let note = note.ok_or(problem)?;
                let timeout = self.settings.timeout();
                Ok(Doer::There(Client::new(&note.url, Some(&note.token), timeout)?))
            }
            Err(problem) => Err(problem),
        }
    }

    fn answer<R: Serialize>(
        &self,
        report: &R,
        human: impl FnOnce(&R, &mut Paper),
    ) -> Result<Exit, Problem> {
        let printed = write(Paper::for_stdout(), |paper| {
            if self.json {
                paper.line(serde_json::to_string(report).expect("reports serialise"));
            } else {
                human(report, paper);
            }
        });
        printed.map_err(|problem| {
            let detail = format!("{problem}; the verb was done, only its report is not written");
            Problem { detail, ..problem }
        })
    }

    fn command(&self, mut command: Command) -> Result<Exit, Problem> {
        let data = self.settings.data();
        let call = self.call();
        let access = if command.only_reads() { Access::Read } else { Access::Write };
        let open = || store::open(&data, RepositoryOptions::default(), access);
        let doer = self.doer(open)?;
        if let Command::AdminLink(admin::link::Request { public_url })
        | Command::AdminReset(admin::reset::Request { public_url, .. }) = &mut command
        {
            let known = public_url.take().or(self.settings.serve.public_url.clone());
            *public_url = known.or_else(|| doer.url());
        }
        let report: Report = match doer {
            Doer::Here(store) => command.execute(&store, &self.by(&call)?)?,
            Doer::There(client) => client.run(call, &command)?,
        };
        self.answer(&report.to_json(), |_, paper| print::report(&report, paper))?;
        Ok(if report.passed() { Exit::Done } else { Exit::Refused })
    }

    fn init(&self, request: &init::Request) -> Result<Exit, Problem> {
        let report = init::execute(&self.settings.data(), request, &self.by(&self.call())?)?;
        self.answer(&report, init::print)
    }

    fn salvage(&self, request: &salvage::Request) -> Result<Exit, Problem> {
        let report = salvage::execute(request, &self.by(&self.call())?)?;
        self.answer(&report, salvage::print)?;
        Ok(if report.whole { Exit::Done } else { Exit::Refused })
    }

    fn serve(&self, flags: ServeSettings, verbose: u8) -> Result<Exit, Problem> {
        let mut config = flags.or(self.settings.serve.clone()).complete(&self.settings.sign_in)?;
        config.signing.providers = providers(&self.settings.provider)?;
        config.signing.mail = self.settings.mail.complete()?;
        process::log::begin(verbose, config.log_format, "info")?;
        let (data, token) = (self.settings.data(), self.settings.token.clone());
        match serve::execute(&data, config.clone(), token.clone()) {
            // The first start, which needs no other command before it.
            Err(problem) if problem.code == Code::RepositoryMissing => {
                if !init::begin(&data, &self.by(&self.call())?)? {
                    return Err(problem);
                }
                serve::execute(&data, config, token)?;
            }
            other => other?,
        }
        Ok(Exit::Done)
    }

    fn import(&self, paths: &[PathBuf], request: import::Request) -> Result<Exit, Problem> {
        let mut input = import::input::Input::of(paths)?;
        // Checked before anything is made or sent: input that failed to say anything means nothing.
        input.must_hold_something(request.prune)?;
        let call = self.call();
        let by = self.by(&call)?;
        let data = self.settings.data();
        let bar = Arc::new(progress::bar(&input, self.json));
        let ticker = progress::Ticker::start(&bar, &input);
        let outcome = match self.doer(|| init::open_or_create(&data, &by))? {
            Doer::Here(store) => {
                let media = std::mem::take(&mut input.media);
                let told = Arc::clone(&bar);
                import::execute(&store, &request, &by, &mut input, &media, &mut |progress| {
                    told.set_message(format!("{} lines", super::paper::number(progress.lines)));
                })
            }
            Doer::There(client) => {
                let sender = import::frames::Sender::new(&call, request, input);
                client.import(sender.map_err(Problem::internal)?)
            }
        };
        drop(ticker);
        bar.finish_and_clear();
        self.answer(&outcome?, print::import::print)
    }

    fn export(&self, request: &export::Request, output: Option<&str>) -> Result<Exit, Problem> {
        let data = self.settings.data();
        let output = Output::of(output);
        let open = || store::open(&data, RepositoryOptions::default(), Access::Read);
        let doer = self.doer(open)?;
        let report = output.write(
            |write| match &doer {
                Doer::Here(store) => export::execute(store, request, write),
                Doer::There(client) => client.export(self.call(), request, write),
            },
            |id| match &doer {
                Doer::Here(store) => {
                    let bytes = store.repository.media(id)?;
                    let bytes = bytes.ok_or_else(|| {
                        Problem::new(Code::StoreDamaged, format!("media {id} is missing"))
                    })?;
                    Ok(bytes.to_vec())
                }
                Doer::There(client) => client.media(id),
            },
        )?;
        if matches!(output, Output::Stdout) {
            // Standard output has the lines.
            let mut paper = Paper::plain();
            if self.json {
                paper.line(serde_json::to_string(&report).expect("reports serialise"));
            } else {
                print::export::print(&report, &mut paper);
            }
            let _ = std::io::stderr().write_all(paper.into_text().as_bytes());
        } else {
            self.answer(&report, print::export::print)?;
        }
        // Everything whole is written, and whoever makes the backup learns that it is incomplete.
        Ok(if report.is_whole() { Exit::Done } else { Exit::Refused })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        <Line as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn each_verb_can_be_typed() {
        let line = <Line as clap::CommandFactory>::command();
        for word in Command::WORDS {
            // `token-create` is typed as `token create`.
            let is_typed = line.find_subcommand(word).is_some()
                || word.split_once('-').is_some_and(|(of, verb)| {
                    line.find_subcommand(of).is_some_and(|of| of.find_subcommand(verb).is_some())
                });
            assert!(is_typed, "`cms {word}` is a verb that nobody can type");
        }
    }
}
