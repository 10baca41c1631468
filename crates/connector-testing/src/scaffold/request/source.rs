//! The source of an action.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Map, Value};

use super::fields::{Field, Part};
use super::{Described, Does};
use crate::scaffold::names;

/// The file of an action that sends the request.
///
/// `output` is the type of the vocabulary that describes what Graph returns, if it returns an object.
pub(in crate::scaffold) fn source(described: &Described, name: &str, output: Option<&str>) -> String {
    let kind = names::pascal(name);
    let mut text = format!("//! `{name}`\n\n{}\n", imports(described, output));
    let _ = writeln!(text, "/// {}", summary(described, name));
    let _ = writeln!(text, "#[derive(Debug, Deserialize, JsonSchema)]");
    let _ = writeln!(text, "#[serde(rename_all = \"camelCase\", deny_unknown_fields)]");
    let _ = writeln!(text, "#[schemars(extend(\"examples\" = [json!({})]))]", Value::Object(example(described)));
    if described.does == Does::Update {
        let others = described.fields.iter().filter(|field| !matches!(field.part, Part::Body { .. }));
        let names: Vec<&str> = others.map(|field| field.json.as_str()).collect();
        let _ = writeln!(text, "#[schemars(transform = rules::something_beside(&{names:?}))]");
    }
    let _ = writeln!(text, "pub struct {kind} {{\n{}}}\n", fields(described));
    let _ = writeln!(text, "impl Action for {kind} {{");
    let _ = writeln!(text, "    type Output = {};", output_type(described, output));
    let _ = writeln!(text, "    const SPEC: Spec = {};\n", spec(described, name));
    let output = output_type(described, output);
    let _ =
        writeln!(text, "    fn plan(self, _: &Context) -> Result<Plan<{output}>> {{\n{}    }}\n}}", plan(described));
    text
}

/// The example of the input.
pub(super) fn example(described: &Described) -> Map<String, Value> {
    let mut all = Map::new();
    for field in &described.fields {
        let shown = match field.part {
            Part::Path => true,
            Part::Body { object, .. } => !object,
            Part::Version => false,
        };
        if shown {
            all.insert(field.json.clone(), field.example.clone());
        }
    }
    match described.does {
        Does::List | Does::CallForList => drop(all.insert("limit".to_owned(), 10.into())),
        Does::Delete => drop(all.insert("confirm".to_owned(), true.into())),
        _ => {}
    }
    all
}

/// The ids in the path, of the example of the input.
pub(super) fn example_of_path(described: &Described) -> Map<String, Value> {
    let fields = described.fields.iter().filter(|field| field.part == Part::Path);
    fields.map(|field| (field.json.clone(), field.example.clone())).collect()
}

fn imports(described: &Described, output: Option<&str>) -> String {
    let mut sdk = BTreeSet::from(["Action", "Context", "Effect", "Plan", "Request", "Result", "Spec"]);
    let has = |test: fn(&Part) -> bool| described.fields.iter().any(|field| test(&field.part));
    match described.does {
        Does::List => sdk.extend(["List", "Pages", "Query"]),
        Does::Read => sdk.extend(["Raw", "odata"]),
        Does::Create => sdk.extend(["Fields", "Raw"]),
        Does::Update => sdk.extend(["Fields", "Accepted"]),
        Does::Delete => sdk.extend(["Confirm", "Deleted"]),
        Does::CallForList => sdk.extend(["List", "Pages"]),
        Does::Call => drop(sdk.insert(if output.is_some() { "Raw" } else { "Accepted" })),
    }
    if described.has_unknown_effect() && has(|part| matches!(part, Part::Body { .. })) {
        sdk.insert("Fields");
    }
    if described.fields.iter().any(|field| field.ty.starts_with("Edit<")) {
        sdk.insert("Edit");
    }
    if described.versioned {
        sdk.insert("at_version");
    }
    if described.is_for_apps_only() {
        sdk.insert("Scopes");
    }
    let names: Vec<&str> = sdk.into_iter().collect();
    let mut text = format!("use connector_sdk::{{{}}};\n", names.join(", "));
    if described.does == Does::Update {
        text.push_str("use connector_sdk::schema::rules;\n");
    }
    text.push_str("use schemars::JsonSchema;\nuse serde::Deserialize;\n");
    let values = described.fields.iter().any(|field| field.ty.contains("Value"));
    let maps = described.fields.iter().any(|field| field.ty.contains("Map<"));
    let json = match (maps, values) {
        (true, _) => "use serde_json::{Map, Value, json};\n",
        (false, true) => "use serde_json::{Value, json};\n",
        (false, false) => "use serde_json::json;\n",
    };
    text.push_str(json);
    if let Some(output) = output {
        let _ = writeln!(text, "\nuse crate::vocabulary::{output};");
    }
    text
}

