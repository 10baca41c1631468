//! `get_shared_item`

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use connector_sdk::{Action, Context, Effect, Plan, Raw, Request, Result, Select, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::SHARES_READ;
use crate::vocabulary::{DRIVE_ITEM_FIELDS, DriveItem};

/// Get the file or folder that a sharing link leads to. Its `id` and `parentReference.driveId` are what other actions
/// take.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "shareUrl": "https://contoso-my.sharepoint.example/:f:/g/personal/adelev_contoso_example/EOGJkNjYwODdhMDU1NDA5YThh" })]))]
pub struct GetSharedItem {
    /// The sharing link, or the address of the file.
    #[schemars(length(min = 9, max = 4000), regex(pattern = r"^https://[^\s]+$"))]
    share_url: String,
    /// Accept the link, as opening it in a browser does, so that the access lasts; otherwise the access holds for this
    /// request only.
    #[serde(default)]
    redeem: bool,
    /// Which properties.
    #[serde(flatten)]
    select: Select,
}

impl Action for GetSharedItem {
    type Output = Raw<DriveItem>;
    const SPEC: Spec = Spec::new("get_shared_item", "Get shared item", Effect::Read).scopes(SHARES_READ).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<DriveItem>>> {
        // https://learn.microsoft.com/en-us/graph/api/shares-get#encoding-sharing-urls
        let share = format!("u!{}", URL_SAFE_NO_PAD.encode(self.share_url));
        let item = Request::get("/shares/{share}/driveItem").path_param("share", share);
        let item = item.prefer(if self.redeem { "redeemSharingLink" } else { "redeemSharingLinkIfNecessary" });
        Ok(item.query_opt("$select", self.select.names(DRIVE_ITEM_FIELDS)).raw())
    }
}
