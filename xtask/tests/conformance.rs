//! Planted errors: each is caught, with its file, its place and the right name.

use connector_sdk::{Accepted, Action, Connector, Context, Effect, Plan, Raw, Request, Result, Spec};
use graph_metadata::{Model, Table};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use xtask::checkout::Checkout;
use xtask::conformance::waivers::Waivers;
use xtask::conformance::{self, report::Report};
use xtask::metadata::{Files, Places};

const CSDL: &str = r#"<?xml version="1.0"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
  <Schema Namespace="microsoft.graph" Alias="graph" xmlns="http://docs.oasis-open.org/odata/ns/edm">
    <EnumType Name="priority"><Member Name="low" Value="0" /><Member Name="high" Value="1" /></EnumType>
    <EntityType Name="entity" Abstract="true"><Property Name="id" Type="Edm.String" /></EntityType>
    <ComplexType Name="place"><Property Name="town" Type="Edm.String" /></ComplexType>
    <EntityType Name="person" BaseType="graph.entity">
      <Property Name="displayName" Type="Edm.String" /><Property Name="age" Type="Edm.Int32" />
      <Property Name="home" Type="graph.place" /><Property Name="nicknames" Type="Collection(Edm.String)" />
      <NavigationProperty Name="letters" Type="Collection(graph.letter)" ContainsTarget="true" />
      <NavigationProperty Name="friends" Type="Collection(graph.person)" />
    </EntityType>
    <EntityType Name="letter" BaseType="graph.entity">
      <Property Name="subject" Type="Edm.String" /><Property Name="priority" Type="graph.priority" />
    </EntityType>
    <Action Name="post" IsBound="true">
      <Parameter Name="bindingParameter" Type="graph.person" /><Parameter Name="Letter" Type="graph.letter" />
    </Action>
    <Function Name="delta" IsBound="true">
      <Parameter Name="bindingParameter" Type="Collection(graph.letter)" /><ReturnType Type="Collection(graph.letter)" />
    </Function>
    <EntityContainer Name="service">
      <EntitySet Name="people" EntityType="microsoft.graph.person" /><Singleton Name="me" Type="microsoft.graph.person" />
    </EntityContainer>
    <Annotations Target="microsoft.graph.person/letters"><Annotation Term="Org.OData.Capabilities.V1.InsertRestrictions"><Record>
      <PropertyValue Property="Insertable" Bool="false" /></Record></Annotation></Annotations>
  </Schema></edmx:DataServices></edmx:Edmx>"#;

const TABLE: &str = r#"{ "permissions": {
  "Letter.Read": { "pathSets": [{ "schemeKeys": ["DelegatedWork"], "methods": ["GET"], "paths": { "/me/letters": "least=DelegatedWork", "/me/letters/{id}": "least=DelegatedWork" } }] },
  "Letter.ReadWrite": { "pathSets": [
    { "schemeKeys": ["DelegatedWork"], "methods": ["GET"], "paths": { "/me/letters": "" } },
    { "schemeKeys": ["DelegatedWork"], "methods": ["PATCH", "DELETE"], "paths": { "/me/letters/{id}": "least=DelegatedWork" } },
    { "schemeKeys": ["DelegatedWork"], "methods": ["POST"], "paths": { "/me/post": "least=DelegatedWork" } }] },
  "Person.Read": { "pathSets": [{ "schemeKeys": ["DelegatedWork"], "methods": ["GET"], "paths": { "/me": "least=DelegatedWork", "/people": "" } }] }
} }"#;

// An action that sends one request, as planted.
macro_rules! planted {
    ($($name:ident $title:literal $scopes:expr, $request:expr;)*) => {
        $(
            /// Sends what was planted.
            #[derive(Debug, Deserialize, JsonSchema)]
            #[schemars(extend("examples" = [json!({})]))]
            struct $name {}
            impl Action for $name {
                type Output = Accepted;
                const SPEC: Spec = Spec::new($title, $title, Effect::Update).delegated($scopes);
                fn plan(self, _: &Context) -> Result<Plan<Accepted>> {
                    let request: Request = $request;
                    Ok(request.accepted())
                }
            }
        )*
        fn planted() -> Connector {
            Connector::new("planted", "Planted", "What was planted.", graph_raw::connector().connection)$(.action::<$name>())*.action::<WrongOutput>()
        }
    };
}

