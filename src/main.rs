//! Entry: arguments in, exit code out. Everything else lives in `selaras-cli`.

fn main() {}
