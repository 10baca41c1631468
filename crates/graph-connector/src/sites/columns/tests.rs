//! Columns as Graph returns them, and what becomes of them.

use super::*;

fn columns() -> Vec<Value> {
    let columns = json!([
        { "name": "Title", "displayName": "Item", "required": true, "hidden": false, "readOnly": false, "text": { "maxLength": 255, "allowMultipleLines": false } },
        { "name": "Notes", "description": "What else there is", "text": { "maxLength": 255, "allowMultipleLines": true } },
        { "name": "Quantity", "required": true, "defaultValue": { "value": "1" }, "number": { "minimum": 0.0, "maximum": 1.797_693_134_862_315_7e308 } },
        { "name": "Price", "currency": { "locale": "en-us" } },
        { "name": "State", "required": true, "choice": { "allowTextEntry": false, "choices": ["New", "Done"], "displayAs": "dropDownMenu" } },
        { "name": "Colour", "choice": { "allowTextEntry": true, "choices": ["Red"], "displayAs": "radioButtons" } },
        { "name": "Tags", "choice": { "allowTextEntry": false, "choices": ["a", "b"], "displayAs": "checkBoxes" } },
        { "name": "Day", "dateTime": { "format": "dateOnly" } },
        { "name": "Begin", "dateTime": { "format": "dateTime" } },
        { "name": "Open", "boolean": {} },
        { "name": "Owner", "required": true, "personOrGroup": { "allowMultipleSelection": false } },
        { "name": "Team", "personOrGroup": { "allowMultipleSelection": true } },
        { "name": "Supplier", "lookup": { "listId": "1-2", "columnName": "Title", "allowMultipleValues": false } },
        { "name": "Parts", "lookup": { "listId": "1-3", "columnName": "Title", "allowMultipleValues": true } },
        { "name": "Supplier_Country", "readOnly": false, "lookup": { "listId": "1-2", "primaryLookupColumnId": "9" } },
        { "name": "Total", "calculated": { "outputType": "number", "formula": "=1" } },
        { "name": "Created", "readOnly": true, "dateTime": { "format": "dateTime" } },
        { "name": "Secret", "hidden": true, "text": {} },
        { "name": "Site", "hyperlinkOrPicture": { "isPicture": false } },
        { "name": "Strange", "whatever": {} },
        { "displayName": "Nameless", "text": {} },
    ]);
    columns.as_array().cloned().unwrap_or_default()
}

fn of(used: Use, name: &str) -> Value {
    schema(&columns(), used)["properties"][name].clone()
}

#[test]
fn each_kind_has_its_schema() {
    for (name, expected) in [
        ("Title", json!({ "type": "string", "maxLength": 255, "title": "Item" })),
        ("Notes", json!({ "type": "string", "description": "What else there is." })),
        ("Quantity", json!({ "type": "number", "minimum": 0 })),
        ("Price", json!({ "type": "number" })),
        ("State", json!({ "type": "string", "enum": ["New", "Done"] })),
        ("Colour", json!({ "type": "string", "examples": ["Red"] })),
        ("Tags", json!({ "type": "array", "items": { "type": "string", "enum": ["a", "b"] }, "uniqueItems": true })),
        ("Begin", json!({ "type": "string", "format": "date-time" })),
        ("Open", json!({ "type": "boolean" })),
        ("Strange", json!({})),
    ] {
        assert_eq!(of(Use::Create, name), expected, "{name}");
    }
    assert_eq!(of(Use::Create, "Day")["pattern"], r"^\d{4}-\d{2}-\d{2}(T.*)?$");
    assert_eq!(of(Use::Read, "Day"), json!({ "type": "string", "format": "date-time" }));
    assert_eq!(of(Use::Read, "Total"), json!({ "type": "number" }));
}

