//! Tests of the screen's reducer.
