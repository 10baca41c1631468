//! `docs/schemas.md` says what is so.

mod shop;

use std::collections::BTreeMap;

use connector_schemas::{Format, Level, Rule, Sources, keywords, validate};
use serde_json::Value;

use shop::Folder;

const PAGE: &str = include_str!("../../../docs/schemas.md");

// The blocks of JSON that follow the name of their file.
fn example() -> BTreeMap<&'static str, &'static str> {
    let blocks = PAGE.split("```json\n").collect::<Vec<_>>();
    let files = blocks.windows(2).filter_map(|pair| {
        let name = pair[0].trim_end().strip_suffix("`:")?.rsplit_once('`')?.1;
        Some((name, pair[1].split_once("```")?.0))
    });
    files.collect()
}

#[test]
fn the_example_is_whole_and_valid() {
    let folder = Folder::new();
    for (name, text) in example() {
        folder.write(name, text);
    }
    let report = folder.validate();
    assert_eq!(report.files, 3);
    assert!(!report.fails(true), "{}", Format::Text.render(&report));
}

#[test]
fn the_finding_is_one_of_the_example() {
    let folder = Folder::new();
    let text = example()["rooms/actions/find_room.json"].replacen("minLength", "minLenght", 1);
    let file = folder.write("find_room.json", text);
    let report = validate(&Sources::read(std::slice::from_ref(&file)).unwrap());
    let text = Format::Text.render(&report).replace(&file.display().to_string(), "rooms/actions/find_room.json");
    let (finding, summary) = text.trim_end().rsplit_once('\n').unwrap();
    assert!(PAGE.contains(finding), "the page lacks\n{finding}");
    assert_eq!(summary, "1 warning in 1 file");
}

#[test]
fn each_rule_has_its_row() {
    let comparison = Rule::ALL.iter().position(|rule| *rule == Rule::Removed).unwrap();
    for (i, rule) in Rule::ALL.iter().enumerate() {
        let row = match i < comparison {
            true => format!("| `{}` | {} | {} |", rule.id(), rule.severity().name(), rule.summary()),
            false => format!("| `{}` | {} |", rule.id(), rule.summary()),
        };
        assert!(PAGE.lines().any(|line| line == row), "docs/schemas.md lacks the row\n{row}");
    }
}

#[test]
fn each_word_and_level_has_its_row() {
    for word in keywords::WORDS {
        let row = format!("| `{}` | {} | {} |", word.name, word.value.text(), word.meaning);
        assert!(PAGE.lines().any(|line| line == row), "docs/schemas.md lacks the row\n{row}");
    }
    for level in [Level::Breaking, Level::Risky, Level::Compatible] {
        assert!(PAGE.contains(&format!("| `{}` |", level.name())));
    }
}

// What a reader knows of a schema must be told by the page too.
#[test]
fn each_property_of_a_descriptor_is_on_the_page() {
    let schema: Value = connector_schemas::descriptor::descriptor_schema();
    for name in schema["properties"].as_object().unwrap().keys().filter(|name| *name != "$comment") {
        assert!(PAGE.contains(&format!("`{name}`")), "docs/schemas.md does not explain `{name}`");
    }
}
