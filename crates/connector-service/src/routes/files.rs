//! The routes of temporary files.

use super::declare::{get, post, route};
use crate::api::files;
use crate::route::{Gives, Need, Param, Route, Takes, handler, schema_of};
use connector_runtime::TemporaryFile;
use http::Method;

pub(super) static ROUTES: &[Route] = &[
    post("/v1/files", "add_file", "Stores a temporary file", Need::Caller, handler!(files::add))
        .query(&[Param::text("name", "Name of the file; usually `file`.")])
        .takes(Takes::Bytes)
        .gives_a(schema_of::<TemporaryFile>)
        .creates(),
    get("/v1/files", "list_files", "Lists the temporary files of the caller", Need::Caller, handler!(files::list))
        .gives_a(schema_of::<files::List>),
    get("/v1/files/{id}", "read_file", "Returns the content of a file", Need::Caller, handler!(files::content))
        .headers(&[Param::text("Range", "One range of bytes, such as `bytes=0-499`.")])
        .gives(&[Gives::Bytes])
        .marks(&["Content-Disposition", "Accept-Ranges", "ETag"])
        .statuses(&[206, 416]),
    route(Method::DELETE, "/v1/files/{id}", "remove_file", "Removes a file", Need::Caller, handler!(files::remove))
        .takes(Takes::Nothing)
        .gives_a(schema_of::<files::Removed>),
];
