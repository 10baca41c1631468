//! Mail tips: what a sender should know of a recipient before sending.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::graph::call::Call;
use crate::graph::fault::Fault;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::tenant::{ObjectKind, Tenant};
use crate::graph::{types, zones};

pub(crate) static ROUTES: &[Route] = &[route("POST", "@/getMailTips", mail_tips)];

/// The largest message that a mailbox takes, in bytes.
const LARGEST: u64 = 36 * 1024 * 1024;

fn mail_tips(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    let given = |name: &str| body.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    let missing = |name: &str| Fault::new(400, "ErrorInvalidRequest", format!("The parameter '{name}' is required."));
    let addresses = given("EmailAddresses").and_then(Value::as_array).filter(|all| !all.is_empty());
    let addresses = addresses.ok_or_else(|| missing("EmailAddresses"))?;
    let options = given("MailTipsOptions").and_then(Value::as_str).ok_or_else(|| missing("MailTipsOptions"))?;
    let mut wanted = Vec::new();
    for option in options.split(',').map(str::trim) {
        let known = types::members("mailTipsType").iter().find(|member| member.eq_ignore_ascii_case(option));
        wanted.push(*known.ok_or_else(|| {
            Fault::new(
                400,
                "RequestBodyRead",
                format!("Requested value '{option}' was not found for type 'microsoft.graph.mailTipsType'."),
            )
        })?);
    }
    tenant.mailbox(call.owner)?;
    let tips: Vec<Value> =
        addresses.iter().map(|address| tips(tenant, address.as_str().unwrap_or_default(), &wanted)).collect();
    Ok(Reply::value(
        200,
        &json!({ "@odata.context": call.context("Collection(microsoft.graph.mailTips)"), "value": tips }),
    ))
}

fn tips(tenant: &Tenant, address: &str, wanted: &[&str]) -> Value {
    let user = tenant.directory.user_key(address);
    let group = tenant
        .directory
        .groups
        .iter()
        .find(|group| group.text("mail").eq_ignore_ascii_case(address) && !address.is_empty());
    let internal = user.is_some() || group.is_some();
    let name = user.or(group.map(|group| group.key)).and_then(|key| tenant.directory.any(key));
    let name = name.map(|(_, entity)| entity.text("displayName")).unwrap_or_default();
    let members =
        group.and_then(|group| tenant.directory.members.get(&group.key)).map_or(0, std::collections::BTreeSet::len);
    let mut out = Map::new();
    out.insert("emailAddress".into(), json!({ "name": name, "address": address }));
    for option in wanted {
        let (property, value) = match *option {
            "automaticReplies" => ("automaticReplies", automatic_replies(tenant, user)),
            "mailboxFullStatus" => ("mailboxFull", false.into()),
            "customMailTip" => ("customMailTip", "".into()),
            "externalMemberCount" => ("externalMemberCount", 0.into()),
            "totalMemberCount" => ("totalMemberCount", if group.is_some() { members } else { 1 }.into()),
            "maxMessageSize" => ("maxMessageSize", LARGEST.into()),
            "deliveryRestriction" => ("deliveryRestricted", false.into()),
            "moderationStatus" => ("isModerated", false.into()),
            "recipientScope" => ("recipientScope", if internal { "internal" } else { "external" }.into()),
            _ => ("recipientSuggestions", json!([])),
        };
        out.insert(property.into(), value);
    }
    out.into()
}

/// The reply that a colleague's mailbox gives now; an empty one if it gives none.
fn automatic_replies(tenant: &Tenant, user: Option<u64>) -> Value {
    let none = json!({ "message": "" });
    let known = user.filter(|user| tenant.directory.object(ObjectKind::User, *user).is_some());
    let Some(mailbox) = known.and_then(|user| tenant.mailboxes.get(&user)) else { return none };
    let settings = &mailbox.preferences.settings;
    let replies = &settings["automaticRepliesSetting"];
    let (start, end) = (&replies["scheduledStartDateTime"], &replies["scheduledEndDateTime"]);
    let moment =
        |time: &Value| -> Option<Timestamp> { zones::moment(time["dateTime"].as_str()?, &jiff::tz::TimeZone::UTC) };
    let now = Some(tenant.now());
    let scheduled = replies["status"] == "scheduled";
    if replies["status"] != "alwaysEnabled" && !(scheduled && moment(start) <= now && now < moment(end)) {
        return none;
    }
    let mut reply = json!({ "message": replies["internalReplyMessage"], "messageLanguage": settings["language"] });
    if scheduled {
        reply["scheduledStartTime"] = start.clone();
        reply["scheduledEndTime"] = end.clone();
    }
    reply
}
