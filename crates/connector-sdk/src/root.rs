//! Roots of user data, from which requests are made.

use std::borrow::Cow;

use http::Method;

use crate::Request;

/// The root of a user's data, from which requests are made: `/me` or `/users/{user}`.
#[derive(Debug, Clone)]
#[must_use]
pub struct Root {
    user: Option<String>,
    shared: bool,
    preferences: Vec<Cow<'static, str>>,
}

impl Root {
    /// Returns the root of the signed-in user.
    pub fn me() -> Root {
        Root { user: None, shared: false, preferences: Vec::new() }
    }
    /// Returns the root of a user, by id or user principal name.
    pub fn user(user: impl Into<String>) -> Root {
        Root { user: Some(user.into()), ..Root::me() }
    }
    /// Marks the root as accessing somebody else's data.
    pub fn shared(mut self) -> Root {
        self.shared = true;
        self
    }
    /// Returns whether the root is the data of somebody else than the signed-in user. For an app it never is.
    pub fn is_shared(&self) -> bool {
        self.shared
    }
    /// Adds a preference to every request made from this root.
    pub fn prefer(mut self, preference: impl Into<Cow<'static, str>>) -> Root {
        self.preferences.push(preference.into());
        self
    }

    /// Creates a request below this root. `template` begins with a slash.
    pub fn request(&self, method: Method, template: &str) -> Request {
        let mut request = match &self.user {
            None => Request::new(method, format!("/me{template}")),
            Some(user) => Request::new(method, format!("/users/{{user}}{template}")).path_param("user", user.as_str()),
        };
        for preference in &self.preferences {
            request = request.prefer(preference);
        }
        if self.shared { request.shared() } else { request }
    }
    /// Creates a `GET` request below this root.
    pub fn get(&self, template: &str) -> Request {
        self.request(Method::GET, template)
    }
    /// Creates a `POST` request below this root.
    pub fn post(&self, template: &str) -> Request {
        self.request(Method::POST, template)
    }
    /// Creates a `PATCH` request below this root.
    pub fn patch(&self, template: &str) -> Request {
        self.request(Method::PATCH, template)
    }
    /// Creates a `PUT` request below this root.
    pub fn put(&self, template: &str) -> Request {
        self.request(Method::PUT, template)
    }
    /// Creates a `DELETE` request below this root.
    pub fn delete(&self, template: &str) -> Request {
        self.request(Method::DELETE, template)
    }
}
