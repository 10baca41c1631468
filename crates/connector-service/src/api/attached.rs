//! Inputs with files beside them: `multipart/form-data` (RFC 7578).

use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use bytes::{Bytes, BytesMut};
use connector_runtime::{AuthorizedHost, Error, Issue, TemporaryFile};
use http::header;
use serde_json::Value;

use crate::body::late;
use crate::call::Call;
use crate::json_input;
use crate::options::Limits;
use crate::problem::{Problem, ServiceCode};

/// Name of the part with the input.
const INPUT: &str = "input";

/// Maximum number of files beside one input.
const MOST: usize = 100;

/// An input, with the files that came beside it.
pub(crate) struct WithFiles {
    /// The input.
    pub(crate) input: Value,
    /// The files, by the names that the input has for them. They are the caller's until [`Attached`] is dropped.
    pub(crate) attached: Attached,
}

/// The files that came beside an input. They are for its run alone.
pub(crate) struct Attached {
    host: AuthorizedHost,
    files: Vec<(String, TemporaryFile)>,
}

impl Attached {
    fn new(host: AuthorizedHost) -> Attached {
        Attached { host, files: Vec::new() }
    }

    /// Returns the names with the ids of their files.
    pub(crate) fn names(&self) -> Vec<(&str, &str)> {
        self.files.iter().map(|(name, file)| (&**name, &*file.id)).collect()
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        let (host, files) = (self.host.clone(), std::mem::take(&mut self.files));
        if files.is_empty() {
            return;
        }
        // What is not removed here goes when it expires.
        tokio::spawn(async move {
            for (_, file) in files {
                if let Err(error) = host.files().remove(&file.id).await {
                    tracing::debug!(%error, "a file of a run was not removed");
                }
            }
        });
    }
}

/// Reads the input of a run: JSON, or a form with files beside it.
///
/// # Errors
/// As [`Call::json`]; `invalid_input` with every part that is none; those of the store of the files.
pub(crate) async fn read(call: &mut Call) -> Result<WithFiles, Problem> {
    if !is_form(call) {
        return Ok(WithFiles { input: call.json().await?, attached: Attached::new(call.host.clone()) });
    }
    let mut request = Request::new(std::mem::take(&mut call.body));
    *request.headers_mut() = call.headers.clone();
    let unreadable =
        |error: &dyn std::fmt::Display| Problem::from(Error::invalid("", format!("the form cannot be read: {error}")));
    let mut form = Multipart::from_request(request, &()).await.map_err(|error| unreadable(&error))?;
    let (mut input, mut issues) = (None, Vec::new());
    let mut attached = Attached::new(call.host.clone());
    let limits = call.limits;
    while let Some(part) = within(limits, form.next_field()).await? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == INPUT && input.is_none() {
            input = Some(text(part, &limits).await?);
        } else if name.is_empty() || name == INPUT || attached.files.iter().any(|(known, _)| *known == name) {
            issues.push(Issue::new("", format!("the form has a part without a name, or two parts called `{name}`")));
        } else if attached.files.len() == MOST {
            issues.push(Issue::new("", format!("the form has more than {MOST} files")));
            break;
        } else {
            let file = file(&attached.host, &limits, part).await?;
            attached.files.push((name, file));
        }
    }
    if input.is_none() {
        issues.push(Issue::new("", format!("the form has no part `{INPUT}` with the input as JSON")));
    }
    match input.filter(|_| issues.is_empty()) {
        Some(input) => Ok(WithFiles { input: json_input::parse_text(&input, &limits)?, attached }),
        None => Err(Problem::invalid(issues)),
    }
}

fn is_form(call: &Call) -> bool {
    let given = call.headers.get(header::CONTENT_TYPE).and_then(|given| given.to_str().ok()).unwrap_or_default();
    given.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("multipart/form-data"))
}

async fn within<T>(
    limits: Limits,
    part: impl Future<Output = Result<T, axum::extract::multipart::MultipartError>>,
) -> Result<T, Problem> {
    match tokio::time::timeout(limits.body_time, part).await {
        Ok(part) => part.map_err(|error| Error::invalid("", format!("the form cannot be read: {error}")).into()),
        Err(_) => Err(late(limits.body_time)),
    }
}

async fn text(mut part: Field<'_>, limits: &Limits) -> Result<Bytes, Problem> {
    let mut text = BytesMut::new();
    while let Some(bytes) = within(*limits, part.chunk()).await? {
        if text.len() + bytes.len() > limits.body {
            return Err(Problem::new(ServiceCode::TooLarge, format!("the input is larger than {} bytes", limits.body)));
        }
        text.extend_from_slice(&bytes);
    }
    Ok(text.freeze())
}

async fn file(host: &AuthorizedHost, limits: &Limits, mut part: Field<'_>) -> Result<TemporaryFile, Problem> {
    let name = part.file_name().or(part.name()).unwrap_or("file").to_owned();
    let content_type = part.content_type().unwrap_or("application/octet-stream").to_owned();
    let mut writer = host.files().create(&name, &content_type, None).await?;
    while let Some(bytes) = within(*limits, part.chunk()).await? {
        writer.write(bytes).await?;
    }
    Ok(writer.finish().await?)
}
