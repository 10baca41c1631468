//! Resolution of paths.

use percent_encoding::percent_decode_str;

use crate::finding::{Finding, Kind};
use crate::model::{Model, Operation, TypeRef};
use crate::suggestion::suggestion;

/// The target of a path.
#[derive(Debug, Clone, PartialEq)]
pub struct Target<'m> {
    /// Kind of the target.
    pub shape: Shape<'m>,
    /// Type of the target itself, or of the items of a collection; of an operation, the type that it returns.
    pub ty: Option<TypeRef>,
    /// Last navigation property of the path: `microsoft.graph.user/messages`.
    pub(crate) through: Option<String>,
    /// Canonical path, the same for all targets of this kind: names as the metadata writes them, `{}` for each key.
    pub canonical: String,
}

/// Kind of a path's target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape<'m> {
    /// A collection of objects with addresses of their own.
    Collection,
    /// An object of a collection, or a single one.
    Entity,
    /// A property without an address of its own, or a list of such.
    Value,
    /// A stream of bytes: `$value`, or a property that is a stream.
    Stream,
    /// The number of objects in a collection: `$count`.
    Count,
    /// A link to an object, or the links of a collection: `$ref`.
    Reference {
        /// Whether it is the collection of links as a whole.
        collection: bool,
    },
    /// An action or function.
    Operation(&'m Operation),
    /// A batch of requests.
    Batch,
}

impl Model {
    /// Resolves a path below the API version, such as `/me/messages/AAMk`.
    ///
    /// # Errors
    /// The first segment that leads nowhere, with the nearest name.
    pub fn resolve(&self, path: &str) -> Result<Target<'_>, Finding> {
        let mut segments = Segments(path.trim_matches('/')).map(decode).peekable();
        let lost = |message: String| Finding::new(Kind::Path, "/url", message);
        let first = segments.next().unwrap_or_default();
        if first == "$batch" && segments.peek().is_none() {
            return Ok(Target { shape: Shape::Batch, ty: None, through: None, canonical: "/$batch".to_owned() });
        }
        let (name, key) = call(&first);
        let Some((known, root)) = self.roots.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) else {
            let known = self.roots.keys().map(String::as_str);
            return Err(lost(format!("no address begins with `/{name}`{}", suggestion(name, known))));
        };
        let target = Target {
            shape: shape_of(root, true),
            ty: Some(root.clone()),
            through: None,
            canonical: format!("/{known}"),
        };
        let mut walk = Walk { model: self, target };
        if key.is_some() {
            walk.target.shape = Shape::Entity;
            walk.name("{}");
        }
        while let Some(segment) = segments.next() {
            // `root:/Reports/May.xlsx:/content`: a way through folders by their names.
            if let Some(before) = segment.strip_suffix(':').filter(|before| !before.is_empty()) {
                walk.step(before).map_err(lost)?;
                walk.by_path(&mut segments);
                continue;
            }
            if segment.starts_with(':') {
                walk.by_path(&mut segments);
                continue;
            }
            walk.step(&segment).map_err(lost)?;
        }
        Ok(walk.target)
    }

    /// Returns the operations of this name that belong to a type, or to a collection of it.
    pub(crate) fn operation<'m>(&'m self, ty: &'m str, collection: bool, name: &str) -> Option<&'m Operation> {
        let short = name.strip_prefix("microsoft.graph.").unwrap_or(name).rsplit('.').next().unwrap_or(name);
        let named = self.operations.get(&short.to_ascii_lowercase())?;
        self.lineage(ty)
            .find_map(|ty| named.iter().find(|op| op.binding.name == ty && op.binding.collection == collection))
    }
}

struct Walk<'m> {
    model: &'m Model,
    target: Target<'m>,
}

