//! Devices that Intune manages.

use connector_sdk::Request;
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A device that Intune manages: its id there, which is not the one in the directory.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "managed_devices", "format" = "uuid"))]
pub struct ManagedDeviceId(pub String);

impl ManagedDeviceId {
    /// A request to it, or to something `below` it, such as `/syncDevice`.
    pub fn request(&self, method: Method, below: &str) -> Request {
        Request::new(method, format!("/deviceManagement/managedDevices/{{deviceId}}{below}"))
            .path_param("deviceId", self.0.as_str())
    }

    /// A request for a remote action on it.
    pub fn act(&self, below: &str) -> Request {
        self.request(Method::POST, below)
    }
}

/// A device that Intune manages; see [the resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/intune-devices-manageddevice
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "managedDevice"))]
pub struct ManagedDevice {
    /// The id.
    pub id: String,
    /// The device's own name.
    pub device_name: Option<String>,
    /// The device's name in Intune.
    pub managed_device_name: Option<String>,
    /// Owner of the device: `company` or `personal`.
    pub managed_device_owner_type: Option<String>,
    /// What administrators wrote about it. Returned only when it is selected for one device.
    pub notes: Option<String>,
    /// The object id of its user.
    pub user_id: Option<String>,
    /// The name of its user.
    pub user_display_name: Option<String>,
    /// The user principal name of its user.
    pub user_principal_name: Option<String>,
    /// The address of its user.
    pub email_address: Option<String>,
    /// The system, such as `Windows`, `iOS`, `macOS` or `Android`.
    pub operating_system: Option<String>,
    /// The version of the system.
    pub os_version: Option<String>,
    /// The manufacturer.
    pub manufacturer: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// The serial number.
    pub serial_number: Option<String>,
    /// The IMEI of a phone.
    pub imei: Option<String>,
    /// The number of a phone.
    pub phone_number: Option<String>,
    /// The MAC address of its wireless network.
    pub wi_fi_mac_address: Option<String>,
    /// When it was enrolled.
    pub enrolled_date_time: Option<String>,
    /// Kind of enrolment, such as `windowsAzureADJoin`.
    pub device_enrollment_type: Option<String>,
    /// When it last checked in.
    pub last_sync_date_time: Option<String>,
    /// Whether the device complies with the policies: `compliant`, `noncompliant`, `inGracePeriod` and others.
    pub compliance_state: Option<String>,
    /// End of the grace period for compliance.
    pub compliance_grace_period_expiration_date_time: Option<String>,
    /// Kind of management, such as `mdm`.
    pub management_agent: Option<String>,
    /// State of its management: `managed`, `retirePending`, `wipePending` and others.
    pub management_state: Option<String>,
    /// State of its registration in the directory: `registered` and others.
    pub device_registration_state: Option<String>,
    /// Whether the device is registered in the directory.
    #[serde(rename = "azureADRegistered")]
    pub azure_ad_registered: Option<bool>,
    /// Its device id in the directory.
    #[serde(rename = "azureADDeviceId")]
    pub azure_ad_device_id: Option<String>,
    /// The category that administrators gave it.
    pub device_category_display_name: Option<String>,
    /// Whether it is supervised, which only Apple's devices can be.
    pub is_supervised: Option<bool>,
    /// Whether its storage is encrypted.
    pub is_encrypted: Option<bool>,
    /// Whether it is jailbroken or rooted: `True`, `False` or `Unknown`.
    pub jail_broken: Option<String>,
    /// State of threats that a protection partner reports, such as `secured`.
    pub partner_reported_threat_state: Option<String>,
    /// Its storage in bytes.
    pub total_storage_space_in_bytes: Option<i64>,
    /// Free storage in bytes.
    pub free_storage_space_in_bytes: Option<i64>,
    /// The remote actions that were requested, and their outcomes.
    pub device_action_results: Option<Vec<DeviceActionResult>>,
}

/// A remote action and its outcome.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "deviceActionResult"))]
pub struct DeviceActionResult {
    /// Its name, such as `rebootNow`.
    pub action_name: Option<String>,
    /// State of the action: `pending`, `active`, `done`, `failed`, `canceled` or `notSupported`.
    pub action_state: Option<String>,
    /// When the action was requested.
    pub start_date_time: Option<String>,
    /// When its state changed last.
    pub last_updated_date_time: Option<String>,
}

/// What Graph tells only of one device, and only when it is selected.
pub const ONLY_WHEN_SELECTED: [&str; 6] =
    ["activationLockBypassCode", "ethernetMacAddress", "iccid", "notes", "physicalMemoryInBytes", "udid"];

/// What comes of a device when nothing is selected; more can be asked for by name.
pub const MANAGED_DEVICE_FIELDS: &[&str] = &[
    "id",
    "userId",
    "deviceName",
    "managedDeviceOwnerType",
    "deviceActionResults",
    "enrolledDateTime",
    "lastSyncDateTime",
    "operatingSystem",
    "complianceState",
    "jailBroken",
    "managementAgent",
    "osVersion",
    "easActivated",
    "easDeviceId",
    "azureADRegistered",
    "deviceEnrollmentType",
    "emailAddress",
    "azureADDeviceId",
    "deviceRegistrationState",
    "deviceCategoryDisplayName",
    "isSupervised",
    "isEncrypted",
    "userPrincipalName",
    "model",
    "manufacturer",
    "imei",
    "complianceGracePeriodExpirationDateTime",
    "serialNumber",
    "phoneNumber",
    "androidSecurityPatchLevel",
    "userDisplayName",
    "wiFiMacAddress",
    "subscriberCarrier",
    "meid",
    "totalStorageSpaceInBytes",
    "freeStorageSpaceInBytes",
    "managedDeviceName",
    "partnerReportedThreatState",
    "managementCertificateExpirationDate",
    "managementState",
];
