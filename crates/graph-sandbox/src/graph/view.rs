//! How entities are printed, and lists of them.

use std::borrow::Cow;

use serde_json::Value;

use super::call::Call;
use super::fault::{Fault, Service};
use super::odata::{self, Expand, Options, OrderBy};
use super::reply::{Outcome, Reply};
use super::store::Entity;
use super::types::Type;

/// What a kind of entity derives from more than its own properties.
pub(crate) trait Source {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str>;
    fn etag(&self, _entity: &Entity) -> Option<String> {
        None
    }
    /// The `@odata.type`, where a list mixes types.
    fn type_name(&self, _entity: &Entity) -> Option<&'static str> {
        None
    }
    /// In a list that mixes types, the entity's own type and what is printed of it without `$select`.
    fn actual(&self, _entity: &Entity) -> Option<(&'static Type, Option<&'static [&'static str]>)> {
        None
    }
    /// A property in place of the stored one.
    fn derived(&self, _entity: &Entity, _name: &str) -> Option<Value> {
        None
    }
    /// Names that are printed though they are not stored, unless `$select` leaves them out.
    fn derived_names(&self) -> &'static [&'static str] {
        &[]
    }
    /// A navigation property to be answered inline.
    ///
    /// # Errors
    /// If the service cannot expand it.
    fn expand(&self, _entity: &Entity, expand: &Expand) -> Result<Value, Fault> {
        Err(Fault::bad(format!("The property '{}' cannot be expanded.", expand.name)))
    }
}

/// Prints entities whose id is among their properties.
pub(crate) struct Stored;

impl Source for Stored {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str> {
        entity.text("id").into()
    }
}

/// How the entities of one list are printed.
pub(crate) struct View<'a> {
    pub(crate) ty: &'a Type,
    pub(crate) source: &'a dyn Source,
    /// What is printed without `$select`; everything stored if `None`.
    pub(crate) defaults: Option<&'a [&'static str]>,
    pub(crate) service: Service,
    pub(crate) select: Option<&'a [String]>,
    pub(crate) expand: &'a [Expand],
}

