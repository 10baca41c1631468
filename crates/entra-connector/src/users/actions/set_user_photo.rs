//! `set_user_photo`

use connector_sdk::{Action, Body, Context, Effect, Error, FileRef, FileSource, Plan, Result, ScopeCase, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::{OWN_PHOTO_WRITE, PHOTO_WRITE};
use crate::vocabulary::{Updated, UserId};

/// Set the photo of a user, in place of the present one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "adelev@contoso.example", "photo": { "base64": "/9j/4AAQSkZJRgABAQEASABIAAD/2Q==" } })]))]
pub struct SetUserPhoto {
    /// The user.
    user: UserId,
    /// The photo, a JPEG of up to 4 MB.
    photo: FileRef,
}

/// What Graph takes in one request.
const LARGEST: u64 = 4 * 1024 * 1024;

impl Action for SetUserPhoto {
    type Output = Updated;
    const SPEC: Spec = Spec::new("set_user_photo", "Set user photo", Effect::Update)
        .scopes(PHOTO_WRITE)
        .cases(&[ScopeCase::instead("`user` is who is signed in", OWN_PHOTO_WRITE)])
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Updated>> {
        let size = cx.file(&self.photo).map_err(|error| error.at("/photo"))?.size;
        if size > LARGEST {
            return Err(Error::invalid("/photo", format!("the photo has {size} bytes; Graph takes at most {LARGEST}")));
        }
        let body = Body::File { file: FileSource(self.photo), range: None, content_type: "image/jpeg".to_owned() };
        let root = cx.person(Some(&self.user.0), "user")?;
        let request = root.put("/photo/$value").body(body);
        let request = if root.is_shared() { request } else { request.with_scopes(OWN_PHOTO_WRITE) };
        Ok(request.accepted().map(|_| Updated { updated: true }))
    }
}
