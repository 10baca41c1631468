//! Who is to be a member, and who of them is one already.

use connector_sdk::{Page, Plan, Request};
use serde::Deserialize;
use uuid::Uuid;

use crate::vocabulary::ObjectId;

/// Ids, each of them once, in their order as numbers: 17 bytes each, so that very many are no burden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    ids: Vec<Uuid>,
    present: Vec<bool>,
    next: usize,
}

impl Wanted {
    /// All of them, none known to be a member.
    pub fn new(mut ids: Vec<Uuid>) -> Wanted {
        ids.sort_unstable();
        ids.dedup();
        Wanted { present: vec![false; ids.len()], ids, next: 0 }
    }

    /// How many are missing.
    pub fn missing(&self) -> usize {
        self.present.iter().filter(|present| !**present).count()
    }

    /// Reads who is a member of a group, and marks them.
    pub fn look(self, group: &str) -> Plan<Wanted> {
        let list = Request::get("/groups/{group}/members")
            .path_param("group", group)
            .query("$select", "id")
            .query("$top", 999);
        list.fold_pages(self, |wanted, page| {
            wanted.mark(&page);
            Ok(())
        })
    }

    // A member without an id is none of those that are wanted, as far as anybody can tell.
    fn mark(&mut self, page: &Page) {
        #[derive(Deserialize)]
        struct Member {
            id: ObjectId,
        }
        for member in page.items.iter().filter_map(|item| item.read_what_fits::<Member>()) {
            if let Some(place) = member.id.uuid().and_then(|id| self.ids.binary_search(&id).ok()) {
                self.present[place] = true;
            }
        }
    }
}

/// Each of them, and whether it is a member already.
impl Iterator for Wanted {
    type Item = (Uuid, bool);

    fn next(&mut self) -> Option<(Uuid, bool)> {
        let next = self.ids.get(self.next).copied().zip(self.present.get(self.next).copied());
        self.next += 1;
        next
    }
}

#[cfg(test)]
mod tests {
    use connector_sdk::{Response, ScriptedRun};

    use super::*;

    const IDS: [&str; 3] = [
        "00000001-44d7-43e1-9a83-5f2406dee5bd",
        "00000002-44d7-43e1-9a83-5f2406dee5bd",
        "C0E38B25-9595-4155-8C2C-195DE4A7B58D",
    ];

    fn wanted(places: &[usize]) -> Wanted {
        Wanted::new(places.iter().map(|place| ObjectId::parse(IDS[*place]).unwrap()).collect())
    }

    #[test]
    fn each_is_there_once() {
        let ids: Vec<String> = wanted(&[2, 0, 2, 1, 0]).map(|(id, _)| id.to_string()).collect();
        assert_eq!(ids, IDS.map(str::to_lowercase));
    }

    #[test]
    fn who_is_a_member_is_marked() {
        let page = |id: &str, next: &str| {
            Response::new(200, format!(r#"{{"value":[7,{{"id":null}},{{"id":"{id}"}},{{"id":"someone"}}]{next}}}"#))
        };
        let next = r#","@odata.nextLink":"https://g/v1.0/groups/g/members?$skiptoken=2""#;
        let mut stage = ScriptedRun::new([page(&IDS[2].to_lowercase(), next), page(IDS[0], "")]);
        let marked = stage.run(wanted(&[0, 1, 2]).look("g")).unwrap();
        assert_eq!(marked.missing(), 1);
        assert_eq!(marked.map(|(_, present)| present).collect::<Vec<_>>(), [true, false, true]);
        let again = ScriptedRun::new([page(IDS[0], next), page(IDS[0], next)]).run(wanted(&[0]).look("g")).unwrap_err();
        assert!(again.message().contains("does not end"));
    }
}