impl<'a> View<'a> {
    pub(crate) fn new(ty: &'a Type, source: &'a dyn Source, service: Service, options: &'a Options) -> View<'a> {
        View { ty, source, defaults: None, service, select: options.select.as_deref(), expand: &options.expand }
    }

    pub(crate) fn defaults(mut self, names: &'a [&'static str]) -> View<'a> {
        self.defaults = Some(names);
        self
    }

    /// Prints an entity behind `head`, which is empty or properties with a comma behind each.
    ///
    /// # Errors
    /// What [`Source::expand`] refuses.
    pub(crate) fn write(&self, out: &mut Vec<u8>, entity: &Entity, head: &[(&str, &str)]) -> Result<(), Fault> {
        let mut object = Object::open(out);
        for (name, text) in head {
            object.text(name, text);
        }
        if let Some(name) = self.source.type_name(entity) {
            object.text("@odata.type", name);
        }
        if let Some(etag) = self.source.etag(entity) {
            object.text("@odata.etag", &etag);
        }
        let actual = self.source.actual(entity);
        let (ty, defaults) = actual.unwrap_or((self.ty, self.defaults));
        match (self.select, defaults) {
            (Some(names), _) => {
                // Only the directory leaves out an id that was not asked for.
                if self.service != Service::Directory && !names.iter().any(|name| name == "id") {
                    object.text("id", &self.source.id(entity));
                }
                for name in names {
                    self.property(&mut object, ty, entity, name);
                }
            }
            (None, Some(names)) => names.iter().for_each(|name| self.property(&mut object, ty, entity, name)),
            (None, None) => {
                object.text("id", &self.source.id(entity));
                let derived = self.source.derived_names();
                for (name, value) in &entity.fields {
                    if self.hidden(name, value) || derived.contains(&name.as_str()) {
                        continue;
                    }
                    object.value(name, value);
                }
                for name in derived {
                    if let Some(value) = self.source.derived(entity, name) {
                        object.value(name, &value);
                    }
                }
            }
        }
        for expand in self.expand {
            let own = self.source.type_name(entity).and_then(|name| name.rsplit('.').next());
            if expand.cast.is_some_and(|cast| own != Some(cast)) {
                continue;
            }
            let value = self.source.expand(entity, expand)?;
            object.value(&expand.name, &value);
        }
        object.close();
        Ok(())
    }

    /// Stored navigation properties are printed only when they are expanded; a dot marks what the sandbox keeps for
    /// itself.
    fn hidden(&self, name: &str, value: &Value) -> bool {
        let scalar = !matches!(value, Value::Array(_) | Value::Object(_));
        name == "id"
            || name.starts_with('.')
            || (!scalar && (name == "uniqueBody" || self.ty.property(name).is_some_and(|property| property.navigation)))
    }

    fn property(&self, object: &mut Object<'_>, ty: &Type, entity: &Entity, name: &str) {
        if name == "id" {
            return object.text("id", &self.source.id(entity));
        }
        if let Some(value) = self.source.derived(entity, name) {
            return object.value(name, &value);
        }
        match (entity.fields.get(name), ty.property(name)) {
            (_, Some(property)) if property.navigation => {}
            (Some(value), _) => object.value(name, value),
            (None, Some(property)) if property.collection => object.value(name, &Value::Array(Vec::new())),
            (None, Some(_)) => object.value(name, &Value::Null),
            (None, None) => {}
        }
    }

    /// The entity alone, as the answer to a GET or POST.
    ///
    /// # Errors
    /// What [`View::write`] refuses.
    pub(crate) fn reply(&self, call: &Call<'_>, status: u16, context: &str, entity: &Entity) -> Outcome {
        let mut out = Vec::with_capacity(2048);
        let context = format!("{}{}/$entity", call.context(context), selected(self.select));
        self.write(&mut out, entity, &[("@odata.context", &context)])?;
        Ok(Reply::json(status, out))
    }

    /// The entity as a value, to be put inline.
    ///
    /// # Errors
    /// What [`View::write`] refuses.
    pub(crate) fn inline(&self, entity: &Entity) -> Result<Value, Fault> {
        let mut out = Vec::new();
        self.write(&mut out, entity, &[])?;
        Ok(serde_json::from_slice(&out).unwrap_or_default())
    }
}

/// What a context says of `$select`.
pub(crate) fn selected(select: Option<&[String]>) -> String {
    select.map_or_else(String::new, |names| format!("({})", names.join(",")))
}

/// How a collection is paged.
pub(crate) struct Paging {
    /// Items in a page without `$top`.
    pub(crate) page: usize,
    /// The most that `$top` may ask for.
    pub(crate) max: usize,
    /// The property by which the collection is sorted already, the greatest first.
    pub(crate) natural: Option<&'static str>,
}

