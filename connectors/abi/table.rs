//! The C types of the boundary: tables of functions, buffers, operations and statuses. Who calls what when is told in `library` and
//! `loaded`.

use crate::frame::{BadFrame, MAX_MESSAGE};
use core::ffi::c_void;
use core::{fmt, mem, ptr, slice};

/// The number of this ABI. Another number means that nothing else may be touched.
pub const ABI: u32 = 1;

/// The symbol that a library exports, either plainly or followed by `_` and the connector's name.
pub const SYMBOL: &str = "selaras_connector_v1";

/// The build identity: the compiler, and the version of this crate. It need not be equal on both sides, but a difference is worth showing.
pub const BUILD: &str = concat!(env!("SELARAS_RUSTC"), ", abi ", env!("CARGO_PKG_VERSION"));

/// The symbols under which a connector of this name may be exported, best first.
#[must_use]
pub fn symbols(name: &str) -> [String; 2] {
    [format!("{SYMBOL}_{}", name.replace(['-', '.'], "_")), SYMBOL.to_owned()]
}

/// Bytes lent for the length of a call.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Bytes {
    /// The first byte; null means that there is nothing, which is not the same as an empty text.
    pub ptr: *const u8,
    /// How many.
    pub len: usize,
}

impl Bytes {
    /// Nothing at all.
    pub const NONE: Bytes = Bytes { ptr: ptr::null(), len: 0 };

    /// Lends a slice.
    #[must_use]
    pub const fn lend(slice: &[u8]) -> Self {
        Self { ptr: slice.as_ptr(), len: slice.len() }
    }

    /// The slice; nothing for null.
    ///
    /// # Errors
    /// When the length is beyond [`MAX_MESSAGE`], or there is a length without bytes. Neither is looked at.
    ///
    /// # Safety
    /// If not null, the bytes must be readable for as long as `'a`.
    pub unsafe fn read<'a>(self) -> Result<Option<&'a [u8]>, BadFrame> {
        if self.len > MAX_MESSAGE {
            return Err(BadFrame::TooLarge(self.len));
        }
        if self.ptr.is_null() {
            return if self.len == 0 { Ok(None) } else { Err(BadFrame::Truncated) };
        }
        // SAFETY: not null, and the caller promises that the bytes are readable.
        Ok(Some(unsafe { slice::from_raw_parts(self.ptr, self.len) }))
    }
}

/// Bytes with an owner: the side that made them, which is also the side that frees them.
#[repr(C)]
#[derive(Debug)]
pub struct Buffer {
    /// The first byte, or null.
    pub ptr: *mut u8,
    /// How many are in use.
    pub len: usize,
    /// How many were set aside.
    pub cap: usize,
}

impl Buffer {
    /// No buffer.
    pub const EMPTY: Buffer = Buffer { ptr: ptr::null_mut(), len: 0, cap: 0 };

    /// Gives bytes away as a buffer of ours.
    #[must_use]
    pub fn give(bytes: Vec<u8>) -> Self {
        let mut bytes = mem::ManuallyDrop::new(bytes);
        Self { ptr: bytes.as_mut_ptr(), len: bytes.len(), cap: bytes.capacity() }
    }

    /// The bytes, lent.
    #[must_use]
    pub fn lend(&self) -> Bytes {
        Bytes { ptr: self.ptr, len: self.len }
    }

    /// Takes a buffer of ours back.
    ///
    /// # Safety
    /// It must be empty or come from [`Buffer::give`] of the same copy of this crate, unchanged, and not be used again.
    pub unsafe fn take_back(self) -> Vec<u8> {
        if self.ptr.is_null() {
            return Vec::new();
        }
        // SAFETY: the caller promises that these are the parts of a vector of this side.
        unsafe { Vec::from_raw_parts(self.ptr, self.len, self.cap) }
    }
}

