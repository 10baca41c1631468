//! Standard output and standard error: what is at their other end, and how much is printed there.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};

use clap::{ArgAction, Args};
use connector_sdk::Json;
use serde::Serialize;
use serde_json::Value;

use crate::failure::CliResult;
use crate::render::{self, escape};

/// Default width of text, in columns, when the terminal's is not known.
const USUAL_WIDTH: usize = 100;

/// Options that every command has.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct ScreenArgs {
    /// Print JSON, on a terminal too; errors are one JSON object on standard error
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Show each request on standard error, without values and secrets; -vv shows more
    #[arg(short, long, global = true, action = ArgAction::Count, conflicts_with = "quiet")]
    pub(crate) verbose: u8,
    /// No notes and no progress bars, only the result and errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

/// Standard output and standard error.
#[derive(Debug, Clone)]
pub(crate) struct Screen {
    /// Whether everything is printed as JSON.
    pub(crate) json: bool,
    /// Number of times that `--verbose` was given.
    pub(crate) verbose: u8,
    quiet: bool,
    out_is_terminal: bool,
    err_is_terminal: bool,
}

impl Screen {
    /// Detects terminals, and applies the arguments.
    pub(crate) fn new(args: &ScreenArgs) -> Screen {
        Screen {
            json: args.json,
            verbose: args.verbose,
            quiet: args.quiet,
            out_is_terminal: io::stdout().is_terminal(),
            err_is_terminal: io::stderr().is_terminal(),
        }
    }

    /// Returns whether a person reads the output.
    pub(crate) fn is_readable(&self) -> bool {
        self.out_is_terminal && !self.json
    }

    /// Returns whether progress bars make sense: a person watches, and nothing else is written between.
    pub(crate) fn shows_progress(&self) -> bool {
        self.err_is_terminal && !self.quiet && !self.json && self.verbose == 0
    }

    /// Returns whether only the result and errors are wanted.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Returns whether standard error shows colours.
    pub(crate) fn has_colours(&self) -> bool {
        anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never
    }

    /// Returns the width of the output, in columns.
    pub(crate) fn width(&self) -> usize {
        terminal_size::terminal_size_of(io::stdout()).map_or(USUAL_WIDTH, |(width, _)| usize::from(width.0))
    }

    /// Prints the result of a command: unchanged on a pipe, readable on a terminal.
    pub(crate) fn result(&self, json: &Json) -> CliResult {
        if self.is_readable() {
            let value: Value = json.read()?;
            return self.text(&render::readable(&value, self.width()));
        }
        self.json_line(json)
    }

    /// Prints a value as the result of a command, as [`Screen::result`] does.
    pub(crate) fn value(&self, value: &impl Serialize) -> CliResult {
        self.result(&Json::of(value)?)
    }

    /// Prints a JSON value on one line, and flushes: whoever reads it sees it at once.
    pub(crate) fn json_line(&self, json: &Json) -> CliResult {
        self.json_lines(std::slice::from_ref(json))
    }

    /// Prints JSON values, one to a line, and flushes once.
    pub(crate) fn json_lines(&self, all: &[Json]) -> CliResult {
        let mut lines = Vec::with_capacity(all.iter().map(|json| json.bytes().len() + 1).sum());
        for json in all {
            match self.out_is_terminal {
                true => lines.extend_from_slice(one_line(&escape::json(json.as_str())).as_bytes()),
                false => lines.extend_from_slice(one_line(json.as_str()).as_bytes()),
            }
            lines.push(b'\n');
        }
        self.plain(&lines)
    }

    /// Prints bytes unchanged.
    pub(crate) fn plain(&self, bytes: &[u8]) -> CliResult {
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        Ok(out.flush()?)
    }

    /// Prints text that was made harmless, with styles that are dropped where nobody sees them.
    pub(crate) fn text(&self, text: &str) -> CliResult {
        let mut out = anstream::stdout().lock();
        out.write_all(text.as_bytes())?;
        Ok(out.flush()?)
    }

    /// Prints a remark on standard error.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.print_error(&Note { note: text }, &escape::line(text));
        }
    }

    /// Prints a remark as [`Screen::note`] does, where JSON says more than the text.
    pub(crate) fn say(&self, json: &impl Serialize, text: &str) {
        if !self.quiet {
            self.print_error(json, &escape::line(text));
        }
    }

    /// Prints a question on standard error without a line break: the answer comes after it.
    pub(crate) fn ask(&self, text: &str) {
        let mut err = anstream::stderr().lock();
        // When nobody can be asked, nobody answers.
        let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
    }

    /// Prints a message on standard error: as JSON if everything is, else as text.
    pub(crate) fn print_error(&self, json: &impl Serialize, text: &str) {
        let mut err = anstream::stderr().lock();
        // When standard error is gone too, nobody can be told.
        let _ = match serde_json::to_string(json) {
            Ok(json) if self.json && self.err_is_terminal => writeln!(err, "{}", escape::json(&json)),
            Ok(json) if self.json => writeln!(err, "{json}"),
            _ => writeln!(err, "{text}"),
        };
    }
}

// JSON that somebody printed over several lines has its line breaks between its parts, where a space
// does as well: inside a string they are escaped.
fn one_line(json: &str) -> Cow<'_, str> {
    if json.contains(['\n', '\r']) { Cow::Owned(json.replace(['\n', '\r'], " ")) } else { Cow::Borrowed(json) }
}

#[derive(Serialize)]
struct Note<'a> {
    note: &'a str,
}