fn summary(described: &Described, name: &str) -> String {
    let title = names::title(name);
    match described.does {
        Does::Update => format!("{title}. Absent properties stay as they are, and null clears a property."),
        _ => format!("{title}."),
    }
}

/// The fields of a struct for the ids in the path.
pub(super) fn path_fields(described: &Described) -> String {
    described.fields.iter().filter(|field| field.part == Part::Path).map(field).collect()
}

fn field(field: &Field) -> String {
    let mut text = format!("    /// {}\n", field.doc);
    for attribute in &field.attributes {
        let _ = writeln!(text, "    #[{attribute}]");
    }
    let _ = writeln!(text, "    {}: {},", field.name, field.ty);
    text
}

fn fields(described: &Described) -> String {
    let mut text: String = described.fields.iter().map(field).collect();
    match described.does {
        Does::List => text.push_str("    /// OData query options.\n    query: Option<Query>,\n"),
        Does::Read => text.push_str("    /// Only these properties; the default is Graph's own choice.\n    #[schemars(length(min = 1))]\n    select: \
             Option<Vec<String>>,\n"),
        Does::Delete => text.push_str("    /// Confirms the deletion. It must be true.\n    confirm: Confirm,\n"),
        _ => {}
    }
    if matches!(described.does, Does::List | Does::CallForList) {
        text.push_str("    /// Length of the list.\n    #[serde(flatten)]\n    pages: Pages,\n");
    }
    text
}

fn output_type(described: &Described, output: Option<&str>) -> String {
    match (described.does, output) {
        (Does::List | Does::CallForList, Some(output)) => format!("List<{output}>"),
        (Does::List | Does::CallForList, None) => "List<serde_json::Value>".to_owned(),
        (Does::Read | Does::Create | Does::Call, Some(output)) => format!("Raw<{output}>"),
        (Does::Read | Does::Create, None) => "Raw<serde_json::Value>".to_owned(),
        (Does::Update, _) | (Does::Call, None) => "Accepted".to_owned(),
        (Does::Delete, _) => "Deleted".to_owned(),
    }
}

fn spec(described: &Described, name: &str) -> String {
    let effect = match described.does {
        Does::List | Does::Read => "Read",
        Does::Create => "Create",
        Does::Delete => "Delete",
        Does::Call | Does::CallForList if described.line.path.to_lowercase().contains("send") => "Send",
        Does::Update | Does::Call | Does::CallForList => "Update",
    };
    let mut text = format!("Spec::new({name:?}, {:?}, Effect::{effect})", names::title(name));
    text.push_str(&permissions(described));
    if matches!(described.does, Does::List | Does::CallForList) {
        text.push_str(".list()");
    }
    text
}

/// The permissions, as functions of a spec.
pub(super) fn permissions(described: &Described) -> String {
    let (delegated, application) = (&described.delegated, &described.application);
    match (delegated.is_empty(), application.is_empty()) {
        (true, true) => String::new(),
        (true, false) => format!(".scopes(Scopes::apps(&{application:?}))"),
        (false, true) => format!(".delegated(&{delegated:?})"),
        (false, false) => format!(".delegated(&{delegated:?}).application(&{application:?})"),
    }
}

