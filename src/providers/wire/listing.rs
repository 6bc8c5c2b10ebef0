//! What a provider says it has, in the shapes in use: OpenAI-like `/models` with what servers add to it (`OpenRouter`,
//! llama.cpp, `LiteLLM`, vLLM, Mistral, Groq), Anthropic's and Gemini's in pages, Ollama's `/api/tags`. Not the socket.

use super::dialect::Dialect;
use super::loose::{count, text};
use crate::core::CallError;
use crate::core::price::Price;
use crate::providers::Listed;
use crate::providers::fault::{Said, bad_response};
use serde_json::Value;

/// More letters than this are no model's name.
const LONGEST_NAME: usize = 200;
/// No provider has more models, or more pages of them.
const MOST: usize = 5_000;
const MOST_PAGES: usize = 50;
/// How many models a page may have, where that is asked for.
const PAGE: &str = "1000";
/// No mark of a page is longer.
const LONGEST_MARK: usize = 2_000;

/// The parts of the path that a list is at, after the provider's own address without its version where it is Ollama's.
pub const fn tail(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::Ollama => &["api", "tags"],
        _ => &["models"],
    }
}

/// A list as it comes in, page by page.
#[derive(Debug)]
pub struct Pages {
    dialect: Dialect,
    read: usize,
    /// All models so far, each once.
    pub models: Vec<Listed>,
}

impl Pages {
    /// None yet.
    pub const fn new(dialect: Dialect) -> Self {
        Self { dialect, read: 0, models: Vec::new() }
    }

    /// The query of the first page.
    pub fn first(&self) -> Vec<(&'static str, String)> {
        match self.dialect {
            Dialect::Anthropic => vec![("limit", PAGE.to_owned())],
            Dialect::Gemini => vec![("pageSize", PAGE.to_owned())],
            _ => Vec::new(),
        }
    }

    /// Reads a page. Gives the query of the next one, where there is one.
    ///
    /// # Errors
    /// The fault that it reports, or that it is no list of models.
    pub fn page(&mut self, bytes: &[u8]) -> Result<Option<Vec<(&'static str, String)>>, CallError> {
        let begins = &bytes[..bytes.len().min(200)];
        let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
            return Err(bad_response("no JSON where a list of models was expected", begins));
        };
        if let Some(said) = Said::read(&value) {
            return Err(said.fault());
        }
        let list = ["data", "models"].into_iter().find_map(|name| value.get(name)).unwrap_or(&value);
        let Some(list) = list.as_array() else {
            return Err(bad_response("no list of models in the answer", begins));
        };
        let dialect = self.dialect;
        for model in list.iter().filter_map(|one| listed(dialect, one)) {
            if self.models.len() < MOST && !self.models.iter().any(|known| known.model == model.model) {
                self.models.push(model);
            }
        }
        self.read += 1;
        let on = self.read < MOST_PAGES && !list.is_empty();
        Ok(self.next(&value).filter(|(_, mark)| on && !mark.is_empty() && mark.len() <= LONGEST_MARK).map(
            |(name, mark)| {
                let mut query = self.first();
                query.push((name, mark));
                query
            },
        ))
    }

    /// What the next page is asked for by.
    fn next(&self, page: &Value) -> Option<(&'static str, String)> {
        match self.dialect {
            Dialect::Anthropic => {
                let more = page.get("has_more").and_then(Value::as_bool).unwrap_or(false);
                more.then(|| ("after_id", text(page, "/last_id").to_owned()))
            }
            Dialect::Gemini => Some(("pageToken", text(page, "/nextPageToken").to_owned())),
            _ => None,
        }
    }
}

/// One model; `None` where it has no name, or is none that answers.
fn listed(dialect: Dialect, one: &Value) -> Option<Listed> {
    let names: &[&str] = match dialect {
        Dialect::Ollama => &["/name", "/model"],
        Dialect::Gemini => &["/name"],
        _ => &["/id", "/name"],
    };
    let name = names.iter().map(|path| text(one, path).trim()).find(|name| !name.is_empty())?;
    let name = if dialect == Dialect::Gemini { name.trim_start_matches("models/") } else { name };
    let odd = name.len() > LONGEST_NAME || name.chars().any(|c| c.is_control() || c.is_whitespace());
    (!odd && answers(name, one)).then(|| Listed {
        model: name.to_owned(),
        context: CONTEXT.iter().find_map(|path| count(one, path)).filter(|tokens| *tokens > 0),
        price: price(one),
    })
}

/// Where servers say how many tokens a model can hold: OpenRouter and Together, Groq, Mistral, vLLM, Anthropic and
/// `LiteLLM`, Gemini, llama.cpp.
const CONTEXT: [&str; 9] = [
    "/context_length",
    "/context_window",
    "/max_context_length",
    "/max_model_len",
    "/max_input_tokens",
    "/inputTokenLimit",
    "/model_info/max_input_tokens",
    "/meta/n_ctx",
    "/meta/n_ctx_train",
];

