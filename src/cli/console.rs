//! Where text goes: data to stdout or a file, talk to stderr, styles only where they are wanted.

use crate::catalogue::Catalogue;
use crate::failure::Failure;
use crate::report::{Screen, fitted};
use selaras_model::Message;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// The columns of a page when nobody says otherwise: for pipes and files.
const PLAIN_WIDTH: usize = 100;
/// The widest page: longer lines are hard to read.
const WIDEST: usize = 140;

/// Prints data to stdout, with its styles where stdout wants them. A reader that went away is no error.
///
/// # Errors
/// When stdout cannot be written for another reason, such as a full disk behind it.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::not_written(Path::new("stdout"), &error))
        }
        _ => Ok(()),
    }
}

/// Writes data to a file, without styles.
///
/// # Errors
/// When the file cannot be written.
pub fn save(file: &Path, text: &str) -> Result<(), Failure> {
    let plain = anstream::adapter::strip_str(text).to_string();
    std::fs::write(file, plain).map_err(|error| Failure::not_written(file, &error))
}

/// Tries whether a file can be written, and leaves it as it was: better to know before a long run than after it.
///
/// # Errors
/// When the file cannot be written.
pub fn try_file(file: &Path) -> Result<(), Failure> {
    let there = file.exists();
    let tried = std::fs::OpenOptions::new().append(true).create(true).open(file);
    tried.map_err(|error| Failure::not_written(file, &error))?;
    if !there {
        let _ = std::fs::remove_file(file);
    }
    Ok(())
}

/// Says a line on stderr. Nobody is told if that fails: there is nowhere left to tell it.
pub fn say(line: &str) {
    let mut stderr = anstream::stderr().lock();
    let _ = writeln!(stderr, "{line}");
}

/// Says a text on stderr in lines that fit, each after a margin.
pub fn say_fitted(text: &str, margin: usize) {
    let columns = if io::stderr().is_terminal() { terminal_size::terminal_size_of(io::stderr()) } else { None };
    let columns = columns.map_or(PLAIN_WIDTH, |(width, _)| usize::from(width.0)).clamp(40, WIDEST);
    say_block(&fitted(text, margin, columns));
}

/// Says lines on stderr that end with a line end already.
pub fn say_block(text: &str) {
    let mut stderr = anstream::stderr().lock();
    let _ = stderr.write_all(text.as_bytes());
}

/// Whether a person can be asked: whoever sits at a terminal can answer, and is asked there even if what is said goes to a file.
#[must_use]
pub fn can_ask() -> bool {
    io::stdin().is_terminal()
}

/// Puts a question where it is seen: on stderr, or on the terminal itself where stderr goes elsewhere.
fn put(question: &str) {
    let text = format!("\n{question} ");
    if !io::stderr().is_terminal()
        && let Ok(mut terminal) = std::fs::OpenOptions::new().write(true).open("/dev/tty")
    {
        let _ = terminal.write_all(text.as_bytes());
        return;
    }
    let mut stderr = anstream::stderr().lock();
    let _ = stderr.write_all(text.as_bytes());
    let _ = stderr.flush();
}

/// How often a question looks whether it was cancelled.
const GLANCE: Duration = Duration::from_millis(50);

/// Asks on stderr whether to go ahead. Only a clear yes is one; Ctrl-C is a no.
#[must_use]
pub fn ask(catalogue: &Catalogue, question: &str, cancelled: &AtomicBool) -> bool {
    let question = format!("{} {}", catalogue.text(question), catalogue.text("ask-options"));
    line(&question, cancelled).is_some_and(|answer| is_yes(&answer))
}

/// Asks on stderr for a line; `None` when it was cancelled or there is nothing to read.
#[must_use]
pub fn line(question: &str, cancelled: &AtomicBool) -> Option<String> {
    put(question);
    let (tell, told) = mpsc::channel();
    // Whoever waits for a line cannot see a signal. The thread is left to itself when nobody wants its line any more.
    let _detached = thread::Builder::new().name("question".to_owned()).spawn(move || {
        let mut answer = String::new();
        let read = io::stdin().lock().read_line(&mut answer);
        let _ = tell.send(read.map(|_| answer));
    });
    loop {
        match told.recv_timeout(GLANCE) {
            Ok(answer) => {
                let answer = answer.ok().filter(|answer| !answer.is_empty() && !cancelled.load(Ordering::SeqCst));
                return answer.map(|answer| answer.trim().to_owned());
            }
            Err(RecvTimeoutError::Timeout) if !cancelled.load(Ordering::SeqCst) => {}
            Err(_) => return None,
        }
    }
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "ya" | "yes")
}

/// Tells on stderr where a report went.
pub fn say_written(catalogue: &Catalogue, file: &Path) {
    say(&catalogue.render(&Message::new("report-written").with("file", file.display())));
}

/// The screen that reports are laid out for. `to_stdout`: whether the text goes there, so that its width counts.
#[must_use]
pub fn screen(to_stdout: bool, all: bool) -> Screen {
    let terminal = to_stdout && io::stdout().is_terminal();
    let width =
        terminal.then(terminal_size::terminal_size).flatten().map_or(PLAIN_WIDTH, |(width, _)| usize::from(width.0));
    Screen { width: width.clamp(40, WIDEST), all, tail: String::new(), selection: String::new(), apply: String::new() }
}

#[cfg(test)]
mod tests {
    use super::is_yes;

    #[test]
    fn only_a_clear_yes_is_one() {
        assert!(is_yes("y\n") && is_yes(" Ya ") && is_yes("YES"));
        // `t` is Indonesian for no, and an empty answer is one too.
        assert!(!is_yes("t") && !is_yes("") && !is_yes("yo") && !is_yes("n"));
    }
}
