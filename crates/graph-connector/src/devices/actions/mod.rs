//! Actions, one to a file.

pub mod delete_managed_device;
pub mod get_managed_device;
pub mod list_managed_devices;
pub mod list_user_managed_devices;
pub mod locate_managed_device;
pub mod lock_managed_device;
pub mod reboot_managed_device;
pub mod reset_passcode_managed_device;
pub mod retire_managed_device;
pub mod scan_managed_device;
pub mod shut_down_managed_device;
pub mod sync_managed_device;
pub mod update_managed_device;
pub mod wipe_managed_device;