planted! {
    Right "right" &["Letter.Read", "Letter.ReadWrite"], Request::get("/me/letters").query("$select", "subject,priority").query("$orderby", "subject desc");
    WrongPath "wrong_path" &["Letter.Read"], Request::get("/me/leters");
    WrongMethod "wrong_method" &["Letter.ReadWrite"], Request::get("/me/post");
    Refused "refused" &["Letter.ReadWrite"], Request::post("/me/letters").json(json!({ "subject": "x" }));
    WrongProperty "wrong_property" &["Letter.ReadWrite"], Request::patch("/me/letters/1").json(json!({ "subjct": "x" }));
    WrongKind "wrong_kind" &["Letter.ReadWrite"], Request::patch("/me/letters/1").json(json!({ "subject": 7 }));
    WrongMember "wrong_member" &["Letter.ReadWrite"], Request::post("/me/post").json(json!({ "letter": { "priority": "hihg" } }));
    WrongParameter "wrong_parameter" &["Letter.ReadWrite"], Request::post("/me/post").json(json!({ "lettr": {} }));
    WrongSelect "wrong_select" &["Letter.Read"], Request::get("/me/letters").query("$select", "subject,prioritty");
    WrongExpand "wrong_expand" &["Person.Read"], Request::get("/me").query("$expand", "letters($select=sbject)");
    WrongBind "wrong_bind" &["Letter.ReadWrite"], Request::patch("/me/letters/1").json(json!({ "friends@odata.bind": [] }));
    WrongScope "wrong_scope" &["Person.Read"], Request::get("/me/letters");
    UnknownScope "unknown_scope" &["Letter.Read", "Letter.ReadWrit"], Request::get("/me/letters");
    WrongOrder "wrong_order" &["Letter.ReadWrite", "Letter.Read"], Request::get("/me/letters");
}

/// A letter, not as Graph has it.
#[derive(Debug, serde::Serialize, JsonSchema)]
#[schemars(extend("x-graph-type" = "letter"))]
#[allow(dead_code, reason = "only its schema counts")]
struct Letter {
    subjekt: Option<String>,
    priority: Option<bool>,
}

/// Returns what was planted.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(extend("examples" = [json!({})]))]
struct WrongOutput {}

impl Action for WrongOutput {
    type Output = Raw<Letter>;
    const SPEC: Spec = Spec::new("wrong_output", "Wrong output", Effect::Read).delegated(&["Letter.Read"]);
    fn plan(self, _: &Context) -> Result<Plan<Raw<Letter>>> {
        Ok(Request::get("/me/letters/1").raw())
    }
}

fn files() -> Files {
    // As they come out of the cache.
    let model = Model::from_bytes(&Model::from_csdl(CSDL).unwrap().to_bytes()).unwrap();
    let table = Table::from_bytes(&Table::from_json(TABLE).unwrap().to_bytes()).unwrap();
    Files { model, table, examples: None }
}

fn checked(waivers: &str) -> Report {
    conformance::run(&files(), Waivers::parse(waivers).unwrap(), &[planted()]).unwrap().close()
}

#[test]
fn the_facts_are_of_what_outputs_name() {
    let text = xtask::graph_types::facts(&files().model, &[planted()]);
    let facts: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    // With its base and its enumeration, and without what leads elsewhere.
    let expected = [
        "enum priority low high",
        "type entity",
        "  id Edm.String?",
        "type letter entity",
        "  priority priority?",
        "  subject Edm.String?",
    ];
    assert_eq!(facts, expected);
}

