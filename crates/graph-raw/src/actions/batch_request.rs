//! `batch_request`

use std::collections::{BTreeSet, HashMap};

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Issue, Plan, Result, Secret, Spec};
use http::Method;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::batch_run::{self, Part, Responses, Run};
use crate::vocabulary::{Header, Url, Verb, Version};
use crate::{compose, headers, hidden};

/// What a URL inside JSON still has to have encoded.
const UNSAFE: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'{').add(b'}').add(b'|').add(b'^');

/// Send any number of requests in as few calls as Graph allows: 20 to a call. A request that fails does not fail the
/// others: each has its own status in the output, in the order of the input. A request that Graph asked to slow down
/// for (429, or 503 with `Retry-After`) is sent again after the time that Graph named, and only that request.
///
/// A request that depends on others waits for them; if one of them fails, it is not sent, and its status is 424.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "requests": [{ "id": "me", "method": "GET", "url": "/me" }, { "id": "mail", "method": "GET", "url": "/me/messages?$top=5&$select=subject" }] }),
    json!({ "requests": [
        { "id": "draft", "method": "POST", "url": "/me/messages", "body": { "subject": "Draft" } },
        { "id": "list", "method": "GET", "url": "/me/mailFolders/drafts/messages?$top=1", "dependsOn": ["draft"] }
    ] })
]))]
pub struct BatchRequest {
    /// The requests.
    #[schemars(length(min = 1))]
    requests: Vec<PartRequest>,
    /// The version of the API, for all of them.
    #[serde(default)]
    api_version: Option<Version>,
    /// Send the requests one after the other, in their order, and none after the first one that fails: the status of
    /// those is 424.
    #[serde(default)]
    stop_on_error: bool,
}

/// One request of a batch.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(inline)]
#[schemars(transform = rules::at_most_one(&["body", "method=GET"]))]
pub struct PartRequest {
    /// Its name in this batch, unique ignoring case. The default is its position: `1`, `2` and so on.
    #[schemars(length(min = 1, max = 256))]
    id: Option<String>,
    /// The HTTP method.
    method: PartVerb,
    /// The path below the API version, such as `/me/messages`.
    url: Url,
    /// Headers. What belongs to the connection or the transport is refused, as in a single request.
    #[serde(default)]
    headers: Vec<Header>,
    /// The body: JSON, or a text in base64 if a `Content-Type` header names another type.
    body: Option<Value>,
    /// The ids of the requests that must have succeeded before this one is sent.
    #[serde(default)]
    depends_on: Vec<String>,
}

/// An HTTP method that a batch may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schemars(inline)]
pub enum PartVerb {
    /// Read.
    Get,
    /// Create, or call a function.
    Post,
    /// Replace.
    Put,
    /// Change.
    Patch,
    /// Remove.
    Delete,
}

impl From<PartVerb> for Method {
    fn from(verb: PartVerb) -> Method {
        Method::from(match verb {
            PartVerb::Get => Verb::Get,
            PartVerb::Post => Verb::Post,
            PartVerb::Put => Verb::Put,
            PartVerb::Patch => Verb::Patch,
            PartVerb::Delete => Verb::Delete,
        })
    }
}

impl Action for BatchRequest {
    type Output = Responses;
    const SPEC: Spec = Spec::new("batch_request", "Batch request", Effect::Send).by_input();

