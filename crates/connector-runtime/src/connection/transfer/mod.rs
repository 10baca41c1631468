//! Export and import of connections.

mod passphrase;
#[cfg(test)]
mod tests;

use connector_sdk::{Code, Error, Result, Secret};
use graph_auth::Settings;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::record::{ConnectionRecord, ConnectionState, Renewal, Trouble};
use super::sign_in::{check_name, new_id};
use super::{ConnectionInfo, Connections};
use crate::kinds::CONNECTION;
use crate::store::Revision;

use passphrase::Sealed;

const FORMAT: &str = "tenon.connections";
const VERSION: u32 = 1;

/// Handling of secrets in an export: client secrets, private keys, and the tokens of who is signed in.
#[derive(Debug, Clone, Copy)]
pub enum Secrets<'a> {
    /// Secrets are left out. They must be given anew after the import, and users must sign in.
    LeftOut,
    /// Everything is sealed under this passphrase, of 12 characters or more.
    Sealed(&'a Secret),
    /// Secrets are in plain text, for everybody to read.
    PlainText,
}

impl Secrets<'_> {
    /// Returns the stable name, as the export has it.
    pub const fn name(self) -> &'static str {
        match self {
            Secrets::LeftOut => "left_out",
            Secrets::Sealed(_) => "sealed",
            Secrets::PlainText => "plain_text",
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    version: u32,
    exported: Timestamp,
    secrets: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    connections: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<Sealed>,
}

#[derive(Serialize, Deserialize)]
struct TransferItem {
    name: String,
    connection: Box<RawValue>,
}

impl Connections {
    /// Exports stored connections as JSON: those of these names, or all. The result is as secret as `secrets` says.
    ///
    /// An export with secrets is a second copy of each sign-in. Use it in one place: a provider that ends a
    /// grant when a refresh token is used twice ends both.
    ///
    /// # Errors
    /// `unknown_connection` with the nearest name; `invalid_input` for a passphrase that is too short; the store's.
    pub async fn export(&self, names: &[String], secrets: Secrets<'_>) -> Result<Secret> {
        let mut records = Vec::new();
        if names.is_empty() {
            for (name, record) in self.records().await? {
                let record =
                    record.map_err(|error| error.context(format!("at {name}; name the others to export them")))?;
                records.push((name, record));
            }
        } else {
            for name in names {
                records.push((name.clone(), self.load(name).await?.1));
            }
        }
        let mut items = Vec::with_capacity(records.len());
        for (name, record) in records {
            let record = if let Secrets::LeftOut = secrets { without_secrets(record, &name)? } else { record };
            items.push(TransferItem { name, connection: raw(&record.print()?)? });
        }
        let items = Secret::new(serde_json::to_string(&items).map_err(|_| unwritable())?);
        let (connections, sealed) = match secrets {
            Secrets::Sealed(passphrase) => (None, Some(passphrase::seal(passphrase, &items).await?)),
            _ => (Some(raw(&items)?), None),
        };
        let (exported, secrets) = (Timestamp::now(), secrets.name().to_owned());
        let document = Document { format: FORMAT.to_owned(), version: VERSION, exported, secrets, connections, sealed };
        serde_json::to_string_pretty(&document).map(Secret::new).map_err(|_| unwritable())
    }

