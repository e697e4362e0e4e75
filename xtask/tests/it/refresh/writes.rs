//! Refreshes that are killed, run concurrently, or cannot write: each leaves the old or the new state.

use std::{fs, process::Stdio, thread};

use super::{DIALOG360, Mirror, dialog360, replaced};
use crate::repository::Repository;

#[test]
fn a_killed_run_leaves_the_old_or_the_new_state() {
    let (mirror, after) = changed_mirror();
    let contents = |repository: &Repository| -> Vec<String> {
        repository
            .specs()
            .into_iter()
            .map(|(_, content)| content)
            .collect()
    };
    let (old, new) = (contents(&Repository::frozen()), contents(&after));
    let document = |repository: &Repository, specs: &str| {
        fs::read_to_string(repository.path(&format!("{specs}/dialog360/upstream.json"))).ok()
    };
    let new_document = document(&after, "specs");
    let generated = |repository: &Repository| {
        let folder = fs::read_dir(repository.path("src/generated"));
        folder.expect("a folder").count()
    };
    let old_generated = generated(&Repository::frozen());
    // What the files show when a run is killed: it has started, the new code is beside the old one, and
    // so on up to its last steps.
    let moments: [&dyn Fn(&Repository) -> bool; 7] = [
        &|_| true,
        &|repository| generated(repository) > old_generated,
        &|repository| repository.path(".specs-next").exists(),
        &|repository| repository.path(".specs-next/specs").exists(),
        &|repository| document(repository, ".specs-next/specs") == new_document,
        &|repository| document(repository, "specs") == new_document,
        &|repository| {
            let is_new = document(repository, "specs") == new_document;
            is_new && !repository.path(".specs-next").exists()
        },
    ];
    let mut killed = 0;
    for (number, is_reached) in moments.iter().enumerate() {
        let repository = Repository::frozen();
        let mut run = repository.command("refresh", &["--from", mirror.from()]);
        let mut run = run.stdout(Stdio::null()).spawn().expect("it runs");
        while !is_reached(&repository) && run.try_wait().expect("a status").is_none() {
            thread::yield_now();
        }
        run.kill().expect("killed or ended");
        // At the first moment, nothing is written yet.
        killed += usize::from(!run.wait().expect("ended").success() && number > 0);
        let now = contents(&repository);
        assert!(now == old || now == new, "after moment {number}");
        assert_eq!(
            repository.refresh(&["--from", mirror.from()]).0,
            0,
            "the next run fails"
        );
        assert_eq!(contents(&repository), new);
    }
    assert!(killed > 0, "no run was killed while it wrote");
}

/// Returns a mirror in which 360dialog's page has changed, and a repository refreshed from it.
fn changed_mirror() -> (Mirror, Repository) {
    let mirror = Mirror::new();
    let page = replaced(
        &dialog360(),
        r#""bsp_removed"]"#,
        r#""bsp_removed","brand_new"]"#,
    );
    mirror.write(DIALOG360, &page);
    let after = Repository::frozen();
    assert_eq!(after.refresh(&["--from", mirror.from()]).0, 0);
    (mirror, after)
}

#[test]
fn removes_the_files_that_a_killed_run_left_behind() {
    let (mirror, _) = changed_mirror();
    let repository = Repository::frozen();
    fs::create_dir_all(repository.path(".specs-next/specs")).expect("a folder");
    fs::write(repository.path(".specs-next/specs/x"), "x").expect("a file");
    assert_eq!(repository.refresh(&["--from", mirror.from()]).0, 0);
    assert!(!repository.path(".specs-next").exists());
}

#[test]
fn concurrent_refreshes_do_not_undo_each_other() {
    let (mirror, after) = changed_mirror();
    let files = [
        "specs/dialog360/upstream.json",
        "specs/graph/upstream/account.json",
    ];
    for _ in 0..5 {
        let repository = Repository::frozen();
        fs::remove_file(repository.path("specs/graph/upstream/account.json")).expect("removed");
        let runs = ["dialog360", "graph"].map(|api| {
            let arguments = ["--only", api, "--from", mirror.from()];
            let mut run = repository.command("refresh", &arguments);
            run.stdout(Stdio::null()).spawn().expect("it runs")
        });
        for mut run in runs {
            assert!(run.wait().expect("ended").success());
        }
        for file in files {
            assert!(repository.path(file).exists(), "{file} is lost");
            assert!(repository.read(file) == after.read(file), "{file} is lost");
        }
    }
}

#[test]
fn unchanged_files_keep_their_modification_time() {
    let (mirror, _) = changed_mirror();
    let repository = Repository::frozen();
    let modified = |name: &str| {
        let file = fs::metadata(repository.path(name)).expect(name);
        file.modified().expect("a time")
    };
    let names = ["specs/graph/openapi.json", "specs/dialog360/overlay.yaml"];
    let before = names.map(modified);
    assert_eq!(repository.refresh(&["--from", mirror.from()]).0, 0);
    assert_eq!(names.map(modified), before, "cargo would rebuild them");
}

#[cfg(unix)]
#[test]
fn keeps_specs_as_a_symbolic_link() {
    let (mirror, after) = changed_mirror();
    let repository = Repository::frozen();
    fs::rename(repository.path("specs"), repository.path("elsewhere")).expect("moved");
    std::os::unix::fs::symlink("elsewhere", repository.path("specs")).expect("a link");
    let (code, printed) = repository.refresh(&["--from", mirror.from()]);
    assert_eq!(code, 0, "{printed}");
    let upstream = "dialog360/upstream.json";
    assert!(
        repository.read(&format!("elsewhere/{upstream}"))
            == after.read(&format!("specs/{upstream}")),
        "the files in the linked folder are not updated"
    );
    assert!(repository.path("specs").is_symlink());
}

#[cfg(unix)]
#[test]
fn keeps_a_folder_in_specs_as_a_symbolic_link() {
    let (mirror, after) = changed_mirror();
    let repository = Repository::frozen();
    fs::rename(
        repository.path("specs/dialog360"),
        repository.path("elsewhere"),
    )
    .expect("moved");
    std::os::unix::fs::symlink("../elsewhere", repository.path("specs/dialog360")).expect("a link");
    let (code, printed) = repository.refresh(&["--from", mirror.from()]);
    assert_eq!(code, 0, "{printed}");
    assert!(
        repository.read("elsewhere/upstream.json") == after.read("specs/dialog360/upstream.json"),
        "the files in the linked folder are not updated"
    );
    assert!(repository.path("specs/dialog360").is_symlink());
}

/// A limit on the file size makes writes fail as a full disk does.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_old_or_the_new_state() {
    let (mirror, after) = changed_mirror();
    let new = after.read("specs/dialog360/openapi.json");
    let mut codes = Vec::new();
    for blocks in [0, 1, 4, 16, 64, 4096] {
        let repository = Repository::frozen();
        let before = repository.specs();
        let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let (code, printed) = repository.refresh_in(&limited, &["--from", mirror.from()]);
        match code {
            0 => assert!(repository.read("specs/dialog360/openapi.json") == new),
            _ => {
                assert!(printed.contains("it is unchanged"), "{printed}");
                assert!(repository.specs() == before, "{blocks} blocks");
            }
        }
        codes.push(code);
        assert!(!repository.path(".specs-next").exists(), "{blocks} blocks");
        let (code, printed) = repository.refresh(&["--from", mirror.from()]);
        assert_eq!(code, 0, "the next run fails\n{printed}");
        assert!(repository.read("specs/dialog360/openapi.json") == new);
    }
    assert_eq!((codes.first(), codes.last()), (Some(&2), Some(&0)));
}
