//! People by their addresses.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An email address.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("format" = "email", "maxLength" = 320))]
pub struct Address(pub String);

/// An address that exists already, to compare with or to keep: whatever a mail system once gave out, also what the
/// rules for addresses forbid, such as two dots in a row.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("minLength" = 1, "maxLength" = 320))]
pub struct KnownAddress(pub String);

impl KnownAddress {
    /// Whether another address is the same, in letters of either case, with the part before the sign in quotation marks
    /// or without.
    pub fn is(&self, other: &str) -> bool {
        plain(&self.0).eq_ignore_ascii_case(&plain(other))
    }
}

fn plain(address: &str) -> String {
    match address.trim().rsplit_once('@') {
        Some((local, domain)) => {
            let bare = local.strip_prefix('"').and_then(|local| local.strip_suffix('"')).unwrap_or(local);
            format!("{bare}@{domain}")
        }
        None => address.trim().to_owned(),
    }
}

/// A name and address, as Graph returns them.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Recipient {
    /// The name and address.
    pub email_address: EmailAddress,
}

/// A name with its address, as Graph writes it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct EmailAddress {
    /// The name of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl From<Address> for Recipient {
    fn from(address: Address) -> Recipient {
        Recipient { email_address: EmailAddress { name: None, address: Some(address.0) } }
    }
}

/// Addresses that an input names in `to`, `cc` and `bcc`.
pub fn named_recipients(input: &Value) -> Vec<String> {
    let lists = ["to", "cc", "bcc"].into_iter().filter_map(|name| input.get(name)?.as_array());
    lists.flatten().map(|address| address.as_str().unwrap_or_default().to_owned()).collect()
}

/// Addresses as Graph writes them.
pub fn recipients(addresses: impl IntoIterator<Item = Address>) -> Vec<Recipient> {
    addresses.into_iter().map(Recipient::from).collect()
}
