//! The `scope` parameter.

use std::collections::BTreeSet;

use super::errors::Failure;
use super::jwt::GRAPH;

/// What a client asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// `openid`, `profile`, `email`.
    pub(crate) identity: BTreeSet<String>,
    /// `offline_access`: a refresh token.
    pub(crate) offline: bool,
    /// `{resource}/.default`.
    pub(crate) default: bool,
    /// Short names of permissions.
    pub(crate) names: BTreeSet<String>,
    /// The resource as the client spelt it, without a slash at its end; `None` when only short names came.
    pub(crate) resource: Option<String>,
}

/// Names that are seen in configurations and that Graph does not have.
const MISSPELT: [&str; 2] = ["Directory.AcessAsUser.All", "GroupMember.ReadAll"];

/// Whether a resource or an audience means Graph, in any cloud.
pub(crate) fn is_graph(resource: &str, origin: &str) -> bool {
    let known = [
        GRAPH,
        "https://graph.microsoft.us",
        "https://dod-graph.microsoft.us",
        "https://microsoftgraph.chinacloudapi.cn",
        "00000003-0000-0000-c000-000000000000",
    ];
    let resource = resource.trim_end_matches('/');
    resource == origin || known.contains(&resource)
}

impl Asked {
    /// Reads a list separated by spaces.
    ///
    /// # Errors
    /// 70011 for a name that is none, 650053 for one that Graph does not have, 500011 for a resource
    /// that does not exist here, 28000 for two resources at once.
    pub(crate) fn read(scope: &str, origin: &str) -> Result<Asked, Failure> {
        let mut asked = Asked::default();
        for item in scope.split_ascii_whitespace() {
            match item {
                "openid" | "profile" | "email" => _ = asked.identity.insert(item.to_owned()),
                "offline_access" => asked.offline = true,
                item => asked.add(item, origin)?,
            }
        }
        if asked.default && !asked.names.is_empty() {
            return Err(invalid(scope, ".default scope can't be combined with resource-specific scopes."));
        }
        Ok(asked)
    }

    fn add(&mut self, item: &str, origin: &str) -> Result<(), Failure> {
        let (resource, name) = match item.rsplit_once('/') {
            Some((resource, name)) => (Some(resource.trim_end_matches('/')), name),
            None => (None, item),
        };
        if let Some(resource) = resource {
            if !is_graph(resource, origin) {
                let text =
                    format!("The resource principal named {resource} was not found in the tenant named Sandbox.");
                return Err(Failure::new(500_011, text));
            }
            if self.resource.as_deref().is_some_and(|known| known != resource) {
                let text = "Provided value for the input parameter scope is not valid because it contains more than one resource.";
                return Err(Failure::new(28_000, text));
            }
            self.resource = Some(resource.to_owned());
        }
        if name == ".default" {
            self.default = true;
            return Ok(());
        }
        if !is_permission(name) {
            return Err(invalid(item, "The scope format is invalid."));
        }
        if MISSPELT.contains(&name) {
            let text = format!(
                "The application asked for scope '{name}' that doesn't exist on the resource '00000003-0000-0000-c000-000000000000'. Contact the app vendor."
            );
            return Err(Failure::new(650_053, text));
        }
        self.names.insert(name.to_owned());
        Ok(())
    }

    /// Whether an id token is wanted.
    pub(crate) fn openid(&self) -> bool {
        self.identity.contains("openid")
    }

    /// The granted names in the spelling that was asked for, for the answer's `scope`.
    pub(crate) fn spell(&self, granted: &BTreeSet<String>) -> String {
        let names = granted.iter().map(|name| match &self.resource {
            Some(resource) => format!("{resource}/{name}"),
            None => name.clone(),
        });
        self.identity.iter().cloned().chain(names).collect::<Vec<_>>().join(" ")
    }
}

fn invalid(scope: &str, why: &str) -> Failure {
    Failure::new(
        70_011,
        format!(
            "The provided value for the input parameter 'scope' is not valid. The scope '{scope}' is not valid. {why}"
        ),
    )
}

// `Mail.Read`, `User-PasswordProfile.ReadWrite.All`
fn is_permission(name: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_uppercase())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    name.contains('.') && name.split('.').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_and_one_resource() {
        let asked =
            Asked::read("openid offline_access https://graph.microsoft.com/Mail.Read User.Read", "https://o").unwrap();
        assert!(asked.offline && asked.openid() && !asked.default);
        assert_eq!(asked.names.iter().collect::<Vec<_>>(), ["Mail.Read", "User.Read"]);
        assert_eq!(asked.spell(&["Mail.Read".to_owned()].into()), "openid https://graph.microsoft.com/Mail.Read");
        assert!(Asked::read("https://graph.microsoft.us//.default", "").unwrap().default);
        for (scope, number) in [
            ("mail", 70_011),
            ("https://graph.microsoft.com/.default User.Read", 70_011),
            ("https://vault.azure.net/.default", 500_011),
            ("https://graph.microsoft.com/User.Read https://graph.microsoft.us/Mail.Read", 28_000),
            ("Directory.AcessAsUser.All", 650_053),
        ] {
            assert_eq!(Asked::read(scope, "").unwrap_err().number, number, "{scope}");
        }
    }
}
