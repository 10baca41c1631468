use connector_sdk::{Code, Secret};
use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::key::KeyRing;
use crate::seal::SealedDocuments;
use crate::store::Sqlite;

const EFFECTS: [Effect; 5] = [Effect::Read, Effect::Create, Effect::Update, Effect::Delete, Effect::Send];
const NAMES: [&str; 5] = ["outlook.send_email", "outlook.list_emails", "graph.get_file", "graph_raw.get", "work"];

fn vault() -> SealedDocuments {
    SealedDocuments::new(Arc::new(Sqlite::in_memory().unwrap()), KeyRing::random().unwrap())
}

fn principal(id: &str, grant: Grant, parent: Option<Arc<Principal>>) -> Arc<Principal> {
    Arc::new(Principal { id: PrincipalId::new(id).unwrap(), name: id.into(), grant, parent })
}

fn patterns() -> impl Strategy<Value = Patterns> {
    let texts = vec!["*", "outlook.*", "outlook.list_*", "outlook.send_email", "graph*", "graph_raw.get", "work", "w*"];
    prop::collection::vec(prop::sample::select(texts), 0..4).prop_map(|texts| Patterns::new(texts).unwrap())
}

fn rule() -> impl Strategy<Value = Rule> {
    prop::sample::select(vec![Rule::Allow, Rule::AfterPreview, Rule::AfterApproval, Rule::Deny])
}

fn rules() -> impl Strategy<Value = Rules> {
    let exceptions = prop::collection::vec((patterns(), rule()), 0..3);
    let domains = prop::option::of(prop::collection::vec(prop::sample::select(vec!["contoso.com", "a.example"]), 0..3));
    let effects = (rule(), rule(), rule(), rule(), rule());
    (effects, exceptions, domains, any::<bool>()).prop_map(
        |((read, create, update, send, delete), exceptions, recipients, console)| Rules {
            read,
            create,
            update,
            send,
            delete,
            exceptions: exceptions.into_iter().map(|(actions, rule)| Exception { actions, rule }).collect(),
            recipients: recipients.map(|all| all.into_iter().map(|one| Domain::new(one).unwrap()).collect()),
            approvals: if console { ApprovalBy::Console } else { ApprovalBy::ClientOrConsole },
        },
    )
}

fn grant() -> impl Strategy<Value = Grant> {
    let access = || prop::sample::select(vec![Access::None, Access::Read, Access::Write]);
    let reach = prop::sample::select(vec![Reach::None, Reach::Own, Reach::All]);
    let flags = any::<(bool, bool, bool, bool, bool)>();
    let end = prop::option::of(0_i64..1_000_000);
    ((patterns(), patterns(), patterns(), rules(), end), (access(), access(), reach, flags)).prop_map(
        |((connections, actions, tools, rules, end), (watches, destinations, audit, flags))| Grant {
            connections,
            actions,
            tools,
            rules,
            watches,
            destinations,
            audit,
            connect: flags.0,
            approve: flags.1,
            keys: flags.2,
            metrics: flags.3,
            admin: flags.4,
            expires: end.map(|second| Timestamp::from_second(second).unwrap()),
        },
    )
}

fn chain(grants: Vec<Grant>) -> Arc<Principal> {
    let grants = grants.into_iter().enumerate();
    grants.fold(None, |parent, (at, grant)| Some(principal(&format!("p{at}"), grant, parent))).unwrap()
}

