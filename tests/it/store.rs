//! The store against the files that crashes, full disks and other programs leave behind.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use synod::core::{CallId, Channel, Council, Event, ModelRef, Question, Record, RunId, SessionId, StageId};
use synod::store::{self, Log, Opened, StoreError};
use tempfile::TempDir;

const AT: u64 = 1_795_352_701_000;

fn id(name: &str) -> SessionId {
    SessionId(name.to_owned())
}

fn root() -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let root = store::root_under(home.path());
    (home, root)
}

fn record(seq: u64, event: Event) -> Record {
    Record { v: 1, seq, at: AT + seq, event }
}

fn delta(seq: u64, text: &str) -> Record {
    let call = CallId { run: RunId(1), stage: StageId(0), round: 0, slot: 0, attempt: 1 };
    record(seq, Event::Delta { call, channel: Channel::Text, text: text.to_owned() })
}

fn run(seq: u64, run: u32, question: &str, scripted: bool) -> Record {
    let models: Vec<ModelRef> = ["local/a", "local/b"].iter().map(|text| text.parse().unwrap()).collect();
    let council = Council { scripted, ..Council::of_models("pair", &models) };
    let question = Question { text: question.to_owned(), council, ..Question::default() };
    record(seq, question.put(RunId(run), 7, 0))
}

/// A short session: four records with all sorts of text in them.
fn sample(name: &str) -> Vec<Record> {
    vec![
        record(1, Event::SessionStarted { session: id(name), synod: "0.1.0".to_owned() }),
        run(2, 1, "Tabs or spaces?\nSay \"why\".", false),
        delta(3, "a\u{2028}b\u{2029}c\r\n\u{85}\0 \u{1f600} ü"),
        delta(4, r#"{"v":1,"seq":9,"at":1,"kind":"run_started"}"#),
    ]
}

fn lines(records: &[Record]) -> Vec<u8> {
    records.iter().flat_map(|record| [serde_json::to_vec(record).unwrap(), b"\n".to_vec()].concat()).collect()
}

fn put(root: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = root.join(name).join("events.jsonl");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, bytes).unwrap();
    path
}

fn seqs(opened: &Opened) -> Vec<u64> {
    opened.records.iter().map(|record| record.seq).collect()
}

#[test]
fn what_is_appended_reads_back() {
    let (_home, root) = root();
    let mut log = Log::create(&root, &id("s")).unwrap();
    let records = sample("s");
    for (count, record) in records.iter().enumerate() {
        log.append(record).unwrap();
        // What was appended is in the file, whatever happens to this process from here on.
        assert_eq!(fs::read(log.path().unwrap()).unwrap(), lines(&records[..=count]));
    }
    log.sync().unwrap();
    log.sync().unwrap();
    let opened = store::read(&root, &id("s")).unwrap();
    assert_eq!(opened, Opened { records: records.clone(), ..Opened::default() });
    drop(log);

    let (mut log, opened) = Log::open(&root, &id("s")).unwrap();
    assert_eq!(opened.records, records);
    log.append(&delta(5, "more")).unwrap();
    assert_eq!(seqs(&store::read(&root, &id("s")).unwrap()), [1, 2, 3, 4, 5]);
}

#[test]
fn a_log_in_memory_leaves_no_file() {
    let mut log = Log::memory();
    for record in sample("s") {
        log.append(&record).unwrap();
    }
    log.sync().unwrap();
    assert_eq!(log.path(), None);
}

#[test]
fn files_are_for_their_owner_alone() {
    let (_home, root) = root();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    let log = Log::create(&root, &id("s")).unwrap();
    let path = log.path().unwrap().to_owned();
    drop(log);
    assert_eq!(mode(&path), 0o600);
    for directory in path.ancestors().skip(1).take(3) {
        assert_eq!(mode(directory), 0o700, "{}", directory.display());
    }
    fs::write(&path, "torn").unwrap();
    Log::open(&root, &id("s")).unwrap();
    assert_eq!(mode(&path.with_file_name("events.torn-1")), 0o600);
}

