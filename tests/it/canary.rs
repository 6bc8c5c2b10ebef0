//! Keys are planted wherever one can come from or come back, synod is run in every way that leaves something behind, and all
//! that it left is searched: what it printed, what is on the disk, the screen's bytes, and what its children were told. The
//! search itself is shown to find a key in each form that it looks for.
#![cfg(test)]

use crate::home::Home;
use crate::terminal::{Terminal, script};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;

/// Keys, each with letters that forms spell differently, and with nothing in common but that.
const OF_ENV: &str = "cnEnvQ7/4f+\"x&w";
const OF_COMMAND: &str = "cnCmdZ3/9b+\"y&v";
const OF_FILE: &str = "cnFilK8/2d+\"z&u";
const OF_ANTHROPIC: &str = "cnAntP5/6a+\"q&t";
const OF_GEMINI: &str = "cnGemR1/8c+\"r&s";
/// Keys in places where none belongs.
const IN_USERINFO: &str = "cnUsrW2x0qZ7";
const IN_QUERY: &str = "cnQryX4y1rV8";
const IN_CONFIG: &str = "cnCfgY6z2sU9";
const TYPED: &str = "cnTypB9w3tT0";
const PIPED: &str = "cnPipD0v4uS1";

const SENT: [&str; 5] = [OF_ENV, OF_COMMAND, OF_FILE, OF_ANTHROPIC, OF_GEMINI];
const ALL: [&str; 10] =
    [OF_ENV, OF_COMMAND, OF_FILE, OF_ANTHROPIC, OF_GEMINI, IN_USERINFO, IN_QUERY, IN_CONFIG, TYPED, PIPED];

/// The forms that a key may be found in, by name.
fn forms(key: &str) -> BTreeMap<String, String> {
    let mut forms = BTreeMap::new();
    let mut put = |name: &str, form: String| drop(forms.insert(name.to_owned(), form));
    put("plain", key.to_owned());
    put("backwards", key.chars().rev().collect());
    put("percent", percent(key));
    put("percent, small", percent_small(key));
    put(
        "hexadecimal",
        key.bytes().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        }),
    );
    put("JSON", in_json(key));
    put("JSON in JSON", in_json(&in_json(key)));
    for before in 0..3 {
        let bytes = [vec![0; before], key.as_bytes().to_vec()].concat();
        // The letters at both ends depend on what stands around.
        let inner = |text: String| text[(before * 8).div_ceil(6)..bytes.len() * 8 / 6].to_owned();
        put(&format!("base64, {before} off"), inner(STANDARD_NO_PAD.encode(&bytes)));
        put(&format!("base64 of addresses, {before} off"), inner(URL_SAFE_NO_PAD.encode(&bytes)));
    }
    forms
}

fn in_json(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    quoted[1..quoted.len() - 1].to_owned()
}

fn percent(text: &str) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(byte).collect()
}

fn percent_small(text: &str) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02x}") }
    };
    text.bytes().map(byte).collect()
}

/// Every key that is in these bytes, and the form it is in.
fn hits(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    // A key may be wrapped at the edge of a screen or of a line.
    let joined: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let found = |form: &str| text.contains(form) || joined.contains(form);
    let of_key = |key: &'static str| {
        // A part of a key that is long enough to be worth something counts as well.
        let begins = found(&key[..8]).then(|| format!("{key}: begins"));
        forms(key)
            .into_iter()
            .filter(|(_, form)| found(form))
            .map(move |(name, _)| format!("{key}: {name}"))
            .chain(begins)
    };
    ALL.into_iter().flat_map(of_key).collect()
}

