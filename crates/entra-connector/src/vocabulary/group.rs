//! Groups: what Graph returns of them, and what can be set.

use connector_sdk::schema::rules;
use connector_sdk::{Edit, Error, Fields, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What Graph returns of a group when nothing is selected, as far as this connector describes it.
pub const GROUP_FIELDS: &[&str] = &[
    "id",
    "deletedDateTime",
    "classification",
    "createdDateTime",
    "description",
    "displayName",
    "expirationDateTime",
    "groupTypes",
    "isAssignableToRole",
    "mail",
    "mailEnabled",
    "mailNickname",
    "membershipRule",
    "membershipRuleProcessingState",
    "onPremisesDomainName",
    "onPremisesLastSyncDateTime",
    "onPremisesNetBiosName",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "preferredDataLocation",
    "preferredLanguage",
    "proxyAddresses",
    "renewedDateTime",
    "resourceBehaviorOptions",
    "resourceProvisioningOptions",
    "securityEnabled",
    "securityIdentifier",
    "theme",
    "visibility",
    "onPremisesProvisioningErrors",
];

/// A group, as Graph returns it; see [its page][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/group
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "group"))]
pub struct Group {
    /// The id.
    pub id: String,
    /// The name that is shown.
    pub display_name: Option<String>,
    /// What the group is for.
    pub description: Option<String>,
    /// The email address.
    pub mail: Option<String>,
    /// The part of the email address before the `@`.
    pub mail_nickname: Option<String>,
    /// Whether the group receives mail.
    pub mail_enabled: Option<bool>,
    /// Whether access can be granted to the group.
    pub security_enabled: Option<bool>,
    /// `Unified` for a Microsoft 365 group, `DynamicMembership` where a rule decides who is a member.
    pub group_types: Option<Vec<String>>,
    /// `Public`, `Private` or `HiddenMembership`.
    pub visibility: Option<String>,
    /// The rule of a dynamic group.
    pub membership_rule: Option<String>,
    /// `On` or `Paused`.
    pub membership_rule_processing_state: Option<String>,
    /// Whether roles can be given to the group.
    pub is_assignable_to_role: Option<bool>,
    /// The unique name, if it has one. Returned only when it is selected.
    pub unique_name: Option<String>,
    /// When the group was created.
    pub created_date_time: Option<String>,
    /// When the group was last renewed.
    pub renewed_date_time: Option<String>,
    /// When the group expires, if it does.
    pub expiration_date_time: Option<String>,
    /// When the group was deleted, for those that can be restored.
    pub deleted_date_time: Option<String>,
    /// The preferred language of the group.
    pub preferred_language: Option<String>,
    /// Behaviour options of a Microsoft 365 group.
    pub resource_behavior_options: Option<Vec<String>>,
    /// Services that were set up with the group, such as `Team`.
    pub resource_provisioning_options: Option<Vec<String>>,
}

/// What kind of group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum GroupType {
    /// A Microsoft 365 group, with a mailbox and a site.
    Microsoft365,
    /// A security group.
    Security,
    /// A Microsoft 365 group whose members follow from a rule.
    DynamicMicrosoft365,
    /// A security group whose members follow from a rule.
    DynamicSecurity,
}

impl GroupType {
    /// Whether it is a Microsoft 365 group.
    pub fn is_unified(self) -> bool {
        matches!(self, GroupType::Microsoft365 | GroupType::DynamicMicrosoft365)
    }
    /// Whether its members follow from a rule.
    pub fn is_dynamic(self) -> bool {
        matches!(self, GroupType::DynamicMicrosoft365 | GroupType::DynamicSecurity)
    }
    /// As Graph says it.
    pub fn names(self) -> Vec<&'static str> {
        let unified = self.is_unified().then_some("Unified");
        unified.into_iter().chain(self.is_dynamic().then_some("DynamicMembership")).collect()
    }
}

