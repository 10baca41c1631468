//! The body of a request, from the inputs that describe it.

use connector_sdk::{Body, Context, Error, FileRef, FileSource, Issue, MultipartPart, PartContent, Secret};
use http::Method;
use serde_json::Value;

use crate::hidden;
use crate::vocabulary::{BodyType, FormField, FormFile};

/// What a caller wants to send.
pub(crate) struct Content {
    pub(crate) kind: Option<BodyType>,
    pub(crate) data: Option<Value>,
    pub(crate) form: Vec<FormField>,
    pub(crate) files: Vec<FormFile>,
    /// The JSON Pointers of `data` and of the files.
    pub(crate) data_at: &'static str,
    pub(crate) files_at: &'static str,
}

impl Default for Content {
    fn default() -> Content {
        Content { kind: None, data: None, form: Vec::new(), files: Vec::new(), data_at: "/data", files_at: "/fileData" }
    }
}

/// What will be sent.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) body: Body,
    /// The secrets in it, such as the password of a new user; `None` where it announces none.
    pub(crate) secrets: Option<Vec<Secret>>,
}

impl Content {
    /// A body that is either JSON or text, from the property `body`, or a file, from the property `file`.
    pub(crate) fn of(data: Option<Value>, file: Option<FileRef>) -> Content {
        let kind = file.is_some().then_some(BodyType::Raw);
        let files = file.into_iter().map(|file| FormFile { key: String::new(), file }).collect();
        Content { kind, data, files, data_at: "/body", files_at: "/file", ..Content::default() }
    }

    /// Writes the body, or reports why not. `content_type` is what the caller's header says.
    pub(crate) fn write(
        self,
        method: &Method,
        content_type: Option<String>,
        cx: &Context,
        issues: &mut Vec<Issue>,
    ) -> Written {
        let kind = self.kind.unwrap_or_else(|| self.guess());
        let misplaced = self.misplaced(kind, method);
        if !misplaced.is_empty() {
            issues.extend(misplaced.into_iter().map(|(at, why)| Issue::new(at, why)));
            return Written::default();
        }
        if content_type.is_some() && matches!(kind, BodyType::Form | BodyType::Multipart) {
            issues.push(Issue::new("/headers", "a form has its own content type; leave the header `content-type` out"));
        }
        match kind {
            BodyType::None => Written::default(),
            BodyType::Form => {
                let secrets = secret_fields(&self.form);
                Written {
                    body: Body::Form(self.form.into_iter().map(|field| (field.key, field.value)).collect()),
                    secrets,
                }
            }
            BodyType::Multipart => self.multipart(cx, issues),
            BodyType::Json => self.json(content_type, issues),
            BodyType::Raw => self.raw(content_type, cx, issues),
        }
    }

    fn guess(&self) -> BodyType {
        match &self.data {
            _ if !self.form.is_empty() || !self.files.is_empty() => BodyType::Multipart,
            None => BodyType::None,
            Some(Value::String(text)) if json_text(text).is_none() => BodyType::Raw,
            Some(_) => BodyType::Json,
        }
    }

