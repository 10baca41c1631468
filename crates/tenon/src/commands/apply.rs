//! The command `tenon apply`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use connector_runtime::{NewDestination, NewWatch, read_input};
use connector_sdk::{Code, Error, Result};
use serde_json::{Value, json};

use crate::address_rules::AddressRulesArg;
use crate::build_host::Needs;
use crate::failure::CliResult;
use crate::output::Screen;
use crate::time;

const AFTER: &str = "\
The file has a table for each destination and each watch:

  [destinations.crm]
  url = \"https://crm.contoso.com/hooks/tenon\"

  [watches.inbox]
  trigger = \"outlook.new_email\"
  connection = \"work\"
  interval = \"30s\"
  input = { folderId = \"inbox\" }
  destinations = [\"crm\"]

Whoever applies the same file again changes nothing. What is not in the file stays as it is.";

/// Make the watches and destinations of a file, or change them so that they are as it says
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub(crate) struct ApplyArgs {
    /// The file, in TOML
    #[arg(short, long, value_name = "PATH")]
    file: PathBuf,
    #[command(flatten)]
    rules: AddressRulesArg,
}

/// Runs `tenon apply`.
pub(crate) async fn apply(args: ApplyArgs, screen: &Screen) -> CliResult {
    let wanted = Wanted::read(&args.file)?;
    let host = args.rules.owner(Needs::Store)?;
    let mut items = Vec::new();
    for destination in wanted.destinations {
        let (what, info, secret) = host.destinations().apply(destination).await?;
        let mut item = json!({ "destination": info.destination.name, "id": info.destination.id, "done": what });
        if let Some(secret) = secret {
            item["secret"] = secret.expose().into();
            screen.note("a secret is shown this once; the receiver verifies signatures with it");
        }
        items.push(item);
    }
    for watch in wanted.watches {
        let (what, info) = host.watches().apply(watch).await?;
        items.push(json!({ "watch": info.watch.name, "id": info.watch.id, "done": what }));
    }
    screen.value(&json!({ "items": items }))
}

/// What a file wants.
#[derive(Debug)]
struct Wanted {
    destinations: Vec<NewDestination>,
    watches: Vec<NewWatch>,
}

impl Wanted {
    fn read(path: &std::path::Path) -> Result<Wanted> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::new(Code::InvalidInput, format!("{} cannot be read", path.display())).caused_by(error)
        })?;
        Wanted::parse(&text)
    }

    // All of it is read before anything is done.
    fn parse(text: &str) -> Result<Wanted> {
        let wrong = |message: String| {
            Error::new(Code::InvalidInput, message).with_hint("`tenon apply --help` shows what a file looks like.")
        };
        let mut file: Value = toml::from_str(text).map_err(|error| wrong(format!("the file is no TOML: {error}")))?;
        let mut tables = |name: &str| -> Result<Vec<(String, Value)>> {
            match file.as_object_mut().and_then(|file| file.remove(name)) {
                None => Ok(Vec::new()),
                Some(Value::Object(all)) => Ok(all.into_iter().collect()),
                Some(_) => Err(wrong(format!("`{name}` is no table of tables"))),
            }
        };
        let (destinations, watches) = (tables("destinations")?, tables("watches")?);
        if let Some(other) = file.as_object().and_then(|file| file.keys().next()) {
            return Err(wrong(format!("`{other}` is not known here; a file has `watches` and `destinations`")));
        }
        let destinations = destinations.into_iter().map(|(name, value)| read("destinations", name, value));
        let destinations = destinations.collect::<Result<_>>()?;
        let watches = watches.into_iter().map(|(name, mut value)| {
            if let Some(interval) = value.as_object_mut().and_then(|watch| watch.remove("interval")) {
                let span = interval
                    .as_str()
                    .ok_or("write it as a text")
                    .and_then(|text| time::span(text).map_err(|_| "write it with a unit, such as 30s, 5m or 1h30m"));
                let pointer = format!("/watches/{name}/interval");
                let span: Duration = span.map_err(|why| Error::invalid(pointer, why.to_owned()))?;
                value["intervalSeconds"] = span.as_secs().into();
            }
            read("watches", name, value)
        });
        Ok(Wanted { destinations, watches: watches.collect::<Result<_>>()? })
    }
}

fn read<T: serde::de::DeserializeOwned>(kind: &str, name: String, mut value: Value) -> Result<T> {
    if let Some(table) = value.as_object_mut() {
        table.insert("name".to_owned(), name.clone().into());
    }
    read_input(value).map_err(|error| error.at(&format!("/{kind}/{name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_watches_and_destinations() {
        let wanted = Wanted::parse(
            r#"
            [destinations.crm]
            url = "https://crm.contoso.com/hooks"
            [watches.inbox]
            trigger = "outlook.new_email"
            connection = "work"
            interval = "1m30s"
            input = { folderId = "inbox" }
            destinations = ["crm"]
            "#,
        )
        .unwrap();
        let watch = &wanted.watches[0];
        assert_eq!(
            (&*watch.name, watch.interval_seconds, &watch.input),
            ("inbox", Some(90), &json!({ "folderId": "inbox" }))
        );
        assert_eq!((&*wanted.destinations[0].name, &watch.destinations), ("crm", &vec!["crm".to_owned()]));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, told) in [
            ("x", "no TOML"),
            ("watch = 1", "`watch` is not known here"),
            ("watches = 1", "no table of tables"),
            ("[watches.a]\ntrigger = 'x'\ninterval = 'soon'", "/watches/a/interval"),
            ("[watches.a]\ntrigger = 'x'\nintervall = '5s'", "/watches/a/intervall"),
            ("[destinations.b]\nurl = 7", "/destinations/b/url"),
        ] {
            let error = Wanted::parse(text).unwrap_err();
            let all = format!("{error} {:?}", error.violations());
            assert!(all.contains(told), "{text}: {all}");
        }
    }
}
