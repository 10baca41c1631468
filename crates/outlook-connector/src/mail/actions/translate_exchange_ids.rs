//! `translate_exchange_ids`

use connector_sdk::{Action, Context, Effect, FailedPart, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::SERVER_ASK;
use crate::vocabulary::{IdType, Mailbox, TranslatedId};

/// Turn ids of Outlook items into another form, such as ids that change when an item moves into those that do not.
/// There is no limit on the number: a request carries 1,000.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "ids": ["AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA=="], "sourceIdType": "restImmutableEntryId", "targetIdType": "restId" })]))]
pub struct TranslateExchangeIds {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The ids.
    #[schemars(length(min = 1), inner(length(min = 1, max = 1024)))]
    ids: Vec<String>,
    /// The form that they have.
    source_id_type: IdType,
    /// The form that they get.
    target_id_type: IdType,
}

/// How many ids one request takes.
const AT_ONCE: usize = 1000;

/// The ids in their new form.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Translated {
    /// One for each id, in their order. One that could not be translated has `errorDetails`.
    items: Vec<Raw<TranslatedId>>,
    /// The parts of the input whose request failed, and why: their results are missing. If all requests failed, the
    /// action fails.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<FailedPart>,
}

impl Action for TranslateExchangeIds {
    type Output = Translated;
    const SPEC: Spec = Spec::new("translate_exchange_ids", "Translate Exchange ids", Effect::Read).scopes(SERVER_ASK);

    fn plan(self, cx: &Context) -> Result<Plan<Translated>> {
        let root = self.mailbox.root(cx)?;
        let (source, target) = (self.source_id_type, self.target_id_type);
        let ask = move |ids: &[String]| {
            root.post("/translateExchangeIds")
                .json(json!({ "inputIds": ids, "sourceIdType": source, "targetIdType": target }))
                .idempotent()
        };
        Ok(Plan::in_parts(self.ids, AT_ONCE, ask, |items, failed| Translated {
            items: items.into_iter().map(Raw::new).collect(),
            failed,
        }))
    }
}
