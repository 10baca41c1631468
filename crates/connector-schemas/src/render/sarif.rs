//! A report as SARIF 2.1.0, the [Static Analysis Results Interchange Format][1].
//!
//! [1]: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html

use std::path::{Component, Path};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::finding::{Finding, Place, Position, Report};
use crate::rule::Rule;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// What stays as it is in a part of a path.
const IN_PATHS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(super) fn render(report: &Report) -> String {
    let rules: Vec<Value> = Rule::ALL
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id(),
                "shortDescription": { "text": rule.summary() },
                "defaultConfiguration": { "level": rule.severity().name() },
            })
        })
        .collect();
    let results: Vec<Value> = report.findings.iter().map(result).collect();
    super::line(&json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "tenon validate",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": rules,
                },
            },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

fn result(finding: &Finding) -> Value {
    let text = match &finding.help {
        Some(help) => format!("{}: {help}.", finding.message),
        None => format!("{}.", finding.message),
    };
    let mut result = json!({
        "ruleId": finding.rule.id(),
        "ruleIndex": Rule::ALL.iter().position(|rule| *rule == finding.rule),
        "level": finding.severity.name(),
        "message": { "text": text },
        "locations": [location(&finding.place)],
    });
    if let Some(level) = finding.level {
        result["properties"] = json!({ "compatibility": level.name() });
    }
    if let Some(old) = &finding.old {
        let mut location = location(old);
        location["id"] = 1.into();
        location["message"] = json!({ "text": "The old version." });
        result["relatedLocations"] = json!([location]);
    }
    result
}

fn location(place: &Place) -> Value {
    // Code review shows nothing without a line.
    let Position { line, column } = place.position.unwrap_or(Position { line: 1, column: 1 });
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&place.file) },
            "region": { "startLine": line, "startColumn": column },
        },
        "logicalLocations": [{ "fullyQualifiedName": format!("#{}", place.pointer) }],
    })
}

// Relative paths stay relative, to the folder in which the command ran.
fn uri(path: &Path) -> String {
    let mut uri = String::new();
    for component in path.components() {
        let part = match component {
            Component::Prefix(prefix) => prefix.as_os_str().to_string_lossy(),
            Component::RootDir => {
                uri.insert_str(0, if uri.is_empty() { "file://" } else { "file:///" });
                continue;
            }
            Component::CurDir => continue,
            Component::ParentDir => "..".into(),
            Component::Normal(part) => part.to_string_lossy(),
        };
        if !uri.is_empty() {
            uri.push('/');
        }
        uri.extend(utf8_percent_encode(&part, IN_PATHS));
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Level, Severity};

    // The members that SARIF 2.1.0 requires of what is written here, and the values that it allows.
    #[test]
    fn the_form_is_that_of_sarif() {
        let place = Place { file: "a b/c.json".into(), position: None, pointer: "/x".to_owned() };
        let old =
            Place { file: "/old/c.json".into(), position: Some(Position { line: 2, column: 3 }), ..place.clone() };
        let finding = Finding {
            place,
            severity: Severity::Error,
            rule: Rule::InputRemoved,
            message: "`x` is gone".to_owned(),
            help: None,
            level: Some(Level::Breaking),
            old: Some(old),
        };
        let sarif: Value = serde_json::from_str(&render(&Report { files: 1, findings: vec![finding] })).unwrap();
        assert_eq!(sarif["version"], "2.1.0");
        let run = &sarif["runs"][0];
        let driver = &run["tool"]["driver"];
        assert!(driver["name"].is_string());
        for (i, rule) in driver["rules"].as_array().unwrap().iter().enumerate() {
            assert_eq!(rule["id"], Rule::ALL[i].id());
            assert!(rule["shortDescription"]["text"].is_string());
        }
        let result = &run["results"][0];
        assert_eq!(driver["rules"][result["ruleIndex"].as_u64().unwrap() as usize]["id"], result["ruleId"]);
        assert_eq!(result["level"], "error");
        assert_eq!(result["message"]["text"], "`x` is gone.");
        let physical = &result["locations"][0]["physicalLocation"];
        assert_eq!(physical["artifactLocation"]["uri"], "a%20b/c.json");
        assert_eq!(physical["region"], json!({ "startLine": 1, "startColumn": 1 }));
        let related = &result["relatedLocations"][0];
        assert_eq!(related["physicalLocation"]["artifactLocation"]["uri"], "file:///old/c.json");
        assert_eq!(related["physicalLocation"]["region"]["startLine"], 2);
    }
}
