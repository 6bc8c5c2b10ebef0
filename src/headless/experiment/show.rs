//! How a report looks. (Merged from elsewhere.)
