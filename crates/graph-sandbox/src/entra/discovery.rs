//! What the sign-in service says of itself.

use serde_json::{Value, json};

use super::Entra;
use super::accounts::{Authority, PERSONAL_TENANT};
use super::errors::Failure;

impl Entra {
    /// `/{tenant}/v2.0/.well-known/openid-configuration`
    pub(crate) fn configuration(&self, origin: &str, segment: &str) -> Result<Value, Failure> {
        let issuer = match self.authority(segment)? {
            // not a placeholder of ours: the document has it so
            Authority::Common | Authority::Organizations => "{tenantid}".to_owned(),
            Authority::Consumers => PERSONAL_TENANT.to_owned(),
            Authority::Tenant(tid) => tid,
        };
        let base = format!("{origin}/{segment}");
        Ok(json!({
            "issuer": format!("{origin}/{issuer}/v2.0"),
            "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
            "token_endpoint": format!("{base}/oauth2/v2.0/token"),
            "device_authorization_endpoint": format!("{base}/oauth2/v2.0/devicecode"),
            "jwks_uri": format!("{base}/discovery/v2.0/keys"),
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "response_modes_supported": ["query", "fragment"],
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "code_challenge_methods_supported": ["plain", "S256"],
            "cloud_instance_name": "microsoftonline.com",
            "msgraph_host": "graph.microsoft.com",
        }))
    }

    /// `/{tenant}/discovery/v2.0/keys`
    pub(crate) fn public_keys(&self, origin: &str, segment: &str) -> Result<Value, Failure> {
        self.authority(segment)?;
        Ok(self.keys.public(&format!("{origin}/{{tenantid}}/v2.0")))
    }
}
