//! A temporary repository in which tasks run.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use tempfile::TempDir;

/// A repository with only specs/ and the generated code.
pub struct Repository(TempDir);

impl Repository {
    /// Returns a copy of the specs in `tests/fixtures/repository`, with all files that `prepare`
    /// generates. A refresh of this repository does not change them, so it breaks no test.
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

    /// Runs `cargo xtask prepare`; returns its exit code and its output.
    pub fn prepare(&self, arguments: &[&str]) -> (i32, String) {
        self.run("prepare", arguments)
    }

    /// Runs `cargo xtask refresh`; returns its exit code and its output.
    pub fn refresh(&self, arguments: &[&str]) -> (i32, String) {
        self.run("refresh", arguments)
    }

    /// Runs `cargo xtask refresh` by a shell script, which gets the command as its arguments.
    #[cfg(unix)]
    pub fn refresh_in(&self, line: &str, arguments: &[&str]) -> (i32, String) {
        let task = self.command("refresh", arguments);
        let mut shell = Command::new("sh");
        shell.args(["-c", line]).arg(task.get_program());
        shell.args(task.get_args()).current_dir(self.0.path());
        shell.env("CARGO_MANIFEST_DIR", self.path("xtask"));
        outcome(shell)
    }

    /// Runs `cargo xtask release`; returns its exit code and its output.
    pub fn release(&self, arguments: &[&str]) -> (i32, String) {
        self.run("release", arguments)
    }

    /// Runs `cargo xtask diff`; returns its exit code and its output.
    pub fn diff(&self, arguments: &[&str]) -> (i32, String) {
        self.run("diff", arguments)
    }

    fn run(&self, task: &str, arguments: &[&str]) -> (i32, String) {
        outcome(self.command(task, arguments))
    }

    /// Returns the command that runs the task.
    pub fn command(&self, task: &str, arguments: &[&str]) -> Command {
        let mut command = self::task(task, arguments);
        command
            .env("CARGO_MANIFEST_DIR", self.path("xtask"))
            .current_dir(self.0.path());
        command
    }

    /// Returns the paths of all files in specs/ with their contents.
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

/// Returns the command `cargo xtask <task>`. `CARGO_MANIFEST_DIR` selects the repository.
pub fn task(task: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg(task).args(arguments);
    command
}

/// Runs `command`; returns its exit code and its output.
pub fn outcome(mut command: Command) -> (i32, String) {
    let output = command.output().expect("the task runs");
    let printed = [output.stdout, output.stderr].concat();
    let code = output.status.code().expect("a code");
    (code, String::from_utf8(printed).expect("text"))
}

/// Returns the folder with the frozen documents and pages.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// Copies a folder recursively.
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
