//! Portable forms.
