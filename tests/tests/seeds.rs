//! Permissions, account types and inputs are those of the products that these connectors replace. The
//! lists here are copied from their documentation by hand.

use connector_sdk::{Connector, SignInMethod};
use serde_json::Value;
use tenon_tests::connectors;

fn connector(name: &str) -> Connector {
    connectors().into_iter().find(|connector| connector.name == name).unwrap_or_else(|| panic!("no connector {name}"))
}

// A block for each set of permissions, headed by the methods that ask for it.
fn scopes(connector: &Connector) -> String {
    let mut blocks: Vec<(Vec<&str>, String)> = Vec::new();
    for sign_in in &connector.connection.sign_ins {
        let permissions = sign_in.permissions;
        let lists =
            [("minimum", permissions.minimum), ("default", permissions.default), ("optional", permissions.optional)];
        let lists: Vec<String> =
            lists.iter().map(|(name, list)| format!("  {name}: {}", list.join(" ")).trim_end().to_owned()).collect();
        let text = lists.join("\n");
        match blocks.iter_mut().find(|(_, known)| *known == text) {
            Some((methods, _)) => methods.push(sign_in.method.name()),
            None => blocks.push((vec![sign_in.method.name()], text)),
        }
    }
    blocks.iter().map(|(methods, text)| format!("{}\n{text}", methods.join(", "))).collect::<Vec<_>>().join("\n")
}

fn account_types(connector: &Connector) -> Vec<(String, &'static str)> {
    let name = |choice| {
        serde_json::to_value(choice).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    };
    connector.connection.account_types.iter().map(|choice| (name(choice.account_type), choice.label)).collect()
}