    /// Imports the connections of an export. `replace`: also over connections of the same names, whoever they belong
    /// to; nothing of those is kept.
    ///
    /// A connection keeps its id, unless another one here has it. One that came without its secrets waits to
    /// be reconnected.
    ///
    /// # Errors
    /// `invalid_input` when the text is no export, or its passphrase is missing or wrong; `conflict` with every
    /// name that is taken. Nothing is stored then.
    pub async fn import(
        &self,
        text: &Secret,
        passphrase: Option<&Secret>,
        replace: bool,
    ) -> Result<Vec<ConnectionInfo>> {
        let mut ready: Vec<(String, Option<Revision>, ConnectionRecord)> = Vec::new();
        let mut taken = Vec::new();
        let stored: Vec<(String, ConnectionRecord)> =
            self.records().await?.into_iter().filter_map(|(name, record)| Some((name, record.ok()?))).collect();
        for TransferItem { name, connection } in read(text, passphrase).await? {
            let record = ConnectionRecord::read(connection.get().as_bytes()).map_err(|_| unreadable())?;
            check_name(&name)?;
            self.spec(&record.connector)?;
            let before = self.0.vault.revision(CONNECTION, &name).await?;
            if self.0.given.contains_key(&name)
                || (before.is_some() && !replace)
                || ready.iter().any(|(other, ..)| *other == name)
            {
                taken.push(name);
                continue;
            }
            // Locks and limits are named by it, so it is one of ours or a new one.
            let is_ours = record.id.len() == 32 && record.id.bytes().all(|byte| byte.is_ascii_hexdigit());
            let is_taken = stored.iter().any(|(other, stored)| stored.id == record.id && *other != name)
                || ready.iter().any(|(_, _, other)| other.id == record.id);
            let id = if is_taken || !is_ours { new_id()? } else { record.id };
            // What hangs on the name here may be another connection's.
            let kept_by_id =
                stored.iter().find(|(_, stored)| stored.id == id).is_none_or(|(_, stored)| stored.kept_by_id);
            ready.push((name, before, ConnectionRecord { id, kept_by_id, ..record }));
        }
        if !taken.is_empty() {
            return Err(Error::new(Code::Conflict, format!("these names are taken: {}", taken.join(", ")))
                .with_hint("Remove or rename them first, or replace what is stored under them."));
        }
        let printed = ready.iter().map(|(name, before, record)| Ok((name.as_str(), *before, record.print()?)));
        // In one step: an import that is cut short has stored all of it or nothing.
        self.0.vault.put_all(CONNECTION, printed.collect::<Result<_>>()?).await?;
        let mut cards = Vec::with_capacity(ready.len());
        for (name, _, record) in ready {
            self.0.live.forget(&name);
            let notes = self
                .spec(&record.connector)
                .and_then(|spec| record.settings.check(spec))
                .map_or_else(|_| Vec::new(), |ok| ok.notes);
            cards.push(ConnectionInfo::of(&name, &record, notes));
        }
        Ok(cards)
    }
}

// What an app needs no secret for goes on elsewhere as it is: the machine, or a file, vouches for it.
fn without_secrets(record: ConnectionRecord, name: &str) -> Result<ConnectionRecord> {
    let mut public = record.settings.to_public_json();
    let had = public.as_object_mut().and_then(|settings| settings.remove("secrets")).is_some();
    let settings: Settings = serde_json::from_value(public).map_err(|_| unwritable())?;
    let state = match settings.method.is_application() && !had {
        true => ConnectionState::Ready,
        false => ConnectionState::Broken(Trouble {
            reason: None,
            code: Some(Code::NotConnected),
            message: "the connection was imported without its secrets".to_owned(),
            hint: format!("Sign in, or give its secrets in the settings: reconnect the connection `{name}`."),
            since: Timestamp::now(),
            until: None,
            claims: None,
        }),
    };
    Ok(ConnectionRecord { settings, tokens: None, refreshed: None, state, renewal: Renewal::default(), ..record })
}

async fn read(text: &Secret, passphrase: Option<&Secret>) -> Result<Vec<TransferItem>> {
    // The reader's own messages could quote a secret.
    let document: Document = serde_json::from_str(text.expose()).map_err(|_| unreadable())?;
    if document.format != FORMAT {
        return Err(unreadable());
    }
    if document.version != VERSION {
        return Err(Error::new(Code::InvalidInput, "this export was written by a newer version of this program")
            .with_hint("Update this program."));
    }
    match (document.connections, document.sealed, passphrase) {
        (Some(items), None, _) => serde_json::from_str(items.get()).map_err(|_| unreadable()),
        (None, Some(sealed), Some(passphrase)) => {
            let items = passphrase::open(passphrase, sealed).await?;
            serde_json::from_str(items.expose()).map_err(|_| unreadable())
        }
        (None, Some(_), None) => Err(Error::new(Code::InvalidInput, "this export is sealed")
            .with_hint("Give the passphrase that it was made with.")),
        _ => Err(unreadable()),
    }
}

/// Reads an export that is not sealed, as far as that is possible without a store.
#[cfg(fuzzing)]
pub(crate) fn fuzz_import(text: &Secret) {
    let items = futures_util::FutureExt::now_or_never(read(text, None)).and_then(Result::ok);
    for TransferItem { name, connection } in items.unwrap_or_default() {
        let _ = check_name(&name);
        if let Ok(record) = ConnectionRecord::read(connection.get().as_bytes()) {
            let _ = without_secrets(record, &name).and_then(|record| record.print());
        }
    }
}

fn raw(secret: &Secret) -> Result<Box<RawValue>> {
    RawValue::from_string(secret.expose().to_owned()).map_err(|_| unwritable())
}

fn unwritable() -> Error {
    Error::bug("the connections could not be written")
}

fn unreadable() -> Error {
    Error::new(Code::InvalidInput, "this is not an export of connections, or it has been changed")
        .with_hint("Give an export (`Connections::export`) as it was made.")
}
