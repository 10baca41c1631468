//! Actions, one to a file.

pub mod add_application_password;
pub mod create_app_role_assignment;
pub mod create_application;
pub mod create_service_principal;
pub mod delete_app_role_assignment;
pub mod delete_application;
pub mod delete_service_principal;
pub mod get_application;
pub mod get_service_principal;
pub mod list_app_role_assignments;
pub mod list_applications;
pub mod list_oauth2_grants;
pub mod list_service_principals;
pub mod remove_application_password;
pub mod update_application;
pub mod update_service_principal;
pub mod upsert_application;
