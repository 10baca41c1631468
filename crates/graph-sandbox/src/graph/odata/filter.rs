//! `$filter`: from text to an expression whose properties and literals fit the type tables.

use super::expr::{Expr, Func, Literal, Op, Operand};
use super::lexer::{Lexer, Token};
use crate::graph::types::{self, Kind, Property, Type};

struct Parser<'a> {
    lexer: Lexer<'a>,
    ty: &'a Type,
    variables: Vec<(String, Property)>,
    depth: usize,
}

/// Parses `text` for entities of type `ty`.
///
/// # Errors
/// What is wrong, worded as Graph words it.
pub(crate) fn parse(text: &str, ty: &Type) -> Result<Expr, String> {
    let mut parser = Parser { lexer: Lexer::new(text), ty, variables: Vec::new(), depth: 0 };
    let expr = parser.either()?;
    match parser.lexer.peek()? {
        Token::End => Ok(expr),
        _ => Err(parser.lexer.error("the end of the expression expected")),
    }
}

impl Parser<'_> {
    fn either(&mut self) -> Result<Expr, String> {
        // The service has such a bound as well; without one a hostile filter overflows the stack.
        self.depth += 1;
        if self.depth > 100 {
            return Err("The recursion limit has been exceeded.".into());
        }
        let mut left = self.both()?;
        while self.lexer.take_word("or")? {
            left = Expr::Or(Box::new(left), Box::new(self.both()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn both(&mut self) -> Result<Expr, String> {
        let mut left = self.unary()?;
        while self.lexer.take_word("and")? {
            left = Expr::And(Box::new(left), Box::new(self.unary()?));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expr, String> {
        let mut negations = 0;
        while self.lexer.take_word("not")? {
            negations += 1;
        }
        let inner = self.primary()?;
        Ok(if negations % 2 == 1 { Expr::Not(Box::new(inner)) } else { inner })
    }

    fn primary(&mut self) -> Result<Expr, String> {
        if self.lexer.take(&Token::Open)? {
            let inner = self.either()?;
            self.lexer.expect(&Token::Close, ")")?;
            return Ok(inner);
        }
        if let Token::Word(word) = self.lexer.peek()? {
            let func = match word {
                "startswith" | "startsWith" => Some(Func::StartsWith),
                "endswith" | "endsWith" => Some(Func::EndsWith),
                "contains" => Some(Func::Contains),
                _ => None,
            };
            if let Some(func) = func {
                self.lexer.next()?;
                self.lexer.expect(&Token::Open, "(")?;
                let subject = self.operand()?;
                self.lexer.expect(&Token::Comma, ",")?;
                let argument = self.operand()?;
                self.lexer.expect(&Token::Close, ")")?;
                if !textual(&subject) || !textual(&argument) {
                    return Err(format!(
                        "No function signature for the function with name '{}' matches the specified arguments.",
                        word
                    ));
                }
                let test = Expr::Test(func, subject, argument);
                // `startswith(x,'y') eq true` is the older spelling.
                return self.compared_test(test);
            }
        }
        let operand = self.operand()?;
        if let Operand::Path { collection: true, .. } = &operand {
            return self.lambda(operand);
        }
        self.comparison(operand)
    }

    fn compared_test(&mut self, test: Expr) -> Result<Expr, String> {
        let equal = match self.lexer.peek()? {
            Token::Word("eq") => true,
            Token::Word("ne") => false,
            _ => return Ok(test),
        };
        self.lexer.next()?;
        match self.lexer.next()? {
            Token::Word(word @ ("true" | "false")) => {
                Ok(if (word == "true") == equal { test } else { Expr::Not(Box::new(test)) })
            }
            _ => Err(self.lexer.error("true or false expected")),
        }
    }

    fn lambda(&mut self, path: Operand) -> Result<Expr, String> {
        self.lexer.expect(&Token::Slash, "/any")?;
        let all = match self.lexer.next()? {
            Token::Word("any") => false,
            Token::Word("all") => true,
            _ => return Err(self.lexer.error("'any' or 'all' expected behind a collection")),
        };
        self.lexer.expect(&Token::Open, "(")?;
        if !all && self.lexer.take(&Token::Close)? {
            return Ok(Expr::Any(path, None));
        }
        let Token::Word(variable) = self.lexer.next()? else {
            return Err(self.lexer.error("a range variable expected"));
        };
        self.lexer.expect(&Token::Colon, ":")?;
        let Operand::Path { kind, .. } = path else { return Err(self.lexer.error("a collection expected")) };
        self.variables.push((variable.to_owned(), Property { kind, collection: false, navigation: false }));
        let body = self.either();
        self.variables.pop();
        let body = Box::new(body?);
        self.lexer.expect(&Token::Close, ")")?;
        Ok(if all { Expr::All(path, body) } else { Expr::Any(path, Some(body)) })
    }

    fn comparison(&mut self, left: Operand) -> Result<Expr, String> {
        let op = match self.lexer.peek()? {
            Token::Word("in") => {
                self.lexer.next()?;
                return self.list(left);
            }
            Token::Word(word) => Op::of(word),
            _ => None,
        };
        let Some(op) = op else {
            return match kind_of(&left) {
                Some(Kind::Boolean | Kind::Open) => Ok(Expr::Truth(left)),
                _ => Err("The $filter expression must evaluate to a single boolean value.".into()),
            };
        };
        self.lexer.next()?;
        let right = self.operand()?;
        let (left, right) = fit(left, op, right)?;
        Ok(Expr::Compare(left, op, right))
    }

    fn list(&mut self, left: Operand) -> Result<Expr, String> {
        self.lexer.expect(&Token::Open, "(")?;
        let mut values = Vec::new();
        loop {
            let value = self.operand()?;
            match fit(left.clone(), Op::Eq, value)?.1 {
                Operand::Literal(literal) => values.push(literal),
                _ => return Err(self.lexer.error("a literal expected")),
            }
            if !self.lexer.take(&Token::Comma)? {
                break;
            }
        }
        self.lexer.expect(&Token::Close, ")")?;
        Ok(Expr::In(left, values))
    }

    fn operand(&mut self) -> Result<Operand, String> {
        match self.lexer.next()? {
            Token::Quoted(text) => Ok(Operand::Literal(Literal::Text(text))),
            Token::Word(word @ ("tolower" | "toupper")) => {
                self.lexer.expect(&Token::Open, "(")?;
                let inner = Box::new(self.operand()?);
                self.lexer.expect(&Token::Close, ")")?;
                Ok(if word == "tolower" { Operand::Lower(inner) } else { Operand::Upper(inner) })
            }
            Token::Word(word) => match literal(word) {
                Some(literal) => Ok(Operand::Literal(literal)),
                None => self.path(word),
            },
            _ => Err(self.lexer.error("an expression expected")),
        }
    }

    fn path(&mut self, first: &str) -> Result<Operand, String> {
        if self.lexer.peek()? == Token::Open {
            return Err(format!("An unknown function with name '{first}' was found."));
        }
        let variable = self.variables.iter().rposition(|(name, _)| name == first);
        let (mut steps, mut property) = match variable {
            Some(index) => (Vec::new(), self.variables[index].1),
            None => (vec![first.to_owned()], self.property(self.ty, first)?),
        };
        while !property.collection && self.lexer.take(&Token::Slash)? {
            let Token::Word(step) = self.lexer.next()? else {
                return Err(self.lexer.error("a property name expected"));
            };
            let Kind::Object(name) = property.kind else {
                return Err(format!(
                    "The parent value for a property access of a property '{step}' is not a single value."
                ));
            };
            property = match types::find(name) {
                Some(ty) => self.property(ty, step)?,
                None => Property { kind: Kind::Text, collection: false, navigation: false },
            };
            steps.push(step.to_owned());
        }
        let path = Operand::Path { variable, steps, kind: property.kind, collection: property.collection };
        if property.collection {
            // `path/$count`, or a lambda, which the caller reads.
            let mut ahead = self.lexer.clone();
            if ahead.take(&Token::Slash)? && ahead.take_word("$count")? {
                self.lexer = ahead;
                return Ok(Operand::Count(Box::new(path)));
            }
        }
        Ok(path)
    }

    fn property(&self, ty: &Type, name: &str) -> Result<Property, String> {
        ty.reach(name)
            .ok_or_else(|| format!("Could not find a property named '{name}' on type 'microsoft.graph.{}'.", ty.name))
    }
}

fn literal(word: &str) -> Option<Literal> {
    Some(match word {
        "null" => Literal::Null,
        "true" => Literal::Boolean(true),
        "false" => Literal::Boolean(false),
        _ if types::is_guid(word) => Literal::Guid(word.to_ascii_lowercase()),
        _ if !word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => return None,
        _ => {
            if let Ok(number) = word.parse() {
                Literal::Number(number)
            } else if let Ok(moment) = word.parse() {
                Literal::Moment(moment)
            } else if let (Ok(day), 10) = (word.parse(), word.len()) {
                Literal::Day(day)
            } else {
                return None;
            }
        }
    })
}

fn kind_of(operand: &Operand) -> Option<Kind> {
    match operand {
        Operand::Path { kind, .. } => Some(*kind),
        Operand::Count(_) => Some(Kind::Integer),
        Operand::Lower(_) | Operand::Upper(_) => Some(Kind::Text),
        Operand::Literal(_) => None,
    }
}

fn textual(operand: &Operand) -> bool {
    matches!(operand, Operand::Literal(Literal::Text(_))) || matches!(kind_of(operand), Some(Kind::Text | Kind::Open))
}

/// Makes a literal fit what it is compared with.
fn fit(left: Operand, op: Op, right: Operand) -> Result<(Operand, Operand), String> {
    Ok(match (left, right) {
        (left, Operand::Literal(literal)) => {
            let literal = fit_literal(kind_of(&left), op, literal)?;
            (left, Operand::Literal(literal))
        }
        (Operand::Literal(literal), right) => {
            let literal = fit_literal(kind_of(&right), op, literal)?;
            (Operand::Literal(literal), right)
        }
        both => both,
    })
}

fn fit_literal(kind: Option<Kind>, op: Op, literal: Literal) -> Result<Literal, String> {
    let Some(kind) = kind else { return Ok(literal) };
    let good = match (kind, &literal) {
        (_, Literal::Null) | (Kind::Open, _) => true,
        (Kind::Text | Kind::Duration | Kind::Binary | Kind::TimeOfDay, Literal::Text(_)) => true,
        (Kind::Enum(name) | Kind::Choice(name, _), Literal::Text(text)) => {
            if !kind.members().iter().any(|member| member.eq_ignore_ascii_case(text)) {
                return Err(format!(
                    "The string '{text}' is not a valid enumeration type constant of 'microsoft.graph.{name}'."
                ));
            }
            true
        }
        (Kind::Integer | Kind::Float, Literal::Number(_)) => true,
        (Kind::Boolean, Literal::Boolean(_)) => true,
        (Kind::Moment, Literal::Moment(_)) | (Kind::Date, Literal::Day(_)) | (Kind::Guid, Literal::Guid(_)) => true,
        (Kind::Moment, Literal::Day(day)) => {
            let midnight = day.at(0, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).map_err(|error| error.to_string())?;
            return Ok(Literal::Moment(midnight.timestamp()));
        }
        _ => false,
    };
    if good {
        return Ok(literal);
    }
    Err(format!(
        "A binary operator with incompatible types was detected. Found operand types '{}' and '{}' for operator kind '{}'.",
        kind.edm(),
        literal.edm(),
        op.edm()
    ))
}
