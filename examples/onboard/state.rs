//! The files that a run keeps for the next one: the state, which has no secret, and the token.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use waba::Secret;

use super::shared::file::at;

/// The facts known about the customer. They contain no secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub waba_id: Option<String>,
    pub phone_number_id: Option<String>,
    pub template_id: Option<String>,
}

impl State {
    /// Reads the state of an earlier run, if there is one.
    pub fn read(path: &Path) -> io::Result<Self> {
        match fs::read(path) {
            Ok(json) => serde_json::from_slice(&json).map_err(|error| {
                let text = format!(
                    "{}: {error}; delete the file to start again",
                    path.display()
                );
                io::Error::new(io::ErrorKind::InvalidData, text)
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(at(path.display())(error)),
        }
    }
}

/// The file of the customer's token. It stands for the store for secrets of a real program.
pub struct TokenFile(PathBuf);

impl TokenFile {
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Returns the token of an earlier run, if there is one.
    pub fn read(&self) -> io::Result<Option<Secret>> {
        match fs::read_to_string(&self.0) {
            Ok(token) if token.trim().is_empty() => Ok(None),
            Ok(token) => Ok(Some(token.trim().into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(at(self.0.display())(error)),
        }
    }

    /// Opens the file for a new token. Do this before the exchange: a token that cannot be kept is
    /// lost, because its code is used up. On Unix, only the owner can read the file.
    pub fn open(&self) -> io::Result<File> {
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&self.0).map_err(at(self.0.display()))
    }

    pub fn keep(&self, mut file: File, token: &Secret) -> io::Result<()> {
        let written = file.write_all(token.expose().as_bytes());
        let written = written.and_then(|()| file.sync_all());
        written.map_err(at(self.0.display()))
    }
}
