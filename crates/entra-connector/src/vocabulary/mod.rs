//! The words that the directory's things share, each with its description, bounds and picklist.

mod access;
mod application;
mod gone;
mod group;
mod ids;
mod license;
mod objects;
mod outcome;
mod user;

pub use access::{AuthenticationMethod, DirectoryAudit, Invitation, SignIn, TemporaryAccessPass};
pub use application::{
    AccessType, AppRoleAssignment, Application, ApplicationContent, ExtensionProperty, PasswordCredential,
    PermissionGrant, RequiredResourceAccess, ResourceAccess, ServicePrincipal, SignInAudience,
};
pub use gone::{DELETED_GROUP_FIELDS, DELETED_USER_FIELDS, DeletedGroup, DeletedUser, gone};
pub use group::{GROUP_FIELDS, Group, GroupContent, GroupKind, GroupType, RuleState, Visibility};
pub use ids::{
    ApplicationId, AttributeName, DeviceId, DirectoryRoleId, GroupId, MemberId, NewMemberId, ObjectId,
    RoleDefinitionId, ServicePlanId, ServicePrincipalId, SkuId, UnitId, UserId,
};
pub use license::{LicenseChange, LicenseDetails, LicenseToAdd, SubscribedSku};
pub use objects::{
    AdministrativeUnit, Device, DirectoryObject, DirectoryRole, Domain, MembershipType, Organization, RoleAssignment,
    RoleDefinition, UnitVisibility,
};
pub use outcome::{Added, Taken, Updated};
pub use user::{USER_FIELDS, User, UserContent, UserType, WRONG_NAME, custom_attributes, is_extension, is_numbered};
