//! Members that come to groups and go.

use connector_sdk::{Context, Event, Json, Plan, Poll, Properties, Request, Result, Turns, odata};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::follow::{self, Remembering};
use crate::vocabulary::GroupId;

/// Which members of which groups. Used with `#[serde(flatten)]`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Watched {
    /// The group; the default is all of them.
    group: Option<GroupId>,
    /// Only members of this kind; the default is all kinds.
    member_type: Option<MemberType>,
}

/// The kind of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
enum MemberType {
    /// Users.
    User,
    /// Groups.
    Group,
    /// Devices.
    Device,
    /// Service principals.
    ServicePrincipal,
}

impl MemberType {
    fn name(self) -> &'static str {
        match self {
            MemberType::User => "user",
            MemberType::Group => "group",
            MemberType::Device => "device",
            MemberType::ServicePrincipal => "servicePrincipal",
        }
    }
}

// Whether a type as it was sent, such as `#microsoft.graph.user`, is this one.
fn is_kind(sent: &str, kind: &str) -> bool {
    sent.rsplit('.').next().is_some_and(|name| name.trim_start_matches('#').eq_ignore_ascii_case(kind))
}

/// A member that was added or removed.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberChange {
    /// The id of the group.
    group_id: String,
    /// The name of the group, if Graph returned it.
    group_display_name: Option<String>,
    /// The id of the member.
    member_id: String,
    /// The kind of the member, such as `#microsoft.graph.user`.
    member_type: Option<String>,
}

#[derive(Deserialize)]
struct Member {
    id: String,
    #[serde(rename = "@odata.type")]
    kind: Option<String>,
    #[serde(rename = "@removed")]
    removed: Option<Value>,
}

/// One look. `gone`: members that went, instead of those that came.
pub fn look(
    watched: Watched,
    cursor: Option<Remembering>,
    gone: bool,
    cx: &Context,
) -> Plan<Poll<MemberChange, Remembering>> {
    let filter = watched.group.map(|group| format!("id eq {}", odata::string(&group.0)));
    let start = Request::get("/groups/delta").query("$select", "displayName,members").query_opt("$filter", filter);
    let kind = watched.member_type.map(MemberType::name);
    // Who came before the place was lost cannot be told from who was there all along.
    follow::remembering(start, cursor, cx.now, move |page, told| {
        let mut events = Vec::new();
        for item in page.items() {
            let group = Properties::of(&item);
            let (group_id, name) = (group.identity(), group.text("displayName"));
            let members: Vec<Value> = group.get("members@delta").unwrap_or_default();
            // A member without an id is none that one could tell of.
            let members = members.iter().filter_map(|member| Json::of(member).ok()?.read_what_fits::<Member>());
            for member in members {
                // Of what kind it is was not always sent.
                let is_other = |kind: &str| member.kind.as_deref().is_some_and(|sent| !is_kind(sent, kind));
                let wanted = !kind.is_some_and(is_other);
                // The same id is written in letters of either case.
                let id = format!("{group_id} {}", member.id).to_lowercase();
                if member.removed.is_some() != gone {
                    told.leave(&id);
                } else if wanted {
                    let id = Turns::event_id(&id, told.turn(&id, TOLD));
                    events.push(event(id, &group_id, name.clone(), member)?);
                }
            }
        }
        Ok(events)
    })
}

// That a member came, or went: what is watched for.
const TOLD: &str = "told";

fn event(id: String, group: &str, name: Option<String>, member: Member) -> Result<Event<MemberChange>> {
    let change = MemberChange {
        group_id: group.to_owned(),
        group_display_name: name,
        member_id: member.id,
        member_type: member.kind,
    };
    Ok(Event::new(id, Json::of(&change)?))
}
