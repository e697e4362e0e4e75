//! A project with a remote, a clone of it, and a GitHub of tables that a fake `gh` reads.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// The columns of the tables that `gh` reads.
const PULLS: &str = "number\tauthor\tbase\tstate\theadRefName\theadRefOid\tisCrossRepository\theadRepositoryOwner.login";
const ISSUES: &str = "number\tauthor\tstate\ttitle";
const COMMENTS: &str = "id\tuser.login\tbody";

pub const APP: &str = "app/github-actions";

/// The remote, its clone in which scripts run, and what `gh` has been told.
pub struct Project(TempDir);

/// How a script ended.
pub struct Ended {
    pub code: i32,
    pub printed: String,
    outputs: String,
}

impl Ended {
    /// What the script wrote to `GITHUB_OUTPUT` under this name.
    pub fn output(&self, name: &str) -> &str {
        let start = format!("{name}=");
        let line = self.outputs.lines().rev();
        line.filter_map(|line| line.strip_prefix(&start))
            .next()
            .unwrap_or_default()
    }

    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, 0, "{}", self.printed);
        self
    }
}

impl Project {
    /// A project whose specs, snapshots, code and workflows are a file each, on main.
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

    /// Everything that `gh` was told to change, and the texts that it was given.
    pub fn calls(&self) -> String {
        fs::read_to_string(self.path("github/calls")).unwrap_or_default()
    }

    /// Clones the remote, as a job does that checks out everything.
    pub fn clone_as(&self, folder: &str) {
        self.git(".", &["clone", "--quiet", "origin", folder]);
    }

    /// Runs git in a folder; gives what it printed.
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

    /// Commits all that has changed in a clone; gives the commit.
    pub fn commit(&self, folder: &str, message: &str) -> String {
        self.git(folder, &["add", "--all"]);
        self.git(folder, &["commit", "--quiet", "--message", message]);
        self.revision(folder, "HEAD")
    }

    pub fn revision(&self, folder: &str, name: &str) -> String {
        self.git(folder, &["rev-parse", name]).trim().to_owned()
    }

    /// Changes a file on a branch of the remote as somebody would; gives the commit.
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
        let commit = self.commit(&folder, "Mend it by hand");
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
    ) -> Ended {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let fakes = here.join("tests/fixtures/bin");
        let path = format!("{}:{}", fakes.display(), env::var("PATH").expect("a PATH"));
        let outputs = self.path("outputs");
        let _ = fs::remove_file(&outputs);
        let output = Command::new(here.join("../.github/scripts").join(name))
            .args(arguments)
            .current_dir(self.path(folder))
            .env_remove("INSTA_UPDATE")
            .env("PATH", path)
            .env("GITHUB", self.path("github"))
            .env("GITHUB_OUTPUT", &outputs)
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
        Ended {
            code: output.status.code().expect("a code"),
            printed: String::from_utf8_lossy(&printed).into(),
            outputs: fs::read_to_string(outputs).unwrap_or_default(),
        }
    }
}