/// Whether a model answers in text, as far as the list says: not one that only embeds, draws or listens, nor one that is
/// gone.
fn answers(name: &str, one: &Value) -> bool {
    const OTHER: [&str; 10] = [
        "embedding",
        "embeddings",
        "image",
        "image_generation",
        "audio",
        "moderation",
        "rerank",
        "transcribe",
        "audio_transcription",
        "audio_speech",
    ];
    let kind = [text(one, "/mode"), text(one, "/type"), text(one, "/model_info/mode")];
    let other = kind.iter().any(|kind| OTHER.contains(kind));
    let embeds = name.contains("embed") || text(one, "/details/family").ends_with("bert");
    let gone = text(one, "/lifecycle") == "retired"
        || one.get("active").and_then(Value::as_bool) == Some(false)
        || one.pointer("/capabilities/completion_chat").and_then(Value::as_bool) == Some(false);
    let methods = one.get("supportedGenerationMethods").and_then(Value::as_array);
    let generates =
        methods.is_none_or(|methods| methods.iter().any(|it| it.as_str() == Some("generateContent")));
    let modalities = one.pointer("/architecture/output_modalities").and_then(Value::as_array);
    let writes = modalities.is_none_or(|all| all.iter().any(|it| it.as_str() == Some("text")));
    !other && !embeds && !gone && generates && writes
}

