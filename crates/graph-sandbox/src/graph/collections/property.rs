//! The properties of a taught collection.

use serde_json::Value;

use crate::graph::types;
use crate::graph::types::Kind;

/// One property of a [`Collection`](crate::Collection), and what the sandbox checks of it.
///
/// ```
/// use graph_sandbox::Property;
///
/// let title = Property::string("title").required();
/// let progress = Property::integer("percentComplete").default_value(0);
/// let created = Property::timestamp("createdDateTime").set_on_create();
/// # let _ = (title, progress, created);
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Property {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) list: bool,
    pub(super) required: bool,
    pub(super) read_only: bool,
    pub(super) stamped: Stamped,
    pub(super) default: Value,
}

/// When the sandbox sets a property to the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stamped {
    Never,
    OnCreate,
    OnUpdate,
}

impl Property {
    fn new(name: &'static str, kind: Kind) -> Property {
        Property {
            name,
            kind,
            list: false,
            required: false,
            read_only: false,
            stamped: Stamped::Never,
            default: Value::Null,
        }
    }

    /// Creates a property that holds text.
    pub fn string(name: &'static str) -> Property {
        Property::new(name, Kind::Text)
    }

    /// Creates a property that holds a whole number.
    pub fn integer(name: &'static str) -> Property {
        Property::new(name, Kind::Integer)
    }

    /// Creates a property that holds any number.
    pub fn number(name: &'static str) -> Property {
        Property::new(name, Kind::Float)
    }

    /// Creates a property that is `true` or `false`.
    pub fn boolean(name: &'static str) -> Property {
        Property::new(name, Kind::Boolean)
    }

    /// Creates a property that holds a moment, such as `2026-03-02T09:00:00Z`.
    pub fn timestamp(name: &'static str) -> Property {
        Property::new(name, Kind::Moment)
    }

    /// Creates a property that holds a day, such as `2026-03-02`.
    pub fn date(name: &'static str) -> Property {
        Property::new(name, Kind::Date)
    }

    /// Creates a property that holds a GUID.
    pub fn guid(name: &'static str) -> Property {
        Property::new(name, Kind::Guid)
    }

    /// Creates a property that holds one of `members`. Graph takes them in any case.
    pub fn choice(name: &'static str, members: &'static [&'static str]) -> Property {
        Property::new(name, Kind::Choice(name, members))
    }

    /// Creates a property that holds an object. What is in the object is not checked.
    pub fn object(name: &'static str) -> Property {
        Property::new(name, Kind::Object("Object"))
    }

    /// Holds a list of such values.
    pub fn list(mut self) -> Property {
        self.list = true;
        self
    }

    /// Requires a value: 400 where a new item has none, and where an update sets it to `null`.
    pub fn required(mut self) -> Property {
        self.required = true;
        self
    }

    /// Refuses the property in every body, with 400.
    pub fn read_only(mut self) -> Property {
        self.read_only = true;
        self
    }

    /// Sets the value of a new item that has none. Without it, that is `null`, or an empty list.
    pub fn default_value(mut self, value: impl Into<Value>) -> Property {
        self.default = value.into();
        self
    }

    /// Sets the property to the sandbox's time when an item is created. It is read-only then.
    pub fn set_on_create(mut self) -> Property {
        self.stamped = Stamped::OnCreate;
        self.read_only()
    }

    /// Sets the property to the sandbox's time when an item is created or updated. It is read-only then.
    pub fn set_on_update(mut self) -> Property {
        self.stamped = Stamped::OnUpdate;
        self.read_only()
    }

    /// The value of a new item that states none.
    pub(super) fn initial(&self) -> Value {
        match &self.default {
            Value::Null if self.list => Value::Array(Vec::new()),
            value => value.clone(),
        }
    }

    pub(super) fn described(&self) -> types::Property {
        types::Property { kind: self.kind, collection: self.list, navigation: false }
    }
}
