//! Calls the service with a client that progenitor made of its description.

mod generated {
    #![allow(warnings, reason = "it is generated")]
    progenitor::generate_api!(spec = "openapi.json", interface = Positional);
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let url = std::env::args().nth(1).expect("the address of the service");
    let client = generated::Client::new(&url);
    let actions = client.list_actions(None, None, None).await.expect("a list of actions").into_inner().actions;
    assert!(actions.iter().any(|action| action.id == "outlook.send_email"));
    println!("{} actions", actions.len());
}
