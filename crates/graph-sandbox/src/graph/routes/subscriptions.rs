//! `/subscriptions`: who is notified of changes; [`notify`] says of what.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use url::Url;

use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::json::object;
use crate::graph::notify;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::rich::Certificate;
use crate::graph::router::{Route, route};
use crate::graph::store::{Entity, guid};
use crate::graph::tenant::Tenant;
use crate::graph::time::seconds_later;
use crate::graph::types;
use crate::graph::view::{Stored, View, list};
use crate::graph::watch::{self, Watched};
use crate::reach;

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "/subscriptions", many),
    route("POST", "/subscriptions", create),
    route("GET", "/subscriptions/{subscription}", get),
    route("PATCH", "/subscriptions/{subscription}", update),
    route("DELETE", "/subscriptions/{subscription}", delete),
    route("POST", "/subscriptions/{subscription}/reauthorize", reauthorize),
];

const REQUIRED: [&str; 4] = ["changeType", "notificationUrl", "resource", "expirationDateTime"];
/// Whoever asks for less gets so many minutes.
const LEAST_MINUTES: i64 = 45;
/// The most characters of a client state.
const CLIENT_STATE: usize = 128;

fn refuse(message: impl Into<String>) -> Fault {
    Fault::new(400, "InvalidRequest", message)
}

/// Who may see a subscription: the app that made it, in the name of the same user.
fn is_callers(call: &Call<'_>, subscription: &Entity) -> bool {
    let creator = subscription.text("creatorId");
    subscription.text("applicationId") == call.caller.app_id
        && call.caller.user.as_deref().is_none_or(|user| user == creator)
}

fn expires(subscription: &Entity) -> Option<Timestamp> {
    subscription.text("expirationDateTime").parse().ok()
}

/// Forgets what has expired.
fn sweep(tenant: &mut Tenant) {
    let now = tenant.now();
    let gone =
        tenant.subscriptions.iter().filter(|subscription| expires(subscription).is_none_or(|moment| moment <= now));
    for key in gone.map(|subscription| subscription.key).collect::<Vec<_>>() {
        tenant.subscriptions.remove(key, false);
    }
}

fn find(tenant: &mut Tenant, call: &Call<'_>) -> Result<u64, Fault> {
    sweep(tenant);
    let id = call.param("subscription");
    let found =
        tenant.subscriptions.iter().find(|known| known.text("id").eq_ignore_ascii_case(id) && is_callers(call, known));
    found.map(|known| known.key).ok_or_else(|| Fault::new(404, "ResourceNotFound", "The object was not found."))
}

fn many(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    sweep(tenant);
    let ty = types::get("subscription");
    let options = call.options(ty)?;
    let view = View::new(ty, &Stored, Service::Directory, &options);
    let own = tenant.subscriptions.iter().filter(|subscription| is_callers(call, subscription));
    list(call, &view, &super::objects::PAGING, &options, "subscriptions", own, None)
}

fn show(tenant: &Tenant, call: &Call<'_>, key: u64, status: u16) -> Outcome {
    let ty = types::get("subscription");
    let options = call.options(ty)?;
    let subscription = tenant.subscriptions.get(key).ok_or_else(Fault::item)?;
    View::new(ty, &Stored, Service::Directory, &options).reply(call, status, "subscriptions", subscription)
}

fn get(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = find(tenant, call)?;
    show(tenant, call, key, 200)
}

/// Notifications go to https, and in the sandbox also to http on the same machine.
fn check_url(name: &str, url: &Value) -> Result<(), Fault> {
    let url =
        Url::parse(url.as_str().unwrap_or_default()).map_err(|_| refuse(format!("{name} is not a valid URL.")))?;
    match url.scheme() {
        "https" => Ok(()),
        "http" if reach::is_loopback(&url) => Ok(()),
        _ => Err(refuse(format!("{name} must use the https scheme."))),
    }
}

/// The moment until which a subscription may live that asks for `asked`.
fn check_expiry(tenant: &Tenant, asked: &Value, watched: Watched, with_data: bool) -> Result<Timestamp, Fault> {
    let moment: Timestamp =
        asked.as_str().and_then(|text| text.parse().ok()).ok_or_else(|| refuse("expirationDateTime is not a date."))?;
    let now = tenant.now();
    if moment <= now {
        return Err(refuse("Subscription expiration must be in the future."));
    }
    let most = watched.most_minutes(with_data);
    if moment > seconds_later(now, most * 60) {
        return Err(refuse(format!("Subscription expiration can only be {most} minutes in the future.")));
    }
    Ok(moment.max(seconds_later(now, LEAST_MINUTES * 60)))
}

fn check_changes(changes: &Value, watched: Watched) -> Result<(), Fault> {
    let known = watched.changes();
    for change in changes.as_str().unwrap_or_default().split(',').map(str::trim) {
        if !known.iter().any(|known| known.eq_ignore_ascii_case(change)) {
            return Err(refuse(format!(
                "The changeType '{change}' is not supported for this resource; it can be {}.",
                known.join(", ")
            )));
        }
    }
    Ok(())
}

