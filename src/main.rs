//! Entry: arguments in, exit code out. Everything else lives in `selaras-cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(selaras_cli::run(std::env::args_os()).code())
}
