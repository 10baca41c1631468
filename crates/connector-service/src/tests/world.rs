//! A service over a sandbox, and a client of it.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use connector_runtime::{
    AuthorizedHost, Endpoint, ExternalConnection, Grant, Host, Interface, Patterns, Principal, Rules, Secret,
};
use graph_sandbox::{Holder, Sandbox};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::options::{Limits, Options, keyless};
use crate::service::{Service, Sockets};

const SCOPES: &[&str] = &["User.Read", "Mail.ReadWrite", "Mail.Send", "Calendars.ReadWrite", "Contacts.ReadWrite"];

/// A service with the given connections `sandbox` and `work`.
pub(super) struct World {
    pub(super) host: Host,
    pub(super) sandbox: Sandbox,
    pub(super) address: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<connector_runtime::Result<()>>,
}

impl World {
    /// Serves, with callers without a key as `tenon serve` has them.
    pub(super) async fn new() -> World {
        World::with(Options::new().anonymous(keyless("sandbox").unwrap())).await
    }

    /// Serves with these options.
    pub(super) async fn with(options: Options) -> World {
        World::of(options, &["sandbox", "work"]).await
    }

    /// Serves with these options and given connections.
    pub(super) async fn of(options: Options, names: &[&str]) -> World {
        let sandbox = Sandbox::new();
        let token = Secret::new(sandbox.issue_token(Holder::User("adelev@contoso.example"), SCOPES));
        let mut builder =
            Host::builder().connector(outlook_connector::connector()).transport(Arc::new(sandbox.clone()));
        for name in names {
            let endpoint = Endpoint::new("https://graph.microsoft.com").unwrap();
            let given = ExternalConnection::with_token(endpoint, &token, None).unwrap();
            builder = builder.connection(*name, given);
        }
        World::over(builder.build().unwrap(), sandbox, options).await
    }

    /// Serves a host.
    pub(super) async fn over(host: Host, sandbox: Sandbox, options: Options) -> World {
        let sockets = Sockets::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let address = sockets.address().unwrap();
        let (stop, stopped) = oneshot::channel();
        let service = Service::new(host.clone(), options).unwrap();
        let server = tokio::spawn(service.run(sockets, async {
            let _ = stopped.await;
        }));
        let client = Client::builder(TokioExecutor::new()).build_http();
        World { host, sandbox, address, client, stop: Some(stop), server }
    }

    /// Limits that a test reaches soon.
    pub(super) fn small() -> Limits {
        Limits { body: 64 * 1024, runs: 2, ..Limits::default() }
    }

    pub(super) fn owner(&self) -> AuthorizedHost {
        self.host.authorize(Principal::owner(), Interface::Library)
    }

    /// Makes a key with this grant.
    pub(super) async fn key(&self, grant: Grant) -> Key {
        let new = self.owner().api_keys().add("test", grant).await.unwrap();
        Key { id: new.principal.id.to_string(), text: new.key.expose().to_owned() }
    }

    /// Makes a key that may do everything with the connection `work`.
    pub(super) async fn worker(&self) -> Key {
        self.key(Grant { rules: Rules::everything(), ..reaching("work", "*") }).await
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Sends a request, and returns the answer before its body.
    pub(super) async fn begin(&self, request: Request<Full<Bytes>>) -> Response<hyper::body::Incoming> {
        self.client.request(request).await.unwrap()
    }

    /// Sends a request, and returns the whole answer.
    pub(super) async fn send(&self, request: Request<Full<Bytes>>) -> Answered {
        let response = self.begin(request).await;
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answered { status: head.status, headers: head.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    pub(super) async fn get(&self, path: &str, key: Option<&Key>) -> Answered {
        self.send(self.request(Method::GET, path, key).body(Full::default()).unwrap()).await
    }

    pub(super) async fn post(&self, path: &str, key: Option<&Key>, body: &Value) -> Answered {
        self.post_with(path, key, &[], body).await
    }

    pub(super) async fn post_with(
        &self,
        path: &str,
        key: Option<&Key>,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answered {
        let mut request = self.request(Method::POST, path, key).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Full::from(body.to_string())).unwrap()).await
    }

    /// Opens a path of another server on this machine.
    pub(super) async fn send_to(&self, address: SocketAddr, path: &str) -> Answered {
        let request = Request::builder().uri(format!("http://{address}{path}")).body(Full::default()).unwrap();
        self.send(request).await
    }

    pub(super) fn request(&self, method: Method, path: &str, key: Option<&Key>) -> http::request::Builder {
        let mut request = Request::builder().method(method).uri(self.url(path));
        if let Some(key) = key {
            request = request.header("authorization", format!("Bearer {}", key.text));
        }
        request
    }

    /// Ends the service, and waits for its end.
    pub(super) async fn end(mut self) {
        drop(self.stop.take());
        self.server.await.unwrap().unwrap();
    }
}

/// An API key of a test.
pub(super) struct Key {
    pub(super) id: String,
    pub(super) text: String,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: StatusCode,
    pub(super) headers: http::HeaderMap,
    pub(super) body: String,
}

impl Answered {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Checks that it is a problem with this status and code, and returns its members.
    pub(super) fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status);
        assert!(!problem["detail"].as_str().unwrap().is_empty() && !problem["hint"].as_str().unwrap().is_empty());
        assert!(problem.get("message").is_none(), "its name is detail here");
        problem
    }
}

/// Returns a grant for a connection and actions, which reads.
pub(super) fn reaching(connection: &str, actions: &str) -> Grant {
    Grant {
        connections: Patterns::new([connection]).unwrap(),
        actions: Patterns::new([actions]).unwrap(),
        ..Grant::default()
    }
}

/// Returns the input of a mail with this subject.
pub(super) fn mail(subject: &str) -> Value {
    serde_json::json!({ "to": ["meganb@contoso.example"], "subject": subject, "body": "At noon?" })
}
