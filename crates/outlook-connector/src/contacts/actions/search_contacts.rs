//! `search_contacts`

use connector_sdk::schema::rules;
use connector_sdk::{
    Action, Context, Effect, Error, Json, Levels, Pages, Plan, Request, Result, Root, Select, Spec, odata,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::one_by_one::in_folders;
use crate::permissions::CONTACTS_READ;
use crate::vocabulary::{CONTACT_FIELDS, Contact, ContactFolderId, EmailAddress, Mailbox};

/// How many contacts a page holds: they are all read, so the fewer pages the better.
const PAGE: u32 = 500;

/// The properties that a search looks at.
const LOOKED_AT: [&str; 9] = [
    "displayName",
    "givenName",
    "surname",
    "nickName",
    "companyName",
    "emailAddresses",
    "businessPhones",
    "homePhones",
    "mobilePhone",
];

/// Search contacts by email address, name, company or phone number; a contact must meet all criteria. Graph can filter
/// by a whole email address only; for other criteria, all contacts are read and compared here.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "name": "pavel" }), json!({ "email": "robin@tailspintoys.example", "match": "exact", "includeChildFolders": true })]))]
#[schemars(transform = rules::at_least_one(&["email", "name", "company", "phone"]))]
#[schemars(transform = rules::at_most_one(&["includeChildFolders=true", "pageToken"]))]
pub struct SearchContacts {
    /// Whose contacts.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The contact folder to search; the default is the mailbox's Contacts folder.
    folder_id: Option<ContactFolderId>,
    /// An email address, or a part of one.
    #[schemars(length(min = 1, max = 320))]
    email: Option<String>,
    /// A name: the shown name, given name, family name or nickname.
    #[schemars(length(min = 1, max = 255))]
    name: Option<String>,
    /// The company.
    #[schemars(length(min = 1, max = 255))]
    company: Option<String>,
    /// A phone number. Only its digits are compared.
    #[schemars(length(min = 1, max = 64))]
    phone: Option<String>,
    /// How texts are compared, ignoring case; the default is `contains`.
    #[serde(default, rename = "match")]
    how: Match,
    /// Search the folders below it too, or all folders when no folder is given. No `nextPageToken` is returned then.
    #[serde(default)]
    include_child_folders: bool,
    /// Which properties. Those that were searched come too.
    #[serde(flatten)]
    select: Select,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

/// How texts are compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Match {
    /// The whole text is the same.
    Exact,
    /// The text begins with it.
    StartsWith,
    /// The text contains it.
    #[default]
    Contains,
}

impl Action for SearchContacts {
    type Output = Levels<Contact>;
    const SPEC: Spec = Spec::new("search_contacts", "Search contacts", Effect::Read).scopes(CONTACTS_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<Levels<Contact>>> {
        let wanted = Wanted {
            how: self.how,
            email: self.email.map(|text| text.to_lowercase()),
            name: self.name.map(|text| text.to_lowercase()),
            company: self.company.map(|text| text.to_lowercase()),
            phone: self.phone.map(|text| digits(&text)),
        };
        if wanted.is_nothing() {
            return Err(Error::invalid(
                "/name",
                "there is nothing to search for: give `email`, `name`, `company` or `phone`",
            ));
        }
        if wanted.phone.as_deref() == Some("") {
            return Err(Error::invalid("/phone", "there is no digit in this phone number"));
        }
        if self.include_child_folders && self.pages.page_token.is_some() {
            return Err(Error::invalid("/pageToken", "a search through several folders has no page tokens"));
        }
        let paging = self.pages.paging()?;
        let root = self.mailbox.root(cx)?;
        let mut select = self.select;
        if select.select.is_some() {
            select.additional_fields.get_or_insert_default().extend(LOOKED_AT.map(str::to_owned));
        }
        let select = select.names(CONTACT_FIELDS);
        let list = move |root: &Root, folder: &str, wanted: &Wanted| -> Request {
            let list = root
                .get("/contactFolders/{folder}/contacts")
                .exchange_id("folder", folder)
                .query_opt("$select", select.as_deref());
            list.query_opt("$filter", wanted.filter()).query("$top", PAGE)
        };
        let start = self.folder_id.map(|folder| folder.0);
        if !self.include_child_folders {
            let request = list(&root, start.as_deref().unwrap_or("contacts"), &wanted);
            return Ok(request.pages_where(paging, move |item| wanted.is_met(item)).map(Levels::from));
        }
        let (first, children) = match start {
            Some(folder) => {
                let children = root.get("/contactFolders/{folder}/childFolders").exchange_id("folder", folder.as_str());
                (folder, children)
            }
            None => ("contacts".to_owned(), root.get("/contactFolders")),
        };
        let limit = paging.limit;
        let of = root.clone();
        let below = move |folder: &str| of.get("/contactFolders/{folder}/childFolders").exchange_id("folder", folder);
        let met = wanted.clone();
        let list = move |folder: &str| list(&root, folder, &wanted);
        Ok(in_folders(first, children, below, list, limit, move |item| met.is_met(item)))
    }
}

// What is searched, in lower case.
#[derive(Clone)]
struct Wanted {
    how: Match,
    email: Option<String>,
    name: Option<String>,
    company: Option<String>,
    phone: Option<String>,
}

impl Wanted {
    fn is_nothing(&self) -> bool {
        self.email.is_none() && self.name.is_none() && self.company.is_none() && self.phone.is_none()
    }

    // What Graph can filter by.
    fn filter(&self) -> Option<String> {
        let email = self.email.as_deref().filter(|_| self.how == Match::Exact)?;
        Some(format!("emailAddresses/any(a:a/address eq {})", odata::string(email)))
    }

    fn is_met(&self, item: &Json) -> bool {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        #[derive(Default)]
        struct Item {
            display_name: Option<String>,
            given_name: Option<String>,
            surname: Option<String>,
            nick_name: Option<String>,
            company_name: Option<String>,
            email_addresses: Option<Vec<EmailAddress>>,
            business_phones: Option<Vec<String>>,
            home_phones: Option<Vec<String>>,
            mobile_phone: Option<String>,
        }
        let Ok(item) = item.read::<Item>() else { return false };
        let names = [&item.display_name, &item.given_name, &item.surname, &item.nick_name]
            .into_iter()
            .flatten()
            .map(String::as_str);
        let emails = item.email_addresses.iter().flatten().filter_map(|email| email.address.as_deref());
        let phones =
            item.business_phones.iter().flatten().chain(item.home_phones.iter().flatten()).chain(&item.mobile_phone);
        let phones: Vec<String> = phones.map(|phone| digits(phone)).collect();
        self.any(&self.name, names)
            && self.any(&self.email, emails)
            && self.any(&self.company, item.company_name.as_deref())
            && self.any(&self.phone, phones.iter().map(String::as_str))
    }

    fn any<'a>(&self, wanted: &Option<String>, texts: impl IntoIterator<Item = &'a str>) -> bool {
        let Some(wanted) = wanted else { return true };
        texts.into_iter().map(str::to_lowercase).any(|text| match self.how {
            Match::Exact => text == *wanted,
            Match::StartsWith => text.starts_with(wanted),
            Match::Contains => text.contains(wanted),
        })
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