#[test]
fn outlook_scopes() {
    insta::assert_snapshot!(scopes(&connector("outlook")), @r"
    authorization_code, device_code
      minimum: User.Read offline_access
      default: Mail.Send Mail.ReadWrite Mail.ReadWrite.Shared Calendars.ReadWrite Calendars.ReadWrite.Shared User.Read offline_access
      optional: Mail.Send.Shared Contacts.ReadWrite Contacts.ReadWrite.Shared MailboxSettings.ReadWrite People.Read Place.Read.All
    client_credentials, client_certificate, workload_identity, managed_identity
      minimum: Mail.Read
      default: Calendars.Read Calendars.ReadWrite Contacts.Read Contacts.ReadWrite Mail.Read Mail.ReadWrite Mail.Send
      optional: MailboxSettings.ReadWrite People.Read.All Place.Read.All User.Read.All
    access_token
      minimum:
      default:
      optional:
    ");
}

#[test]
fn outlook_account_types() {
    let expected = [
        ("common", "Common"),
        ("tenant", "Tenant-specific"),
        ("consumers", "Consumer"),
        ("organizations", "Organization"),
    ];
    assert_eq!(account_types(&connector("outlook")), expected.map(|(name, label)| (name.to_owned(), label)));
}

#[test]
fn entra_scopes() {
    insta::assert_snapshot!(scopes(&connector("entra")), @r"
    authorization_code, device_code
      minimum: User.Read offline_access
      default: Channel.ReadBasic.All ChannelMessage.Read.All ChannelMessage.Send Chat.Read Chat.ReadWrite ChatMessage.Send offline_access Team.ReadBasic.All User.Read User.Read.All User.ReadWrite.All Directory.Read.All Directory.ReadWrite.All Directory.AccessAsUser.All Group.ReadWrite.All GroupMember.Read.All Group.Read.All GroupMember.ReadWrite.All User.ReadBasic.All
      optional: Application.ReadWrite.All AppRoleAssignment.ReadWrite.All RoleManagement.ReadWrite.Directory AdministrativeUnit.ReadWrite.All CustomSecAttributeAssignment.Read.All Device.Read.All Domain.Read.All LicenseAssignment.ReadWrite.All UserAuthenticationMethod.ReadWrite.All AuditLog.Read.All User.Invite.All User.DeleteRestore.All ProfilePhoto.ReadWrite.All
    client_credentials, client_certificate, workload_identity, managed_identity
      minimum:
      default: Directory.Read.All Directory.ReadWrite.All Group.ReadWrite.All Group.Create Group.Read.All GroupMember.Read.All GroupMember.ReadWrite.All User.ManageIdentities.All User.Read.All User.ReadWrite.All
      optional: Application.ReadWrite.All AppRoleAssignment.ReadWrite.All RoleManagement.ReadWrite.Directory AdministrativeUnit.ReadWrite.All CustomSecAttributeAssignment.Read.All Device.ReadWrite.All Domain.Read.All LicenseAssignment.ReadWrite.All UserAuthenticationMethod.ReadWrite.All AuditLog.Read.All User.Invite.All User.DeleteRestore.All ProfilePhoto.ReadWrite.All
    access_token
      minimum:
      default:
      optional:
    ");
}

#[test]
fn entra_account_types() {
    // The tenant is an id, or the word `common`.
    let types = account_types(&connector("entra"));
    assert_eq!(types.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["tenant", "common"]);
}

#[test]
fn graph_scopes() {
    let graph = connector("graph");
    let delegated = graph.connection.sign_ins[0].permissions;
    assert_eq!((delegated.default.len(), delegated.minimum), (25, &["User.Read", "offline_access"][..]));
    assert_eq!(
        delegated.default.join(" "),
        "offline_access openid profile User.Read User.Read.All User.ReadBasic.All User.ReadWrite User.ReadWrite.All Directory.Read.All \
         Directory.ReadWrite.All Files.ReadWrite.All Mail.ReadBasic Mail.Read Mail.ReadWrite Mail.Send MailboxFolder.Read \
         MailboxFolder.ReadWrite Calendars.Read Calendars.ReadBasic Calendars.ReadWrite OnlineMeetings.Read OnlineMeetings.ReadWrite \
         OnlineMeetingArtifact.Read.All OnlineMeetingTranscript.Read.All OnlineMeetingRecording.Read.All"
    );
    assert_eq!(
        delegated.optional[..2],
        ["DeviceManagementManagedDevices.Read.All", "DeviceManagementManagedDevices.ReadWrite.All"]
    );
    let app =
        graph.connection.sign_ins.iter().find(|it| it.method == SignInMethod::ClientCredentials).unwrap().permissions;
    assert_eq!(app.minimum, ["User.Read.All"]);
    assert_eq!(app.default, ["User.Read.All", "Files.ReadWrite.All", "Mail.Read", "Mail.ReadWrite", "Mail.Send"]);
    let labels: Vec<_> = graph.connection.account_types.iter().map(|choice| choice.label).collect();
    assert_eq!(labels, ["Single tenant", "Multitenant", "Active directory multitenant"]);
}

#[test]
fn graph_raw_scopes() {
    insta::assert_snapshot!(scopes(&connector("graph_raw")), @r"
    authorization_code, device_code
      minimum: offline_access
      default: https://graph.microsoft.com/User.Read.All offline_access
      optional:
    client_credentials, client_certificate, workload_identity, managed_identity
      minimum:
      default: https://graph.microsoft.com/.default
      optional:
    access_token
      minimum:
      default:
      optional:
    ");
}

#[test]
fn every_connector_offers_the_code_flow_first() {
    for connector in connectors() {
        let methods: Vec<SignInMethod> = connector.connection.sign_ins.iter().map(|sign_in| sign_in.method).collect();
        assert_eq!(methods.first(), Some(&SignInMethod::AuthorizationCode), "{}", connector.name);
    }
}

/// The inputs of the raw request: its label there, our property, its default there.
const RAW_REQUEST: [(&str, &str, Value); 14] = [
    ("URL", "url", Value::Null),
    ("Method", "method", Value::Null),
    ("Data", "data", Value::Null),
    ("Form Data", "formData", Value::Null),
    ("File Data", "fileData", Value::Null),
    ("Query Parameter", "query", Value::Null),
    ("Header", "headers", Value::Null),
    ("Response Type", "responseType", Value::Null),
    ("Timeout", "timeoutMs", Value::Null),
    ("Debug Request", "debug", Value::Bool(false)),
    ("Retry Delay (ms)", "retryDelayMs", Value::Null),
    ("Retry On All Errors", "retryOnAllErrors", Value::Bool(false)),
    ("Max Retry Count", "maxRetries", Value::Null),
    ("Use Exponential Backoff", "useExponentialBackoff", Value::Bool(false)),
];

#[test]
fn raw_request_has_every_input() {
    let connector = connector("graph_raw");
    let schema = connector.find_action("raw_request").unwrap().input_schema();
    for (label, property, default) in RAW_REQUEST {
        let found = schema
            .pointer(&format!("/properties/{property}"))
            .unwrap_or_else(|| panic!("{label}: no property {property}"));
        if !default.is_null() {
            assert_eq!(found.get("default"), Some(&default), "{label}");
        }
    }
    let default = |property: &str| schema.pointer(&format!("/properties/{property}/default")).cloned();
    assert_eq!(default("responseType"), Some("json".into()));
    assert_eq!((default("retryDelayMs"), default("maxRetries")), (Some(0.into()), Some(0.into())));
    let choices = |property: &str| schema.pointer(&format!("/properties/{property}/enum")).cloned();
    assert_eq!(choices("responseType"), Some(serde_json::json!(["json", "text", "binary"])));
}

#[test]
fn every_verb_is_an_action() {
    let connector = connector("graph_raw");
    for verb in ["get", "post", "put", "patch", "delete"] {
        assert!(connector.find_action(verb).is_some(), "{verb}");
    }
}
