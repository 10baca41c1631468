//! What records there are, by what can be done with them.

use std::sync::LazyLock;

use connector_sdk::{Action, Error, Result, ScopeCase};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Behind, RecordPlace};
use crate::sites::dynamic_schemas::list_item_changes::ListItemChanges;
use crate::sites::dynamic_schemas::new_list_item_fields::NewListItemFields;
use crate::workbooks::dynamic_schemas::worksheet_row::WorksheetRow;

/// Lists the objects of a record action, each by its name with the action behind it, and with what else is to be said
/// of it.
macro_rules! objects {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $object:ident $text:literal: $action:ty $(, $more:expr)?;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
        #[schemars(inline)]
        pub enum $name { $($(#[$about])* #[serde(rename = $text)] $object),* }

        impl $name {
            /// The action behind it.
            pub fn behind(self) -> &'static Behind {
                match self {
                    $($name::$object => {
                        static BEHIND: LazyLock<Behind> = LazyLock::new(|| {
                            let behind = Behind::of::<$action>();
                            $(let behind = ($more)(behind);)?
                            behind
                        });
                        &BEHIND
                    })*
                }
            }

            /// What each takes: what the action behind it usually takes.
            pub const CASES: &'static [ScopeCase] = &[
                $(ScopeCase::instead(concat!("`object` is `", $text, "`"), <$action as Action>::SPEC.scopes)),*
            ];
        }
    };
}

objects! {
    /// What can be got.
    ToGet {
        /// A file or folder: needs `drive`, or it is the OneDrive of the signed-in user, or of the default user of an
        /// app's connection.
        DriveItem "driveItem": crate::files::actions::get_drive_item::GetDriveItem, |behind: Behind| behind.id("itemId");
        /// A list: needs `site`. Its id is an id or a title.
        List "list": crate::sites::actions::get_list::GetList, |behind: Behind| behind.id("list");
        /// An item of a list: needs `site` and `list`.
        ListItem "listItem": crate::sites::actions::get_list_item::GetListItem, |behind: Behind| behind.id("itemId");
        /// A site.
        Site "site": crate::sites::actions::get_site::GetSite, |behind: Behind| behind.id("site");
        /// A user, by id or user principal name.
        User "user": entra_connector::users::actions::get_user::GetUser, |behind: Behind| behind.id("user");
    }
}

objects! {
    /// What can be looked for.
    ToFind {
        /// Files and folders with these words in `search`.
        DriveItem "driveItem": crate::files::actions::search_files::SearchFiles;
        /// The lists of a site: needs `site`.
        List "list": crate::sites::actions::list_lists::ListLists;
        /// The items of a list: needs `site` and `list`.
        ListItem "listItem": crate::sites::actions::list_list_items::ListListItems;
        /// The licences that the tenant has.
        License "license": entra_connector::users::actions::list_subscribed_skus::ListSubscribedSkus;
        /// The rows of a worksheet by the names of their columns: needs `workbook` and `worksheet`. All are returned.
        Row "row": crate::workbooks::actions::get_worksheet_range::GetWorksheetRange;
        /// Sites with these words in `search`, or all.
        Site "site": crate::sites::actions::search_sites::SearchSites;
        /// Users; `search` compares the beginnings of their names.
        User "user": entra_connector::users::actions::list_users::ListUsers;
        /// The worksheets of a workbook: needs `workbook`. All are returned.
        Worksheet "worksheet": crate::workbooks::actions::list_worksheets::ListWorksheets;
    }
}

objects! {
    /// What can be made.
    ToCreate {
        /// A folder.
        Folder "folder": crate::files::actions::create_folder::CreateFolder;
        /// A list: needs `site`.
        List "list": crate::sites::actions::create_list::CreateList;
        /// An item of a list: needs `site` and `list`.
        ListItem "listItem": crate::sites::actions::create_list_item::CreateListItem, |behind: Behind| behind.below::<NewListItemFields>("fields");
        /// A row below the others of a worksheet: needs `workbook` and `worksheet`.
        Row "row": crate::workbooks::actions::add_worksheet_row::AddWorksheetRow, |behind: Behind| behind.below::<WorksheetRow>("row");
        /// A user.
        User "user": entra_connector::users::actions::create_user::CreateUser, |behind: Behind| behind.entity("user");
    }
}

objects! {
    /// What can be changed.
    ToUpdate {
        /// A file or folder.
        DriveItem "driveItem": crate::files::actions::update_drive_item::UpdateDriveItem, |behind: Behind| behind.id("itemId");
        /// The licences of the user whose id `recordId` is: some to add, some to remove.
        License "license": entra_connector::users::actions::assign_licenses::AssignLicenses, |behind: Behind| behind.id("user");
        /// A list: needs `site`.
        List "list": crate::sites::actions::update_list::UpdateList, |behind: Behind| behind.id("list");
        /// An item of a list: needs `site` and `list`.
        ListItem "listItem": crate::sites::actions::update_list_item::UpdateListItem, |behind: Behind| behind.id("itemId").below::<ListItemChanges>("fields");
        /// A user.
        User "user": entra_connector::users::actions::update_user::UpdateUser, |behind: Behind| behind.id("user").entity("user");
    }
}

objects! {
    /// What can be removed.
    ToDelete {
        /// A file or folder: it goes to the recycle bin.
        DriveItem "driveItem": crate::files::actions::delete_drive_item::DeleteDriveItem, |behind: Behind| behind.id("itemId");
        /// An item of a list: needs `site` and `list`.
        ListItem "listItem": crate::sites::actions::delete_list_item::DeleteListItem, |behind: Behind| behind.id("itemId");
    }
}

impl ToFind {
    /// The options of the action behind it.
    ///
    /// # Errors
    /// `invalid_input` for words where a kind cannot be searched by words, and for none where it must be.
    pub fn options(
        self,
        place: &RecordPlace,
        search: Option<String>,
        query: Option<Map<String, Value>>,
    ) -> Result<Map<String, Value>> {
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
            (ToFind::Row, None) => {
                drop(options.insert("headerRow".into(), place.header_row.map_or(1, |row| row.0).into()))
            }
            (_, Some(_)) => {
                return Err(Error::invalid("/search", "this kind cannot be searched by words: use `query.filter`"));
            }
            (_, None) => {}
        }
        if !query.is_empty() && options.insert("query".into(), query.into()).is_some() {
            return Err(Error::invalid("/query", "files are found by words alone: leave it out"));
        }
        Ok(options)
    }
}
