//! Users and groups.

use serde_json::{Value, json};

use super::{DOMAIN, sku_id};
use crate::graph::json::object;
use crate::graph::mailbox::Mailbox;
use crate::graph::store::guid;
use crate::graph::tenant::{ObjectKind, Tenant, link_member, new_group};
use crate::graph::time::stamp;

/// Alias, given name, surname, job title, department, office, manager's alias, licensed.
type Person =
    (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, Option<&'static str>, bool);

const PEOPLE: [Person; 12] = [
    ("MeganB", "Megan", "Bowen", "Marketing Manager", "Marketing", "12/1110", None, true),
    ("AdeleV", "Adele", "Vance", "Retail Manager", "Retail", "18/2111", Some("MeganB"), true),
    ("AlexW", "Alex", "Wilber", "Marketing Assistant", "Marketing", "131/1104", Some("MeganB"), true),
    ("DiegoS", "Diego", "Siciliani", "HR Manager", "HR", "14/1108", Some("MeganB"), true),
    ("GradyA", "Grady", "Archie", "Designer", "R&D", "19/2109", Some("LeeG"), true),
    ("HenriettaM", "Henrietta", "Mueller", "Developer", "R&D", "18/1106", Some("LeeG"), true),
    ("IsaiahL", "Isaiah", "Langer", "Sales Rep", "Sales", "20/1101", Some("AdeleV"), true),
    ("JohannaL", "Johanna", "Lorenz", "Senior Engineer", "Engineering", "23/2102", Some("LeeG"), true),
    ("JoniS", "Joni", "Sherman", "Paralegal", "Legal", "20/1109", Some("MeganB"), true),
    ("LeeG", "Lee", "Gu", "Director", "R&D", "23/3101", Some("MeganB"), true),
    ("PattiF", "Patti", "Fernandez", "President", "Executive Management", "15/1102", None, true),
    ("BreakGlass", "Emergency", "Access", "", "IT", "", None, false),
];

/// How many of them have a licence, and with it a mailbox and a drive.
pub(super) const LICENSED: u32 = 11;

pub(super) fn key_of(tenant: &Tenant, alias: &str) -> u64 {
    tenant.directory.user_key(&format!("{alias}@{DOMAIN}")).unwrap_or_default()
}

pub(super) fn users(tenant: &mut Tenant) {
    let created = stamp(crate::graph::time::seconds_later(tenant.now(), -800 * 86_400));
    for (i, (alias, given, surname, title, department, office, _, licensed)) in PEOPLE.into_iter().enumerate() {
        tenant.count_from(1_000 + 200 * i as u64);
        let key = tenant.key();
        let address = format!("{alias}@{DOMAIN}");
        let text = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
        let mail = if licensed { address.clone().into() } else { Value::Null };
        let licences: Vec<Value> = if licensed {
            vec![json!({ "disabledPlans": [], "skuId": sku_id("ENTERPRISEPREMIUM") })]
        } else {
            Vec::new()
        };
        let user = json!({
            "id": guid(&format!("user {alias}")), "businessPhones": [format!("+1 425 555 01{i:02}")], "displayName": format!("{given} {surname}"),
            "givenName": given, "jobTitle": text(title), "mail": mail, "mobilePhone": null, "officeLocation": text(office), "preferredLanguage": "en-US",
            "surname": surname, "userPrincipalName": address, "accountEnabled": true, "department": text(department), "city": "Redmond",
            "state": "WA", "country": "United States", "usageLocation": "US", "postalCode": "98052", "streetAddress": "1 Example Way",
            "companyName": "Contoso", "mailNickname": alias, "userType": "Member", "createdDateTime": created, "employeeId": format!("C{:05}", i + 1),
            "proxyAddresses": [format!("SMTP:{address}")], "otherMails": [], "assignedLicenses": licences, "onPremisesSyncEnabled": null,
        });
        tenant.directory.add(ObjectKind::User, key, object(user));
        if licensed {
            let keys: Vec<u64> = (0..Mailbox::KEYS).map(|_| tenant.key()).collect();
            let mailbox = Mailbox::new(key, &format!("{given} {surname}"), &address, &keys);
            tenant.mailboxes.insert(key, mailbox);
        }
    }
    for (alias, .., manager, _) in PEOPLE {
        if let Some(manager) = manager {
            let (user, manager) = (key_of(tenant, alias), key_of(tenant, manager));
            tenant.directory.managers.insert(user, manager);
        }
    }
}

/// Name, nickname, description, whether it is a Microsoft 365 group, its rule if it is dynamic, owner, members.
type Team =
    (&'static str, &'static str, &'static str, bool, Option<&'static str>, &'static str, &'static [&'static str]);

const TEAMS: [Team; 6] = [
    ("Retail", "Retail", "Everybody in the shops", true, None, "AdeleV", &["AdeleV", "IsaiahL", "MeganB"]),
    (
        "Mark 8 Project Team",
        "Mark8",
        "The team that builds the Mark 8",
        true,
        None,
        "LeeG",
        &["LeeG", "GradyA", "HenriettaM", "JohannaL"],
    ),
    ("Leadership", "Leadership", "Contoso's leaders", true, None, "PattiF", &["PattiF", "MeganB", "LeeG"]),
    ("sg-HR", "sg-HR", "Access to personnel files", false, None, "DiegoS", &["DiegoS", "JoniS"]),
    ("sg-All-Offices", "sg-AllOffices", "Nested: leaders and personnel", false, None, "MeganB", &[]),
    (
        "All Engineers",
        "AllEngineers",
        "Everybody in engineering",
        false,
        Some("(user.department -eq \"R&D\") -or (user.department -eq \"Engineering\")"),
        "LeeG",
        &["GradyA", "HenriettaM", "JohannaL", "LeeG"],
    ),
];

pub(super) fn groups(tenant: &mut Tenant) {
    let created = stamp(crate::graph::time::seconds_later(tenant.now(), -600 * 86_400));
    tenant.count_from(9_000);
    for (name, nickname, description, unified, rule, owner, members) in TEAMS {
        let key = tenant.key();
        let mut fields = new_group(key, &created);
        let mut types = Vec::new();
        types.extend(unified.then_some("Unified"));
        types.extend(rule.map(|_| "DynamicMembership"));
        let given = json!({
            "id": guid(&format!("group {nickname}")), "displayName": name, "description": description, "mailNickname": nickname, "groupTypes": types,
            "mailEnabled": unified, "securityEnabled": !unified, "mail": unified.then(|| format!("{nickname}@{DOMAIN}")),
            "visibility": if unified { Value::from("Private") } else { Value::Null }, "membershipRule": rule,
            "membershipRuleProcessingState": rule.map(|_| "On"),
        });
        fields.extend(object(given));
        tenant.directory.add(ObjectKind::Group, key, fields);
        let owner = key_of(tenant, owner);
        tenant.directory.owners.entry(key).or_default().insert(owner);
        for member in members {
            let member = key_of(tenant, member);
            link_member(tenant, key, member);
        }
    }
    // One group within another, for what is asked transitively.
    let find = |tenant: &Tenant, nickname: &str| {
        tenant.directory.groups.iter().find(|group| group.text("mailNickname") == nickname).map(|group| group.key)
    };
    if let (Some(outer), Some(leaders), Some(hr)) =
        (find(tenant, "sg-AllOffices"), find(tenant, "Leadership"), find(tenant, "sg-HR"))
    {
        link_member(tenant, outer, leaders);
        link_member(tenant, outer, hr);
    }
}
