//! The description of the service, as generators of clients read it.

use std::collections::BTreeSet;
use std::io::Read;

use bytes::Bytes;
use http::{HeaderValue, Method};
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};

use super::world::{World, reaching};

const PATH: &str = "/v1/openapi.json";

#[tokio::test]
async fn a_description_is_sent_in_gzip_and_known_by_its_tag() {
    let world = World::new().await;
    let plain = world.get(PATH, None).await;
    let request = world.request(Method::GET, PATH, None).header("accept-encoding", "br, gzip");
    let (head, body) = world.begin(request.body(Full::<Bytes>::default()).unwrap()).await.into_parts();
    assert_eq!(
        (&head.headers["content-encoding"], &head.headers["vary"]),
        (&HeaderValue::from_static("gzip"), &HeaderValue::from_static("Accept-Encoding"))
    );
    let mut text = String::new();
    let body = body.collect().await.unwrap().to_bytes();
    flate2::read::GzDecoder::new(&body[..]).read_to_string(&mut text).unwrap();
    assert!(text == plain.body, "both are the same description");
    let tag = plain.header("etag");
    let request = world.request(Method::GET, PATH, None).header("if-none-match", tag.trim_start_matches("W/"));
    assert_eq!(world.send(request.body(Full::default()).unwrap()).await.status.as_u16(), 304);
    world.end().await;
}

#[tokio::test]
async fn every_reference_leads_somewhere_and_every_id_is_there_once() {
    let world = World::new().await;
    for version in ["3.1", "3.0"] {
        let described = world.get(&format!("{PATH}?version={version}"), None).await.json();
        assert!(described["openapi"].as_str().unwrap().starts_with(version));
        let mut references = BTreeSet::new();
        collect(&described, &mut references);
        assert!(references.len() > 20);
        for reference in references {
            let target = described.pointer(reference.trim_start_matches('#'));
            assert!(target.is_some(), "{version}: {reference} leads nowhere");
        }
        let paths = described["paths"].as_object().unwrap().values();
        let ids: Vec<&str> = paths
            .flat_map(|path| path.as_object().unwrap().values())
            .map(|operation| operation["operationId"].as_str().unwrap())
            .collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }
    world.get(&format!("{PATH}?version=2.0"), None).await.problem(400, "invalid_input");
    world.end().await;
}

fn collect<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(target) if name == "$ref" => {
                        found.insert(target);
                    }
                    other => collect(other, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn callers_who_reach_the_same_share_a_description_and_others_do_not() {
    let world = World::new().await;
    let narrow = world.key(reaching("sandbox", "outlook.list_emails")).await;
    let tag = async |key| world.get(PATH, key).await.header("etag").to_owned();
    let wide = world.worker().await;
    assert_eq!(tag(None).await, tag(Some(&wide)).await);
    assert_ne!(tag(None).await, tag(Some(&narrow)).await);
    world.end().await;
}

// Found by schemathesis.
#[tokio::test]
async fn what_is_no_input_has_no_choices_and_no_schemas() {
    let world = World::new().await;
    let action = world.get("/v1/actions", None).await.json()["actions"][0]["id"].as_str().unwrap().to_owned();
    for body in [json!([null, null]), json!("text"), json!(1), Value::Null] {
        world.post(&format!("/v1/actions/{action}/resolve"), None, &body).await.problem(400, "invalid_input");
    }
    world.end().await;
}
