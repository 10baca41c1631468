//! Reads the characters of a `$filter`.

/// A cursor over the text, with what errors need to name a position.
#[derive(Clone)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

/// A literal before its kind is known.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token<'a> {
    /// A quoted string, quotes undoubled.
    Quoted(String),
    /// Anything else up to a delimiter: names, keywords, numbers, dates, GUIDs.
    Word(&'a str),
    Open,
    Close,
    Comma,
    Slash,
    Colon,
    End,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Lexer<'a> {
        Lexer { text, at: 0 }
    }

    pub(super) fn error(&self, what: &str) -> String {
        format!("Syntax error: {what} at position {} in '{}'.", self.at, self.text)
    }

    fn skip_space(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    /// The next token without taking it.
    pub(super) fn peek(&mut self) -> Result<Token<'a>, String> {
        let at = self.at;
        let token = self.next();
        self.at = at;
        token
    }

    /// Takes the next token.
    pub(super) fn next(&mut self) -> Result<Token<'a>, String> {
        self.skip_space();
        let rest = &self.text[self.at..];
        let Some(first) = rest.chars().next() else { return Ok(Token::End) };
        let single = match first {
            '(' => Some(Token::Open),
            ')' => Some(Token::Close),
            ',' => Some(Token::Comma),
            '/' => Some(Token::Slash),
            ':' => Some(Token::Colon),
            _ => None,
        };
        if let Some(token) = single {
            self.at += 1;
            return Ok(token);
        }
        if first == '\'' {
            return self.quoted();
        }
        // A date has colons and a lambda's variable is followed by one.
        let dated = first.is_ascii_digit() || first == '-';
        let word =
            |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '+' | '$' | '@') || (dated && c == ':');
        let length = rest.find(|c| !word(c)).unwrap_or(rest.len());
        if length == 0 {
            return Err(self.error(&format!("character '{first}' is not valid")));
        }
        self.at += length;
        Ok(Token::Word(&rest[..length]))
    }

    fn quoted(&mut self) -> Result<Token<'a>, String> {
        let mut text = String::new();
        let mut rest = &self.text[self.at + 1..];
        loop {
            let Some(end) = rest.find('\'') else {
                return Err(format!(
                    "There is an unterminated string literal at position {} in '{}'.",
                    self.text.len(),
                    self.text
                ));
            };
            text.push_str(&rest[..end]);
            rest = &rest[end + 1..];
            match rest.strip_prefix('\'') {
                Some(more) => {
                    text.push('\'');
                    rest = more;
                }
                None => break,
            }
        }
        self.at = self.text.len() - rest.len();
        Ok(Token::Quoted(text))
    }

    /// Takes `keyword` if it is next, in exactly this case, as OData asks.
    pub(super) fn take_word(&mut self, keyword: &str) -> Result<bool, String> {
        let found = self.peek()? == Token::Word(keyword);
        if found {
            self.next()?;
        }
        Ok(found)
    }

    pub(super) fn take(&mut self, token: &Token<'_>) -> Result<bool, String> {
        let found = self.peek()? == *token;
        if found {
            self.next()?;
        }
        Ok(found)
    }

    pub(super) fn expect(&mut self, token: &Token<'_>, name: &str) -> Result<(), String> {
        if self.take(token)? { Ok(()) } else { Err(self.error(&format!("'{name}' expected"))) }
    }
}
