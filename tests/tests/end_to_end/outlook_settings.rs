//! Rules, settings, categories and what the server knows.

use connector_sdk::Code;
use serde_json::json;

use crate::coverage::covers;
use crate::stage::Stage;

covers! {
    picklist "outlook.categories": categories_are_offered_by_name, nobody_asks_the_server_without_the_permission;
    picklist "outlook.time_zones": time_zones_are_offered_by_name, nobody_asks_the_server_without_the_permission;
}

#[tokio::test]
async fn time_zones_are_offered_by_name() {
    let stage = Stage::new();
    let choices = stage.choices("outlook.time_zones", json!({}), Some("berlin")).await.unwrap();
    assert_eq!(choices.choices.iter().map(|choice| choice.value.as_str()).collect::<Vec<_>>(), ["W. Europe Standard Time"]);
    let all = stage.choices("outlook.time_zones", json!({}), None).await.unwrap();
    assert!(all.choices.len() > 100, "{}", all.choices.len());
}

#[tokio::test]
async fn nobody_asks_the_server_without_the_permission() {
    let stage = Stage::with(&["Mail.Read"]);
    for picklist in ["outlook.time_zones", "outlook.categories"] {
        assert_eq!(stage.choices(picklist, json!({}), None).await.unwrap_err().code(), Code::MissingScope, "{picklist}");
    }
}

#[tokio::test]
async fn categories_are_offered_by_name() {
    let stage = Stage::new();
    let choices = stage.choices("outlook.categories", json!({}), Some("blue")).await.unwrap();
    assert_eq!(choices.choices.iter().map(|choice| choice.value.as_str()).collect::<Vec<_>>(), ["Blue category"]);
}
