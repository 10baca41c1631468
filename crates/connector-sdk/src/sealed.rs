//! The seal of the type-erased traits.

/// Supertrait that only this crate can implement, so that the traits under it may grow.
///
/// It is implemented for the wrappers of [`Action`](crate::Action), [`Trigger`](crate::Trigger),
/// [`Picklist`](crate::Picklist) and [`DynamicSchema`](crate::DynamicSchema), beside their definitions.
pub trait Sealed {}
