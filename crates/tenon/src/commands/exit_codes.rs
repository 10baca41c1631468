//! The command `tenon exit-codes`.

use crate::errors;
use crate::failure::CliResult;
use crate::output::Screen;
use crate::render::{HEADING, QUIET};

/// Lists the exit codes.
pub(crate) fn exit_codes(screen: &Screen) -> CliResult {
    let all = errors::exit_codes();
    if !screen.is_readable() {
        return screen.value(&all);
    }
    let mut out = String::new();
    for code in &all {
        out.push_str(&format!("{HEADING}{:>3}  {}{HEADING:#}\n     {}\n", code.exit_code, code.name, code.meaning));
        if !code.advice.is_empty() {
            out.push_str(&format!("     {QUIET}{}{QUIET:#}\n", code.advice));
        }
    }
    screen.text(&out)
}
