//! stub
use crate::{Client, Session};
use connector_sdk::{Error, File, Name, Request, Result};
pub(crate) async fn fetch(_client: &Client, _session: &Session, _request: &Request, _name: Name) -> Result<File> {
    Err(Error::bug("downloads are not there yet"))
}
