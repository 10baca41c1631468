//! Objects found by one property, and how many of them.

use connector_sdk::{Error, Pages, Result};
use schemars::JsonSchema;
use serde::Deserialize;

/// How much to return.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum ResultSet {
    /// The first one.
    First,
    /// At most as many as `limit`.
    #[default]
    Limit,
    /// All of them.
    All,
    /// All of them, returned page by page as they arrive.
    Stream,
}

impl ResultSet {
    /// How much of the list that is.
    ///
    /// # Errors
    /// `invalid_input` at `/resultSet` where the pages say something else.
    pub fn pages(self, pages: Pages) -> Result<Pages> {
        let paged = pages.limit.is_some() || pages.page_token.is_some();
        Ok(match self {
            ResultSet::Limit => pages,
            _ if paged => {
                return Err(Error::invalid(
                    "/resultSet",
                    "`limit` and `pageToken` go with the result set `limit` only",
                ));
            }
            ResultSet::First if pages.fetch_all => {
                return Err(Error::invalid("/fetchAll", "contradicts the result set `first`"));
            }
            ResultSet::First => Pages::at_most(1),
            ResultSet::All | ResultSet::Stream => Pages::all(),
        })
    }
}
