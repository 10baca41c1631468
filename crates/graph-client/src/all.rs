//! stub
use crate::{Client, Session};
use connector_sdk::{Order, Request, Response, Result};
pub(crate) async fn send(client: &Client, session: &Session, requests: Vec<Request>, _order: Order) -> Vec<Result<Response>> {
    let mut answers = Vec::with_capacity(requests.len());
    for request in &requests {
        answers.push(client.send(request, session).await);
    }
    answers
}
