//! A new connector in a crate of its own, outside this checkout.

use std::path::{Component, Path, PathBuf};

use super::{Draft, connector, fill, names};
use crate::Result;
use crate::checkout::Checkout;

/// A template, and where its text goes.
const FILES: [(&str, &str); 8] = [
    ("Cargo.toml", include_str!("templates/standalone/Cargo.toml.txt")),
    (".gitignore", "/target\n"),
    (".cargo/config.toml", include_str!("templates/standalone/config.toml.txt")),
    ("README.md", include_str!("templates/standalone/README.md.txt")),
    ("tenon/Cargo.toml", include_str!("templates/standalone/tenon.Cargo.toml.txt")),
    ("tenon/src/main.rs", include_str!("templates/standalone/tenon.main.rs.txt")),
    ("xtask/Cargo.toml", include_str!("templates/standalone/xtask.Cargo.toml.txt")),
    ("xtask/src/main.rs", include_str!("templates/standalone/xtask.main.rs.txt")),
];

/// The test of the connector, which stands in its `lib.rs`: so the crate is compiled once for it, and not once more to
/// be linked with a test of its own.
const TESTS: &str = include_str!("templates/standalone/tests.rs.txt");

/// Drafts a connector in the folder `out`, which is empty or not there: a crate that depends on the SDK, with its test,
/// tools and a command line. The files of the draft stand below that folder. What the crate is built from has
/// the versions of the project's own `Cargo.lock`.
///
/// # Errors
/// When the name is not a name or that of a connector of the project, or the folder is not a new one of its own.
pub fn standalone(tenon: &Checkout, out: &Path, name: &str) -> Result<(Checkout, Draft)> {
    connector::check_name(tenon, name)?;
    let out = std::path::absolute(out)?;
    check_folder(tenon, &out)?;
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
        ("tenon", tenon.as_str()),
        ("rust", rust.as_str()),
        ("profile", profile),
    ];
    let mut draft = Draft { package: package.clone(), sources: "src".to_owned(), ..Draft::default() };
    for (file, text) in FILES {
        draft.create(&place, file.to_owned(), fill(text, &values))?;
    }
    draft.create(&place, "Cargo.lock".to_owned(), lock)?;
    connector::sources(&mut draft, &place, name, TESTS)?;
    Ok((place, draft))
}

// A new folder, in which cargo finds this crate and no other.
fn check_folder(tenon: &Checkout, out: &Path) -> Result<()> {
    let shown = out.display();
    let wrong = if out.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        format!("{shown} holds something already: name a new folder")
    } else if out.exists() && !out.is_dir() {
        format!("{shown} is a file: name a new folder")
    } else if out.parent() == Some(std::path::absolute(tenon.path("crates"))?.as_path()) {
        format!("{shown} would be a crate of this checkout: name a folder outside it, or leave --out away")
    } else {
        return Ok(());
    };
    Err(format!("{wrong}. Nothing was written").into())
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
