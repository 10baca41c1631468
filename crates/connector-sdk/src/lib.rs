//! The vocabulary of connectors.
//!
//! A connector is a list of actions, triggers, picklists and dynamic schemas. Each is a struct, its input, with one
//! pure function that makes a [`Plan`]: which request comes next, and how to continue with its response.
//! This crate has no IO, no clock and no runtime; whoever holds a plan decides what to do with it.
//!
//! | to do this | read |
//! |---|---|
//! | write an action | [`Action`], [`Spec`], [`Plan`], [`Request`] |
//! | read a plan | [`Step`], [`Continuation`] |
//! | offer choices, or a schema that only Graph knows | [`Picklist`], [`DynamicSchema`] |
//! | list things, follow changes | [`Request::pages`], [`Request::changes`], [`Page`] |
//! | say what can go wrong | [`Error`], [`Code`] |
//! | declare permissions | [`scopes`], [`connection`] |
//! | ask what Microsoft says about a request | [`Reference`] |
//! | find the name that a misspelt one stands for | [`nearest`] |
//! | describe what Graph returns | [`graph_type`] |
//! | test without a network | [`ScriptedRun`] |
//! | send bytes | [`Transport`] |

pub mod connection;
pub mod dynamic_schema;
mod graph_error;
pub mod graph_type;
pub mod odata;
pub mod recent;
mod schedule;
pub mod schema;
pub mod scopes;
pub mod subscription;
pub mod watch;

mod action;
mod batch;
mod body;
mod bulk;
mod canonical;
mod carried_out;
mod cause;
mod change;
mod changes;
mod code;
mod confirm;
mod connector;
mod content;
mod context;
mod counting;
mod delta;
mod details;
mod edit;
mod error;
mod error_body;
mod error_schema;
mod fields;
mod file;
mod fnv;
mod fragment;
mod gather;
mod given_time;
mod in_parts;
mod input;
mod itemised;
mod json;
mod lenient;
mod levels;
mod link;
mod list;
mod list_output;
mod literal;
mod loopback;
mod markup;
mod nearest;
mod other_ways;
mod page;
mod page_guard;
mod page_walk;
mod paged_changes;
mod path;
mod picklist;
mod plan;
mod posted;
mod properties;
mod quick_xor;
mod redact;
mod reference;
mod request;
mod response;
mod restart;
mod root;
mod scripted_run;
mod sealed;
mod secret;
mod spec;
mod transport;
mod trigger;
mod turns;
mod upstream;
mod versioned;
mod zone;

pub use action::{Action, AnyAction, delegate};
pub use batch::BatchAnswer;
pub use body::{Body, FileSource, MultipartPart, PartContent};
pub use bulk::{BulkSummary, ItemOutcome};
pub use canonical::canonical;
pub use change::Change;
pub use changes::Changes;
pub use code::{Actor, Code};
pub use confirm::Confirm;
pub use connection::{AccountType, ConnectionSpec, Method as SignInMethod};
pub use connector::Connector;
pub use content::{ByteRange, ExpectedContent};
pub use context::{Context, Subject};
pub use delta::{DeltaItem, DeltaPage, Removed};
pub use details::{details, item};
pub use dynamic_schema::{AnyDynamicSchema, DynamicSchema};
pub use edit::Edit;
pub use error::{Error, Issue, Result, Retry};
pub use fields::Fields;
pub use file::{File, FileMeta, FileRef};
pub use fnv::{FNV1A, fnv1a};
pub use fragment::{Whole, whole as whole_items};
pub use given_time::{given_time, graph_time_text, is_since};
pub use in_parts::FailedPart;
pub use input::read as read_input;
pub use itemised::Itemised;
pub use json::{Json, Raw, without_bom};
pub use levels::{Levels, UnreadFolder};
pub use link::Link;
pub use list::{Counted, List};
pub use list_output::{join_list_output, split_list_output};
pub use loopback::is_loopback;
pub use nearest::nearest;
pub use odata::{Count, Pages, Query, QueryWithoutSearch, Select, SelectOfValue};
pub use other_ways::OtherWay;
pub use page::{Page, PageToken, Paging};
pub use page_guard::PageGuard;
pub use paged_changes::PagedChanges;
pub use path::{Path, object_address};
pub use picklist::{AnyPicklist, Choice, ChoiceQuery, Choices, Picklist};
pub use plan::{Accepted, Continuation, Deleted, DownloadName, Order, Plan, Step, Upload};
pub use properties::{Properties, time};
pub use quick_xor::QuickXor;
pub use redact::{REDACTED, Redactor};
pub use reference::{Account, Reference, Sufficient};
pub use request::{ApiVersion, Request, RequestOptions, Requirements, RetryRule, Target};
pub use response::{Response, StoredResponse};
pub use restart::{Lost, Resumed};
pub use root::Root;
pub use schedule::take_interval;
pub use scopes::{AnyOf, Granted, Permissions, Scopes};
pub use scripted_run::{ScriptedRun, Sent};
pub use secret::Secret;
pub use spec::{Effect, ScopeCase, Spec};
pub use transport::{ByteStream, Transport, read_to_end, whole};
pub use trigger::{AnyEvent, AnyTrigger, Event, Poll, Skipped, Trigger};
pub use turns::Turns;
pub use upstream::{Upstream, UpstreamDetail};
pub use versioned::at_version;
pub use zone::Zone;

// What a connector's signatures need, in the one version that the workspace agrees on.
pub use http;
