//! A scratch copy of the repository.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

/// A copy of this repository with its uncommitted files, and a mirror of upstream's pages.
pub struct Scratch {
    folder: TempDir,
    target: PathBuf,
}

impl Scratch {
    pub fn new() -> Self {
        let root = root();
        let scratch = Self {
            folder: TempDir::new().expect("a folder"),
            target: target(&root),
        };
        let listed = Command::new("git")
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .current_dir(&root)
            .output()
            .expect("git runs");
        let listed = String::from_utf8(listed.stdout).expect("paths in UTF-8");
        for file in listed.split_terminator('\0') {
            let (from, to) = (root.join(file), scratch.path(file));
            // git lists deleted files too.
            if from.is_file() {
                fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
                fs::copy(from, to).expect(file);
            }
        }
        scratch.git(&["init", "--quiet", "--initial-branch=main"]);
        scratch.git(&["add", "--all"]);
        scratch.git(&["commit", "--quiet", "--message=Before"]);
        scratch
    }

    /// Restores the state of the copy.
    pub fn reset(&self) {
        self.git(&["reset", "--quiet", "--hard"]);
        self.git(&["clean", "--quiet", "--force", "-d"]);
        let _ = fs::remove_dir_all(self.mirror());
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join("repository").join(path)
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).expect(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        fs::write(self.path(path), text).expect(path);
    }

    /// Returns the folder with the mirror of upstream.
    pub fn mirror(&self) -> PathBuf {
        self.folder.path().join("mirror")
    }

    /// Writes a page to `<host>/<path>` of the mirror.
    pub fn publish(&self, page: &str, content: &str) {
        let path = self.mirror().join(page);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, content).expect(page);
    }

    /// Writes all captured pages to the mirror.
    pub fn publish_captured(&self) {
        let captured = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mirror");
        let mut folders = vec![captured.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("the folder can be listed") {
                let path = entry.expect("an entry of the folder").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let page = path.strip_prefix(&captured).expect("a page");
                let content = fs::read_to_string(&path).expect("text");
                self.publish(page.to_str().expect("a path in UTF-8"), &content);
            }
        }
    }

    /// Returns the page at `<host>/<path>` of the mirror.
    pub fn published(&self, page: &str) -> String {
        fs::read_to_string(self.mirror().join(page)).expect(page)
    }

    /// Runs `cargo xtask`; returns its exit code and its output.
    pub fn xtask(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .args(arguments)
            .current_dir(self.path(""))
            .env("CARGO_MANIFEST_DIR", self.path("xtask"));
        let output = command.output().expect("the task runs");
        (output.status.code().expect("a code"), printed(&output))
    }

    /// Runs cargo with the dependencies that are already built. Panics with the output if it fails.
    pub fn cargo(&self, arguments: &[&str], environment: &[(&str, &str)]) {
        let mut command = Command::new(env!("CARGO"));
        command
            .args(arguments)
            .current_dir(self.path(""))
            .env("CARGO_TARGET_DIR", &self.target)
            .envs(environment.iter().copied());
        // Cargo set these for the running test, which is another package.
        for (name, _) in std::env::vars() {
            if name.starts_with("CARGO_PKG_")
                || name.starts_with("CARGO_BIN_")
                || name == "CARGO_MANIFEST_DIR"
            {
                command.env_remove(name);
            }
        }
        let output = command.output().expect("cargo runs");
        let printed = printed(&output);
        let lines = printed.lines().filter(|line| !line.ends_with("... ok"));
        let lines: Vec<&str> = lines.collect();
        assert!(
            output.status.success(),
            "cargo {}:\n{}",
            arguments.join(" "),
            lines.join("\n")
        );
    }

    /// Returns the files that differ from the original copy.
    pub fn changed_files(&self) -> Vec<String> {
        self.git(&["add", "--all"]);
        let listed = self.git(&["diff", "--cached", "--name-only"]);
        listed.lines().map(ToOwned::to_owned).collect()
    }

    fn git(&self, arguments: &[&str]) -> String {
        fs::create_dir_all(self.path("")).expect("a folder");
        let output = Command::new("git")
            .current_dir(self.path(""))
            .args(["-c", "user.name=Test", "-c", "user.email=test@example.com"])
            .args(["-c", "core.autocrlf=false"])
            .args(arguments)
            .output()
            .expect("git runs");
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            printed(&output)
        );
        printed(&output)
    }
}

/// Returns the root of this repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .expect("the repository")
}

/// Returns a target folder of its own with the dependencies that are already built. In the shared one,
/// cargo would confuse the builds of the copy with those of the repository.
fn target(root: &Path) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR");
    let target = target.map_or_else(|| root.join("target"), PathBuf::from);
    let own = target.join("follow");
    if !own.exists() {
        fs::create_dir_all(own.join("debug")).expect("a folder");
        for folder in [".fingerprint", "build", "deps"] {
            let copied = Command::new("cp")
                .arg("-a")
                .args([
                    target.join("debug").join(folder),
                    own.join("debug").join(folder),
                ])
                .status();
            assert!(
                copied.expect("cp runs").success(),
                "the dependencies cannot be copied"
            );
        }
    }
    own
}

fn printed(output: &Output) -> String {
    let printed = [&output.stdout[..], &output.stderr].concat();
    String::from_utf8_lossy(&printed).into_owned()
}
