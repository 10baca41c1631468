use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::{
    Account, ByteStream, Context, Granted, Reference, Request, Sent, Subject, Sufficient, Transport, http, whole,
};
use futures_util::StreamExt;
use graph_client::NoProgress;
use serde_json::json;

use super::*;

const CSDL: &str = r#"<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
  <Schema Namespace="microsoft.graph" xmlns="http://docs.oasis-open.org/odata/ns/edm">
    <EntityType Name="entity" Abstract="true"><Property Name="id" Type="Edm.String" /></EntityType>
    <EntityType Name="letter" BaseType="graph.entity"><Property Name="subject" Type="Edm.String" /></EntityType>
    <EntityType Name="person" BaseType="graph.entity"><NavigationProperty Name="letters" Type="Collection(graph.letter)" /></EntityType>
    <EntityContainer Name="service"><Singleton Name="me" Type="microsoft.graph.person" /></EntityContainer>
  </Schema></edmx:DataServices></edmx:Edmx>"#;

const TABLE: &str = r#"{ "permissions": {
  "Letter.Read": { "pathSets": [{ "schemeKeys": ["DelegatedWork"], "methods": ["GET"], "paths": { "/me/letters": "least=DelegatedWork" } }] },
  "Letter.ReadWrite": { "pathSets": [{ "schemeKeys": ["DelegatedWork"], "methods": ["GET", "POST"], "paths": { "/me/letters": "" } }] },
  "Letter.ReadWrite.All": { "pathSets": [{ "schemeKeys": ["DelegatedWork"], "methods": ["PATCH"], "paths": { "/me/letters/{id}": "" } }] }
} }"#;

fn filled() -> (tempfile::TempDir, Metadata) {
    let folder = tempfile::tempdir().unwrap();
    let metadata = Metadata::at(folder.path().join("metadata"));
    metadata.add(CSDL.as_bytes(), "a.xml").unwrap();
    metadata.add(TABLE.as_bytes(), "b.json").unwrap();
    (folder, metadata)
}

fn doubts(metadata: &Metadata, request: &Request, who: &Subject, granted: &str) -> Vec<String> {
    metadata.doubts(&Sent::of(request).unwrap(), who, Some(&Granted::parse(granted)))
}

#[test]
fn the_files_are_told_apart_and_read_again_by_another_version() {
    let (_folder, metadata) = filled();
    let status = metadata.status().unwrap();
    assert_eq!((status.files.len(), status.missing.len()), (2, 0));
    assert_eq!((status.files[0].entries, status.files[1].entries, status.files[1].source.as_str()), (3, 3, "b.json"));
    assert_eq!(status.files[1].sha256.len(), 64);
    // What another version kept cannot be read, so the file itself is.
    let quick = status.folder.join("permissions.json.bin");
    fs::write(&quick, [9, 9]).unwrap();
    let again = Metadata::at(&status.folder);
    assert!(again.table().unwrap().knows("Letter.Read"));
    assert!(fs::read(&quick).unwrap().len() > 2, "it is kept for next time");

    for (bad, says) in
        [("hello", "neither XML nor JSON"), ("<a/>", "declares no type"), ("{}", "no table of permissions")]
    {
        let error = metadata.add(bad.as_bytes(), "c.txt").unwrap_err();
        assert!(error.code() == Code::InvalidInput && error.message().contains(says), "{error}");
    }
    assert_eq!(metadata.status().unwrap(), status, "what is refused leaves what was there");
}

#[test]
fn without_the_files_nobody_knows_and_nobody_warns() {
    let folder = tempfile::tempdir().unwrap();
    let metadata = Metadata::at(folder.path().join("never"));
    assert_eq!(metadata.status().unwrap().missing, MetadataFile::ALL);
    let error = metadata.permissions("GET", "/me/letters", Account::Work).unwrap_err();
    assert!(error.code() == Code::InvalidInput && error.advice().contains("Metadata::fetch"), "{error}");
    assert!(doubts(&metadata, &Request::get("/nowhere"), &Context::user().who, "").is_empty());
}

#[test]
fn permissions_by_account() {
    let (_folder, metadata) = filled();
    for path in ["/me/letters", "me/letters?$top=5", "https://graph.microsoft.com/v1.0/me/letters"] {
        let found = metadata.permissions("GET", path, Account::Work).unwrap().unwrap();
        assert_eq!(
            (found.least, found.all),
            (vec!["Letter.Read".to_owned()], vec!["Letter.Read".to_owned(), "Letter.ReadWrite".to_owned()])
        );
    }
    assert_eq!(metadata.permissions("GET", "/me/letters", Account::App).unwrap(), Some(Sufficient::default()));
    // The table has a hole where the metadata has an object.
    assert_eq!(metadata.permissions("DELETE", "/me/letters/1", Account::Work).unwrap(), None);
    for (method, path, pointer, says) in
        [("GET", "/me/leters", "/path", "did you mean `letters`?"), ("PATCH", "/me/letters", "/method", "GET, POST")]
    {
        let error = metadata.permissions(method, path, Account::Work).unwrap_err();
        assert!(error.violations()[0].pointer == pointer && error.violations()[0].message.contains(says), "{error:?}");
    }
}

