//! What is known without a file: providers, their keys and prices, and the councils that a key seats; and what a file or
//! the environment changes about them.

use super::{CANARY, GOOD, loaded, loaded_with, model, with_env};
use secrecy::{ExposeSecret as _, SecretString};
use synod::config::load::Source;
use synod::config::{Kind, Price};
use synod::core::Council;
use synod::core::price::Long;

#[test]
fn every_preset_is_there_with_or_without_its_key() {
    let config = with_env(&[]);
    assert_eq!(config.warnings(), Vec::<String>::new());
    for (name, variable) in [
        ("openai", "OPENAI_API_KEY"),
        ("anthropic", "ANTHROPIC_API_KEY"),
        ("gemini", "GOOGLE_API_KEY"),
        ("openrouter", "OPENROUTER_API_KEY"),
        ("groq", "GROQ_API_KEY"),
        ("mistral", "MISTRAL_API_KEY"),
        ("deepseek", "DEEPSEEK_API_KEY"),
        ("xai", "XAI_API_KEY"),
        ("together", "TOGETHER_API_KEY"),
    ] {
        let provider = &config.providers[name];
        assert_eq!(
            (provider.missing_key(), provider.usable(), provider.local),
            (Some(variable), false, false)
        );
        assert!(provider.base_url.starts_with("https://") && provider.listed, "{name}");
    }
    for name in ["lmstudio", "llamacpp", "vllm", "litellm", "ollama", "local"] {
        let provider = &config.providers[name];
        assert!(provider.usable() && provider.base_url.starts_with("http://127.0.0.1:"), "{name}");
        let kind = if name == "ollama" { Kind::Ollama } else { Kind::OpenAi };
        assert!(provider.base_url.ends_with("/v1") && provider.kind == kind, "{name}");
        assert_eq!(provider.local, name != "litellm", "{name}: a proxy may pass on to what costs");
    }
    assert_eq!(config.preset_council(), None);
}

#[test]
fn keys_come_from_the_environment_and_are_never_shown() {
    let config =
        with_env(&[("TOGETHER_AI_TOKEN", CANARY), ("TOGETHER_API_KEY", ""), ("LITELLM_API_KEY", CANARY)]);
    let together = &config.providers["together"];
    assert_eq!(together.key.as_ref().map(SecretString::expose_secret), Some(CANARY));
    assert_eq!(together.api_key_env.as_deref(), Some("TOGETHER_AI_TOKEN"));
    assert!(together.usable() && config.providers["litellm"].key.is_some());
    let source = Source { file: None, env: [("A_KEY", CANARY)].into_iter().collect() };
    assert!(!format!("{config:?}{source:?}").contains("canary"));

    let config =
        with_env(&[("GROQ_API_KEY", "sk-..."), ("XAI_API_KEY", "your_api_key"), ("OPENAI_API_KEY", "a b")]);
    assert_eq!(config.warnings().len(), 3, "{:?}", config.warnings());
    for name in ["groq", "xai", "openai"] {
        assert!(!config.providers[name].usable(), "{name}");
    }
    assert!(
        config
            .warnings()
            .iter()
            .all(|line| !line.contains("your_api_key") && line.starts_with("environment "))
    );
}

#[test]
fn the_file_goes_over_a_preset_key_by_key() {
    let text = "[providers.groq]\napi_key_env = \"OTHER\"\n[providers.vllm]\nbase_url = \"http://gpu:8000/v1/\"\n\
                local = true\n[providers.lmstudio]\napi_key_env = \"STUDIO\"\n[providers.openai]\n\
                base_url = \"https://proxy.example.com/v1\"\n";
    let env = [
        ("OTHER", "k1"),
        ("GROQ_API_KEY", "k2"),
        ("OPENAI_BASE_URL", "https://other.example.com"),
        ("OPENAI_API_KEY", "k3"),
    ];
    let config = loaded_with(text, &env);
    assert_eq!(config.warnings(), Vec::<String>::new());
    let groq = &config.providers["groq"];
    assert_eq!(groq.key.as_ref().map(SecretString::expose_secret), Some("k1"));
    assert_eq!(groq.base_url, "https://api.groq.com/openai/v1");
    let vllm = &config.providers["vllm"];
    assert_eq!((vllm.base_url.as_str(), vllm.local, vllm.usable()), ("http://gpu:8000/v1", true, true));
    assert_eq!(config.providers["lmstudio"].missing_key(), Some("STUDIO"), "who names a key wants it");
    let openai = &config.providers["openai"];
    assert_eq!((openai.base_url.as_str(), openai.listed), ("https://proxy.example.com/v1", false));
    assert_eq!(config.price(&model("openai/gpt-6-luna")), None, "another server has prices of its own");
}

