//! Rules: what is checked, under ids that do not change.

use crate::finding::Severity;

// One line for each rule, so that its variant, id, severity and summary cannot part.
macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $name:ident $id:literal $severity:ident;)+) => {
        /// Rule that a finding comes from.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Rule {
            /// All rules, in the order of the documentation.
            pub const ALL: &[Rule] = &[$(Rule::$name,)+];

            /// Returns the stable id, such as `missing-title`.
            pub const fn id(self) -> &'static str {
                match self { $(Rule::$name => $id,)+ }
            }

            /// Returns the requirement, in one sentence.
            pub fn summary(self) -> &'static str {
                match self { $(Rule::$name => concat!($($doc),+).trim_ascii_start(),)+ }
            }

            /// Returns the severity of a finding, unless the finding has a level of compatibility.
            pub const fn severity(self) -> Severity {
                match self { $(Rule::$name => Severity::$severity,)+ }
            }
        }
    };
}

rules! {
    /// A file can be read and is not larger than 16 MiB.
    UnreadableFile "unreadable-file" Error;
    /// A file is JSON in UTF-8.
    JsonSyntax "json-syntax" Error;
    /// An object has each property once.
    DuplicateProperty "duplicate-property" Error;
    /// A file in a folder of descriptors is a descriptor or a JSON Schema.
    UnknownFile "unknown-file" Warning;
    /// A descriptor satisfies `descriptor.schema.json` or `connector.schema.json`.
    DescriptorForm "descriptor-form" Error;
    /// Actions have an `output`, triggers have an `event`, and nothing else has either.
    KindProperty "kind-property" Error;
    /// Triggers, picklists and dynamic schemas only read.
    KindEffect "kind-effect" Error;
    /// Only an action with the effect `delete` has `undo`.
    UndoEffect "undo-effect" Error;
    /// The output of a list has an array `items`.
    ListItems "list-items" Error;
    /// A file has the name of what it describes.
    FileName "file-name" Error;
    /// A folder has the name of its connector.
    FolderName "folder-name" Error;
    /// An id belongs to one file.
    DuplicateId "duplicate-id" Error;
    /// What has a file is listed in `connector.json`.
    NotListed "not-listed" Error;
    /// What is listed in `connector.json` has a file.
    NoFile "no-file" Error;
    /// A picklist that a property names exists in the connector.
    UnknownPicklist "unknown-picklist" Error;
    /// A dynamic schema that a property names exists in the connector.
    UnknownDynamicSchema "unknown-dynamic-schema" Error;
    /// A permission has the form of a permission of Microsoft Graph.
    PermissionName "permission-name" Error;
    /// A sign-in method is one that Tenon knows.
    SignInMethod "sign-in-method" Error;
    /// A schema satisfies the meta-schema of JSON Schema 2020-12, and its `x-` words have their types.
    SchemaForm "schema-form" Error;
    /// A pattern is a regular expression.
    InvalidPattern "invalid-pattern" Error;
    /// A keyword is one of JSON Schema 2020-12 or one of Tenon's `x-` words.
    UnknownKeyword "unknown-keyword" Warning;
    /// A format is one of JSON Schema 2020-12.
    UnknownFormat "unknown-format" Warning;
    /// Values can satisfy a schema: its bounds, its `enum`, and what it requires.
    ImpossibleSchema "impossible-schema" Error;
    /// The texts for values of `enum` are for values that it has.
    EnumTexts "enum-texts" Error;
    /// A schema names its dialect, JSON Schema 2020-12.
    Dialect "dialect" Error;
    /// An input, an output and an event are objects.
    RootObject "root-object" Error;
    /// A schema and each property have a title.
    MissingTitle "missing-title" Error;
    /// A schema of an input and each property have a description.
    MissingDescription "missing-description" Error;
    /// A description consists of sentences.
    DescriptionSentence "description-sentence" Error;
    /// A property of an input has a name in camelCase.
    PropertyName "property-name" Error;
    /// An object in an input refuses unknown properties.
    OpenObject "open-object" Error;
    /// An input has an example, and so has each property that takes free text.
    MissingExample "missing-example" Error;
    /// An input has no `$ref`.
    InputReference "input-reference" Error;
    /// A `$ref` of an output leads to a place in the same schema.
    BrokenReference "broken-reference" Error;
    /// An example satisfies its schema.
    InvalidExample "invalid-example" Error;
    /// A default satisfies its schema.
    InvalidDefault "invalid-default" Error;
    /// An action, a trigger, a picklist or a dynamic schema still exists.
    Removed "removed" Error;
    /// An action, a trigger, a picklist or a dynamic schema is new.
    Added "added" Note;
    /// The effect is the same.
    EffectChanged "effect-changed" Error;
    /// What can be undone, missed or returned as a list is the same.
    BehaviourChanged "behaviour-changed" Warning;
    /// The permissions that sufficed still suffice.
    PermissionsChanged "permissions-changed" Error;
    /// The ways to sign in are the same.
    SignInChanged "sign-in-changed" Error;
    /// A property of an input still exists.
    InputRemoved "input-removed" Error;
    /// A property of an input is new.
    InputAdded "input-added" Note;
    /// A property of an input is no more required than before.
    InputRequired "input-required" Error;
    /// An input takes every value that it took.
    InputNarrowed "input-narrowed" Error;
    /// An input takes more values than before.
    InputWidened "input-widened" Note;
    /// A change of an input that is not a matter of more or fewer values.
    InputChanged "input-changed" Warning;
    /// A property of an output still exists.
    OutputRemoved "output-removed" Error;
    /// A property of an output is new.
    OutputAdded "output-added" Note;
    /// A property of an output is as certain as before.
    OutputOptional "output-optional" Error;
    /// An output has no values that it did not have.
    OutputWidened "output-widened" Error;
    /// An output has fewer values than before.
    OutputNarrowed "output-narrowed" Note;
    /// A change of an output that is not a matter of more or fewer values.
    OutputChanged "output-changed" Warning;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_kebab_case() {
        for (i, rule) in Rule::ALL.iter().enumerate() {
            assert!(Rule::ALL[i + 1..].iter().all(|other| other.id() != rule.id()), "{rule:?}");
            assert!(rule.id().chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{rule:?}");
            assert!(rule.summary().starts_with(char::is_alphabetic) && rule.summary().ends_with('.'), "{rule:?}");
        }
    }
}
