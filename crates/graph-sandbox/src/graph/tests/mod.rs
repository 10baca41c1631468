//! The Graph as a client sees it.

mod attachments;
mod batch;
mod calendar;
mod contacts;
mod conversations;
mod delta;
mod directory;
mod exchange;
mod files;
mod folders;
mod identity;
mod load;
mod mail;
mod managed_devices;
mod meetings;
mod mime;
mod queries;
mod refusals;
mod settings;
mod sharing;
mod sites;
mod subscriptions;
mod teams;
mod workbooks;
