//! Which house a model is from, by its name: members of different houses err less alike. A guess for spreading a question,
//! never a claim about who trained what.

use crate::core::member::ModelRef;

/// Houses, and what a word of their models' names is or, if it has five letters or more, begins with.
const HOUSES: [(&str, &str); 34] = [
    ("openai", "openai gpt chatgpt codex davinci"),
    ("anthropic", "anthropic claude"),
    ("google", "google gemini gemma codegemma medgemma paligemma shieldgemma learnlm palm"),
    ("meta", "meta llama codellama metallama"),
    ("mistral", "mistral mixtral codestral ministral magistral devstral pixtral voxtral mathstral"),
    ("qwen", "qwen qwq qvq codeqwen alibaba tongyi"),
    ("cohere", "cohere command aya"),
    ("deepseek", "deepseek"),
    ("xai", "grok"),
    ("microsoft", "microsoft phi wizardlm mai"),
    ("01ai", "yi"),
    ("zhipu", "glm chatglm codegeex zhipu zai"),
    ("moonshot", "kimi moonshot moonlight"),
    ("amazon", "amazon nova titan"),
    ("ibm", "ibm granite"),
    ("nvidia", "nvidia nemotron"),
    ("perplexity", "perplexity sonar"),
    ("ai21", "jamba jurassic"),
    ("reka", "reka rekaai"),
    ("nexusflow", "athene starling nexusflow"),
    ("allenai", "allenai olmo olmoe molmo tulu"),
    ("tii", "falcon tiiuae"),
    ("minimax", "minimax abab"),
    ("baidu", "ernie baidu"),
    ("tencent", "hunyuan tencent"),
    ("bytedance", "doubao bytedance seed"),
    ("xiaomi", "mimo xiaomi"),
    ("lg", "exaone lgai"),
    ("upstage", "solar upstage"),
    ("internlm", "internlm internvl"),
    ("baichuan", "baichuan"),
    ("huggingface", "smollm zephyr huggingface"),
    ("databricks", "dbrx databricks"),
    ("snowflake", "arctic snowflake"),
];

/// Names that say their house at their beginning alone, with a digit in them.
const AT_FIRST: [(&str, &str); 7] = [
    ("o1", "openai"),
    ("o3", "openai"),
    ("o4", "openai"),
    ("c4ai", "cohere"),
    ("ai21", "ai21"),
    ("01-ai", "01ai"),
    ("x-ai", "xai"),
];

/// The house that a model is from, in small letters: of the first word of its name that says one, else of the maker in front
/// of the name, else the first word itself. A fine-tune that names two houses is of the first.
pub fn family(model: &ModelRef) -> String {
    let path = model.model.to_lowercase();
    let name = path.rsplit('/').find(|part| !part.trim().is_empty()).unwrap_or(&path).trim();
    let by_name = path.rsplit('/').find_map(house).map(str::to_owned);
    by_name.unwrap_or_else(|| {
        let first: String = name.chars().take_while(|c| c.is_alphabetic()).collect();
        if first.is_empty() { name.to_owned() } else { first }
    })
}

/// The house of the first word that says one.
fn house(name: &str) -> Option<&'static str> {
    let name = name.trim();
    let goes_on = |rest: &str| rest.starts_with(|c: char| c.is_alphanumeric());
    let whole = |start: &str| name.strip_prefix(start).is_some_and(|rest| !goes_on(rest));
    let at_first = AT_FIRST.iter().find(|(start, _)| whole(start)).map(|(_, house)| *house);
    at_first.or_else(|| {
        let mut words = name.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
        words.find_map(|word| HOUSES.iter().find(|(_, marks)| says(word, marks)).map(|(house, _)| *house))
    })
}