/// Who can see a group and join it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum Visibility {
    /// Anyone can see it and join.
    Public,
    /// Anyone can see it; an owner lets people in.
    Private,
    /// Who is a member is hidden. It cannot be changed later.
    HiddenMembership,
}

/// Whether a rule is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum RuleState {
    /// It is applied.
    On,
    /// It is not applied at present.
    Paused,
}

/// What can be set of a group, when it is created and later. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupContent {
    /// What the group is for.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    #[schemars(length(max = 1024))]
    pub description: Edit<String>,
    /// Who can see it and join. The default is `Public` for a Microsoft 365 group, `Private` for a security group.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    pub visibility: Edit<Visibility>,
    /// The rule of a dynamic group, such as `user.department -eq "Sales"`.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    #[schemars(length(max = 3072))]
    pub membership_rule: Edit<String>,
    /// Whether the rule is applied.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    pub membership_rule_processing_state: Edit<RuleState>,
    /// The preferred language of a Microsoft 365 group, such as `en-US`.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    pub preferred_language: Edit<String>,
    /// Sensitivity, as one of the tenant's classes.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    pub classification: Edit<String>,
}

/// What kind of group a new one is. Used with `#[serde(flatten)]`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = rules::only_with(&["membershipRule", "groupType=dynamicMicrosoft365", "groupType=dynamicSecurity"]))]
#[schemars(transform = rules::needed_with(&["membershipRule", "groupType=dynamicMicrosoft365", "groupType=dynamicSecurity"]))]
#[schemars(transform = rules::at_most_one(&["mailEnabled=true", "groupType=security", "groupType=dynamicSecurity"]))]
#[schemars(transform = rules::at_most_one(&["mailEnabled=false", "groupType=microsoft365", "groupType=dynamicMicrosoft365"]))]
#[schemars(transform = rules::at_most_one(&["securityEnabled=false", "groupType=security", "groupType=dynamicSecurity"]))]
pub struct GroupKind {
    /// What kind of group.
    group_type: GroupType,
    /// Whether the group receives mail. It follows from the type; a contradicting value is refused.
    mail_enabled: Option<bool>,
    /// Whether access can be granted to it. The default is yes for a security group, no for a Microsoft 365 group.
    security_enabled: Option<bool>,
}

impl GroupKind {
    /// Refuses what Graph cannot create.
    ///
    /// # Errors
    /// `invalid_input` at what contradicts the type.
    pub fn check(&self, content: &GroupContent) -> Result<()> {
        let unified = self.group_type.is_unified();
        if self.mail_enabled.is_some_and(|mail| mail != unified) {
            return Err(Error::invalid(
                "/mailEnabled",
                "a Microsoft 365 group receives mail and a security group does not; mail-enabled security groups and distribution lists are created in Exchange",
            ));
        }
        if !unified && self.security_enabled == Some(false) {
            return Err(Error::invalid("/securityEnabled", "a security group is security-enabled"));
        }
        if self.group_type.is_dynamic() != content.membership_rule.value().is_some() {
            return Err(Error::invalid(
                "/membershipRule",
                "a rule goes with the dynamic group types, and only with them",
            ));
        }
        Ok(())
    }

    /// Whether who is in it follows from a rule.
    pub fn is_dynamic(&self) -> bool {
        self.group_type.is_dynamic()
    }

    /// The properties of the new group.
    ///
    /// # Errors
    /// `bug` when a value does not print.
    pub fn fields(&self, content: GroupContent) -> Result<Fields> {
        let unified = self.group_type.is_unified();
        let applied = self.group_type.is_dynamic() && content.membership_rule_processing_state.is_keep();
        Ok(Fields::of(&content)?
            .with("groupTypes", Some(self.group_type.names()))
            .with("mailEnabled", Some(unified))
            .with("securityEnabled", Some(self.security_enabled.unwrap_or(!unified)))
            .with("membershipRuleProcessingState", applied.then_some("On")))
    }
}