/// What a server says back when it has seen a key, in all the ways that servers do.
fn answers(key: &str) -> Vec<Vec<u8>> {
    let whole = |line: &str, kind: &str, more: &str, body: &str| {
        let length = body.len();
        format!("HTTP/1.1 {line}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nx-key: {key}\r\n{more}connection: close\r\n\r\n{body}")
            .into_bytes()
    };
    let spelt: Vec<String> = [
        key.to_owned(),
        percent(key),
        percent_small(key),
        in_json(key),
        STANDARD_NO_PAD.encode(key),
        STANDARD_NO_PAD.encode(format!("u{key}")),
        STANDARD_NO_PAD.encode(format!("us:{key}:tail")),
        URL_SAFE_NO_PAD.encode(format!("Bearer {key}")),
    ]
    .into();
    let json = serde_json::json!({ "error": { "message": format!("Incorrect API key: {key}"), "code": "invalid_api_key", "param": key } });
    let plain = spelt.join(" | ");
    let event = serde_json::json!({ "error": { "message": plain } });
    let mut all = vec![
        whole("401 Unauthorized", "application/json", "", &json.to_string()),
        whole(
            "302 Found",
            "text/plain",
            &format!("location: http://{}@127.0.0.1:1/{}?key={0}#{0}\r\n", percent(key), percent_small(key)),
            "",
        ),
        whole("302 Found", "text/plain", &format!("location: /{key}\r\n"), &plain),
        whole("200 OK", "text/event-stream", "", &format!("data: {event}\n\n")),
        whole("200 OK", "text/html", "", &format!("<html>{plain}</html>")),
        whole("200 OK", "application/json", "", &json.to_string()),
        format!("HTTP/1.1 200 OK\r\nx-key: {key}\r\nno header {key}\r\n\r\n").into_bytes(),
    ];
    for spelt in spelt {
        all.push(whole("400 Bad Request", "text/plain", "", &format!("Authorization: {spelt} is wrong")));
        all.push(whole(
            "403 Forbidden",
            "application/json",
            "",
            &serde_json::json!({ "error": spelt }).to_string(),
        ));
    }
    all
}

/// A server that answers each request for a model `N` with the answer of that number, and keeps which keys it was shown.
struct Echo {
    url: String,
    seen: Arc<Mutex<BTreeSet<&'static str>>>,
}

impl Echo {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<BTreeSet<&'static str>>> = Arc::default();
        let notes = seen.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let notes = notes.clone();
                thread::spawn(move || answer(stream.unwrap(), &notes));
            }
        });
        Self { url, seen }
    }
}

fn answer(mut stream: TcpStream, seen: &Mutex<BTreeSet<&'static str>>) {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        request.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&request).into_owned();
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(str::to_owned));
    let mut body = vec![0; length.map_or(0, |length| length.trim().parse().unwrap())];
    if stream.read_exact(&mut body).is_err() {
        return;
    }
    let Some(key) = SENT.into_iter().find(|key| head.contains(key)) else { return };
    seen.lock().unwrap().insert(key);
    let body = String::from_utf8_lossy(&body).into_owned();
    let all = answers(key);
    // The model is in the body, or in the path.
    let number = [head, body].iter().find_map(|text| {
        let (_, rest) = text.split_once("echo-")?;
        rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<usize>().ok()
    });
    let _ = stream.write_all(&all[number.unwrap_or_default()]);
}

/// A home with keys in all places, and what was found in what it left behind.
struct Planted {
    home: Home,
    echo: Echo,
    found: Vec<String>,
    searched: usize,
}

impl Planted {
    fn new() -> Self {
        let home = Home::new();
        let echo = Echo::start();
        let command = script(
            &home,
            "bin/pass",
            "env >>\"$HOME/of-pass\"; cat /proc/$$/cmdline >>\"$HOME/of-pass\"\ncat \"$HOME/planted\"",
        );
        home.write("planted", &format!("{OF_COMMAND}\n"));
        let url = &echo.url;
        let mut config = format!("api_key = \"{IN_CONFIG}\"\n");
        for (name, more) in [
            ("e", "api_key_env = \"E_KEY\"".to_owned()),
            ("c", format!("api_key_env = \"C_KEY\"\napi_key_command = [{command:?}, \"show\"]")),
            ("f", "api_key_env = \"F_KEY\"".to_owned()),
            ("a", "kind = \"anthropic\"\napi_key_env = \"A_KEY\"".to_owned()),
            ("g", "kind = \"gemini\"\napi_key_env = \"G_KEY\"".to_owned()),
        ] {
            let _ = write!(config, "[providers.{name}]\nbase_url = \"{url}/v1\"\n{more}\n");
        }
        let _ = write!(config, "[providers.user]\nbase_url = \"http://me:{IN_USERINFO}@127.0.0.1:1/v1\"\n");
        let _ = write!(
            config,
            "[providers.query]\nbase_url = \"http://127.0.0.1:1/v1?key={IN_QUERY}\"\napi_key = \"{IN_CONFIG}\"\n"
        );
        let _ = write!(
            config,
            "[councils.all]\nmembers = [\"e/echo-0\", \"c/echo-0\", \"f/echo-0\", \"a/echo-0\", \"g/echo-0\"]\n"
        );
        home.write("config/synod/config.toml", &config);
        let mut it = Self { home, echo, found: Vec::new(), searched: 0 };
        it.run(&["keys", "set", "f"], OF_FILE);
        it
    }

