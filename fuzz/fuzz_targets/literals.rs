//! Addresses that callers write, and texts in OData.

#![no_main]

use connector_sdk::{Request, http::Method, odata};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(request) = Request::literal(Method::GET, text, "url")
        && !request.is_external()
    {
        graph_client::fuzz::stays_at_home(&request);
    }
    let quoted = odata::string(text);
    let inner = quoted.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).expect("quotes around it");
    assert!(!inner.replace("\'\'", "").contains('\''), "{quoted}");
    for request in [
        Request::get("/users/{user}/messages/{message}").path_param("user", text).exchange_id("message", text),
        Request::get("/me/drive/root:/{path}:/content").path_segments("path", text),
        Request::get("/me/messages").query("$filter", text),
    ] {
        graph_client::fuzz::stays_at_home(&request);
    }
});
