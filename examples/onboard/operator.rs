//! Who decides about writes and knows the codes: a person at a terminal, or the demonstration.

use std::{
    env,
    io::{self, BufRead, Write},
};

use waba::Secret;

pub trait Operator {
    /// Returns whether a write may be sent.
    fn allows(&mut self, write: &str) -> io::Result<bool>;

    /// Returns the code of a signup, if the operator gives one.
    fn signup_code(&mut self) -> io::Result<Option<Secret>>;

    /// Returns the code that the phone number has received, if the operator gives it.
    fn verification_code(&mut self) -> io::Result<Option<Secret>>;
}

/// Asks at the terminal.
pub struct Terminal {
    /// The code of the signup in the environment. A new signup has another.
    signup_code: Option<Secret>,
}

impl Terminal {
    pub fn new() -> Self {
        Self {
            signup_code: some(env::var("SIGNUP_CODE").unwrap_or_default()),
        }
    }
}

impl Operator for Terminal {
    fn allows(&mut self, write: &str) -> io::Result<bool> {
        let answer = ask(&format!("{write}? [y/N] "))?;
        Ok(matches!(answer.as_str(), "y" | "Y" | "yes"))
    }

    fn signup_code(&mut self) -> io::Result<Option<Secret>> {
        match self.signup_code.take() {
            Some(code) => Ok(Some(code)),
            None => Ok(some(ask("code of the signup: ")?)),
        }
    }

    fn verification_code(&mut self) -> io::Result<Option<Secret>> {
        Ok(some(ask("code that the number received: ")?))
    }
}

fn ask(question: &str) -> io::Result<String> {
    eprint!("{question}");
    io::stderr().flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

fn some(text: String) -> Option<Secret> {
    (!text.is_empty()).then(|| text.into())
}