#[test]
fn there_is_one_writer_at_a_time_and_any_number_of_readers() {
    let (_home, root) = root();
    let mut log = Log::create(&root, &id("s")).unwrap();
    log.append(&sample("s")[0]).unwrap();
    let busy = Log::open(&root, &id("s")).unwrap_err();
    assert!(matches!(&busy, StoreError::Busy(name) if name == "s"), "{busy}");
    assert!(matches!(Log::create(&root, &id("s")), Err(StoreError::Exists(_))));
    assert_eq!(seqs(&store::read(&root, &id("s")).unwrap()), [1]);
    drop(log);
    let first = Log::open(&root, &id("s")).unwrap();
    assert!(matches!(Log::open(&root, &id("s")), Err(StoreError::Busy(_))));
    drop(first);
    Log::open(&root, &id("s")).unwrap();
}

#[test]
fn a_log_cut_at_any_byte_opens_and_goes_on() {
    let (_home, root) = root();
    let records = sample("s");
    let whole = lines(&records);
    let ends: Vec<usize> = (0..=records.len()).map(|count| lines(&records[..count]).len()).collect();
    for cut in 0..=whole.len() {
        let name = format!("cut-{cut}");
        let path = put(&root, &name, &whole[..cut]);
        let kept = ends.iter().filter(|end| **end <= cut).count() - 1;
        let torn = (cut - ends[kept]) as u64;
        let expected = records[..kept].to_vec();

        let read = store::read(&root, &id(&name)).unwrap();
        assert_eq!((&read.records, read.torn.unwrap_or(0), read.unreadable), (&expected, torn, 0), "{cut}");
        assert_eq!(fs::read(&path).unwrap(), &whole[..cut], "reading changes nothing");

        let (mut log, opened) = Log::open(&root, &id(&name)).unwrap();
        assert_eq!((&opened.records, opened.torn.unwrap_or(0)), (&expected, torn), "{cut}");
        assert_eq!(opened.notice.is_some(), torn > 0);
        let aside = fs::read(path.with_file_name("events.torn-1")).unwrap_or_default();
        assert_eq!(aside, &whole[ends[kept]..cut], "what is cut off is kept");
        log.append(&delta(8, "x")).unwrap();
        log.append(&delta(9, "y")).unwrap();
        drop(log);
        let again = store::read(&root, &id(&name)).unwrap();
        assert_eq!(again.records.len(), kept + 2, "{cut}");
        assert_eq!((again.torn, again.unreadable, again.notice), (None, 0, None), "{cut}");
    }
    assert_eq!(store::list(&root).len(), whole.len() + 1);
}

#[test]
fn each_cut_is_kept_in_a_file_of_its_own() {
    let (_home, root) = root();
    let path = put(&root, "s", &lines(&sample("s")));
    for number in 1..=3 {
        fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"v\":1,\"se").unwrap();
        let (_, opened) = Log::open(&root, &id("s")).unwrap();
        let notice = opened.notice.unwrap();
        assert!(notice.contains(&format!("events.torn-{number}")) && notice.contains("10 bytes"), "{notice}");
        assert!(!notice.contains('\n'));
    }
    assert_eq!(fs::read(&path).unwrap(), lines(&sample("s")));
}

/// A broken file, and what is to be read of it: numbers of records, unreadable ones, repeated ones, bytes torn off.
type Case = (&'static str, Vec<u8>, &'static [u64], usize, usize, Option<u64>);