    // Inputs that this kind of body has no place for, and inputs that it lacks.
    fn misplaced(&self, kind: BodyType, method: &Method) -> Vec<(&'static str, &'static str)> {
        let data = self.data.is_some().then_some(self.data_at);
        let form = (!self.form.is_empty()).then_some("/formData");
        let files = (!self.files.is_empty()).then_some(self.files_at);
        let given = |inputs: &[Option<&'static str>], why: &'static str| -> Vec<_> {
            inputs.iter().flatten().map(|at| (*at, why)).collect()
        };
        if matches!(*method, Method::GET | Method::HEAD) {
            return given(&[data, form, files], "a request that reads carries no body");
        }
        match kind {
            BodyType::None => given(&[data, form, files], "contradicts the body type `none`"),
            BodyType::Json if data.is_none() => vec![(self.data_at, "is missing; the body type `json` sends it")],
            BodyType::Json => given(&[form, files], "has no place in a JSON body"),
            BodyType::Form => given(&[data, files], "has no place in a form of the body type `form`"),
            BodyType::Multipart => {
                given(&[data], "cannot be combined with form data; give it as a field of `formData`")
            }
            BodyType::Raw if form.is_some() => given(&[form], "has no place in a raw body"),
            BodyType::Raw if data.is_some() && files.is_some() => {
                vec![(self.files_at, "is a second body; give one of the two")]
            }
            BodyType::Raw if data.is_none() && files.is_none() => {
                vec![("/bodyType", "`raw` sends `data`, or one file of `fileData`")]
            }
            BodyType::Raw if self.files.len() > 1 => vec![("/fileData/1", "is one too many; a raw body is one file")],
            BodyType::Raw => Vec::new(),
        }
    }

    fn json(self, content_type: Option<String>, issues: &mut Vec<Issue>) -> Written {
        let (bytes, secrets) = match self.data.unwrap_or_default() {
            // Text that is JSON travels as it was written.
            Value::String(text) => match serde_json::from_str::<Value>(&text) {
                Ok(value) => (text.into_bytes(), hidden::secrets(&value)),
                Err(error) => {
                    issues.push(Issue::new(
                        self.data_at,
                        format!("is not JSON: {error}; to send it as text, set `bodyType` to `raw`"),
                    ));
                    return Written::default();
                }
            },
            value => (value.to_string().into_bytes(), hidden::secrets(&value)),
        };
        let body = match content_type {
            None => Body::Json(bytes.into()),
            Some(content_type) => Body::Bytes(content_type, bytes.into()),
        };
        Written { body, secrets }
    }

    fn raw(self, content_type: Option<String>, cx: &Context, issues: &mut Vec<Issue>) -> Written {
        if let Some(FormFile { file, .. }) = self.files.into_iter().next() {
            let at = if self.files_at == "/fileData" { "/fileData/0/file" } else { self.files_at };
            return match cx.file(&file) {
                Ok(meta) => {
                    let content_type = content_type.or(meta.content_type).unwrap_or_else(|| BINARY.to_owned());
                    Written { body: Body::File { file: FileSource(file), range: None, content_type }, secrets: None }
                }
                Err(error) => {
                    move_to(&error, at, issues);
                    Written::default()
                }
            };
        }
        let text = match self.data.unwrap_or_default() {
            Value::String(text) => text,
            value => value.to_string(),
        };
        let parsed = json_text(&text);
        let natural = if parsed.is_some() { "application/json" } else { "text/plain" };
        let body = Body::Bytes(content_type.unwrap_or_else(|| natural.to_owned()), text.into());
        Written { body, secrets: parsed.and_then(|value| hidden::secrets(&value)) }
    }

    fn multipart(self, cx: &Context, issues: &mut Vec<Issue>) -> Written {
        let secrets = secret_fields(&self.form);
        let mut parts = Vec::with_capacity(self.form.len() + self.files.len());
        let mut name = |at: String, name: String| {
            if name.chars().any(char::is_control) {
                issues.push(Issue::new(at, "contains a control character"));
            }
            name
        };
        for (i, field) in self.form.into_iter().enumerate() {
            let name = name(format!("/formData/{i}/key"), field.key);
            parts.push(MultipartPart::new(name, PartContent::Text(field.value)));
        }
        let named: Vec<(String, FileRef)> = self
            .files
            .into_iter()
            .enumerate()
            .map(|(i, file)| (name(format!("/fileData/{i}/key"), file.key), file.file))
            .collect();
        for (i, (name, file)) in named.into_iter().enumerate() {
            match cx.file(&file) {
                Ok(meta) => parts.push(
                    MultipartPart::new(name.as_str(), PartContent::File(FileSource(file)))
                        .with_file_name(meta.name.unwrap_or(name))
                        .with_content_type(meta.content_type.unwrap_or_else(|| BINARY.to_owned())),
                ),
                Err(error) => move_to(&error, &format!("/fileData/{i}/file"), issues),
            }
        }
        Written { body: Body::Multipart(parts), secrets }
    }
}

fn secret_fields(form: &[FormField]) -> Option<Vec<Secret>> {
    let secrets: Vec<Secret> = form
        .iter()
        .filter(|field| hidden::is_secret(&field.key))
        .map(|field| Secret::new(field.value.as_str()))
        .collect();
    (!secrets.is_empty()).then_some(secrets)
}

const BINARY: &str = "application/octet-stream";

/// The violations of `error`, said of the property at `at`.
pub(crate) fn move_to(error: &Error, at: &str, issues: &mut Vec<Issue>) {
    issues.extend(error.violations().iter().map(|issue| Issue::new(at, issue.message.clone())));
}

// Only objects and arrays: a text such as `12` or `true` is more likely meant as text.
fn json_text(text: &str) -> Option<Value> {
    text.trim_start().starts_with(['{', '[']).then(|| serde_json::from_str(text).ok()).flatten()
}