/// Notifications with data are encrypted, and tell only what was selected.
fn check_data(body: &Map<String, Value>, watched: Watched) -> Result<(), Fault> {
    for name in ["encryptionCertificate", "encryptionCertificateId"] {
        if body.get(name).and_then(Value::as_str).is_none_or(str::is_empty) {
            return Err(refuse(format!("{name} is required when includeResourceData is true.")));
        }
    }
    if Certificate::read(body["encryptionCertificate"].as_str().unwrap_or_default()).is_none() {
        return Err(refuse(
            "encryptionCertificate must be a base64-encoded certificate with an RSA key of 2048 to 4096 bits.",
        ));
    }
    let resource = body["resource"].as_str().unwrap_or_default();
    match watched {
        Watched::Outlook if resource.to_lowercase().contains("$select=") => Ok(()),
        Watched::Outlook => Err(refuse("The resource needs a $select when includeResourceData is true.")),
        _ => Err(refuse("The resource does not support includeResourceData.")),
    }
}

fn create(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("subscription")?;
    if let Some(name) =
        REQUIRED.into_iter().find(|name| body.get(*name).and_then(Value::as_str).is_none_or(str::is_empty))
    {
        return Err(refuse(format!("{name} is a required property for subscription creation")));
    }
    for name in ["notificationUrl", "lifecycleNotificationUrl"] {
        if let Some(url) = body.get(name).filter(|url| !url.is_null()) {
            check_url(name, url)?;
        }
    }
    let state = body.get("clientState").and_then(Value::as_str).unwrap_or_default();
    if state.chars().count() > CLIENT_STATE {
        return Err(refuse(format!("clientState has at most {CLIENT_STATE} characters.")));
    }
    let target = watch::read(tenant, call.caller, body["resource"].as_str().unwrap_or_default())?;
    let watched = target.watched();
    check_changes(&body["changeType"], watched)?;
    let with_data = body.get("includeResourceData") == Some(&Value::Bool(true));
    if with_data {
        check_data(&body, watched)?;
    }
    let expires = check_expiry(tenant, &body["expirationDateTime"], watched, with_data)?;
    let key = tenant.key();
    let given = |name: &str| body.get(name).cloned().unwrap_or_default();
    let creator =
        call.caller.user.clone().unwrap_or_else(|| guid(&format!("service principal {}", call.caller.app_id)));
    let tls =
        body.get("latestSupportedTlsVersion").filter(|version| !version.is_null()).cloned().unwrap_or("v1_2".into());
    let fields = json!({
        "id": guid(&format!("change subscription {key}")), "resource": given("resource"), "applicationId": call.caller.app_id,
        "changeType": given("changeType"), "clientState": given("clientState"), "notificationUrl": given("notificationUrl"),
        "notificationQueryOptions": given("notificationQueryOptions"), "lifecycleNotificationUrl": given("lifecycleNotificationUrl"),
        "expirationDateTime": expires.to_string(), "creatorId": creator, "includeResourceData": with_data, "latestSupportedTlsVersion": tls,
        "encryptionCertificate": given("encryptionCertificate"), "encryptionCertificateId": given("encryptionCertificateId"),
        "notificationUrlAppId": given("notificationUrlAppId"),
    });
    tenant.subscriptions.insert(Entity::new(key, 0, 0, object(fields)));
    notify::begin(tenant, key, target, call.ids(), call.origin);
    show(tenant, call, key, 201)
}

/// A subscription can live longer and send elsewhere; a lifecycle URL cannot be added later.
fn update(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("subscription")?;
    let key = find(tenant, call)?;
    let free = ["expirationDateTime", "notificationUrl"];
    if let Some(name) = body.keys().find(|name| !free.contains(&name.as_str()) && !name.contains('@')) {
        return Err(refuse(format!("{name} cannot be updated; only {} can.", free.join(" and "))));
    }
    if let Some(url) = body.get("notificationUrl") {
        check_url("notificationUrl", url)?;
    }
    let subscription = tenant.subscriptions.get(key).ok_or_else(Fault::item)?;
    let watched = watch::read(tenant, call.caller, subscription.text("resource"))?.watched();
    let expires = match body.get("expirationDateTime") {
        Some(asked) => Some(check_expiry(tenant, asked, watched, subscription.flag("includeResourceData"))?),
        None => None,
    };
    tenant.subscriptions.update(key, |fields| {
        if let Some(url) = body.get("notificationUrl") {
            fields.insert("notificationUrl".into(), url.clone());
        }
        if let Some(expires) = expires {
            fields.insert("expirationDateTime".into(), expires.to_string().into());
        }
    });
    show(tenant, call, key, 200)
}

fn delete(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = find(tenant, call)?;
    tenant.subscriptions.remove(key, false);
    Ok(Reply::empty(204))
}

/// Whether the caller may still read what is watched.
fn reauthorize(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = find(tenant, call)?;
    let subscription = tenant.subscriptions.get(key).ok_or_else(Fault::item)?;
    watch::read(tenant, call.caller, subscription.text("resource"))?;
    Ok(Reply::empty(204))
}
