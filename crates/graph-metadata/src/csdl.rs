//! Reader of the [CSDL](https://docs.oasis-open.org/odata/odata-csdl-xml/v4.01/odata-csdl-xml-v4.01.html).

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::cache::Unreadable;
use crate::model::{Model, Operation, Property, Refused, Type, TypeRef};

impl Model {
    /// Reads the metadata from XML.
    ///
    /// # Errors
    /// When it is not XML, or has no type.
    pub fn from_csdl(text: &str) -> Result<Model, Unreadable> {
        let mut reader = Reader::from_str(text);
        let mut parser = Parser::default();
        loop {
            match reader.read_event().map_err(|error| Unreadable(format!("the CSDL is not XML: {error}")))? {
                Event::Start(tag) => parser.open(&tag, false),
                Event::Empty(tag) => parser.open(&tag, true),
                Event::End(tag) => parser.close(tag.local_name().as_ref()),
                Event::Eof => break,
                _ => {}
            }
        }
        if parser.model.types.is_empty() {
            return Err(Unreadable("this is no CSDL of Microsoft Graph: it declares no type".to_owned()));
        }
        Ok(parser.model)
    }
}

#[derive(Default)]
struct Parser {
    model: Model,
    namespace: String,
    // What is being read: a type, an enumeration, an operation, the target of annotations, a term.
    ty: Option<String>,
    enumeration: Option<String>,
    operation: Option<Operation>,
    target: String,
}

impl Parser {
    fn open(&mut self, tag: &BytesStart<'_>, empty: bool) {
        let get = |name: &str| attribute(tag, name);
        match tag.local_name().as_ref() {
            b"Schema" => self.namespace = get("Namespace").unwrap_or_default(),
            b"EntityType" | b"ComplexType" => {
                let name = self.full(&get("Name").unwrap_or_default());
                let base = get("BaseType").map(|base| type_ref(&base).name);
                let open = get("OpenType").as_deref() == Some("true");
                self.model.types.insert(name.clone(), Type { base, open, ..Type::default() });
                self.ty = (!empty).then_some(name);
            }
            b"EnumType" => {
                let name = self.full(&get("Name").unwrap_or_default());
                self.model.enums.insert(name.clone(), Vec::new());
                self.enumeration = (!empty).then_some(name);
            }
            b"Member" => {
                if let (Some(name), Some(of)) = (get("Name"), &self.enumeration) {
                    self.model.enums.entry(of.clone()).or_default().push(name);
                }
            }
            kind @ (b"Property" | b"NavigationProperty") => {
                let Some(ty) = self.ty.as_ref().and_then(|ty| self.model.types.get_mut(ty)) else { return };
                if let (Some(name), Some(of)) = (get("Name"), get("Type")) {
                    let navigation = kind == b"NavigationProperty";
                    let nullable = get("Nullable").as_deref() != Some("false");
                    ty.properties.insert(name, Property { ty: type_ref(&of), navigation, nullable });
                }
            }
            kind @ (b"Action" | b"Function") => {
                let operation = Operation {
                    name: get("Name").unwrap_or_default(),
                    binding: TypeRef { name: String::new(), collection: false },
                    action: kind == b"Action",
                    parameters: Vec::new(),
                    returns: None,
                };
                // One that is not bound is reached by an import, of which Graph has none.
                self.operation = (!empty && get("IsBound").as_deref() == Some("true")).then_some(operation);
            }
            b"Parameter" => {
                let (Some(operation), Some(name), Some(ty)) = (&mut self.operation, get("Name"), get("Type")) else {
                    return;
                };
                match operation.binding.name.is_empty() {
                    true => operation.binding = type_ref(&ty),
                    false => operation.parameters.push((name, type_ref(&ty))),
                }
            }
            b"ReturnType" => {
                if let (Some(operation), Some(ty)) = (&mut self.operation, get("Type")) {
                    operation.returns = Some(type_ref(&ty));
                }
            }
            b"EntitySet" | b"Singleton" => {
                if let (Some(name), Some(ty)) = (get("Name"), get("EntityType").or_else(|| get("Type"))) {
                    let collection = tag.local_name().as_ref() == b"EntitySet";
                    self.model.roots.insert(name, TypeRef { collection, ..type_ref(&ty) });
                }
            }
            b"Annotations" => self.target = get("Target").map(|target| type_ref(&target).name).unwrap_or_default(),
            b"PropertyValue" if get("Bool").as_deref() == Some("false") => {
                self.refuse(&get("Property").unwrap_or_default())
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &[u8]) {
        match name {
            b"EntityType" | b"ComplexType" => self.ty = None,
            b"EnumType" => self.enumeration = None,
            b"Action" | b"Function" => {
                if let Some(operation) = self.operation.take() {
                    self.model.operations.entry(operation.name.to_ascii_lowercase()).or_default().push(operation);
                }
            }
            _ => {}
        }
    }

    fn refuse(&mut self, property: &str) {
        let what = Refused {
            insert: property == "Insertable",
            update: property == "Updatable",
            delete: property == "Deletable",
        };
        if what == Refused::default() {
            return;
        }
        let known = self.model.refused.entry(self.target.clone()).or_default();
        known.insert |= what.insert;
        known.update |= what.update;
        known.delete |= what.delete;
    }

    fn full(&self, name: &str) -> String {
        format!("{}.{name}", self.namespace)
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = tag.try_get_attribute(name).ok()??;
    String::from_utf8(attribute.value.into_owned()).ok()
}

// `graph.` is the alias of `microsoft.graph.`.
fn type_ref(text: &str) -> TypeRef {
    let inner = text.strip_prefix("Collection(").and_then(|rest| rest.strip_suffix(')'));
    let name = inner.unwrap_or(text);
    let name = name.strip_prefix("graph.").map_or_else(|| name.to_owned(), |rest| format!("microsoft.graph.{rest}"));
    TypeRef { name, collection: inner.is_some() }
}
