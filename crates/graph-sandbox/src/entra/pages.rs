//! The pages that people see.

use bytes::Bytes;
use http::{Response, StatusCode, Uri};

use super::accounts::Account;
use super::apps::App;
use crate::reply;

const STYLE: &str = "body{font:16px system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem;color:#222}\
label{display:block;margin:.6rem 0}select,input,button{font:inherit;padding:.4rem .7rem}small{color:#555}";

/// Choose an account and consent.
pub(crate) fn sign_in(
    app: &App,
    accounts: &[Account],
    hint: Option<&str>,
    scopes: &[String],
    action: &Uri,
) -> Response<Bytes> {
    let action = action.path_and_query().map_or("/", |path| path.as_str());
    let scopes: String = scopes.iter().map(|scope| format!("<li>{}</li>", escape(scope))).collect();
    let form = format!(
        "<form method=post action=\"{}\"><label>Account {}</label><p>{} asks for:</p><ul>{scopes}</ul>{BUTTONS}</form>",
        escape(action),
        choice(accounts, hint),
        escape(&app.name),
    );
    page(StatusCode::OK, "Sign in to the sandbox", &form)
}

/// Enter the code of another device.
pub(crate) fn device(accounts: &[Account], code: Option<&str>) -> Response<Bytes> {
    let form = format!(
        "<form method=post><label>Code <input name=user_code required value=\"{}\"></label><label>Account {}</label>{BUTTONS}</form>",
        escape(code.unwrap_or_default()),
        choice(accounts, None),
    );
    page(StatusCode::OK, "Sign in on another device", &form)
}

/// An administrator consents for everybody.
pub(crate) fn admin_consent(app: &App, scope: &str, action: &Uri) -> Response<Bytes> {
    let action = action.path_and_query().map_or("/", |path| path.as_str());
    let form = format!(
        "<form method=post action=\"{}\"><p>{} asks for <b>{}</b>, for everybody in the organisation.</p>{BUTTONS}</form>",
        escape(action),
        escape(&app.name),
        escape(scope),
    );
    page(StatusCode::OK, "Consent for the organisation", &form)
}

/// Something to read.
pub(crate) fn message(title: &str, text: &str) -> Response<Bytes> {
    page(StatusCode::OK, title, &format!("<p>{}</p>", escape(text)))
}

/// Why it did not work.
pub(crate) fn error(text: &str) -> Response<Bytes> {
    page(
        StatusCode::BAD_REQUEST,
        "Sorry, but we're having trouble signing you in.",
        &format!("<p>{}</p>", escape(text)),
    )
}

const BUTTONS: &str = "<button name=decision value=accept>Accept</button> <button name=decision value=cancel formnovalidate>Cancel</button>";

fn choice(accounts: &[Account], hint: Option<&str>) -> String {
    let option = |account: &Account| {
        let name = &account.user_principal_name;
        let chosen = if hint.is_some_and(|hint| hint.eq_ignore_ascii_case(name)) { " selected" } else { "" };
        format!(
            "<option value=\"{}\"{chosen}>{} ({})</option>",
            escape(name),
            escape(&account.display_name),
            escape(name)
        )
    };
    format!("<select name=user>{}</select>", accounts.iter().map(option).collect::<String>())
}

fn page(status: StatusCode, title: &str, body: &str) -> Response<Bytes> {
    let title = escape(title);
    let note = "<p><small>This is a sandbox in memory. No account is real, and nobody asks for a password.</small></p>";
    let html = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title><style>{STYLE}</style><h1>{title}</h1>{body}{note}</html>"
    );
    reply::page(status, html)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_sends_is_escaped() {
        let app = App::public("id", "<b>App</b>");
        let page = sign_in(&app, &[], None, &["<script>".to_owned()], &Uri::from_static("/a?x='&y=1"));
        let html = std::str::from_utf8(page.body()).unwrap();
        assert!(
            html.contains("&lt;b&gt;App&lt;/b&gt;")
                && html.contains("&lt;script&gt;")
                && html.contains("x=&#39;&amp;y=1"),
            "{html}"
        );
    }
}
