//! The action behind a record action.

use connector_sdk::{
    Action, Context, DynamicSchema, Error, Issue, Json, Plan, Reference, Result, delegate, dynamic_schema, schema,
};
use serde_json::{Map, Value, json};

use super::RecordPlace;

/// Options of an action that are about the call and not about the record.
const ABOUT_THE_CALL: &[&str] = &["additionalProperties", "clearEmptyFields", "ifMatch", "path"];

/// An action that a record action stands for: how its input is put together, and what it says of fields.
pub struct Behind {
    input: Value,
    output: Value,
    id: Option<&'static str>,
    fields: Fields,
    entity: Option<&'static str>,
    plan: fn(&Value, &Context) -> Result<Plan<Json>>,
}

/// Where the fields of a record stand in the input of the action.
#[derive(Clone, Copy)]
enum Fields {
    /// Each is a property of its own.
    Beside,
    /// All are below this property, whose schema only Graph knows.
    Below(&'static str, Resolve),
}

type Resolve = fn(&Value, &Context) -> Result<Plan<Value>>;

impl Behind {
    /// The action `A`, whose fields are its properties.
    pub fn of<A: Action>() -> Behind {
        Behind {
            input: schema::input::<A>(A::SPEC.title),
            output: schema::output::<A::Output>(A::SPEC.title),
            id: None,
            fields: Fields::Beside,
            entity: None,
            plan: delegate::<A>,
        }
    }
    /// The property of it that takes the record's id.
    pub fn id(mut self, name: &'static str) -> Behind {
        self.id = Some(name);
        self
    }
    /// The property of it that takes the record's fields, which are `D`.
    pub fn below<D: DynamicSchema>(mut self, name: &'static str) -> Behind {
        self.fields = Fields::Below(name, dynamic_schema::resolve::<D>);
        self
    }
    /// What Microsoft's metadata calls the object, whose further properties are fields too.
    pub fn entity(mut self, name: &'static str) -> Behind {
        self.entity = Some(name);
        self
    }

    /// What it does.
    ///
    /// # Errors
    /// `invalid_input` with the pointers of the record action.
    pub fn plan(
        &self,
        place: &RecordPlace,
        id: Option<&str>,
        fields: Option<Map<String, Value>>,
        options: Map<String, Value>,
        cx: &Context,
    ) -> Result<Plan<Json>> {
        let input = self.put_together(place, id, fields, options)?;
        (self.plan)(&input, cx).map_err(|error| self.back(error))
    }

    fn put_together(
        &self,
        place: &RecordPlace,
        id: Option<&str>,
        fields: Option<Map<String, Value>>,
        options: Map<String, Value>,
    ) -> Result<Value> {
        let mut input = place.given();
        let mut issues = self.misplaced(&input);
        for name in options.keys().filter(|name| !self.takes(name)) {
            issues.push(Issue::new(format!("/{name}"), "does not belong to this object: leave it out"));
        }
        input.extend(options);
        if let (Some(name), Some(id)) = (self.id, id) {
            input.insert(name.to_owned(), id.into());
        }
        match (self.fields, fields) {
            (_, None) => {}
            (Fields::Below(name, _), Some(fields)) => drop(input.insert(name.to_owned(), fields.into())),
            (Fields::Beside, Some(fields)) => self.put_beside(fields, &mut input, &mut issues),
        }
        if issues.is_empty() { Ok(input.into()) } else { Err(Error::issues(issues)) }
    }

    // What does not belong to the place, and what is missing of it.
    fn misplaced(&self, given: &Map<String, Value>) -> Vec<Issue> {
        let belongs = |name: &str| self.takes(name) && Some(name) != self.id;
        let strange = given
            .keys()
            .filter(|name| !belongs(name))
            .map(|name| (name.as_str(), "does not belong to this object: leave it out"));
        let wanted = RecordPlace::NAMES
            .iter()
            .filter(|name| belongs(name) && self.requires(name) && !given.contains_key(**name));
        let missing = wanted.map(|name| (*name, "is missing: this object needs it"));
        strange.chain(missing).map(|(name, what)| Issue::new(format!("/{name}"), what)).collect()
    }

