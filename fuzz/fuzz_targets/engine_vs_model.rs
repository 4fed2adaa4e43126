//! Fuzzes the local engine, with crashes, against the engine in memory.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cms_core::engine::faulty::against_memory(bytes));
