//! Actions, one to a file.

pub mod create_category;
pub mod create_focused_inbox_override;
pub mod create_message_rule;
pub mod create_subscription;
pub mod delete_category;
pub mod delete_focused_inbox_override;
pub mod delete_message_rule;
pub mod get_current_user;
pub mod get_mail_tips;
pub mod get_mailbox_settings;
pub mod get_message_rule;
pub mod list_categories;
pub mod list_focused_inbox_overrides;
pub mod list_message_rules;
pub mod list_supported_languages;
pub mod list_supported_time_zones;
pub mod set_automatic_replies;
pub mod update_category;
pub mod update_focused_inbox_override;
pub mod update_mailbox_settings;
pub mod update_message_rule;
