//! A program that embeds the host: `cargo run -p connector-runtime --example embedding`.
//!
//! It speaks to the sandbox, so it needs no account. `docs/embedding.md` explains what it does.

use std::sync::Arc;

use connector_runtime::prelude::*;
use graph_sandbox::{Holder, Sandbox};

/// Where your product's tokens come from.
struct MyTokens(Sandbox);

#[async_trait]
impl Tokens for MyTokens {
    async fn token(&self, _ask: TokenRequest<'_>) -> Result<Token> {
        let token =
            self.0.issue_token(Holder::User("AdeleV@contoso.example"), &["User.Read", "Mail.ReadWrite", "Mail.Send"]);
        Token::new(&Secret::new(token), None)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let sandbox = Sandbox::new();
    let adele = ExternalConnection::new(
        Endpoint::new("https://graph.microsoft.com")?,
        Arc::new(MyTokens(sandbox.clone())),
        Subject::User { names: vec!["AdeleV@contoso.example".into()] },
    )
    .transport(Arc::new(sandbox));
    let host = Host::builder().connector(outlook_connector::connector()).connection("adele", adele).build()?;

    // What would be sent?
    let mail = json!({ "to": ["meganb@contoso.example"], "subject": "Lunch", "body": "At noon?" });
    let preview = host.execute(Run::new("outlook.send_email", "adele", mail.clone()).preview()).await?;
    print(preview.output.as_str());

    // Send it. The key makes a second call with it return the first outcome instead of sending again.
    let sent = host.execute(Run::new("outlook.send_email", "adele", mail).key("lunch-17")).await?;
    print(sent.output.as_str());

    // Read a list of any length, item by item, in flat memory.
    let input = json!({ "query": { "select": ["subject"] }, "limit": 3 });
    let mut messages = std::pin::pin!(host.stream(Run::new("outlook.list_emails", "adele", input)));
    while let Some(message) = messages.next().await {
        print(message?.as_str());
    }

    // Bad input is refused whole, before anything leaves.
    let error = host.execute(Run::new("outlook.send_email", "adele", json!({ "to": ["nobody"] }))).await.unwrap_err();
    for issue in error.violations() {
        print(&format!("{}: {}", issue.pointer, issue.message));
    }

    // A connection of one's own asks for what it is for, and for no more.
    let settings = Settings::authorization_code("my-app");
    let settings = host.only_for("outlook", settings, &["outlook.send_email", "outlook.list_*"])?;
    print(&settings.scopes.map(|scopes| scopes.names().join(" ")).unwrap_or_default());

    // Renewals of tokens that are on their way are stored before the program ends.
    host.shutdown().await;
    Ok(())
}

fn print(line: &str) {
    use std::io::Write;
    // A closed pipe is no reason to panic.
    let _ = writeln!(std::io::stdout(), "{line}");
}
