//! Fuzzes differences and merges of documents.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cms_core::document::arbitrary::laws(bytes));
