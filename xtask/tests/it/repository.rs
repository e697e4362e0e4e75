//! A repository to run tasks on.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// A repository whose only content is specs/.
pub struct Repository(TempDir);

impl Repository {
    /// The specs of this repository, copied.
    pub fn copied() -> Self {
        let repository = Self(TempDir::new().expect("a folder"));
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
        fs::create_dir_all(repository.path("specs")).expect("a folder");
        for file in ["sources.toml", "sources.lock"] {
            let path = repository.path("specs").join(file);
            fs::copy(here.join(file), path).expect("copied");
        }
        for api in ["dialog360", "graph"] {
            fs::create_dir_all(repository.path("specs").join(api)).expect("a folder");
            for file in fs::read_dir(here.join(api)).expect("the specs") {
                let from = file.expect("a file").path();
                let to = repository
                    .path("specs")
                    .join(api)
                    .join(from.file_name().expect("a name"));
                fs::copy(from, to).expect("copied");
            }
        }
        repository
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).expect(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        fs::write(self.path(path), text).expect(path);
    }

    /// Runs `cargo xtask prepare`; gives its exit code and all it printed.
    pub fn prepare(&self, arguments: &[&str]) -> (i32, String) {
        self.run("prepare", arguments)
    }

    /// Runs `cargo xtask refresh`; gives its exit code and all it printed.
    pub fn refresh(&self, arguments: &[&str]) -> (i32, String) {
        self.run("refresh", arguments)
    }

    /// Runs `cargo xtask refresh` as a line of a shell says, which gets it as its arguments.
    #[cfg(unix)]
    pub fn refresh_in(&self, line: &str, arguments: &[&str]) -> (i32, String) {
        let task = self.command("refresh", arguments);
        let mut shell = Command::new("sh");
        shell.args(["-c", line]).arg(task.get_program());
        shell.args(task.get_args()).current_dir(self.0.path());
        shell.env("CARGO_MANIFEST_DIR", self.path("xtask"));
        Self::outcome(shell)
    }

    /// Runs `cargo xtask release`; gives its exit code and all it printed.
    pub fn release(&self, arguments: &[&str]) -> (i32, String) {
        self.run("release", arguments)
    }

    /// Runs `cargo xtask diff`; gives its exit code and all it printed.
    pub fn diff(&self, arguments: &[&str]) -> (i32, String) {
        self.run("diff", arguments)
    }

    fn run(&self, task: &str, arguments: &[&str]) -> (i32, String) {
        Self::outcome(self.command(task, arguments))
    }

    fn outcome(mut command: Command) -> (i32, String) {
        let output = command.output().expect("the task runs");
        let printed = [output.stdout, output.stderr].concat();
        let code = output.status.code().expect("a code");
        (code, String::from_utf8(printed).expect("text"))
    }

    /// The task as a command yet to be run.
    pub fn command(&self, task: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .arg(task)
            .args(arguments)
            .env("CARGO_MANIFEST_DIR", self.path("xtask"))
            .current_dir(self.0.path());
        command
    }

    /// The paths of all files in specs/ with their content.
    pub fn specs(&self) -> Vec<(PathBuf, String)> {
        let mut files = Vec::new();
        let mut folders = vec![self.path("specs")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push((path.clone(), fs::read_to_string(path).expect("text")));
                }
            }
        }
        files.sort();
        files
    }
}
