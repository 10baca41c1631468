//! The tools of others, in folders of their own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use xtask::checkout::Checkout;

use super::GIVEN;

/// The folder of the tools.
const TOOLS: &str = "target/tools";

/// The tools from PyPI.
pub(super) struct Python {
    folder: PathBuf,
}

impl Python {
    /// Installs the tools, unless they are there.
    ///
    /// # Errors
    /// What is missing.
    pub(super) fn install(checkout: &Checkout) -> Result<Python, String> {
        let folder = checkout.path(&format!("{TOOLS}/python"));
        let wanted = checkout.path(&format!("{GIVEN}/requirements.txt"));
        let python = Python { folder: folder.clone() };
        if is_installed(&folder, &wanted) {
            return Ok(python);
        }
        // Schemas as deep as some of ours end Python 3.11 with an error of its own.
        let venv = |python: &str| quietly(Command::new(python).args(["-m", "venv"]).arg(&folder), "python3 with venv");
        ["python3.14", "python3.13", "python3.12"]
            .iter()
            .find_map(|python| venv(python).ok())
            .map_or_else(|| venv("python3"), Ok)?;
        let mut install = python.command("python");
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(&wanted);
        quietly(&mut install, "PyPI")?;
        mark_installed(&folder, &wanted)?;
        Ok(python)
    }

    /// Returns the command of a program of the tools.
    pub(super) fn command(&self, program: &str) -> Command {
        let programs = if cfg!(windows) { "Scripts" } else { "bin" };
        let mut command = Command::new(self.folder.join(programs).join(program));
        command.env("PYTHONUTF8", "1");
        command
    }
}

/// The tools from npm.
pub(super) struct Node {
    folder: PathBuf,
}

impl Node {
    /// Installs the tools, unless they are there.
    ///
    /// # Errors
    /// What is missing.
    pub(super) fn install(checkout: &Checkout) -> Result<Node, String> {
        let folder = checkout.path(&format!("{TOOLS}/typescript"));
        let wanted = checkout.path(&format!("{GIVEN}/typescript/package.json"));
        let node = Node { folder: folder.clone() };
        if is_installed(&folder, &wanted) {
            return Ok(node);
        }
        std::fs::create_dir_all(&folder)
            .and_then(|()| std::fs::copy(&wanted, folder.join("package.json")))
            .map_err(|error| format!("{} cannot be written: {error}", folder.display()))?;
        quietly(Command::new("node").arg("--version"), "node")?;
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        let mut install = Command::new(npm);
        install.args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]).arg(&folder);
        quietly(&mut install, "npm and its registry")?;
        mark_installed(&folder, &wanted)?;
        Ok(node)
    }

    /// Returns the folder, in which clients find what they import.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the command `node`, in the folder.
    pub(super) fn node(&self) -> Command {
        let mut command = Command::new("node");
        command.current_dir(&self.folder);
        command
    }

    /// Returns the command of a program of the tools, in the folder.
    pub(super) fn program(&self, program: &str) -> Command {
        let file = if cfg!(windows) { format!("{program}.cmd") } else { program.to_owned() };
        let mut command = Command::new(self.folder.join("node_modules/.bin").join(file));
        command.current_dir(&self.folder);
        command
    }
}

// What was installed is what is wanted, by its text.
pub(in crate::commands) fn is_installed(folder: &Path, wanted: &Path) -> bool {
    let text = std::fs::read(folder.join("installed"));
    text.is_ok_and(|installed| std::fs::read(wanted).is_ok_and(|wanted| wanted == installed))
}

pub(in crate::commands) fn mark_installed(folder: &Path, wanted: &Path) -> Result<(), String> {
    let copied = std::fs::copy(wanted, folder.join("installed"));
    copied.map(|_| ()).map_err(|error| format!("{} cannot be written: {error}", folder.display()))
}

pub(in crate::commands) fn quietly(command: &mut Command, what: &str) -> Result<(), String> {
    let ended = command.stdin(Stdio::null()).output().map_err(|error| format!("{what} is not here: {error}"))?;
    if ended.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&ended.stderr);
    let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
    Err(format!("{what} cannot be used: {last}"))
}
