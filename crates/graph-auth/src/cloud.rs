//! Microsoft's clouds: their sign-in services and Graph endpoints.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A cloud of Microsoft. Each is separate: its own sign-in service, its own Graph, its own tenants.
///
/// Sources: [Graph's deployments][1], [the sign-in service's][2]. The two pages name different hosts for
/// China; they are aliases of each other, and tokens are issued in the name of the one used here.
///
/// [1]: https://learn.microsoft.com/en-us/graph/deployments
/// [2]: https://learn.microsoft.com/en-us/entra/identity-platform/authentication-national-cloud
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cloud {
    /// The global service, which most tenants are in. GCC is part of it.
    #[default]
    Global,
    /// Microsoft Cloud for US Government L4 (GCC High).
    GccHigh,
    /// Microsoft Cloud for US Government L5 (DoD).
    Dod,
    /// Microsoft 365 operated by 21Vianet in China.
    China,
}

impl Cloud {
    /// All clouds.
    pub const ALL: [Cloud; 4] = [Cloud::Global, Cloud::GccHigh, Cloud::Dod, Cloud::China];

    // name, sign-in, Graph, other hosts of the same sign-in service
    const fn row(self) -> (&'static str, &'static str, &'static str, &'static [&'static str]) {
        match self {
            Cloud::Global => (
                "global",
                "https://login.microsoftonline.com",
                "https://graph.microsoft.com",
                &["https://login.microsoft.com", "https://login.windows.net"],
            ),
            Cloud::GccHigh => ("gcc_high", "https://login.microsoftonline.us", "https://graph.microsoft.us", &[]),
            Cloud::Dod => ("dod", "https://login.microsoftonline.us", "https://dod-graph.microsoft.us", &[]),
            Cloud::China => (
                "china",
                "https://login.partner.microsoftonline.cn",
                "https://microsoftgraph.chinacloudapi.cn",
                &["https://login.chinacloudapi.cn"],
            ),
        }
    }

    /// Returns the stable name, such as `gcc_high`.
    pub const fn name(self) -> &'static str {
        self.row().0
    }
    /// Returns the origin of the sign-in service.
    pub const fn authority(self) -> &'static str {
        self.row().1
    }
    /// Returns the origin of Graph: the one host that may receive this cloud's tokens. It is also the resource that
    /// tokens are requested for.
    ///
    /// ```
    /// use graph_auth::Cloud;
    ///
    /// assert_eq!(Cloud::Global.graph(), "https://graph.microsoft.com");
    /// assert_eq!(Cloud::China.graph(), "https://microsoftgraph.chinacloudapi.cn");
    /// ```
    pub const fn graph(self) -> &'static str {
        self.row().2
    }
    /// Returns the scope that requests everything that an app was granted on Graph.
    pub fn default_scope(self) -> String {
        format!("{}/.default", self.graph())
    }

    /// Returns whether an origin is this cloud's sign-in service, under its own name or another.
    pub fn is_authority(self, origin: &str) -> bool {
        self.authority() == origin || self.row().3.contains(&origin)
    }
    /// Returns whether an origin is the sign-in service of any cloud.
    pub fn is_any_authority(origin: &str) -> bool {
        Cloud::ALL.into_iter().any(|cloud| cloud.is_authority(origin))
    }
    /// Returns whether an origin is the Graph of any cloud.
    pub fn is_any_graph(origin: &str) -> bool {
        Cloud::ALL.into_iter().any(|cloud| cloud.graph() == origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_ones_that_json_has() {
        for cloud in Cloud::ALL {
            assert_eq!(serde_json::to_value(cloud).unwrap(), cloud.name());
        }
    }

    #[test]
    fn each_graph_belongs_to_one_cloud() {
        for (i, a) in Cloud::ALL.iter().enumerate() {
            assert!(a.graph().starts_with("https://") && !a.graph().ends_with('/'));
            assert!(Cloud::ALL[i + 1..].iter().all(|b| a.graph() != b.graph()));
        }
        assert_eq!(Cloud::Dod.default_scope(), "https://dod-graph.microsoft.us/.default");
        assert!(Cloud::China.is_authority("https://login.chinacloudapi.cn"));
        assert!(!Cloud::Global.is_authority("https://login.microsoftonline.us"));
        assert!(!Cloud::is_any_graph("https://graph.microsoft.com.evil.example"));
    }
}
