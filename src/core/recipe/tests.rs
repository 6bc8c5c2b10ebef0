//! Tests of casting.
