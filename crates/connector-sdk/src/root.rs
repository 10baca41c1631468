//! Roots of data, from which requests are made.

use std::borrow::Cow;

use http::Method;

use crate::Request;

/// The root of a person's data, from which requests are made: `/me` or `/users/{user}`.
#[derive(Debug, Clone)]
pub struct Root {
    user: Option<String>,
    shared: bool,
    preferences: Vec<Cow<'static, str>>,
}

impl Root {
    /// The signed-in user.
    pub fn me() -> Root {
        Root { user: None, shared: false, preferences: Vec::new() }
    }
    /// Somebody by id or user principal name.
    pub fn user(user: impl Into<String>) -> Root {
        Root { user: Some(user.into()), ..Root::me() }
    }
    /// Reaches into somebody else's data.
    pub fn shared(mut self) -> Root {
        self.shared = true;
        self
    }
    /// Whether it reaches into the data of somebody else than who is signed in. For an app it never does.
    pub fn is_shared(&self) -> bool {
        self.shared
    }
    /// Adds a preference to every request made from here.
    pub fn prefer(mut self, preference: impl Into<Cow<'static, str>>) -> Root {
        self.preferences.push(preference.into());
        self
    }

    /// A request below this root. `template` begins with a slash.
    pub fn request(&self, method: Method, template: &str) -> Request {
        let mut request = match &self.user {
            None => Request::new(method, format!("/me{template}")),
            Some(user) => Request::new(method, format!("/users/{{user}}{template}")).with("user", user.as_str()),
        };
        for preference in &self.preferences {
            request = request.prefer(preference);
        }
        if self.shared { request.shared() } else { request }
    }
    /// `GET` below this root.
    pub fn get(&self, template: &str) -> Request {
        self.request(Method::GET, template)
    }
    /// `POST` below this root.
    pub fn post(&self, template: &str) -> Request {
        self.request(Method::POST, template)
    }
    /// `PATCH` below this root.
    pub fn patch(&self, template: &str) -> Request {
        self.request(Method::PATCH, template)
    }
    /// `PUT` below this root.
    pub fn put(&self, template: &str) -> Request {
        self.request(Method::PUT, template)
    }
    /// `DELETE` below this root.
    pub fn delete(&self, template: &str) -> Request {
        self.request(Method::DELETE, template)
    }
}
