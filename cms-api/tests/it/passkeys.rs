//! Passkeys, with an authenticator in software: it makes keys, remembers whose they are, and signs.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    browser::{Browser, HOST, PASSWORD},
    test_app::{Answer, TestApp},
};

/// The user is there; the user was checked, by a finger or a PIN; a new key follows.
const PRESENT: u8 = 0x01;
const CHECKED: u8 = 0x04;
const NEW_KEY: u8 = 0x40;

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A device with one key.
#[derive(Clone)]
struct Device {
    key: SigningKey,
    id: Vec<u8>,
    handle: String,
    counter: u32,
    flags: u8,
    origin: String,
}

impl Device {
    fn new(seed: u8) -> Self {
        Self {
            key: SigningKey::from_slice(&[seed; 32]).unwrap(),
            id: vec![seed; 16],
            handle: String::new(),
            counter: 0,
            flags: PRESENT | CHECKED,
            origin: format!("http://{HOST}"),
        }
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(b"localhost").to_vec();
        data.push(self.flags | flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn client(&self, of: &str, options: &Value) -> Vec<u8> {
        let challenge = &options["publicKey"]["challenge"];
        let client = json!({
            "type": of, "challenge": challenge, "origin": self.origin, "crossOrigin": false,
        });
        client.to_string().into_bytes()
    }

    /// What `navigator.credentials.create` gives.
    fn creates(&mut self, options: &Value) -> Value {
        let selection = &options["publicKey"]["authenticatorSelection"];
        assert_eq!(selection["residentKey"], "required", "it is found without a name");
        assert_eq!(selection["userVerification"], "required");
        self.handle = options["publicKey"]["user"]["id"].as_str().unwrap().to_owned();
        let mut data = self.data(NEW_KEY);
        data.extend([0; 16]);
        data.extend((self.id.len() as u16).to_be_bytes());
        data.extend(&self.id);
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = (&point.as_bytes()[1..33], &point.as_bytes()[33..]);
        // COSE: an elliptic curve, ES256, P-256, x, y.
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(x);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(y);
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt\x64none\x67attStmt\xa0\x68authData\x58");
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(data);
        json!({
            "id": text(&self.id), "rawId": text(&self.id), "type": "public-key",
            "response": {
                "attestationObject": text(&object),
                "clientDataJSON": text(&self.client("webauthn.create", options)),
            },
            "extensions": {},
        })
    }

    /// What `navigator.credentials.get` gives.
    fn gets(&mut self, options: &Value) -> Value {
        assert_eq!(options["publicKey"]["allowCredentials"], json!([]), "nobody is named");
        self.counter += 1;
        let (data, client) = (self.data(0), self.client("webauthn.get", options));
        let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature: Signature = self.key.sign(&signed);
        json!({
            "id": text(&self.id), "rawId": text(&self.id), "type": "public-key",
            "response": {
                "authenticatorData": text(&data),
                "clientDataJSON": text(&client),
                "signature": text(signature.to_der().as_bytes()),
                "userHandle": self.handle,
            },
            "extensions": {},
        })
    }
}

async fn asked(browser: &mut Browser<'_>, path: &str) -> Value {
    let answer = browser.posts(path, &json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()
}

/// Adds a device's key to whoever is signed in.
async fn adds(browser: &mut Browser<'_>, device: &mut Device) -> Answer {
    let asked = asked(browser, "/authoring/v1/account/passkeys/options").await;
    let credential = device.creates(&asked["options"]);
    let body = json!({ "ceremony": asked["ceremony"], "credential": credential, "name": "Phone" });
    browser.posts("/authoring/v1/account/passkeys", &body).await
}

async fn signs_in(browser: &mut Browser<'_>, device: &mut Device) -> Answer {
    let asked = asked(browser, "/authoring/v1/session/passkey/options").await;
    let credential = device.gets(&asked["options"]);
    let body = json!({ "ceremony": asked["ceremony"], "credential": credential });
    browser.posts("/authoring/v1/session/passkey/verify", &body).await
}

#[tokio::test]
async fn a_passkey_signs_in_without_a_name_and_counts_as_two_factors() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let mut phone = Device::new(7);
    let before = ana.cookies["cms_session"].clone();
    let added = adds(&mut ana, &mut phone).await;
    assert_eq!(added.status, 201, "{}", added.json());
    assert_ne!(ana.cookies["cms_session"], before, "more ways in, another secret");
    // The new cookie has a token of its own.
    ana.gets("/authoring/v1/session").await;
    let tag = ana.gets("/authoring/v1/sign-in-policy").await.header("etag").to_owned();
    let policy = json!({ "second_factor_from": "administrator", "grace_days": 0 });
    ana.asks("PUT", "/authoring/v1/sign-in-policy", &[("if-match", &tag)], Some(&policy)).await;

    let mut there = Browser::new(&app);
    let answer = signs_in(&mut there, &mut phone).await;
    assert_eq!(answer.json()["stage"], "full", "{}", answer.json());
    assert_eq!(answer.json()["factors"], json!(["passkey"]));
    assert_eq!(there.gets("/authoring/v1/me").await.json()["role"], "administrator");
    let listed = there.gets("/authoring/v1/account/passkeys").await.json();
    let used_at = listed["passkeys"][0]["used_at"].as_str().unwrap();
    assert!(used_at.starts_with("2026-01-02T03:04:"), "{used_at}");
    // A password alone waits for the passkey then.
    let mut with_password = Browser::new(&app);
    let waits = with_password.signs_in("ana@example.org", PASSWORD).await;
    assert_eq!(waits.json()["stage"], "second-factor");
    assert_eq!(signs_in(&mut with_password, &mut phone).await.json()["stage"], "full");
}

#[tokio::test]
async fn what_a_device_says_is_taken_only_once_from_here_and_unlocked() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let mut phone = Device::new(7);
    adds(&mut ana, &mut phone).await;
    let mut there = Browser::new(&app);
    for (what, mut device) in [
        ("another key", Device { key: SigningKey::from_slice(&[9; 32]).unwrap(), ..phone.clone() }),
        ("another page", Device { origin: "https://evil.example".into(), ..phone.clone() }),
        ("not unlocked", Device { flags: PRESENT, ..phone.clone() }),
        ("another person", Device { handle: text(b"p-000000000000\0\0"), ..phone.clone() }),
        ("an unknown id", Device { id: vec![1; 16], ..phone.clone() }),
    ] {
        let refused = signs_in(&mut there, &mut device).await;
        assert_eq!(refused.code(), "sign-in-refused", "{what}");
        assert!(there.cookies.is_empty(), "{what}");
    }
    let mut fresh = Browser::new(&app);
    let asked = asked(&mut fresh, "/authoring/v1/session/passkey/options").await;
    let body =
        json!({ "ceremony": asked["ceremony"], "credential": phone.gets(&asked["options"]) });
    let path = "/authoring/v1/session/passkey/verify";
    assert_eq!(fresh.posts(path, &body).await.status, 200);
    assert_eq!(Browser::new(&app).posts(path, &body).await.code(), "sign-in-refused", "a replay");
    let mut copy = Device { counter: 0, ..phone.clone() };
    phone.counter += 5;
    assert_eq!(signs_in(&mut fresh, &mut phone).await.status, 200);
    let copied = signs_in(&mut Browser::new(&app), &mut copy).await;
    assert_eq!(copied.code(), "sign-in-refused", "a copied key counts from before");
    for malformed in [json!({}), json!({ "id": 7 }), json!({ "response": {} })] {
        let asked = self::asked(&mut fresh, "/authoring/v1/session/passkey/options").await;
        let body = json!({ "ceremony": asked["ceremony"], "credential": malformed });
        assert_eq!(fresh.posts(path, &body).await.code(), "sign-in-refused");
    }
}

#[tokio::test]
async fn a_passkey_is_removed_and_belongs_to_whoever_began_to_add_it() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let mut ben = ana.brings("Ben Okafor", "author").await;
    let asked = asked(&mut ana, "/authoring/v1/account/passkeys/options").await;
    let credential = Device::new(7).creates(&asked["options"]);
    let body = json!({ "ceremony": asked["ceremony"], "credential": credential, "name": "Phone" });
    let foreign = ben.posts("/authoring/v1/account/passkeys", &body).await;
    assert_eq!(foreign.code(), "sign-in-refused", "another person's ceremony");
    let mut phone = Device::new(8);
    let added = adds(&mut ben, &mut phone).await;
    assert_eq!(added.status, 201, "{}", added.json());
    ben.gets("/authoring/v1/session").await;
    let path =
        format!("/authoring/v1/account/passkeys/{}", added.json()["passkey"].as_str().unwrap());
    assert_eq!(ben.asks("DELETE", &path, &[], None).await.status, 204);
    assert_eq!(ben.asks("DELETE", &path, &[], None).await.code(), "account-unknown");
    assert_eq!(signs_in(&mut Browser::new(&app), &mut phone).await.code(), "sign-in-refused");
}
