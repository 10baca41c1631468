//! Fields of an input: what a path, an object or an operation takes.

use graph_metadata::{Model, TypeRef};
use serde_json::{Value, json};

/// A field of an action's input.
#[derive(Debug, Clone)]
pub(in crate::scaffold) struct Field {
    /// The name in Rust.
    pub(super) name: String,
    /// The name in the input.
    pub(super) json: String,
    /// The name that Graph has for it.
    pub(super) graph: String,
    /// The type in Rust.
    pub(super) ty: String,
    /// The description.
    pub(super) doc: String,
    /// The attributes, each without `#[…]`.
    pub(super) attributes: Vec<String>,
    /// A value that it takes.
    pub(super) example: Value,
    pub(super) part: Part,
}

/// Where a field goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Path,
    Body { edit: bool, object: bool },
    Version,
}

/// What Graph sets itself, whatever the type.
const COMPUTED: [&str; 12] = [
    "id",
    "createdDateTime",
    "createdBy",
    "createdByAppId",
    "lastModifiedDateTime",
    "lastModifiedBy",
    "completedDateTime",
    "completedBy",
    "changeKey",
    "webUrl",
    "hasDescription",
    "deletedDateTime",
];

/// Properties of a type that a request can set, as far as their names tell.
pub(super) fn of_type(model: &Model, ty: &TypeRef, edit: bool) -> Vec<Field> {
    let names: Vec<&str> = model.property_names(&ty.name).collect();
    let settable = names.into_iter().filter(|name| !COMPUTED.contains(name) && !name.ends_with("Count"));
    let properties = settable.filter_map(|name| Some((name, model.property(&ty.name, name)?)));
    let structural = properties.filter(|(_, property)| !property.navigation && property.ty.name != "Edm.Stream");
    structural
        .map(|(name, property)| Field::of_body(model, name, &property.ty, edit, edit && property.nullable))
        .collect()
}

impl Field {
    /// An id in a path.
    pub(super) fn of_path(name: &str) -> Field {
        let name = snake(name);
        let what = name.strip_suffix("_id").unwrap_or(&name).replace('_', " ");
        let doc = match (what.as_str(), name.ends_with("_id")) {
            ("id", _) => "The id.".to_owned(),
            (_, true) => format!("The id of the {what}."),
            (_, false) => format!("The {what}."),
        };
        Field {
            json: camel(&name),
            graph: camel(&name),
            ty: "String".to_owned(),
            doc,
            attributes: vec!["schemars(length(min = 1, max = 400))".to_owned()],
            example: json!(format!("{}-1", what.replace(' ', "-"))),
            part: Part::Path,
            name,
        }
    }

    /// The version that a change is made to.
    pub(super) fn version() -> Field {
        Field {
            name: "e_tag".to_owned(),
            json: "eTag".to_owned(),
            graph: "@odata.etag".to_owned(),
            ty: "Option<String>".to_owned(),
            doc: "Change only this version: the `@odata.etag` that was read. By default the present version is read \
                  first."
                .to_owned(),
            attributes: vec!["schemars(length(min = 1, max = 255))".to_owned()],
            example: Value::Null,
            part: Part::Version,
        }
    }

    /// A property of an object, or a parameter of an operation. `edit`: of an object that is there; `clears`: null
    /// clears it.
    pub(super) fn of_body(model: &Model, name: &str, ty: &TypeRef, edit: bool, clears: bool) -> Field {
        let Kind { rust, attributes, example } = Kind::of(model, name, ty);
        let optional = if clears { format!("Edit<{rust}>") } else { format!("Option<{rust}>") };
        let mut attributes = attributes;
        if clears {
            attributes.insert(0, "serde(default)".to_owned());
            // A member that clears is `null`.
            attributes.iter_mut().for_each(|it| *it = it.replace("\"enum\" = [", "\"enum\" = [null, "));
        }
        let what = words(name);
        let doc = match (ty.collection, ty.short()) {
            (true, short) if !short.starts_with("Edm.") => format!("The {what}, each a `{short}` as Graph writes it."),
            (_, "Edm.Boolean") => match (what.strip_prefix("is "), what.strip_prefix("has ")) {
                (Some(what), _) => format!("Whether it is {what}."),
                (_, Some(what)) => format!("Whether it has {what}."),
                _ => format!("Value of `{name}`: true or false."),
            },
            (_, short) if short.starts_with("Edm.") || model.members(&ty.name).is_some() => format!("The {what}."),
            (_, short) => format!("The {what}, a `{short}` as Graph writes it."),
        };
        let object = rust == "Map<String, Value>" || rust == "Vec<Value>";
        Field {
            json: camel(&snake(name)),
            name: snake(name),
            graph: name.to_owned(),
            ty: optional,
            doc,
            attributes,
            example,
            part: Part::Body { edit: edit && clears, object },
        }
    }
}

