use super::*;
use crate::{Changes, Code, Continuation, List, Order, Paging};

fn pages(bodies: &[&str]) -> Vec<Response> {
    bodies.iter().map(|body| Response::new(200, (*body).to_owned())).collect()
}

#[test]
fn a_list_keeps_its_headers_and_stops_at_its_limit() {
    let script = pages(&[
        r#"{"@odata.count":4,"value":[{"id":1},{"id":2}],"@odata.nextLink":"https://g/v1.0/p2"}"#,
        r#"{"value":[{"id":3},{"id":4}]}"#,
    ]);
    let request = || Request::get("/me/messages").prefer(r#"IdType="ImmutableId""#);
    let mut stage = ScriptedRun::new(script.clone());
    let list: List<Value> = stage.run(request().pages(Paging { limit: Some(3), from: None })).unwrap();
    assert_eq!(
        stage.emitted.iter().map(Json::as_str).collect::<Vec<_>>(),
        [r#"{"id":1}"#, r#"{"id":2}"#, r#"{"id":3}"#]
    );
    assert_eq!(list.total, Some(4));
    assert!(stage.sent.iter().all(|sent| sent.headers["prefer"] == r#"IdType="ImmutableId""#));

    // Going on reads the second page again and skips what was handed out.
    let from = crate::PageToken::from_text(&list.next_page_token.unwrap(), "pageToken").unwrap();
    let mut stage = ScriptedRun::new(script[1..].to_vec());
    let rest: List<Value> = stage.run(request().pages(Paging { limit: None, from: Some(from) })).unwrap();
    assert_eq!((stage.sent[0].url.as_str(), stage.emitted[0].as_str()), ("https://g/v1.0/p2", r#"{"id":4}"#));
    assert_eq!((stage.emitted.len(), rest.next_page_token), (1, None));
}

#[test]
fn a_list_stops_at_its_last_page() {
    let script = pages(&[
        r#"{"value":[1],"@odata.nextLink":"https://g/v1.0/p2"}"#,
        r#"{"value":[2],"@odata.nextLink":"https://g/v1.0/p3"}"#,
    ]);
    let mut stage = ScriptedRun::new(script);
    let list: List<Value> = stage.run(Request::get("/users").pages_at_most(Paging::default(), Some(2))).unwrap();
    assert_eq!((list.pages, stage.emitted.len()), (2, 2));
    let from = crate::PageToken::from_text(&list.next_page_token.unwrap(), "pageToken").unwrap();
    let mut stage = ScriptedRun::new(pages(&[r#"{"value":[3]}"#]));
    let _: List<Value> = stage.run(Request::get("/users").pages(Paging { limit: None, from: Some(from) })).unwrap();
    assert_eq!(stage.sent[0].url, "https://g/v1.0/p3");
}

#[test]
fn only_outside_graph_a_redirect_is_an_answer() {
    let link = crate::Link::new("https://contoso.sharepoint.com/monitor");
    let status = |request: Request| {
        let plan = Plan::finish(request, |response| Ok(response.status.as_u16()));
        ScriptedRun::new([Response::new(303, "")]).run(plan).ok()
    };
    assert_eq!((status(Request::external(link.clone())), status(Request::follow(link))), (Some(303), None));
}

#[test]
fn circles_are_noticed_and_replays_are_not() {
    let page =
        |id: u32, next: &str| format!(r#"{{"value":[{{"id":{id}}}],"@odata.nextLink":"https://g/v1.0/{next}"}}"#);
    let run = |bodies: Vec<String>| {
        let mut stage = ScriptedRun::new(bodies.into_iter().map(|body| Response::new(200, body)));
        let end: Result<List<Value>> = stage.run(Request::get("/me/messages").pages(Paging::default()));
        (end.map_err(|error| error.code()).map(|_| ()), stage.sent.len())
    };
    assert_eq!(
        run(vec![page(1, "a"), page(2, "b"), page(3, "a"), page(4, "b")]),
        (Err(Code::Protocol), 3),
        "A leads to B leads to A"
    );
    assert_eq!(
        run((0..9).map(|i| page(1, &i.to_string())).collect()),
        (Err(Code::Protocol), 3),
        "new links, same page"
    );
    assert_eq!(
        run(vec![page(1, "a"), page(1, "b"), page(2, "c"), r#"{"value":[]}"#.into()]),
        (Ok(()), 4),
        "one replay"
    );
    let dull = |items: &str, pages: u32| {
        let more = (0..pages).map(|i| format!(r#"{{"value":[{items}],"@odata.nextLink":"https://g/v1.0/{i}"}}"#));
        run(more.chain([r#"{"value":[],"@odata.nextLink":"","@odata.count":"7"}"#.to_owned()]).collect())
    };
    for (items, most) in [(r#"{"country":"DE"},{"country":"DE"}"#, 10_000), ("", 1_000)] {
        assert_eq!(dull(items, 500), (Ok(()), 501), "equal contents, or none, are no proof: {items}");
        assert_eq!(dull(items, 20_000), (Err(Code::Protocol), most), "but there is an end: {items}");
    }
}

#[test]
fn endless_empty_pages_end() {
    let empty = |i: u32, rest: &str| {
        Response::new(200, format!(r#"{{"value":[{rest}],"@odata.nextLink":"https://g/v1.0/{i}"}}"#))
    };
    let list = |script: &mut dyn Iterator<Item = Response>| {
        let mut stage = ScriptedRun::new(script);
        let end: Result<List<Value>> = stage.run(Request::get("/me/messages").pages(Paging::default()));
        (end.map(|_| ()).map_err(|error| error.code()), stage.sent.len())
    };
    assert_eq!(list(&mut (0..3000).map(|i| empty(i, ""))), (Err(Code::Protocol), 1000));
    let mut stage = ScriptedRun::new((0..3000).map(|i| empty(i, "")));
    let changes: Result<Changes<Value>> = stage.run(Request::get("/users/delta").changes());
    assert_eq!((changes.unwrap_err().code(), stage.sent.len()), (Code::Protocol, 1000));
    // Many are none if something comes now and then.
    let last = Response::new(200, r#"{"value":[]}"#);
    let mut some = (0..3000).map(|i| empty(i, &if i % 900 == 0 { i.to_string() } else { String::new() })).chain([last]);
    assert_eq!(list(&mut some), (Ok(()), 3001));
}

#[test]
fn a_long_list_neither_recurses_nor_grows() {
    let pages = 100_000;
    let script = (0..pages).map(|i| {
        let next = if i + 1 < pages { format!(r#","@odata.nextLink":"https://g/v1.0/{i}""#) } else { String::new() };
        Response::new(200, format!(r#"{{"value":[{i}]{next}}}"#))
    });
    let mut stage = ScriptedRun::new(script);
    let list: List<Value> = stage.run(Request::get("/me/messages").pages(Paging::default()).map(|list| list)).unwrap();
    assert_eq!((stage.emitted.len(), list.next_page_token), (pages, None));
}

#[test]
fn changes_tell_what_is_gone() {
    let script = pages(&[
        r#"{"value":[{"id":"a"},{"id":"b","@removed":{"reason":"deleted"}}],"@odata.nextLink":"https://g/v1.0/p2"}"#,
        r#"{"value":[{"id":"c"}],"@odata.deltaLink":"https://g/v1.0/d"}"#,
    ]);
    let mut stage = ScriptedRun::new(script);
    let changes: Changes<Value> = stage.run(Request::get("/users/delta").changes()).unwrap();
    assert_eq!(stage.emitted.len(), 2);
    assert_eq!(changes.removed, [crate::Removed { id: "b".into(), reason: Some("deleted".into()) }]);
    assert_eq!(changes.delta_token, "https://g/v1.0/d");
}

#[test]
fn groups_come_back_with_their_fate() {
    let plan = Plan::chunked(
        vec![1, 2, 3],
        2,
        Order::Sequential,
        |group| Request::patch("/groups/g").json(group),
        |fates| Plan::done(fates.into_iter().map(|(group, fate)| (group, fate.is_ok())).collect::<Vec<_>>()),
    );
    let mut stage = ScriptedRun::new([Response::new(204, ""), Response::new(400, "")]);
    assert_eq!(stage.run(plan).unwrap(), [(vec![1, 2], true), (vec![3], false)]);
}

#[test]
fn mapping_keeps_the_last_request_the_last() {
    let is_last = |plan: Plan<bool>| matches!(plan.step(), Step::Call { then, .. } if then.is_last());
    assert!(is_last(Request::post("/me/sendMail").accepted().map(|done| done.accepted)));
    assert!(!is_last(Request::post("/me/sendMail").accepted().and_then(|_| Plan::done(true))));
    let _: Continuation<(), ()> = Continuation::new(|()| Plan::done(()));
}

#[test]
fn what_was_opened_is_closed_however_it_ends() {
    let close = || Request::post("/close").accepted().map(|_| ());
    let work = || Request::get("/a").accepted().and_then(|_| Request::get("/b").accepted()).map(|done| done.accepted);
    for (script, end) in [
        (vec![200, 200, 204], Ok(true)),
        (vec![200, 404, 204], Err(Code::NotFound)),
        (vec![409, 204], Err(Code::Conflict)),
        (vec![200, 200, 500], Ok(true)),
        (vec![200, 404, 500], Err(Code::NotFound)),
    ] {
        let mut stage = ScriptedRun::new(script.into_iter().map(|status| Response::new(status, "")));
        assert_eq!(stage.run(work().finally(close())).map_err(|error| error.code()), end);
        assert_eq!((stage.sent.last().unwrap().url.as_str(), stage.left_over()), ("/close", 0));
    }
    let Step::Call { then, .. } = Plan::done(true).finally(close()).into_step() else { panic!("nothing is closed") };
    assert!(then.is_last());
}

#[test]
fn a_list_that_is_filtered_here_goes_on_where_it_stopped() {
    let page = |ids: &[u32], next: Option<&str>| {
        let value: Vec<Value> = ids.iter().map(|id| serde_json::json!({ "id": id })).collect();
        let mut body = serde_json::json!({ "value": value });
        if let Some(next) = next {
            body["@odata.nextLink"] = next.into();
        }
        Response::new(200, body.to_string())
    };
    let even = |item: &Json| item.read::<Value>().is_ok_and(|item| item["id"].as_u64().is_some_and(|id| id % 2 == 0));
    let list = |from, stage: &mut ScriptedRun| {
        let paging = Paging { limit: Some(3), from };
        let end = stage.run(Request::get("/x").pages_where::<Value>(paging, even)).unwrap();
        let ids: Vec<u64> =
            stage.emitted.drain(..).map(|item| item.read::<Value>().unwrap()["id"].as_u64().unwrap()).collect();
        (ids, end.next_page_token.map(|token| crate::PageToken::from_text(&token, "pageToken").unwrap()))
    };
    let (one, two) = (page(&[1, 2, 3, 4], Some("https://g/2")), page(&[6, 7, 8, 10, 11, 12], None));
    let (ids, from) = list(None, &mut ScriptedRun::new([one, two.clone()]));
    assert_eq!(ids, [2, 4, 6]);
    let (ids, from) = list(from, &mut ScriptedRun::new([two]));
    assert_eq!((ids, from.is_none()), (vec![8, 10, 12], true));
}
