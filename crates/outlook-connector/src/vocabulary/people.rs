//! People by their addresses.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An email address.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("format" = "email", "maxLength" = 320))]
pub struct Address(pub String);

/// An address as Graph writes it.
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

/// Addresses as Graph writes them.
pub fn recipients(addresses: impl IntoIterator<Item = Address>) -> Vec<Recipient> {
    addresses.into_iter().map(Recipient::from).collect()
}
