//! Passwords: which ones are taken, and how they are hashed.
//!
//! Rules for what a password must be made of make people write `Password1!`; length and a list of what everybody tries
//! first do more (NIST SP 800-63B, 5.1.1.2).

use std::{collections::HashSet, sync::LazyLock};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use unicode_normalization::UnicodeNormalization;

use crate::{problem::Problem, process::config::sign_in::HashCost};

/// Fewest characters of a password.
pub const CHARS_MIN: usize = 12;
/// Most characters of a password.
pub const CHARS_MAX: usize = 256;
/// Largest password that is looked at, in bytes: room for every character at its largest, and some to be normalised.
const SIZE_BYTES_MAX: usize = 4 * CHARS_MAX;
/// A part of somebody's own name or address counts from this many characters on.
const OWN_CHARS_MIN: usize = 4;
/// What is repeated at most this long to make a long password counts as short.
const REPEATED_CHARS_MAX: usize = 4;

/// The commonest passwords, in small letters: 10,000 of the list of `@zxcvbn-ts/language-common` 4.1.3 (MIT), all with
/// at least twelve characters among them.
static COMMONEST: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("commonest.txt").lines().collect());

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Too few characters.
    #[error(
        "a password has at least {CHARS_MIN} characters; a few words in a row are easy to remember"
    )]
    Short,
    /// Too many characters.
    #[error("a password has at most {CHARS_MAX} characters")]
    Long,
    /// It is one of the commonest, or one of them several times in a row.
    #[error("this is one of the passwords that everybody tries first; choose another one")]
    Common,
    /// It holds the person's own name or address.
    #[error("the password holds your own name or address; choose another one")]
    Own,
}

/// One spelling of a password, so that it is the same on every keyboard; `None` when it is longer than any password.
pub fn normalised(password: &str) -> Option<String> {
    (password.len() <= SIZE_BYTES_MAX).then(|| password.nfkc().collect())
}

/// The password as it is hashed, if it may be chosen by somebody with this name and address.
///
/// # Errors
/// [`Weak`] says why it may not.
pub fn chosen(password: &str, own: &[&str]) -> Result<String, Weak> {
    let password = normalised(password).ok_or(Weak::Long)?;
    let chars: Vec<char> = password.to_lowercase().chars().collect();
    match password.chars().count() {
        0..CHARS_MIN => return Err(Weak::Short),
        CHARS_MIN..=CHARS_MAX => {}
        _ => return Err(Weak::Long),
    }
    if is_common(&chars) {
        return Err(Weak::Common);
    }
    let lower: String = chars.iter().filter(|c| !c.is_whitespace()).collect();
    if own.iter().flat_map(|text| own_parts(text)).any(|part| lower.contains(&part)) {
        return Err(Weak::Own);
    }
    Ok(password)
}

/// The parts of a name or an address that no password of their owner holds.
fn own_parts(text: &str) -> Vec<String> {
    let text: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let whole: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let local = whole.split_once('@').map(|(local, _)| local.to_owned());
    let words = text.split_whitespace().filter(|word| !word.contains('@')).map(str::to_owned);
    let parts = words.chain(local).chain([whole]);
    parts.filter(|part| part.chars().count() >= OWN_CHARS_MIN).collect()
}

/// Whether a text is in the list, repeats something of the list, or repeats a few characters or counts on by one.
fn is_common(chars: &[char]) -> bool {
    let text = |part: &[char]| part.iter().collect::<String>();
    if COMMONEST.contains(text(chars).as_str()) {
        return true;
    }
    let repeats = |length: usize| {
        let unit = &chars[..length];
        let is_listed = || COMMONEST.contains(text(unit).as_str());
        chars.chunks(length).all(|part| unit.starts_with(part))
            && (length <= REPEATED_CHARS_MAX || counts(unit) || is_listed())
    };
    counts(chars) || (1..=chars.len() / 2).any(repeats)
}

/// Whether each character follows the one before it, or each precedes it: `abcdef`, `987654`.
fn counts(chars: &[char]) -> bool {
    let step = |pair: &[char]| i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0]));
    let all = |wanted: i64| chars.windows(2).all(|pair| step(pair) == wanted);
    all(1) || all(-1)
}

