//! What records there are, by what can be done with them.

use std::sync::LazyLock;

use connector_sdk::{Error, Result};
use entra_connector::actions as entra;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Behind, RecordPlace};
use crate::actions as own;
use crate::dynamic_schemas::list_item_changes::ListItemChanges;
use crate::dynamic_schemas::new_list_item_fields::NewListItemFields;
use crate::dynamic_schemas::worksheet_row::WorksheetRow;

/// Lists the objects of a record action, each with the action behind it.
macro_rules! objects {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $object:ident => $behind:expr;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase")]
        #[schemars(inline)]
        pub enum $name { $($(#[$about])* $object),* }

        impl $name {
            /// The action behind it.
            pub fn behind(self) -> &'static Behind {
                match self {
                    $($name::$object => {
                        static BEHIND: LazyLock<Behind> = LazyLock::new(|| $behind);
                        &BEHIND
                    })*
                }
            }
        }
    };
}

objects! {
    /// What can be got.
    ToGet {
        /// A file or folder: needs `drive`, or it is the OneDrive of the signed-in user, or of the default user of an app's connection.
        DriveItem => Behind::of::<own::get_drive_item::GetDriveItem>().id("itemId");
        /// A list: needs `site`. Its id is an id or a title.
        List => Behind::of::<own::get_list::GetList>().id("list");
        /// An item of a list: needs `site` and `list`.
        ListItem => Behind::of::<own::get_list_item::GetListItem>().id("itemId");
        /// A site.
        Site => Behind::of::<own::get_site::GetSite>().id("site");
        /// A user, by id or user principal name.
        User => Behind::of::<entra::get_user::GetUser>().id("user");
    }
}

objects! {
    /// What can be looked for.
    ToFind {
        /// Files and folders with these words in `search`.
        DriveItem => Behind::of::<own::search_files::SearchFiles>();
        /// The lists of a site: needs `site`.
        List => Behind::of::<own::list_lists::ListLists>();
        /// The items of a list: needs `site` and `list`.
        ListItem => Behind::of::<own::list_list_items::ListListItems>();
        /// The licences that the tenant has.
        License => Behind::of::<entra::list_subscribed_skus::ListSubscribedSkus>();
        /// The rows of a worksheet by the names of their columns: needs `workbook` and `worksheet`. All of them come.
        Row => Behind::of::<own::get_worksheet_range::GetWorksheetRange>();
        /// Sites with these words in `search`, or all.
        Site => Behind::of::<own::search_sites::SearchSites>();
        /// Users; `search` looks at the beginnings of their names.
        User => Behind::of::<entra::list_users::ListUsers>();
        /// The worksheets of a workbook: needs `workbook`. All of them come.
        Worksheet => Behind::of::<own::list_worksheets::ListWorksheets>();
    }
}

objects! {
    /// What can be made.
    ToCreate {
        /// A folder.
        Folder => Behind::of::<own::create_folder::CreateFolder>();
        /// A list: needs `site`.
        List => Behind::of::<own::create_list::CreateList>();
        /// An item of a list: needs `site` and `list`.
        ListItem => Behind::of::<own::create_list_item::CreateListItem>().below::<NewListItemFields>("fields");
        /// A row below the others of a worksheet: needs `workbook` and `worksheet`.
        Row => Behind::of::<own::add_worksheet_row::AddWorksheetRow>().below::<WorksheetRow>("row");
        /// A user.
        User => Behind::of::<entra::create_user::CreateUser>().entity("user");
    }
}

objects! {
    /// What can be changed.
    ToUpdate {
        /// A file or folder.
        DriveItem => Behind::of::<own::update_drive_item::UpdateDriveItem>().id("itemId");
        /// The licences of the user whose id `recordId` is: some to add, some to remove.
        License => Behind::of::<entra::assign_licenses::AssignLicenses>().id("user");
        /// A list: needs `site`.
        List => Behind::of::<own::update_list::UpdateList>().id("list");
        /// An item of a list: needs `site` and `list`.
        ListItem => Behind::of::<own::update_list_item::UpdateListItem>().id("itemId").below::<ListItemChanges>("fields");
        /// A user.
        User => Behind::of::<entra::update_user::UpdateUser>().id("user").entity("user");
    }
}

objects! {
    /// What can be removed.
    ToDelete {
        /// A file or folder: it goes to the recycle bin.
        DriveItem => Behind::of::<own::delete_drive_item::DeleteDriveItem>().id("itemId");
        /// An item of a list: needs `site` and `list`.
        ListItem => Behind::of::<own::delete_list_item::DeleteListItem>().id("itemId");
    }
}

impl ToFind {
    /// The options of the action behind it.
    ///
    /// # Errors
    /// `invalid_input` for words where a kind cannot be searched by words, and for none where it must be.
    pub fn options(self, place: &RecordPlace, search: Option<String>, query: Option<Map<String, Value>>) -> Result<Map<String, Value>> {
        let mut query = query.unwrap_or_default();
        let mut options = Map::new();
        match (self, search) {
            (ToFind::DriveItem, None) => return Err(Error::invalid("/search", "is missing: files are found by words")),
            (ToFind::DriveItem | ToFind::Site, Some(words)) => drop(options.insert("query".into(), words.into())),
            // The directory looks at the beginnings of words, in the property that is named.
            (ToFind::User, Some(words)) => {
                let search = format!("\"displayName:{}\"", words.replace(['"', '\\'], " "));
                if query.insert("search".into(), search.into()).is_some() {
                    return Err(Error::invalid("/search", "`search` and `query.search` exclude each other"));
                }
            }
            // Without a header there are no rows, only cells.
            (ToFind::Row, None) => drop(options.insert("headerRow".into(), place.header_row.map_or(1, |row| row.0).into())),
            (_, Some(_)) => return Err(Error::invalid("/search", "this kind cannot be searched by words: use `query.filter`")),
            (_, None) => {}
        }
        if !query.is_empty() && options.insert("query".into(), query.into()).is_some() {
            return Err(Error::invalid("/query", "files are found by words alone: leave it out"));
        }
        Ok(options)
    }
}
