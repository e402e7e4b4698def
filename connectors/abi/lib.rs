//! The boundary between the host and a connector library: C entry points, versions, frames, and the panic fence.
//!
//! A connector library calls [`export!`] once. The host opens the library, finds the symbol, has [`Entry::accept`] look at the versions,
//! and uses a [`LoadedConnector`], which is a `Connector` like any linked one. What messages mean is `selaras-connector-api`'s business;
//! finding and opening files is the host's.
//!
//! Rules of the boundary:
//!
//! - ABI number, size, build identity and name stand first in the table and can be read before anything is called.
//! - Fields are only ever appended; a table that is longer than expected is fine, a shorter one is refused.
//! - A buffer is freed by the side that made it, through that side's `free`.
//! - Nothing unwinds across. A panic in the library is caught inside it, becomes a status, and poisons the library for this process.
//! - A message longer than [`MAX_MESSAGE`] is refused unread, by either side.

mod bridge;
mod fence;
mod frame;
mod library;
mod loaded;
mod table;

pub use fence::Fence;
pub use frame::{BadFrame, MAX_MESSAGE};
pub use loaded::LoadedConnector;
pub use table::{ABI, BUILD, Buffer, Bytes, Entry, HostTable, Op, Refusal, SYMBOL, Status, symbols};

/// Makes a connector. The argument is the text of `connector.toml` for a connector that is declared in one, else nothing.
pub type Constructor =
    fn(Option<&str>) -> Result<Box<dyn selaras_connector_api::Connector>, selaras_connector_api::Failure>;

/// What the expansion of [`export!`] needs. Not for use by hand.
#[doc(hidden)]
pub mod glue {
    pub use crate::library::{call, create, destroy, free};
    pub use core::ffi::c_void;
}

/// Exports a connector from its library.
///
/// The first argument is the name of the symbol, which must be `selaras_connector_v1_NAME`: several connectors may be linked into one
/// program, so the name has to tell them apart. The second is the [`Constructor`].
///
/// ```
/// # use selaras_connector_api::{Code, Connector, Failure};
/// fn new(_config: Option<&str>) -> Result<Box<dyn Connector>, Failure> {
///     Err(Failure::new(Code::Unsupported, "an example has nothing to connect to"))
/// }
/// selaras_connector_abi::export!(selaras_connector_v1_example, new);
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! export {
    ($symbol:ident, $constructor:expr) => {
        const _: () = {
            static FENCE: $crate::Fence = $crate::Fence::new();
            const CONSTRUCTOR: $crate::Constructor = $constructor;

            unsafe extern "C" fn create(config: $crate::Bytes, out: *mut $crate::Buffer) -> *mut $crate::glue::c_void {
                // SAFETY: the caller keeps the promises that `Entry::create` asks for.
                unsafe { $crate::glue::create(&FENCE, CONSTRUCTOR, config, out) }
            }

            unsafe extern "C" fn call(
                handle: *mut $crate::glue::c_void,
                op: u32,
                host: *const $crate::HostTable,
                input: $crate::Bytes,
                out: *mut $crate::Buffer,
            ) -> i32 {
                // SAFETY: the caller keeps the promises that `Entry::call` asks for.
                unsafe { $crate::glue::call(&FENCE, handle, op, host, input, out) }
            }

            unsafe extern "C" fn destroy(handle: *mut $crate::glue::c_void) {
                // SAFETY: the caller keeps the promises that `Entry::destroy` asks for.
                unsafe { $crate::glue::destroy(&FENCE, handle) }
            }

            static ENTRY: $crate::Entry = $crate::Entry::new(
                env!("CARGO_PKG_NAME"),
                env!("CARGO_PKG_VERSION"),
                create,
                call,
                destroy,
                $crate::glue::free,
            );

            #[unsafe(no_mangle)]
            pub extern "C" fn $symbol() -> *const $crate::Entry {
                &raw const ENTRY
            }
        };
    };
}
