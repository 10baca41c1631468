//! What the connector can watch for, one trigger to a file.

pub mod new_email;