#[test]
fn everything_planted_is_caught() {
    let report = checked("[]");
    let found = |action: &str| -> Vec<String> {
        let file = format!("schemas/planted/actions/{action}.json");
        report.findings.iter().filter(|it| it.file == file).map(|it| format!("{} {}", it.pointer, it.message)).collect()
    };
    assert_eq!(found("right"), Vec::<String>::new());
    for (action, pointer, says) in [
        ("wrong_path", "/input/examples/0/url", "did you mean `letters`?"),
        ("wrong_method", "/input/examples/0/method", "it takes POST"),
        ("refused", "/input/examples/0/method", "it takes no POST"),
        ("wrong_property", "/input/examples/0/body/subjct", "did you mean `subject`?"),
        ("wrong_kind", "/input/examples/0/body/subject", "must be an `Edm.String`"),
        ("wrong_member", "/input/examples/0/body/letter/priority", "did you mean `high`?"),
        ("wrong_parameter", "/input/examples/0/body/lettr", "did you mean `Letter`?"),
        ("wrong_select", "/input/examples/0/url?$select", "did you mean `priority`?"),
        ("wrong_expand", "/input/examples/0/url?$select", "did you mean `subject`?"),
        ("wrong_bind", "/input/examples/0/body/friends@odata.bind", "leads to no other object"),
        ("wrong_scope", "/scopes/delegated", "`Letter.Read`, `Letter.ReadWrite` do"),
        ("unknown_scope", "/scopes", "did you mean `Letter.ReadWrite`?"),
        ("wrong_order", "/scopes/delegated/0", "the least privileged is `Letter.Read`"),
    ] {
        let all = found(action);
        assert!(all.iter().any(|it| it.starts_with(&format!("{pointer} ")) && it.contains(says)), "{action}: {all:?}");
    }
    let output = found("wrong_output");
    assert!(
        output.iter().any(|it| it.starts_with("/output/properties/subjekt ") && it.contains("did you mean `subject`?")),
        "{output:?}"
    );
    assert!(
        output.iter().any(|it| it.starts_with("/output/properties/priority ") && it.contains("`priority`")),
        "{output:?}"
    );
    let count = report.counts["planted"];
    assert_eq!((count.actions, count.requests, count.properties), (15, 15, 2));
}

#[test]
fn a_waiver_excuses_and_must_be_needed() {
    let waiver = |message: &str| json!([{ "file": "planted/actions/wrong_scope.json", "message": message, "reason": "it was planted for a test", "link": "https://learn.microsoft.com/" }]);
    let report = checked(&waiver("does not suffice").to_string());
    assert!(report.findings.iter().all(|it| !it.file.contains("wrong_scope")) && report.counts["planted"].waived == 1);
    let report = checked(&waiver("is never said").to_string());
    assert!(
        report.findings.iter().any(|it| it.file == "xtask/conformance-waivers.json" && it.pointer == "/0"),
        "{report}"
    );
    for bad in [r#"[{ "file": "a", "message": "b", "reason": "no", "link": "https://x" }]"#, r#"[{ "file": "a" }]"#] {
        assert!(Waivers::parse(bad).is_err());
    }
}

#[test]
fn examples_are_held_against_our_types() {
    let example = |path: &str, body: serde_json::Value| json!({ "page": "letter-get.md", "name": "get", "method": "GET", "path": path, "response_body": body });
    let lines = [
        example("/v1.0/me/letters", json!({ "value": [{ "id": "1", "priority": "high" }] })),
        // This one contradicts the metadata, so it says nothing about us.
        example("/v1.0/me/letters/1", json!({ "priority": 3 })),
        example("/v1.0/nowhere", json!({})),
    ];
    let examples = lines.map(|line| line.to_string()).join("\n");
    let report = conformance::run(&Files { examples: Some(examples), ..files() }, Waivers::default(), &[planted()])
        .unwrap()
        .close();
    let shown = report.shown.unwrap();
    let noted: Vec<String> = shown.contradictions.iter().map(|it| format!("{} {}", it.pointer, it.message)).collect();
    assert_eq!(noted.len(), 2, "{noted:?}");
    assert!(noted[0].starts_with("/response_body/priority ") && noted[1].starts_with("/url "), "{noted:?}");
    assert_eq!((shown.examples, shown.matched, shown.objects, shown.contradict), (3, 2, 2, 1));
    let ours: Vec<_> = report.findings.iter().filter(|it| it.file == "letter-get.md#get").collect();
    assert_eq!((ours.len(), ours[0].pointer.as_str()), (1, "/response_body/priority"));
}

#[test]
fn without_the_metadata_nothing_is_checked() {
    let nowhere = tempfile::tempdir().unwrap();
    let places = Places::default().or_beside(&Checkout::at(nowhere.path().join("project")));
    assert!(places.missing().is_some_and(|missing| missing.contains("--metadata")));
    assert!(places.read(&Checkout::at(nowhere.path())).is_err());
    let broken = nowhere.path().join("broken.xml");
    std::fs::write(&broken, "<a/>").unwrap();
    let places = Places { metadata: Some(broken.clone()), permissions: Some(broken), examples: None };
    let error = places.read(&Checkout::at(nowhere.path())).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("broken.xml") && error.contains("declares no type"), "{error}");
}