/// The price as OpenRouter says it: US dollars per token, in strings. What is negative, or no number, is unknown.
fn price(one: &Value) -> Option<Price> {
    let pricing = one.get("pricing")?;
    let each = |name: &str| {
        let dollars: f64 = match pricing.get(name)? {
            Value::String(text) => text.trim().parse().ok()?,
            _ => return None,
        };
        let million = dollars * 1e6;
        // Back from binary: 0.0000003 a token is 0.3 a million, not 0.30000000000000004.
        (0.0..=1e6).contains(&million).then(|| (million * 1e6).round() / 1e6)
    };
    let mut price = Price::flat(each("prompt")?, each("completion")?);
    // What is charged beside tokens can't be said in them.
    if each("request").is_some_and(|each| each > 0.0) {
        return None;
    }
    let cache = |name: &str| each(name).filter(|each| *each > 0.0);
    (price.cached, price.written) = (cache("input_cache_read"), cache("input_cache_write"));
    Some(price)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Kind;
    use crate::core::ErrorKind;
    use proptest::prelude::*;

    fn pages(kind: Kind) -> Pages {
        Pages::new(Dialect::new(kind, "example.com"))
    }

    /// The names on one page, with what they hold.
    fn of(kind: Kind, page: &str) -> Vec<(String, Option<u64>)> {
        let mut pages = pages(kind);
        assert_eq!(pages.page(page.as_bytes()).unwrap(), None, "{page}");
        pages.models.into_iter().map(|one| (one.model, one.context)).collect()
    }

    fn model(name: &str, context: Option<u64>) -> (String, Option<u64>) {
        (name.to_owned(), context)
    }

    #[test]
    fn what_servers_add_to_the_usual_list_is_read() {
        for (one, context) in [
            (r#""object":"model","created":1,"owned_by":"openai""#, None),
            (r#""context_length":262144"#, Some(262_144)),
            (r#""context_window":131072,"active":true"#, Some(131_072)),
            (r#""max_context_length":32768,"capabilities":{"completion_chat":true}"#, Some(32_768)),
            (r#""max_model_len":8192"#, Some(8_192)),
            (r#""mode":"chat","max_input_tokens":1000,"max_output_tokens":5"#, Some(1_000)),
            (r#""meta":{"n_ctx":4096,"n_ctx_train":8192}"#, Some(4_096)),
            (r#""meta":null,"context_length":"many""#, None),
            (r#""context_length":0"#, None),
        ] {
            let page = format!(r#"{{"object":"list","data":[{{"id":"m",{one}}}]}}"#);
            assert_eq!(of(Kind::OpenAi, &page), [model("m", context)], "{one}");
        }
        assert_eq!(of(Kind::Responses, r#"[{"id":"bare","type":"chat"}]"#), [model("bare", None)]);
    }

    #[test]
    fn what_does_not_answer_in_text_is_left_out_and_names_come_once() {
        let page = r#"{"data":[{"id":"a"},{"id":"a"},{"id":"text-embedding-3"},{"id":"b","mode":"embedding"},{"id":""},
            {"id":"c\u001b[2J"},{"id":"d e"},{"id":"e","active":false},{"id":3},null,{"id":"f","lifecycle":"retired"},
            {"id":"g","architecture":{"output_modalities":["image"]}},{"id":"h","capabilities":{"completion_chat":false}},
            {"id":"i","type":"image"}]}"#;
        assert_eq!(of(Kind::OpenAi, page), [model("a", None)]);
        let long = format!(r#"{{"data":[{{"id":"{}"}}]}}"#, "x".repeat(201));
        assert_eq!(of(Kind::OpenAi, &long), []);
    }

    #[test]
    fn prices_per_token_become_prices_per_million() {
        let of = |pricing: &str| {
            let mut pages = pages(Kind::OpenAi);
            let page = format!(r#"{{"data":[{{"id":"v/m","pricing":{pricing}}}]}}"#);
            pages.page(page.as_bytes()).unwrap();
            pages.models.remove(0).price
        };
        let full = r#"{"prompt":"0.0000003","completion":"0.0000025","input_cache_read":"0.00000003",
            "input_cache_write":"0.000000375","request":"0","image":"0.001"}"#;
        let price = Price { cached: Some(0.03), written: Some(0.375), ..Price::flat(0.3, 2.5) };
        assert_eq!(of(full), Some(price));
        assert_eq!(of(r#"{"prompt":"0","completion":"0"}"#), Some(Price::FREE));
        for unknown in [
            r#"{"prompt":"-1","completion":"-1"}"#,
            r#"{"prompt":"0.1"}"#,
            r#"{"prompt":"NaN","completion":"1"}"#,
            r#"{"prompt":"1e300","completion":"1"}"#,
            r#"{"prompt":0.1,"completion":0.2}"#,
            r#"{"prompt":"0.0000003","completion":"0.0000025","request":"0.01"}"#,
            "null",
            "3",
        ] {
            assert_eq!(of(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn anthropic_and_gemini_come_in_pages() {
        let mut list = pages(Kind::Anthropic);
        assert_eq!(list.first(), [("limit", "1000".to_owned())]);
        let page = r#"{"data":[{"type":"model","id":"claude-a","display_name":"A","max_input_tokens":200000,
            "lifecycle":"active"},{"id":"claude-old","lifecycle":"retired"}],"has_more":true,"last_id":"claude-old"}"#;
        let next = list.page(page.as_bytes()).unwrap().unwrap();
        assert_eq!(next, [("limit", "1000".to_owned()), ("after_id", "claude-old".to_owned())]);
        let last = r#"{"data":[{"id":"claude-b"}],"has_more":false,"last_id":"claude-b"}"#;
        assert_eq!(list.page(last.as_bytes()).unwrap(), None);
        let found: Vec<_> = list.models.into_iter().map(|one| (one.model, one.context)).collect();
        assert_eq!(found, [model("claude-a", Some(200_000)), model("claude-b", None)]);

        let mut list = pages(Kind::Gemini);
        let page = r#"{"models":[{"name":"models/gemini-a","inputTokenLimit":1048576,"outputTokenLimit":65536,
            "supportedGenerationMethods":["generateContent","countTokens"]},
            {"name":"models/aqa","supportedGenerationMethods":["generateAnswer"]}],"nextPageToken":"t/2"}"#;
        let next = list.page(page.as_bytes()).unwrap().unwrap();
        assert_eq!(next, [("pageSize", "1000".to_owned()), ("pageToken", "t/2".to_owned())]);
        assert_eq!(list.page(br#"{"models":[{"name":"models/gemini-b"}]}"#).unwrap(), None);
        let found: Vec<_> = list.models.into_iter().map(|one| (one.model, one.context)).collect();
        assert_eq!(found, [model("gemini-a", Some(1_048_576)), model("gemini-b", None)]);
    }

    #[test]
    fn ollamas_tags_are_read() {
        let page = r#"{"models":[{"name":"llama3.2:latest","model":"llama3.2:latest","size":2019393189,
            "details":{"family":"llama"}},{"name":"nomic-embed-text"},{"name":"all-minilm","details":{"family":"bert"}},
            {"model":"qwen3:4b"}]}"#;
        assert_eq!(of(Kind::Ollama, page), [model("llama3.2:latest", None), model("qwen3:4b", None)]);
        assert_eq!(of(Kind::Ollama, r#"{"models":[]}"#), []);
    }

    #[test]
    fn what_is_no_list_is_a_fault_and_pages_come_to_an_end() {
        for (page, kind) in [
            ("<html>", ErrorKind::BadResponse),
            ("{}", ErrorKind::BadResponse),
            (r#"{"data":3}"#, ErrorKind::BadResponse),
            (
                r#"{"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}}"#,
                ErrorKind::KeyRejected,
            ),
        ] {
            assert_eq!(pages(Kind::OpenAi).page(page.as_bytes()).unwrap_err().kind, kind, "{page}");
        }
        let mut list = pages(Kind::Anthropic);
        let endless = br#"{"data":[{"id":"a"}],"has_more":true,"last_id":"a"}"#;
        let read = (0..100).take_while(|_| list.page(endless).unwrap().is_some()).count();
        assert_eq!(read, MOST_PAGES - 1);
        for odd in
            [r#"{"data":[],"has_more":true,"last_id":"a"}"#, r#"{"data":[{"id":"a"}],"has_more":true}"#]
        {
            assert_eq!(pages(Kind::Anthropic).page(odd.as_bytes()).unwrap(), None, "{odd}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_comes_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), cut in 0_usize..400) {
            let whole = r#"{"models":[{"name":"models/a","inputTokenLimit":7,"pricing":{"prompt":"1"}}],"nextPageToken":"x"}"#;
            for kind in Kind::ALL.map(|(_, kind)| kind) {
                let _ = pages(kind).page(&bytes);
                let _ = pages(kind).page(&whole.as_bytes()[..cut.min(whole.len())]);
            }
        }
    }
}