/// Answers a list: filters, sorts, pages and prints `items`, which come in the collection's own order.
///
/// # Errors
/// A page size beyond the limit, and what [`View::write`] refuses.
pub(crate) fn list<'t>(
    call: &Call<'_>,
    view: &View<'_>,
    paging: &Paging,
    options: &Options,
    context: &str,
    items: impl Iterator<Item = &'t Entity>,
    search: Option<&dyn Fn(&Entity) -> bool>,
) -> Outcome {
    let size = page_size(call, paging, options)?;
    let start = match (&options.skiptoken, options.skip) {
        (Some(token), _) => decode_skip(token).ok_or_else(|| bad_skip_token(call.service))?,
        (None, skip) => skip.unwrap_or_default(),
    };
    let wanted = |entity: &&Entity| {
        options.filter.as_ref().is_none_or(|filter| odata::matches(filter, &entity.fields))
            && search.is_none_or(|search| search(entity))
    };
    let mut out = Vec::with_capacity(16 * 1024);
    let mut head = Object::open(&mut out);
    head.text("@odata.context", &format!("{}{}", call.context(context), selected(view.select)));
    let sorted = match options.orderby.as_slice() {
        [] => true,
        [only] => only.descending && only.path.len() == 1 && paging.natural == only.path.first().map(String::as_str),
        _ => false,
    };
    let (page, more, total): (Vec<&Entity>, bool, Option<usize>) = if options.count || !sorted {
        let mut found: Vec<&Entity> = items.filter(wanted).collect();
        if !sorted {
            found.sort_by(|left, right| OrderBy::compare(&options.orderby, &left.fields, &right.fields));
        }
        let total = found.len();
        let page = found.into_iter().skip(start).take(size).collect();
        (page, start.saturating_add(size) < total, Some(total))
    } else {
        let mut found = items.filter(wanted).skip(start);
        let page: Vec<&Entity> = found.by_ref().take(size).collect();
        let more = found.next().is_some();
        (page, more, None)
    };
    if let Some(total) = total.filter(|_| options.count) {
        head.raw("@odata.count", total.to_string().as_bytes());
    }
    if more && size > 0 {
        let next = start + size;
        let link = if call.service == Service::Outlook && options.search.is_none() {
            call.query.with(&["skip", "skiptoken"], "$skip", &next.to_string())
        } else {
            call.query.with(&["skip", "skiptoken"], "$skiptoken", &encode_skip(next))
        };
        head.text("@odata.nextLink", &format!("{}{link}", call.url()));
    }
    head.key("value");
    head.out.push(b'[');
    for (i, entity) in page.iter().enumerate() {
        if i > 0 {
            head.out.push(b',');
        }
        view.write(head.out, entity, &[])?;
    }
    head.out.push(b']');
    head.close();
    Ok(Reply::json(200, out))
}

fn page_size(call: &Call<'_>, paging: &Paging, options: &Options) -> Result<usize, Fault> {
    let Some(top) = options.top else {
        return Ok(call.max_page_size().unwrap_or(paging.page).min(paging.max));
    };
    if top > paging.max || (top == 0 && call.service == Service::Directory) {
        return Err(match call.service {
            Service::Directory => Fault::unsupported(format!(
                "Invalid page size specified: '{top}'. Must be between 1 and {} inclusive.",
                paging.max
            )),
            _ => Fault::query(
                call.service,
                format!(
                    "The limit of '{}' for Top query has been exceeded. The value from the incoming request is '{top}'.",
                    paging.max
                ),
            ),
        });
    }
    Ok(top)
}

/// Tokens are opaque to clients; what is in them is a place in the list.
fn encode_skip(at: usize) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!("RFNwdAIAAQ:{at}"))
}

fn decode_skip(token: &str) -> Option<usize> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token).ok()?;
    String::from_utf8(bytes).ok()?.strip_prefix("RFNwdAIAAQ:")?.parse().ok()
}

fn bad_skip_token(service: Service) -> Fault {
    match service {
        Service::Directory => Fault::new(
            400,
            "Directory_ExpiredPageToken",
            "The specified page token value has expired and can no longer be included in your request.",
        ),
        _ => Fault::query(service, "Badly formed token."),
    }
}

/// Writes a JSON object piece by piece, without a copy of the values.
pub(crate) struct Object<'o> {
    pub(crate) out: &'o mut Vec<u8>,
    first: bool,
}

impl<'o> Object<'o> {
    pub(crate) fn open(out: &'o mut Vec<u8>) -> Object<'o> {
        out.push(b'{');
        Object { out, first: true }
    }

    pub(crate) fn key(&mut self, name: &str) {
        if !self.first {
            self.out.push(b',');
        }
        self.first = false;
        write_json(self.out, name);
        self.out.push(b':');
    }

    pub(crate) fn text(&mut self, name: &str, value: &str) {
        self.key(name);
        write_json(self.out, value);
    }

    pub(crate) fn value(&mut self, name: &str, value: &Value) {
        self.key(name);
        write_json(self.out, value);
    }

    pub(crate) fn raw(&mut self, name: &str, json: &[u8]) {
        self.key(name);
        self.out.extend_from_slice(json);
    }

    pub(crate) fn close(self) {
        self.out.push(b'}');
    }
}

fn write_json(out: &mut Vec<u8>, value: &(impl serde::Serialize + ?Sized)) {
    // Writing a text or a `Value` into memory cannot fail.
    let _ = serde_json::to_writer(&mut *out, value);
}
