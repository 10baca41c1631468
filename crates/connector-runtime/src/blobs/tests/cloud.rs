//! Blobs in an object storage that is spoken to as to S3, over HTTP on loopback.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Mutex;

use graph_client::usual_transport;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use object_store::aws::AmazonS3Builder;
use object_store::path::Path as ObjectPath;
use tokio::net::TcpListener;
use url::Url;

use super::cipher::CHUNK;
use super::*;

const SECRET: &str = "canary-secret-key";

/// Objects of the bucket `files`, and how often it was asked without a signature.
#[derive(Default)]
struct Bucket {
    objects: Mutex<BTreeMap<String, Bytes>>,
    unsigned: Mutex<usize>,
    is_full: Mutex<bool>,
}

type Response = http::Response<Full<Bytes>>;

fn answer(status: u16, body: impl Into<Bytes>) -> Response {
    let answer = http::Response::builder().status(status).header("etag", "\"1\"");
    answer.header("last-modified", "Mon, 30 Nov 2026 12:00:00 GMT").body(Full::new(body.into())).unwrap()
}

impl Bucket {
    async fn handle(self: Arc<Self>, request: http::Request<Incoming>) -> Response {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let signed =
            parts.headers.get("authorization").is_some_and(|value| value.as_bytes().starts_with(b"AWS4-HMAC-SHA256 "));
        *self.unsigned.lock().unwrap() += usize::from(!signed);
        let key = parts.uri.path().trim_start_matches("/files").trim_start_matches('/').to_owned();
        let mut objects = self.objects.lock().unwrap();
        match parts.method.as_str() {
            "PUT" if *self.is_full.lock().unwrap() => answer(403, "<Error><Code>QuotaExceeded</Code></Error>"),
            "PUT" => {
                objects.insert(key, body);
                answer(200, "")
            }
            "POST" => {
                let text = String::from_utf8_lossy(&body);
                let mut deleted = String::new();
                for part in text.split("<Key>").skip(1) {
                    let key = part.split("</Key>").next().unwrap();
                    objects.remove(key);
                    deleted.push_str(&format!("<Deleted><Key>{key}</Key></Deleted>"));
                }
                answer(200, format!("<DeleteResult>{deleted}</DeleteResult>"))
            }
            "DELETE" => {
                objects.remove(&key);
                answer(204, "")
            }
            "GET" if key.is_empty() => {
                let prefix = Url::parse(&format!("http://x{}", parts.uri)).unwrap();
                let prefix =
                    prefix.query_pairs().find(|(name, _)| name == "prefix").map(|(_, value)| value.into_owned());
                let prefix = prefix.unwrap_or_default();
                let found = objects.iter().filter(|(key, _)| key.starts_with(&prefix)).map(|(key, bytes)| {
                    let size = bytes.len();
                    format!("<Contents><Key>{key}</Key><LastModified>2026-11-30T12:00:00.000Z</LastModified><ETag>1</ETag><Size>{size}</Size></Contents>")
                });
                answer(
                    200,
                    format!(
                        "<ListBucketResult><IsTruncated>false</IsTruncated>{}</ListBucketResult>",
                        found.collect::<String>()
                    ),
                )
            }
            "HEAD" | "GET" => {
                let Some(bytes) = objects.get(&key) else { return answer(404, "") };
                let range = parts
                    .headers
                    .get("range")
                    .and_then(|range| range.to_str().ok()?.strip_prefix("bytes=")?.split_once('-'));
                let Some((from, to)) = range else { return answer(200, bytes.clone()) };
                let (from, to): (usize, usize) = (from.parse().unwrap(), to.parse().unwrap());
                if from >= bytes.len() {
                    return answer(416, "");
                }
                let to = to.min(bytes.len() - 1);
                let mut part = answer(206, bytes.slice(from..=to));
                let range = format!("bytes {from}-{to}/{}", bytes.len());
                part.headers_mut().insert("content-range", range.parse().unwrap());
                part
            }
            other => panic!("{other} is not expected"),
        }
    }
}

async fn serve() -> (Arc<Bucket>, String) {
    let bucket = Arc::new(Bucket::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let served = bucket.clone();
    // It ends with the runtime of the test.
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let bucket = served.clone();
            let service = service_fn(move |request| {
                let bucket = bucket.clone();
                async move { Ok::<_, Infallible>(bucket.handle(request).await) }
            });
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), service));
        }
    });
    (bucket, address)
}

fn s3(address: &str) -> ObjectBlobs {
    let builder = AmazonS3Builder::new()
        .with_endpoint(address)
        .with_allow_http(true)
        .with_bucket_name("files")
        .with_region("eu-west-1")
        .with_access_key_id("key")
        .with_secret_access_key(SECRET);
    let objects = super::super::cloud::over(builder, usual_transport().unwrap()).unwrap();
    ObjectBlobs::new(objects, ObjectPath::from("tenon/temporary"))
}

#[tokio::test]
async fn files_are_kept_in_a_bucket_and_removed_from_it() {
    let (bucket, address) = serve().await;
    let stage = Stage::built(FileLimits::default(), |_| Arc::new(s3(&address)));
    let content = bytes(16 * CHUNK + 3);
    let file = stage.store("one", &content).await;
    assert!(stage.read("one", &file.id).await.unwrap() == content);
    let names: Vec<String> = bucket.objects.lock().unwrap().keys().cloned().collect();
    assert!(names.len() == 2 && names.iter().all(|name| name.starts_with("tenon/temporary/")), "{names:?}");
    assert!(stage.stored().is_empty(), "nothing is on the disk");

    // What was cut and what is gone is noticed here too.
    let good = bucket.objects.lock().unwrap().insert(names[1].clone(), Bytes::new()).unwrap();
    assert!(stage.read("one", &file.id).await.is_err());
    bucket.objects.lock().unwrap().remove(&names[1]);
    assert!(stage.read("one", &file.id).await.is_err());
    bucket.objects.lock().unwrap().insert(names[1].clone(), good);
    assert!(stage.read("one", &file.id).await.unwrap() == content);

    bucket.objects.lock().unwrap().insert("tenon/temporary/other/file".to_owned(), Bytes::new());
    stage.pass(365 * 24 * 3600);
    assert_eq!(stage.files.remove_expired().await.unwrap(), (1, 2));
    assert_eq!(bucket.objects.lock().unwrap().keys().collect::<Vec<_>>(), ["tenon/temporary/other/file"]);
    assert_eq!(*bucket.unsigned.lock().unwrap(), 0);
}

#[tokio::test]
async fn a_storage_that_refuses_or_is_not_there_says_so_without_its_secrets() {
    let (bucket, address) = serve().await;
    *bucket.is_full.lock().unwrap() = true;
    let error = s3(&address).put("a/b-0", Bytes::from_static(b"x")).await.unwrap_err();
    assert_eq!(error.code(), connector_sdk::Code::Unavailable);
    assert!(!format!("{error:?}{error:#}").contains(SECRET), "{error:?}");
    for url in ["https://example.com/x", "file:///tmp/x", "memory:///x", "ftp://x/y"] {
        let error = ObjectBlobs::at_url(&Url::parse(url).unwrap(), usual_transport().unwrap()).err().unwrap();
        assert_eq!(error.code(), connector_sdk::Code::InvalidInput, "{url}");
    }
}
