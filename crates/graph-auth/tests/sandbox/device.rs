//! Sign-in of a user on another device.

use connector_sdk::{Code, Error};
use graph_auth::Reason;
use graph_auth::device_code::{self, DeviceCode, DevicePoll};
use graph_sandbox::{Fault, PERSONAL_ACCOUNT, Rule};
use serde_json::json;

use super::*;

fn device() -> Checked {
    checked(json!({ "method": "device_code", "clientId": seeds::PUBLIC }), json!({}))
}

impl World {
    fn code(&self, connection: &Checked) -> DeviceCode {
        run(device_code::begin(&self.sandbox, connection, self.given())).unwrap()
    }
    fn poll(&self, connection: &Checked, code: &mut DeviceCode) -> Result<DevicePoll, Failure> {
        run(device_code::poll(&self.sandbox, connection, code, self.given()))
    }
}

#[test]
fn polls_wait_for_the_user() {
    let world = world_with(|builder| builder.device_interval(Duration::from_secs(2)));
    let connection = device();
    for user in [MEGAN, PERSONAL_ACCOUNT] {
        let mut code = world.code(&connection);
        assert_eq!(
            (code.interval, code.expires_at.as_second() - world.clock.now().as_second()),
            (Duration::from_secs(2), 900)
        );
        assert!(
            code.verification_uri.starts_with("https://") && code.message.as_ref().unwrap().contains(&code.user_code)
        );
        for _ in 0..3 {
            assert!(matches!(world.poll(&connection, &mut code).unwrap(), DevicePoll::Pending));
        }
        world.sandbox.approve_device(&code.user_code, user).unwrap();
        let DevicePoll::Done(tokens) = world.poll(&connection, &mut code).unwrap() else { panic!("not done") };
        assert_eq!(tokens.identity.as_ref().unwrap().username.as_deref(), Some(user));
        assert!(world.refresh(&connection, &tokens).is_ok());
        // It is good once.
        let refused = refusal(world.poll(&connection, &mut code));
        assert_eq!(
            (refused.numbers.as_slice(), refused.error.as_str()),
            ([70_018].as_slice(), "bad_verification_code")
        );
    }
}

#[test]
fn it_ends_without_the_user() {
    let world = world();
    let connection = device();
    let mut code = world.code(&connection);
    world.sandbox.decline_device(&code.user_code).unwrap();
    assert_eq!(refusal(world.poll(&connection, &mut code)).reason, Reason::Declined);

    let mut code = world.code(&connection);
    let late = world.given();
    world.pass(900);
    let error = Error::from(world.poll(&connection, &mut code).unwrap_err());
    assert_eq!(error.code(), Code::NotConnected);
    // Our own clock is late, so that the service has to say it.
    let refused = refusal(run(device_code::poll(&world.sandbox, &connection, &mut code, late)));
    assert_eq!((refused.error.as_str(), refused.reason), ("expired_token", Reason::Declined));
}

#[test]
fn a_lost_poll_is_not_an_answer() {
    let world = world();
    let connection = device();
    let mut code = world.code(&connection);
    for fault in [Fault::ResetBefore, Fault::Unavailable { retry_after: None }] {
        world.sandbox.faults().add(Rule::new(fault).path("/token").once());
        let error = Error::from(world.poll(&connection, &mut code).unwrap_err());
        assert_eq!(error.code(), Code::Unavailable);
    }
    assert_eq!(world.sandbox.token_requests(), 2, "each poll is one request");
    world.sandbox.approve_device(&code.user_code, MEGAN).unwrap();
    assert!(matches!(world.poll(&connection, &mut code).unwrap(), DevicePoll::Done(_)));
}

#[test]
fn an_app_with_a_secret_proves_itself() {
    let world = world();
    for style in ["body", "basic"] {
        let settings = json!({ "method": "device_code", "clientId": seeds::WEB, "clientAuthStyle": style });
        // Only the one who asks for the token must prove it; the one who asks for the code need not.
        let bare = checked(settings.clone(), json!({}));
        let mut code = world.code(&bare);
        world.sandbox.approve_device(&code.user_code, MEGAN).unwrap();
        assert_eq!(refusal(world.poll(&bare, &mut code)).numbers, [7_000_218]);
        let proven = checked(settings, json!({ "clientSecret": seeds::WEB_SECRET }));
        assert!(matches!(world.poll(&proven, &mut code).unwrap(), DevicePoll::Done(_)), "{style}");
    }
}