fn argon(cost: HashCost) -> Result<Argon2<'static>, Problem> {
    let params = Params::new(cost.memory_kib, cost.passes, 1, None).map_err(Problem::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a password that was chosen. This takes long, on purpose: [`super::hashing::Hasher`] runs it.
///
/// # Errors
/// When the machine can't provide random bytes or memory.
pub fn hash(password: &str, cost: HashCost) -> Result<String, Problem> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(Problem::internal)?;
    let hash: PasswordHash = argon(cost)?
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(Problem::internal)?;
    Ok(hash.to_string())
}

/// A hash that no password has, for people who do not exist: verifying it takes as long as any other.
pub fn nobodys(cost: HashCost) -> String {
    let HashCost { memory_kib, passes } = cost;
    let (salt, output) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={memory_kib},t={passes},p=1${salt}${output}")
}

/// What came of comparing a password with a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is the password.
    Right,
    /// It is the password, and its hash cost less than hashes do now: this one is to be kept instead.
    RightAndRaised(String),
    /// It is another one.
    Wrong,
}

/// Compares a password with a hash. This takes long, on purpose.
pub fn verified(password: &str, phc: &str, cost: HashCost) -> Verdict {
    // Too long to be anybody's password: it is compared all the same, so that the answer takes as long.
    let password = normalised(password).unwrap_or_default();
    let Ok(stored) = PasswordHash::new(phc) else { return Verdict::Wrong };
    if Argon2::default().verify_password(password.as_bytes(), &stored).is_err() {
        return Verdict::Wrong;
    }
    let is_cheap = Params::try_from(&stored)
        .map_or(true, |params| params.m_cost() < cost.memory_kib || params.t_cost() < cost.passes);
    match is_cheap.then(|| hash(&password, cost)) {
        Some(Ok(raised)) => Verdict::RightAndRaised(raised),
        _ => Verdict::Right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: HashCost = HashCost { memory_kib: 64, passes: 1 };

    #[track_caller]
    fn check(password: &str, expected: Result<(), Weak>) {
        let own = ["Ana Köhler", "ana.koehler@example.org"];
        assert_eq!(chosen(password, &own).map(|_| ()), expected, "{password}");
    }

    #[test]
    fn length_counts_and_what_it_is_made_of_does_not() {
        check("eleven chars", Ok(()));
        check("elevenchars", Err(Weak::Short));
        check("", Err(Weak::Short));
        check("correct horse battery staple", Ok(()));
        check("ожидание весны", Ok(()));
        check(&"ä b".repeat(200), Err(Weak::Long));
        check(&"x".repeat(100_000), Err(Weak::Long));
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for common in [
            "passwordpassword",
            "PASSWORDpassword",
            "123412341234",
            "aaaaaaaaaaaaaa",
            "abcdefghijklmnop",
            "987654321987654321",
            "qwertyuiop123",
        ] {
            check(common, Err(Weak::Common));
        }
        assert!((9_000..=10_100).contains(&COMMONEST.len()), "{}", COMMONEST.len());
        let long = COMMONEST.iter().find(|word| word.chars().count() >= CHARS_MIN).unwrap();
        check(long, Err(Weak::Common));
    }

    #[test]
    fn nobodys_own_name_is_in_their_password() {
        check("my name is köhler", Err(Weak::Own));
        check("ana.koehler rules", Err(Weak::Own));
        check("An a Kö hler in a row", Err(Weak::Own));
        check("a banana a day", Ok(()));
    }

    #[test]
    fn a_password_is_the_same_however_it_was_typed() {
        let phc = hash(&chosen("Übergrößenträger", &[]).unwrap(), CHEAP).unwrap();
        assert_eq!(verified("U\u{308}bergro\u{308}ßentra\u{308}ger", &phc, CHEAP), Verdict::Right);
        assert_eq!(verified("Übergrößenträge", &phc, CHEAP), Verdict::Wrong);
        assert_eq!(verified(&"x".repeat(100_000), &phc, CHEAP), Verdict::Wrong);
    }

    #[test]
    fn a_hash_that_cost_less_than_now_is_made_again() {
        let phc = hash("correct horse battery", CHEAP).unwrap();
        let dearer = HashCost { memory_kib: 128, passes: 2 };
        let Verdict::RightAndRaised(raised) = verified("correct horse battery", &phc, dearer)
        else {
            panic!("it is raised")
        };
        assert!(raised.contains("m=128,t=2"), "{raised}");
        assert_eq!(verified("correct horse battery", &raised, dearer), Verdict::Right);
        assert_eq!(verified("another", &nobodys(dearer), dearer), Verdict::Wrong);
        assert!(PasswordHash::new(&nobodys(dearer)).is_ok(), "it costs as much as any other");
    }
}