#[test]
fn a_file_may_choose_the_dialect_of_a_preset() {
    let config = loaded_with("[providers.openai]\nkind = \"responses\"", &[("OPENAI_API_KEY", "k")]);
    let openai = &config.providers["openai"];
    assert_eq!((config.warnings().len(), openai.kind, openai.listed), (0, Kind::Responses, true));
    assert_eq!(config.providers["gemini"].kind, Kind::Gemini);
    for (name, kind) in Kind::ALL {
        let text = format!("[providers.box]\nkind = \"{name}\"\nbase_url = \"http://127.0.0.1:9/v1\"");
        assert_eq!(loaded(&text).providers["box"].kind, kind);
    }
}

#[test]
fn the_environment_moves_openai_and_ollama() {
    let config =
        with_env(&[("OPENAI_BASE_URL", "https://eu.api.openai.com/v1/"), ("OLLAMA_HOST", "0.0.0.0:9")]);
    assert_eq!(config.providers["openai"].base_url, "https://eu.api.openai.com/v1");
    assert_eq!(config.providers["ollama"].base_url, "http://127.0.0.1:9/v1");
    assert!(config.providers["ollama"].local);
    let config = with_env(&[("OLLAMA_HOST", "https://ollama.example.com")]);
    assert!(!config.providers["ollama"].local, "a server elsewhere may cost");

    // A bad address never means the vendor's own: the person wanted the question to go elsewhere.
    let env = [("OPENAI_BASE_URL", "me:sk-canary-4f7e@proxy"), ("OPENAI_API_KEY", "k")];
    for config in [with_env(&env), loaded_with("answer_limit = 9", &env)] {
        assert!(
            !config.providers.contains_key("openai") && !config.providers.contains_key("openai-responses")
        );
        assert_eq!(config.warnings().len(), 2);
        for line in config.warnings() {
            assert!(!line.contains(CANARY) && line.contains("OPENAI_BASE_URL"), "{line}");
        }
    }
    // A good one in the file makes it good again.
    let config = loaded_with("[providers.openai]\nbase_url = \"https://api.openai.com/v1\"", &env);
    assert_eq!((config.warnings().len(), config.providers["openai"].usable()), (1, true));
}

#[test]
fn one_key_seats_a_preset_council() {
    let names = |council: Option<Council>| {
        let members = council.map(|council| council.members).unwrap_or_default();
        members.into_iter().map(|member| member.model.to_string()).collect::<Vec<_>>()
    };
    for provider in
        ["openai", "anthropic", "gemini", "openrouter", "groq", "mistral", "deepseek", "xai", "together"]
    {
        let variable = format!("{}_API_KEY", provider.to_uppercase());
        let config = with_env(&[(&variable, "k")]);
        let council = config.preset_council().unwrap();
        assert_eq!((council.name.as_str(), council.members.len(), council.scripted), (provider, 3, false));
        for member in &council.members {
            let price = config.price(&member.model).unwrap();
            assert!(
                price.input > 0.0 && price.output > 0.0 && config.context(&member.model).unwrap() > 10_000
            );
        }
    }
    let both = with_env(&[("GROQ_API_KEY", "k"), ("OPENAI_API_KEY", "k")]);
    assert_eq!(
        names(both.preset_council()),
        ["openai/gpt-6.1-sol", "openai/gpt-6-luna", "openai/gpt-5.4-mini"]
    );
    let moved =
        with_env(&[("OPENAI_BASE_URL", "http://h/v1"), ("GROQ_API_KEY", "k"), ("OPENAI_API_KEY", "k")]);
    assert!(
        names(moved.preset_council())[0].starts_with("groq/"),
        "the catalogue says nothing about that server"
    );
    let limited = loaded_with("answer_limit = 77", &[("XAI_API_KEY", "k")]).preset_council().unwrap();
    assert!(limited.members.iter().all(|member| member.params.answer_limit == 77));
}

