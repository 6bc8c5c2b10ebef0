//! How each dialect asks for thought, and that none does where nobody set it.

use super::super::openai::Flavour;
use super::Dialect;
use crate::core::{Ask, Effort, Message, Params, Role};
use crate::providers::{About, Request};
use serde_json::{Value, json};

fn body(dialect: Dialect, model: &str, effort: Option<Effort>) -> Value {
    let about = About {
        member: "a".into(),
        question: String::new(),
        ask: Ask::Answer,
        round: 0,
        shown: Vec::new(),
        seed: 0,
        step: None,
    };
    dialect.body(&Request {
        model: model.to_owned(),
        messages: vec![Message { role: Role::User, text: "hi".to_owned() }],
        params: Params { effort, ..Params::default() },
        about,
    })
}

/// What an effort adds to a request.
fn added(dialect: Dialect, model: &str, effort: Effort) -> Value {
    let plain = body(dialect, model, None);
    let mut with = body(dialect, model, Some(effort));
    let fields = with.as_object_mut().unwrap();
    fields.retain(|name, value| plain.get(name) != Some(value));
    with
}

#[test]
fn every_dialect_has_its_own_words_for_it() {
    let at = |host: &str| Dialect::OpenAi(Flavour::of_host(host));
    let gemini = |shown: bool, level: &str| {
        json!({"generationConfig": {"maxOutputTokens": 4096,
            "thinkingConfig": {"includeThoughts": shown, "thinkingLevel": level}}})
    };
    let budget = |shown: bool, tokens: i64| {
        json!({"generationConfig": {"maxOutputTokens": 4096,
            "thinkingConfig": {"includeThoughts": shown, "thinkingBudget": tokens}}})
    };
    let adaptive = json!({"type": "adaptive", "display": "summarized"});
    for (dialect, model, effort, fields) in [
        (at("api.openai.com"), "m", Effort::High, json!({"reasoning_effort": "high"})),
        (at("api.openai.com"), "m", Effort::None, json!({"reasoning_effort": "none"})),
        (at("openrouter.ai"), "m", Effort::Max, json!({"reasoning": {"effort": "max"}})),
        (
            at("api.groq.com"),
            "m",
            Effort::Max,
            json!({"reasoning_effort": "high", "reasoning_format": "parsed"}),
        ),
        (at("api.groq.com"), "m", Effort::None, json!({"reasoning_effort": "none"})),
        (
            at("api.deepseek.com"),
            "m",
            Effort::Low,
            json!({"thinking": {"type": "enabled"}, "reasoning_effort": "high"}),
        ),
        (
            at("api.deepseek.com"),
            "m",
            Effort::Max,
            json!({"thinking": {"type": "enabled"}, "reasoning_effort": "max"}),
        ),
        (at("api.deepseek.com"), "m", Effort::None, json!({"thinking": {"type": "disabled"}})),
        (at("api.mistral.ai"), "m", Effort::Minimal, json!({"reasoning_effort": "low"})),
        (at("api.x.ai"), "m", Effort::Max, json!({"reasoning_effort": "high"})),
        (
            at("api.together.ai"),
            "m",
            Effort::Medium,
            json!({"reasoning": {"enabled": true}, "reasoning_effort": "medium"}),
        ),
        (at("api.together.xyz"), "m", Effort::None, json!({"reasoning": {"enabled": false}})),
        (
            Dialect::Responses,
            "m",
            Effort::Medium,
            json!({"reasoning": {"effort": "medium", "summary": "auto"}}),
        ),
        (Dialect::Responses, "m", Effort::None, json!({"reasoning": {"effort": "none"}})),
        (
            Dialect::Anthropic,
            "m",
            Effort::Minimal,
            json!({"thinking": adaptive, "output_config": {"effort": "low"}}),
        ),
        (
            Dialect::Anthropic,
            "m",
            Effort::Max,
            json!({"thinking": adaptive, "output_config": {"effort": "max"}}),
        ),
        (Dialect::Anthropic, "m", Effort::None, json!({"thinking": {"type": "disabled"}})),
        (Dialect::Gemini, "gemini-4-argon", Effort::High, gemini(true, "HIGH")),
        (Dialect::Gemini, "gemini-4-argon", Effort::None, gemini(false, "MINIMAL")),
        (Dialect::Gemini, "models/gemini-2.5-flash", Effort::Low, budget(true, 1024)),
        (Dialect::Gemini, "gemini-2.5-flash", Effort::None, budget(false, 0)),
        (Dialect::Ollama, "m", Effort::Max, json!({"think": "high"})),
        (Dialect::Ollama, "m", Effort::None, json!({"think": false})),
    ] {
        assert_eq!(added(dialect, model, effort), fields, "{dialect:?} {effort:?}");
    }
}

#[test]
fn hosts_are_told_by_their_names() {
    for (host, flavour) in [
        ("openrouter.ai", Flavour::OpenRouter),
        ("api.x.ai", Flavour::XAi),
        ("max.ai", Flavour::Plain),
        ("api.together.xyz", Flavour::Together),
        ("x.ai.example.com", Flavour::Plain),
        ("127.0.0.1", Flavour::Plain),
    ] {
        assert_eq!(Flavour::of_host(host), flavour, "{host}");
    }
    for (host, limit) in [
        ("api.openai.com", "max_completion_tokens"),
        ("api.groq.com", "max_completion_tokens"),
        ("api.deepseek.com", "max_tokens"),
        ("api.mistral.ai", "max_tokens"),
        ("api.together.ai", "max_tokens"),
    ] {
        let body = body(Dialect::OpenAi(Flavour::of_host(host)), "m", None);
        assert_eq!(body[limit], 4096, "{host}");
        assert_eq!(body.get("stream_options").is_none(), host.contains("mistral"), "{host}");
    }
    let near = Dialect::OpenAi(Flavour::Plain);
    assert_eq!(body(near.at("lmstudio"), "m", None)["max_tokens"], 4096);
    assert_eq!(body(near.at("vllm"), "m", None)["max_completion_tokens"], 4096);
}