// The type of a value in Rust, without whether it may be absent.
struct Kind {
    rust: String,
    attributes: Vec<String>,
    example: Value,
}

impl Kind {
    fn of(model: &Model, name: &str, ty: &TypeRef) -> Kind {
        let one = Kind::single(model, name, ty);
        if !ty.collection {
            return one;
        }
        let inner = one.rust.replace("Map<String, Value>", "Value");
        Kind { rust: format!("Vec<{inner}>"), attributes: Vec::new(), example: json!([one.example]) }
    }

    fn single(model: &Model, name: &str, ty: &TypeRef) -> Kind {
        let plain = |rust: &str, example: Value| Kind { rust: rust.to_owned(), attributes: Vec::new(), example };
        let text = |attribute: String, example: &str| Kind {
            rust: "String".to_owned(),
            attributes: vec![format!("schemars({attribute})")],
            example: json!(example),
        };
        if let Some(members) = model.members(&ty.name) {
            let known: Vec<&String> = members.iter().filter(|it| *it != "unknownFutureValue").collect();
            let list: Vec<String> = known.iter().map(|it| format!("{it:?}")).collect();
            let first = known.first().map(|it| it.as_str()).unwrap_or_default();
            return text(format!("extend(\"enum\" = [{}])", list.join(", ")), first);
        }
        match ty.name.as_str() {
            "Edm.Boolean" => plain("bool", json!(true)),
            "Edm.Byte" | "Edm.SByte" | "Edm.Int16" | "Edm.Int32" | "Edm.Int64" => plain("i64", json!(1)),
            "Edm.Single" | "Edm.Double" | "Edm.Decimal" => plain("f64", json!(1.5)),
            "Edm.DateTimeOffset" => text("extend(\"format\" = \"date-time\")".to_owned(), "2027-03-01T09:00:00Z"),
            "Edm.Date" => text("extend(\"format\" = \"date\")".to_owned(), "2027-03-01"),
            "Edm.Duration" => text("extend(\"format\" = \"duration\")".to_owned(), "PT1H"),
            "Edm.Guid" => text("extend(\"format\" = \"uuid\")".to_owned(), "7f105c7d-2dc5-4530-97cd-4e7ae6534c07"),
            "Edm.TimeOfDay" => text("length(min = 1, max = 16)".to_owned(), "09:00:00"),
            kind if kind.starts_with("Edm.") => text("length(min = 1)".to_owned(), &sample(name)),
            _ => plain("Map<String, Value>", json!({})),
        }
    }
}

// A text that a property of this name may have: an id for `planId`, "Display name" for `displayName`.
fn sample(name: &str) -> String {
    match name.strip_suffix("Id") {
        Some(what) => format!("{}-1", words(what).replace(' ', "-")),
        None => {
            let words = words(name);
            words[..1].to_uppercase() + &words[1..]
        }
    }
}

/// `planId` and `plan-id` as Rust has it: `plan_id`.
pub(super) fn snake(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        match c {
            '-' | '_' | ' ' => snake.push('_'),
            c if c.is_ascii_uppercase() => {
                if !snake.is_empty() && !snake.ends_with('_') {
                    snake.push('_');
                }
                snake.push(c.to_ascii_lowercase());
            }
            c if c.is_ascii_alphanumeric() => snake.push(c),
            _ => {}
        }
    }
    match snake.as_str() {
        "type" | "ref" | "self" | "use" | "match" | "move" | "in" | "for" | "loop" => snake + "_",
        "" => "id".to_owned(),
        _ => snake,
    }
}

// As serde's `camelCase` writes a field.
fn camel(snake: &str) -> String {
    let mut words = snake.split('_').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &word[..1].to_ascii_uppercase() + &word[1..])
}

// A name in words: `dueDateTime` is "due date time".
fn words(name: &str) -> String {
    snake(name).trim_end_matches('_').replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_graph_become_names_of_rust_and_back() {
        for (graph, rust) in [("planId", "plan_id"), ("plan-id", "plan_id"), ("type", "type_"), ("id", "id")] {
            assert_eq!(snake(graph), rust);
        }
        assert_eq!(camel("due_date_time"), "dueDateTime");
        assert_eq!(Field::of_path("plan-id").json, "planId");
        assert_eq!(Field::of_path("plan-id").doc, "The id of the plan.");
        assert_eq!(Field::of_path("id").doc, "The id.");
    }
}
