//! Fuzzes frames and payloads of journals.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cms_core::engine::local::arbitrary::journal_frame(bytes));
