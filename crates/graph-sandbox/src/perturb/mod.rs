//! Perturbations: the same answers as other servers, gateways and days would word them.
//!
//! A perturbation changes a right answer within what OData, JSON and HTTP allow and what Graph has been seen to do.
//! Each is a type in a file of its own, which says what allows it. What happens depends on the seed and on the request
//! alone, so that a failure can be repeated from its seed.

mod absent;
mod asked;
mod batch;
mod batch_order;
mod byte_order_mark;
mod choice;
mod coding;
mod content_type;
mod cut;
mod dates;
mod engine;
mod enum_members;
mod error_page;
mod error_shape;
mod failed;
mod fragments;
mod gateway;
mod informational;
mod links;
mod order;
mod pages;
mod parts;
mod refused;
mod repeats;
mod shelf;
mod sizes;
mod slow;
mod spelling;
mod told;
mod unknown_properties;
mod walk;
mod wire;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::Value;

pub use choice::{BadChoice, Perturbations};
pub(crate) use engine::{Counted, Engine};

use crate::random::Random;
use asked::Asked;
use wire::Wire;

/// What a perturbation may change for whoever reads the answer well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Loss {
    /// Nothing: a right client comes to the same outcome.
    Lossless,
    /// Something is told later, in parts, twice or not at all. A right client ends in a right outcome or in a clear
    /// error.
    Lossy,
}

/// One way to change answers.
///
/// The methods are called in the order in which they stand here, each for all chosen perturbations in turn.
///
/// What changes the values of an object draws from its [place](walk::Place), because an object that has not changed
/// reads the same each time. What changes how an answer is worded, sent or refused draws from the numbers that it is
/// given, which are others for each request.
trait Perturbation: Send + Sync {
    /// The name by which it is chosen.
    fn name(&self) -> &'static str;
    /// What it may change for whoever reads the answer well.
    fn loss(&self) -> Loss;
    /// What it does, in one line.
    fn summary(&self) -> &'static str;

    /// Answers a request in place of the work.
    fn instead(&self, _asked: &Asked<'_>, _random: &mut Random) -> Option<Response<Bytes>> {
        None
    }
    /// Changes the JSON of a good answer, also of a part of a `$batch`.
    fn body(&self, _asked: &Asked<'_>, _body: &mut Value, _random: &mut Random) {}
    /// Changes the JSON of an error, also of a part of a `$batch`. What is then a text is sent as one.
    fn error(&self, _asked: &Asked<'_>, _status: StatusCode, _body: &mut Value, _random: &mut Random) {}
    /// Changes the answer as it goes over the wire.
    fn wire(&self, _asked: &Asked<'_>, _wire: &mut Wire, _random: &mut Random) {}
}

/// Every perturbation, in the order in which they change an answer: what is told, then how, then the bytes.
const ALL: [&dyn Perturbation; 26] = [
    &refused::Refused,
    &gateway::Gateway,
    &failed::Failed,
    &repeats::Repeats,
    &pages::Pages,
    &fragments::Fragments,
    &absent::Absent,
    &absent::Null,
    &sizes::Sizes,
    &enum_members::EnumMembers,
    &dates::Dates,
    &unknown_properties::UnknownProperties,
    &links::Links,
    &order::Order,
    &batch_order::BatchOrder,
    &parts::MissingParts,
    &parts::LostParts,
    &error_shape::ErrorShape,
    &error_page::ErrorPage,
    &spelling::Spelling,
    &content_type::ContentType,
    &byte_order_mark::ByteOrderMark,
    &coding::Coding,
    &informational::Informational,
    &slow::Slow,
    &cut::Cut,
];
