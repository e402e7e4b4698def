//! Hands the compiler's own version to the crate, as part of the build identity. Decides nothing.

use std::env;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(compiler)
        .arg("--version")
        .output()
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .unwrap_or_default();
    let version = version.trim();
    println!("cargo::rustc-env=SELARAS_RUSTC={}", if version.is_empty() { "rustc unknown" } else { version });
}
