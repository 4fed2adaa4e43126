//! The fuzzers' targets over some hundred inputs, for machines without a fuzzer.

use cms_core::engine::{
    faulty::against_memory,
    local::arbitrary::{journal_frame, sealed_file},
};
use proptest::prelude::*;

use super::long;

fn cases() -> ProptestConfig {
    ProptestConfig { cases: if long() { 20_000 } else { 200 }, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn arbitrary_bytes_are_no_frame(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        journal_frame(&bytes);
    }

    #[test]
    fn arbitrary_bytes_in_a_sealed_file_are_an_error(
        bytes in prop::collection::vec(prop_oneof![Just(0u8), Just(1), any::<u8>()], 0..600),
    ) {
        sealed_file(&bytes);
    }

    #[test]
    fn files_answer_as_memory_does(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        against_memory(&bytes);
    }
}
