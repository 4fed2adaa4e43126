//! Codes of an authenticator app (RFC 6238), and recovery codes for when the phone is lost.

use qrcodegen::{QrCode, QrCodeEcc};
use totp_rs::{Builder, Secret, Totp};

use super::credentials::TotpSecret;
use crate::problem::Problem;

/// Size of a secret, in bytes (RFC 4226, 4, R6: 160 bits are recommended).
const SECRET_SIZE_BYTES: usize = 20;
/// How far the phone's clock may be off, in steps of 30 s.
const SKEW_STEPS: u16 = 1;
/// How many recovery codes a person gets.
pub const RECOVERY_CODES: usize = 10;
/// The letters of recovery codes: no two of them look alike.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// How many letters a recovery code has: 80 bits, which nobody tries out, so that no slow hash is needed.
const RECOVERY_LETTERS: usize = 16;
/// How many letters stand together.
const GROUP_LETTERS: usize = 4;

/// A secret for an authenticator app that is not confirmed yet.
#[derive(Debug, Clone)]
pub struct Fresh {
    /// The secret, in base32, to be typed.
    pub secret: String,
    /// The secret as the address in a QR code.
    pub url: String,
    /// That code, row by row, a digit for each module: `1` is dark. `None` when the names are too long for one.
    pub qr: Option<Vec<String>>,
}

fn random<const N: usize>() -> Result<[u8; N], Problem> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(Problem::internal)?;
    Ok(bytes)
}

/// A new secret, for an app that shows this account of this server.
///
/// # Errors
/// When the machine can't provide random bytes.
pub fn fresh(account: &str, server: &str) -> Result<Fresh, Problem> {
    // A colon parts the two names in the address.
    let plain = |text: &str| text.replace(':', " ");
    let secret = Secret::from(random::<SECRET_SIZE_BYTES>()?);
    let text = secret.to_base32();
    let totp = Builder::new()
        .with_secret(secret)
        .with_skew(SKEW_STEPS)
        .with_account_name(plain(account))
        .with_issuer(Some(plain(server)))
        .build()
        .map_err(Problem::internal)?;
    let url = totp.to_url().map_err(Problem::internal)?;
    let qr = qr(&url);
    Ok(Fresh { secret: text, url, qr })
}

/// The modules of a QR code. It is shown on a clean screen, so the least correction is enough.
fn qr(text: &str) -> Option<Vec<String>> {
    let code = QrCode::encode_text(text, QrCodeEcc::Low).ok()?;
    let side = 0..code.size();
    let row = |y| side.clone().map(|x| if code.get_module(x, y) { '1' } else { '0' }).collect();
    Some(side.clone().map(row).collect())
}

fn app(secret: &str) -> Result<Totp, Problem> {
    let secret = Secret::try_from_base32(secret).map_err(Problem::internal)?;
    let named = Builder::new().with_account_name("account").with_secret(secret);
    named.with_skew(SKEW_STEPS).build().map_err(Problem::internal)
}

/// The step of a code, if it is right and was not used before.
///
/// # Errors
/// When the stored secret is none.
pub fn step(stored: &TotpSecret, code: &str, now_ms: u64) -> Result<Option<u64>, Problem> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let found = app(&stored.secret)?.check(&code, now_ms / 1000);
    // A code that was seen over a shoulder must not be used a second time.
    Ok(found.filter(|step| *step > stored.last_step))
}

/// New recovery codes, and what is kept of them.
///
/// # Errors
/// When the machine can't provide random bytes.
pub fn recovery_codes() -> Result<(Vec<String>, Vec<String>), Problem> {
    let mut codes = Vec::new();
    for _ in 0..RECOVERY_CODES {
        let letters = random::<RECOVERY_LETTERS>()?.map(|byte| LETTERS[usize::from(byte % 32)]);
        let groups = letters.chunks(GROUP_LETTERS).map(|group| String::from_utf8_lossy(group));
        codes.push(groups.collect::<Vec<_>>().join("-"));
    }
    let hashes = codes.iter().map(|code| recovery_hash(code)).collect();
    Ok((codes, hashes))
}

/// What is kept of a recovery code, however it was typed.
pub fn recovery_hash(code: &str) -> String {
    let typed: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let key =
        blake3::derive_key("cms 2026-11-30 v1 recovery code", typed.to_lowercase().as_bytes());
    blake3::Hash::from_bytes(key).to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the secret is `12345678901234567890`; the last six digits of the eight there.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn check(code: &str, time_s: u64, last_step: u64, expected: Option<u64>) {
        let stored = TotpSecret { secret: SECRET.into(), last_step };
        assert_eq!(step(&stored, code, time_s * 1000).unwrap(), expected, "{code} at {time_s}");
    }

    #[test]
    fn a_code_is_right_for_a_step_before_and_after_and_only_once() {
        check("287082", 59, 0, Some(1));
        check(" 287 082 ", 59, 0, Some(1));
        check("081804", 1_111_111_109, 0, Some(37_037_036));
        check("287082", 59, 1, None);
        check("287082", 89, 0, Some(1));
        check("287082", 29, 0, Some(1));
        check("287082", 120, 0, None);
        for wrong in ["", "287083", "28708", "2870821", "abcdef", "２８７０８２"] {
            check(wrong, 59, 0, None);
        }
    }

    #[test]
    fn an_app_is_set_up_by_an_address_that_names_account_and_server() {
        let fresh = fresh("ana@example.org", "cms.example").unwrap();
        assert!(fresh.url.starts_with("otpauth://totp/cms.example:ana"), "{}", fresh.url);
        let qr = fresh.qr.unwrap();
        assert!(qr.iter().all(|row| row.len() == qr.len() && row.starts_with(['0', '1'])));
        assert!(qr[0].starts_with("11111110"), "the corner by which a camera finds it: {}", qr[0]);
        let long = "a".repeat(3000);
        assert_eq!(super::qr(&long), None, "the key is typed then");
        assert!(fresh.url.contains(&fresh.secret) && fresh.secret.len() == 32);
    }

    #[test]
    fn recovery_codes_are_ten_and_read_however_they_are_typed() {
        let (codes, hashes) = recovery_codes().unwrap();
        assert_eq!((codes.len(), hashes.len()), (RECOVERY_CODES, RECOVERY_CODES));
        assert_eq!(codes[0].len(), 19);
        assert_eq!(recovery_hash(&codes[0].to_uppercase().replace('-', " ")), hashes[0]);
        assert!(!hashes.iter().any(|hash| codes.iter().any(|code| hash.contains(code.as_str()))));
    }
}