fn broken() -> Vec<Case> {
    let good: Vec<Vec<u8>> = sample("s").iter().map(|record| lines(std::slice::from_ref(record))).collect();
    let at = |middle: &[u8]| [&good[0][..], &good[1], middle, &good[2], &good[3]].concat();
    let end = |tail: &[u8]| [&good[0][..], &good[1], tail].concat();
    let fused = [&good[2][..20], &good[2][..]].concat();
    let future = br#"{"v":1,"seq":7,"at":5,"kind":"telepathy","depth":{"a":[1,2]},"text":"x"}"#;
    let shape = br#"{"v":2,"seq":7,"at":5,"kind":"delta","call":{"changed":true}}"#;
    let line = |text: &[u8]| [text, b"\n"].concat();
    vec![
        ("empty", vec![], &[], 0, 0, None),
        ("one line break", b"\n".to_vec(), &[], 0, 0, None),
        ("no log at all", b"%PDF-1.7 \xde\xad".to_vec(), &[], 0, 0, Some(11)),
        (
            "bad UTF-8 in a text",
            at(b"{\"v\":1,\"seq\":3,\"at\":1,\"kind\":\"delta\",\"text\":\"\xff\"}\n"),
            &[1, 2, 3, 4],
            1,
            0,
            None,
        ),
        ("bad UTF-8 alone", at(b"\xff\xfe\xfd\n"), &[1, 2, 3, 4], 1, 0, None),
        ("NULs in the middle", at(&line(&[0; 4096])), &[1, 2, 3, 4], 1, 0, None),
        ("NULs before a record", at(&[&[0; 512][..], &good[2]].concat()), &[1, 2, 3, 4], 1, 0, None),
        ("NULs at the end", end(&[0; 4096]), &[1, 2], 0, 0, Some(4096)),
        ("NULs and a line break at the end", end(&line(&[0; 99])), &[1, 2], 0, 0, Some(100)),
        ("half a record, fused with the next", at(&fused), &[1, 2, 3, 4], 1, 0, None),
        ("a bad last line", end(b"{\"v\":1,\n"), &[1, 2], 0, 0, Some(8)),
        ("two bad last lines", end(b"{\"v\":1,\n{\"v\":\n"), &[1, 2], 1, 0, Some(6)),
        ("a bad last line and a torn one", end(b"{\"v\":1,\n{\"v\""), &[1, 2], 1, 0, Some(4)),
        (
            "a whole record without its line break",
            end(&good[2][..good[2].len() - 1]),
            &[1, 2],
            0,
            0,
            Some(good[2].len() as u64 - 1),
        ),
        ("no object", at(b"[1,2,3]\n\"text\"\n17\nnull\n"), &[1, 2, 3, 4], 4, 0, None),
        ("JSON of something else at the end", end(b"{\"hello\":1}\n"), &[1, 2], 1, 0, None),
        (
            "a record without its number",
            at(b"{\"v\":1,\"at\":1,\"kind\":\"stage_stopped\",\"run\":1,\"stage\":0}\n"),
            &[1, 2, 3, 4],
            1,
            0,
            None,
        ),
        ("a number twice", at(&good[1]), &[1, 2, 3, 4], 0, 1, None),
        ("the whole log twice", [at(b""), at(b"")].concat(), &[1, 2, 3, 4], 0, 4, None),
        ("numbers out of order", [&good[3][..], &good[0]].concat(), &[4, 1], 0, 0, None),
        ("a kind of tomorrow", at(&line(future)), &[1, 2, 7, 3, 4], 0, 0, None),
        ("a shape of tomorrow", at(&line(shape)), &[1, 2, 7, 3, 4], 0, 0, None),
        ("a shape of tomorrow at the end", end(&line(shape)), &[1, 2, 7], 0, 0, None),
        ("blank lines", at(b"\n  \n\t\n\r\n"), &[1, 2, 3, 4], 0, 0, None),
        (
            "CR LF",
            String::from_utf8(at(b"")).unwrap().replace('\n', "\r\n").into_bytes(),
            &[1, 2, 3, 4],
            0,
            0,
            None,
        ),
        ("a byte order mark", [b"\xef\xbb\xbf", &at(b"")[..]].concat(), &[1, 2, 3, 4], 0, 0, None),
        ("brackets without end", at(&line(&b"[".repeat(100_000))), &[1, 2, 3, 4], 1, 0, None),
        (
            "numbers too large",
            at(b"{\"v\":1,\"seq\":99999999999999999999,\"at\":1,\"kind\":\"x\"}\n"),
            &[1, 2, 3, 4],
            1,
            0,
            None,
        ),
    ]
}