    // What the action does not know by name is a property of the object all the same, if it takes such.
    fn put_beside(&self, fields: Map<String, Value>, input: &mut Map<String, Value>, issues: &mut Vec<Issue>) {
        let mut further = Map::new();
        for (name, value) in fields {
            match (self.takes(&name) && !self.is_about_the_place(&name), self.takes("additionalProperties")) {
                (true, _) => drop(input.insert(name, value)),
                (false, true) => drop(further.insert(name, value)),
                (false, false) => issues.push(Issue::new(
                    format!("/fields/{}", schema::escape(&name)),
                    format!("this object has no `{name}` that could be set; it has {}", self.names().join(", ")),
                )),
            }
        }
        if !further.is_empty() {
            input.insert("additionalProperties".into(), further.into());
        }
    }

    // The pointers of an error, as whoever gave the record knows them.
    fn back(&self, error: Error) -> Error {
        let issues: Vec<Issue> =
            error.violations().iter().map(|issue| Issue::new(self.pointer(&issue.pointer), &*issue.message)).collect();
        if issues.is_empty() { error } else { Error::issues(issues) }
    }

    fn pointer(&self, pointer: &str) -> String {
        let first = pointer.split('/').nth(1).unwrap_or_default();
        let rest = &pointer[(first.len() + 1).min(pointer.len())..];
        match self.fields {
            _ if Some(first) == self.id => format!("/recordId{rest}"),
            Fields::Below(name, _) if name == first => format!("/fields{rest}"),
            Fields::Beside if first == "additionalProperties" => format!("/fields{rest}"),
            Fields::Beside if self.names().contains(&first) => format!("/fields{pointer}"),
            _ => pointer.to_owned(),
        }
    }

    fn properties(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.input.get("properties").and_then(Value::as_object).into_iter().flatten()
    }
    fn takes(&self, name: &str) -> bool {
        self.properties().any(|(known, _)| known == name)
    }
    fn required(&self) -> impl Iterator<Item = &str> {
        self.input.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }
    fn requires(&self, name: &str) -> bool {
        self.required().any(|known| known == name)
    }
    fn is_about_the_place(&self, name: &str) -> bool {
        Some(name) == self.id || RecordPlace::NAMES.contains(&name) || ABOUT_THE_CALL.contains(&name)
    }
    // The fields that it knows by name.
    fn names(&self) -> Vec<&str> {
        self.properties().map(|(name, _)| name.as_str()).filter(|name| !self.is_about_the_place(name)).collect()
    }

    /// The schema of the fields.
    ///
    /// # Errors
    /// `invalid_input` where the place does not fit the object.
    pub fn fields(&self, place: &RecordPlace, cx: &Context) -> Result<Plan<Value>> {
        match self.fields {
            Fields::Beside => Ok(Plan::done(self.fields_beside(cx.reference.as_deref()))),
            Fields::Below(_, resolve) => {
                let given = place.given();
                let issues = self.misplaced(&given);
                if issues.is_empty() { resolve(&given.into(), cx) } else { Err(Error::issues(issues)) }
            }
        }
    }

    // Those of the action, and those that Microsoft's metadata has besides.
    fn fields_beside(&self, reference: Option<&dyn Reference>) -> Value {
        let own = self.properties().filter(|(name, _)| !self.is_about_the_place(name));
        let mut properties: Map<String, Value> = own.map(|(name, schema)| (name.clone(), schema.clone())).collect();
        let open = self.takes("additionalProperties");
        let known = self.entity.filter(|_| open).and_then(|entity| reference?.properties(entity));
        for (name, schema) in known.iter().flatten().filter(|(name, _)| *name != "id") {
            properties.entry(name.as_str()).or_insert_with(|| schema.clone());
        }
        let required: Vec<&str> = self.required().filter(|name| !self.is_about_the_place(name)).collect();
        let mut schema =
            json!({ "type": "object", "properties": properties, "additionalProperties": open && known.is_none() });
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        schema
    }

    /// The schema of a record that it returns: its output, or one of a list.
    pub fn record(&self) -> &Value {
        self.output.pointer("/properties/items/items").unwrap_or(&self.output)
    }
}
