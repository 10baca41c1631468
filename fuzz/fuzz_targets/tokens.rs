//! What the sign-in service answers: tokens, their claims, refusals.

#![no_main]

use connector_sdk::Secret;
use graph_auth::TokenSet;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((kind, rest)) = data.split_first() else { return };
    match kind % 4 {
        0 => graph_auth::fuzz::answer(rest),
        1 => graph_auth::fuzz::refusal(rest),
        2 => graph_auth::fuzz::claims(rest),
        _ => {
            let Ok(text) = std::str::from_utf8(rest) else { return };
            let token = Secret::new(text);
            let _ = graph_auth::is_application_token(&token);
            let _ = TokenSet::of_access_token(&token, Timestamp::UNIX_EPOCH);
        }
    }
});