#[test]
fn broken_files_open_and_lose_only_what_is_broken() {
    let (_home, root) = root();
    for (number, (what, bytes, expected, unreadable, repeated, torn)) in broken().into_iter().enumerate() {
        let name = format!("b{number}");
        let path = put(&root, &name, &bytes);
        let read = store::read(&root, &id(&name)).unwrap();
        assert_eq!(seqs(&read), expected, "{what}");
        assert_eq!((read.unreadable, read.repeated, read.torn), (unreadable, repeated, torn), "{what}");
        assert_eq!(read.notice.is_some(), unreadable + repeated > 0 || torn.is_some(), "{what}");
        assert_eq!(fs::read(&path).unwrap(), bytes, "{what}: reading changes nothing");

        let (mut log, opened) = Log::open(&root, &id(&name)).unwrap();
        assert_eq!((&opened.records, opened.torn), (&read.records, torn), "{what}");
        log.append(&delta(50, "after")).unwrap();
        drop(log);
        let left = bytes.len() - torn.unwrap_or(0) as usize;
        let after = fs::read(&path).unwrap();
        assert_eq!(&after[..left], &bytes[..left], "{what}: all but the torn tail stays as it was");
        assert_eq!(&after[left..], lines(&[delta(50, "after")]), "{what}: nothing is fused");
        let again = store::read(&root, &id(&name)).unwrap();
        assert_eq!(seqs(&again), [expected, &[50]].concat(), "{what}");
        assert_eq!(again.torn, None, "{what}");
    }
    assert_eq!(store::list(&root).len(), broken().len());
}

#[test]
fn an_unknown_kind_is_read_as_unknown() {
    let (_home, root) = root();
    put(
        &root,
        "s",
        b"{\"v\":1,\"seq\":1,\"at\":5,\"kind\":\"telepathy\",\"x\":1}\n{\"v\":9,\"seq\":2,\"at\":6}\n",
    );
    let opened = store::read(&root, &id("s")).unwrap();
    assert!(opened.records.iter().all(|record| record.event == Event::Unknown));
    assert_eq!((seqs(&opened), opened.notice), (vec![1, 2], None));
}

#[test]
fn a_huge_line_is_skipped_and_the_rest_is_read() {
    let (_home, root) = root();
    let good = lines(&sample("s"));
    for (name, broken_off) in [("middle", false), ("end", true)] {
        let path = put(&root, name, &good);
        let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        // A hole of 80 MiB: zeros to whoever reads it.
        let hole = good.len() as u64 + (80 << 20);
        file.set_len(hole).unwrap();
        if !broken_off {
            file.write_all_at(&[b"\n", &lines(&[delta(9, "after")])[..]].concat(), hole).unwrap();
        }
        let opened = store::read(&root, &id(name)).unwrap();
        let (expected, unreadable): (&[u64], _) =
            if broken_off { (&[1, 2, 3, 4], 0) } else { (&[1, 2, 3, 4, 9], 1) };
        assert_eq!((&seqs(&opened)[..], opened.unreadable), (expected, unreadable), "{name}");
        assert_eq!(opened.torn, broken_off.then_some(80 << 20), "{name}");
    }
}

#[test]
fn what_is_no_log_is_one_clear_line() {
    let (_home, root) = root();
    let one_line = |error: StoreError| {
        let line = error.to_string();
        assert!(!line.contains('\n') && line.len() > 20, "{line}");
        line
    };
    for error in [
        store::read(&root, &id("gone")).unwrap_err(),
        Log::open(&root, &id("gone")).unwrap_err(),
        store::resolve(&root, Some("gone")).unwrap_err(),
    ] {
        assert!(matches!(error, StoreError::NotFound(_)), "{}", one_line(error));
    }
    assert!(matches!(store::resolve(&root, None), Err(StoreError::Empty(_))));
    fs::create_dir_all(root.join("dir").join("events.jsonl")).unwrap();
    fs::write(root.join("plain"), "x").unwrap();
    for name in ["dir", "plain"] {
        for error in [store::read(&root, &id(name)).unwrap_err(), Log::open(&root, &id(name)).unwrap_err()] {
            assert!(matches!(error, StoreError::NotAFile(_)), "{}", one_line(error));
        }
    }
    for bad in ["..", "../dir", "a/b", "", ".", "/"] {
        for error in [
            store::read(&root, &id(bad)).unwrap_err(),
            Log::open(&root, &id(bad)).unwrap_err(),
            Log::create(&root, &id(bad)).unwrap_err(),
            store::resolve(&root, Some(bad)).unwrap_err(),
        ] {
            assert!(matches!(error, StoreError::BadName(_)), "{}", one_line(error));
        }
    }
    // A file where the root should be.
    assert!(matches!(Log::create(&root.join("plain"), &id("s")), Err(StoreError::NotAFile(_))));
}

