//! What experiments cost: many recorded answers counted in many ways, and many trials at once against a server on loopback. The
//! program is run as it is, and its processor time and memory are read from the system.

use crate::clock::cpu;
use std::fmt::Write as _;
use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;
use synod::core::shuffle::mix;
use synod::engine::Clock;

/// How many questions a replay has, and a run that is asked.
const REPLAYED: usize = 660;
const ASKED: usize = 10_000;

/// What a program used so far: processor time in milliseconds, and memory in MiB.
#[derive(Clone, Copy, Default)]
struct Used {
    cpu_ms: f64,
    rss: f64,
}

/// Reads it for a process that runs; nothing where the system does not tell.
fn used(child: &Child) -> Option<Used> {
    let read = |name: &str| std::fs::read_to_string(format!("/proc/{}/{name}", child.id())).ok();
    let stat = read("stat")?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    let status = read("status")?;
    let rss = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = rss.split_whitespace().next()?.parse().ok()?;
    Some(Used { cpu_ms: ticks * 10.0, rss: kib / 1024.0 })
}

/// The program in a home of its own.
fn synod(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_synod"));
    command.args(args).env_clear().env("HOME", home).env("XDG_CONFIG_HOME", home.join("config"));
    command.env("XDG_DATA_HOME", home.join("data")).current_dir(home);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Recorded answers of four members, as long as answers to school sums are.
fn recorded(home: &Path) {
    let mut rows = String::new();
    for at in 0..REPLAYED {
        let _ = write!(rows, "{{\"question\": \"How much is {at} and {at}?\", \"answer\": {}", 2 * at);
        for (member, chance) in [40, 55, 70, 80].into_iter().enumerate() {
            let right = mix(&[5, at as u64, member as u64]) % 100 < chance;
            let said =
                if right { 2 * at } else { 2 * at + 1 + (mix(&[6, at as u64, member as u64]) % 3) as usize };
            let steps =
                format!("She has {at} of them at first and gets {at} more, so {at} + {at} = {said}. ")
                    .repeat(4);
            let _ = write!(rows, ", \"m{member}\": \"{steps}\\nA: {said}\"");
        }
        rows.push_str("}\n");
    }
    write(home, "rows.jsonl", &rows);
    write(
        home,
        "replay.toml",
        "name = \"replay\"\ngrader = \"number\"\ncouncil = \"recorded\"\n[data]\nfile = \"rows.jsonl\"\nquestion = \"question\"\nanswer = \"answer\"\n\
         [[recorded]]\nfile = \"rows.jsonl\"\nmembers = [\"m0\", \"m1\", \"m2\", \"m3\"]\n[[arm]]\nname = \"vote\"\n\
         decide = [\"plurality\", \"majority\", \"to-best\", \"accuracy\", \"log-odds\", \"many-options\", \"learned\", \"unanimous\"]\n",
    );
}

fn write(home: &Path, name: &str, text: &str) {
    let file = home.join(name);
    let made =
        std::fs::create_dir_all(file.parent().unwrap_or(home)).and_then(|()| std::fs::write(file, text));
    must(made);
}

/// What a bench can't go on without.
fn must<T, E: std::fmt::Display>(got: Result<T, E>) -> T {
    match got {
        Ok(got) => got,
        Err(error) => {
            println!("  can't be measured: {error}");
            std::process::exit(1)
        }
    }
}

/// Recorded answers counted in eight ways, with the report.
pub fn replay() {
    let home = must(tempfile::tempdir());
    recorded(home.path());
    let clock = Clock::system();
    let timed = |args: &[&str]| {
        let began = clock.now();
        let ended = must(synod(home.path(), args).status());
        ((clock.now() - began) as f64 / 1e3, ended.code())
    };
    let (whole, code) = timed(&["experiment", "run", "replay.toml", "--plain"]);
    println!("replay of {REPLAYED} questions, 4 recorded members, 8 vote rules:");
    println!("  run with its report: {whole:.2} s on the clock, exit code {code:?}");
    let (again, _) = timed(&["experiment", "report", "replay.toml", "--format", "json"]);
    println!("  report of the log alone: {again:.2} s");
    // What of it is the figures.
    let text = std::fs::read_to_string(home.path().join("replay.runs/trials.jsonl")).unwrap_or_default();
    let mut kept = synod::experiment::Kept::default();
    let began = cpu();
    for (number, line) in text.lines().enumerate() {
        kept.take(number + 1, line.as_bytes());
    }
    println!("  reading its log: {:.0} ms of processor time", cpu() - began);
    if let Some(design) = kept.design() {
        let began = cpu();
        let scored = synod::experiment::score::score(design, &kept.facts);
        black_box(synod::experiment::report::report(design, &kept.facts, &scored));
        println!("  its figures: {:.0} ms of processor time", cpu() - began);
    }
}

/// Answers every question in as many pieces, at once.
fn serve(stream: TcpStream, pieces: usize) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    let piece = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"some words of it \"},\"finish_reason\":null}]}\n\n".repeat(pieces);
    let text = format!(
        "{piece}data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"\\nThe answer is 4.\"}},\"finish_reason\":\"stop\"}}],\"usage\":{{\"prompt_tokens\":20,\"completion_tokens\":9}}}}\n\ndata: [DONE]\n\n"
    );
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        reader.by_ref().take(length).read_to_end(&mut Vec::new())?;
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {}\r\n\r\n{text}",
            text.len()
        )?;
    }
}

