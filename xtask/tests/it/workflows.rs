//! The workflows in .github and their scripts.

mod rules;

// The scripts run only on GitHub's Linux runners.
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
