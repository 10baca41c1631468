//! `create_subscription`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Error, Plan, Raw, Result, ScopeCase, Spec, Subject, object_address};
use graph_raw::permissions::{WATCH_CONTACTS, WATCH_EVENTS, WATCH_MESSAGES};
use graph_raw::subscriptions::{self, Subscription, Wanted};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::vocabulary::{FolderId, IMMUTABLE_IDS, Mailbox};

/// Subscribe to changes of mail, events or contacts: Graph calls an address when something happens. It needs the
/// permission to read them. A signed-in user can watch only their own mailbox; an app can watch any. A subscription
/// expires after some days and has to be renewed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "resource": "events", "changeTypes": ["created", "updated"], "notificationUrl": "https://hooks.contoso.example/graph" })]))]
#[schemars(transform = rules::only_with(&["folderId", "resource=messages"]))]
pub struct CreateSubscription {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// Resource to watch: `messages`, `events` or `contacts` of the mailbox; a path below the mailbox, such as
    /// `mailFolders('inbox')/messages` or `events?$select=subject`; or a whole path, such as `me/events`.
    #[schemars(length(min = 1, max = 2048), extend("examples" = ["messages", "events", "contacts"]))]
    resource: String,
    /// The folder, to watch the messages in it only. It goes with `messages`.
    folder_id: Option<FolderId>,
    /// How.
    #[serde(flatten)]
    wanted: Wanted,
}

impl Action for CreateSubscription {
    type Output = Raw<Subscription>;
    const SPEC: Spec = Spec::new("create_subscription", "Create subscription", Effect::Create).by_input().cases(&[
        ScopeCase::instead("`resource` is `messages`", WATCH_MESSAGES),
        ScopeCase::instead("`resource` is `events`", WATCH_EVENTS),
        ScopeCase::instead("`resource` is `contacts`", WATCH_CONTACTS),
    ]);

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Subscription>>> {
        let path = self.resource.trim().trim_matches('/');
        let what = match &self.folder_id {
            None => path.to_owned(),
            Some(folder) if path == "messages" => format!("mailFolders('{}')/messages", folder.0.replace('\'', "''")),
            Some(_) => return Err(Error::invalid("/folderId", "only `messages` are watched by folder")),
        };
        let (of_somebody, first) = (["me", "users", "groups"], path.split(['/', '(', '?']).next().unwrap_or_default());
        let resource = match (path.is_empty(), of_somebody.contains(&first.to_ascii_lowercase().as_str())) {
            (true, _) => {
                return Err(Error::invalid(
                    "/resource",
                    "say what to watch, such as `messages`, `events` or `contacts`",
                ));
            }
            (false, true) if self.mailbox.mailbox.is_some() => {
                return Err(Error::invalid(
                    "/resource",
                    "begins with a mailbox of its own: leave it out of the path, or leave out `mailbox`",
                ));
            }
            (false, true) => what,
            (false, false) => format!("{}/{what}", self.root(cx)?),
        };
        let ids = (self.mailbox.immutable_ids != Some(false)).then_some(IMMUTABLE_IDS);
        subscriptions::subscribe(resource, self.wanted, ids, cx)
    }
}

impl CreateSubscription {
    // The mailbox, as a subscription names it.
    fn root(&self, cx: &Context) -> Result<String> {
        Ok(match (&self.mailbox.mailbox, &*cx.who) {
            (None, Subject::User { .. }) => "me".to_owned(),
            (Some(mailbox), _) => object_address("users", &mailbox.0),
            (None, Subject::App { user: Some(user) }) => object_address("users", user),
            // Says what is missing.
            (None, _) => return self.mailbox.root(cx).map(|_| String::new()),
        })
    }
}