/// Whether a word is one of these. Short ones must be all of it: `phi` is no part of `dolphin`, `yi` none of `yield`.
fn says(word: &str, marks: &str) -> bool {
    marks.split(' ').any(|mark| word == mark || mark.len() >= 5 && word.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> String {
        family(&name.parse().unwrap())
    }

    #[test]
    fn names_of_the_price_list_and_others_say_their_house() {
        let known = [
            ("openai", "openai/gpt-6.1-sol openai/gpt-5.4-mini openai/o3 openai/o4-mini openai/o1-preview"),
            ("openai", "groq/openai/gpt-oss-120b openrouter/openai/gpt-6-luna openai/chatgpt-4o-latest"),
            ("openai", "azure/gpt4o openrouter/openai/codex-mini lm/gpt-oss:20b openai/gpt-3.5-turbo"),
            ("anthropic", "anthropic/claude-opus-5-5 bedrock/us.anthropic.claude-3-5-sonnet-20241022-v2:0"),
            (
                "google",
                "gemini/gemini-4-argon openrouter/google/gemini-2.5-flash ollama/gemma3:27b x/medgemma-4b",
            ),
            (
                "meta",
                "groq/llama-3.3-70b-versatile together/meta-llama/Llama-3-8b-chat-hf ollama/codellama:13b",
            ),
            ("meta", "bedrock/meta.llama3-1-70b-instruct-v1:0 x/Meta-Llama-3.1-8B x/llama-3.1-nemotron-70b"),
            ("meta", "x/hermes-3-llama-3.1-405b"),
            (
                "mistral",
                "mistral/mistral-large-latest mistral/ministral-8b-latest x/Mixtral-8x7B x/codestral-2501",
            ),
            (
                "mistral",
                "x/magistral-medium x/devstral-small x/pixtral-12b x/open-mixtral-8x22b x/mistral-nemo",
            ),
            ("mistral", "x/dolphin-mixtral:8x7b"),
            ("qwen", "groq/qwen/qwen3.8-27b x/QwQ-32B ollama/qwen2.5-coder:7b"),
            ("cohere", "cohere/command-r-plus x/c4ai-command-a-03-2025 x/aya-expanse-32b x/c4ai-aya-23"),
            ("deepseek", "deepseek/deepseek-v4-pro together/deepseek-ai/DeepSeek-V4-Pro-0813"),
            ("deepseek", "groq/deepseek-r1-distill-llama-70b x/deepseek-ai/DeepSeek-R1-Distill-Qwen-32B"),
            ("xai", "xai/grok-4.7 openrouter/x-ai/grok-4.3 xai/grok-4.20-non-reasoning"),
            ("microsoft", "x/phi-4 ollama/phi3:mini x/Phi-3.5-MoE-instruct x/WizardLM-2-8x22B"),
            ("01ai", "x/yi-34b-chat x/Yi-Lightning"),
            ("zhipu", "together/zai-org/GLM-5.3 x/chatglm3-6b x/glm-4-9b"),
            ("moonshot", "together/moonshotai/Kimi-K3 x/moonshot-v1-8k"),
            ("amazon", "bedrock/amazon.nova-pro-v1:0 x/titan-text-express x/nova-lite"),
            ("ibm", "x/granite-3.3-8b"),
            ("nvidia", "x/nemotron-4-340b x/nvidia/nvidia-nemotron-nano-9b"),
            ("perplexity", "perplexity/sonar-pro openrouter/perplexity/r1-1776"),
            ("ai21", "x/jamba-1.5-large"),
            ("reka", "x/reka-core"),
            ("nexusflow", "x/athene-v2-chat"),
            ("allenai", "x/OLMo-2-13B x/olmoe-1b-7b"),
            ("tii", "x/falcon-180b x/falcon3:10b"),
        ];
        for (house, names) in known {
            for name in names.split(' ') {
                assert_eq!(of(name), house, "{name}");
            }
        }
    }

    #[test]
    fn an_unknown_name_is_of_its_first_word() {
        assert_eq!(of("x/vicuna-13b"), "vicuna");
        assert_eq!(of("x/Foo2-bar"), "foo");
        assert_eq!(of("x/dolphin-2.9"), "dolphin");
        assert_eq!(of("x/marco-o1"), "marco");
        assert_eq!(of("x/o3x"), "o");
        assert_eq!(of("local/7b"), "7b");
        assert_eq!(of("local/ünï-2"), "ünï");
        for odd in ["x//", "x/ /", "x/-", "x/42"] {
            assert!(!of(odd).is_empty(), "{odd}");
        }
    }
}
