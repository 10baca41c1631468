//! What is logged in the tenant.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Graph;
use super::json::object;
use super::store::guid;
use super::time::stamp;

impl Graph {
    /// Logs a sign-in as if it had happened then, and returns its id. Real logs lag behind: an entry may have an
    /// older time than those that are there. `entry` has what is to differ from a sign-in that went well.
    ///
    /// # Panics
    /// If there is no such user; this is for tests and demonstrations.
    pub fn log_sign_in(&self, user: &str, at: Timestamp, entry: Value) -> String {
        let card = self.user_by_name(user).unwrap_or_else(|| panic!("the tenant has no user {user}"));
        let usual = json!({
            "createdDateTime": stamp(at), "userId": card.id, "userDisplayName": card.display_name,
            "userPrincipalName": card.user_principal_name.to_lowercase(), "appId": guid("app portal"), "appDisplayName": "Contoso Portal",
            "ipAddress": "192.0.2.10", "clientAppUsed": "Browser", "isInteractive": true, "conditionalAccessStatus": "notApplied", "riskState": "none",
            "status": { "errorCode": 0, "failureReason": null, "additionalDetails": null },
        });
        self.log("signIn", "", usual, entry)
    }

    /// Logs an activity in the directory as if it had happened then, and returns its id; see [`Graph::log_sign_in`].
    pub fn log_directory_audit(&self, activity: &str, at: Timestamp, entry: Value) -> String {
        let usual = json!({
            "activityDateTime": stamp(at), "activityDisplayName": activity, "category": "UserManagement", "loggedByService": "Core Directory",
            "operationType": "Update", "result": "success", "resultReason": "", "additionalDetails": [], "targetResources": [],
            "initiatedBy": { "app": null, "user": null },
        });
        self.log("directoryAudit", "Directory_", usual, entry)
    }

    fn log(&self, ty: &'static str, prefix: &str, usual: Value, entry: Value) -> String {
        let mut tenant = self.tenant();
        let id = format!("{prefix}{}", guid(&format!("{ty} {}", tenant.key())));
        let mut fields = object(json!({ "id": id, "correlationId": guid(&format!("correlation of {id}")) }));
        fields.extend(object(usual));
        fields.extend(object(entry));
        tenant.add_record(ty, 0, Value::Object(fields));
        id
    }

    /// Makes new objects of the directory unknown to so many of the requests that name them first, as while they
    /// reach one server after the other; 0 ends it for objects that are yet to come.
    pub fn replicate_slowly(&self, requests: u32) {
        self.tenant().replication.lag = requests;
    }
}
