use super::read;

#[test]
fn try_all() {
    for root in [
        "/work/shared/upstream/meta/v23.0",
        "/work/shared/upstream/meta/v25.0",
    ] {
        let mut files: Vec<_> = walk(std::path::Path::new(root));
        files.sort();
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            let name = file
                .strip_prefix("/work/shared/upstream/meta")
                .unwrap()
                .display()
                .to_string();
            match read(&name, &text) {
                Ok(document) => {
                    let unplaced = document.to_string().matches("x-unplaced").count();
                    let out = format!("/tmp/reader-out/{}.json", name.replace('/', "__"));
                    std::fs::create_dir_all("/tmp/reader-out").unwrap();
                    std::fs::write(out, serde_json::to_string_pretty(&document).unwrap()).unwrap();
                    println!("OK {name} {unplaced}");
                }
                Err(error) => println!("NO {error:#}"),
            }
        }
    }
}
fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            out.extend(walk(&path));
        } else if path.extension().is_some_and(|e| e == "md")
            && !path.ends_with("README.md")
            && !path.display().to_string().contains("webhooks")
        {
            out.push(path);
        }
    }
    out
}
