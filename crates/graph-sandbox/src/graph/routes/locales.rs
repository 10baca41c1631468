//! What the mail server knows: time zones and languages.

use connector_sdk::Zone;
use serde_json::{Value, json};

use crate::graph::call::Call;
use crate::graph::fault::Fault;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::tenant::Tenant;

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "@/outlook/supportedTimeZones", time_zones),
    route("GET", "@/outlook/supportedLanguages", languages),
];

/// Locale and name. A real server knows more.
const LANGUAGES: [(&str, &str); 12] = [
    ("cs-CZ", "Czech (Czech Republic)"),
    ("da-DK", "Danish (Denmark)"),
    ("de-DE", "German (Germany)"),
    ("en-GB", "English (United Kingdom)"),
    ("en-US", "English (United States)"),
    ("es-ES", "Spanish (Spain)"),
    ("fr-FR", "French (France)"),
    ("it-IT", "Italian (Italy)"),
    ("ja-JP", "Japanese (Japan)"),
    ("nl-NL", "Dutch (Netherlands)"),
    ("pt-BR", "Portuguese (Brazil)"),
    ("sv-SE", "Swedish (Sweden)"),
];

/// A locale that the server knows, with its name.
pub(super) fn language(locale: &str) -> Option<(&'static str, &'static str)> {
    LANGUAGES.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(locale))
}

fn all(call: &Call<'_>, ty: &str, items: Vec<Value>) -> Outcome {
    Ok(Reply::value(200, &json!({ "@odata.context": call.context(&format!("Collection({ty})")), "value": items })))
}

fn time_zones(_: &mut Tenant, call: &Call<'_>) -> Outcome {
    let iana = match call.query.get("TimeZoneStandard") {
        None => false,
        Some(standard) if standard.ends_with("Windows'") || standard == "Windows" => false,
        Some(standard) if standard.ends_with("Iana'") || standard == "Iana" => true,
        Some(_) => return Err(Fault::bad("Invalid value specified for the parameter 'TimeZoneStandard'.")),
    };
    let mut zones: Vec<(&str, String)> = Zone::windows()
        .map(|(windows, zone)| if iana { (zone, zone.to_owned()) } else { (windows, format!("{windows} ({zone})")) })
        .collect();
    zones.sort();
    zones.dedup();
    all(
        call,
        "microsoft.graph.timeZoneInformation",
        zones.into_iter().map(|(alias, name)| json!({ "alias": alias, "displayName": name })).collect(),
    )
}

fn languages(_: &mut Tenant, call: &Call<'_>) -> Outcome {
    let known = LANGUAGES.iter().map(|(locale, name)| json!({ "locale": locale, "displayName": name }));
    all(call, "microsoft.graph.localeInfo", known.collect())
}
