//! `directory_extensions`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Request, Result, ScopeCase, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::{APPLICATIONS_READ, DIRECTORY_READ};
use crate::vocabulary::ApplicationId;

/// The custom attributes that applications define: of one application, or all that there are in the tenant.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DirectoryExtensions {
    /// The application; the default is all of them.
    application: Option<ApplicationId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    name: String,
    app_display_name: Option<String>,
}

impl Picklist for DirectoryExtensions {
    const SPEC: Spec = Spec::new("directory_extensions", "Directory extensions", Effect::Read)
        .scopes(DIRECTORY_READ)
        .cases(&[ScopeCase::instead("`application` names one", APPLICATIONS_READ)]);

    fn choices(self, ask: ChoiceQuery, _: &Context) -> Result<Plan<Choices>> {
        let search = ask.search;
        let list = match self.application {
            Some(application) => {
                let one = Request::get("/applications/{application}/extensionProperties")
                    .path_param("application", application.0);
                one.with_scopes(APPLICATIONS_READ)
            }
            None => {
                let all = Request::post("/directoryObjects/getAvailableExtensionProperties").json(json!({}));
                all.idempotent()
            }
        };
        Ok(list.choices_that(ask.from, move |item: Item| {
            let short = item.name.splitn(3, '_').nth(2).unwrap_or(&item.name);
            let label =
                item.app_display_name.as_deref().map_or_else(|| short.to_owned(), |app| format!("{short} ({app})"));
            Some(Choice::new(item.name, label)).filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}
