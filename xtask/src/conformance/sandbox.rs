//! The sandbox's tables of properties: what it serves and takes is what Graph's types have.

use graph_metadata::{Model, TypeRef};

use super::finding;
use super::report::Finding;
use crate::Result;
use crate::checkout::Checkout;

/// Where the tables are.
const TABLES: &str = "crates/graph-sandbox/src/graph/types";

/// What a property of a simple kind holds; every other kind is a type of Graph.
const SIMPLE: [&str; 17] = [
    "String",
    "Int16",
    "Int32",
    "Int64",
    "Byte",
    "SByte",
    "Double",
    "Single",
    "Decimal",
    "Boolean",
    "DateTimeOffset",
    "Date",
    "TimeOfDay",
    "Duration",
    "Guid",
    "Binary",
    "Stream",
];

/// Holds the tables of a checkout against the metadata: how many properties they have, and what is wrong.
///
/// # Errors
/// When a table cannot be read.
pub fn check(model: &Model, checkout: &Checkout) -> Result<(usize, Vec<Finding>)> {
    let (mut properties, mut findings) = (0, Vec::new());
    for file in checkout.files(TABLES)?.iter().filter(|file| file.ends_with(".types")) {
        let (count, found) = check_table(model, file, &checkout.read(file)?);
        properties += count;
        findings.extend(found);
    }
    if properties == 0 {
        return Err(format!("{TABLES} has no table").into());
    }
    Ok((properties, findings))
}

/// Holds one table, the text of a file, against the metadata.
pub fn check_table(model: &Model, file: &str, text: &str) -> (usize, Vec<Finding>) {
    let (mut properties, mut findings) = (0, Vec::new());
    let blocks = text.split("\n[").map(|block| block.strip_prefix('[').unwrap_or(block));
    for (head, tokens) in blocks.filter_map(|block| block.split_once(']')).filter(|(head, _)| !head.is_empty()) {
        let mut say = |message: String| {
            findings.push(finding(file, &format!("/{}", head.split(' ').nth(1).unwrap_or_default()), message))
        };
        match head.split_once(' ') {
            Some(("enum", name)) => members(model, name.trim(), tokens, &mut say),
            Some(("entity" | "complex", rest)) => properties += of_type(model, rest, tokens, &mut say),
            _ => say(format!("`[{head}]` is neither an entity, a complex type nor an enumeration")),
        }
    }
    (properties, findings)
}

fn members(model: &Model, name: &str, tokens: &str, say: &mut dyn FnMut(String)) {
    match model.members(&format!("microsoft.graph.{name}")) {
        None => say(format!("there is no enumeration `{name}`")),
        Some(known) => tokens
            .split_whitespace()
            .filter(|member| !known.iter().any(|known| known == member))
            .for_each(|member| say(format!("`{name}` has no member `{member}`"))),
    }
}

fn of_type(model: &Model, head: &str, tokens: &str, say: &mut dyn FnMut(String)) -> usize {
    let (head, open) = head.strip_suffix(" open").map_or((head, false), |head| (head, true));
    let (name, base) = head.split_once(" : ").map_or((head, None), |(name, base)| (name, Some(base)));
    let Some((full, ty)) = model.find_type(name) else {
        say(format!("there is no type `{name}`"));
        return 0;
    };
    if base
        .is_some_and(|base| ty.base.as_deref().is_none_or(|known| known.strip_prefix("microsoft.graph.") != Some(base)))
    {
        say(format!(
            "`{name}` is not derived from `{}` but from `{}`",
            base.unwrap_or_default(),
            ty.base.as_deref().unwrap_or_default()
        ));
    }
    if open != ty.open {
        say(format!("`{name}` is {}open in the metadata", if ty.open { "" } else { "not " }));
    }
    let mut count = 0;
    for token in tokens.split_whitespace() {
        let Some((property, kind)) = token.split_once('=') else {
            say(format!("`{token}` is no property with a kind"));
            continue;
        };
        count += 1;
        let (property, navigation) = property.strip_prefix('>').map_or((property, false), |property| (property, true));
        let inner = kind.strip_prefix('[').and_then(|kind| kind.strip_suffix(']'));
        let short = inner.unwrap_or(kind);
        let prefix = if SIMPLE.contains(&short) { "Edm" } else { "microsoft.graph" };
        let told = TypeRef { name: format!("{prefix}.{short}"), collection: inner.is_some() };
        match model.property(full, property) {
            None => say(format!("`{name}` has no property `{property}`")),
            Some(known) if known.ty != told => {
                say(format!("`{name}.{property}` is {:?} in the metadata, not {told:?}", known.ty))
            }
            Some(known) if known.navigation != navigation => {
                say(format!(
                    "`{name}.{property}` {} in the metadata",
                    if known.navigation { "navigates" } else { "does not navigate" }
                ));
            }
            Some(_) => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSDL: &str = r#"<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0"><edmx:DataServices>
        <Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="microsoft.graph" Alias="graph">
        <EntityType Name="entity" Abstract="true"><Key><PropertyRef Name="id"/></Key><Property Name="id" Type="Edm.String"/></EntityType>
        <EntityType Name="letter" BaseType="graph.entity" OpenType="true"><Property Name="subject" Type="Edm.String"/>
        <Property Name="tags" Type="Collection(Edm.String)"/><NavigationProperty Name="replies" Type="Collection(graph.letter)"/></EntityType>
        <EnumType Name="colour"><Member Name="red" Value="0"/></EnumType></Schema></edmx:DataServices></edmx:Edmx>"#;

    #[test]
    fn what_a_table_has_wrong_is_found() {
        let model = Model::from_csdl(CSDL).unwrap();
        let check = |table: &str| check_table(&model, "t.types", table);
        let right = "[entity letter : entity open]\nid=String subject=String tags=[String] >replies=[letter]\n\n[enum colour]\nred\n";
        assert_eq!(check(right), (4, vec![]));
        for (wrong, message) in [
            ("[entity leter]\n", "no type `leter`"),
            ("[entity letter : note open]\n", "not derived from `note`"),
            ("[entity letter : entity]\n", "open in the metadata"),
            ("[entity letter open]\nsubjekt=String", "no property `subjekt`"),
            ("[entity letter open]\nsubject=Int32", "Edm.String"),
            ("[entity letter open]\ntags=String", "collection: true"),
            ("[entity letter open]\nreplies=[letter]", "navigates"),
            ("[entity letter open]\nsubject", "no property with a kind"),
            ("[enum colour]\nred blue", "no member `blue`"),
            ("[thing colour]\n", "neither"),
        ] {
            let (_, findings) = check(wrong);
            assert!(findings.len() == 1 && findings[0].message.contains(message), "{wrong}: {findings:?}");
        }
    }
}
