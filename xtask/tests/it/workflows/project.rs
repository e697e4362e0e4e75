//! A project with a remote, a clone of it, and tables from which a fake `gh` reads.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// The columns of the tables.
const PULLS: &str = "number\tauthor\tbase\tstate\theadRefName\theadRefOid\tisCrossRepository\theadRepositoryOwner.login";
const ISSUES: &str = "number\tauthor\tstate\ttitle";
const COMMENTS: &str = "id\tuser.login\tbody";

pub const APP: &str = "app/github-actions";

/// A folder with the remote, its clones in which scripts run, and the tables and calls of `gh`.
pub struct Project(TempDir);

/// The result of a script.
pub struct ScriptResult {
    pub code: i32,
    /// The standard output and error.
    pub output: String,
    /// The content of `GITHUB_OUTPUT`.
    variables: String,
}

impl ScriptResult {
    /// Returns the value that the script wrote to `GITHUB_OUTPUT` under this name.
    pub fn variable(&self, name: &str) -> &str {
        let start = format!("{name}=");
        let line = self.variables.lines().rev();
        line.filter_map(|line| line.strip_prefix(&start))
            .next()
            .unwrap_or_default()
    }

    /// Fails unless the script succeeded.
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, 0, "{}", self.output);
        self
    }
}

impl Project {
    /// Returns a project with a file of each kind on main: specs, snapshots, code and workflows.
    pub fn new() -> Self {
        let project = Self(TempDir::new().expect("a folder"));
        fs::create_dir(project.path("github")).expect("a folder");
        project.table("pulls", PULLS, &[]);
        project.table("issues", ISSUES, &[]);
        project.table("comments", COMMENTS, &[]);
        project.git(".", &["init", "--quiet", "--bare", "-b", "main", "origin"]);
        project.clone_as("clone");
        for (file, text) in [
            ("specs/api.json", "one\n"),
            ("specs/overlay.yaml", "none\n"),
            ("src/generated/api.rs", "one\n"),
            ("tests/generated/api.rs", "one\n"),
            ("tests/snapshots/api.snap", "one\n"),
            ("src/lib.rs", "\n"),
            (".github/workflows/ci.yml", "\n"),
        ] {
            project.write(&format!("clone/{file}"), text);
        }
        project.commit("clone", "Begin");
        project.git("clone", &["push", "--quiet", "origin", "main"]);
        project
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, text).expect("written");
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).expect(path)
    }

    fn table(&self, name: &str, columns: &str, rows: &[&str]) {
        let rows = [&[columns], rows].concat().join("\n");
        self.write(&format!("github/{name}"), &format!("{rows}\n"));
    }

    pub fn pulls(&self, rows: &[&str]) {
        self.table("pulls", PULLS, rows);
    }

    pub fn issues(&self, rows: &[&str]) {
        self.table("issues", ISSUES, rows);
    }

    pub fn comments(&self, rows: &[&str]) {
        self.table("comments", COMMENTS, rows);
    }

    /// Returns all calls of `gh` that change something, with the bodies that they send.
    pub fn calls(&self) -> String {
        fs::read_to_string(self.path("github/calls")).unwrap_or_default()
    }

    /// Clones the remote, as a job does with a full checkout.
    pub fn clone_as(&self, folder: &str) {
        self.git(".", &["clone", "--quiet", "origin", folder]);
    }

    /// Runs git in a folder; returns its output.
    pub fn git(&self, folder: &str, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .current_dir(self.path(folder))
            .args(["-c", "user.name=Somebody", "-c", "user.email=some@body"])
            .args(arguments)
            .output()
            .expect("git runs");
        let printed = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into();
        assert!(output.status.success(), "git {arguments:?}: {printed}");
        printed
    }

    /// Commits all changes in a clone; returns the commit.
    pub fn commit(&self, folder: &str, message: &str) -> String {
        self.git(folder, &["add", "--all"]);
        self.git(folder, &["commit", "--quiet", "--message", message]);
        self.revision(folder, "HEAD")
    }

    pub fn revision(&self, folder: &str, name: &str) -> String {
        self.git(folder, &["rev-parse", name]).trim().to_owned()
    }

    /// Pushes a change of a file to a branch of the remote, as a person does; returns the commit.
    pub fn push(&self, branch: &str, file: &str, text: &str) -> String {
        let folder = format!("pushed-{}", branch.replace('/', "-"));
        let _ = fs::remove_dir_all(self.path(&folder));
        self.clone_as(&folder);
        let remote = format!("origin/{branch}");
        let known = self
            .git(&folder, &["branch", "--remotes"])
            .contains(&remote);
        let from = if known { &remote } else { "origin/main" };
        self.git(&folder, &["checkout", "--quiet", "--detach", from]);
        self.write(&format!("{folder}/{file}"), text);
        let commit = self.commit(&folder, "Fix it by hand");
        let target = format!("HEAD:refs/heads/{branch}");
        self.git(&folder, &["push", "--quiet", "origin", &target]);
        commit
    }

    /// Runs a script of .github/scripts in a folder.
    pub fn script(
        &self,
        folder: &str,
        name: &str,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> ScriptResult {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let fakes = here.join("tests/fixtures/bin");
        let path = format!("{}:{}", fakes.display(), env::var("PATH").expect("a PATH"));
        let variables_file = self.path("outputs");
        let _ = fs::remove_file(&variables_file);
        let output = Command::new(here.join("../.github/scripts").join(name))
            .args(arguments)
            .current_dir(self.path(folder))
            .env_remove("INSTA_UPDATE")
            .env("PATH", path)
            .env("GITHUB", self.path("github"))
            .env("GITHUB_OUTPUT", &variables_file)
            .env("GITHUB_RUN_ID", "77")
            .env("GITHUB_RUN_ATTEMPT", "1")
            .env("GITHUB_SERVER_URL", "https://github.test")
            .env("REPOSITORY", "us/waba")
            .env("RUN_URL", "https://github.test/us/waba/actions/runs/77")
            .env("CARGO_CALLS", self.path("cargo-calls"))
            .envs(variables.iter().copied())
            .output()
            .expect("the script runs");
        let printed = [output.stdout, output.stderr].concat();
        ScriptResult {
            code: output.status.code().expect("a code"),
            output: String::from_utf8_lossy(&printed).into(),
            variables: fs::read_to_string(variables_file).unwrap_or_default(),
        }
    }
}
