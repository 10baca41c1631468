//! An action, a trigger or a picklist from a request: what Microsoft's metadata and table of permissions say of it, as
//! the source, the transcripts and the permissions that the connector requests.

mod fields;
mod picklist;
mod source;
mod transcripts;
mod trigger;

use graph_metadata::{Model, Operation, Permission, Scheme, Shape, Table, Target, TypeRef};

use crate::Result;
pub(super) use fields::Field;
pub(super) use picklist::{picklist_source, picklist_transcripts};
pub(super) use source::source;
pub(super) use transcripts::transcripts;
pub(super) use trigger::{trigger_source, trigger_transcripts};

/// Properties that people know an object by, the best first.
const LABELS: [&str; 5] = ["displayName", "title", "name", "subject", "userPrincipalName"];

/// Properties that say when an object was created, the best first.
const CREATED: [&str; 3] = ["createdDateTime", "receivedDateTime", "activityDateTime"];

/// A request as an author writes it: `PATCH /planner/tasks/{id}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestLine {
    verb: Verb,
    // Below the version, each id as a name in braces.
    path: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Get,
    Post,
    Patch,
    Put,
    Delete,
}

impl Verb {
    const ALL: [Verb; 5] = [Verb::Get, Verb::Post, Verb::Patch, Verb::Put, Verb::Delete];

    /// The name as HTTP writes it.
    fn name(self) -> &'static str {
        match self {
            Verb::Get => "GET",
            Verb::Post => "POST",
            Verb::Patch => "PATCH",
            Verb::Put => "PUT",
            Verb::Delete => "DELETE",
        }
    }
}

impl std::str::FromStr for RequestLine {
    type Err = Box<dyn std::error::Error + Send + Sync>;

    fn from_str(line: &str) -> Result<RequestLine> {
        let wanted = "write a method and a path, such as `PATCH /planner/tasks/{id}`";
        let (verb, path) = line.trim().split_once(' ').ok_or(wanted)?;
        let verb = Verb::ALL.into_iter().find(|it| it.name().eq_ignore_ascii_case(verb)).ok_or(wanted)?;
        let path = path.trim();
        let path = path.strip_prefix("https://graph.microsoft.com").unwrap_or(path);
        let path = path.strip_prefix("/v1.0").unwrap_or(path);
        if !path.starts_with('/') || path.contains(['?', ' ']) {
            return Err(format!("`{path}` is no path below the version: {wanted}").into());
        }
        Ok(RequestLine { verb, path: path.trim_end_matches('/').to_owned() })
    }
}

/// What an action does with its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    List,
    Read,
    Create,
    Update,
    Delete,
    Call,
    CallForList,
}

/// What Microsoft says of a request.
#[derive(Debug)]
pub(super) struct Described {
    line: RequestLine,
    does: Does,
    /// The type of the object, or of the items of a list, or of what an operation returns.
    pub(super) ty: Option<String>,
    /// Whether objects of the type have an id.
    pub(super) has_id: bool,
    fields: Vec<Field>,
    /// The permissions of a signed-in user, of which each suffices; the least first.
    pub(super) delegated: Vec<String>,
    /// Those of an app.
    pub(super) application: Vec<String>,
    /// The property of the type that people know an object by.
    pub(super) label: Option<&'static str>,
    /// The property of the type that says when an object was created.
    pub(super) created: Option<&'static str>,
    // Whether Graph takes a change only with the version that it changes.
    versioned: bool,
}

impl RequestLine {
    /// Looks the request up.
    ///
    /// # Errors
    /// When the path leads nowhere, or the request is of a kind that has to be written by hand.
    pub(super) fn describe(&self, model: &Model, table: &Table) -> Result<Described> {
        let target = model.resolve(&self.path).map_err(|finding| format!("{}: {}", self.path, finding.message))?;
        if let Some(finding) = model.check_method(self.verb.name(), &target) {
            return Err(format!("{} {}: {}", self.verb.name(), self.path, finding.message).into());
        }
        let does = self.does(&target)?;
        let operation = match target.shape {
            Shape::Operation(operation) => Some(operation),
            _ => None,
        };
        let versioned = matches!(does, Does::Update | Does::Delete)
            && target.ty.as_ref().is_some_and(|ty| graph_metadata::needs_version(ty.short()));
        let of_kind = |names: &[&'static str], kind: &str| {
            let is_one = |name: &str| Some(model.property(&target.ty.as_ref()?.name, name)?.ty.name == kind);
            names.iter().copied().find(|name| is_one(name).unwrap_or(false))
        };
        Ok(Described {
            label: of_kind(&LABELS, "Edm.String"),
            created: of_kind(&CREATED, "Edm.DateTimeOffset"),
            fields: self.fields(model, does, target.ty.as_ref(), operation, versioned),
            ty: returned(&target, model).filter(|_| !matches!(does, Does::Update | Does::Delete)),
            has_id: target.ty.as_ref().is_some_and(|ty| model.property(&ty.name, "id").is_some()),
            delegated: self.permissions(table, Scheme::DelegatedWork),
            application: self.permissions(table, Scheme::Application),
            line: self.clone(),
            does,
            versioned,
        })
    }

