//! What the program writes on a terminal: results on stdout, everything else on stderr.
//!
//! Colour and progress bars appear only on a terminal, and colour not when `NO_COLOR` is set.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Writes a result to stdout, so that a closed pipe is an error the caller can end on quietly.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}

/// Writes a result that is there as bytes.
pub(crate) fn print_bytes(bytes: &[u8]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(())
}

pub(crate) fn print_error(error: &anyhow::Error) {
    let mut err = io::stderr().lock();
    // Nothing can be done when stderr is closed.
    let _ = writeln!(err, "{}: {error:#}", paint(&io::stderr(), "31;1", "error"));
}

pub(crate) fn print_warning(text: &str) {
    let mut err = io::stderr().lock();
    let _ = writeln!(err, "{}: {text}", paint(&io::stderr(), "33;1", "warning"));
}

pub(crate) fn print_note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Whether this error is the reader of our output having gone away.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe))
}

/// Colours for stdout; plain words when it is not a terminal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Palette {
    enabled: bool,
}

impl Palette {
    pub(crate) fn for_stdout() -> Palette {
        Palette { enabled: allows_colour(&io::stdout()) }
    }
    pub(crate) fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }
    pub(crate) fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }
    pub(crate) fn red(self, text: &str) -> String {
        self.wrap("31;1", text)
    }
    pub(crate) fn yellow(self, text: &str) -> String {
        self.wrap("33", text)
    }
    pub(crate) fn green(self, text: &str) -> String {
        self.wrap("32", text)
    }
    fn wrap(self, code: &str, text: &str) -> String {
        if self.enabled { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// Whether colours may be written there.
pub(crate) fn allows_colour(stream: &impl IsTerminal) -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()) && stream.is_terminal()
}

fn paint(stream: &impl IsTerminal, code: &str, text: &str) -> String {
    Palette { enabled: allows_colour(stream) }.wrap(code, text)
}

/// A progress bar on stderr over `steps`; invisible when stderr is not a terminal.
pub(crate) fn progress(steps: u64) -> ProgressBar {
    let target = if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(steps), target);
    if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} {wide_msg}") {
        bar.set_style(style);
    }
    bar
}

/// Cuts `text` to about `columns` terminal columns, one line, with an ellipsis.
pub(crate) fn shorten(text: &str, columns: usize) -> String {
    let mut width = 0;
    let mut out = String::new();
    for c in text.chars() {
        // A document's control characters must not reach the terminal.
        let c = if c.is_control() { ' ' } else { c };
        width += if bidlens_domain::fold::is_cjk(c) { 2 } else { 1 };
        if width > columns {
            out.push('…');
            break;
        }
        if !(c == ' ' && out.ends_with(' ')) {
            out.push(c);
        }
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_by_columns_and_cleaned() {
        assert_eq!(shorten("投标有效期九十日", 8), "投标有效…");
        assert_eq!(shorten("a\u{1b}[31mb\n\nc", 20), "a [31mb c");
    }
}