#[test]
fn no_permission_is_one_clear_line() {
    let (_home, root) = root();
    let path = put(&root, "s", &lines(&sample("s")));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o0)).unwrap();
    if fs::File::open(&path).is_ok() {
        return; // Root may read everything.
    }
    assert!(matches!(store::read(&root, &id("s")), Err(StoreError::Denied(_))));
    assert!(matches!(Log::open(&root, &id("s")), Err(StoreError::Denied(_))));
    assert!(store::list(&root)[0].damaged.as_deref().is_some_and(|line| line.contains("no permission")));
}

#[test]
fn a_device_or_a_pipe_is_no_log() {
    let (_home, root) = root();
    fs::create_dir_all(root.join("s")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", root.join("s").join("events.jsonl")).unwrap();
    assert!(matches!(store::read(&root, &id("s")), Err(StoreError::NotAFile(_))));
    assert!(matches!(Log::open(&root, &id("s")), Err(StoreError::NotAFile(_))));
    assert!(matches!(Log::create(&root, &id("s")), Err(StoreError::Exists(_))));
    assert!(store::list(&root)[0].damaged.is_some());
}

#[test]
fn sessions_are_listed_with_the_last_used_first() {
    let (_home, root) = root();
    assert_eq!(store::list(&root), []);
    put(&root, "old", &lines(&sample("old")));
    let later = [sample("new"), vec![run(5, 2, "And now?", true), delta(6, "x")]].concat();
    put(&root, "new", &lines(&later));
    put(&root, "torn", &[lines(&sample("torn")), b"{\"v\":1".to_vec()].concat());
    put(&root, "broken", b"\xff\xff\n");
    put(&root, "empty", b"");
    fs::create_dir_all(root.join("dir").join("events.jsonl")).unwrap();
    // What is no session: files, directories without a log, names that no session has.
    fs::write(root.join("notes.txt"), "x").unwrap();
    fs::write(root.join("plain"), "x").unwrap();
    fs::create_dir_all(root.join("nothing")).unwrap();
    put(&root, "a b", &lines(&sample("x")));
    put(&root, ".hidden", &lines(&sample("x")));
    std::os::unix::fs::symlink("/nowhere", root.join("dangling")).unwrap();

    let sessions = store::list(&root);
    let names: Vec<&str> = sessions.iter().map(|session| session.id.0.as_str()).collect();
    assert_eq!(names, ["new", "torn", "old", "empty", "dir", "broken"]);
    let newest = &sessions[0];
    assert_eq!((newest.started_at, newest.last_at, newest.runs), (AT + 1, AT + 6, 2));
    assert_eq!(newest.question, "Tabs or spaces?\nSay \"why\".");
    assert_eq!(newest.members, ["a", "b"]);
    assert!(newest.scripted && !sessions[2].scripted);
    assert_eq!(newest.bytes, lines(&later).len() as u64);
    let damaged: Vec<bool> = sessions.iter().map(|session| session.damaged.is_some()).collect();
    assert_eq!(damaged, [false, true, false, true, true, true]);
    assert!(
        sessions.iter().filter_map(|session| session.damaged.as_deref()).all(|line| !line.contains('\n'))
    );
    assert_eq!(store::resolve(&root, None).unwrap(), id("new"));
}

#[test]
fn a_log_that_another_tool_rewrote_is_listed_too() {
    let (_home, root) = root();
    let mut bytes = Vec::new();
    for record in sample("s") {
        // Through a map with sorted keys: the kind no longer stands at the beginning.
        let value: serde_json::Value = serde_json::to_value(record).unwrap();
        serde_json::to_writer(&mut bytes, &value).unwrap();
        bytes.push(b'\n');
    }
    put(&root, "s", &bytes);
    let sessions = store::list(&root);
    assert_eq!((sessions[0].runs, sessions[0].damaged.as_deref()), (1, None));
    assert_eq!(store::read(&root, &id("s")).unwrap().records, sample("s"));
}

#[test]
fn the_end_is_found_behind_a_long_record() {
    let (_home, root) = root();
    let long = delta(5, &"x".repeat(300_000));
    put(&root, "long", &lines(&[sample("long"), vec![long]].concat()));
    put(&root, "short", &lines(&sample("short")));
    assert_eq!(store::resolve(&root, None).unwrap(), id("long"));
    assert_eq!(store::list(&root)[0].last_at, AT + 5);
}

#[test]
fn a_unique_beginning_names_a_session() {
    let (_home, root) = root();
    for name in ["20261122-130501-k3f9", "20261122-130501-k3fa", "20261123-080000-0000", "20261123"] {
        put(&root, name, &lines(&sample(name)));
    }
    let found = |wanted: &str| store::resolve(&root, Some(wanted)).map(|id| id.0);
    assert_eq!(found("20261122-130501-k3f9").unwrap(), "20261122-130501-k3f9");
    assert_eq!(found("20261123-").unwrap(), "20261123-080000-0000");
    assert_eq!(found("20261123").unwrap(), "20261123", "a whole name comes before a beginning");
    let error = found("20261122").unwrap_err();
    assert!(matches!(&error, StoreError::Ambiguous { candidates, .. } if candidates.len() == 2));
    assert!(error.to_string().contains("k3f9") && error.to_string().contains("k3fa"), "{error}");
    assert!(matches!(found("2027"), Err(StoreError::NotFound(_))));
}

#[test]
fn a_full_disk_costs_the_record_and_no_other() {
    // A limit on file sizes behaves like a full disk, and a process can't take it back from its neighbours' tests.
    let home = tempfile::tempdir().unwrap();
    let script =
        "trap '' XFSZ; ulimit -S -f 16; exec \"$0\" --exact --ignored store::within_a_limit_on_file_sizes";
    let test = std::env::current_exe().unwrap();
    let output = Command::new("sh").args(["-c", script]).arg(test).current_dir(home.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(home.path().join("s").join("full").exists(), "the disk was never full");
}

#[test]
#[ignore = "run by a_full_disk_costs_the_record_and_no_other"]
fn within_a_limit_on_file_sizes() {
    let root = Path::new(".");
    let mut log = Log::create(root, &id("s")).unwrap();
    let mut seq = 0;
    let error = loop {
        seq += 1;
        match log.append(&delta(seq, &"x".repeat(300))) {
            Ok(()) if seq > 1000 => return,
            Ok(()) => {}
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::Full(_)), "{error}");
    assert!(log.append(&delta(seq, &"x".repeat(300))).is_err(), "and again");
    let full = store::read(root, &id("s")).unwrap();
    assert_eq!((full.records.len() as u64, full.torn), (seq - 1, None), "readers see no half record");
    // The person makes room.
    let mut limit = rustix::process::getrlimit(rustix::process::Resource::Fsize);
    limit.current = limit.maximum;
    rustix::process::setrlimit(rustix::process::Resource::Fsize, limit).unwrap();
    log.append(&delta(seq, "room")).unwrap();
    log.append(&delta(seq + 1, "more")).unwrap();
    let opened = store::read(root, &id("s")).unwrap();
    assert_eq!((opened.records.len() as u64, opened.notice), (seq + 1, None));
    fs::write("s/full", "").unwrap();
}
