//! The inputs of actions.

#![no_main]

use std::sync::OnceLock;

use connector_sdk::{AnyAction, Connector, Context};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fn connectors() -> &'static [Connector; 2] {
    static ALL: OnceLock<[Connector; 2]> = OnceLock::new();
    ALL.get_or_init(|| [outlook_connector::connector(), graph_raw::connector()])
}

fuzz_target!(|data: &[u8]| {
    let Some((which, text)) = data.split_first() else { return };
    let Ok(input) = serde_json::from_slice::<Value>(text) else { return };
    let mut actions = connectors().iter().flat_map(|connector| &connector.actions);
    let count = actions.clone().count();
    let action: &dyn AnyAction = actions.nth(usize::from(*which) % count).expect("one of them").as_ref();
    if let Err(error) = action.plan(input, &Context::user()) {
        assert!(!error.to_string().is_empty());
    }
});
