//! Tests of which modules import each other.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs,
    path::Path,
    slice,
};

use syn::{ItemMod, ItemUse, UseTree, parse_quote, visit, visit::Visit};

/// The path of a module, without the name of the crate.
type Module = Vec<String>;

/// Modules with the modules that they import.
type Imports = BTreeMap<Module, BTreeSet<Module>>;

#[test]
fn no_modules_import_each_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut cycles = Vec::new();
    for folder in ["src", "build", "xtask/src"] {
        let mut files = BTreeMap::new();
        read(&root.join(folder), &[], &mut files);
        let imports = imports(&files);
        assert!(!imports.is_empty(), "{folder} has no imports");
        for cycle in imports
            .keys()
            .filter_map(|start| shortest_cycle(&imports, start))
        {
            let names: Vec<_> = cycle.iter().map(|module| module.join("::")).collect();
            cycles.push(format!("{folder}: {}", names.join(" → ")));
        }
    }
    assert!(
        cycles.is_empty(),
        "move what these modules share to a module of its own:\n{}",
        cycles.join("\n")
    );
}

/// Adds the files in `folder`, which has the submodules of `parent`. Generated code is left out.
fn read(folder: &Path, parent: &[String], files: &mut BTreeMap<Module, syn::File>) {
    for entry in fs::read_dir(folder).expect("the folder can be listed") {
        let path = entry.expect("an entry of the folder").path();
        let name = path.file_stem().expect("a name").to_string_lossy();
        let module = match &*name {
            "generated" => continue,
            "lib" | "main" | "generator" => parent.to_owned(),
            name => [parent, &[name.to_owned()]].concat(),
        };
        if path.is_dir() {
            read(&path, &module, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("the file can be read");
            let file = syn::parse_file(&text).expect("the file is valid Rust");
            files.insert(module, file);
        }
    }
}

/// Returns the imports between modules. Those of a parent or a submodule are left out, and those of
/// tests.
fn imports(files: &BTreeMap<Module, syn::File>) -> Imports {
    let mut found = BTreeMap::new();
    let mut tests = Vec::new();
    for (module, file) in files {
        let mut paths = Paths {
            module: module.clone(),
            found: Vec::new(),
            tests: Vec::new(),
        };
        paths.visit_file(file);
        found.insert(module, paths.found);
        tests.extend(paths.tests);
    }
    found.retain(|module, _| !tests.iter().any(|tests| module.starts_with(tests)));
    let mut imports = Imports::new();
    for (module, targets) in found {
        for mut target in targets {
            while !files.contains_key(&target) && target.pop().is_some() {}
            if !module.starts_with(&target) && !target.starts_with(module) {
                imports.entry(module.clone()).or_default().insert(target);
            }
        }
    }
    imports
}

/// Collects the paths of a module that begin with `crate`, `self` or `super`.
struct Paths {
    module: Module,
    found: Vec<Module>,
    /// The submodules that only tests have.
    tests: Vec<Module>,
}

impl Paths {
    fn add(&mut self, path: &[String]) {
        let supers = path.iter().take_while(|name| *name == "super").count();
        let (base, rest) = match path.first().map(String::as_str) {
            Some("crate") => (&[][..], &path[1..]),
            Some("self") => (&self.module[..], &path[1..]),
            Some("super") => {
                let depth = self.module.len().saturating_sub(supers);
                (&self.module[..depth], &path[supers..])
            }
            _ => return,
        };
        self.found.push([base, rest].concat());
    }

    /// Adds the paths of a `use` that begin with `prefix`.
    fn add_tree(&mut self, tree: &UseTree, prefix: &[String]) {
        let with = |name: &syn::Ident| [prefix, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.add_tree(&path.tree, &with(&path.ident)),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_tree(tree, prefix);
                }
            }
            UseTree::Name(name) => self.add(&with(&name.ident)),
            UseTree::Rename(rename) => self.add(&with(&rename.ident)),
            UseTree::Glob(_) => self.add(prefix),
        }
    }
}

impl Visit<'_> for Paths {
    fn visit_item_use(&mut self, item: &ItemUse) {
        self.add_tree(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &syn::Path) {
        let names = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string());
        self.add(&names.collect::<Vec<_>>());
        visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, item: &ItemMod) {
        self.module.push(item.ident.to_string());
        if item.attrs.contains(&parse_quote!(#[cfg(test)])) {
            self.tests.push(self.module.clone());
        } else {
            visit::visit_item_mod(self, item);
        }
        self.module.pop();
    }
}

/// Returns the shortest cycle of imports through `start`, if no module of it comes before `start`.
fn shortest_cycle(imports: &Imports, start: &Module) -> Option<Vec<Module>> {
    let mut seen = BTreeSet::new();
    let mut paths = VecDeque::from([vec![start.clone()]]);
    while let Some(path) = paths.pop_front() {
        for next in imports.get(path.last()?).into_iter().flatten() {
            let longer = [&path[..], slice::from_ref(next)].concat();
            if next == start {
                return Some(longer);
            }
            if next > start && seen.insert(next) {
                paths.push_back(longer);
            }
        }
    }
    None
}
