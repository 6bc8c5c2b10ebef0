//! Faults in what a configuration says of single models: each makes the price unknown, never zero and never an older one.

use super::fault_table::Case;
use super::faults::{all_kept, unpriced};
use super::model;

/// All of them, as in [`super::fault_table`].
pub const FAULTS: &[Case] = &[
    (
        "[providers.box]\n",
        "[models.\"box/any\"]\ninput = \"much\"\noutput = 1\n[providers.box]\n",
        "F:6 models.\"box/any\".input: is a text that does not fit; allowed: US dollars per million tokens, 0 or more, for example 2.50",
        unpriced,
    ),
    (
        "[providers.box]\n",
        "[models.\"box/any\"]\ninput = -1\noutput = 1\n[providers.box]\n",
        "F:6 models.\"box/any\".input: is -1; allowed: US dollars per million tokens, 0 or more, for example 2.50",
        unpriced,
    ),
    (
        "[providers.box]\n",
        "[models.\"box/any\"]\ninput = 1\noutput = nan\n[providers.box]\n",
        "F:7 models.\"box/any\".output: is nan; allowed: US dollars per million tokens, 0 or more, for example 2.50",
        unpriced,
    ),
    (
        "[providers.box]\n",
        "[models.\"box/any\"]\ninput = 1\noutput = 1e999\n[providers.box]\n",
        "F:7 models.\"box/any\".output: is 1e999; allowed: US dollars per million tokens, 0 or more, for example 2.50",
        unpriced,
    ),
    (
        "[providers.box]\n",
        "[models.\"box/any\"]\ninput = 1\n[providers.box]\n",
        "F:5 models.\"box/any\": input without output, so its price is unknown; allowed: both, or neither",
        unpriced,
    ),
    (
        "[providers.box]\n",
        "[models.\"box/any\"]\noutput = 1\n[providers.box]\n",
        "F:5 models.\"box/any\": output without input, so its price is unknown; allowed: both, or neither",
        unpriced,
    ),
    (
        "[providers.box]\n",
        "[models.\"box/any\"]\ninput = 1\noutput = 2\nouput = 3\n[providers.box]\n",
        "F:8 models.\"box/any\".ouput: unknown key; allowed: cached, context, input, long, output, written; did you mean output?",
        unpriced,
    ),
    (
        "[providers.box]\n",
        "[models.\"box/any\"]\ninput = 1\noutput = 2\ncached = true\n[providers.box]\n",
        "F:8 models.\"box/any\".cached: is true; allowed: US dollars per million tokens, 0 or more, for example 2.50",
        unpriced,
    ),
    (
        "[providers.box]\n",
        "[models.\"box/any\"]\ninput = 1\noutput = 2\nlong = 3\n[providers.box]\n",
        "F:8 models.\"box/any\".long: is 3; allowed: a table such as { above = 200000, input = 4.00, output = 15.00 }",
        unpriced,
    ),
    (
        "[providers.box]\n",
        "[models.\"box/any\"]\ninput = 1\noutput = 2\nlong = { above = 9, input = 3 }\n[providers.box]\n",
        "F:8 models.\"box/any\".long: output is missing; allowed: above, input and output",
        unpriced,
    ),
    (
        "[providers.box]\n",
        "[models.\"box/any\"]\ninput = 1\noutput = 2\nlong = { above = 0, input = 3, output = 4 }\n[providers.box]\n",
        "F:8 models.\"box/any\".long.above: is 0; allowed: a whole number of tokens from 1 to 1000000000",
        unpriced,
    ),
    (
        "[providers.box]\n",
        "[models.\"box/any\"]\ninput = 1\noutput = 2\ncontext = 0.5\n[providers.box]\n",
        "F:8 models.\"box/any\".context: is 0.5; allowed: a whole number of tokens from 1 to 1000000000",
        |c| c.price(&model("box/any")).is_some_and(|price| price.output > 1.9) && all_kept(c),
    ),
    (
        "[providers.box]\n",
        "[models]\n\"box/any\" = 2.5\n[providers.box]\n",
        "F:6 models.\"box/any\": is 2.5; allowed: a table such as [models.\"openai/gpt-6-luna\"] with input = 0.10 and \
      output = 0.50",
        unpriced,
    ),
    (
        "[providers.box]\n",
        "[models.any]\ninput = 1\n[providers.box]\n",
        "F:5 models.any: is no model; allowed: \"PROVIDER/MODEL\", for example \"local/any\"",
        all_kept,
    ),
    (
        "[providers.box]\n",
        "[models.\"groc/x\"]\n[providers.box]\n",
        "F:5 models.\"groc/x\": no such provider; allowed: anthropic, box, deepseek, gemini, groq, litellm, llamacpp, \
      lmstudio, local, mistral, ollama, openai, openai-responses, openrouter, together, vllm, xai; did you mean groq?",
        all_kept,
    ),
    (
        "[providers.box]\n",
        "[models.\"litellm/x\"]\ncached = 0.5\n[providers.box]\n",
        "F:5 models.\"litellm/x\": input and output are missing, so its price is unknown; allowed: both, beside what \
      else is said",
        all_kept,
    ),
    (
        "answer_limit = 512",
        "models = 3\nanswer_limit = 512",
        "F:3 models: is 3; allowed: a table such as [models.\"openai/gpt-6-luna\"] with input = 0.10 and output = 0.50",
        all_kept,
    ),
];
