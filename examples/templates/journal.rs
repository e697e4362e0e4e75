//! The creations of the last hour, which count towards Meta's limit.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};

use crate::{
    Result,
    file::{self, Key},
    shared::file::{at, write_json},
};

/// How many templates an account can create in an hour.
const CREATIONS_PER_HOUR: usize = 100;
pub const HOUR: Duration = Duration::from_secs(60 * 60);

/// The requests of the last hour that created a template, or may have. It is stored before each of them
/// is sent, so that the next run knows of a request whose response it has not seen.
pub struct Journal {
    path: PathBuf,
    creations: Vec<Creation>,
}

#[derive(Deserialize, Serialize)]
struct Creation {
    name: String,
    language: String,
    /// In seconds since 1970-01-01 UTC.
    time: u64,
}

impl Journal {
    pub fn open(folder: &Path, account: &str) -> Result<Self> {
        let account = file::encode(account, |byte| byte.is_ascii_lowercase());
        let path = folder.join(format!(".import-{account}.json"));
        let mut creations = Vec::new();
        if fs::exists(&path).map_err(at(path.display()))? {
            let text = fs::read(&path).map_err(at(path.display()))?;
            creations = serde_json::from_slice(&text).map_err(|error| {
                let path = path.display();
                format!("{path}: not a list of creations: {error}; remove the file")
            })?;
        }
        Ok(Self { path, creations })
    }

    /// Returns how long to wait before the next creation, if the limit is reached.
    pub fn wait(&self, now: SystemTime) -> Option<Duration> {
        let now = seconds(now);
        let mut times: Vec<u64> = self.recent(now).map(|creation| creation.time).collect();
        times.sort_unstable();
        // When fewer than the limit are left.
        let last = times.len().checked_sub(CREATIONS_PER_HOUR)?;
        Some(Duration::from_secs(
            (times[last] + HOUR.as_secs()).saturating_sub(now),
        ))
    }

    /// Returns whether a request for this template was sent in the last hour.
    pub fn has(&self, key: &Key, now: SystemTime) -> bool {
        let mut recent = self.recent(seconds(now));
        recent.any(|creation| creation.name == key.name && creation.language == key.language)
    }

    /// Stores that a request is about to be sent.
    pub fn add(&mut self, key: &Key, now: SystemTime) -> Result<()> {
        let now = seconds(now);
        self.creations.retain(|creation| is_recent(creation, now));
        self.creations.push(Creation {
            name: key.name.clone(),
            language: key.language.clone(),
            time: now,
        });
        Ok(write_json(&self.path, &self.creations)?)
    }

    /// Stores that the last request has created nothing.
    pub fn remove_last(&mut self) -> Result<()> {
        self.creations.pop();
        Ok(write_json(&self.path, &self.creations)?)
    }

    fn recent(&self, now: u64) -> impl Iterator<Item = &Creation> {
        let creations = self.creations.iter();
        creations.filter(move |creation| is_recent(creation, now))
    }
}

fn is_recent(creation: &Creation, now: u64) -> bool {
    now < creation.time.saturating_add(HOUR.as_secs())
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_counts_the_creations_of_the_last_hour() {
        let folder = tempfile::tempdir().expect("a folder");
        let open = || Journal::open(folder.path(), "1").expect("a journal");
        let start = UNIX_EPOCH + Duration::from_secs(1_000_000);
        let at = |minutes: u64| start + Duration::from_secs(60 * minutes);
        let key = |number: u64| Key {
            name: format!("t{number}"),
            language: "en".to_owned(),
        };
        let mut journal = open();
        for number in 0..99 {
            journal.add(&key(number), at(number / 10)).expect("written");
        }
        assert_eq!(open().wait(at(10)), None);
        journal.add(&key(99), at(10)).expect("written");
        assert_eq!(open().wait(at(10)), Some(Duration::from_secs(50 * 60)));
        assert_eq!(open().wait(at(60)), None, "the first ten are an hour old");
        assert!(open().has(&key(0), at(59)) && !open().has(&key(0), at(60)));
        journal.remove_last().expect("written");
        assert_eq!(open().wait(at(10)), None);
    }
}
