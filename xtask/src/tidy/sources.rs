//! What stands in the source files.

use super::{Finding, Project, Source};

/// From here a file is noticed, and from [`TOO_LONG`] refused.
const LONG: usize = 400;
const TOO_LONG: usize = 500;

/// What reads the world: the clock, the environment, files, the network.
const WORLD: [&str; 9] = [
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "std::env::",
    "env::var",
    "std::fs",
    "std::net::Tcp",
    "std::process",
];

/// Given the same input and context, a plan is the same: that is what makes previews and transcripts
/// true.
pub(super) fn pure_crates_read_no_world(project: &Project) -> Vec<Finding> {
    let mut found = Vec::new();
    for name in project.pure_crates() {
        let folder = format!("crates/{name}/src");
        for source in project.rust_below(&folder) {
            for (number, line) in source.product_lines().filter(|(_, line)| !is_comment(line)) {
                if let Some(word) = WORLD.iter().find(|word| line.contains(**word)) {
                    let message = format!("reads the world with `{word}`, but a plan knows only its input and context");
                    found.push(Finding::new(&source.path, message).line(number));
                }
            }
        }
    }
    found
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// A file that fits into one's head is read; a long one is searched.
pub(super) fn files_are_small(project: &Project) -> Vec<Finding> {
    let length = |source: &Source| source.text.lines().count();
    project
        .sources
        .iter()
        .filter(|source| source.is_rust() && length(source) >= LONG)
        .map(|source| match length(source) {
            lines if lines > TOO_LONG => Finding::new(
                &source.path,
                format!("has {lines} lines, more than {TOO_LONG}; one thing belongs into one file"),
            ),
            lines => Finding::new(&source.path, format!("has {lines} lines and grows towards {TOO_LONG}")).warning(),
        })
        .collect()
}

/// What is committed works on every machine, and tells nothing of the one that it was written on.
pub(super) fn no_machine_paths(project: &Project) -> Vec<Finding> {
    // Put together here, so that this file does not break its own rule.
    let paths = [["/ho", "me/"], ["/Use", "rs/"], ["/ro", "ot/."], ["/wo", "rk/"], ["/tm", "p/"], ["C:", "\\Users"]]
        .map(|part| part.concat());
    let mut found = Vec::new();
    for source in project.sources.iter().filter(|source| source.path != "Cargo.lock") {
        for (number, line) in source.lines() {
            // A path begins a word; in the middle of a URL it is somebody else's.
            let begins = |path: &String| line.match_indices(path.as_str()).any(|(at, _)| starts_word(line, at));
            if let Some(path) = paths.iter().find(|path| begins(path)) {
                found.push(Finding::new(&source.path, format!("names a path of one machine, {path}")).line(number));
            }
        }
    }
    found
}

fn starts_word(line: &str, at: usize) -> bool {
    !line[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '}' | '/' | '$' | '%' | ':'))
}

/// What is committed is done. A test that is not run says why.
pub(super) fn nothing_half_done(project: &Project) -> Vec<Finding> {
    // Put together here, so that this file does not break its own rule.
    let macros = ["to", "unimplemen", "d"];
    let marks = [format!("{}do!(", macros[0]), format!("{}ted!(", macros[1]), format!("{}bg!(", macros[2])];
    let ignored = ["#[ign", "ore]"].concat();
    let mut found = Vec::new();
    for source in project.sources.iter().filter(|source| source.is_rust()) {
        for (number, line) in source.lines().filter(|(_, line)| !is_comment(line)) {
            if let Some(mark) = marks.iter().find(|mark| line.contains(mark.as_str())) {
                found.push(
                    Finding::new(&source.path, format!("has `{mark}…)`: what is committed is done")).line(number),
                );
            }
            if line.trim() == ignored {
                let message = "ignores a test without a reason; write `#[ignore = \"why\"]`, or a test that runs";
                found.push(Finding::new(&source.path, message).line(number));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_begins_a_word() {
        let starts = |line: &str| line.find("/tm").is_some_and(|at| starts_word(line, at));
        assert!(starts("see /tmx") && starts("\"/tmx\""));
        assert!(!starts("https://host/a/tmx") && !starts("{root}/tmx"));
    }
}
