//! Rules for the addresses that a connection may use.

use connector_sdk::is_loopback;
use url::Url;

/// Parses an address that secrets are sent to or come from: https, or plain http to this machine.
///
/// # Errors
/// What is wrong with it, as the end of a sentence.
pub(crate) fn read(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("is not a URL: {error}"))?;
    match url.scheme() {
        "https" if url.host().is_some() => {}
        "http" if is_loopback(&url) => {}
        _ => return Err("is not https; plain http is accepted for loopback addresses only".to_owned()),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("has a user name or a password in it".to_owned());
    }
    if url.fragment().is_some() {
        return Err("has a fragment".to_owned());
    }
    Ok(url)
}

/// Parses an address that paths are added to, as [`read`] does.
///
/// # Errors
/// What is wrong with it, as the end of a sentence.
pub(crate) fn read_base(text: &str) -> Result<Url, String> {
    let url = read(text)?;
    if url.query().is_some() {
        return Err("has a query".to_owned());
    }
    Ok(url)
}

/// Returns the origin as text, such as `https://login.microsoftonline.com`.
pub(crate) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_or_this_machine() {
        for good in [
            "https://login.microsoftonline.com/x",
            "http://127.0.0.1:1/a",
            "http://[::1]/",
            "http://localhost:2/cb?p=1",
        ] {
            assert!(read(good).is_ok(), "{good}");
        }
        for bad in [
            "http://example.com",
            "http://10.0.0.1",
            "ftp://localhost",
            "x",
            "https://u:p@h",
            "https://h/#f",
            "http://localhost.evil",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(read_base("https://h/?a").is_err());
    }
}