/// What a library can be asked, one for each method of `Connector`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Op {
    /// `describe`; needs no host.
    Describe = 1,
    /// `open`.
    Open = 2,
    /// `spaces`.
    Spaces = 3,
    /// `rights`.
    Rights = 4,
    /// `read`.
    Read = 5,
    /// `get`.
    Get = 6,
    /// `write`.
    Write = 7,
    /// `close`.
    Close = 8,
}

impl Op {
    /// The operation of a number.
    #[must_use]
    pub fn of(number: u32) -> Option<Self> {
        [Op::Describe, Op::Open, Op::Spaces, Op::Rights, Op::Read, Op::Get, Op::Write, Op::Close]
            .into_iter()
            .find(|op| *op as u32 == number)
    }
}

/// How a call across the boundary ended. Anything but `Ok` comes with a `Failure` where one could be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Status {
    /// The answer is in the buffer.
    Ok = 0,
    /// The operation failed in an orderly way.
    Failed = 1,
    /// It panicked, just now.
    Panicked = 2,
    /// It panicked earlier in this process and is not used again.
    Poisoned = 3,
    /// The message made no sense.
    Malformed = 4,
    /// The message was too large and was not read.
    TooLarge = 5,
    /// No such operation.
    UnknownOp = 6,
    /// The other side's table is of another ABI.
    WrongAbi = 7,
}

/// What a library offers. Fields are only ever appended.
#[repr(C)]
#[derive(Debug)]
pub struct Entry {
    /// The ABI, see [`ABI`].
    pub abi: u32,
    /// The size of this table in bytes.
    pub size: u32,
    /// The build identity, see [`BUILD`]. UTF-8, lives as long as the process.
    pub build: Bytes,
    /// The name of the package that made the library. UTF-8, lives as long as the process.
    pub package: Bytes,
    /// The version of that package. UTF-8, lives as long as the process.
    pub version: Bytes,
    /// Makes a connector from a configuration ([`Bytes::NONE`] for none); null on failure, which is then in the buffer.
    pub create: unsafe extern "C" fn(config: Bytes, out: *mut Buffer) -> *mut c_void,
    /// Performs an operation. One call at a time per connector. The answer, or the failure, is in the buffer.
    pub call: unsafe extern "C" fn(
        handle: *mut c_void,
        op: u32,
        host: *const HostTable,
        input: Bytes,
        out: *mut Buffer,
    ) -> i32,
    /// Ends a connector. Its handle is dead afterwards.
    pub destroy: unsafe extern "C" fn(handle: *mut c_void),
    /// Frees a buffer that this library made.
    pub free: unsafe extern "C" fn(buffer: Buffer),
}

// SAFETY: the texts are constants and the functions are safe to call from any thread.
unsafe impl Sync for Entry {}
// SAFETY: as above; nothing in the table belongs to a thread.
unsafe impl Send for Entry {}

impl Entry {
    /// A table of this ABI.
    #[must_use]
    pub const fn new(
        package: &'static str,
        version: &'static str,
        create: unsafe extern "C" fn(Bytes, *mut Buffer) -> *mut c_void,
        call: unsafe extern "C" fn(*mut c_void, u32, *const HostTable, Bytes, *mut Buffer) -> i32,
        destroy: unsafe extern "C" fn(*mut c_void),
        free: unsafe extern "C" fn(Buffer),
    ) -> Self {
        Self {
            abi: ABI,
            size: mem::size_of::<Entry>() as u32,
            build: Bytes::lend(BUILD.as_bytes()),
            package: Bytes::lend(package.as_bytes()),
            version: Bytes::lend(version.as_bytes()),
            create,
            call,
            destroy,
            free,
        }
    }