impl<'m> Walk<'m> {
    fn step(&mut self, segment: &str) -> Result<(), String> {
        match segment {
            "$value" => return self.end(Shape::Stream, segment),
            "$count" => return self.end(Shape::Count, segment),
            "$ref" => {
                return self.end(Shape::Reference { collection: self.target.shape == Shape::Collection }, segment);
            }
            _ => {}
        }
        let Some(ty) = self.target.ty.clone() else {
            return Err(format!("nothing is below what returns nothing: `{segment}`"));
        };
        let model = self.model;
        let collection = self.is_many();
        let (name, key) = call(segment);
        let Some((owner, _)) = model.find_type(&ty.name) else {
            return Err(format!("nothing is below a `{}`: `{segment}`", ty.short()));
        };
        if let Some(operation) = model.operation(owner, collection, name) {
            self.name(&operation.name);
            self.lead(Shape::Operation(operation), operation.returns.clone(), None);
            return Ok(());
        }
        if let Some((cast, _)) = model.types.get_key_value(name).filter(|(cast, _)| model.is_a(cast, owner)) {
            self.name(cast);
            self.target.ty = Some(TypeRef { name: cast.clone(), ..ty });
            return Ok(());
        }
        if !collection {
            let Some((declared, name, property)) = model.property_in_any_case(owner, name) else {
                return Err(self.nothing(owner, name));
            };
            let through = property.navigation.then(|| format!("{declared}/{name}"));
            let shape = if key.is_some() { Shape::Entity } else { shape_of(&property.ty, property.navigation) };
            self.name(name);
            if key.is_some() {
                self.name("{}");
            }
            self.lead(shape, Some(property.ty.clone()), through);
            return Ok(());
        }
        // A key. An operation of a collection that is misspelt looks like one, so it is told where keys
        // are never words.
        let through = self.target.through.take();
        self.name("{}");
        self.lead(Shape::Entity, Some(TypeRef { collection: false, ..ty }), through);
        Ok(())
    }

    fn name(&mut self, segment: &str) {
        self.target.canonical.push('/');
        self.target.canonical.push_str(segment);
    }

    fn lead(&mut self, shape: Shape<'m>, ty: Option<TypeRef>, through: Option<String>) {
        (self.target.shape, self.target.ty, self.target.through) = (shape, ty, through);
    }

    fn nothing(&self, owner: &str, name: &str) -> String {
        let operations = self
            .model
            .operations
            .values()
            .flatten()
            .filter(|op| !op.binding.collection && self.model.lineage(owner).any(|ty| ty == op.binding.name));
        let known = self.model.property_names(owner).chain(operations.map(|op| op.name.as_str()));
        let short = owner.strip_prefix("microsoft.graph.").unwrap_or(owner);
        format!("a `{short}` has neither a property nor an operation `{name}`{}", suggestion(name, known))
    }

    fn is_many(&self) -> bool {
        match self.target.shape {
            Shape::Collection => true,
            Shape::Operation(operation) => operation.returns.as_ref().is_some_and(|ty| ty.collection),
            _ => false,
        }
    }

    fn end(&mut self, shape: Shape<'m>, name: &str) -> Result<(), String> {
        self.name(name);
        self.target.shape = shape;
        Ok(())
    }

    // The names up to the closing colon; what they lead to is of the same type.
    fn by_path(&mut self, segments: &mut impl Iterator<Item = String>) {
        self.name(":{}:");
        for segment in segments.by_ref() {
            if segment.ends_with(':') {
                break;
            }
        }
    }
}

fn shape_of<'m>(ty: &TypeRef, navigation: bool) -> Shape<'m> {
    match (navigation, ty.collection) {
        (true, true) => Shape::Collection,
        (true, false) => Shape::Entity,
        (false, _) if ty.name == "Edm.Stream" => Shape::Stream,
        (false, _) => Shape::Value,
    }
}

/// Splits `name(…)` into the name and what is in its brackets.
pub(crate) fn call(segment: &str) -> (&str, Option<&str>) {
    match segment.split_once('(') {
        Some((name, rest)) => (name, Some(rest.trim_end_matches(')'))),
        None => (segment, None),
    }
}

fn decode(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// Iterator over the segments of a path. A slash in brackets divides nothing: `getByPath(path='/a/b')`.
pub(crate) struct Segments<'a>(pub(crate) &'a str);

impl<'a> Iterator for Segments<'a> {
    type Item = &'a str;
    fn next(&mut self) -> Option<&'a str> {
        if self.0.is_empty() {
            return None;
        }
        let mut depth = 0_u32;
        let end = self.0.bytes().position(|byte| {
            match byte {
                b'(' => depth += 1,
                b')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            byte == b'/' && depth == 0
        });
        let (segment, rest) = match end {
            Some(at) => (&self.0[..at], &self.0[at + 1..]),
            None => (self.0, ""),
        };
        self.0 = rest;
        Some(segment)
    }
}
