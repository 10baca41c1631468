//! `create_subscription`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, ScopeCase, Spec, Who, object_address};
use graph_raw::permissions::{WATCH_CONTACTS, WATCH_EVENTS, WATCH_MESSAGES};
use graph_raw::subscriptions::{self, Subscription, Wanted};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::vocabulary::{FolderId, Mailbox};

/// Subscribe to changes of mail, events or contacts: Graph calls an address when something happens. The permission is the one to read them. Who is signed in can watch the own mailbox only; an app any. A subscription ends after days and has to be renewed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "resource": "events", "changeTypes": ["created", "updated"], "notificationUrl": "https://hooks.contoso.example/graph" })]))]
pub struct CreateSubscription {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// What to watch.
    resource: Resource,
    /// The folder, to watch the messages in it only.
    folder_id: Option<FolderId>,
    /// How.
    #[serde(flatten)]
    wanted: Wanted,
}

/// What to watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Resource {
    /// Messages, of all folders or of one.
    Messages,
    /// Events.
    Events,
    /// Contacts.
    Contacts,
}

impl Action for CreateSubscription {
    type Output = Raw<Subscription>;
    const SPEC: Spec = Spec::new("create_subscription", "Create subscription", Effect::Create).by_input().cases(&[
        ScopeCase::instead("`resource` is `messages`", WATCH_MESSAGES),
        ScopeCase::instead("`resource` is `events`", WATCH_EVENTS),
        ScopeCase::instead("`resource` is `contacts`", WATCH_CONTACTS),
    ]);

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Subscription>>> {
        let root = match (&self.mailbox.mailbox, &*cx.who) {
            (None, Who::User { .. }) => "me".to_owned(),
            (Some(mailbox), _) => object_address("users", &mailbox.0),
            (None, Who::App { .. }) => {
                // Says what is missing, if nobody is named.
                self.mailbox.root(cx)?;
                let Who::App { user: Some(user) } = &*cx.who else {
                    return Err(connector_sdk::Error::bug("an app without a user has a mailbox"));
                };
                object_address("users", user)
            }
        };
        let what = match (self.resource, self.folder_id) {
            (Resource::Messages, None) => "messages".to_owned(),
            (Resource::Messages, Some(folder)) => format!("mailFolders('{}')/messages", folder.0.replace('\'', "''")),
            (_, Some(_)) => return Err(connector_sdk::Error::invalid("/folderId", "only messages are watched by folder")),
            (Resource::Events, None) => "events".to_owned(),
            (Resource::Contacts, None) => "contacts".to_owned(),
        };
        subscriptions::subscribe(format!("{root}/{what}"), self.wanted, cx)
    }
}
