//! Settings of a mailbox.

use connector_sdk::Zone;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::items::context;
use crate::graph::calendar::bad_zone;
use crate::graph::call::Call;
use crate::graph::fault::Fault;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::tenant::Tenant;
use crate::graph::types;
use crate::graph::zones;

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "@/mailboxSettings", get),
    route("PATCH", "@/mailboxSettings", update),
    route("GET", "@/mailboxSettings/{property}", get_one),
];

const READ_ONLY: [&str; 2] = ["archiveFolder", "userPurpose"];
/// Where a time lies that a schedule begins or ends with.
const TIMES: [&str; 2] = ["scheduledStartDateTime", "scheduledEndDateTime"];

fn answer(tenant: &Tenant, call: &Call<'_>, below: &str, settings: impl Iterator<Item = (String, Value)>) -> Outcome {
    let mut out = Map::new();
    let context = call.context(&context(tenant, call, &format!("mailboxSettings{below}")));
    out.insert("@odata.context".into(), context.into());
    out.extend(settings);
    Ok(Reply::value(200, &out.into()))
}

fn get(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let options = call.options(types::get("mailboxSettings"))?;
    let settings = &tenant.mailbox(call.owner)?.preferences.settings;
    let wanted = |name: &str| options.select.as_ref().is_none_or(|names| names.iter().any(|known| known == name));
    answer(
        tenant,
        call,
        "",
        settings.iter().filter(|(name, _)| wanted(name)).map(|(name, value)| (name.clone(), value.clone())),
    )
}

/// One setting: the properties of an object, or a `value`.
fn get_one(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let asked = call.param("property");
    let settings = &tenant.mailbox(call.owner)?.preferences.settings;
    let (name, value) =
        settings.iter().find(|(name, _)| name.eq_ignore_ascii_case(asked)).ok_or_else(|| Fault::segment(asked))?;
    let below = format!("/{name}");
    match value {
        Value::Object(fields) => answer(tenant, call, &below, fields.clone().into_iter()),
        value => answer(tenant, call, &below, std::iter::once(("value".to_owned(), value.clone()))),
    }
}

fn update(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("mailboxSettings")?;
    let mut settings = tenant.mailbox(call.owner)?.preferences.settings.clone();
    let mut changed = Vec::new();
    for (name, value) in body.into_iter().filter(|(name, _)| !name.contains('@')) {
        if READ_ONLY.contains(&name.as_str()) {
            return Err(Fault::new(
                400,
                "ErrorInvalidPropertySet",
                format!("The property '{name}' is read-only and cannot be set."),
            ));
        }
        let merged = match (settings.get(&name), value) {
            // What an object leaves out stays as it was.
            (Some(Value::Object(known)), Value::Object(given)) => {
                let mut known = known.clone();
                known.extend(given.into_iter().filter(|(_, value)| !value.is_null()));
                Value::Object(known)
            }
            (_, value) => value,
        };
        let merged = settle(&name, merged)?;
        settings.insert(name.clone(), merged.clone());
        changed.push((name, merged));
    }
    tenant.mailbox_mut(call.owner)?.preferences.settings = settings;
    answer(tenant, call, "", changed.into_iter())
}

/// Checks a setting and brings it to the form in which it is kept.
fn settle(name: &str, mut value: Value) -> Result<Value, Fault> {
    let known_zone = |zone: &Value| {
        let zone = zone.as_str().unwrap_or_default();
        if zones::zone(zone).is_some() || Zone::named(zone).is_some() { Ok(()) } else { Err(bad_zone(zone)) }
    };
    match name {
        "timeZone" => known_zone(&value)?,
        // A zone of one's own has rules with it.
        "workingHours" if value["timeZone"]["standardOffset"].is_null() => known_zone(&value["timeZone"]["name"])?,
        "language" => {
            let locale = value["locale"].as_str().unwrap_or_default();
            let (locale, shown) = super::locales::language(locale).ok_or_else(|| {
                Fault::new(400, "ErrorInvalidRequest", format!("The locale '{locale}' is not supported."))
            })?;
            value = json!({ "locale": locale, "displayName": shown });
        }
        "automaticRepliesSetting" => {
            let mut moments = Vec::new();
            for time in TIMES {
                let zone = value[time]["timeZone"].as_str().unwrap_or("UTC").to_owned();
                let moment = moment(value[time]["dateTime"].as_str().unwrap_or_default(), &zone)?;
                let moment = moment
                    .ok_or_else(|| Fault::new(400, "ErrorInvalidRequest", format!("'{time}' is no date and time.")))?;
                value[time] = json!({ "dateTime": zones::local(moment, &jiff::tz::TimeZone::UTC), "timeZone": "UTC" });
                moments.push(moment);
            }
            if value["status"] == "scheduled" && moments[0] >= moments[1] {
                return Err(Fault::new(
                    400,
                    "ErrorInvalidScheduledOofDuration",
                    "The schedule of automatic replies has to end after it begins.",
                ));
            }
        }
        _ => {}
    }
    Ok(value)
}

/// The moment at which clocks in the zone show `local`; `None` if that is no date and time.
fn moment(local: &str, zone: &str) -> Result<Option<Timestamp>, Fault> {
    if let Some(zone) = zones::zone(zone) {
        return Ok(zones::moment(local, &zone));
    }
    let zone = Zone::named(zone).ok_or_else(|| bad_zone(zone))?;
    Ok(local.parse().ok().and_then(|clock| zone.moment(clock).ok()).map(|zoned| zoned.timestamp()))
}
