//! The plans that are built in, by name. What is in them stands in `assets/plans`.

/// All of them: name and text, in the order in which they are listed.
pub fn built_in() -> [(&'static str, &'static str); 20] {
    macro_rules! plan {
        ($name:literal) => {
            ($name, include_str!(concat!("../../../assets/plans/", $name, ".toml")))
        };
    }
    [
        plan!("mixture"),
        plan!("self-mixture"),
        plan!("pyramid"),
        plan!("pyramid-3"),
        plan!("hierarchy"),
        plan!("pipeline"),
        plan!("cross-check"),
        plan!("confidence"),
        plan!("hand-over"),
        plan!("routing"),
        plan!("triage"),
        plan!("specialists"),
        plan!("code"),
        plan!("literature-review"),
        plan!("legal-analysis"),
        plan!("risk-assessment"),
        plan!("technical-docs"),
        plan!("hypotheses"),
        plan!("peer-review"),
        plan!("creative-writing"),
    ]
}
