//! Canaries: no secret of a sign-in is in the store's files in clear, nor in a `Debug` text.

use std::path::Path;

use connector_runtime::{OauthProfile, Secret, Settings, SignInState};
use graph_sandbox::seeds;
use sha2::{Digest, Sha256};
use url::Url;

use crate::world::{ADELE, BROWSER, World, agent, begin, by_browser, by_device};

/// Fails if one of the canaries is in a file of the folder.
fn check_files(folder: &Path, canaries: &[(&str, String)]) {
    let files: Vec<Vec<u8>> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| std::fs::read(entry.unwrap().path()).ok())
        .filter(|content| !content.is_empty())
        .collect();
    assert!(!files.is_empty());
    for (what, canary) in canaries {
        assert!(canary.len() >= 8, "{what} is too short to be looked for: {canary}");
        let found = |content: &Vec<u8>| content.windows(canary.len()).any(|window| window == canary.as_bytes());
        assert!(!files.iter().any(found), "{what} is in the store");
    }
}

fn check_text(text: &str, canaries: &[(&str, String)]) {
    for (what, canary) in canaries {
        assert!(!text.contains(canary.as_str()), "{what} is in {text}");
    }
}

fn parameter(text: &str, name: &str) -> String {
    let url: Url = format!("http://localhost/?{text}").parse().unwrap();
    url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned()
}

/// Returns the values of a member of the JSON bodies, and of a field of the forms, that went over the wire.
fn sent(bodies: &str, name: &str) -> Vec<String> {
    let of_json =
        |line: &str| serde_json::from_str::<serde_json::Value>(line).ok()?.get(name)?.as_str().map(str::to_owned);
    let of_form = |line: &str| {
        let url: Url = format!("http://localhost/?{line}").parse().ok()?;
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    let found: Vec<String> = bodies.lines().filter_map(|line| of_json(line).or_else(|| of_form(line))).collect();
    assert!(!found.is_empty(), "`{name}` went over no wire");
    found
}

#[tokio::test]
async fn no_secret_of_a_sign_in_is_stored_in_clear_or_shown() {
    let world = World::new();
    let host = world.host();
    let seen = agent(&host, "agent");
    let profile = OauthProfile {
        client_id: seeds::WEB.into(),
        client_secret: Some(Secret::new(seeds::WEB_SECRET)),
        secret_expires: None,
        client_auth_style: None,
        certificate: None,
        private_key: None,
        tenant_id: None,
        redirect_uri: None,
    };
    let _ = seen.connections().put_profile("web", &profile).await.unwrap();
    let new = by_browser("mine-1");
    let mut shown = format!("{new:?}");
    let sign_in = begin(&seen, new).await;
    let id = sign_in.id().to_owned();
    let url = sign_in.suspend(&BROWSER, None).await.unwrap();
    let device = seen.connections().begin_device(by_device("mine-2")).await.unwrap();
    shown += &format!("{device:?} {:?}", seen.connections().sign_in_status(&device.id).await.unwrap());
    let query = world.browse(&url, ADELE).await;

    let state = parameter(url.query().unwrap(), "state");
    let mut canaries = vec![
        ("the client secret", seeds::WEB_SECRET.to_owned()),
        ("the state", state),
        ("the nonce", parameter(url.query().unwrap(), "nonce")),
        ("the code", parameter(&query, "code")),
        ("the browser's cookie", String::from_utf8(BROWSER.to_vec()).unwrap()),
        ("the hash of the browser's cookie", hex::encode(Sha256::digest(BROWSER))),
        ("the user's code", device.user_code.clone()),
    ];
    canaries.extend(sent(&world.bodies(), "device_code").into_iter().map(|code| ("the device code", code)));
    // While both wait.
    check_files(world.folder(), &canaries);

    let resumed = host.connections().resume(&query, &BROWSER).await.unwrap();
    shown += &format!("{resumed:?} {:?}", seen.connections().sign_in_status(&id).await.unwrap());
    world.sandbox.approve_device(&device.user_code, ADELE).unwrap();
    loop {
        host.work_sign_ins(tokio::time::sleep(std::time::Duration::from_millis(200))).await.unwrap();
        let status = seen.connections().sign_in_status(&device.id).await.unwrap();
        if !matches!(status.state, SignInState::Waiting { .. }) {
            assert!(matches!(status.state, SignInState::Done { .. }), "{status:?}");
            shown += &format!("{status:?}");
            break;
        }
    }
    for (what, name) in [
        ("the verifier", "code_verifier"),
        ("an access token", "access_token"),
        ("a refresh token", "refresh_token"),
        ("an id token", "id_token"),
    ] {
        canaries.extend(sent(&world.bodies(), name).into_iter().map(|value| (what, value)));
    }
    assert!(canaries.len() >= 10, "{}", canaries.len());
    shown += &format!("{:?}", host.connections().show("mine-1").await.unwrap());
    shown += &format!("{:?}", Settings::client_credentials("t", "c", Secret::new(seeds::WEB_SECRET)));
    check_text(&shown, &canaries);
    check_files(world.folder(), &canaries);
    let log = serde_json::to_string(&crate::world::log(&seen).await).unwrap();
    check_text(&log, &canaries);
}
