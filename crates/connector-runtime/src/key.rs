//! x
use connector_sdk::Result;
pub struct KeyRing; impl KeyRing{pub fn random()->Result<KeyRing>{Ok(KeyRing)}}
