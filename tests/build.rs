//! Makes a test of each block of Rust on the pages of embedding and of the service.
//!
//! What a block runs on is no matter of its reader. So it is in a comment before the block, which is not shown:
//!
//! - `<!-- run: CODE -->`: a function `main` that runs CODE is added to the block. It sees what the block declares and
//!   the crate's module `embedding`, and its errors fail the test.
//! - `<!-- run: main -->`: the block is a program.
//!
//! A block without such a comment is an error, so none goes unchecked.

#![allow(clippy::print_stdout, reason = "cargo reads the output of a build script")]

use std::path::PathBuf;
use std::{env, fs, io};

const PAGES: [&str; 3] = ["embedding", "embedding-web", "service"];
const BEGIN: &str = "<!-- run:";
const END: &str = "-->";

fn main() -> io::Result<()> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo names no OUT_DIR"))?);
    for page in PAGES {
        let path = format!("../docs/{page}.md");
        println!("cargo::rerun-if-changed={path}");
        let tests = tests(&fs::read_to_string(&path)?).map_err(|why| io::Error::other(format!("{path}:{why}")))?;
        fs::write(out.join(format!("{page}.md")), tests)?;
    }
    Ok(())
}

/// Returns a page whose blocks of Rust are programs.
///
/// # Errors
/// The number of a line, and what is wrong there.
fn tests(page: &str) -> Result<String, String> {
    let mut out = String::with_capacity(page.len() * 2);
    let mut run: Option<String> = None;
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let wrong = |what: &str| Err(format!("{}: {what}", number + 1));
        if let Some(begin) = line.strip_prefix(BEGIN) {
            let mut code = begin.to_owned();
            while !code.ends_with(END) {
                let Some((_, line)) = lines.next() else { return wrong("the comment has no end") };
                code.push('\n');
                code.push_str(line);
            }
            // The blocks keep the numbers of their lines.
            out.push_str(&"\n".repeat(code.matches('\n').count() + 1));
            run = Some(code[..code.len() - END.len()].trim().to_owned());
            continue;
        }
        out.push_str(line);
        out.push('\n');
        if !line.starts_with("```") {
            if !line.trim().is_empty() && run.is_some() {
                return wrong("a comment with `run` is followed by no block");
            }
            continue;
        }
        let is_rust = line.starts_with("```rust");
        let code = run.take();
        if is_rust != code.is_some() {
            return wrong("a block of Rust, and no other, has a comment with `run` before it");
        }
        loop {
            let Some((_, line)) = lines.next() else { return wrong("the block has no end") };
            if line == "```" {
                break;
            }
            out.push_str(line);
            out.push('\n');
        }
        if let Some(code) = code.filter(|code| code != "main") {
            out.push_str(&program(&code));
        }
        out.push_str("```\n");
    }
    Ok(out)
}

/// Returns the lines that make a program of a block.
fn program(code: &str) -> String {
    let code = code.lines().map(|line| format!("#     {line}\n")).collect::<String>();
    format!(
        "# fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {{\n\
         #   #[allow(unused_imports)]\n\
         #   use tenon_tests::embedding::*;\n\
         #   run(async {{\n{code}#     Ok(())\n#   }})\n# }}\n"
    )
}
