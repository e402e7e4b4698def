//! A library that exports the right symbol with a table of another ABI.

use selaras_connector_abi::{ABI, Buffer, Bytes, Entry, HostTable};
use std::ffi::c_void;

unsafe extern "C" fn create(_: Bytes, _: *mut Buffer) -> *mut c_void {
    // Calling anything of a foreign ABI is what must not happen.
    std::process::abort()
}

unsafe extern "C" fn call(_: *mut c_void, _: u32, _: *const HostTable, _: Bytes, _: *mut Buffer) -> i32 {
    std::process::abort()
}

unsafe extern "C" fn destroy(_: *mut c_void) {
    std::process::abort()
}

unsafe extern "C" fn free(_: Buffer) {
    std::process::abort()
}

static ENTRY: Entry = Entry { abi: ABI + 41, ..Entry::new("stranger", "9", create, call, destroy, free) };

/// The one symbol.
#[unsafe(no_mangle)]
pub extern "C" fn selaras_connector_v1() -> *const Entry {
    &raw const ENTRY
}
