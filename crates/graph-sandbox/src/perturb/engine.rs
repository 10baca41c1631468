//! Carries perturbations out.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use serde_json::Value;

use super::asked::Asked;
use super::shelf::Shelf;
use super::told::Told;
use super::wire::Wire;
use super::{Perturbation, Perturbations, batch, unknown_properties};
use crate::before::Before;
use crate::lock;
use crate::random::{Random, hash};

/// How many requests are remembered. A client that is sent away comes back soon.
const REMEMBERED: usize = 100_000;

/// Chosen perturbations at work.
#[derive(Debug)]
pub(crate) struct Engine {
    perturbations: Perturbations,
    shelf: Shelf,
    told: Told,
    /// How often each request came, by its hash.
    counts: Mutex<HashMap<u64, u64>>,
}

/// A request that was counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted {
    /// How often the very same request came before.
    same: u64,
    /// How often the same path was asked before.
    path: u64,
}

/// An answer that was changed.
pub(crate) struct Perturbed {
    pub(crate) response: Response<Bytes>,
    /// How much later it comes.
    pub(crate) delay: Duration,
    /// After how many bytes the connection breaks off.
    pub(crate) cut: Option<usize>,
}

impl Engine {
    pub(crate) fn new(perturbations: Perturbations) -> Engine {
        Engine { perturbations, shelf: Shelf::default(), told: Told::default(), counts: Mutex::default() }
    }

    /// Counts a request. Each one is counted once, before anything else.
    pub(crate) fn count(&self, request: &Request<Bytes>) -> Counted {
        let uri = request.uri();
        let body = String::from_utf8_lossy(request.body());
        let path = hash(&[request.method().as_str(), uri.path()]);
        let same = hash(&[request.method().as_str(), uri.path(), uri.query().unwrap_or("?"), &body]);
        let mut counts = lock(&self.counts);
        if counts.len() > REMEMBERED {
            counts.clear();
        }
        let mut next = |key| {
            let count = counts.entry(key).or_insert(0_u64);
            *count += 1;
            *count - 1
        };
        Counted { same: next(same), path: next(path) }
    }

    /// The request as the work gets it: without what answers had besides.
    pub(crate) fn received(request: Request<Bytes>) -> Request<Bytes> {
        match unknown_properties::without_additions(request.body()) {
            Some(body) => request.map(|_| body.into()),
            None => request,
        }
    }

    /// Answers a request in place of the work.
    pub(crate) fn instead(&self, origin: &str, request: &Request<Bytes>, counted: Counted) -> Option<Response<Bytes>> {
        let asked = self.asked(origin, request, counted);
        self.each(&asked, counted).find_map(|(perturbation, mut random)| perturbation.instead(&asked, &mut random))
    }

    /// Changes an answer.
    pub(crate) fn change(
        &self,
        origin: &str,
        request: &Request<Bytes>,
        counted: Counted,
        response: Response<Bytes>,
    ) -> Perturbed {
        let asked = self.asked(origin, request, counted);
        let (parts, body) = response.into_parts();
        let mut wire = Wire {
            status: parts.status,
            headers: parts.headers,
            body,
            before: String::new(),
            delay: Duration::ZERO,
            cut: None,
        };
        if wire.is_json()
            && !is_file(asked.path)
            && let Ok(mut body) = serde_json::from_slice::<Value>(&wire.body)
        {
            if asked.is_batch() {
                batch::each_part(request, &mut body, &mut |method, url, status, body| {
                    let (path, query) = url.split_once('?').unwrap_or((url, ""));
                    let asked = Asked { method, path, query, ..self.asked(origin, request, counted) };
                    self.json(&asked, counted, status, body);
                });
                // An answer in a batch is changed as it is outside of one, and not a second time.
                batch::around_bodies(&mut body, |body| self.json(&asked, counted, wire.status, body));
            } else {
                self.json(&asked, counted, wire.status, &mut body);
            }
            wire.body = match body {
                Value::String(text) => {
                    let html = text.starts_with('<');
                    let media = if html { "text/html; charset=utf-8" } else { "text/plain; charset=utf-8" };
                    wire.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
                    text.into()
                }
                body => body.to_string().into(),
            };
        }
        for (perturbation, mut random) in self.each(&asked, counted) {
            perturbation.wire(&asked, &mut wire, &mut random);
        }
        wire.headers.remove(CONTENT_LENGTH);
        let mut response = Response::new(wire.body);
        *response.status_mut() = wire.status;
        *response.headers_mut() = wire.headers;
        if !wire.before.is_empty() {
            response.extensions_mut().insert(Before(wire.before));
        }
        Perturbed { response, delay: wire.delay, cut: wire.cut }
    }

    fn json(&self, asked: &Asked<'_>, counted: Counted, status: StatusCode, body: &mut Value) {
        for (perturbation, mut random) in self.each(asked, counted) {
            if status.is_success() {
                perturbation.body(asked, body, &mut random);
            } else {
                perturbation.error(asked, status, body, &mut random);
            }
        }
    }

    fn asked<'a>(&'a self, origin: &'a str, request: &'a Request<Bytes>, counted: Counted) -> Asked<'a> {
        let method: &Method = request.method();
        let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
        let (seed, sent) = (self.perturbations.seed(), request.body());
        let (spared, shelf, told) = (self.perturbations.spared(), &self.shelf, &self.told);
        Asked { method, origin, path, query, before: counted.same, seed, sent, spared, shelf, told }
    }

    // Each draws from numbers of its own, so that choosing another one besides changes nothing for it.
    fn each<'a>(
        &'a self,
        asked: &'a Asked<'_>,
        counted: Counted,
    ) -> impl Iterator<Item = (&'static dyn Perturbation, Random)> + 'a {
        let turn = counted.path.to_string();
        self.perturbations.chosen().map(move |perturbation| {
            let parts = [perturbation.name(), asked.method.as_str(), asked.path, &turn];
            (perturbation, Random::of(self.perturbations.seed(), &parts))
        })
    }
}

/// Whether a path is that of a file or of a property's raw value, which is nobody's JSON but its owner's.
fn is_file(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    ["/content", "/$value", "/contentstream"].iter().any(|end| path.ends_with(end))
}
