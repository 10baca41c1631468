use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::{Code, Continuation, FileRef, Plan, Response, Result, Secret, Upload};
use graph_client::{ProgressEvent, Session, UploadSessionStore};
use http::Method;
use serde_json::json;

use super::{begin, client};
use crate::stage::{Memory, Reply, Seen, Stage, session};

const KIB: usize = 1024;
const UNIT: usize = 320 * KIB;
const URL: &str = "https://outlook.office.com/upload?key=secret";

type Fault = fn() -> Reply;
type Strike = dyn Fn(&Seen) -> Option<(bool, Reply)> + Send + Sync;

/// An upload session that keeps what it gets, and has a fault for some requests.
struct Sink {
    stored: Mutex<Vec<u8>>,
    fault: Box<Strike>,
}

impl Sink {
    /// Creates a stage whose `fault` says, by the number of the request, whether the bytes are stored before it
    /// strikes.
    fn stage(fault: impl Fn(&Seen) -> Option<(bool, Reply)> + Send + Sync + 'static) -> (Arc<Sink>, Arc<Stage>) {
        let sink = Arc::new(Sink { stored: Mutex::default(), fault: Box::new(fault) });
        let other = sink.clone();
        (sink, Stage::new(move |seen| other.answer(seen)))
    }

    fn answer(&self, seen: &Seen) -> Reply {
        assert!(seen.header("authorization").is_none(), "no token goes to an upload session");
        let fault = (self.fault)(seen);
        let mut stored = self.stored.lock().unwrap();
        if seen.method == Method::DELETE {
            return Reply::new(204, "");
        }
        if seen.method == Method::GET {
            return fault.map_or_else(
                || Reply::new(200, json!({ "nextExpectedRanges": [format!("{}-", stored.len())] }).to_string()),
                |fault| fault.1,
            );
        }
        let range = seen.header("content-range").unwrap().strip_prefix("bytes ").unwrap().to_owned();
        let (range, size) = range.split_once('/').unwrap();
        let (start, end) = range.split_once('-').unwrap();
        let (start, end, size): (usize, usize, usize) =
            (start.parse().unwrap(), end.parse().unwrap(), size.parse().unwrap());
        assert_eq!(end + 1 - start, seen.body.len());
        assert!(end + 1 == size || seen.body.len().is_multiple_of(UNIT), "pieces are multiples of 320 KiB");
        assert!(seen.body.len() <= 60 << 20);
        if let Some((false, reply)) = fault {
            return reply;
        }
        if start != stored.len() {
            return Reply::new(416, "");
        }
        stored.extend_from_slice(&seen.body);
        match fault {
            Some((_, reply)) => reply,
            None if stored.len() == size => Reply::new(201, r#"{"id":"new"}"#),
            None => {
                Reply::new(202, json!({ "nextExpectedRanges": [format!("{}-{}", stored.len(), size - 1)] }).to_string())
            }
        }
    }
}

fn file(size: usize) -> Bytes {
    (0..size).map(|i| (i % 251) as u8).collect::<Vec<_>>().into()
}

async fn upload(stage: &Arc<Stage>, content: &Bytes, chunk: Option<u64>) -> (Result<Response>, Vec<(u64, u64)>) {
    #[derive(Default)]
    struct Bar(Mutex<Vec<(u64, u64)>>);
    impl graph_client::Progress for Bar {
        fn step(&self, step: ProgressEvent<'_>) {
            if let ProgressEvent::Uploaded(done, all) = step {
                self.0.lock().unwrap().push((done, all));
            }
        }
    }
    let bar = Arc::new(Bar::default());
    let files = Memory { attached: [("f".to_owned(), content.clone())].into(), ..Memory::default() };
    let session = Session { files: Arc::new(files), progress: bar.clone(), ..session() };
    let plan = Plan::upload_then(
        Upload::new(URL, FileRef::Attached { file: "f".into() }).with_chunk(chunk),
        Continuation::last(Plan::from),
    );
    let outcome = client(stage).await.run(plan, &session, &mut Vec::new()).await;
    let steps = bar.0.lock().unwrap().clone();
    (outcome, steps)
}

#[tokio::test]
async fn a_file_goes_in_pieces() {
    begin();
    for size in [1, UNIT - 1, UNIT, UNIT + 1, 3 * UNIT, 3 * UNIT + 17] {
        let (sink, stage) = Sink::stage(|_| None);
        let content = file(size);
        let (outcome, steps) = upload(&stage, &content, Some(UNIT as u64)).await;
        let answer = outcome.unwrap();
        assert_eq!((answer.status.as_u16(), answer.body.as_ref()), (201, &br#"{"id":"new"}"#[..]));
        assert_eq!(*sink.stored.lock().unwrap(), content);
        assert_eq!(stage.count(), size.div_ceil(UNIT));
        assert_eq!(steps.last(), Some(&(size as u64, size as u64)));
    }
    // What the input carries inside goes the same way.
    let (sink, stage) = Sink::stage(|_| None);
    let upload = Upload::new(URL, FileRef::Text { text: "hello".into() });
    let plan = Plan::upload_then(upload, Continuation::last(Plan::from));
    let _: Response = client(&stage).await.run(plan, &session(), &mut Vec::new()).await.unwrap();
    assert_eq!(*sink.stored.lock().unwrap(), b"hello");
}

#[tokio::test]
async fn it_goes_on_where_the_session_stopped() {
    begin();
    let faults: [(&str, bool, Fault); 6] = [
        ("lost before", false, Reply::lost),
        ("lost after", true, Reply::lost),
        ("500 before", false, || Reply::new(500, "")),
        ("504 after", true, || Reply::new(504, "")),
        ("answer broken", true, || Reply::new(202, "{").broken()),
        ("503", false, || Reply::new(503, "").header("retry-after", 2)),
    ];
    for (name, stored, reply) in faults {
        let (sink, stage) = Sink::stage(move |seen| (seen.number == 1).then(|| (stored, reply())));
        let content = file(4 * UNIT + 5);
        let (outcome, _) = upload(&stage, &content, Some(UNIT as u64)).await;
        outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(*sink.stored.lock().unwrap(), content, "{name}");
    }
}

#[tokio::test]
async fn outlook_answers_200_with_capitals() {
    begin();
    let stage = Stage::new(|seen| match seen.number {
        0 => Reply::new(200, format!(r#"{{"ExpirationDateTime":"x","NextExpectedRanges":["{UNIT}-"]}}"#)),
        _ => Reply::new(201, "").header("location", "https://outlook.office.com/attachments/1"),
    });
    let (outcome, _) = upload(&stage, &file(UNIT + 1), Some(UNIT as u64)).await;
    assert!(outcome.unwrap().header("location").is_some());
}

#[tokio::test]
async fn ends_that_cannot_be_resumed() {
    begin();
    // The session is gone.
    let (_, stage) = Sink::stage(|seen| (seen.number == 1).then(|| (false, Reply::new(404, ""))));
    let error = upload(&stage, &file(3 * UNIT), Some(UNIT as u64)).await.0.unwrap_err();
    assert_eq!((error.code(), stage.count()), (Code::NotFound, 2));
    assert!(error.message().contains("session is gone"), "{error}");

    // The last answer is lost, and the session is closed: nobody knows.
    let (_, stage) = Sink::stage(|seen| match seen.number {
        1 => Some((true, Reply::lost())),
        2 => Some((false, Reply::new(404, ""))),
        _ => None,
    });
    let error = upload(&stage, &file(2 * UNIT), Some(UNIT as u64)).await.0.unwrap_err();
    assert_eq!(error.code(), Code::OutcomeUnknown);

    // It fails for good, and does not go on for ever.
    let (_, stage) = Sink::stage(|seen| (seen.method == Method::PUT).then(|| (false, Reply::lost())));
    upload(&stage, &file(UNIT), None).await.0.unwrap_err();
    assert!(stage.count() <= 8, "{}", stage.count());
    let stage = Stage::new(|_| Reply::new(202, r#"{"nextExpectedRanges":["0-"]}"#));
    assert_eq!(upload(&stage, &file(UNIT + 1), Some(UNIT as u64)).await.0.unwrap_err().code(), Code::Protocol);
    let stage = Stage::new(|_| Reply::new(202, r#"{"nextExpectedRanges":["999999999-"]}"#));
    assert_eq!(upload(&stage, &file(UNIT + 1), Some(UNIT as u64)).await.0.unwrap_err().code(), Code::Protocol);
    let stage = Stage::new(|_| Reply::new(400, ""));
    assert_eq!(upload(&stage, &file(UNIT + 1), None).await.0.unwrap_err().code(), Code::Rejected);
}

#[tokio::test]
async fn a_refusal_of_the_last_piece_is_told() {
    begin();
    let refusal =
        || Reply::new(409, r#"{"error":{"code":"nameAlreadyExists","message":"An item with this name exists."}}"#);
    let still = || Reply::new(200, json!({ "nextExpectedRanges": [format!("{UNIT}-")] }).to_string());
    let gone = || Reply::new(404, "");
    let says_nothing = || Reply::new(200, r#"{"expirationDateTime":"2030-01-01T00:00:00Z"}"#);
    for then in [still, gone, says_nothing] {
        let (_, stage) = Sink::stage(move |seen| match seen.number {
            1 => Some((false, refusal())),
            2 => Some((false, then())),
            _ => None,
        });
        let error = upload(&stage, &file(2 * UNIT), Some(UNIT as u64)).await.0.unwrap_err();
        assert!(error.code() == Code::Conflict && error.has_upstream_code("nameAlreadyExists"), "{error}");
        assert_eq!(stage.count(), 3);
    }
    // In the middle too, where the session is gone with it.
    let (_, stage) = Sink::stage(move |seen| match seen.number {
        1 => Some((false, refusal())),
        2 => Some((false, gone())),
        _ => None,
    });
    let error = upload(&stage, &file(3 * UNIT), Some(UNIT as u64)).await.0.unwrap_err();
    assert!(error.has_upstream_code("nameAlreadyExists"), "{error}");
    // What says that the piece was there already is none, and neither is what follows a lost answer.
    let overlap = || Reply::new(409, r#"{"error":{"code":"fragmentOverlap","message":"m"}}"#);
    let (_, stage) = Sink::stage(move |seen| match seen.number {
        1 => Some((true, overlap())),
        2 => Some((false, gone())),
        _ => None,
    });
    let error = upload(&stage, &file(2 * UNIT), Some(UNIT as u64)).await.0.unwrap_err();
    assert_eq!(error.code(), Code::OutcomeUnknown, "{error}");
    let (_, stage) = Sink::stage(move |seen| match seen.number {
        1 => Some((false, Reply::lost())),
        3 => Some((false, refusal())),
        4 => Some((false, gone())),
        _ => None,
    });
    let error = upload(&stage, &file(2 * UNIT), Some(UNIT as u64)).await.0.unwrap_err();
    assert_eq!((error.code(), stage.count()), (Code::OutcomeUnknown, 5), "{error}");
}

#[tokio::test]
async fn a_session_that_says_nothing_is_no_finished_item() {
    begin();
    for ranges in ["[]", "[0]", "null", r#""0-""#] {
        let vague = format!(r#"{{"expirationDateTime":"2030-01-01T00:00:00Z","nextExpectedRanges":{ranges}}}"#);
        let stage = Stage::new(move |_| Reply::new(202, vague.clone()));
        let error = upload(&stage, &file(UNIT), None).await.0.unwrap_err();
        assert_eq!((error.code(), stage.count()), (Code::OutcomeUnknown, 2), "{ranges}: {error}");
        let vague = format!(r#"{{"NextExpectedRanges":{ranges}}}"#);
        let stage = Stage::new(move |seen| match seen.number {
            0 => Reply::new(202, vague.clone()),
            _ => Reply::new(200, r#"{"id":"new"}"#),
        });
        let answer = upload(&stage, &file(UNIT), None).await.0.unwrap();
        assert_eq!(answer.body.as_ref(), br#"{"id":"new"}"#, "it was asked again");
    }
}

#[tokio::test]
async fn nothing_is_sent_of_what_is_no_file() {
    begin();
    let stage = Stage::new(|_| Reply::ok());
    assert_eq!(upload(&stage, &Bytes::new(), None).await.0.unwrap_err().code(), Code::InvalidInput);
    let run = async |files: Memory| {
        let session = Session { files: Arc::new(files), ..session() };
        let plan =
            Plan::upload_then(Upload::new(URL, FileRef::Attached { file: "f".into() }), Continuation::last(Plan::from));
        let outcome: Result<Response> = client(&stage).await.run(plan, &session, &mut Vec::new()).await;
        outcome.unwrap_err()
    };
    assert_eq!(run(Memory::default()).await.code(), Code::InvalidInput);
    let shrinking =
        Memory { attached: [("f".to_owned(), file(100))].into(), shrinks_to: Some(50), ..Memory::default() };
    let error = run(shrinking).await;
    assert!(error.message().contains("changed while it was read"), "{error}");
    assert_eq!(stage.count(), 0);
}

/// A store for one address, whatever it is for.
#[derive(Default)]
struct Shelf(Mutex<Option<(String, String)>>);

#[async_trait]
impl UploadSessionStore for Shelf {
    async fn find(&self, upload: &str) -> Result<Option<Secret>> {
        let kept = self.0.lock().unwrap().clone();
        Ok(kept.filter(|(known, _)| known == upload).map(|(_, address)| Secret::new(address)))
    }
    async fn keep(&self, upload: &str, address: &Secret) -> Result<()> {
        *self.0.lock().unwrap() = Some((upload.to_owned(), address.expose().to_owned()));
        Ok(())
    }
    async fn forget(&self, _: &str) -> Result<()> {
        *self.0.lock().unwrap() = None;
        Ok(())
    }
}

#[tokio::test]
async fn a_later_run_goes_on_with_the_session_of_an_earlier_one() {
    begin();
    let content = file(4 * UNIT + 5);
    let shelf = Arc::new(Shelf::default());
    let send = async |stage: &Arc<Stage>, url: &str, print: &'static str| {
        let files =
            Memory { attached: [("f".to_owned(), content.clone())].into(), print: Some(print), ..Memory::default() };
        let session = Session { files: Arc::new(files), uploads: Some(shelf.clone()), ..session() };
        let file = FileRef::Attached { file: "f".into() };
        let upload = Upload::new(url, file).with_chunk(UNIT as u64).with_place("/me/drive/a.bin".to_owned());
        let outcome: Result<Response> = client(stage)
            .await
            .run(Plan::upload_then(upload, Continuation::last(Plan::from)), &session, &mut Vec::new())
            .await;
        outcome
    };
    // The first run breaks down behind its second piece.
    let (sink, stage) = Sink::stage(|seen| (seen.number == 2).then(|| (false, Reply::new(403, ""))));
    send(&stage, URL, "monday").await.unwrap_err();
    assert_eq!(sink.stored.lock().unwrap().len(), 2 * UNIT);
    // The second one brings a session of its own, and gives it up.
    let before = stage.count();
    let new = "https://outlook.office.com/upload?key=other";
    send(&stage, new, "monday").await.unwrap();
    assert_eq!(*sink.stored.lock().unwrap(), content);
    let seen: Vec<_> = stage.seen().iter().skip(before).map(|seen| (seen.method.clone(), seen.url == new)).collect();
    let old = |method| (method, false);
    assert_eq!(seen, [old(Method::GET), (Method::DELETE, true), old(Method::PUT), old(Method::PUT), old(Method::PUT)]);
    assert!(shelf.0.lock().unwrap().is_none(), "what has ended is not kept");

    // Another file begins anew, and so does one whose session is gone.
    let (_, stage) = Sink::stage(|seen| (seen.number == 1).then(|| (false, Reply::new(403, ""))));
    send(&stage, URL, "monday").await.unwrap_err();
    let (sink, stage) = Sink::stage(|_| None);
    send(&stage, new, "tuesday").await.unwrap();
    assert_eq!((stage.count(), sink.stored.lock().unwrap().len()), (5, content.len()));
    shelf.keep("/me/drive/a.bin\nmonday", &Secret::new(URL)).await.unwrap();
    let (sink, stage) = Sink::stage(|seen| (seen.number == 0).then(|| (false, Reply::new(404, ""))));
    send(&stage, new, "monday").await.unwrap();
    assert_eq!((stage.count(), sink.stored.lock().unwrap().len()), (6, content.len()));
    // An address that leads astray is not asked.
    shelf.keep("/me/drive/a.bin\nmonday", &Secret::new("http://evil.example/upload")).await.unwrap();
    let (_, stage) = Sink::stage(|_| None);
    send(&stage, new, "monday").await.unwrap();
    assert!(stage.seen().iter().all(|seen| seen.url == new));
}