/// A server on loopback; its API.
fn server(pieces: usize) -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/v1", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || serve(stream, pieces));
        }
    });
    Ok(url)
}

/// Many trials at once that are really asked.
pub fn asked() {
    println!("{ASKED} trials of one call each, 256 at once, server in this process:");
    let clock = Clock::system();
    for pieces in [1, 50] {
        let home = must(tempfile::tempdir());
        let url = must(server(pieces));
        write(home.path(), "config/synod/config.toml", &format!("[providers.here]\nbase_url = \"{url}\"\n"));
        let mut rows = String::from("question,answer\n");
        for at in 0..ASKED {
            let _ = writeln!(rows, "How much is {at} less {at} and 4?,4");
        }
        write(home.path(), "rows.csv", &rows);
        write(
            home.path(),
            "ask.toml",
            "name = \"ask\"\ngrader = \"number\"\nat_once = 256\ncontrols = false\n[data]\nfile = \"rows.csv\"\nquestion = \"question\"\nanswer = \"answer\"\n\
             [[arm]]\nname = \"one\"\ncouncil = [\"here/any\"]\n",
        );
        let began = clock.now();
        let mut child = must(
            synod(home.path(), &["experiment", "run", "ask.toml", "--plain", "--quiet", "--yes"]).spawn(),
        );
        let (mut last, mut seen) = (Used::default(), Vec::new());
        let log = home.path().join("ask.runs/trials.jsonl");
        while matches!(child.try_wait(), Ok(None)) {
            last = used(&child).unwrap_or(last);
            let size = log.metadata().map_or(0, |it| it.len());
            seen.push((size, last.rss));
            thread::sleep(Duration::from_millis(5));
        }
        let whole = log.metadata().map_or(0, |it| it.len());
        let at = |share: f64| {
            seen.iter().find(|(size, _)| *size as f64 >= share * whole as f64).map_or(0.0, |(_, rss)| *rss)
        };
        println!(
            "  {} pieces an answer: {:.1} s, {:.3} ms of processor time a trial; memory at 10, 25, 50, 75, 99 %: {:.0}, {:.0}, {:.0}, {:.0}, {:.0} MiB; log {:.1} KiB a trial",
            pieces + 1,
            (clock.now() - began) as f64 / 1e3,
            last.cpu_ms / ASKED as f64,
            at(0.1),
            at(0.25),
            at(0.5),
            at(0.75),
            at(0.99),
            whole as f64 / 1024.0 / ASKED as f64,
        );
    }
}
