//! `get_user_photo`

use connector_sdk::{Action, Context, DownloadName, Effect, File, Plan, Result, ScopeCase, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::{OWN_PHOTO_READ, PHOTO_READ};
use crate::vocabulary::UserId;

/// Get the photo of a user as a file: the largest there is, or one of a size.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "adelev@contoso.example" }), json!({ "user": "e633c93d-f077-40d2-8c68-2ae455ceb72e", "size": "48x48" })]))]
pub struct GetUserPhoto {
    /// The user.
    user: UserId,
    /// The size, in pixels.
    size: Option<Size>,
}

/// The sizes in which there are photos.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(inline)]
enum Size {
    /// 48 pixels.
    #[serde(rename = "48x48")]
    P48,
    /// 64 pixels.
    #[serde(rename = "64x64")]
    P64,
    /// 96 pixels.
    #[serde(rename = "96x96")]
    P96,
    /// 120 pixels.
    #[serde(rename = "120x120")]
    P120,
    /// 240 pixels.
    #[serde(rename = "240x240")]
    P240,
    /// 360 pixels.
    #[serde(rename = "360x360")]
    P360,
    /// 432 pixels.
    #[serde(rename = "432x432")]
    P432,
    /// 504 pixels.
    #[serde(rename = "504x504")]
    P504,
    /// 648 pixels.
    #[serde(rename = "648x648")]
    P648,
}

impl Size {
    fn name(self) -> &'static str {
        match self {
            Size::P48 => "48x48",
            Size::P64 => "64x64",
            Size::P96 => "96x96",
            Size::P120 => "120x120",
            Size::P240 => "240x240",
            Size::P360 => "360x360",
            Size::P432 => "432x432",
            Size::P504 => "504x504",
            Size::P648 => "648x648",
        }
    }
}

impl Action for GetUserPhoto {
    type Output = File;
    const SPEC: Spec = Spec::new("get_user_photo", "Get user photo", Effect::Read)
        .scopes(PHOTO_READ)
        .cases(&[ScopeCase::instead("`user` is who is signed in", OWN_PHOTO_READ)])
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<File>> {
        let root = cx.person(Some(&self.user.0), "user")?;
        let request = match self.size {
            None => root.get("/photo/$value"),
            Some(size) => root.get("/photos/{size}/$value").path_param("size", size.name()),
        };
        let request = if root.is_shared() { request } else { request.with_scopes(OWN_PHOTO_READ) };
        Ok(request.download(DownloadName::default().with_name("photo.jpg".to_owned())))
    }
}
