//! Everything that is stored comes back as it was.

use connector_sdk::SignInMethod;
use graph_auth::{Identity, TokenSet};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::Host;

fn host() -> Host {
    Host::builder().connector(outlook_connector::connector()).build().unwrap()
}

fn text(length: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    prop::collection::vec(any::<char>(), length).prop_map(String::from_iter)
}

fn record() -> impl Strategy<Value = ConnectionRecord> {
    let tokens =
        (prop::sample::select(vec![1usize, 100, 5_000, 64 * 1024]), prop::option::of(text(1..2_000)), any::<u32>());
    let method = prop::sample::select(SignInMethod::ALL.to_vec());
    (any::<u128>(), method, text(1..200), prop::option::of(text(0..40)), prop::option::of(tokens)).prop_map(
        |(id, method, secret, name, tokens)| ConnectionRecord {
            id: format!("{id:032x}"),
            connector: "outlook".to_owned(),
            settings: Settings { client_secret: Some(Secret::new(secret)), user_id: name.clone(), ..Settings::new(method) },
            tokens: tokens.map(|(length, refresh, expires)| {
                let tokens = json!({ "access": "t".repeat(length), "refresh": refresh, "expiresAt": Timestamp::from_second(expires.into()).unwrap() });
                TokenSet::from_sealed_json(&Secret::new(tokens.to_string())).unwrap()
            }),
            identity: name.map(|name| Identity { tid: "t".to_owned(), oid: "o".to_owned(), username: Some(name), name: None }),
            state: ConnectionState::Ready,
            created: Timestamp::UNIX_EPOCH,
            refreshed: None,
            sign_in: Some(format!("{id:x}")),
            kept_by_id: true,
            renewal: Renewal::default(),
        },
    )
}

async fn texts(host: &Host, names: &[String]) -> Vec<Secret> {
    let mut all = Vec::new();
    for name in names {
        all.push(host.connections().load(name).await.unwrap().1.print().unwrap());
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_copy_is_the_same(records in prop::collection::vec(record(), 1..8), prefix in "[\\p{L}0-9_.@-]{1,40}", sealed in prop::bool::weighted(0.1)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (here, there) = (host(), host());
            let mut names = Vec::new();
            for (at, record) in records.iter().enumerate() {
                let name = format!("{prefix}{at}");
                record.store(&here.connections().0.vault, &name, None).await.unwrap();
                names.push(name);
            }
            let passphrase = Secret::new("correct horse battery staple");
            let secrets = if sealed { Secrets::Sealed(&passphrase) } else { Secrets::PlainText };
            let export = here.connections().export(&[], secrets).await.unwrap();
            let cards = there.connections().import(&export, Some(&passphrase), false).await.unwrap();
            assert_eq!(cards.len(), names.len());
            assert!(texts(&here, &names).await == texts(&there, &names).await);

            let bare = here.connections().export(&[], Secrets::LeftOut).await.unwrap();
            for record in &records {
                if let Some(refresh) = record.tokens.as_ref().and_then(|tokens| tokens.refresh.as_ref()).filter(|token| token.expose().len() > 8) {
                    assert!(!bare.expose().contains(refresh.expose()));
                }
            }
        });
    }
}