    /// Looks at the head of a table and accepts it, or says why not. Calls nothing.
    ///
    /// # Errors
    /// When the table is missing, of another ABI, too short, or its texts are unreadable.
    ///
    /// # Safety
    /// The pointer must be null or lead to a table that begins with the ABI number and the size, tells the truth in them, and lives as
    /// long as the process.
    pub unsafe fn accept(table: *const Entry) -> Result<&'static Entry, Refusal> {
        if table.is_null() || !table.is_aligned() {
            return Err(Refusal::Missing);
        }
        // SAFETY: every ABI begins with these two numbers. They are read on their own because the rest may not be there.
        let (abi, size) = unsafe { ((*table).abi, (*table).size) };
        if abi != ABI {
            return Err(Refusal::Abi { found: abi, wanted: ABI });
        }
        let wanted = mem::size_of::<Entry>() as u32;
        if size < wanted {
            return Err(Refusal::Size { found: size, wanted });
        }
        // SAFETY: of this ABI and long enough, so all the fields are there; the caller promises that it lives on.
        let entry = unsafe { &*table };
        let texts = [("build", entry.build), ("package", entry.package), ("version", entry.version)];
        match texts.into_iter().find(|(_, bytes)| text(*bytes).is_none()) {
            Some((what, _)) => Err(Refusal::Text(what)),
            None => Ok(entry),
        }
    }

    /// The build identity.
    #[must_use]
    pub fn build_text(&self) -> &'static str {
        text(self.build).unwrap_or_default()
    }

    /// The package's name.
    #[must_use]
    pub fn package_text(&self) -> &'static str {
        text(self.package).unwrap_or_default()
    }

    /// The package's version.
    #[must_use]
    pub fn version_text(&self) -> &'static str {
        text(self.version).unwrap_or_default()
    }
}

/// A constant text of a table. Long ones are nonsense.
fn text(bytes: Bytes) -> Option<&'static str> {
    if bytes.len > 4096 {
        return None;
    }
    // SAFETY: texts of a table live as long as the process.
    let bytes = unsafe { bytes.read() }.ok()??;
    core::str::from_utf8(bytes).ok()
}

/// Why a table was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is none.
    Missing,
    /// It is of another ABI.
    Abi {
        /// What it says.
        found: u32,
        /// What we speak.
        wanted: u32,
    },
    /// It is too short.
    Size {
        /// What it says.
        found: u32,
        /// What we need.
        wanted: u32,
    },
    /// One of its texts is unreadable.
    Text(&'static str),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Missing => f.write_str("the library exports no table"),
            Refusal::Abi { found, wanted } => {
                write!(
                    f,
                    "the library speaks ABI {found}, this runner speaks ABI {wanted}; build both from the same release"
                )
            }
            Refusal::Size { found, wanted } => {
                write!(
                    f,
                    "the library's table has {found} bytes, {wanted} are needed; build both from the same release"
                )
            }
            Refusal::Text(what) => write!(f, "the library's {what} text is unreadable"),
        }
    }
}

impl std::error::Error for Refusal {}

/// What the host offers to a library during a call.
#[repr(C)]
#[derive(Debug)]
pub struct HostTable {
    /// The ABI, see [`ABI`].
    pub abi: u32,
    /// The size of this table in bytes.
    pub size: u32,
    /// Handed back to every function.
    pub ctx: *mut c_void,
    /// Starts a request (a frame: `HttpRequest`, body) and writes its ticket.
    pub start: unsafe extern "C" fn(ctx: *mut c_void, request: Bytes, ticket: *mut u64) -> i32,
    /// Waits for a response: with `Ok` a frame of `HttpResponse` and body, with `Failed` a frame of `Transport`.
    pub wait: unsafe extern "C" fn(ctx: *mut c_void, ticket: u64, out: *mut Buffer) -> i32,
    /// Takes records (a frame: ids, versions and lengths, then the raw records).
    pub emit: unsafe extern "C" fn(ctx: *mut c_void, batch: Bytes) -> i32,
    /// Logs a line: 0 debug, 1 info, 2 warn.
    pub log: unsafe extern "C" fn(ctx: *mut c_void, level: u32, text: Bytes),
    /// 1 if the run is to end.
    pub cancelled: unsafe extern "C" fn(ctx: *mut c_void) -> i32,
    /// Frees a buffer that the host made.
    pub free: unsafe extern "C" fn(buffer: Buffer),
}
