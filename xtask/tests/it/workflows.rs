//! The workflows under .github, and the scripts that they run.

mod rules;

// The scripts run on GitHub's Linux machines only.
#[cfg(target_os = "linux")]
mod comment;
#[cfg(target_os = "linux")]
mod gate;
#[cfg(target_os = "linux")]
mod issue;
#[cfg(target_os = "linux")]
mod project;
#[cfg(target_os = "linux")]
mod refresh;
#[cfg(target_os = "linux")]
mod watch;
