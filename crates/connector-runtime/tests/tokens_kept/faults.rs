//! Faults of the sign-in service.

use connector_runtime::ConnectionState;
use graph_sandbox::{Fault, Rule, Sandbox};

use crate::world::World;

#[tokio::test]
async fn one_fault_that_passes_stops_nobody() {
    // Entra takes a refresh token again whose answer was lost.
    for fault in
        [Fault::unavailable(), Fault::throttle(1), Fault::GatewayTimeout, Fault::ResetBefore, Fault::ResetAfter]
    {
        let name = format!("{fault:?}");
        let world = World::on(Sandbox::new()).await;
        let before = world.sandbox.token_requests();
        world.reject_once();
        world.sandbox.faults().add(Rule::new(fault).path("/token").once());
        assert!(world.works().await, "{name}");
        assert_eq!(world.sandbox.token_requests() - before, 2, "{name}: it is tried again within the run");
        assert_eq!(world.host.connections().show("me").await.unwrap().state, ConnectionState::Ready, "{name}");
    }
}
