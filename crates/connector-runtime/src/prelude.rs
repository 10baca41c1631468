//! What most embedding programs use: `use connector_runtime::prelude::*`.

pub use futures_util::{StreamExt, TryStreamExt};
pub use serde_json::{Value, json};

pub use crate::{
    Code, Connections, Connector, Delivered, Endpoint, Error, ExternalConnection, Host, HostBuilder, Json, Key,
    KeyRing, KeySource, Listen, Listener, LocalFiles, Mode, NewConnection, OauthProfile, Outcome, Result, Retry, Run,
    Secret, Settings, SignInMethod, SignInStep, Subject, async_trait,
};
// The traits that a program implements or calls, with what their methods take.
pub use crate::store::{Sqlite, Store};
pub use crate::{
    AnyAction, AnyPicklist, AnyTrigger, Files, ItemSink, Observer, Policy, Progress, ProgressEvent, Token,
    TokenRequest, Tokens, Transport,
};
