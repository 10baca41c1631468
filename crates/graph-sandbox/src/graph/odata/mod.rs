//! OData queries as Graph understands them: one engine for every collection.

mod eval;
mod expand;
mod expr;
mod filter;
mod keywords;
mod lexer;
mod options;
mod order;

pub(crate) use eval::matches;
pub(crate) use expand::Expand;
pub(crate) use expr::{Expr, Func, Literal, Op, Operand};
pub(crate) use keywords::{Keywords, has_phrase};
pub(crate) use options::{Options, RawQuery};
pub(crate) use order::OrderBy;
