//! How modules are laid out.

use std::collections::BTreeSet;

use super::{Finding, Project, Source};

/// One style of modules: whoever looks for a module with children looks in its folder, and every file is where its
/// module says.
pub(super) fn one_module_style(project: &Project) -> Vec<Finding> {
    layout(&project.sources)
}

fn layout(sources: &[Source]) -> Vec<Finding> {
    let in_src = || sources.iter().filter(|source| source.is_rust() && is_in_src(&source.path));
    let folders: BTreeSet<&str> = in_src().flat_map(|source| folders_of(&source.path)).collect();
    let mut found = Vec::new();
    for source in in_src() {
        if let Some(folder) = source.path.strip_suffix(".rs").filter(|folder| folders.contains(folder)) {
            let message = format!("is beside a folder of its name; a module with children is {folder}/mod.rs");
            found.push(Finding::new(&source.path, message));
        }
        for (number, _) in source.lines().filter(|(_, line)| line.trim_start().starts_with("#[path")) {
            let message = "names the file of a module; the unit tests of `x` are at its foot, or in `x/tests.rs`";
            found.push(Finding::new(&source.path, message).line(number));
        }
    }
    found
}

// The fuzz targets are a workspace of their own, where each target is a program.
fn is_in_src(path: &str) -> bool {
    !path.starts_with("fuzz/") && (path.starts_with("src/") || path.contains("/src/"))
}

fn folders_of(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let source = |(path, text): &(&str, &str)| Source { path: (*path).to_owned(), text: (*text).to_owned() };
        let found = layout(&files.iter().map(source).collect::<Vec<_>>());
        found.into_iter().map(|finding| format!("{}:{}", finding.file, finding.line.unwrap_or_default())).collect()
    }

    #[test]
    fn a_module_with_children_is_its_folder() {
        let beside = [("a/src/x.rs", ""), ("a/src/x/y.rs", ""), ("a/src/xy.rs", "")];
        assert_eq!(found(&beside), ["a/src/x.rs:0"]);
        assert!(found(&[("a/src/x/mod.rs", ""), ("a/src/x/y.rs", "")]).is_empty());
        // Each file below `tests` is a program, and so is each fuzz target.
        assert!(found(&[("a/tests/x.rs", ""), ("a/tests/x/y.rs", "")]).is_empty());
        assert!(found(&[("fuzz/src/x.rs", ""), ("fuzz/src/x/y.rs", "")]).is_empty());
        // A folder without Rust is no module.
        assert!(found(&[("a/src/x.rs", ""), ("a/src/x/facts.txt", "")]).is_empty());
    }

    #[test]
    fn no_module_says_where_its_file_is() {
        let attribute = "#[cfg(test)]\n#[path = \"x_tests.rs\"]\nmod tests;\n";
        assert_eq!(found(&[("a/src/x.rs", attribute)]), ["a/src/x.rs:2"]);
        assert!(found(&[("a/tests/x.rs", attribute)]).is_empty());
    }
}
