//! A new connector in a crate of its own, outside this checkout.

use std::path::{Component, Path, PathBuf};

use super::{Draft, action, connector, fill, names};
use crate::Result;
use crate::checkout::Checkout;

/// A template, and where its text goes.
const FILES: [(&str, &str); 10] = [
    ("Cargo.toml", include_str!("templates/standalone/Cargo.toml.txt")),
    (".gitignore", "/target\n"),
    (".cargo/config.toml", include_str!("templates/standalone/config.toml.txt")),
    ("README.md", include_str!("templates/standalone/README.md.txt")),
    ("tenon/Cargo.toml", include_str!("templates/standalone/tenon.Cargo.toml.txt")),
    ("tenon/src/main.rs", include_str!("templates/standalone/tenon.main.rs.txt")),
    ("xtask/Cargo.toml", include_str!("templates/standalone/xtask.Cargo.toml.txt")),
    ("xtask/src/main.rs", include_str!("templates/standalone/xtask.main.rs.txt")),
    ("tests/connector.rs", include_str!("templates/standalone/connector.rs.txt")),
    ("examples/sandbox.rs", include_str!("templates/standalone/sandbox.rs.txt")),
];

/// Drafts a connector in the folder `out`, which is empty or not there: a crate that depends on the SDK, with its tests,
/// tools, an example and a command line. The files of the draft stand below that folder. What the crate is built from has
/// the versions of the project's own `Cargo.lock`.
///
/// # Errors
/// When the name is not a name, or the folder holds something.
pub fn standalone(tenon: &Checkout, out: &Path, name: &str) -> Result<(Checkout, Draft)> {
    names::check(name)?;
    let out = std::path::absolute(out)?;
    if out.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(format!("{} holds something already: name a new folder", out.display()).into());
    }
    let place = Checkout::at(&out);
    let package = format!("{}-connector", name.replace('_', "-"));
    let crate_name = package.replace('-', "_");
    let program = format!("{}-tenon", name.replace('_', "-"));
    let manifest = tenon.read("Cargo.toml")?;
    let (rust, profile) = (rust_version(&manifest)?, profile(&manifest)?);
    let lock = tenon.read("Cargo.lock")?;
    let (title, tenon) = (names::title(name), relative(&out, &std::path::absolute(tenon.root())?));
    let values = [
        ("name", name),
        ("package", package.as_str()),
        ("crate", crate_name.as_str()),
        ("program", program.as_str()),
        ("Title", title.as_str()),
        ("action", connector::FIRST_ACTION),
        ("tenon", tenon.as_str()),
        ("rust", rust.as_str()),
        ("profile", profile),
    ];
    let mut draft = Draft { package: package.clone(), sources: "src".to_owned(), ..Draft::default() };
    for (file, text) in FILES {
        draft.create(&place, file.to_owned(), fill(text, &values))?;
    }
    draft.create(&place, "Cargo.lock".to_owned(), lock)?;
    connector::sources(&mut draft, &place, name)?;
    action::add_files(&mut draft, &place, name, "actions", connector::FIRST_ACTION)?;
    Ok((place, draft))
}

// The oldest Rust that builds the SDK.
fn rust_version(manifest: &str) -> Result<String> {
    let version = manifest.lines().find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"'));
    version.map(str::to_owned).ok_or_else(|| "Cargo.toml has no line `rust-version = \"…\"`".into())
}

// How the project builds while it is worked on. What is built in the same way can be shared with its checkout.
fn profile(manifest: &str) -> Result<&str> {
    let begin = manifest.find("[profile.dev]").ok_or("Cargo.toml has no `[profile.dev]`")?;
    let end = manifest[begin..].find("\n[profile.release]").map_or(manifest.len(), |length| begin + length);
    Ok(&manifest[begin..end])
}

// The way from one folder to another, with slashes as manifests have them.
fn relative(from: &Path, to: &Path) -> String {
    let (from, to): (Vec<Component<'_>>, Vec<Component<'_>>) = (from.components().collect(), to.components().collect());
    let common = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    let up = std::iter::repeat_n(Component::ParentDir, from.len() - common);
    let path: PathBuf = up.chain(to[common..].iter().copied()).collect();
    path.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_folder_is_reached_from_another() {
        assert_eq!(relative(Path::new("/top/planner"), Path::new("/top/tenon")), "../tenon");
        assert_eq!(relative(Path::new("/a/b/c"), Path::new("/a")), "../..");
    }
}