    fn env() -> [(&'static str, String); 8] {
        let bearer = format!("Authorization: Bearer {OF_ENV}");
        let address = format!("http://me:{IN_USERINFO}@127.0.0.1:1/v1?key={IN_QUERY}");
        let path = "/usr/local/bin:/usr/bin:/bin".to_owned();
        [
            ("E_KEY", OF_ENV.to_owned()),
            ("A_KEY", OF_ANTHROPIC.to_owned()),
            ("G_KEY", OF_GEMINI.to_owned()),
            ("HEADER", bearer),
            ("OPENAI_BASE_URL", address),
            (
                "SYNOD_TEST_PANIC_SAYS",
                format!("{OF_ENV} {OF_FILE} {} {}", percent(OF_GEMINI), STANDARD_NO_PAD.encode(OF_ANTHROPIC)),
            ),
            ("RUST_BACKTRACE", "1".to_owned()),
            ("PATH", path),
        ]
    }

    fn search(&mut self, what: &str, bytes: &[u8]) {
        self.searched += 1;
        self.found.extend(hits(bytes).into_iter().map(|hit| format!("{what}: {hit}")));
    }

    /// Runs synod to its end and searches what it printed.
    fn run(&mut self, args: &[&str], input: &str) -> String {
        self.run_with(args, input, &[])
    }

    fn run_with(&mut self, args: &[&str], input: &str, more: &[(&str, &str)]) -> String {
        let input = self.home.write("piped", input);
        let mut command = self.home.synod(args);
        command.envs(Self::env()).envs(more.iter().copied()).stdin(std::fs::File::open(&input).unwrap());
        let output = command.output().unwrap();
        std::fs::remove_file(input).unwrap();
        self.search(&format!("{args:?} stdout"), &output.stdout);
        self.search(&format!("{args:?} stderr"), &output.stderr);
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    }

    /// Searches all that lies at home, but for what was planted there.
    fn search_files(&mut self) {
        let planted: Vec<PathBuf> = ["config/synod/config.toml", "data/synod/keys.toml", "planted"]
            .map(|name| self.home.path().join(name))
            .into();
        for (path, bytes) in self.home.files() {
            if !planted.contains(&path) {
                self.search(&path.display().to_string(), &bytes);
                self.search("a name", path.display().to_string().as_bytes());
            }
        }
    }

    fn assert_clean(mut self, least: usize) {
        self.search_files();
        assert!(self.searched >= least, "{} artefacts are too few", self.searched);
        assert!(self.found.is_empty(), "{} hits:\n{}", self.found.len(), self.found.join("\n"));
        crate::said(&format!("canary: 0 hits of {} keys in {} artefacts", ALL.len(), self.searched));
    }
}

#[test]
fn the_search_finds_a_key_in_every_form() {
    for key in ALL {
        assert!(hits(key.as_bytes()).len() >= 2);
        for (name, form) in forms(key) {
            let noise = format!("\u{1b}[31mlog: {form}, and more");
            assert!(hits(noise.as_bytes()).iter().any(|hit| hit.starts_with(key)), "{key} {name}");
        }
        // However it stands in base64, and broken at the edge of a screen.
        for around in ["", "u", "us", "Bearer "] {
            let packed = STANDARD_NO_PAD.encode(format!("{around}{key}:tail"));
            assert!(!hits(packed.as_bytes()).is_empty(), "{key} after {around:?}");
        }
        assert!(!hits(format!("{}\r\n  {}", &key[..5], &key[5..]).as_bytes()).is_empty(), "{key}");
    }
    assert_eq!(hits(b"key id a1f3c9, check E_KEY, Bearer [key]"), Vec::<String>::new());
}

/// Shows that a whole run would fail if a key were left somewhere.
#[test]
fn a_key_that_is_left_behind_is_found() {
    let mut planted = Planted::new();
    planted.home.write(
        "data/synod/sessions/x/events.jsonl",
        &format!("{{\"message\": {}}}", serde_json::json!(OF_FILE)),
    );
    planted.search_files();
    assert!(
        planted.found.iter().any(|hit| hit.contains("events.jsonl") && hit.contains(OF_FILE)),
        "{:?}",
        planted.found
    );
}

#[test]
fn no_key_is_left_behind_by_a_command() {
    let mut planted = Planted::new();
    for number in 0..answers(OF_ENV).len() {
        let form = ["--plain", "--json", "--jsonl"][number % 3];
        let models = ["e", "c", "f", "a", "g"].map(|name| format!("{name}/echo-{number}"));
        let mut args = vec!["ask", form];
        args.extend(models.iter().flat_map(|model| ["-m", model.as_str()]));
        args.push("q");
        planted.run(&args, "");
    }
    assert_eq!(
        *planted.echo.seen.lock().unwrap(),
        BTreeSet::from(SENT),
        "every key was sent where it belongs"
    );
    for form in ["--plain", "--json", "--jsonl"] {
        planted.run(&["ask", form, "q"], "");
        planted.run(&["show", form], "");
    }
    for args in [
        &["doctor"][..],
        &["doctor", "--json"],
        &["keys"],
        &["keys", "list"],
        &["keys", "list", "--json"],
        &["keys", "test"],
        &["keys", "test", "--json"],
        &["sessions"],
        &["sessions", "--json"],
        &["config", "check"],
        &["config", "check", "--json"],
        &["config", "path"],
        &["ask", "-m", "user/x", "q"],
        &["ask", "-m", "openai/x", "q"],
        &["--help"],
    ] {
        planted.run(args, "");
    }
    for args in [&["keys", "set", "g"][..], &["keys", "set", "nobody"]] {
        planted.run(args, PIPED);
    }
    // Nothing that looks like one of these keys is in an argument, but a mistake puts it there.
    let typed = format!("sk-{TYPED}");
    for args in [
        &["keys", "set", "g", &typed][..],
        &["keys", "set", &typed],
        &["keys", &typed],
        &["--key", &typed],
        &["doctor", &typed],
    ] {
        planted.run(args, "");
    }
    let crashed = planted.run_with(&["ask", "--demo", "q"], "", &[("SYNOD_TEST_PANIC", "call")]);
    assert!(crashed.contains("SYNOD_TEST_PANIC=call") && crashed.contains("[key] [key] [key]"), "{crashed}");
    let told = std::fs::read_to_string(planted.home.path().join("of-pass")).unwrap();
    assert!(
        told.contains("PATH=") && told.contains("bin/pass"),
        "the key command wrote what it was told: {told}"
    );
    planted.assert_clean(150);
}

#[test]
fn no_key_is_left_behind_by_the_workbench() {
    const SIZE: (u16, u16) = (120, 40);
    let mut planted = Planted::new();
    let look =
        "cat /proc/$$/environ /proc/$$/cmdline /proc/$PPID/cmdline >\"$HOME/told\"; echo edited >\"$1\"";
    let editor = script(&planted.home, "bin/ed", look);
    let env = Planted::env();
    let mut env: Vec<(&str, &str)> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
    env.push(("EDITOR", &editor));
    let mut terminal = Terminal::with(&planted.home, SIZE, &["--council", "all", "what now?"], &env);
    terminal.shows("key rejected");
    terminal.press("i\u{7}");
    terminal.shows("edited");
    terminal.press("\u{1b}");
    terminal.shows("? help");
    terminal.press(":export out.md\r");
    terminal.shows("out.md");
    terminal.press("qq");
    terminal.end();
    planted.search("the screen's bytes", terminal.bytes());
    planted.search("the screen", terminal.screen().contents().as_bytes());
    let told = std::fs::read_to_string(planted.home.path().join("told")).unwrap();
    assert!(
        told.contains("EDITOR=") && told.contains("--council"),
        "the editor wrote what it was told: {told}"
    );
    assert!(planted.home.path().join("out.md").exists());
    let mut terminal = Terminal::with(&planted.home, SIZE, &["resume"], &env);
    terminal.shows("key rejected");
    terminal.press("qq");
    terminal.end();
    planted.search("the bytes of resume", terminal.bytes());
    let mut terminal = Terminal::with(
        &planted.home,
        SIZE,
        &["demo", "2"],
        &[&env[..], &[("SYNOD_TEST_PANIC", "draw")]].concat(),
    );
    assert_eq!(terminal.end().exit_code(), 101);
    let report = String::from_utf8_lossy(terminal.bytes()).into_owned();
    assert!(report.contains("[key] [key] [key] [key]; please report it"), "{report}");
    planted.search("the bytes of a crash", terminal.bytes());
    let mut terminal = Terminal::spawn(SIZE, {
        let mut command =
            crate::terminal::program(&planted.home, env!("CARGO_BIN_EXE_synod"), &["keys", "set", "g"]);
        for (name, value) in &env {
            command.env(name, value);
        }
        command
    });
    terminal.shows("it is not shown");
    terminal.press(&format!("{TYPED}\r"));
    terminal.shows("kept for g");
    assert_eq!(terminal.end().exit_code(), 0);
    assert!(terminal.is_line_restored());
    planted.search("the bytes of a prompt", terminal.bytes());
    let kept = std::fs::read_to_string(planted.home.path().join("data/synod/keys.toml")).unwrap();
    assert!(kept.contains(TYPED));
    planted.assert_clean(20);
}
