//! Authorization that does not show in a token.

use serde::{Serialize, Serializer};

use crate::{AnyOf, Granted};

/// A form of authorization that a token does not show. Only Graph knows whether it exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum OtherWay {
    /// [Role-based access control for applications][1] in Exchange Online. For apps.
    ///
    /// [1]: https://learn.microsoft.com/en-us/exchange/permissions-exo/application-rbac
    ExchangeRoles,
    /// [Permissions for selected][1] sites, lists, items and files. The token carries that there are some, not which.
    ///
    /// [1]: https://learn.microsoft.com/en-us/graph/permissions-selected-overview
    Selected,
    /// [Resource-specific consent][1] of a team, chat or meeting. For apps.
    ///
    /// [1]: https://learn.microsoft.com/en-us/microsoftteams/platform/graph-api/rsc/resource-specific-consent
    ResourceSpecificConsent,
    /// [Roles of Microsoft Entra][1] that are assigned to an app.
    ///
    /// [1]: https://learn.microsoft.com/en-us/entra/identity/role-based-access-control/permissions-reference
    DirectoryRoles,
}

// What a permission is about, its name's first word, and what else may allow it to an app.
const FOR_APPS: [(&[&str], OtherWay); 4] = [
    (
        &["Mail", "MailboxSettings", "MailboxFolder", "MailboxItem", "MailboxConfigItem", "Calendars", "Contacts"],
        OtherWay::ExchangeRoles,
    ),
    (
        &[
            "Calls",
            "Channel",
            "ChannelMember",
            "ChannelMessage",
            "ChannelSettings",
            "Chat",
            "ChatMember",
            "ChatMessage",
            "ChatSettings",
            "Files",
            "OnlineMeetings",
            "OnlineMeetingAiInsight",
            "OnlineMeetingArtifact",
            "OnlineMeetingRecording",
            "OnlineMeetingTranscript",
            "Team",
            "TeamMember",
            "TeamSettings",
            "TeamsActivity",
            "TeamsAppInstallation",
            "TeamsTab",
            "VirtualEvent",
        ],
        OtherWay::ResourceSpecificConsent,
    ),
    // Messages and members of a team may be read with permissions for groups as well.
    (&["Group", "GroupMember"], OtherWay::ResourceSpecificConsent),
    (
        &[
            "AdministrativeUnit",
            "AppRoleAssignment",
            "Application",
            "AuditLog",
            "Device",
            "Directory",
            "Domain",
            "Group",
            "GroupMember",
            "LicenseAssignment",
            "Member",
            "OrgContact",
            "Organization",
            "Policy",
            "RoleAssignmentSchedule",
            "RoleEligibilitySchedule",
            "RoleManagement",
            "User",
            "UserAuthenticationMethod",
        ],
        OtherWay::DirectoryRoles,
    ),
];

/// Kinds of permission that can be granted for selected sites, lists, items and files.
const SELECTABLE: [&str; 4] = ["Files", "Sites", "Lists", "ListItems"];

impl OtherWay {
    /// All forms.
    pub const ALL: &'static [OtherWay] =
        &[OtherWay::ExchangeRoles, OtherWay::Selected, OtherWay::ResourceSpecificConsent, OtherWay::DirectoryRoles];

    /// Returns what an administrator would set up, as a part of a sentence.
    pub const fn description(self) -> &'static str {
        match self {
            OtherWay::ExchangeRoles => {
                "role-based access control for applications in Exchange Online, such as the role `Application Mail.Read` for some mailboxes"
            }
            OtherWay::Selected => {
                "`Sites.Selected`, `Lists.SelectedOperations.Selected`, `ListItems.SelectedOperations.Selected` or \
                 `Files.SelectedOperations.Selected`, with which single sites, lists, items and files are given to the app"
            }
            OtherWay::ResourceSpecificConsent => {
                "resource-specific consent in Teams, such as `ChannelMessage.Read.Group` for a team or `ChatMessage.Read.Chat` for a chat"
            }
            OtherWay::DirectoryRoles => {
                "a role of Microsoft Entra that is assigned to the app, such as Directory Readers"
            }
        }
    }
}

/// Serializes the description.
impl Serialize for OtherWay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.description())
    }
}

impl AnyOf {
    /// Returns what may authorize the request although the token carries none of these permissions. Empty where it is
    /// certainly not allowed: a user's token carries all that the app may do for the user, except for selected
    /// permissions.
    pub fn other_ways(&self, granted: &Granted, application: bool) -> Vec<OtherWay> {
        ways(self.0, granted.has_selected(), application)
    }
}

impl OtherWay {
    /// Returns what may authorize an app in the same way as one of these permissions.
    pub fn for_apps<S: AsRef<str>>(permissions: &[S]) -> Vec<OtherWay> {
        ways(permissions, true, true)
    }
}

fn ways<S: AsRef<str>>(permissions: &[S], selected: bool, application: bool) -> Vec<OtherWay> {
    let names = || permissions.iter().flat_map(|any| any.as_ref().split_ascii_whitespace());
    let subjects = || names().filter_map(|name| name.split('.').next());
    let is_about = |all: &[&str]| subjects().any(|subject| all.contains(&subject));
    let mut ways: Vec<OtherWay> =
        FOR_APPS.iter().filter(|(all, _)| application && is_about(all)).map(|(_, way)| *way).collect();
    if selected && is_about(&SELECTABLE) {
        ways.push(OtherWay::Selected);
    }
    ways.sort_unstable();
    ways.dedup();
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_users_token_is_certain_but_for_what_was_selected() {
        let ways = |needed: &'static [&'static str], granted: &str, application| {
            AnyOf(needed).other_ways(&Granted::parse(granted), application)
        };
        for needed in [&["Mail.Read"][..], &["Sites.Read.All"], &["ChannelMessage.Read.All"], &["User.Read.All"], &[""]]
        {
            assert_eq!(ways(needed, "User.Read", false), [], "{needed:?}");
        }
        for selected in [
            "Sites.Selected",
            "https://graph.microsoft.com/lists.selectedoperations.selected",
            "Files.SelectedOperations.Selected",
        ] {
            assert_eq!(ways(&["Files.Read", "Sites.Read.All"], selected, false), [OtherWay::Selected], "{selected}");
            assert_eq!(ways(&["Mail.Read"], selected, false), []);
        }
        assert_eq!(ways(&["Files.Read"], "FileStorageContainer.Selected", false), [], "another service's");
    }

    #[test]
    fn an_app_may_be_allowed_more_than_its_token_says() {
        let ways = |needed: &'static [&'static str]| AnyOf(needed).other_ways(&Granted::default(), true);
        assert_eq!(ways(&["Mail.ReadBasic.All", "Mail.Read"]), [OtherWay::ExchangeRoles]);
        assert_eq!(ways(&["ChannelMessage.Read.All"]), [OtherWay::ResourceSpecificConsent]);
        assert_eq!(ways(&["User.Read.All"]), [OtherWay::DirectoryRoles]);
        assert_eq!(
            ways(&["Team.ReadBasic.All", "Group.Read.All"]),
            [OtherWay::ResourceSpecificConsent, OtherWay::DirectoryRoles]
        );
        for certain in
            [&["DeviceManagementManagedDevices.Read.All"][..], &["Sites.Read.All"], &["Reports.Read.All"], &[""]]
        {
            assert_eq!(ways(certain), [], "{certain:?}");
        }
        assert_eq!(OtherWay::for_apps(&["Sites.Read.All"]), [OtherWay::Selected]);
    }
}