/// The request with the ids in its path.
pub(super) fn request(described: &Described) -> String {
    let verb = described.line.verb.name().to_lowercase();
    let mut path = described.line.path.clone();
    let placeholders: Vec<String> = super::placeholders(&described.line.path).map(str::to_owned).collect();
    let fields = described.fields.iter().filter(|field| field.part == Part::Path);
    let mut text = String::new();
    for (placeholder, field) in placeholders.iter().zip(fields) {
        path = path.replace(&format!("{{{placeholder}}}"), &format!("{{{}}}", field.name));
        let _ = write!(text, ".path_param({:?}, self.{}.as_str())", field.name, field.name);
    }
    format!("Request::{verb}({path:?}){text}")
}

fn body(described: &Described) -> Option<String> {
    let mut text = "Fields::default()".to_owned();
    let mut any = false;
    for field in &described.fields {
        let Part::Body { edit, .. } = field.part else { continue };
        any = true;
        let _ = match edit {
            true => write!(text, "\n            .edit({:?}, self.{})?", field.graph, field.name),
            false => write!(text, "\n            .with({:?}, self.{})", field.graph, field.name),
        };
    }
    any.then_some(text)
}

fn plan(described: &Described) -> String {
    let request = request(described);
    let mut text = String::new();
    let body = body(described);
    if let Some(body) = &body {
        let end = if described.does == Does::Update { "\n            .not_empty()?" } else { "" };
        let _ = writeln!(text, "        let fields = {body}{end};");
    }
    let json = if body.is_some() { ".json(fields)" } else { "" };
    match described.does {
        Does::List => {
            let _ = writeln!(text, "        let mut query = self.query.unwrap_or_default();");
            let _ = writeln!(text, "        query.top.get_or_insert(self.pages.page_size(100));");
            let _ = writeln!(text, "        let request = {request};");
            let _ = writeln!(text, "        Ok(query.apply(request).pages(self.pages.paging()?))");
        }
        Does::Read => {
            let _ = writeln!(text, "        let select = self.select.as_deref().and_then(odata::select);");
            let _ = writeln!(text, "        Ok({request}.query_opt(\"$select\", select).raw())");
        }
        Does::Create => {
            let _ = writeln!(text, "        Ok({request}{json}.raw())");
        }
        Does::CallForList => {
            let _ = writeln!(text, "        Ok({request}{json}.pages(self.pages.paging()?))");
        }
        Does::Call => {
            let end = if described.ty.is_some() { "raw" } else { "accepted" };
            let _ = writeln!(text, "        Ok({request}{json}.{end}())");
        }
        Does::Update | Does::Delete => change(described, &request, json, &mut text),
    }
    text
}

// A change that Graph accepts with the version that it changes, where it demands that.
fn change(described: &Described, request: &str, json: &str, text: &mut String) {
    let (end, idempotent) = match described.does {
        Does::Delete => ("deleted", ""),
        _ => ("accepted", ".idempotent()"),
    };
    if described.does == Does::Delete {
        let _ = writeln!(text, "        let Confirm {{ .. }} = self.confirm;");
    }
    if !described.versioned {
        let _ = writeln!(text, "        Ok({request}{json}{idempotent}.{end}())");
        return;
    }
    let verb = format!("Request::{}", described.line.verb.name().to_lowercase());
    let read = request.replacen(&verb, "Request::get", 1);
    let _ = writeln!(text, "        let read = {read};");
    let _ = writeln!(text, "        let write = {request}{json}{idempotent};");
    let _ = writeln!(
        text,
        "        Ok(at_version(self.e_tag, read, move |version| write.clone().if_match(Some(version)).{end}()))"
    );
}