#[test]
fn prices_are_known_free_or_unknown() {
    let config = loaded(GOOD);
    let price = config.price(&model("openai/gpt-6-luna"));
    assert_eq!(
        price,
        Some(Price {
            cached: Some(0.01),
            written: Some(0.125),
            long: Some(Long { above: 272_000, input: 0.2, output: 0.75 }),
            ..Price::flat(0.1, 0.5)
        })
    );
    assert!((price.unwrap().of(200_000, 100_000) - 0.07).abs() < 1e-9);
    assert!((price.unwrap().of(2_000_000, 1_000_000) - 1.15).abs() < 1e-9, "a long prompt is dearer");
    assert_eq!(config.price(&model("box/any")), Some(Price::FREE));
    for unknown in ["openai/nobody-knows", "litellm/any", "nowhere/any"] {
        assert_eq!(config.price(&model(unknown)), None, "{unknown}");
    }
    assert_eq!(config.priced_on.len(), 10);
}

#[test]
fn a_person_may_say_what_a_model_costs_and_holds() {
    let text = "[models.\"openai/gpt-6-luna\"]\ncached = 0.02\n[models.\"groq/openai/gpt-oss-20b\"]\ncontext = 9\n\
                input = 1\noutput = 2\n[models.\"litellm/any\"]\ninput = 3\noutput = 4.5\nwritten = 5\n\
                long = { above = 10, input = 6, output = 7 }\n[models.\"local/any\"]\ncontext = 77\n\
                [models.\"local/dear\"]\ninput = 1\noutput = 1\n[models.\"openai/new\"]\ncontext = 5\n";
    let config = loaded(text);
    assert_eq!(config.warnings(), Vec::<String>::new());
    let price = |name: &str| config.price(&model(name));
    let luna = price("openai/gpt-6-luna").unwrap();
    assert_eq!((luna.cached, luna.written, luna.input), (Some(0.02), Some(0.125), 0.1), "over the catalogue");
    assert_eq!(price("groq/openai/gpt-oss-20b"), Some(Price::flat(1.0, 2.0)), "whose cache is said again");
    let long = Some(Long { above: 10, input: 6.0, output: 7.0 });
    assert_eq!(price("litellm/any"), Some(Price { written: Some(5.0), long, ..Price::flat(3.0, 4.5) }));
    assert_eq!((price("local/any"), price("local/dear")), (Some(Price::FREE), Some(Price::flat(1.0, 1.0))));
    assert_eq!(price("openai/new"), None);
    let context = |name: &str| config.context(&model(name));
    assert_eq!(context("groq/openai/gpt-oss-20b"), Some(9));
    assert_eq!(
        (context("local/any"), context("openai/new"), context("openai/o3")),
        (Some(77), Some(5), Some(200_000))
    );
    // What a price for reading alone would come to is not guessed, nor one in a table of which nothing is left.
    for text in ["[models.\"openai/o3\"]\ninput = 1,5\noutput = 2\n", "[models.\"openai/o3\"\ninput = 9\n"] {
        let config = loaded(text);
        assert_eq!((config.warnings().len(), config.price(&model("openai/o3"))), (1, None), "{text}");
        assert!(config.price(&model("openai/gpt-5-nano")).is_some());
    }
    // At an address of the person's own, the catalogue says nothing, and the person does.
    let moved = format!("[providers.openai]\nbase_url = \"https://proxy.example.com\"\n{text}");
    let config = loaded(&format!("{moved}[models.\"openai/o3\"]\ninput = 1\noutput = 1\n"));
    assert_eq!(config.price(&model("openai/o3")), Some(Price::flat(1.0, 1.0)));
    assert_eq!(
        (config.price(&model("openai/gpt-5.5")), config.context(&model("openai/gpt-5.5"))),
        (None, None)
    );
}