#[test]
fn people_and_lookups_go_by_numbers() {
    let owner = of(Use::Create, "OwnerLookupId");
    assert_eq!((&owner["type"], &owner["minimum"]), (&json!(["integer", "string"]), &json!(1)));
    assert_eq!(of(Use::Create, "SupplierLookupId")["x-lookup-list"], "1-2");
    let team = of(Use::Create, "TeamLookupId");
    assert_eq!((&team["type"], &team["items"]), (&json!("array"), &json!({ "type": "integer", "minimum": 1 })));
    assert_eq!(of(Use::Read, "OwnerLookupId")["type"], "string");
    assert_eq!(of(Use::Read, "Parts")["items"]["properties"]["LookupId"], json!({ "type": "integer" }));
    for name in ["Owner", "Team", "Supplier", "Parts"] {
        assert_eq!(of(Use::Create, name), Value::Null, "{name}");
    }
}

#[test]
fn what_cannot_be_written_is_left_out() {
    let made = schema(&columns(), Use::Create);
    for name in ["Created", "Total", "Secret", "Supplier_Country", "Supplier_CountryLookupId", "Nameless"] {
        assert!(made["properties"].get(name).is_none(), "{name}");
    }
    assert_eq!((&made["additionalProperties"], &made["type"]), (&json!(false), &json!("object")));
    assert_eq!(made["patternProperties"]["^Secret$"], json!({}), "it is hidden, and may be written");
    let read = schema(&columns(), Use::Read);
    assert!(read["properties"].get("Created").is_some() && read["properties"].get("Secret").is_none());
    assert!(read.get("additionalProperties").is_none() && read.get("required").is_none());
}

#[test]
fn what_is_required_has_no_default_and_is_not_asked_for_in_a_change() {
    assert_eq!(schema(&columns(), Use::Create)["required"], json!(["Title", "State", "OwnerLookupId"]));
    let change = schema(&columns(), Use::Update);
    assert!(change.get("required").is_none());
    assert_eq!(change["properties"]["Title"]["type"], json!(["string", "null"]));
    assert_eq!(change["properties"]["State"]["enum"], json!(["New", "Done", null]));
    assert_eq!(change["properties"]["OwnerLookupId"]["type"], json!(["integer", "string", "null"]));
    assert_eq!(change["properties"]["Strange"], json!({}));
}

#[test]
fn what_is_not_listed_may_be_written_where_graph_may_take_it() {
    let mut columns = columns();
    columns.push(json!({ "name": "a.b", "hidden": true, "text": {} }));
    let schema = jsonschema::validator_for(&schema(&columns, Use::Update)).unwrap();
    for name in
        ["Secret", "a.b", "OData__x4e16__x754c_", "k0ffee00k0ffee00k0ffee00k0ffee00", "Area_0", "Tags@odata.type"]
    {
        assert!(schema.is_valid(&json!({ name: "x" })), "{name}");
    }
    for name in ["Titel", "axb", "Created", "Total", "secret"] {
        assert!(!schema.is_valid(&json!({ name: "x" })), "{name}");
    }
}

#[test]
fn a_list_without_columns_has_an_open_shape() {
    assert_eq!(schema(&[], Use::Read), json!({ "$schema": DIALECT, "type": "object", "properties": {} }));
}

#[test]
fn lists_of_values_get_their_type() {
    let fields = json!({ "Title": "x", "Tags": ["a"], "TeamLookupId": [1, 2], "PartsLookupId": [], "Colours": [] });
    let expected = json!({
        "Title": "x", "Tags@odata.type": "Collection(Edm.String)", "Tags": ["a"],
        "TeamLookupId@odata.type": "Collection(Edm.Int32)", "TeamLookupId": [1, 2],
        "PartsLookupId@odata.type": "Collection(Edm.Int32)", "PartsLookupId": [],
        "Colours@odata.type": "Collection(Edm.String)", "Colours": [],
    });
    // As text, because the annotation must stand before what it annotates.
    assert_eq!(Value::from(annotated(fields.as_object().cloned().unwrap())).to_string(), expected.to_string());
    let said = json!({ "Tags@odata.type": "Collection(Edm.Guid)", "Tags": ["a"] });
    assert_eq!(Value::from(annotated(said.as_object().cloned().unwrap())), said);
}
