//! The description of the service.

use crate::answer;
use crate::call::Call;
use crate::openapi::{self, Described};
use crate::route::Answer;

/// Describes what the caller reaches, in OpenAPI.
pub(crate) async fn show(call: Call) -> Answer {
    let connector = match call.query.get("connector") {
        Some(name) => Some(call.host.connector(name)?.name),
        None => None,
    };
    let described = Described { url: call.site.url.as_deref(), has_anonymous: call.site.has_anonymous, connector };
    answer::tagged(&call, &openapi::document(&call.host, &described))
}
