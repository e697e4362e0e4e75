//! The progress of a run, on the standard error.

use std::fmt::Display;

use indicatif::{ProgressBar, ProgressStyle};

use super::output::log;

/// A bar on a terminal, and lines elsewhere.
pub struct Progress(ProgressBar);

impl Progress {
    /// Starts at 0 of `steps`, or of an unknown number of steps.
    pub fn new(steps: Option<u64>) -> Self {
        let bar = steps.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        Self(bar).styled()
    }

    fn styled(self) -> Self {
        let template = match self.0.length() {
            Some(_) => "{wide_bar} {pos}/{len} {eta} {msg}",
            None => "{spinner} {pos} {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.0.set_style(style);
        }
        self
    }

    /// Sets the number of steps, once it is known.
    pub fn set_steps(&mut self, steps: u64) {
        self.0.set_length(steps);
        *self = Self(self.0.clone()).styled();
    }

    /// Counts `steps` steps, and names the last one.
    pub fn advance(&self, steps: u64, last: impl Display) {
        self.0.inc(steps);
        if !self.0.is_hidden() {
            self.0.set_message(last.to_string());
            return;
        }
        let position = self.0.position();
        match self.0.length() {
            Some(length) => log(format_args!("{position}/{length} {last}")),
            None => log(format_args!("{position} {last}")),
        }
    }

    /// Counts a step that is reported elsewhere.
    pub fn count(&self) {
        self.0.inc(1);
    }

    /// Writes something else to the terminal, without the bar.
    pub fn suspend<T>(&self, write: impl FnOnce() -> T) -> T {
        self.0.suspend(write)
    }

    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
