//! Node and the tools from npm.

use std::path::{Path, PathBuf};
use std::process::Command;

use xtask::checkout::Checkout;

use super::GIVEN;
use crate::commands::service::tools::{is_installed, mark_installed, quietly};

/// The folder of the tools.
const FOLDER: &str = "target/tools/mcp";
/// The folder of a Node of our own.
const OWN: &str = "target/tools/node";
/// Oldest version of Node that the tools take.
const OLDEST: (u32, u32) = (22, 19);

/// The tools from npm, with a Node that runs them.
pub(super) struct Node {
    folder: PathBuf,
    node: PathBuf,
}

impl Node {
    /// Installs the tools, unless they are there, and a Node where that of the machine is too old.
    ///
    /// # Errors
    /// What is missing.
    pub(super) fn install(checkout: &Checkout) -> Result<Node, String> {
        let folder = checkout.path(FOLDER);
        let node = if is_new_enough() { PathBuf::from("node") } else { own(checkout)? };
        let wanted = checkout.path(&format!("{GIVEN}/package.json"));
        if !is_installed(&folder, &wanted) {
            std::fs::create_dir_all(&folder)
                .and_then(|()| std::fs::copy(&wanted, folder.join("package.json")))
                .map_err(|error| format!("{} cannot be written: {error}", folder.display()))?;
            let mut install = npm();
            install.args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]);
            quietly(install.arg(&folder), "npm and its registry")?;
            mark_installed(&folder, &wanted)?;
        }
        Ok(Node { folder, node })
    }

    /// Returns the folder with the tools.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the command `node`, in the folder.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.node);
        command.current_dir(&self.folder);
        command
    }
}

fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

fn is_new_enough() -> bool {
    let Ok(said) = Command::new("node").arg("--version").output() else { return false };
    let version = String::from_utf8_lossy(&said.stdout);
    let mut parts = version.trim().trim_start_matches('v').split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= OLDEST
}

// The package `node` of npm is Node itself.
fn own(checkout: &Checkout) -> Result<PathBuf, String> {
    let folder = checkout.path(OWN);
    let node = folder.join("node_modules/node/bin/node");
    if !node.exists() {
        std::fs::create_dir_all(&folder).map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
        let mut install = npm();
        install.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"]).arg(&folder).arg("node@22");
        quietly(&mut install, "node 22.19 or later")?;
    }
    if node.exists() { Ok(node) } else { Err("node 22.19 or later is not here".to_owned()) }
}
