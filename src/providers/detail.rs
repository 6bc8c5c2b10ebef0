//! What a provider's words about a fault name: the parameter that it does not take, the tokens that were too many, and
//! names near to one it does not know. Words in, facts out; which fault it is, is [`super::fault`]'s.

use serde_json::Value;

/// What a person calls a parameter, and what the dialects call it.
const NAMES: [(&str, &[&str]); 5] = [
    ("temperature", &["temperature"]),
    ("top_p", &["top_p", "topP"]),
    ("seed", &["seed", "random_seed"]),
    (
        "answer_limit",
        &["max_tokens", "max_completion_tokens", "max_output_tokens", "maxOutputTokens", "num_predict"],
    ),
    (
        "effort",
        &[
            "reasoning_effort",
            "reasoning_format",
            "reasoning",
            "thinking",
            "output_config",
            "effort",
            "thinkingConfig",
            "thinking_config",
            "thinkingLevel",
            "thinkingBudget",
            "think",
        ],
    ),
];

/// Words by which a message says that a parameter is what is wrong.
const REJECTED: [&str; 16] = [
    "not support",
    "unsupported",
    "extra inputs",
    "extra_forbidden",
    "unrecognized",
    "unknown",
    "not permitted",
    "not allowed",
    "deprecated",
    "invalid",
    "must be",
    "only the default",
    "not compatible",
    "cannot be",
    "at most",
    "maximum",
];

/// The parameter that an error object is about: what the dialect calls it, and what the person does, where they set it.
pub fn parameter(error: &Value, message: &str) -> Option<(String, Option<&'static str>)> {
    let lower = message.to_lowercase();
    let rejected = REJECTED.iter().any(|word| lower.contains(word));
    let place = |path: &str| match error.pointer(path) {
        Some(Value::String(name)) => Some(name.as_str()),
        Some(Value::Array(path)) => path.iter().rev().find_map(Value::as_str),
        _ => None,
    };
    let said = place("/param").or_else(|| place("/detail/0/loc"));
    let said = said.filter(|name| !matches!(*name, "" | "messages" | "input" | "body" | "model"));
    if let Some(name) = said {
        return Some((name.to_owned(), own(name)));
    }
    let words = || message.split(|c: char| !c.is_alphanumeric() && c != '_');
    let known = words().find_map(|word| own(word).map(|own| (word.to_owned(), Some(own))));
    known.filter(|_| rejected)
}

/// What a person calls a parameter of a dialect.
fn own(name: &str) -> Option<&'static str> {
    let name = name.rsplit('.').next().unwrap_or(name);
    NAMES.iter().find(|(_, names)| names.contains(&name)).map(|(own, _)| *own)
}

/// The tokens that were sent and those that fit, out of a message such as `This model's maximum context length is 8192
/// tokens. However, your messages resulted in 9000 tokens.`
pub fn tokens(message: &str) -> Option<(u64, u64)> {
    let plain = message.replace(',', "");
    let numbers = plain.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    // Less than this is part of a name, such as that of a model.
    let mut numbers = numbers.filter_map(|part| part.parse::<u64>().ok()).filter(|number| *number >= 100);
    let (first, second) = (numbers.next()?, numbers.next()?);
    // Those who name the limit first do so in a sentence of its own.
    Some((first.max(second), first.min(second))).filter(|(sent, fit)| sent > fit)
}

/// The names nearest to one, best first, at most three.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let last = |text: &'a str| text.rsplit('/').next().unwrap_or(text);
    let wanted = name.rsplit('/').next().unwrap_or(name);
    let near = |other: &'a str| {
        // A tag or a date is often left out: `llama3` for `llama3:latest`.
        if last(other).starts_with(wanted) {
            return 0.9;
        }
        strsim::jaro_winkler(name, other).max(strsim::jaro_winkler(wanted, last(other)))
    };
    let mut found: Vec<(f64, &str)> = known.into_iter().map(|other| (near(other), other)).collect();
    found.retain(|(likeness, other)| *likeness > 0.75 && *other != name);
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    found.dedup_by(|a, b| a.1 == b.1);
    found.into_iter().take(3).map(|(_, other)| other).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_rejected_parameter_is_named_as_the_person_calls_it() {
        for (error, message, name, mine) in [
            (
                json!({"param": "temperature"}),
                "Unsupported value: 'temperature' does not support 0.2 with this model.",
                "temperature",
                Some("temperature"),
            ),
            (json!({}), "temperature: Extra inputs are not permitted", "temperature", Some("temperature")),
            (
                json!({"detail": [{"loc": ["body", "random_seed"], "msg": "Extra inputs are not permitted"}]}),
                "Extra inputs are not permitted",
                "random_seed",
                Some("seed"),
            ),
            (
                json!({"param": "max_tokens"}),
                "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
                "max_tokens",
                Some("answer_limit"),
            ),
            (
                json!({}),
                "max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens",
                "max_tokens",
                Some("answer_limit"),
            ),
            (
                json!({}),
                "Invalid JSON payload received. Unknown name \"seed\" at 'generation_config': Cannot find field.",
                "seed",
                Some("seed"),
            ),
            (
                json!({}),
                "openai does not support parameters: ['reasoning_effort'], for model=x",
                "reasoning_effort",
                Some("effort"),
            ),
            (json!({"param": "reasoning.effort"}), "Unsupported value", "reasoning.effort", Some("effort")),
            (json!({"param": "stream_options"}), "Unknown parameter", "stream_options", None),
        ] {
            assert_eq!(parameter(&error, message), Some((name.to_owned(), mine)), "{message}");
        }
        for (error, message) in [
            (json!({"param": null}), "bad JSON"),
            (json!({"param": "messages"}), "Invalid type for messages"),
            (json!({}), "keep the temperature of the talk low"),
        ] {
            assert_eq!(parameter(&error, message), None, "{message}");
        }
    }

    #[test]
    fn tokens_are_found_in_words() {
        for (message, counts) in [
            (
                "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
                Some((9000, 8192)),
            ),
            ("prompt is too long: 208310 tokens > 200000 maximum", Some((208_310, 200_000))),
            (
                "The input token count (1,048,600) exceeds the maximum number of tokens allowed (1,048,576).",
                Some((1_048_600, 1_048_576)),
            ),
            (
                "maximum context length is 4096 tokens. However, you requested 5000 tokens (904 in the messages)",
                Some((5000, 4096)),
            ),
            ("the request exceeds the available context size", None),
            ("gpt-4 takes 8192 tokens", None),
        ] {
            assert_eq!(tokens(message), counts, "{message}");
        }
    }

    #[test]
    fn near_names_come_best_first() {
        let known = ["gpt-6-luna", "gpt-6.1-sol", "text-embedding-4", "vendor/gpt-6-luna-mini"];
        assert_eq!(nearest("gpt-6-lune", known)[0], "gpt-6-luna");
        assert_eq!(nearest("zzz", known), Vec::<&str>::new());
        assert!(!nearest("gpt-6-luna", known).contains(&"gpt-6-luna"));
    }
}
