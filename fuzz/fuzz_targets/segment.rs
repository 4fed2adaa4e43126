//! Fuzzes segments and the other sealed files.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cms_core::engine::local::arbitrary::sealed_file(bytes));
