//! Lines on the standard output and the standard error.

use std::{
    fmt::Display,
    io::{self, ErrorKind, Write},
};

/// Writes lines until the reader closes the pipe, as `head` does. Later lines are dropped, so that work
/// that has begun is completed.
pub struct Output<W> {
    writer: W,
    closed: bool,
}

impl<W: Write> Output<W> {
    pub fn new(writer: W) -> Self {
        Self {
            writer,
            closed: false,
        }
    }

    /// Writes `text`, which can have several lines, and a line break.
    pub fn line(&mut self, text: impl Display) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        match writeln!(self.writer, "{text}").and_then(|()| self.writer.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            written => written,
        }
    }

    #[cfg(test)]
    pub fn into_inner(self) -> W {
        self.writer
    }
}

/// Writes a line to the standard error. If it is closed, the program goes on.
pub fn log(text: impl Display) {
    if cfg!(test) {
        // Captured, and shown if the test fails.
        eprintln!("{text}");
    } else {
        let _ = writeln!(io::stderr(), "{text}");
    }
}

/// Returns `text` on one line without control characters: names come from other people.
pub fn one_line(text: &str) -> String {
    let breaks =
        |c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let parts: Vec<_> = text.split(breaks).filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pipe whose reader closes it after one write.
    struct Pipe(usize);

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            match self.0 {
                0..10 => Ok(bytes.len()),
                10..20 => Err(ErrorKind::BrokenPipe.into()),
                _ => panic!("written to a closed pipe"),
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_ends_the_output_and_not_the_program() {
        let mut output = Output::new(Pipe(0));
        for _ in 0..9 {
            output.line("12345").expect("no error");
        }
    }

    #[test]
    fn a_name_cannot_move_the_cursor_or_add_a_line() {
        assert_eq!(one_line("a\u{1b}[2Jb\r\nc\u{202e}d"), "a [2Jb c d");
    }
}
