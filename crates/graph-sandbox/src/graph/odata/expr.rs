//! What a `$filter` says, once it has been read.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::graph::types::Kind;

/// A boolean expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Compare(Operand, Op, Operand),
    In(Operand, Vec<Literal>),
    Test(Func, Operand, Operand),
    /// `path/any(x:body)`; without a body it asks whether there is an element.
    Any(Operand, Option<Box<Expr>>),
    All(Operand, Box<Expr>),
    /// A boolean property on its own.
    Truth(Operand),
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

impl Op {
    pub(super) fn of(word: &str) -> Option<Op> {
        Some(match word {
            "eq" => Op::Eq,
            "ne" => Op::Ne,
            "gt" => Op::Gt,
            "ge" => Op::Ge,
            "lt" => Op::Lt,
            "le" => Op::Le,
            _ => return None,
        })
    }

    pub(super) fn edm(self) -> &'static str {
        match self {
            Op::Eq => "Equal",
            Op::Ne => "NotEqual",
            Op::Gt => "GreaterThan",
            Op::Ge => "GreaterThanOrEqual",
            Op::Lt => "LessThan",
            Op::Le => "LessThanOrEqual",
        }
    }
}

/// The functions that answer yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Func {
    StartsWith,
    EndsWith,
    Contains,
}

/// A value in an expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    /// A property. `variable` counts the enclosing lambdas from the outside; `None` is the entity itself.
    Path {
        variable: Option<usize>,
        steps: Vec<String>,
        kind: Kind,
        collection: bool,
    },
    /// `path/$count`.
    Count(Box<Operand>),
    Lower(Box<Operand>),
    Upper(Box<Operand>),
    Literal(Literal),
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Null,
    Boolean(bool),
    Number(f64),
    Text(String),
    Moment(Timestamp),
    Day(Date),
    Guid(String),
}

impl Literal {
    pub(super) fn edm(&self) -> &'static str {
        match self {
            Literal::Null => "Edm.Null",
            Literal::Boolean(_) => "Edm.Boolean",
            Literal::Number(_) => "Edm.Int32",
            Literal::Text(_) => "Edm.String",
            Literal::Moment(_) => "Edm.DateTimeOffset",
            Literal::Day(_) => "Edm.Date",
            Literal::Guid(_) => "Edm.Guid",
        }
    }
}
