//! `tenon raw`: `graph_raw.raw_request` in the words of an HTTP client.

use clap::Args;
use connector_sdk::{Error, Issue, Result};
use serde_json::{Value, json};

use super::execute::{ExecuteArgs, execute};
use crate::build_host;
use crate::connection_arg::ConnectionArg;
use crate::failure::CliResult;
use crate::input::{Gathered, InputArgs, Sources};
use crate::output::Screen;

const ACTION: &str = "graph_raw.raw_request";

/// Send any request to Microsoft Graph
#[derive(Debug, Args)]
pub(crate) struct RawArgs {
    /// GET, POST, PUT, PATCH, DELETE, OPTIONS or HEAD
    method: String,
    /// The path below the API version, such as /me/messages, or a URL on the connection's Graph
    path: String,
    /// The body: JSON or a text, @PATH, or - for standard input
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    data: Option<String>,
    /// A query parameter, not encoded; may be repeated
    #[arg(short = 'Q', long, value_name = "KEY=VALUE")]
    query: Vec<String>,
    /// A header; may be repeated
    #[arg(short = 'H', long, value_name = "NAME: VALUE")]
    header: Vec<String>,
    /// Use the beta version of the API
    #[arg(long)]
    beta: bool,
    /// Type of the answer: json, text or binary
    #[arg(long, value_name = "TYPE")]
    response_type: Option<String>,
    #[command(flatten)]
    on: ConnectionArg,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    how: ExecuteArgs,
}

/// Sends the request.
pub(crate) async fn raw(args: RawArgs, screen: &Screen) -> CliResult {
    let host = build_host::host(build_host::needs(&args.on, args.how.key.is_some()))?;
    let action = host.action(ACTION)?;
    let mut sources = Sources::default();
    let mut input = args.input.gather(|| action.input_schema(), &mut sources)?;
    args.compose(&mut input, &mut sources)?;
    let connection = build_host::connection(&host, &args.on, ACTION).await?;
    execute(&host, ACTION, connection, input, args.how, screen).await
}

impl RawArgs {
    fn compose(&self, input: &mut Gathered, sources: &mut Sources) -> Result<()> {
        let Value::Object(object) = &mut input.value else {
            return Err(Error::invalid("", "the input is not a JSON object"));
        };
        let mut issues = Vec::new();
        object.insert("method".into(), self.method.to_uppercase().into());
        object.insert("url".into(), self.path.as_str().into());
        for (property, given, separator) in [("query", &self.query, '='), ("headers", &self.header, ':')] {
            let mut pairs = Vec::new();
            for (at, text) in given.iter().enumerate() {
                match text.split_once(separator) {
                    Some((key, value)) => pairs.push(
                        json!({ "key": key.trim(), "value": if separator == ':' { value.trim() } else { value } }),
                    ),
                    None => issues.push(Issue::new(
                        format!("/{property}/{at}"),
                        format!("has no `{separator}` between name and value"),
                    )),
                }
            }
            if !pairs.is_empty() {
                match object.entry(property).or_insert_with(|| json!([])) {
                    Value::Array(known) => known.extend(pairs),
                    other => *other = Value::Array(pairs),
                }
            }
        }
        if let Some(data) = &self.data {
            let text = match data.strip_prefix('@').or((data == "-").then_some("-")) {
                Some(name) => sources.text(name).map_err(|why| Issue::new("/data", why)),
                None => Ok(data.clone()),
            };
            match text {
                Ok(text) => _ = object.insert("data".into(), text.into()),
                Err(issue) => issues.push(issue),
            }
        }
        if self.beta {
            object.insert("apiVersion".into(), "beta".into());
        }
        if let Some(kind) = &self.response_type {
            object.insert("responseType".into(), kind.as_str().into());
        }
        if issues.is_empty() { Ok(()) } else { Err(Error::issues(issues)) }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct RawLine {
        #[command(flatten)]
        args: RawArgs,
    }

    fn composed(line: &[&str]) -> Result<Value> {
        let args = RawLine::try_parse_from(["raw"].iter().chain(line)).unwrap().args;
        let mut input = Gathered { value: json!({}), ..Gathered::default() };
        args.compose(&mut input, &mut Sources::default())?;
        Ok(input.value)
    }

    #[test]
    fn the_words_of_an_http_client() {
        let line = [
            "post",
            "/me/x",
            "-Q",
            "$filter=a eq 'b'",
            "-H",
            "Prefer: return=minimal",
            "--data",
            r#"{"a":1}"#,
            "--beta",
            "--response-type",
            "text",
        ];
        assert_eq!(
            composed(&line).unwrap(),
            json!({
                "method": "POST", "url": "/me/x", "query": [{ "key": "$filter", "value": "a eq 'b'" }],
                "headers": [{ "key": "Prefer", "value": "return=minimal" }], "data": "{\"a\":1}", "apiVersion": "beta", "responseType": "text"
            })
        );
    }

    #[test]
    fn everything_that_cannot_be_read_is_told_at_once() {
        let error = composed(&["GET", "/me", "-Q", "top", "-H", "Prefer", "--data", "@/does/not/exist"]).unwrap_err();
        let places: Vec<_> = error.violations().iter().map(|issue| issue.pointer.as_str()).collect();
        assert_eq!(places, ["/query/0", "/headers/0", "/data"]);
    }
}
