//! A repository to run tasks on.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use tempfile::TempDir;

/// A repository that holds only specs/ and the code generated from it.
pub struct Repository(TempDir);

impl Repository {
    /// The frozen specs under `tests/fixtures/repository`, with all that `prepare` makes of them.
    /// No refresh changes them, so no refresh breaks a test that uses them.
    pub fn frozen() -> Self {
        static PREPARED: OnceLock<Repository> = OnceLock::new();
        let prepared = PREPARED.get_or_init(|| {
            let repository = Self::copy_of(&fixtures().join("repository"));
            let (code, printed) = repository.prepare(&[]);
            assert_eq!(code, 0, "the frozen specs cannot be prepared: {printed}");
            repository
        });
        Self::copy_of(prepared.0.path())
    }

    fn copy_of(root: &Path) -> Self {
        let repository = Self(TempDir::new().expect("a folder"));
        for folder in ["specs", "src/generated", "tests/generated"] {
            if root.join(folder).exists() {
                copy(&root.join(folder), &repository.path(folder));
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
        outcome(shell)
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
        outcome(self.command(task, arguments))
    }

    /// The task as a command yet to be run.
    pub fn command(&self, task: &str, arguments: &[&str]) -> Command {
        let mut command = self::task(task, arguments);
        command
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

/// `cargo xtask <task>` as a command yet to be run; `CARGO_MANIFEST_DIR` tells it the repository.
pub fn task(task: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg(task).args(arguments);
    command
}

/// Runs `command` to its end; returns its exit code and all it printed.
pub fn outcome(mut command: Command) -> (i32, String) {
    let output = command.output().expect("the task runs");
    let printed = [output.stdout, output.stderr].concat();
    let code = output.status.code().expect("a code");
    (code, String::from_utf8(printed).expect("text"))
}

/// The folder of documents and pages that tests stand on.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the folder can be listed") {
        let entry = entry.expect("an entry of the folder").path();
        let target = to.join(entry.file_name().expect("a name"));
        if entry.is_dir() {
            copy(&entry, &target);
        } else {
            fs::copy(entry, target).expect("copied");
        }
    }
}
