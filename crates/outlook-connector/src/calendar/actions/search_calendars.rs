//! `search_calendars`

use connector_sdk::{Action, Context, Effect, Json, List, Pages, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_SEE;
use crate::vocabulary::{Address, Calendar, Mailbox};

/// Search calendars by name, owner or by whether they can be changed; a calendar must meet all criteria. Graph cannot
/// filter calendars by these, so all calendars are read and compared here.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "name": "shop", "canEdit": true })]))]
pub struct SearchCalendars {
    /// Whose calendars.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// A part of the name, ignoring case.
    #[schemars(length(min = 1, max = 255))]
    name: Option<String>,
    /// The email address of the owner.
    owner_email: Option<Address>,
    /// Only calendars that the user may change, or only those that it may not.
    can_edit: Option<bool>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for SearchCalendars {
    type Output = List<Calendar>;
    const SPEC: Spec = Spec::new("search_calendars", "Search calendars", Effect::Read).scopes(CALENDARS_SEE).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<Calendar>>> {
        let name = self.name.map(|name| name.to_lowercase());
        let (owner, can_edit) = (self.owner_email, self.can_edit);
        let wanted = move |item: &Json| {
            let Ok(calendar) = item.read::<Calendar>() else { return false };
            let address = calendar.owner.and_then(|owner| owner.address);
            name.as_ref().is_none_or(|name| calendar.name.is_some_and(|known| known.to_lowercase().contains(name)))
                && owner
                    .as_ref()
                    .is_none_or(|owner| address.is_some_and(|address| address.eq_ignore_ascii_case(&owner.0)))
                && can_edit.is_none_or(|wanted| calendar.can_edit == Some(wanted))
        };
        Ok(self.mailbox.root(cx)?.get("/calendars").query("$top", 100).pages_where(self.pages.paging()?, wanted))
    }
}
