//! What the pages of embedding say about packages, and what the library says about commands.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use cargo_metadata::{Dependency, Metadata, MetadataCommand};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Returns what Cargo reads from a manifest, without looking for anything in the network.
fn read(manifest: &Path) -> Metadata {
    MetadataCommand::new().manifest_path(manifest).no_deps().exec().unwrap()
}

fn blocks(page: &str) -> Vec<String> {
    let text = fs::read_to_string(format!("{ROOT}/docs/{page}.md")).unwrap();
    let blocks = text.split("\n```toml\n").skip(1);
    blocks.map(|rest| rest.split_once("\n```").unwrap().0.to_owned()).collect()
}

#[test]
fn the_manifest_of_the_pages_names_what_the_workspace_has() {
    let (first, web) = (blocks("embedding"), blocks("embedding-web"));
    let ([first], [web]) = (&first[..], &web[..]) else { panic!("one block each: {first:?} {web:?}") };
    let more = web.strip_prefix("[dependencies]\n").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let package = folder.path().join("payroll");
    fs::create_dir_all(package.join("src")).unwrap();
    fs::write(package.join("src/main.rs"), "fn main() {}").unwrap();
    fs::write(package.join("Cargo.toml"), format!("{first}\n{more}\n")).unwrap();
    let page = read(&package.join("Cargo.toml"));
    let workspace = read(Path::new(&format!("{ROOT}/Cargo.toml")));

    let named = &page.packages[0].dependencies;
    for wanted in ["connector-runtime", "outlook-connector", "graph-sandbox", "tokio", "axum"] {
        assert!(named.iter().any(|dependency| dependency.name == wanted), "{wanted}");
    }
    for dependency in named {
        let name = &dependency.name;
        if let Some(path) = &dependency.path {
            let path = path.as_str().split_once("/tenon/").unwrap().1;
            let found = workspace.packages.iter().find(|package| *package.name == **name).unwrap();
            assert!(found.manifest_path.as_str().ends_with(&format!("/{path}/Cargo.toml")), "{name}: {path}");
            continue;
        }
        let ours: Vec<&Dependency> = workspace
            .packages
            .iter()
            .flat_map(|package| &package.dependencies)
            .filter(|ours| ours.name == *name && ours.source.is_some())
            .collect();
        assert!(ours.iter().any(|ours| ours.req == dependency.req), "{name} {}", dependency.req);
        for feature in &dependency.features {
            assert!(ours.iter().any(|ours| ours.features.contains(feature)), "{name} has no feature {feature}");
        }
    }
}

/// Crates that do not know in which program they run.
const LIBRARIES: [&str; 10] = [
    "connector-sdk",
    "connector-runtime",
    "graph-auth",
    "graph-client",
    "graph-metadata",
    "graph-raw",
    "graph-connector",
    "outlook-connector",
    "entra-connector",
    "connector-schemas",
];

#[test]
fn no_text_of_the_library_names_a_command() {
    let mut found = Vec::new();
    for library in LIBRARIES {
        visit(Path::new(&format!("{ROOT}/crates/{library}/src")), &mut found);
    }
    assert!(
        found.is_empty(),
        "the program `tenon` translates advice; the library names none of its commands:\n{}",
        found.join("\n")
    );
}

// Comments are for those who read the source.
fn visit(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let lines = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
            let named = lines.filter(|(_, line)| line.contains("`tenon "));
            found.extend(named.map(|(number, line)| format!("{}:{}: {}", path.display(), number + 1, line.trim())));
        }
    }
}

#[test]
fn no_two_public_things_of_the_runtime_have_one_name() {
    let listing = fs::read_to_string(format!("{ROOT}/docs/api/connector-runtime.txt")).unwrap();
    let mut places = BTreeMap::<&str, BTreeSet<String>>::new();
    // The prelude has what has its place elsewhere.
    let lines = listing.lines().map(|line| line.trim_start_matches("#[non_exhaustive] "));
    for line in lines.filter(|line| !line.contains(" connector_runtime::prelude::")) {
        let mut words = line.split(' ');
        if let (Some("pub"), Some("struct" | "enum" | "trait" | "type" | "use"), Some(path)) =
            (words.next(), words.next(), words.next())
        {
            let path = path.split(['<', '(', '{']).next().unwrap().trim_end_matches(':');
            let (within, name) = path.rsplit_once("::").unwrap();
            // An associated type, such as the `Error` of a conversion, has the name that its trait gives it.
            if within.rsplit("::").next().unwrap().starts_with(char::is_uppercase) {
                continue;
            }
            places.entry(name).or_default().insert(path.replace("::store::sqlite::", "::store::"));
        }
    }
    assert!(places.len() > 100, "{}", places.len());
    let several: Vec<_> = places.iter().filter(|(_, places)| places.len() > 1).collect();
    assert!(several.is_empty(), "{several:?}");
}
