//! The connectors through the host, over the sandbox: nothing is scripted here. Most tests have the
//! sandbox in process and a paused clock; those in [`served`] go over HTTP.
//!
//! Each action, trigger and picklist has a test that ends well and one that does not; [`coverage`] fails
//! when one is missing.

mod coverage;
mod stage;

mod batches;
mod challenges;
mod changes;
mod deadlines;
mod defaults;
mod directory;
mod entra_apps;
mod entra_changes;
mod entra_groups;
mod entra_logs;
mod entra_new_objects;
mod entra_users;
mod examples;
mod files;
mod graph_devices;
mod graph_excel;
mod graph_exchange;
mod graph_files;
mod graph_meetings;
mod graph_records;
mod graph_sharing;
mod graph_sites;
mod graph_teams;
mod inputs;
mod keys;
mod least;
mod links;
mod lists;
mod lost;
mod mail;
mod outlook_calendars;
mod outlook_changes;
mod outlook_contacts;
mod outlook_events;
mod outlook_folders;
mod outlook_mail;
mod outlook_replies;
mod outlook_settings;
mod outlook_subscriptions;
mod perturbed;
mod requests;
mod seed_rows;
mod served;
mod throttling;
