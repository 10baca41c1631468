//! A call: what a handler gets.

use std::sync::Arc;

use axum::body::Body;
use connector_runtime::{AuthorizedHost, Error};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, header};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::json_input;
use crate::options::Limits;
use crate::problem::{Problem, ServiceCode};
use crate::query::Query;
use crate::request_id::RequestId;
use crate::route::{Gives, Route};
use crate::running::Running;
use crate::site::Site;

/// A call of a route.
pub(crate) struct Call {
    /// The host as the caller sees it.
    pub(crate) host: AuthorizedHost,
    /// The route.
    pub(crate) route: &'static Route,
    /// The id of the request.
    pub(crate) id: RequestId,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The host and port that the request is for.
    pub(crate) authority: Option<Authority>,
    /// The query.
    pub(crate) query: Query,
    /// The query as it was sent, for a route whose parameters are another's.
    pub(crate) raw_query: String,
    /// The parameters of the path, decoded.
    pub(crate) path: Vec<(String, String)>,
    /// The body, until it is read.
    pub(crate) body: Body,
    /// The limits of the service.
    pub(crate) limits: Limits,
    /// What is running.
    pub(crate) running: Arc<Running>,
    /// What the service says of itself.
    pub(crate) site: Arc<Site>,
    /// Whether the service is ending.
    pub(crate) ending: bool,
}

impl Call {
    /// Returns a parameter of the path.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.path.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Returns a header that has text, unless it is absent.
    ///
    /// # Errors
    /// `invalid_input` for one that is no text or is given twice.
    pub(crate) fn header(&self, name: &'static str) -> Result<Option<&str>, Problem> {
        let mut all = self.headers.get_all(name).iter();
        let Some(value) = all.next() else { return Ok(None) };
        match (value.to_str(), all.next()) {
            (Ok(text), None) => Ok(Some(text.trim())),
            _ => {
                Err(Error::invalid("", format!("the header {name} must be there once, and be printable ASCII")).into())
            }
        }
    }

    /// Reads the body as JSON.
    ///
    /// # Errors
    /// `unsupported_media_type`, `too_large`, `timeout`; `invalid_input` for what is no JSON.
    pub(crate) async fn json(&mut self) -> Result<Value, Problem> {
        let body = std::mem::take(&mut self.body);
        let whole = json_input::read_whole(&self.headers, body, &self.limits).await?;
        json_input::parse(&self.headers, &whole, &self.limits)
    }

    /// Reads the body as a JSON object, such as an input.
    ///
    /// # Errors
    /// As [`Call::json`]; `invalid_input` for what is no object.
    pub(crate) async fn object(&mut self) -> Result<Value, Problem> {
        match self.json().await? {
            object @ Value::Object(_) => Ok(object),
            _ => Err(Error::invalid("", "the body is no JSON object; send one, such as {}").into()),
        }
    }

    /// Reads the body as a value of a type.
    ///
    /// # Errors
    /// As [`Call::json`]; `invalid_input` where it does not fit.
    pub(crate) async fn read<T: DeserializeOwned>(&mut self) -> Result<T, Problem> {
        Ok(connector_runtime::read_input(self.json().await?)?)
    }

    /// Reads the body as a value of a type; without a body it is the usual one.
    ///
    /// # Errors
    /// As [`Call::read`].
    pub(crate) async fn read_or_nothing<T: DeserializeOwned + Default>(&mut self) -> Result<T, Problem> {
        let body = std::mem::take(&mut self.body);
        let whole = json_input::read_whole(&self.headers, body, &self.limits).await?;
        if whole.is_empty() {
            return Ok(T::default());
        }
        Ok(connector_runtime::read_input(json_input::parse(&self.headers, &whole, &self.limits)?)?)
    }

    /// Returns the form of the answer: the first of the route's that the caller accepts most.
    ///
    /// # Errors
    /// `not_acceptable` where it accepts none.
    pub(crate) fn form(&self) -> Result<Gives, Problem> {
        // A file is of whatever media type it is.
        if self.route.gives == [Gives::Bytes] {
            return Ok(Gives::Bytes);
        }
        negotiate(self.headers.get_all(header::ACCEPT).iter(), self.route.gives)
    }
}

fn negotiate<'a>(accepted: impl Iterator<Item = &'a HeaderValue>, gives: &[Gives]) -> Result<Gives, Problem> {
    let ranges: Vec<(String, f32)> = accepted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|range| !range.is_empty())
        .map(range)
        .collect();
    let usual = gives.first().copied().unwrap_or(Gives::Json);
    if ranges.is_empty() {
        return Ok(usual);
    }
    let mut best: Option<(Gives, f32)> = None;
    for form in gives {
        let quality = quality(&ranges, form.media_type());
        if quality > 0.0 && best.is_none_or(|(_, most)| quality > most) {
            best = Some((*form, quality));
        }
    }
    best.map(|(form, _)| form).ok_or_else(|| {
        let names: Vec<&str> = gives.iter().map(|form| form.media_type()).collect();
        Problem::new(ServiceCode::NotAcceptable, format!("the answer can be {}", names.join(" or ")))
    })
}

fn range(text: &str) -> (String, f32) {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default().to_ascii_lowercase();
    let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    (name, quality.map_or(1.0, |quality| quality.parse().unwrap_or(0.0)))
}

// RFC 9110 12.5.1: the most specific range counts.
fn quality(ranges: &[(String, f32)], media_type: &str) -> f32 {
    let group = media_type.split('/').next().unwrap_or_default();
    let of = |wanted: &str| ranges.iter().find(|(range, _)| range == wanted).map(|(_, quality)| *quality);
    of(media_type).or_else(|| of(&format!("{group}/*"))).or_else(|| of("*/*")).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_what_the_caller_accepts_most() {
        let gives = [Gives::Json, Gives::JsonLines, Gives::Events];
        let of = |accepted: &[&str]| {
            let values: Vec<HeaderValue> = accepted.iter().map(|value| value.parse().unwrap()).collect();
            negotiate(values.iter(), &gives).ok()
        };
        assert_eq!(of(&[]), Some(Gives::Json));
        assert_eq!(of(&["*/*"]), Some(Gives::Json));
        assert_eq!(of(&["text/html, application/*;q=0.5"]), Some(Gives::Json));
        assert_eq!(of(&["application/x-ndjson"]), Some(Gives::JsonLines));
        assert_eq!(of(&["application/json;q=0.2", "text/event-stream"]), Some(Gives::Events));
        assert_eq!(of(&["application/json;q=0, */*"]), Some(Gives::JsonLines));
        assert_eq!(of(&["application/xml"]), None);
        assert_eq!(of(&["*/*;q=0"]), None);
    }
}
