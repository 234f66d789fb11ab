use std::fmt;

pub struct Token {
    text: String,
}

impl Token {
    pub fn number(&self) -> Option<i64> {
        if self.text.is_empty() || self.text == "-" {
            return None;
        }
        match self.text.parse::<i64>() {
            Ok(value) => Some(value),
            Err(_) => None,
        }
    }
}

pub fn sum(tokens: &[Token]) -> i64 {
    let mut total = 0;
    for token in tokens {
        if let Some(value) = token.number() {
            total += value;
        }
    }
    total
}