    fn effects(input: &Value) -> Vec<Effect> {
        let parts = input.get("requests").and_then(Value::as_array).filter(|parts| !parts.is_empty());
        let Some(parts) = parts else { return Verb::Post.effects().to_vec() };
        let all = parts.iter().flat_map(|part| Verb::effects_of(part.get("method")).iter().copied());
        all.collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn plan(self, cx: &Context) -> Result<Plan<Responses>> {
        let mut issues = Vec::new();
        if self.requests.is_empty() {
            issues.push(Issue::new("/requests", "is empty; give at least one request"));
        }
        let ids = ids(&self.requests, &mut issues);
        let mut parts = Vec::with_capacity(self.requests.len());
        for (i, request) in self.requests.into_iter().enumerate() {
            let id = request.id.clone().unwrap_or_else(|| (i + 1).to_string());
            let mut depends = dependencies(&request.depends_on, i, &ids, &mut issues);
            if self.stop_on_error && i > 0 {
                depends.push(i - 1);
            }
            depends.sort_unstable();
            depends.dedup();
            parts.extend(request.part(id, depends, i, cx, &mut issues));
        }
        let parts = compose::finish(Some(parts), issues)?;
        let circle = batch_run::circle(&parts).map(|i| {
            let why = if self.stop_on_error {
                "depends on itself, directly or indirectly, or on a later request while `stopOnError` keeps the order"
            } else {
                "depends on itself, directly or indirectly"
            };
            Issue::new(format!("/requests/{i}/dependsOn"), why)
        });
        compose::finish(Some(()), circle.into_iter().collect())?;
        Ok(Run::new(parts, self.api_version.map_or(cx.version, Into::into), cx.now).next())
    }
}

// The position of each id, in lower case: Graph does not tell letters of either case apart.
fn ids(requests: &[PartRequest], issues: &mut Vec<Issue>) -> HashMap<String, usize> {
    let mut ids = HashMap::with_capacity(requests.len());
    for (i, request) in requests.iter().enumerate() {
        let id = request.id.clone().unwrap_or_else(|| (i + 1).to_string());
        if id.is_empty() {
            issues.push(Issue::new(format!("/requests/{i}/id"), "is empty"));
        } else if let Some(first) = ids.insert(id.to_lowercase(), i) {
            issues.push(Issue::new(
                format!("/requests/{i}/id"),
                format!("`{id}` is the id of request {} already", first + 1),
            ));
        }
    }
    ids
}

fn dependencies(names: &[String], of: usize, ids: &HashMap<String, usize>, issues: &mut Vec<Issue>) -> Vec<usize> {
    let mut found = Vec::with_capacity(names.len());
    for (j, name) in names.iter().enumerate() {
        let why = match ids.get(&name.to_lowercase()) {
            Some(i) if *i == of => "is the request itself",
            Some(i) => {
                found.push(*i);
                continue;
            }
            None => "is not the id of a request in this batch",
        };
        issues.push(Issue::new(format!("/requests/{of}/dependsOn/{j}"), why));
    }
    found
}

impl PartRequest {
    fn part(self, id: String, depends: Vec<usize>, i: usize, cx: &Context, issues: &mut Vec<Issue>) -> Option<Part> {
        let at = format!("/requests/{i}");
        let method = Method::from(self.method);
        let before = issues.len();
        if !self.url.0.starts_with('/') {
            issues.push(Issue::new(
                format!("{at}/url"),
                "does not begin with a slash; a batch takes paths below the API version only",
            ));
        }
        let target = match issues.len() == before {
            true => compose::target(method.clone(), &self.url.0, None, &format!("{at}/url"), cx, issues),
            false => None,
        };
        let checked = headers::check(&self.headers, &format!("{at}/headers"), issues);
        if self.body.is_some() && method == Method::GET {
            issues.push(Issue::new(format!("{at}/body"), "a request that reads carries no body"));
        }
        let mut headers = Map::new();
        for (name, value) in &checked.map {
            let value = value.to_str().unwrap_or_default();
            let all = match headers.get(name.as_str()) {
                Some(Value::String(known)) => format!("{known}, {value}"),
                _ => value.to_owned(),
            };
            headers.insert(name.as_str().to_owned(), all.into());
        }
        if self.body.is_some() {
            headers.insert(
                "content-type".into(),
                checked.content_type.unwrap_or_else(|| "application/json".into()).into(),
            );
        }
        let url = target?.path_and_query().ok()?;
        let url = utf8_percent_encode(&url, UNSAFE).to_string();
        let in_body = self.body.as_ref().and_then(hidden::secrets);
        let sensitive = in_body.is_some();
        let in_headers = checked
            .map
            .values()
            .filter(|value| value.is_sensitive())
            .filter_map(|value| value.to_str().ok())
            .map(Secret::new);
        let secrets = in_headers.chain(in_body.unwrap_or_default()).collect();
        Some(Part { id, method, url, headers, body: self.body, depends, sensitive, secrets })
    }
}

#[cfg(test)]
mod tests {
    use connector_sdk::AnyAction;

    use super::*;

    fn action(name: &str) -> (Vec<Box<dyn AnyAction>>, usize) {
        let all = crate::connector().actions;
        let at = all.iter().position(|action| action.spec().name == name).unwrap();
        (all, at)
    }

    fn effects(name: &str, input: &Value) -> (Vec<Effect>, Effect) {
        let (all, at) = action(name);
        (all[at].effects(input), all[at].effect(input))
    }

    const ANYTHING: [Effect; 4] = [Effect::Create, Effect::Update, Effect::Delete, Effect::Send];

    #[test]
    fn a_request_has_the_effects_of_its_method() {
        for (method, expected, strongest) in [
            ("GET", &[Effect::Read][..], Effect::Read),
            ("HEAD", &[Effect::Read], Effect::Read),
            ("OPTIONS", &[Effect::Read], Effect::Read),
            ("PUT", &[Effect::Update], Effect::Update),
            ("PATCH", &[Effect::Update], Effect::Update),
            ("DELETE", &[Effect::Delete], Effect::Delete),
            ("POST", &ANYTHING, Effect::Send),
            ("get", &ANYTHING, Effect::Send),
            ("TRACE", &ANYTHING, Effect::Send),
        ] {
            let input = json!({ "method": method, "url": "/me" });
            assert_eq!(effects("raw_request", &input), (expected.to_vec(), strongest), "{method}");
        }
        assert_eq!(effects("raw_request", &json!({ "url": "/me" })).0, ANYTHING, "no method");
        assert_eq!(effects("post", &json!({ "url": "/me" })).0, ANYTHING);
        assert_eq!(effects("delete", &json!({ "url": "/me" })).0, [Effect::Delete]);
    }

    #[test]
    fn a_batch_has_the_effects_of_all_of_its_parts() {
        let batch = |methods: &[&str]| {
            let parts: Vec<Value> = methods.iter().map(|method| json!({ "method": method, "url": "/me" })).collect();
            effects("batch_request", &json!({ "requests": parts }))
        };
        assert_eq!(batch(&["GET", "GET"]), (vec![Effect::Read], Effect::Read));
        let mixed = (vec![Effect::Read, Effect::Update, Effect::Delete], Effect::Delete);
        assert_eq!(batch(&["DELETE", "GET", "PATCH"]), mixed);
        assert_eq!(batch(&["GET", "POST"]).1, Effect::Send);
        for unclear in [json!({}), json!({ "requests": [] }), json!({ "requests": "GET" })] {
            assert_eq!(effects("batch_request", &unclear).0, ANYTHING, "{unclear}");
        }
        assert_eq!(effects("batch_request", &json!({ "requests": [{ "url": "/me" }] })).0, ANYTHING);
    }
}
