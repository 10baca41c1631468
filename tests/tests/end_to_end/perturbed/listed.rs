//! What the connectors list, with an input for each.

use std::fmt;

use serde_json::{Value, json};

use crate::stage::Stage;

/// An action or a picklist, and an input.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    pub(super) kind: Kind,
    pub(super) id: String,
    pub(super) connection: &'static str,
    pub(super) input: Value,
}

/// What kind of thing is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An action.
    Action,
    /// A picklist.
    Picklist,
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id, self.input)
    }
}

impl Listed {
    /// Whether it hands on an answer of Graph, or so many pages, as they are.
    pub(super) fn is_one_answer(&self) -> bool {
        let name = self.id.rsplit('.').next().unwrap_or_default();
        ["get", "raw_request", "batch_request", "paginate_request"].contains(&name)
    }
}

/// The examples of a schema.
pub(super) fn examples(schema: &Value) -> Vec<Value> {
    schema["examples"].as_array().cloned().unwrap_or_default()
}

/// What a picklist depends on and nothing stands for by itself.
fn depends_on(id: &str) -> Value {
    const SITE: &str = "contoso.sharepoint.example:/sites/mark8";
    const GROUP: &str = "fba318f2-9400-4cc8-879e-e1bb10c5b206";
    match id.rsplit('.').next().unwrap_or_default() {
        "group_members" => json!({ "group": GROUP }),
        "channels" => json!({ "team": GROUP }),
        "lists" => json!({ "site": SITE }),
        "list_columns" => json!({ "site": SITE, "list": "Parts" }),
        "worksheets" | "tables" => json!({ "path": "Documents/Sales.xlsx" }),
        "worksheet_columns" => json!({ "path": "Documents/Sales.xlsx", "worksheet": "Orders" }),
        _ => json!({}),
    }
}

impl Listed {
    /// Everything that is listed. What several connectors list is there once for each of its sources.
    pub(super) fn all() -> Vec<Listed> {
        let stage = Stage::new();
        let mut all = Vec::new();
        let mut known = std::collections::BTreeSet::new();
        for connector in stage.host.connectors() {
            for action in &connector.actions {
                if !known.insert(action.source()) {
                    continue;
                }
                // What a user cannot do at all, an app does.
                let connection = if action.spec().scopes.delegated.is_never() { "app" } else { "adele" };
                let id = format!("{}.{}", connector.name, action.spec().name);
                let listed = |input| Listed { kind: Kind::Action, id: id.clone(), connection, input };
                all.extend(examples(&action.input_schema()).into_iter().map(listed));
            }
            for picklist in connector.picklists.iter().filter(|it| known.insert(it.source())) {
                let id = format!("{}.{}", connector.name, picklist.spec().name);
                let input = depends_on(&id);
                all.push(Listed { kind: Kind::Picklist, id, connection: "adele", input });
            }
        }
        all
    }
}
