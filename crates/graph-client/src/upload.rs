//! stub
use crate::{Client, Session};
use connector_sdk::{Error, Response, Result, Upload};
pub(crate) async fn send(_client: &Client, _session: &Session, _upload: &Upload) -> Result<Response> {
    Err(Error::bug("uploads are not there yet"))
}
