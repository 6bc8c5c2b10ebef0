//! Tests of what plans are guessed to come to.