/// Asserts that `child` may do nothing that `parent` may not.
fn is_within(child: &Principal, parent: &Principal) {
    for name in NAMES {
        for effect in EFFECTS {
            assert!(child.rule(name, effect) >= parent.rule(name, effect), "{name} {effect:?}");
        }
        for id in ["c1", "c2"] {
            let connection = ConnectionRef::new(name, id);
            assert!(!child.reaches(&connection) || parent.reaches(&connection), "{name} {id}");
        }
        assert!(!child.reaches_action(name) || parent.reaches_action(name), "{name}");
    }
    for address in ["adele@contoso.com", "b@a.example", "c@evil.example", "nobody"] {
        assert!(!child.reaches_recipient(address) || parent.reaches_recipient(address), "{address}");
    }
    assert!(child.approvals() == ApprovalBy::Console || parent.approvals() == ApprovalBy::ClientOrConsole);
    assert!(child.watches() <= parent.watches() && child.destinations() <= parent.destinations());
    assert!(child.audit() <= parent.audit());
    let rights: [fn(&Principal) -> bool; 5] = [
        Principal::may_connect,
        Principal::may_approve,
        Principal::may_manage_keys,
        Principal::may_read_metrics,
        Principal::is_admin,
    ];
    assert!(rights.iter().all(|right| !right(child) || right(parent)));
    assert!(parent.expires().is_none_or(|end| child.expires().is_some_and(|own| own <= end)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn no_key_exceeds_one_above_it(grants in prop::collection::vec(grant(), 1..=MAX_CHAIN + 1)) {
        let key = chain(grants);
        let mut above = Some(&key);
        while let Some(one) = above {
            is_within(&key, one);
            above = one.parent.as_ref();
        }
    }

    #[test]
    fn a_grant_is_read_as_it_was_written(grant in grant()) {
        let text = serde_json::to_string(&grant).unwrap();
        prop_assert_eq!(serde_json::from_str::<Grant>(&text).unwrap(), grant.clone());
        prop_assert!(grant.describe().iter().all(|sentence| sentence.ends_with('.')));
    }
}

#[test]
fn a_chain_that_is_too_long_may_do_nothing() {
    let longest = chain(vec![Grant::everything(); MAX_CHAIN]);
    assert_eq!(longest.rule("outlook.list_emails", Effect::Read), Rule::Allow);
    assert!(longest.may_manage_keys());
    let longer = chain(vec![Grant::everything(); MAX_CHAIN + 1]);
    assert_eq!(longer.rule("outlook.list_emails", Effect::Read), Rule::Deny);
    assert!(!longer.reaches(&ConnectionRef::new("work", "c1")) && !longer.may_manage_keys());
    assert_eq!(longer.approvals(), ApprovalBy::Console);
}

#[test]
fn exceptions_count_in_their_order() {
    let exception = |text: &str, rule| Exception { actions: Patterns::new([text]).unwrap(), rule };
    let rules = Rules {
        exceptions: vec![
            exception("outlook.send_email", Rule::AfterPreview),
            exception("outlook.*", Rule::AfterApproval),
        ],
        ..Rules::default()
    };
    assert_eq!(rules.rule("outlook.send_email", Effect::Send), Rule::AfterPreview);
    assert_eq!(rules.rule("outlook.list_emails", Effect::Read), Rule::AfterApproval);
    assert_eq!(rules.rule("graph.list_files", Effect::Read), Rule::Allow);
    assert_eq!(rules.rule("graph.send_email", Effect::Send), Rule::Deny);
}

#[test]
fn a_grant_is_described_in_sentences() {
    let exception = Exception { actions: Patterns::new(["outlook.send_draft"]).unwrap(), rule: Rule::Deny };
    let grant = Grant {
        connections: Patterns::new(["work", "home", "test_*"]).unwrap(),
        actions: Patterns::everything(),
        rules: Rules {
            exceptions: vec![exception],
            recipients: Some(vec![Domain::new("contoso.com").unwrap()]),
            ..Rules::guarded()
        },
        watches: Access::Read,
        keys: true,
        ..Grant::default()
    };
    assert_eq!(
        grant.describe(),
        [
            "It reaches the connections `work` and `home`, and those that begin with `test_`.",
            "It reaches all actions and triggers, also those that are made later.",
            "It may read at once.",
            "It may create and update after a preview of the same input.",
            "It may send and delete after a person has approved that very run.",
            "But it runs `outlook.send_draft` never.",
            "It may send to addresses at contoso.com alone.",
            "Only somebody in the console or on the command line may approve.",
            "It may see watches.",
            "It may make and revoke keys, which never exceed it.",
            "It does not end by itself.",
        ]
    );
}

#[test]
fn every_violation_of_a_grant_is_reported() {
    let exception = Exception { actions: Patterns::default(), rule: Rule::Allow };
    let grant = Grant {
        actions: Patterns::new(vec!["a"; 201]).unwrap(),
        rules: Rules { exceptions: vec![exception], ..Rules::default() },
        expires: Some(Timestamp::UNIX_EPOCH),
        ..Grant::default()
    };
    let error = grant.check(Timestamp::now()).unwrap_err();
    let places: Vec<&str> = error.violations().iter().map(|issue| issue.pointer.as_str()).collect();
    assert_eq!(places, ["/actions", "/rules/exceptions/0/actions", "/expires"]);
}

#[tokio::test]
async fn a_key_is_its_holder_until_it_or_one_above_it_is_revoked() {
    let vault = vault();
    let principals = Principals(&vault);
    let now = Timestamp::now();
    let owner = Principal::owner();
    let first = principals.add(&owner, " Agent ", Grant::everything()).await.unwrap();
    let holder = principals.authenticate(&first.key, now).await.unwrap();
    assert_eq!((&*holder.name, &holder.id, &holder.parent), ("Agent", &first.principal.id, &None));
    let second = principals.add(&holder, "Child", Grant::everything()).await.unwrap();
    let child = principals.authenticate(&second.key, now).await.unwrap();
    assert_eq!(child.parent, Some(holder.clone()));
    assert!(child.may_manage_keys() && child.descends_from(&holder.id) && !holder.descends_from(&child.id));

    principals.change(&holder.id, Grant::default()).await.unwrap();
    let narrowed = principals.authenticate(&second.key, now).await.unwrap();
    assert!(!narrowed.may_manage_keys(), "a parent that is narrowed later narrows its keys");

    assert_eq!(principals.revoke(&holder.id).await.unwrap(), [holder.id.clone(), child.id.clone()]);
    for key in [&first.key, &second.key] {
        let error = principals.authenticate(key, now).await.unwrap_err();
        assert_eq!((error.code(), error.reason()), (Code::Denied, Some("unknown_key")));
    }
    assert!(principals.all().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_child_without_its_parent_is_no_key_although_it_is_still_stored() {
    let vault = vault();
    let principals = Principals(&vault);
    let first = principals.add(&Principal::owner(), "Agent", Grant::everything()).await.unwrap();
    let holder = principals.authenticate(&first.key, Timestamp::now()).await.unwrap();
    let second = principals.add(&holder, "Child", Grant::everything()).await.unwrap();
    assert!(principals.remove(&holder.id).await.unwrap(), "as if the removal had been cut off here");
    let error = principals.authenticate(&second.key, Timestamp::now()).await.unwrap_err();
    assert_eq!(error.reason(), Some("unknown_key"));
}

#[tokio::test]
async fn every_key_that_is_not_valid_gets_the_same_answer() {
    let vault = vault();
    let principals = Principals(&vault);
    let real = principals.add(&Principal::owner(), "Agent", Grant::everything()).await.unwrap();
    let text = real.key.expose();
    let (head, secret) = text.rsplit_once('_').unwrap();
    let other_secret = format!("{head}_{}", "0".repeat(64));
    let other_id = format!("tnk_{}_{secret}", "0".repeat(16));
    let mut answers = Vec::new();
    for key in ["", "tnk_", "secret", &other_secret, &other_id, &text[..80]] {
        let error = principals.authenticate(&Secret::new(key), Timestamp::now()).await.unwrap_err();
        answers.push(serde_json::to_string(&error).unwrap());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn a_key_ends_with_the_first_end_above_it() {
    let vault = vault();
    let principals = Principals(&vault);
    let now = Timestamp::now();
    let end = Some(now + SignedDuration::from_hours(1));
    let first = principals.add(&Principal::owner(), "A", Grant { expires: end, ..Grant::everything() }).await.unwrap();
    let holder = principals.authenticate(&first.key, now).await.unwrap();
    let second = principals.add(&holder, "B", Grant::everything()).await.unwrap();
    assert!(principals.authenticate(&second.key, now).await.is_ok());
    let error = principals.authenticate(&second.key, now + SignedDuration::from_hours(2)).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::Denied, Some("expired")));
}

#[tokio::test]
async fn a_chain_of_keys_has_an_end() {
    let vault = vault();
    let principals = Principals(&vault);
    let mut maker = Principal::owner();
    for depth in 1..=MAX_CHAIN {
        let new = principals.add(&maker, &format!("Key {depth}"), Grant::everything()).await.unwrap();
        maker = principals.authenticate(&new.key, Timestamp::now()).await.unwrap();
    }
    let error = principals.add(&maker, "One more", Grant::everything()).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
}

#[tokio::test]
async fn the_secret_of_a_key_is_not_in_the_store() {
    let store = Arc::new(Sqlite::in_memory().unwrap());
    let ring = KeyRing::random().unwrap();
    let vault = SealedDocuments::new(store, ring);
    let new = Principals(&vault).add(&Principal::owner(), "Agent", Grant::everything()).await.unwrap();
    let secret = new.key.expose().rsplit_once('_').unwrap().1;
    let (_, plain) = vault.get(crate::kinds::PRINCIPAL, &format!("main/{}", new.principal.id)).await.unwrap().unwrap();
    let plain = String::from_utf8(plain.to_vec()).unwrap();
    assert!(plain.contains("Agent") && !plain.contains(secret), "not even under the seal");
    assert!(!format!("{new:?}").contains(secret));
}
