//! The tables of all routes. The router, the description and the tests of what a caller may do are made from them.

mod about;
mod connecting;
mod declare;
mod files;
mod governing;
mod running;
mod watching;

use crate::route::Route;

/// Returns all routes.
pub(crate) fn routes() -> impl Iterator<Item = &'static Route> {
    [about::ROUTES, running::ROUTES, connecting::ROUTES, governing::ROUTES, files::ROUTES, watching::ROUTES]
        .into_iter()
        .flatten()
}
