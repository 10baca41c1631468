//! Members of groups.

use serde_json::{Value, json};

use super::{Kind, Scene, Watch, any, nothing, text};
use crate::history::History;
use crate::oracle::{Misses, Rule};
use crate::world::World;

#[derive(Default)]
struct Members;

fn watch(trigger: &'static str, rule: Rule, misses: Misses) -> Watch {
    let read = |event: &Value| (format!("{} {}", text(&event["groupId"]), text(&event["memberId"])), String::new());
    Watch { kind: "members", make: || Box::new(Members), trigger, input: nothing, rule, read, misses, spared: &[] }
}

pub(super) fn watches() -> Vec<Watch> {
    vec![watch("entra.group_member_added", Rule::Come, any), watch("entra.group_member_removed", Rule::Gone, any)]
}

impl Kind for Members {
    fn properties(&self) -> &'static [&'static str] {
        &["members@delta"]
    }

    fn begin(&mut self, world: &World, history: &mut History) {
        let ids = |path: &str| world.list(path).iter().map(|item| text(&item["id"])).collect::<Vec<_>>();
        let users = ids("/users?$select=id&$top=100");
        // The members of the others are computed.
        let groups = world
            .list("/groups?$select=id,membershipRule&$top=100")
            .into_iter()
            .filter(|group| group["membershipRule"].is_null());
        for group in groups.map(|group| text(&group["id"])) {
            let members = ids(&format!("/groups/{group}/members?$select=id&$top=100"));
            for user in &users {
                history.was_there(&format!("{group} {user}"), members.contains(user), String::new());
            }
        }
    }

    // Members come and go all the time; that they come back is how it is.
    fn change(&mut self, scene: &mut Scene<'_>) {
        let here = scene.chance.one_in(2);
        let Some(id) = scene.one(here) else { return };
        let Some((group, user)) = id.split_once(' ') else { return };
        let members = format!("/groups/{group}/members");
        if here {
            scene.world.ask("DELETE", &format!("{members}/{user}/$ref"), &Value::Null);
            scene.history.went(&id);
        } else {
            let reference = json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{user}") });
            scene.world.ask("POST", &format!("{members}/$ref"), &reference);
            scene.history.came(&id);
        }
    }
}