    fn does(&self, target: &Target<'_>) -> Result<Does> {
        let list = target.ty.as_ref().is_some_and(|ty| ty.collection);
        Ok(match (self.verb, target.shape) {
            (Verb::Get, Shape::Collection) => Does::List,
            (Verb::Get, Shape::Operation(_)) if list => Does::List,
            (Verb::Get, Shape::Entity | Shape::Value | Shape::Operation(_)) => Does::Read,
            (Verb::Post, Shape::Collection) => Does::Create,
            (Verb::Post, Shape::Operation(_)) if list => Does::CallForList,
            (Verb::Post, Shape::Operation(_)) => Does::Call,
            (Verb::Patch | Verb::Put, Shape::Entity | Shape::Value) => Does::Update,
            (Verb::Delete, Shape::Entity) => Does::Delete,
            _ => {
                return Err(format!(
                    "{} {} is no request on an object, a list or an operation: write its action by hand, as \
                     docs/writing-a-connector.md shows",
                    self.verb.name(),
                    self.path
                )
                .into());
            }
        })
    }

    fn fields(
        &self,
        model: &Model,
        does: Does,
        ty: Option<&TypeRef>,
        operation: Option<&Operation>,
        versioned: bool,
    ) -> Vec<Field> {
        let mut all: Vec<Field> = placeholders(&self.path).map(Field::of_path).collect();
        match (does, ty, operation) {
            (Does::Call | Does::CallForList, _, Some(operation)) => {
                all.extend(operation.parameters.iter().map(|(name, ty)| Field::of_body(model, name, ty, false, false)));
            }
            (Does::Create | Does::Update, Some(ty), None) => {
                all.extend(fields::of_type(model, ty, does == Does::Update))
            }
            _ => {}
        }
        if versioned {
            all.push(Field::version());
        }
        let mut seen = std::collections::BTreeSet::new();
        all.retain(|field| seen.insert(field.name.clone()));
        all
    }

    // The least first. One that a team or a chat grants for itself can be asked for in no sign-in.
    fn permissions(&self, table: &Table, scheme: Scheme) -> Vec<String> {
        let path = if scheme == Scheme::Application && (self.path == "/me" || self.path.starts_with("/me/")) {
            format!("/users/{{id}}{}", &self.path["/me".len()..])
        } else {
            self.path.clone()
        };
        let row = table.row(self.verb.name(), &path);
        let all = row.map(|row| table.permissions(row, scheme)).unwrap_or_default();
        all.iter().map(|Permission { name, .. }| (*name).to_owned()).collect()
    }
}

// The type that an action's output names, where it is an object of Graph.
fn returned(target: &Target<'_>, model: &Model) -> Option<String> {
    let ty = target.ty.as_ref()?;
    model.find_type(&ty.name)?;
    Some(ty.short().to_owned())
}

fn placeholders(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0))
}

impl Described {
    /// Returns the type of the objects that the request lists. `kind` is what is made of them.
    ///
    /// # Errors
    /// When the request lists nothing, or what has no id.
    pub(super) fn lists_objects(&self, kind: &str) -> Result<&str> {
        let (verb, path) = (self.line.verb.name(), &self.line.path);
        match &self.ty {
            Some(ty) if self.does == Does::List && self.has_id => Ok(ty),
            Some(ty) if self.does == Does::List => {
                Err(format!("{verb} {path} lists objects of the type `{ty}`, which have no id: a {kind} needs one")
                    .into())
            }
            _ => Err(format!("{verb} {path} lists no objects: a {kind} begins with the request of a list").into()),
        }
    }

    /// Whether a signed-in user cannot send the request, and an app can.
    fn is_for_apps_only(&self) -> bool {
        self.delegated.is_empty() && !self.application.is_empty()
    }

    /// Whether nothing says what the request does to the world.
    pub(super) fn has_unknown_effect(&self) -> bool {
        matches!(self.does, Does::Call | Does::CallForList)
    }

    /// Whether Microsoft's table says nothing of the request.
    pub(super) fn is_unknown_to_the_table(&self) -> bool {
        self.delegated.is_empty() && self.application.is_empty()
    }
}
