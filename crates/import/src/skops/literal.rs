//! As much of Python's notation as the header of an array needs.

/// A value in a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Literal {
    Text(String),
    Int(u64),
    Bool(bool),
    /// A list or a tuple.
    Sequence(Vec<Self>),
    Dict(Vec<(String, Self)>),
}

/// Deepest nesting: a dictionary holds a list of pairs.
const DEPTH_MAX: usize = 4;

impl Literal {
    /// Reads text that is one value; space around it is dropped.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parser = Parser { rest: text };
        let value = parser.value(0)?;
        parser.rest.trim().is_empty().then_some(value)
    }

    /// The values of a dictionary that has exactly these keys.
    pub(super) fn entries<const N: usize>(&self, keys: [&str; N]) -> Option<[&Self; N]> {
        let Self::Dict(entries) = self else { return None };
        let found = keys.map(|key| entries.iter().find(|entry| entry.0 == key).map(|e| &e.1));
        (entries.len() == N && found.iter().all(Option::is_some))
            .then(|| found.map(|value| value.unwrap_or(self)))
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn take(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_start().strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn value(&mut self, depth: usize) -> Option<Literal> {
        if depth == DEPTH_MAX {
            return None;
        }
        if self.take("{") {
            return self.dict(depth);
        }
        if self.take("(") {
            return self.sequence(")", depth);
        }
        if self.take("[") {
            return self.sequence("]", depth);
        }
        if self.take("True") {
            return Some(Literal::Bool(true));
        }
        if self.take("False") {
            return Some(Literal::Bool(false));
        }
        self.rest = self.rest.trim_start();
        match self.rest.chars().next()? {
            '\'' => self.text().map(Literal::Text),
            '0'..='9' => self.int().map(Literal::Int),
            _ => None,
        }
    }

    fn text(&mut self) -> Option<String> {
        let (text, rest) = self.rest.trim_start().strip_prefix('\'')?.split_once('\'')?;
        self.rest = rest;
        // No name of ours needs an escape.
        (!text.contains('\\')).then(|| text.to_owned())
    }

    fn int(&mut self) -> Option<u64> {
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        digits.parse().ok()
    }

    fn sequence(&mut self, end: &str, depth: usize) -> Option<Literal> {
        let mut items = Vec::new();
        while !self.take(end) {
            items.push(self.value(depth + 1)?);
            if !self.take(",") {
                return self.take(end).then_some(Literal::Sequence(items));
            }
        }
        Some(Literal::Sequence(items))
    }

    fn dict(&mut self, depth: usize) -> Option<Literal> {
        let mut entries: Vec<(String, Literal)> = Vec::new();
        while !self.take("}") {
            let key = self.text()?;
            let is_new = entries.iter().all(|entry| entry.0 != key);
            if !is_new || !self.take(":") {
                return None;
            }
            entries.push((key, self.value(depth + 1)?));
            if !self.take(",") {
                return self.take("}").then_some(Literal::Dict(entries));
            }
        }
        Some(Literal::Dict(entries))
    }
}
