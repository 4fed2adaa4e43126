//! Row `authorise`: one decision among 10,000 people with 1,000 grants, for an entry that stands 21 deep, next to asking
//! every grant in turn.
//!
//! Most people have one role for everything. Those who have roles for parts of the catalogue have from one to a hundred
//! of them, and ask for entries in and outside of their parts.

use std::{hint::black_box, time::Instant};

use anyhow::{Result, ensure};
use cms_core::{
    access::{Grant, Limits, Right, Role, Rules, Subject},
    model::{key::EntryKey, name::Person},
};

use crate::{
    Plan,
    figure::{Figure, Rounds},
};

const PEOPLE: usize = 10_000;
const GRANTS: usize = 1000;
const DEPTH: usize = 21;
/// The most roles that one person has.
const OF_PERSON_MAX: usize = 100;
const DECISIONS: usize = 100_000;
/// Decisions that are timed together: one alone is shorter than a look at the clock.
const TIMED: usize = 10;
const P50_US_MAX: f64 = 2.0;
const P99_US_MAX: f64 = 20.0;

pub(super) fn run(plan: &Plan) -> Result<()> {
    let (people, grants) = (people()?, grants()?);
    ensure!(grants.len() == GRANTS, "{} grants", grants.len());
    let rules = Rules::of(grants.iter().cloned());
    let places: Vec<(EntryKey, Vec<EntryKey>)> = (0..64).map(place).collect::<Result<_>>()?;
    let mut dice = Dice(7);
    let (mut p50, mut p99) = (Vec::new(), Vec::new());
    let (mut worst, mut peers) = (0_f64, Vec::new());
    for _ in 0..plan.rounds(9) {
        let mut times_us = Vec::with_capacity(DECISIONS / TIMED);
        for _ in 0..DECISIONS / TIMED {
            // Every second question comes from somebody who has roles: the more of them, the more often.
            let person = match dice.below(2) {
                0 => &people[dice.below(people.len())],
                _ => &grants[dice.below(grants.len())].person,
            };
            let (key, above) = &places[dice.below(places.len())];
            let subject = Subject::entry(key, above);
            let start = Instant::now();
            for _ in 0..TIMED {
                let holder = rules.holder(black_box(person), None);
                black_box(holder.decide(Right::Edit, &subject));
            }
            times_us.push(start.elapsed().as_secs_f64() * 1e6 / TIMED as f64);
        }
        let times = Rounds::given(times_us);
        p50.push(times.median());
        p99.push(times.at(0.99));
        worst = worst.max(times.at(1.0));
        peers.push(peer_us(&grants, &people, &places, &mut dice));
    }
    let (p50, p99) = (Rounds::given(p50), Rounds::given(p99));
    let holds = p50.median() <= P50_US_MAX && p99.median() <= P99_US_MAX;
    let mut figure = Figure::new("authorise", PEOPLE as u32, "us", &p50)
        .beside("p50 of asking every grant in turn", Some(Rounds::given(peers).median()))
        .against(format!("p50 at most {P50_US_MAX} us, p99 at most {P99_US_MAX} us"), Some(holds));
    figure.sync = "none";
    figure.note = format!(
        "p99 {:.2} us, slowest {worst:.1} us; {GRANTS} grants, at most {OF_PERSON_MAX} of one person, depth {DEPTH}",
        p99.median()
    );
    figure.print();
    Ok(())
}

/// The same question, put to each grant.
fn peer_us(
    grants: &[Grant],
    people: &[Person],
    places: &[(EntryKey, Vec<EntryKey>)],
    dice: &mut Dice,
) -> f64 {
    let mut times_us = Vec::new();
    for _ in 0..2000 {
        let person = &people[dice.below(GRANTS)];
        let (key, above) = &places[dice.below(places.len())];
        let subject = Subject::entry(key, above);
        let start = Instant::now();
        let mut own = grants.iter().filter(|grant| grant.person == *black_box(person));
        black_box(own.any(|grant| grant.allows(Right::Edit, &subject)));
        times_us.push(start.elapsed().as_secs_f64() * 1e6);
    }
    Rounds::given(times_us).median()
}

fn people() -> Result<Vec<Person>> {
    (0..PEOPLE).map(|number| Ok(format!("p-{number:012}").parse()?)).collect()
}

/// A thousand grants: a few people have many, most have one.
fn grants() -> Result<Vec<Grant>> {
    let mut grants = Vec::with_capacity(GRANTS);
    let mut person = 0;
    while grants.len() < GRANTS {
        let count = (OF_PERSON_MAX / (person + 1)).clamp(1, GRANTS - grants.len());
        for number in 0..count {
            let role = Role::ALL[1 + (person + number) % (Role::ALL.len() - 1)];
            // Every fourth of those who have one role has it everywhere.
            let is_everywhere = count == 1 && person % 4 == 0;
            let subtree = format!("course/c{}", (person * 31 + number * 7) % 500).parse()?;
            grants.push(Grant {
                id: format!("g{}", grants.len()),
                person: format!("p-{person:012}").parse()?,
                role,
                limits: Limits {
                    subtree: (!is_everywhere).then_some(subtree),
                    ..Limits::default()
                },
                is_for_program: false,
                given_by: "root".to_owned(),
                given_ms: 1,
            });
        }
        person += 1;
    }
    Ok(grants)
}

/// An entry and the containers above it, the nearest first.
fn place(number: usize) -> Result<(EntryKey, Vec<EntryKey>)> {
    let key = format!("exercise/x{number}").parse()?;
    let mut above: Vec<EntryKey> = Vec::with_capacity(DEPTH);
    for level in 0..DEPTH - 2 {
        above.push(format!("topic/t{number}-{level}").parse()?);
    }
    above.push(format!("course/c{number}").parse()?);
    above.push("topic/root".parse()?);
    Ok((key, above))
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}
