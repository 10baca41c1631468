//! Messages in MIME form.

use serde_json::{Map, Value};

use super::messages::message;
use crate::graph::call::Call;
use crate::graph::fault::Fault;
use crate::graph::mime;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::tenant::Tenant;

/// A message's properties from a body in JSON or in MIME.
///
/// # Errors
/// For a body that is neither.
pub(super) fn given(call: &Call<'_>) -> Result<Map<String, Value>, Fault> {
    if call.is_text() { mime::read_base64(call.body) } else { call.entity("message") }
}

/// `/messages/{id}/$value`.
pub(super) fn value(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let message = message(mailbox, call)?;
    let parts = mailbox.attachments.children(message.key).map(|part| &part.fields);
    Ok(Reply::bytes(200, "text/plain", mime::write(&message.fields, parts)))
}
