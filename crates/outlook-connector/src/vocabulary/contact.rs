//! Contacts.

use connector_sdk::{Edit, Error, Result};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::EmailAddress;

/// A contact, as Graph returns it; see [the contact resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/contact
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "contact"))]
pub struct Contact {
    /// The immutable id: it stays the same when the contact is changed.
    pub id: String,
    /// The id of the folder it is in.
    pub parent_folder_id: Option<String>,
    /// The name that is shown.
    pub display_name: Option<String>,
    /// The given name.
    pub given_name: Option<String>,
    /// The middle name.
    pub middle_name: Option<String>,
    /// The family name.
    pub surname: Option<String>,
    /// The nickname.
    pub nick_name: Option<String>,
    /// The title, such as `Dr`.
    pub title: Option<String>,
    /// The generation, such as `Jr`.
    pub generation: Option<String>,
    /// The initials.
    pub initials: Option<String>,
    /// The name that it is filed under.
    pub file_as: Option<String>,
    /// Email addresses; the first three are shown in Outlook.
    pub email_addresses: Option<Vec<EmailAddress>>,
    /// Business phone numbers.
    pub business_phones: Option<Vec<String>>,
    /// Home phone numbers.
    pub home_phones: Option<Vec<String>>,
    /// The mobile phone number.
    pub mobile_phone: Option<String>,
    /// Addresses for instant messages.
    pub im_addresses: Option<Vec<String>>,
    /// The job title.
    pub job_title: Option<String>,
    /// The company.
    pub company_name: Option<String>,
    /// The department.
    pub department: Option<String>,
    /// Where the office is.
    pub office_location: Option<String>,
    /// The profession.
    pub profession: Option<String>,
    /// The name of the manager.
    pub manager: Option<String>,
    /// The name of the assistant.
    pub assistant_name: Option<String>,
    /// The business home page.
    pub business_home_page: Option<String>,
    /// The business address.
    pub business_address: Option<PhysicalAddress>,
    /// The home address.
    pub home_address: Option<PhysicalAddress>,
    /// Another address.
    pub other_address: Option<PhysicalAddress>,
    /// The birthday, as a time in UTC on that day.
    pub birthday: Option<String>,
    /// The names of the children.
    pub children: Option<Vec<String>>,
    /// The name of the spouse.
    pub spouse_name: Option<String>,
    /// Notes.
    pub personal_notes: Option<String>,
    /// The names of its categories.
    pub categories: Option<Vec<String>>,
    /// The given name as it is spoken, in Japanese.
    pub yomi_given_name: Option<String>,
    /// The family name as it is spoken, in Japanese.
    pub yomi_surname: Option<String>,
    /// The company's name as it is spoken, in Japanese.
    pub yomi_company_name: Option<String>,
    /// When it was created, in UTC.
    pub created_date_time: Option<String>,
    /// When it was last changed, in UTC.
    pub last_modified_date_time: Option<String>,
    /// The version; it changes with every change of the contact.
    pub change_key: Option<String>,
}

/// What comes of a contact when nothing is selected; more can be asked for by name.
pub const CONTACT_FIELDS: &[&str] = &[
    "id",
    "createdDateTime",
    "lastModifiedDateTime",
    "changeKey",
    "categories",
    "parentFolderId",
    "birthday",
    "fileAs",
    "displayName",
    "givenName",
    "initials",
    "middleName",
    "nickName",
    "surname",
    "title",
    "yomiGivenName",
    "yomiSurname",
    "yomiCompanyName",
    "generation",
    "imAddresses",
    "jobTitle",
    "companyName",
    "department",
    "officeLocation",
    "profession",
    "businessHomePage",
    "assistantName",
    "manager",
    "homePhones",
    "mobilePhone",
    "businessPhones",
    "spouseName",
    "personalNotes",
    "children",
    "emailAddresses",
    "homeAddress",
    "businessAddress",
    "otherAddress",
];

/// A postal address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(inline, extend("x-graph-type" = "physicalAddress"))]
pub struct PhysicalAddress {
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// The city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The state or province.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The country or region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_or_region: Option<String>,
    /// The postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
}

