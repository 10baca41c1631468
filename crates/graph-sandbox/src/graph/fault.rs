//! Graph's errors.

use std::borrow::Cow;

use http::header::{ALLOW, LOCATION};

use super::types::BodyFault;

/// The code of what the sandbox does not serve. No service of Microsoft has it.
const NOT_SERVED: &str = "sandboxNotServed";

/// The service behind a resource; each words its errors in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Directory,
    Outlook,
    Drive,
    Teams,
    Intune,
    /// Of a taught collection, which no service of Microsoft words.
    General,
}

/// An error answer.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) status: u16,
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: String,
    pub(crate) location: Option<String>,
    /// The methods that are served, where another one is not.
    pub(crate) allow: Option<String>,
    /// A code within, which says more.
    pub(crate) inner: Option<&'static str>,
}

impl Fault {
    pub(crate) fn new(status: u16, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Fault {
        Fault { status, code: code.into(), message: message.into(), location: None, allow: None, inner: None }
    }

    pub(crate) fn bad(message: impl Into<String>) -> Fault {
        Fault::new(400, "BadRequest", message)
    }

    /// Adds a code that says more.
    pub(crate) fn inner(mut self, code: &'static str) -> Fault {
        self.inner = Some(code);
        self
    }

    /// Adds where a client should start over.
    pub(crate) fn location(mut self, url: String) -> Fault {
        self.location = Some(url);
        self
    }

    /// Headers beyond those that every answer has.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (http::HeaderName, &str)> {
        let location = self.location.as_deref().map(|url| (LOCATION, url));
        location.into_iter().chain(self.allow.as_deref().map(|methods| (ALLOW, methods)))
    }

    pub(crate) fn segment(segment: &str) -> Fault {
        Fault::bad(format!("Resource not found for the segment '{segment}'."))
    }

    /// Something that the sandbox does not have, whether Graph has it or not.
    pub(crate) fn unserved(what: &str) -> Fault {
        Fault::new(501, NOT_SERVED, format!("The sandbox does not serve '{what}'. Microsoft Graph may."))
    }

    /// A part of a request that Graph understands and the sandbox does not.
    pub(crate) fn not_implemented(what: &str) -> Fault {
        Fault::new(501, "notImplemented", format!("The sandbox does not serve '{what}'; Microsoft Graph does."))
    }

    /// A method that the sandbox does not serve at a path where it serves `others`.
    pub(crate) fn unserved_method(method: &str, path: &str, others: &[&str]) -> Fault {
        let others = others.join(", ");
        let message = format!("The sandbox serves {others} at '{path}', and not {method}. Microsoft Graph may.");
        Fault { allow: Some(others), ..Fault::new(405, NOT_SERVED, message) }
    }

    /// A method that Graph does not have there.
    pub(crate) fn method() -> Fault {
        Fault::new(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
    }

    /// An Outlook item that is not there.
    pub(crate) fn item() -> Fault {
        Fault::new(404, "ErrorItemNotFound", "The specified object was not found in the store.")
    }

    pub(crate) fn malformed_id() -> Fault {
        Fault::new(400, "ErrorInvalidIdMalformed", "Id is malformed.")
    }

    /// An item of a collection that is not there.
    pub(crate) fn missing(service: Service, id: &str) -> Fault {
        match service {
            Service::Outlook => Fault::item(),
            Service::Directory => Fault::resource(id),
            Service::Drive => Fault::drive_item(),
            Service::Teams | Service::Intune | Service::General => {
                Fault::new(404, "NotFound", format!("The requested item '{id}' is not found."))
            }
        }
    }

    /// A directory object that is not there.
    pub(crate) fn resource(id: &str) -> Fault {
        Fault::new(
            404,
            "Request_ResourceNotFound",
            format!("Resource '{id}' does not exist or one of its queried reference-property objects are not present."),
        )
    }

    /// A file or folder that is not there.
    pub(crate) fn drive_item() -> Fault {
        Fault::new(404, "itemNotFound", "The resource could not be found.")
    }

    pub(crate) fn directory(message: impl Into<String>) -> Fault {
        Fault::new(400, "Request_BadRequest", message)
    }

    pub(crate) fn unsupported(message: impl Into<String>) -> Fault {
        Fault::new(400, "Request_UnsupportedQuery", message)
    }

    /// A query option that cannot be read.
    pub(crate) fn query(service: Service, message: impl Into<String>) -> Fault {
        match service {
            Service::Outlook => Fault::new(400, "RequestBroker--ParseUri", message),
            Service::Directory | Service::Intune | Service::Teams | Service::General => Fault::bad(message),
            Service::Drive => Fault::new(400, "invalidRequest", message),
        }
    }

    /// The caller may not do this.
    pub(crate) fn denied(service: Service) -> Fault {
        match service {
            Service::Outlook => {
                Fault::new(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
            }
            Service::Directory => {
                Fault::new(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
            }
            Service::Drive => Fault::new(403, "accessDenied", "Access denied"),
            Service::Teams => Fault::new(403, "Forbidden", "Missing scope permissions on the request."),
            Service::General => {
                Fault::new(403, "Forbidden", "The permissions of the access token are not sufficient for this request.")
            }
            Service::Intune => Fault::new(403, "Forbidden", "Application is not authorized to perform this operation."),
        }
    }

    /// A body that is not of the resource's type.
    pub(crate) fn body(service: Service, fault: BodyFault) -> Fault {
        let code = match service {
            Service::Directory => "Request_BadRequest",
            Service::Outlook => "RequestBodyRead",
            Service::Drive => "invalidRequest",
            Service::Teams => "BadRequest",
            Service::Intune | Service::General => "BadRequest",
        };
        let message = match fault {
            BodyFault::Unknown { property, on } => format!(
                "The property '{property}' does not exist on type 'microsoft.graph.{on}'. Make sure to only use property names that \
                 are defined by the type or mark the type as open type."
            ),
            BodyFault::Kind { property, literal, expected } if service == Service::Directory => {
                format!(
                    "Invalid value specified for property '{property}' of resource: '{literal}' is not of type '{expected}'."
                )
            }
            BodyFault::Kind { literal, expected, .. } => {
                format!("Cannot convert the literal '{literal}' to the expected type '{expected}'.")
            }
            BodyFault::Member { literal, of } => {
                format!("Requested value '{literal}' was not found for type 'microsoft.graph.{of}'.")
            }
        };
        Fault::new(400, code, message)
    }
}
