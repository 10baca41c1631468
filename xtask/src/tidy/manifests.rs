//! What stands in the manifests.

use super::{Finding, Project, Source};

/// The page that says why each dependency is there.
const ARCHITECTURE: &str = "docs/ARCHITECTURE.md";

/// Features unify across crates, and some change what a crate prints; so none chooses alone.
pub(super) fn dependencies_are_decided_once(project: &Project) -> Vec<Finding> {
    let mut found = Vec::new();
    for manifest in members(project) {
        let mut section = "";
        for (number, line) in manifest.lines() {
            if line.starts_with('[') {
                section = line.trim_matches(['[', ']']);
            } else if section.ends_with("dependencies") && is_entry(line) && !line.contains("workspace = true") {
                let message = "decides on a dependency by itself; put it into [workspace.dependencies] and write `x.workspace = true`";
                found.push(Finding::new(&manifest.path, message).line(number));
            }
        }
    }
    found
}

/// A dependency is code that nobody here wrote; whoever adds one says why it is worth it.
pub(super) fn dependencies_are_explained(project: &Project) -> Vec<Finding> {
    let Some(page) = project.source(ARCHITECTURE) else {
        return vec![Finding::new(ARCHITECTURE, "is missing: it is the map, and says why each dependency is there")];
    };
    let Some(root) = project.source("Cargo.toml") else { return Vec::new() };
    let words: Vec<&str> = page.text.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).collect();
    root.lines()
        .skip_while(|(_, line)| *line != "[workspace.dependencies]")
        .skip(1)
        .take_while(|(_, line)| !line.starts_with('['))
        .filter(|(_, line)| is_entry(line))
        .filter_map(|(number, line)| {
            let name = line.split([' ', '=', '.']).next()?;
            (!words.contains(&name)).then(|| {
                Finding::new("Cargo.toml", format!("{ARCHITECTURE} does not say why `{name}` is here")).line(number)
            })
        })
        .collect()
}

/// One licence for everything, and its text where it is looked for.
pub(super) fn one_licence(project: &Project) -> Vec<Finding> {
    let mut found: Vec<Finding> = ["LICENSE-MIT", "LICENSE-APACHE"]
        .into_iter()
        .filter(|file| !project.checkout.has(file))
        .map(|file| Finding::new(file, "is missing: the manifests name this licence"))
        .collect();
    for manifest in members(project) {
        for line in ["license.workspace = true", "publish.workspace = true"] {
            if !manifest.lines().any(|(_, found)| found == line) {
                found.push(Finding::new(&manifest.path, format!("has no `{line}`")));
            }
        }
        if !manifest.text.contains("[lints]\nworkspace = true") {
            found.push(Finding::new(&manifest.path, "does not take the workspace's lints, so unsafe code would pass"));
        }
    }
    found
}

/// Workspaces of their own: the fuzz targets, and a client that is generated.
const OWN: [&str; 2] = ["fuzz/", "xtask/service/"];

fn members(project: &Project) -> impl Iterator<Item = &Source> {
    project
        .sources
        .iter()
        .filter(|source| source.path.ends_with("/Cargo.toml") && !OWN.iter().any(|own| source.path.starts_with(own)))
}

fn is_entry(line: &str) -> bool {
    line.starts_with(|c: char| c.is_ascii_alphanumeric())
}
