//! Who may depend on whom.

use std::collections::{BTreeMap, VecDeque};

use cargo_metadata::{DependencyKind, PackageId};

use super::{Finding, Project};

/// What does IO, or knows what does.
const IO: [&str; 7] = ["tokio", "reqwest", "hyper", "mio", "rusqlite", "connector-runtime", "graph-client"];

/// A connector is played without a network and previewed without an effect because nothing in it can
/// reach one.
pub(super) fn pure_crates_do_no_io(project: &Project) -> Vec<Finding> {
    let mut found = Vec::new();
    for name in project.pure_crates() {
        let reached = reachable(project, name);
        for banned in IO {
            if let Some(path) = reached.get(banned) {
                let message =
                    format!("depends on {banned} ({path}), but plans are pure: nothing below a connector may do IO");
                found.push(Finding::new(format!("crates/{name}/Cargo.toml"), message));
            }
        }
    }
    found
}

// Everything that a package is built from, by name, with one way that leads there.
fn reachable(project: &Project, name: &str) -> BTreeMap<String, String> {
    let packages: BTreeMap<&PackageId, &str> =
        project.metadata.packages.iter().map(|package| (&package.id, package.name.as_str())).collect();
    let nodes: BTreeMap<&PackageId, _> =
        project.metadata.resolve.iter().flat_map(|resolve| &resolve.nodes).map(|node| (&node.id, node)).collect();
    let mut found = BTreeMap::new();
    let start = packages.iter().find(|(_, package)| **package == name);
    let mut next: VecDeque<(&PackageId, String)> =
        start.map(|(id, name)| (*id, (*name).to_owned())).into_iter().collect();
    while let Some((id, path)) = next.pop_front() {
        let Some(node) = nodes.get(id) else { continue };
        for dependency in &node.deps {
            let built = dependency
                .dep_kinds
                .iter()
                .any(|kind| matches!(kind.kind, DependencyKind::Normal | DependencyKind::Build));
            let name = packages.get(&dependency.pkg).copied().unwrap_or_default();
            if built && !found.contains_key(name) {
                let path = format!("{path} → {name}");
                found.insert(name.to_owned(), path.clone());
                next.push_back((&dependency.pkg, path));
            }
        }
    }
    found
}

/// The host is given connectors; it does not know them. Only the programs and the tests name them.
pub(super) fn only_programs_name_connectors(project: &Project) -> Vec<Finding> {
    let connectors = project.connectors();
    let may = |name: &str| connectors.contains(&name) || ["tenon", "xtask", "tenon-tests"].contains(&name);
    let mut found = Vec::new();
    for package in project.metadata.workspace_packages().into_iter().filter(|package| !may(&package.name)) {
        for dependency in
            package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development)
        {
            if connectors.contains(&dependency.name.as_str()) {
                let message = format!(
                    "depends on {}, but only the programs name connectors; everything else is given them",
                    dependency.name
                );
                found.push(Finding::new(format!("crates/{}/Cargo.toml", package.name), message));
            }
        }
    }
    found
}

/// What serves HTTP: routing and middleware.
const SERVER: [&str; 5] = ["axum", "maud", "rmcp", "tower", "tower-http"];

/// How things are served is decided in one crate, and a program that embeds the host without it builds none of this.
pub(super) fn only_the_service_serves(project: &Project) -> Vec<Finding> {
    let mut found = Vec::new();
    for package in project.metadata.workspace_packages() {
        if ["connector-service", "tenon-tests"].contains(&package.name.as_str()) {
            continue;
        }
        let named = package.dependencies.iter().find(|dependency| SERVER.contains(&dependency.name.as_str()));
        if let Some(dependency) = named {
            let message = format!("depends on {}; only connector-service serves HTTP with it", dependency.name);
            found.push(Finding::new(format!("crates/{}/Cargo.toml", package.name), message));
        }
    }
    found
}

/// What the tools say and do is ours; how the protocol is spoken changes with rmcp, and so does this folder alone.
pub(super) fn one_folder_speaks_mcp(project: &Project) -> Vec<Finding> {
    const FOLDER: &str = "crates/connector-service/src/mcp/";
    let names_it = |line: &str| {
        let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
        !line.trim_start().starts_with("//") && words.any(|word| word == "rmcp")
    };
    project
        .rust_below("crates/connector-service/src")
        .filter(|source| !source.path.starts_with(FOLDER))
        .filter_map(|source| {
            source.product_lines().find(|(_, line)| names_it(line)).map(|(number, _)| (source, number))
        })
        .map(|(source, number)| {
            Finding::new(&source.path, format!("names rmcp; only {FOLDER} speaks the protocol")).line(number)
        })
        .collect()
}

/// A handler that had the bare host could forget to ask what its caller may do.
pub(super) fn handlers_see_the_authorized_host(project: &Project) -> Vec<Finding> {
    const SERVICE: &str = "crates/connector-service/src";
    // Who makes a service gives it the host, which `auth` keeps.
    let may = |path: &str| path.starts_with(&format!("{SERVICE}/auth/")) || path == format!("{SERVICE}/service.rs");
    let names_host = |line: &str| {
        let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
        !line.trim_start().starts_with("//") && words.any(|word| word == "Host")
    };
    project
        .rust_below(SERVICE)
        .filter(|source| !may(&source.path) && !source.path.starts_with(&format!("{SERVICE}/tests/")))
        .filter_map(|source| {
            source.product_lines().find(|(_, line)| names_host(line)).map(|(number, _)| (source, number))
        })
        .map(|(source, number)| {
            Finding::new(&source.path, "names Host; a handler has the AuthorizedHost of its caller").line(number)
        })
        .collect()
}

/// What makes connections, and what makes them safe: HTTP clients and TLS.
const NETWORK: [&str; 5] = ["hyper_util::client", "hyper_rustls", "rustls::", "rustls_platform_verifier", "reqwest::"];
/// The client's transports.
const TRANSPORT: &str = "crates/graph-client/src/transport/";

/// Which certificates are trusted, which proxy is used, what is repeated by itself: it is decided in one
/// place, and stays so because there is one place. The sandbox serves, and makes no connection.
pub(super) fn one_client_transport(project: &Project) -> Vec<Finding> {
    let named =
        |line: &str| NETWORK.into_iter().find(|name| !line.trim_start().starts_with("//") && line.contains(name));
    project
        .rust_below("crates")
        // A test may bring a client of its own.
        .filter(|source| source.path.contains("/src/") && !source.path.contains("/src/tests/"))
        .filter(|source| !source.path.starts_with(TRANSPORT))
        .filter(|source| !source.path.starts_with("crates/graph-sandbox/"))
        .filter_map(|source| source.product_lines().find_map(|(number, line)| Some((source, number, named(line)?))))
        .map(|(source, number, name)| {
            Finding::new(&source.path, format!("names {name}; connections are made in {TRANSPORT}")).line(number)
        })
        .collect()
}
