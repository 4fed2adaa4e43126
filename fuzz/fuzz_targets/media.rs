//! Fuzzes the intake of media files.

#![no_main]

use cms_core::media::taken_in;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(taken) = taken_in(bytes.to_vec()) {
        let again = taken_in(taken.bytes.clone()).expect("what was taken in is taken in again");
        assert_eq!((again.bytes, again.media_type), (taken.bytes, taken.media_type));
    }
});
