//! JSON is read alike however it is spelt.

use connector_sdk::{DeltaPage, Response, canonical};

#[test]
fn a_removal_is_one_in_every_spelling() {
    for name in ["@removed", "\\u0040removed", "@rem\\u006fved"] {
        let body = format!(
            r#"{{"value":[{{"id":"a","{name}":{{"reason":"deleted"}}}},{{"id":"b","text":"\u00e4"}}],"@odata.deltaLink":"https://graph.microsoft.com/v1.0/users/delta?$deltatoken=x"}}"#
        );
        let (items, removed) = DeltaPage::read(&Response::new(200, body)).unwrap().split();
        let removed: Vec<_> = removed.iter().map(|gone| (gone.id.as_str(), gone.reason.as_deref())).collect();
        assert_eq!((removed, items.len()), (vec![("a", Some("deleted"))], 1), "{name}");
    }
}

#[test]
fn the_same_value_has_the_same_canonical_text() {
    let plain = r#"{"a":["x/y",1.50,{"z":null,"ä":"é \""}],"b":123456789012345678901234567890}"#;
    let spelt = " { \"b\" : 123456789012345678901234567890 ,\r\n \"\\u0061\":[\"x\\/\\u0079\", 1.50, {\"\\u00e4\":\"\\u00e9 \\u0022\",\"z\":null} ] }\n";
    assert_eq!(canonical(spelt), plain);
    assert_eq!(canonical(plain), plain);
    assert_ne!(canonical(r#"{"a":1.5}"#), canonical(r#"{"a":1.50}"#), "a number is not read");
}
