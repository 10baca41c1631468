//! Walks through the objects of an answer.

use serde_json::{Map, Value};

use super::asked::Asked;
use crate::random::{Random, hash};

/// Where an object stands. What is drawn for it is the same in each answer that holds it, whatever else the answer
/// holds: an object that nobody has changed reads the same, alone, in a list, in a batch and inside another one.
pub(super) struct Place<'a> {
    seed: u64,
    /// Who draws: each perturbation has numbers of its own.
    who: &'a str,
    /// The nearest id, or else the path that was asked for, and the way from there.
    own: u64,
}

impl Place<'_> {
    /// The numbers for the object.
    pub(super) fn draw(&self) -> Random {
        self.draw_for("", "")
    }

    /// The numbers for one of its properties, and for its value where that matters.
    pub(super) fn draw_for(&self, property: &str, value: &str) -> Random {
        Random::of(self.seed, &[self.who, &self.own.to_string(), property, value])
    }

    fn below(&self, step: &str) -> u64 {
        hash(&[&self.own.to_string(), step])
    }
}

/// Shows every object of an answer to `change`, the inner ones first, so that nobody walks through what was added.
pub(super) fn placed<'a>(
    asked: &'a Asked<'_>,
    who: &'a str,
    body: &mut Value,
    change: &mut dyn FnMut(&mut Map<String, Value>, &Place<'a>),
) {
    let top = Place { seed: asked.seed, who, own: hash(&["path", asked.path]) };
    visit(body, top, change);
}

fn visit<'a>(value: &mut Value, place: Place<'a>, change: &mut dyn FnMut(&mut Map<String, Value>, &Place<'a>)) {
    match value {
        Value::Object(object) => {
            let place = at(object, place);
            for (name, value) in object.iter_mut() {
                visit(value, Place { own: place.below(name), ..place }, change);
            }
            change(object, &place);
        }
        Value::Array(values) => {
            for value in values {
                // What has no id is told from its neighbours by what it holds: neighbours come and go, and stand in any
                // order.
                let own = if value.is_object() { place.below(&sorted(value).to_string()) } else { place.own };
                visit(value, Place { own, ..place }, change);
            }
        }
        _ => {}
    }
}

/// The place of an object that stands at `place` and has perhaps an id.
fn at<'a>(object: &Map<String, Value>, place: Place<'a>) -> Place<'a> {
    match object.get("id") {
        Some(Value::String(id)) if !id.is_empty() => Place { own: hash(&["id", id]), ..place },
        _ => place,
    }
}

/// A value with the properties of its objects in the order of their names.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut properties: Vec<(String, Value)> =
                object.iter().map(|(name, value)| (name.clone(), sorted(value))).collect();
            properties.sort_by(|(one, _), (other, _)| one.cmp(other));
            Value::Object(properties.into_iter().collect())
        }
        Value::Array(values) => Value::Array(values.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

/// Shows every object of a body to `change`, the outer ones first.
pub(super) fn objects(body: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match body {
        Value::Object(object) => {
            change(object);
            object.values_mut().for_each(|value| objects(value, change));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| objects(value, change)),
        _ => {}
    }
}

/// Shows the items of a list to `change`, or the object itself, each with its place.
pub(super) fn items<'a>(
    asked: &'a Asked<'_>,
    who: &'a str,
    body: &mut Value,
    change: &mut dyn FnMut(&mut Map<String, Value>, &Place<'a>),
) {
    let is_list = body.get("value").is_some_and(Value::is_array);
    let values = match (is_list, body) {
        (true, Value::Object(object)) => {
            object.get_mut("value").and_then(Value::as_array_mut).into_iter().flatten().collect()
        }
        (_, other) => vec![other],
    };
    for item in values {
        let own = hash(&["path", asked.path, &sorted(item).to_string()]);
        if let Value::Object(item) = item {
            let place = at(item, Place { seed: asked.seed, who, own });
            change(item, &place);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use http::Method;
    use serde_json::json;

    use super::super::shelf::Shelf;
    use super::super::told::Told;
    use super::*;

    #[test]
    fn what_is_drawn_for_an_object_depends_on_its_id_and_nothing_around_it() {
        let (shelf, told) = (Shelf::default(), Told::default());
        let drawn = |path: &'static str, mut body: Value| {
            let (spared, shelf, told) = (&[][..], &shelf, &told);
            let asked = Asked {
                method: &Method::GET,
                origin: "",
                path,
                query: "",
                before: 0,
                seed: 1,
                sent: b"",
                spared,
                shelf,
                told,
            };
            let mut found = BTreeMap::new();
            placed(&asked, "some", &mut body, &mut |object, place| {
                if let Some(name) = object.get("name").and_then(Value::as_str) {
                    found.insert(name.to_owned(), place.draw_for("name", "").number());
                }
            });
            found
        };
        let alone = drawn(
            "/v1.0/users/a",
            json!({ "id": "a", "name": "a", "manager": { "name": "m" }, "mails": [{ "name": "x" }] }),
        );
        let listed = drawn(
            "/v1.0/groups",
            json!({ "value": [{ "id": "b", "name": "b" }, { "mails": [{ "y": 1, "name": "z" }, { "name": "x" }], "id": "a", "manager": { "name": "m" }, "name": "a" }] }),
        );
        assert_eq!(alone.len(), 3);
        assert!(alone.iter().all(|(name, number)| listed[name] == *number), "{alone:?} {listed:?}");
        assert_ne!(listed["a"], listed["b"]);
    }
}
