//! Faults in a configuration, one place at a time, and what each costs. [`super::faults`] tries them.

use super::faults::{all_kept, box_left_out, default_limit, default_weight, no_pass, solo_left_out};
use synod::config::{Cache, Config, Notify};

/// What to replace in the good one, by what, the one line that comes of it, and what must still hold.
pub type Case = (&'static str, &'static str, &'static str, fn(&Config) -> bool);

/// All of them.
pub const FAULTS: &[Case] = &[
    (
        "council = \"pair\"",
        "councl = \"pair\"",
        "F:2 councl: unknown key; allowed: ROOT_KEYS; did you mean council?",
        |c| c.council.is_none() && c.councils.len() == 2,
    ),
    (
        "council = \"pair\"",
        "council = \"pari\"",
        "F:2 council: no such council: \"pari\"; allowed: pair, solo; did you mean pair?",
        |c| c.council.is_none(),
    ),
    ("council = \"pair\"", "council = 3", "F:2 council: is 3; allowed: the name of a council", |c| {
        c.council.is_none()
    }),
    ("council = \"pair\"", "council = \"\"", "F:2 council: is empty; allowed: the name of a council", |c| {
        c.council.is_none()
    }),
    (
        "answer_limit = 512",
        "answer_limit = \"many\"",
        "F:3 answer_limit: is a text that does not fit; allowed: a whole number from 1 to 1000000",
        default_limit,
    ),
    (
        "answer_limit = 512",
        "answer_limit = 0",
        "F:3 answer_limit: is 0; allowed: a whole number from 1 to 1000000",
        default_limit,
    ),
    (
        "answer_limit = 512",
        "answer_limit = -5",
        "F:3 answer_limit: is -5; allowed: a whole number from 1 to 1000000",
        default_limit,
    ),
    (
        "answer_limit = 512",
        "answer_limit = 1.5",
        "F:3 answer_limit: is 1.5; allowed: a whole number from 1 to 1000000",
        default_limit,
    ),
    (
        "answer_limit = 512",
        "answer_limit = 99999999999999999999999999",
        "F:3 answer_limit: is a number out of range; allowed: a whole number from 1 to 1000000",
        default_limit,
    ),
    (
        "answer_limit = 512",
        "zoom = { dark = true }\nanswer_limit = 512",
        "F:3 zoom: unknown key; allowed: ROOT_KEYS",
        all_kept,
    ),
    (
        "answer_limit = 512",
        "retries = 3\nanswer_limit = 512",
        "F:3 retries: is 3; allowed: a whole number from 0 to 2",
        |c| c.retries == 2 && all_kept(c),
    ),
    (
        "answer_limit = 512",
        "limits = 9\nanswer_limit = 512",
        "F:3 limits: is 9; allowed: a table such as [limits] with idle = 300",
        all_kept,
    ),
    (
        "answer_limit = 512",
        "limits = { idle = 0, total = 60 }\nanswer_limit = 512",
        "F:3 limits.idle: is 0; allowed: seconds, a whole number from 1 to 86400",
        |c| (c.providers["groq"].limits.idle, c.providers["groq"].limits.total) == (300, 60) && all_kept(c),
    ),
    (
        "answer_limit = 512",
        "limits = { concurrent = 2000 }\nanswer_limit = 512",
        "F:3 limits.concurrent: is 2000; allowed: a whole number from 1 to 1000",
        all_kept,
    ),
    (
        "answer_limit = 512",
        "theme = { dark = true }\nanswer_limit = 512",
        "F:3 theme: is a table; allowed: the name of a theme, such as \"dark\"",
        all_kept,
    ),
    (
        "answer_limit = 512",
        "agreement = 3\nanswer_limit = 512",
        "F:3 agreement: is 3; allowed: a table such as [agreement] with judge = \"openai/gpt-6-luna\"",
        no_pass,
    ),
    (
        "answer_limit = 512",
        "agreement.jugde = \"box/any\"\nanswer_limit = 512",
        "F:3 agreement.jugde: unknown key; allowed: close_from, embeddings, judge, same_from; did you mean judge?",
        no_pass,
    ),
    (
        "answer_limit = 512",
        "agreement.judge = true\nanswer_limit = 512",
        "F:3 agreement.judge: is true, so nobody is set for it; allowed: \"PROVIDER/MODEL\", for example \"local/any\"",
        no_pass,
    ),
    (
        "answer_limit = 512",
        "agreement.embeddings = \"nomic\"\nanswer_limit = 512",
        "F:3 agreement.embeddings: is no model, so nobody is set for it; allowed: \"PROVIDER/MODEL\", for example \"local/any\"",
        no_pass,
    ),
    (
        "answer_limit = 512",
        "agreement.same_from = 1.5\nanswer_limit = 512",
        "F:3 agreement.same_from: is 1.5; allowed: a number above 0, at most 1",
        no_pass,
    ),
    (
        "answer_limit = 512",
        "agreement = { same_from = 0.7, close_from = 0.8 }\nanswer_limit = 512",
        "F:3 agreement.close_from: is 0.8, above same_from, so nothing would be close; allowed: at most 0.7",
        |c| (c.agreement.thresholds.close - 0.7).abs() < 1e-9,
    ),
    (
        "[providers.box]\n",
        "[providers.box]\nkind = \"opanai\"\n",
        "F:6 providers.box.kind: no such kind: \"opanai\"; allowed: openai, anthropic, ollama, gemini, responses; did you mean openai?",
        all_kept,
    ),
    (
        "[providers.box]\n",
        "[providers.box]\nkind = true\n",
        "F:6 providers.box.kind: is true; allowed: openai, anthropic, ollama, gemini, responses",
        all_kept,
    ),
    (
        "[providers.box]\n",
        "[providers.box]\nca_file = 7\n",
        "F:6 providers.box.ca_file: is 7; allowed: the path of a file with certificates in PEM",
        |c| c.providers["box"].ca_file.is_none(),
    ),
    (
        "[providers.box]\n",
        "[providers.box]\nurl = \"x\"\n",
        "F:6 providers.box.url: unknown key; allowed: PROVIDER_KEYS",
        all_kept,
    ),
    (
        "[providers.box]\n",
        "[providers.box]\nbase-url = \"x\"\n",
        "F:6 providers.box.base-url: unknown key; allowed: PROVIDER_KEYS; did you mean base_url?",
        all_kept,
    ),
    (
        "[providers.box]\n",
        "[providers.box]\napi_key = \"sk-canary-4f7e\"\n",
        "F:6 providers.box.api_key: a key does not belong into this file and is not read; keep it with synod keys \
      set PROVIDER, or in an environment variable that api_key_env = \"NAME\" names",
        all_kept,
    ),
    (
        "answer_limit = 512",
        "answer_limit = 512\nAPI_KEY = \"sk-canary-4f7e\"",
        "F:4 API_KEY: a key does not belong into this file and is not read; keep it with synod keys \
      set PROVIDER, or in an environment variable that api_key_env = \"NAME\" names",
        all_kept,
    ),
    (
        "[providers.box]\n",
        "[providers.box]\napi_key_env = \"sk-canary-4f7e\"\n",
        "F:6 providers.box.api_key_env: is not the name of an environment variable; allowed: a name such as \
      \"LOCAL_KEY\", or a list of names, never the key itself",
        all_kept,
    ),
    (
        "[providers.box]\n",
        "[providers.box]\napi_key_env = []\n",
        "F:6 providers.box.api_key_env: is not the name of an environment variable; allowed: a name such as \
      \"LOCAL_KEY\", or a list of names, never the key itself",
        all_kept,
    ),
    (
        "http://127.0.0.1:9000/v1",
        "127.0.0.1:9000/v1",
        "F:6 providers.box.base_url: has no scheme, so \"box\" is left out; allowed: an address such as \
      \"http://127.0.0.1:8080/v1\"",
        box_left_out,
    ),
    (
        "http://127.0.0.1:9000/v1",
        "ftp://127.0.0.1/v1",
        "F:6 providers.box.base_url: is neither http nor https, so \"box\" is left out; allowed: an address such as \
      \"http://127.0.0.1:8080/v1\"",
        box_left_out,
    ),
    (
        "http://127.0.0.1:9000/v1",
        "http://me:sk-canary-4f7e@host/v1",
        "F:6 providers.box.base_url: holds a name or password, so \"box\" is left out; allowed: an address such as \
      \"http://127.0.0.1:8080/v1\"",
        box_left_out,
    ),
    (
        "http://127.0.0.1:9000/v1",
        "http://host/v1?key=sk-canary-4f7e",
        "F:6 providers.box.base_url: holds a query or fragment, so \"box\" is left out; allowed: an address such as \
      \"http://127.0.0.1:8080/v1\"",
        box_left_out,
    ),
    (
        "base_url = \"http://127.0.0.1:9000/v1\"",
        "base_url = 8080",
        "F:6 providers.box.base_url: is 8080, so \"box\" is left out; allowed: an address such as \
      \"http://127.0.0.1:8080/v1\"",
        box_left_out,
    ),
    (
        "base_url = \"http://127.0.0.1:9000/v1\"",
        "",
        "F:5 providers.box: base_url is missing, so it is left out; allowed: an address such as \
      \"http://127.0.0.1:8080/v1\"",
        box_left_out,
    ),
    (
        "[providers.box]\nbase_url = \"http://127.0.0.1:9000/v1\"",
        "[providers]\nbox = \"http://127.0.0.1:9000/v1\"",
        "F:6 providers.box: is a text that does not fit; allowed: a table such as [providers.local]",
        box_left_out,
    ),
    (
        "[providers.box]\n",
        "[providers.\"a/b\"]\nbase_url = \"http://h\"\n[providers.box]\n",
        "F:5 providers.\"a/b\": can't name a provider; allowed: a name without blanks and slashes",
        all_kept,
    ),
    (
        "[councils.pair]\n",
        "[councils.pair]\nchairman = \"no\"\n",
        "F:9 councils.pair.chairman: unknown key; allowed: chair, members, shadow",
        all_kept,
    ),
    (
        "[councils.pair]\n",
        "[councils.pair]\nshadow = { plan = \"ask\", share = 2, budget = 1 }\n",
        "F:9 councils.pair.shadow.share: is 2; allowed: a share above 0, at most 1, such as 0.1",
        |c| c.shadows.is_empty() && c.councils.len() == 2,
    ),
    (
        "[councils.pair]\n",
        "[councils.pair]\nshadow = { members = [\"bax/any\"], share = 1, budget = 1 }\n",
        "F:9 councils.pair.shadow.members[0]: no such provider: \"bax\"; allowed: anthropic, box, deepseek, gemini, groq, \
      litellm, llamacpp, lmstudio, local, mistral, ollama, openai, openai-responses, openrouter, together, vllm, xai; did you mean box?",
        |c| c.shadows.len() == 1,
    ),
    (
        "[councils.pair]\n",
        "[councils.pair]\nshadow = { plan = \"ask\", share = 1, budget = \"much\" }\n",
        "F:9 councils.pair.shadow.budget: is a text that does not fit; allowed: US dollars such as 2.00",
        |c| c.shadows.is_empty() && c.councils.len() == 2,
    ),
    (
        "chair = \"yes\"",
        "chair = \"yess\"",
        "F:9 councils.pair.chair: no such member: \"yess\"; allowed: yes, no; did you mean yes?",
        |c| c.councils["pair"].chair.is_none(),
    ),
    ("chair = \"yes\"", "chair = 1", "F:9 councils.pair.chair: is 1; allowed: the name of a member", |c| {
        c.councils["pair"].chair.is_none()
    }),
    (
        "members = [\"box/any\"]",
        "members = []",
        "F:16 councils.solo.members: is empty, so \"solo\" is left out; allowed: a list such as \
      [{ name = \"yes\", model = \"local/any\" }]",
        solo_left_out,
    ),
    (
        "members = [\"box/any\"]",
        "members = \"box/any\"",
        "F:16 councils.solo.members: is a text that does not fit, so \"solo\" is left out; allowed: a list such as \
      [{ name = \"yes\", model = \"local/any\" }]",
        solo_left_out,
    ),
    (
        "members = [\"box/any\"]",
        "",
        "F:15 councils.solo: members are missing, so it is left out; allowed: members = a list such as \
      [{ name = \"yes\", model = \"local/any\" }]",
        solo_left_out,
    ),
    (
        "members = [\"box/any\"]",
        "members = [\"any\"]",
        "F:16 councils.solo.members[0]: is no model, so this seat stays empty; allowed: \"PROVIDER/MODEL\", for \
      example \"local/any\"",
        solo_left_out,
    ),
    (
        "members = [\"box/any\"]",
        "members = [\"box/any\", 7]",
        "F:16 councils.solo.members[1]: is 7; allowed: a table such as { name = \"yes\", model = \"local/any\" }, or \
      just \"local/any\"",
        all_kept,
    ),
    (
        "members = [\"box/any\"]",
        "members = [\"bix/any\"]",
        "F:16 councils.solo.members[0]: no such provider: \"bix\"; allowed: anthropic, box, deepseek, gemini, groq, litellm, llamacpp, \
      lmstudio, local, mistral, ollama, openai, openai-responses, openrouter, together, vllm, xai; did you mean box?",
        all_kept,
    ),
    (
        "[councils.solo]\nmembers = [\"box/any\"]",
        "[councils]\nsolo = [\"box/any\"]",
        "F:16 councils.solo: is a list; allowed: a table such as [councils.pair]",
        solo_left_out,
    ),
    (
        "name = \"no\", model = \"box/any\"",
        "name = \"no\", model = \"/any\"",
        "F:12 councils.pair.members[1].model: is no model, so this seat stays empty; allowed: \"PROVIDER/MODEL\", for \
      example \"local/any\"",
        |c| c.councils["pair"].members.len() == 1,
    ),
    (
        "name = \"no\", model = \"box/any\"",
        "name = \"no\"",
        "F:12 councils.pair.members[1]: model is missing, so this seat stays empty; allowed: \
      model = \"PROVIDER/MODEL\"",
        |c| c.councils["pair"].members.len() == 1,
    ),
    (
        "name = \"no\"",
        "name = \"yes\"",
        "F:12 councils.pair.members[1].name: \"yes\" sits here already, so this one is \"yes-2\"; give each member a \
      name of its own",
        |c| c.councils["pair"].members[1].name == "yes-2".into(),
    ),
    (
        "name = \"no\"",
        "name = \"\"",
        "F:12 councils.pair.members[1].name: is empty; allowed: up to 40 letters",
        |c| c.councils["pair"].members[1].name == "any".into(),
    ),
    (
        "name = \"no\"",
        "name = \"a\\u001bb\"",
        "F:12 councils.pair.members[1].name: is a text that does not fit; allowed: up to 40 letters",
        |c| c.councils["pair"].members[1].name == "any".into(),
    ),
    (
        "weight = 2.0",
        "weight = 2.0, topics = \"code\"",
        "F:12 councils.pair.members[1].topics: is a text that does not fit; allowed: a list of names such as [\"code\", \"law\"]",
        all_kept,
    ),
    (
        "weight = 2.0",
        "weight = 2.0, topics = [\"code\", 3]",
        "F:12 councils.pair.members[1].topics: is a list; allowed: a list of names such as [\"code\", \"law\"]",
        all_kept,
    ),
    (
        "weight = 2.0",
        "weight = 0",
        "F:12 councils.pair.members[1].weight: is 0; allowed: a number above 0",
        default_weight,
    ),
    (
        "weight = 2.0",
        "weight = -1.5",
        "F:12 councils.pair.members[1].weight: is -1.5; allowed: a number above 0",
        default_weight,
    ),
    (
        "weight = 2.0",
        "weight = nan",
        "F:12 councils.pair.members[1].weight: is nan; allowed: a number above 0",
        default_weight,
    ),
    (
        "weight = 2.0",
        "weight = inf",
        "F:12 councils.pair.members[1].weight: is inf; allowed: a number above 0",
        default_weight,
    ),
    (
        "weight = 2.0",
        "wieght = 2.0",
        "F:12 councils.pair.members[1].wieght: unknown key; allowed: answer_limit, effort, fallback, model, name, persona, seed, \
      temperature, top_p, topics, weight; did you mean weight?",
        default_weight,
    ),
    (
        "temperature = 0.2",
        "temperature = 3",
        "F:12 councils.pair.members[1].temperature: is 3; allowed: a number from 0 to 2",
        |c| c.councils["pair"].members[1].params.temperature.is_none(),
    ),
    (
        "temperature = 0.2",
        "top_p = 1.5",
        "F:12 councils.pair.members[1].top_p: is 1.5; allowed: a number above 0, at most 1",
        |c| c.councils["pair"].members[1].params.top_p.is_none(),
    ),
    (
        "temperature = 0.2",
        "effort = \"hihg\"",
        "F:12 councils.pair.members[1].effort: no such effort: \"hihg\"; allowed: none, minimal, low, medium, high, \
      max; did you mean high?",
        |c| c.councils["pair"].members[1].params.effort.is_none(),
    ),
    (
        "temperature = 0.2",
        "effort = 3",
        "F:12 councils.pair.members[1].effort: is 3; allowed: none, minimal, low, medium, high, max",
        |c| c.councils["pair"].members[1].params.effort.is_none(),
    ),
    (
        "seed = 7",
        "seed = 1979-05-27",
        "F:12 councils.pair.members[1].seed: is a date; allowed: a whole number, not negative",
        |c| c.councils["pair"].members[1].params.seed.is_none(),
    ),
    (
        "persona = \"Argue for it.\"",
        "persona = [\"Argue\"]",
        "F:11 councils.pair.members[0].persona: is a list; allowed: a text that tells it who it is",
        |c| c.councils["pair"].members[0].persona.is_none(),
    ),
    (
        "answer_limit = 512",
        "answer_limit = 512\ncache = \"exakt\"",
        "F:4 cache: no such way: \"exakt\"; allowed: off, exact, similar; did you mean exact?",
        |c| c.cache == Cache::Off && all_kept(c),
    ),
    (
        "answer_limit = 512",
        "answer_limit = 512\ncache = true",
        "F:4 cache: is true; allowed: off, exact, similar",
        |c| c.cache == Cache::Off && all_kept(c),
    ),
    (
        "answer_limit = 512",
        "answer_limit = 512\ncache_ttl = 0",
        "F:4 cache_ttl: is 0; allowed: hours, a whole number from 1 to 8760",
        |c| c.cache_ttl == 24 && all_kept(c),
    ),
    (
        "answer_limit = 512",
        "answer_limit = 512\ndebate_mode = \"dux\"",
        "F:4 debate_mode: no such mode: \"dux\"; allowed: revise, anonymous-self, du, reconcile, chateval, free-mad, reflect; did you mean du?",
        |c| c.debate_mode == synod::core::Mode::Revise && all_kept(c),
    ),
    (
        "answer_limit = 512",
        "answer_limit = 512\nnotify = \"bel\"",
        "F:4 notify: no such way: \"bel\"; allowed: off, bell, osc9, osc777; did you mean bell?",
        |c| c.notify == Notify::Off && all_kept(c),
    ),
    (
        "answer_limit = 512",
        "answer_limit = 512\nnotify = true",
        "F:4 notify: is true; allowed: off, bell, osc9, osc777",
        |c| c.notify == Notify::Off && all_kept(c),
    ),
    (
        "answer_limit = 512",
        "answer_limit = 512\nOPENAI_API_KEY = \"sk-canary-4f7e\"",
        "F:4 OPENAI_API_KEY: a key does not belong into this file and is not read; keep it with synod keys \
      set PROVIDER, or in an environment variable that api_key_env = \"NAME\" names",
        all_kept,
    ),
    (
        "answer_limit = 512",
        "answer_limit = 512\nopenai = \"sk-canary-4f7e\"",
        "F:4 openai: a key does not belong into this file and is not read; keep it with synod keys \
      set PROVIDER, or in an environment variable that api_key_env = \"NAME\" names",
        all_kept,
    ),
    (
        "answer_limit = 512",
        "answer_limit = 512\nsk-canary-4f7e = true",
        "F:4 [key]: a key does not belong into this file and is not read; keep it with synod keys \
      set PROVIDER, or in an environment variable that api_key_env = \"NAME\" names",
        all_kept,
    ),
    (
        "council = \"pair\"",
        "council = \"sk-canary-4f7e\"",
        "F:2 council: no such council: [key]; allowed: pair, solo",
        |c| c.council.is_none(),
    ),
    (
        "chair = \"yes\"",
        "chair = \"sk-canary-4f7e\"",
        "F:9 councils.pair.chair: no such member: [key]; allowed: yes, no",
        |c| c.councils["pair"].chair.is_none(),
    ),
    (
        "name = \"no\"",
        "name = \"sk-canary-4f7e\"",
        "F:12 councils.pair.members[1].name: is a text that does not fit; allowed: up to 40 letters",
        |c| c.councils["pair"].members[1].name == "any".into(),
    ),
    (
        "persona = \"Argue for it.\"",
        "persona = \"sk-canary-4f7e\"",
        "F:11 councils.pair.members[0].persona: is a text that does not fit; allowed: a text that tells it who it is",
        |c| c.councils["pair"].members[0].persona.is_none(),
    ),
    (
        "[providers.box]\n",
        "[providers.box]\nauth_token = \"x\"\n",
        "F:6 providers.box.auth_token: a key does not belong into this file and is not read; keep it with synod keys \
      set PROVIDER, or in an environment variable that api_key_env = \"NAME\" names",
        all_kept,
    ),
    (
        "[providers.box]\n",
        "[providers.sk-canary-4f7e]\nbase_url = \"http://h\"\n[providers.box]\n",
        "F:5 providers.[key]: can't name a provider; allowed: a name without blanks and slashes",
        all_kept,
    ),
    (
        "[providers.box]\n",
        "[providers.openai]\nbase_url = \"api.openai.com\"\n[providers.box]\n",
        "F:6 providers.openai.base_url: has no scheme, so \"openai\" is left out; allowed: an address such as \
      \"http://127.0.0.1:8080/v1\"",
        |c| !c.providers.contains_key("openai") && all_kept(c),
    ),
    (
        "http://127.0.0.1:9000/v1",
        "https://",
        "F:6 providers.box.base_url: has no host, so \"box\" is left out; allowed: an address such as \
      \"http://127.0.0.1:8080/v1\"",
        box_left_out,
    ),
    (
        "http://127.0.0.1:9000/v1",
        "http://127.0.0.1:90000/v1",
        "F:6 providers.box.base_url: has a port that is no number from 1 to 65535, so \"box\" is left out; allowed: an \
      address such as \"http://127.0.0.1:8080/v1\"",
        box_left_out,
    ),
    (
        "http://127.0.0.1:9000/v1",
        "http://my host/v1",
        "F:6 providers.box.base_url: holds a blank or a letter that no address has, so \"box\" is left out; allowed: an \
      address such as \"http://127.0.0.1:8080/v1\"",
        box_left_out,
    ),
    (
        "answer_limit = 512",
        "answer_limit = 1000001",
        "F:3 answer_limit: is 1000001; allowed: a whole number from 1 to 1000000",
        default_limit,
    ),
    (
        "seed = 7",
        "seed = -7",
        "F:12 councils.pair.members[1].seed: is -7; allowed: a whole number, not negative",
        |c| c.councils["pair"].members[1].params.seed.is_none(),
    ),
    (
        "seed = 7",
        "answer_limit = 0",
        "F:12 councils.pair.members[1].answer_limit: is 0; allowed: a whole number from 1 to 1000000",
        |c| c.councils["pair"].members[1].params.answer_limit == 512,
    ),
    (
        "[councils.solo]\nmembers = [\"box/any\"]",
        "[councils.\"\"]\nmembers = [\"box/any\"]",
        "F:15 councils.\"\": can't name a council; allowed: up to 40 letters",
        solo_left_out,
    ),
];
