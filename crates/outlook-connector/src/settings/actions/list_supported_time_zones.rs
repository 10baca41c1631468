//! `list_supported_time_zones`

use connector_sdk::{Action, Context, Effect, List, Paging, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::SERVER_ASK;
use crate::vocabulary::{Mailbox, TimeZoneInformation};

/// List the time zones that the server of a mailbox knows.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "format": "iana" })]))]
pub struct ListSupportedTimeZones {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// Which names; the default is those of Windows.
    #[serde(default)]
    format: ZoneFormat,
}

/// Which names of time zones.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum ZoneFormat {
    /// Such as `W. Europe Standard Time`.
    #[default]
    Windows,
    /// Such as `Europe/Berlin`.
    Iana,
}

impl Action for ListSupportedTimeZones {
    type Output = List<TimeZoneInformation>;
    const SPEC: Spec =
        Spec::new("list_supported_time_zones", "List supported time zones", Effect::Read).scopes(SERVER_ASK).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<TimeZoneInformation>>> {
        let root = self.mailbox.root(cx)?;
        let request = match self.format {
            ZoneFormat::Windows => root.get("/outlook/supportedTimeZones"),
            ZoneFormat::Iana => {
                root.get("/outlook/supportedTimeZones(TimeZoneStandard=microsoft.graph.timeZoneStandard'Iana')")
            }
        };
        Ok(request.pages(Paging::default()))
    }
}
