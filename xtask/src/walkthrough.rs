//! The steps of a page that a reader follows: what it has them write, and the commands that it has them run.
//!
//! A comment in front of a block, which no reader sees, says what becomes of the block:
//! - `<!-- write: FILE -->`: the block is the file's text;
//! - `<!-- written: FILE -->`: a command before it has written the file, with this text;
//! - `<!-- fails -->`: the commands fail.
//!
//! `` <!-- after `LINE` in FILE: `ENTRY` --> `` stands for itself: the entry goes behind the line. A block of `sh` is run,
//! as far as its lines are commands of the checkout; the lines of a block without a language right behind it are shown.

use crate::Result;

/// A step of a page, with the line of the page where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A file is written.
    Write(Block),
    /// A file was written with this text.
    Written(Block),
    /// An entry goes behind a line of a file.
    Insert(Insertion),
    /// A command of cargo is run.
    Run(Call),
}

/// A block that is the text of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Line of the page.
    pub line: usize,
    /// Path of the file.
    pub file: String,
    /// Text of the file.
    pub text: String,
}

/// An entry of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insertion {
    /// Line of the page.
    pub line: usize,
    /// Path of the file.
    pub file: String,
    /// The line of the file that stands before the entry.
    pub after: String,
    /// The entry.
    pub entry: String,
}

/// A command of cargo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Line of the page.
    pub line: usize,
    /// Arguments of cargo.
    pub words: Vec<String>,
    /// Whether transcripts are rewritten.
    pub updates: bool,
    /// Whether the command fails.
    pub fails: bool,
    /// Lines that the page shows of what it prints.
    pub output: Vec<String>,
}

impl Step {
    /// Returns the line of the page where the step begins, from 1.
    pub fn line(&self) -> usize {
        match self {
            Step::Write(block) | Step::Written(block) => block.line,
            Step::Insert(insertion) => insertion.line,
            Step::Run(call) => call.line,
        }
    }
}

/// Reads the steps of a page.
///
/// # Errors
/// When a comment cannot be read, or a block does not end.
pub fn steps(page: &str) -> Result<Vec<Step>> {
    let lines: Vec<&str> = page.lines().collect();
    let (mut steps, mut said, mut at): (Vec<Step>, _, usize) = (Vec::new(), None, 0);
    // Whether a block of output may follow the last step.
    let mut shown = false;
    while at < lines.len() {
        let line = lines[at];
        if let Some(comment) = line.trim().strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->")) {
            match insertion(comment, at + 1) {
                Some(step) => steps.push(step),
                None => said = Some(comment),
            }
        } else if let Some(language) = line.strip_prefix("```") {
            let length = lines[at + 1..].iter().position(|line| *line == "```");
            let length = length.ok_or_else(|| format!("line {}: the block does not end", at + 1))?;
            let block = &lines[at + 1..at + 1 + length];
            if language.is_empty() {
                if let (true, Some(Step::Run(call))) = (shown, steps.last_mut()) {
                    call.output.extend(block.iter().map(|line| (*line).to_owned()));
                }
            } else {
                steps.extend(of_block(language, said.take(), block, at + 1));
            }
            shown = language == "sh";
            at += length + 1;
        } else if !line.is_empty() {
            shown = false;
        }
        at += 1;
    }
    Ok(steps)
}

fn insertion(comment: &str, line: usize) -> Option<Step> {
    let (after, rest) = comment.strip_prefix("after `")?.split_once("` in ")?;
    let (file, entry) = rest.strip_suffix('`')?.split_once(": `")?;
    let [file, after, entry] = [file, after, entry].map(str::to_owned);
    Some(Step::Insert(Insertion { line, file, after, entry }))
}

fn of_block(language: &str, said: Option<&str>, block: &[&str], line: usize) -> Vec<Step> {
    let file = |what: &str| Some(said?.strip_prefix(what)?.to_owned());
    let text = || block.join("\n") + "\n";
    if let Some(file) = file("write: ") {
        return vec![Step::Write(Block { line, file, text: text() })];
    }
    if let Some(file) = file("written: ") {
        return vec![Step::Written(Block { line, file, text: text() })];
    }
    if language != "sh" {
        return Vec::new();
    }
    let fails = said == Some("fails");
    block.iter().filter_map(|command| run(command, fails, line)).collect()
}

// What needs a network or a built program is not run.
fn run(command: &str, fails: bool, line: usize) -> Option<Step> {
    let (updates, command) = match command.strip_prefix("UPDATE_TRANSCRIPTS=1 ") {
        Some(rest) => (true, rest),
        None => (false, command),
    };
    let words = words(command.strip_prefix("cargo ")?);
    let runs = matches!(words.first().map(String::as_str), Some("xtask" | "test"));
    runs.then(|| Step::Run(Call { line, words, updates, fails, output: Vec::new() }))
}

// A text in single quotes is one word.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (i, part) in command.split('\'').enumerate() {
        match i % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_commands_with_their_output_and_files() {
        let page = "# Page\n\n<!-- fails -->\n```sh\ncargo xtask new action a b --request 'GET /x/{id}'\nopen it\n```\n\n```\nout\n```\n\n\
                    <!-- write: a.rs -->\n```rust\nfn a() {}\n```\n\n<!-- after `x` in b.rs: `y` -->\n\n```\nnot output\n```\n\n\
                    ```rust\nignored\n```\n";
        let words = ["xtask", "new", "action", "a", "b", "--request", "GET /x/{id}"].map(str::to_owned).to_vec();
        let expected = [
            Step::Run(Call { line: 4, words, updates: false, fails: true, output: vec!["out".to_owned()] }),
            Step::Write(Block { line: 14, file: "a.rs".to_owned(), text: "fn a() {}\n".to_owned() }),
            Step::Insert(Insertion { line: 18, file: "b.rs".to_owned(), after: "x".to_owned(), entry: "y".to_owned() }),
        ];
        assert_eq!(steps(page).unwrap(), expected);
        assert!(steps("```sh\ncargo test\n").is_err());
    }
}
