//! Parameters of a query or a form.

use bytes::Bytes;
use http::Request;
use http::header::CONTENT_TYPE;
use serde_json::Value;

use super::errors::Failure;

/// The parameters of a request, form-decoded. An empty value counts as none.
#[derive(Debug, Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    /// Reads `application/x-www-form-urlencoded` text.
    ///
    /// # Errors
    /// 9000411 when a parameter comes twice.
    pub(crate) fn read(text: &[u8]) -> Result<Params, Failure> {
        let mut all: Vec<(String, String)> = Vec::new();
        for (name, value) in url::form_urlencoded::parse(text) {
            if all.iter().any(|(known, _)| *known == name) {
                return Err(Failure::new(
                    9_000_411,
                    format!("The request is not properly formatted. The parameter '{name}' is duplicated."),
                ));
            }
            all.push((name.into_owned(), value.into_owned()));
        }
        Ok(Params(all))
    }

    /// The query of a request.
    pub(crate) fn query(request: &Request<Bytes>) -> Result<Params, Failure> {
        Params::read(request.uri().query().unwrap_or_default().as_bytes())
    }

    /// The form in the body of a request.
    ///
    /// # Errors
    /// 900561 for another method than POST, 900144 when the body is no form.
    pub(crate) fn form(request: &Request<Bytes>) -> Result<Params, Failure> {
        if request.method() != http::Method::POST {
            let method = request.method();
            return Err(Failure::new(
                900_561,
                format!("The endpoint only accepts POST requests. Received a {method} request."),
            ));
        }
        let content = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !content.trim_start().to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
            return Err(Failure::missing("grant_type"));
        }
        Params::read(request.body())
    }

    /// A parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// A parameter that must be there.
    pub(crate) fn need(&self, name: &str) -> Result<&str, Failure> {
        self.get(name).ok_or_else(|| Failure::missing(name))
    }

    /// What the `claims` parameter asks of the access token.
    ///
    /// # Errors
    /// 9002313 when it is no JSON.
    pub(crate) fn claims(&self) -> Result<Option<Value>, Failure> {
        let Some(text) = self.get("claims") else { return Ok(None) };
        let claims: Value = serde_json::from_str(text).map_err(|_| {
            Failure::new(9_002_313, "Invalid request. The value of the parameter 'claims' is not valid JSON.")
        })?;
        Ok(claims.get("access_token").cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_decoding_and_duplicates() {
        let params = Params::read(b"a=x+y%2B%2F%3D&b=&c").unwrap();
        assert_eq!(params.get("a"), Some("x y+/="));
        assert_eq!(params.get("b"), None);
        assert_eq!(params.need("c").unwrap_err().number, 900_144);
        assert_eq!(Params::read(b"a=1&a=2").unwrap_err().number, 9_000_411);
    }
}
