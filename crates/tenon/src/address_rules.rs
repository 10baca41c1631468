//! The option that names the addresses within which events may be sent.

use clap::Args;
use connector_runtime::{AddressRules, AuthorizedHost, Interface, Principal};
use connector_sdk::Result;

use crate::build_host::{self, Needs};
use crate::{data_dir, sandbox};

/// Which addresses events may be sent to beside public ones.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct AddressRulesArg {
    /// Range of addresses that events may be sent to although they are not public, also over http, such as 127.0.0.1 or
    /// 10.1.0.0/16; may be repeated. The service that sends them needs it too
    #[arg(long, value_name = "CIDR", value_delimiter = ',', env = "TENON_ALLOW_DESTINATION")]
    allow_destination: Vec<String>,
}

impl AddressRulesArg {
    /// Returns the rules.
    ///
    /// # Errors
    /// `invalid_input` for what is no range.
    pub(crate) fn rules(&self) -> Result<AddressRules> {
        self.allow_destination.iter().try_fold(AddressRules::default(), |rules, range| rules.allow(range))
    }

    /// Returns a host with these rules, as its owner sees it.
    ///
    /// # Errors
    /// Those of the store and of the rules.
    pub(crate) fn owner(&self, needs: Needs) -> Result<AuthorizedHost> {
        let host = build_host::host_with(needs, sandbox::connection()?, data_dir::files, self.rules()?, None)?;
        Ok(host.authorize(Principal::owner(), Interface::CommandLine))
    }
}
