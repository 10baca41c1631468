//! Checks of whole requests.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::finding::{Finding, Kind};
use crate::model::Model;
use crate::query::pairs;
use crate::resolve::{Shape, Target};

/// Maximum number of requests in a batch.
const MOST_PARTS: usize = 20;
/// Base type of the objects that advanced queries are for.
const DIRECTORY: &str = "microsoft.graph.directoryObject";

/// A request to be checked.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// HTTP method.
    pub method: &'a str,
    /// Path below the API version with its query.
    pub url: &'a str,
    /// Headers, with names in lower case.
    pub headers: &'a BTreeMap<String, String>,
    /// Body, where it is JSON.
    pub body: Option<&'a Value>,
}

/// Checks a request against the metadata.
pub fn check(model: &Model, asked: Asked<'_>) -> Vec<Finding> {
    let (path, query) = asked.url.split_once('?').unwrap_or((asked.url, ""));
    let target = match model.resolve(path) {
        Ok(target) => target,
        Err(finding) => return vec![finding],
    };
    let mut findings: Vec<Finding> = model.check_method(asked.method, &target).into_iter().collect();
    if let Some(ty) = target.ty.as_ref().filter(|ty| model.find_type(&ty.name).is_some()) {
        model.check_query(query, &ty.name, &mut findings);
        advanced(model, asked, query, &target, &ty.name, &mut findings);
        version(asked, &target, ty.short(), &mut findings);
    }
    match (asked.body, target.shape) {
        (None, _) | (Some(Value::Null), _) => {}
        (Some(body), Shape::Batch) => batch(model, body, &mut findings),
        (Some(body), Shape::Operation(operation)) => model.check_parameters(body, operation, &mut findings),
        (Some(body), Shape::Reference { .. }) => model.check_reference(body, &mut findings),
        (Some(body), Shape::Collection | Shape::Entity | Shape::Value) => {
            if let Some(ty) = &target.ty {
                // An object is added to a collection, not a list of them.
                let one = crate::TypeRef { collection: ty.collection && target.shape == Shape::Value, ..ty.clone() };
                model.check_value(body, &one, "/body", &mut findings);
            }
        }
        (Some(_), Shape::Stream | Shape::Count) => {}
    }
    findings
}

/// Returns whether Graph changes an object of this type, such as `plannerTask`, only with its version (`If-Match`).
///
/// The metadata does not say so; [Planner's page][1] does, for all that belongs to it.
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/planner-overview#update-planner-resources-with-etag
pub fn needs_version(ty: &str) -> bool {
    let name = ty.strip_prefix("microsoft.graph.").unwrap_or(ty);
    name.strip_prefix("planner").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
}

fn version(asked: Asked<'_>, target: &Target<'_>, ty: &str, findings: &mut Vec<Finding>) {
    let changes = matches!(asked.method, "PATCH" | "PUT" | "DELETE") && target.shape == Shape::Entity;
    if changes && needs_version(ty) && !asked.headers.contains_key("if-match") {
        findings.push(Finding::new(
            Kind::Version,
            "/headers",
            format!("Graph changes a `{ty}` only with its version: it needs `If-Match` with the `@odata.etag`"),
        ));
    }
}

// What Microsoft Entra answers only with `ConsistencyLevel: eventual`, and most of it only with `$count=true`.
fn advanced(model: &Model, asked: Asked<'_>, query: &str, target: &Target<'_>, ty: &str, findings: &mut Vec<Finding>) {
    if !model.is_a(ty, DIRECTORY) || asked.method != "GET" {
        return;
    }
    let options: BTreeMap<String, String> = pairs(query).collect();
    let filter = options.get("$filter").map(|filter| format!(" {} ", filter.to_ascii_lowercase())).unwrap_or_default();
    let rare = [" ne ", " not ", " not(", "endswith(", "/$count "].iter().any(|word| filter.contains(word));
    let sorted = options.contains_key("$orderby") && !filter.is_empty();
    let counted = target.shape == Shape::Count || options.get("$count").is_some_and(|value| value == "true");
    let searched = options.contains_key("$search");
    if !(rare || sorted || counted || searched) {
        return;
    }
    if asked.headers.get("consistencylevel").is_none_or(|level| !level.eq_ignore_ascii_case("eventual")) {
        findings.push(Finding::new(
            Kind::Advanced,
            "/headers",
            "this is an advanced query: it needs `ConsistencyLevel: eventual`",
        ));
    }
    if (rare || sorted || searched) && !counted {
        findings.push(Finding::new(Kind::Advanced, "/url", "this is an advanced query: it needs `$count=true`"));
    }
}

fn batch(model: &Model, body: &Value, findings: &mut Vec<Finding>) {
    let Some(parts) = body.get("requests").and_then(Value::as_array) else {
        findings.push(Finding::new(Kind::Batch, "/body/requests", "must be a list of requests"));
        return;
    };
    if parts.len() > MOST_PARTS {
        let message = format!("a batch takes {MOST_PARTS} requests, not {}", parts.len());
        findings.push(Finding::new(Kind::Batch, "/body/requests", message));
    }
    let mut ids = BTreeSet::new();
    for (i, part) in parts.iter().enumerate() {
        let at = format!("/body/requests/{i}");
        let text = |name: &str| part.get(name).and_then(Value::as_str);
        let (Some(id), Some(method), Some(url)) = (text("id"), text("method"), text("url")) else {
            findings.push(Finding::new(Kind::Batch, at, "needs an `id`, a `method` and a `url`"));
            continue;
        };
        for needed in part.get("dependsOn").and_then(Value::as_array).into_iter().flatten() {
            if !needed.as_str().is_some_and(|needed| ids.contains(needed)) {
                findings.push(Finding::new(
                    Kind::Batch,
                    format!("{at}/dependsOn"),
                    format!("{needed} is no request before this one"),
                ));
            }
        }
        if !ids.insert(id) {
            findings.push(Finding::new(Kind::Batch, format!("{at}/id"), format!("`{id}` is the id of two requests")));
        }
        let headers: BTreeMap<String, String> = part
            .get("headers")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((name.to_ascii_lowercase(), value.as_str()?.to_owned())))
            .collect();
        let body = part.get("body");
        if body.is_some() && !headers.contains_key("content-type") {
            findings.push(Finding::new(
                Kind::Batch,
                format!("{at}/headers"),
                "a part with a body needs a `Content-Type`",
            ));
        }
        let inner = check(model, Asked { method, url, headers: &headers, body });
        findings.extend(
            inner.into_iter().map(|finding| Finding { pointer: format!("{at}{}", finding.pointer), ..finding }),
        );
    }
}