#[test]
fn doubts_name_what_is_wrong_and_what_is_lacking() {
    let (_folder, metadata) = filled();
    let user = Context::user().who;
    let of = |request: Request, granted: &str| doubts(&metadata, &request, &user, granted);
    assert_eq!(of(Request::get("/me/letters").query("$select", "subject"), "Letter.Read"), Vec::<String>::new());
    // What includes the permission of the table suffices.
    assert_eq!(of(Request::get("/me/letters"), "Letter.ReadWrite.All"), Vec::<String>::new());
    let nowhere = of(Request::get("/me/leters"), "");
    assert!(nowhere.len() == 1 && nowhere[0].contains("did you mean `letters`?"), "{nowhere:?}");
    let body = of(Request::post("/me/letters").json(json!({ "subjct": "x" })), "Letter.Read");
    assert!(body[0].contains("`/body/subjct`") && body[1].contains("`Letter.ReadWrite`"), "{body:?}");
    let app = doubts(&metadata, &Request::get("/me/letters"), &Subject::App { user: None }, "Letter.Read");
    assert!(app.len() == 1 && app[0].contains("an app cannot do this"), "{app:?}");
    // The metadata describes version 1.0 alone, and says nothing about methods that change nothing.
    assert!(of(Request::get("/me/leters").beta(), "").is_empty());
    assert!(of(Request::new(http::Method::HEAD, "/me/letters"), "").is_empty());
}

/// A transport that takes responses from a script, and records the requests.
struct Script(Mutex<VecDeque<(u16, Bytes)>>, Mutex<Vec<String>>);

#[async_trait]
impl Transport for Script {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<ByteStream>> {
        self.1.lock().unwrap().push(request.uri().to_string());
        assert!(request.headers().is_empty());
        let (status, body) = self.0.lock().unwrap().pop_front().unwrap();
        let mut response = http::Response::new(whole(body));
        *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
        Ok(response)
    }
}

async fn fetched(
    origin: DownloadOrigin,
    answers: [(u16, &'static str); 2],
) -> (Result<Vec<FileOrigin>>, Vec<String>, MetadataStatus) {
    let folder = tempfile::tempdir().unwrap();
    let metadata = Metadata::at(folder.path());
    let answers = answers.map(|(status, body)| (status, Bytes::from_static(body.as_bytes())));
    let script = Script(Mutex::new(answers.into()), Mutex::default());
    let end = metadata.fetch(&script, &origin, &NoProgress).await;
    let status = metadata.status().unwrap();
    (end, script.1.into_inner().unwrap(), status)
}

#[tokio::test]
async fn the_newest_is_taken_as_it_is_and_the_known_one_is_checked() {
    let (kept, asked, status) = fetched(DownloadOrigin::default().latest(), [(200, CSDL), (200, TABLE)]).await;
    assert_eq!(kept.unwrap(), status.files);
    assert_eq!(
        asked[0],
        "https://raw.githubusercontent.com/microsoftgraph/msgraph-metadata/HEAD/schemas/v1.0-Prod.csdl"
    );

    let (end, asked, status) = fetched(DownloadOrigin::default(), [(200, CSDL), (200, TABLE)]).await;
    let error = end.unwrap_err();
    assert!(error.code() == Code::Protocol && error.message().contains("checksum"), "{error}");
    assert_eq!((asked.len(), status.files.len()), (1, 0), "nothing is kept");
}

/// A transport that sends a byte each half a minute, without an end.
struct Trickle;

#[async_trait]
impl Transport for Trickle {
    async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<ByteStream>> {
        let bytes = futures_util::stream::repeat(()).then(|()| async {
            tokio::time::sleep(std::time::Duration::from_secs(30)).await;
            Ok(Bytes::from_static(b"x"))
        });
        Ok(http::Response::new(Box::pin(bytes)))
    }
}

/// A transport that never responds.
struct Mute;

#[async_trait]
impl Transport for Mute {
    async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<ByteStream>> {
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_trickles_or_is_silent_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let metadata = Metadata::at(folder.path());
    let servers: [(&dyn Transport, &str, u64); 2] =
        [(&Trickle, "longer than 15 minutes", 900), (&Mute, "was silent for 60 seconds", 60)];
    for (server, why, seconds) in servers {
        let began = tokio::time::Instant::now();
        let error = metadata.fetch(server, &DownloadOrigin::default(), &NoProgress).await.unwrap_err();
        assert!(error.code() == Code::Unavailable && error.message().contains(why), "{error}");
        assert!(error.advice().contains("Metadata::add"), "{}", error.advice());
        assert_eq!(began.elapsed().as_secs(), seconds);
    }
    assert!(metadata.status().unwrap().files.is_empty(), "nothing is kept");
}

#[tokio::test]
async fn a_mirror_has_the_same_paths() {
    let origin = DownloadOrigin::default().mirror("http://127.0.0.1:9/graph").unwrap();
    let (end, asked, _) = fetched(origin, [(404, ""), (200, "")]).await;
    assert_eq!(end.unwrap_err().code(), Code::Unavailable);
    assert!(asked[0].starts_with("http://127.0.0.1:9/graph/microsoftgraph/msgraph-metadata/"), "{asked:?}");
    for bad in ["http://mirror.example/", "mirror", "ftp://127.0.0.1/"] {
        assert!(DownloadOrigin::default().mirror(bad).is_err(), "{bad}");
    }
}
