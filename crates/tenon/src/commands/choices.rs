//! The command `tenon choices`.

use std::collections::HashMap;

use clap::Args;
use connector_sdk::{Choice, ChoiceQuery, PageToken};

use crate::build_host;
use crate::connection_arg::ConnectionArg;
use crate::failure::CliResult;
use crate::input::{InputArgs, Sources};
use crate::output::Screen;
use crate::render::{QUIET, escape};

/// List the choices of a picklist
#[derive(Debug, Args)]
pub(crate) struct ChoicesArgs {
    /// The picklist, such as outlook.mail_folders
    picklist: String,
    #[command(flatten)]
    on: ConnectionArg,
    /// Only choices that contain this text
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Page to list: the `nextPageToken` of the previous page
    #[arg(long, value_name = "TOKEN")]
    page_token: Option<String>,
    #[command(flatten)]
    input: InputArgs,
}

/// Lists one page of choices.
pub(crate) async fn choices(args: ChoicesArgs, screen: &Screen) -> CliResult {
    let host = build_host::host(build_host::needs(&args.on, false))?;
    let picklist = host.picklist(&args.picklist)?;
    let input = args.input.gather(|| picklist.input_schema(), &mut Sources::default())?;
    let from = args.page_token.as_deref().map(|text| PageToken::from_text(text, "pageToken")).transpose()?;
    let connection = build_host::connection(&host, &args.on, &args.picklist).await?;
    let page = host.choices(&args.picklist, &connection, input.value, ChoiceQuery::new(args.search, from)).await?;
    if !screen.is_readable() {
        return screen.value(&page);
    }
    let rows: Vec<(String, &Choice)> = tree(&page.choices)
        .into_iter()
        .map(|(depth, choice)| (format!("{}{}", "  ".repeat(depth), escape::line(&choice.label)), choice))
        .collect();
    let longest = rows.iter().map(|(label, _)| escape::width(label)).max().unwrap_or(0);
    let mut out = String::new();
    for (label, choice) in &rows {
        // The value is there to be copied, so it stays whole however wide the terminal is.
        let space = " ".repeat(longest - escape::width(label) + 2);
        out.push_str(&format!("{label}{space}{QUIET}{}{QUIET:#}\n", escape::line(&choice.value)));
    }
    if rows.is_empty() {
        out.push_str("no choices\n");
    }
    if let Some(token) = &page.next_page_token {
        out.push_str(&format!("{QUIET}more: --page-token {}{QUIET:#}\n", escape::line(token)));
    }
    screen.text(&out)
}

// Every choice once, below the one that it stands under, in the given order.
fn tree(choices: &[Choice]) -> Vec<(usize, &Choice)> {
    let known: HashMap<&str, usize> =
        choices.iter().enumerate().map(|(at, choice)| (choice.value.as_str(), at)).collect();
    let mut below: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
    for (at, choice) in choices.iter().enumerate() {
        let parent =
            choice.parent.as_deref().and_then(|parent| known.get(parent)).copied().filter(|parent| *parent != at);
        below.entry(parent).or_default().push(at);
    }
    let mut seen = vec![false; choices.len()];
    let mut out = Vec::with_capacity(choices.len());
    // Choices whose parents form a ring are reached from no root; they come last, as roots.
    let roots = below.get(&None).cloned().unwrap_or_default().into_iter().chain(0..choices.len());
    for root in roots {
        let mut open = vec![(0, root)];
        while let Some((depth, at)) = open.pop() {
            if std::mem::replace(&mut seen[at], true) {
                continue;
            }
            out.push((depth, &choices[at]));
            open.extend(below.get(&Some(at)).into_iter().flatten().rev().map(|child| (depth + 1, *child)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_choice_stands_once_below_its_parent() {
        let choice =
            |value: &str, parent: Option<&str>| Choice::new(value, value).with_parent(parent.map(str::to_owned));
        let all = [
            choice("inbox", None),
            choice("sent", None),
            choice("a", Some("inbox")),
            choice("b", Some("a")),
            choice("x", Some("y")),
            choice("y", Some("x")),
            choice("o", Some("gone")),
        ];
        let shown: Vec<(usize, &str)> =
            tree(&all).into_iter().map(|(depth, choice)| (depth, choice.value.as_str())).collect();
        assert_eq!(shown, [(0, "inbox"), (1, "a"), (2, "b"), (0, "sent"), (0, "o"), (0, "x"), (1, "y")]);
    }
}