/// An email address with the name of its owner.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(inline)]
pub struct NamedAddress {
    /// The address, unchanged, also if mail programs would refuse it.
    #[schemars(length(min = 1, max = 320))]
    pub address: String,
    /// The name that is shown with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What a contact holds, for whoever makes or changes one. Used with `#[serde(flatten)]`.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ContactContent {
    /// The given name.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub given_name: Edit<String>,
    /// The middle name.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub middle_name: Edit<String>,
    /// The family name.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub surname: Edit<String>,
    /// The name that is shown. Without it, Outlook makes one from the other names.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub display_name: Edit<String>,
    /// The nickname.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub nick_name: Edit<String>,
    /// The title, such as `Dr`.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub title: Edit<String>,
    /// The generation, such as `Jr`.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub generation: Edit<String>,
    /// The initials.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub initials: Edit<String>,
    /// The name to file it under, such as `Bansky, Pavel`.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub file_as: Edit<String>,
    /// The given name as it is spoken, in Japanese.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub yomi_given_name: Edit<String>,
    /// The family name as it is spoken, in Japanese.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub yomi_surname: Edit<String>,
    /// The company's name as it is spoken, in Japanese.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub yomi_company_name: Edit<String>,
    /// Email addresses, in place of the present ones; Outlook shows the first three.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub email_addresses: Edit<Vec<NamedAddress>>,
    /// Business phone numbers, in place of the present ones.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub business_phones: Edit<Vec<String>>,
    /// Home phone numbers, in place of the present ones.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub home_phones: Edit<Vec<String>>,
    /// The mobile phone number.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub mobile_phone: Edit<String>,
    /// Addresses for instant messages, in place of the present ones.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub im_addresses: Edit<Vec<String>>,
    /// The job title.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub job_title: Edit<String>,
    /// The company.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub company_name: Edit<String>,
    /// The department.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub department: Edit<String>,
    /// Where the office is.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub office_location: Edit<String>,
    /// The profession.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub profession: Edit<String>,
    /// The name of the manager.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub manager: Edit<String>,
    /// The name of the assistant.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub assistant_name: Edit<String>,
    /// The business home page.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub business_home_page: Edit<String>,
    /// The business address, as a whole.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub business_address: Edit<PhysicalAddress>,
    /// The home address, as a whole.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub home_address: Edit<PhysicalAddress>,
    /// Another address, as a whole.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub other_address: Edit<PhysicalAddress>,
    /// The birthday, as a day such as `1980-05-04`.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub birthday: Edit<Birthday>,
    /// The names of the children, in place of the present ones.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub children: Edit<Vec<String>>,
    /// The name of the spouse.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub spouse_name: Edit<String>,
    /// Notes.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub personal_notes: Edit<String>,
    /// The names of its categories, in place of the present ones.
    #[serde(skip_serializing_if = "Edit::is_keep")]
    pub categories: Edit<Vec<String>>,
}

impl ContactContent {
    /// Looks at what the schema cannot say.
    ///
    /// # Errors
    /// `invalid_input` for a birthday that is no day.
    pub fn check(mut self) -> Result<ContactContent> {
        self.birthday = self.birthday.try_map(Birthday::written)?;
        Ok(self)
    }
}

/// A birthday.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(inline, extend("format" = "date"))]
pub struct Birthday(String);

impl Birthday {
    // Outlook keeps a moment, not a day. Just before noon in UTC it is the same day nearly everywhere.
    fn written(self) -> Result<Birthday> {
        let day: Date =
            self.0.parse().map_err(|_| Error::invalid("/birthday", "this is not a day; write it as 1980-05-04"))?;
        Ok(Birthday(format!("{day}T11:59:00Z")))
    }
}

/// A folder of contacts, as Graph returns it; see [the contactFolder resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/contactfolder
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "contactFolder"))]
pub struct ContactFolder {
    /// The id.
    pub id: String,
    /// The name.
    pub display_name: Option<String>,
    /// The id of the folder that it is in.
    pub parent_folder_id: Option<String>,
}
