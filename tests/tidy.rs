//! The house rules that a machine can hold us to: who depends on whom, what the core must not call, headers, sizes, invariants with tests.
//!
//! Rules that need judgement are in ARCHITECTURE.md.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The folders of all crates but the root, sorted.
fn crates() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for parent in ["src", "connectors"] {
        let entries = fs::read_dir(root().join(parent)).expect("the folder is there");
        found.extend(
            entries.map(|entry| entry.expect("readable").path()).filter(|path| path.join("Cargo.toml").exists()),
        );
    }
    found.sort();
    found
}

/// All Rust files below a folder, tests and benches left out if `product` is set.
fn sources(folder: &Path, product: bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if path.is_dir() {
            let skipped = name == "target"
                || name.starts_with('.')
                || (product && ["tests", "benches", "examples"].contains(&name.as_str()));
            if !skipped {
                found.extend(sources(&path, product));
            }
        } else if name.ends_with(".rs") && !(product && name == "tests.rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A file without its inline test module and without comments.
fn product_text(path: &Path) -> String {
    let whole = text(path);
    let product = whole.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    product.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The names of modules that exist only in tests.
fn test_modules(files: &[PathBuf]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in files {
        let whole = text(file);
        let after = whole.split("#[cfg(test)]\nmod ").skip(1);
        names.extend(
            after
                .filter_map(|rest| rest.split_once(';'))
                .map(|(name, _)| name.to_owned())
                .filter(|name| !name.contains('\n')),
        );
    }
    names
}

fn stem(path: &Path) -> String {
    path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned()
}

#[test]
fn crates_depend_on_each_other_as_drawn() {
    let mut lines = Vec::new();
    for folder in crates().into_iter().chain([root()]) {
        let manifest: toml::Table = text(&folder.join("Cargo.toml")).parse().expect("a manifest is TOML");
        let name = manifest["package"]["name"].as_str().expect("a name").to_owned();
        let dependencies = manifest.get("dependencies").and_then(|table| table.as_table()).cloned().unwrap_or_default();
        lines.extend(
            dependencies.keys().filter(|key| key.starts_with("selaras-")).map(|key| format!("{name} -> {key}")),
        );
    }
    lines.sort();
    let actual = lines.join("\n") + "\n";
    let golden = root().join("tests/golden/dependencies.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &actual).expect("written");
    }
    assert_eq!(
        actual,
        text(&golden),
        "the graph between our crates changed; if that is meant, run with UPDATE_GOLDEN=1 and say why in the commit"
    );
}

#[test]
fn the_core_has_no_clock_no_randomness_no_io_and_no_unordered_maps() {
    let banned = [
        "std::fs",
        "std::net",
        "std::process",
        "std::env",
        "std::thread",
        "std::io",
        "SystemTime",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        " rand::",
        "use rand",
        "HashMap",
        "HashSet",
        "println!",
        "eprintln!",
        "tokio",
        "reqwest",
        "rusqlite",
    ];
    let mut found = Vec::new();
    for name in ["model", "mapping", "plan", "apply"] {
        let files = sources(&root().join("src").join(name), true);
        let tests = test_modules(&files);
        for file in files.iter().filter(|file| !tests.contains(&stem(file))) {
            let text = product_text(file);
            found.extend(
                banned.iter().filter(|word| text.contains(**word)).map(|word| format!("{}: {word}", shown(file))),
            );
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn connectors_import_nothing_but_the_contract() {
    for name in ["accurate", "rest", "sim"] {
        let manifest = text(&root().join("connectors").join(name).join("Cargo.toml"));
        let product = manifest.split("[dev-dependencies]").next().unwrap_or_default();
        for line in product.lines().filter(|line| line.starts_with("selaras-")) {
            let ours = ["selaras-model", "selaras-connector-api", "selaras-connector-abi"];
            assert!(
                ours.iter().any(|allowed| line.starts_with(allowed)),
                "connectors/{name} depends on more than the contract: {line}"
            );
        }
        for banned in ["tokio", "reqwest", "rusqlite"] {
            assert!(!product.contains(banned), "connectors/{name} does I/O of its own: {banned}");
        }
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    let files = sources(&root().join("src"), false)
        .into_iter()
        .chain(sources(&root().join("connectors"), false))
        .chain(sources(&root().join("tests"), false));
    let bare: Vec<String> = files.filter(|file| !text(file).starts_with("//!")).map(|file| shown(&file)).collect();
    assert_eq!(bare, Vec::<String>::new(), "these files do not open with what they are for");
}

#[test]
fn files_and_functions_stay_small() {
    let mut found = Vec::new();
    for file in sources(&root().join("src"), true).into_iter().chain(sources(&root().join("connectors"), true)) {
        let whole = text(&file);
        if whole.lines().count() > 800 {
            found.push(format!("{}: {} lines", shown(&file), whole.lines().count()));
        }
        found.extend(
            long_functions(&product_text(&file))
                .into_iter()
                .map(|(name, lines)| format!("{}: fn {name}, {lines} lines", shown(&file))),
        );
    }
    found.sort();
    // The naughty list: it only shrinks.
    let known: BTreeSet<&str> = include_str!("golden/long.txt").lines().collect();
    let new: Vec<&String> =
        found.iter().filter(|line| !known.contains(line.split(',').next().unwrap_or_default())).collect();
    assert_eq!(new, Vec::<&String>::new(), "longer than 800 lines (a file) or 70 lines (a function)");
}

/// Functions of more than 70 lines, by the indentation that rustfmt gives them.
fn long_functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let start = line.trim_start();
        let is_fn = [
            "fn ",
            "pub fn ",
            "pub(crate) fn ",
            "pub(super) fn ",
            "pub const fn ",
            "const fn ",
            "async fn ",
            "pub async fn ",
        ];
        if !is_fn.iter().any(|prefix| start.starts_with(prefix)) {
            continue;
        }
        let close = format!("{}}}", " ".repeat(indent));
        let Some(length) = lines[at..].iter().position(|line| *line == close) else { continue };
        if length > 70 {
            let name = start.split("fn ").nth(1).and_then(|rest| rest.split(['(', '<']).next()).unwrap_or_default();
            found.push((name.to_owned(), length));
        }
    }
    found
}

#[test]
fn every_invariant_has_a_test_that_names_it() {
    let mut named = BTreeSet::new();
    for folder in crates().into_iter().chain([root().join("tests")]) {
        for file in sources(&folder, false) {
            let text = text(&file);
            for number in 1..=24u32 {
                if text.contains(&format!("invariant_{number:02}")) {
                    named.insert(number);
                }
            }
        }
    }
    let missing: Vec<u32> = (1..=24).filter(|number| !named.contains(number)).collect();
    // The naughty list: it only shrinks.
    let known: Vec<u32> =
        include_str!("golden/untested-invariants.txt").lines().filter_map(|line| line.parse().ok()).collect();
    let new: Vec<&u32> = missing.iter().filter(|number| !known.contains(number)).collect();
    assert_eq!(new, Vec::<&u32>::new(), "no test is named after these invariants");
    let done: Vec<&u32> = known.iter().filter(|number| !missing.contains(number)).collect();
    assert_eq!(done, Vec::<&u32>::new(), "these have a test now; take them off tests/golden/untested-invariants.txt");
}

#[test]
fn nothing_secret_looking_is_in_golden_files() {
    let mut found = Vec::new();
    for folder in [root().join("tests"), root().join("schemas"), root().join("mappings")] {
        for entry in walk(&folder) {
            let text = fs::read_to_string(&entry).unwrap_or_default();
            found.extend(
                ["Bearer ey", "aat.", "BEGIN PRIVATE KEY"]
                    .iter()
                    .filter(|word| text.contains(**word))
                    .map(|word| format!("{}: {word}", shown(&entry))),
            );
        }
    }
    found.retain(|line| !line.contains(".rs: ")); // golden files, not the tests that feed made-up secrets in
    assert_eq!(found, Vec::<String>::new());
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            found.extend(walk(&path));
        } else {
            found.push(path);
        }
    }
    found
}
