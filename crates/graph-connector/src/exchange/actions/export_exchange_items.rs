//! `export_exchange_items`

use connector_sdk::{Action, Context, Effect, FailedPart, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::MAILBOX_ITEMS_EXPORT;
use crate::vocabulary::{ExportedItem, MailboxId};

/// Export items of a mailbox whole, so that they can be imported again, there or elsewhere. There is no limit on the
/// number: a request carries 20.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "mailboxId": "MBX:e633c93d-f077-40d2-8c68-2ae455ceb72e@9b06a9b6-6879-4286-87c1-d29f7c059132", "itemIds": ["AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA=="] })]))]
pub struct ExportExchangeItems {
    /// The mailbox.
    mailbox_id: MailboxId,
    /// The items, all of this mailbox.
    #[schemars(length(min = 1), inner(length(min = 1, max = 512)))]
    item_ids: Vec<String>,
}

/// How many items one request takes.
const AT_ONCE: usize = 20;

/// The items, exported.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Exported {
    /// One for each item, in their order. One that could not be exported has an `error`.
    items: Vec<Raw<ExportedItem>>,
    /// The parts of the input whose request failed, and why: their results are missing. If all requests failed, the
    /// action fails.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<FailedPart>,
}

impl Action for ExportExchangeItems {
    type Output = Exported;
    const SPEC: Spec =
        Spec::new("export_exchange_items", "Export Exchange items", Effect::Read).scopes(MAILBOX_ITEMS_EXPORT);

    fn plan(self, _: &Context) -> Result<Plan<Exported>> {
        let mailbox = self.mailbox_id;
        // The parameter begins with a capital letter in the metadata, and with a small one on Microsoft's page.
        let ask = move |ids: &[String]| {
            mailbox.request(Method::POST, "/exportItems").json(json!({ "ItemIds": ids })).idempotent()
        };
        Ok(Plan::in_parts(self.item_ids, AT_ONCE, ask, |items, failed| Exported {
            items: items.into_iter().map(Raw::new).collect(),
            failed,
        }))
    }
}
