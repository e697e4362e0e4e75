//! Environment variables and memory. Each test runs itself again in a process of its own.

use std::{
    env,
    ffi::OsStr,
    process::{Command, Stdio},
};

use waba::{Error, dialog360, graph};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, path_regex},
};

/// The environment variable that tells a test that it runs in the child process.
pub const CHILD: &str = "WABA_TEST_CHILD";

/// Runs a test in a child process with these variables and returns what it prints.
pub fn run_in_child<V: AsRef<OsStr>>(test: &str, variables: &[(&str, V)]) -> String {
    let program = env::current_exe().expect("this program");
    let inherited = env::vars_os().filter(|(name, _)| {
        let name = name.to_string_lossy();
        ["DIALOG360_", "GRAPH_"]
            .iter()
            .any(|api| name.starts_with(api))
    });
    let mut command = Command::new(program);
    for (name, _) in inherited {
        command.env_remove(name);
    }
    let output = command
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(CHILD, "1")
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .stderr(Stdio::inherit())
        .output()
        .expect("the child process runs");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && printed.contains("1 passed"),
        "{printed}"
    );
    printed
}

async fn accounts() -> Result<[Option<String>; 2], Error> {
    let hub = dialog360::Client::from_env()?;
    let hub = hub.get_waba_account().partner_id("p").waba_account_id("w");
    let meta = graph::Client::from_env()?;
    let meta = meta.get_whatsapp_business_account().waba_id("1");
    Ok([
        hub.send().await?.name.clone(),
        meta.send().await?.name.clone(),
    ])
}

#[tokio::test]
async fn from_env_reads_each_documented_variable() {
    if env::var_os(CHILD).is_some() {
        match accounts().await {
            Ok(names) => println!("{names:?}"),
            Err(error) => println!("{error}"),
        }
        return;
    }
    let server = MockServer::start().await;
    let default_version = format!("^/{}/1$", graph::API_VERSION);
    for (name, value, path, account) in [
        ("x-api-key", "key", "^/api/", "by key"),
        ("authorization", "Bearer bearer", "^/api/", "by bearer"),
        (
            "authorization",
            "Bearer token",
            &*default_version,
            "by token",
        ),
        ("authorization", "Bearer token", "^/v99.0/1$", "by version"),
    ] {
        Mock::given(header(name, value))
            .and(path_regex(path))
            .respond_with(
                ResponseTemplate::new(200)
                    .set_body_json(serde_json::json!({"id": "1", "name": account})),
            )
            .mount(&server)
            .await;
    }
    let account = serde_json::json!({"id": "1", "name": "by app"});
    Mock::given(header("authorization", "Bearer 7|secret"))
        .respond_with(ResponseTemplate::new(200).set_body_json(account))
        .with_priority(1)
        .mount(&server)
        .await;
    let has_proof = |request: &wiremock::Request| {
        let query = request.url.query().unwrap_or_default();
        query.contains("appsecret_proof=")
    };
    let account = serde_json::json!({"id": "1", "name": "by proof"});
    Mock::given(has_proof)
        .respond_with(ResponseTemplate::new(200).set_body_json(account))
        .with_priority(2)
        .mount(&server)
        .await;
    let uri = server.uri();
    let token = ("GRAPH_ACCESS_TOKEN", "token");
    let app = ("GRAPH_APP_ID", "7");
    let key = ("DIALOG360_API_KEY", "key");
    let bearer = ("DIALOG360_BEARER_TOKEN", "bearer");
    let urls = [
        ("DIALOG360_BASE_URL", uri.as_str()),
        ("GRAPH_BASE_URL", &uri),
    ];
    for (variables, part) in [
        (vec![key, token], r#"[Some("by key"), Some("by token")]"#),
        (
            vec![bearer, token],
            r#"[Some("by bearer"), Some("by token")]"#,
        ),
        (
            vec![key, bearer, token],
            r#"[Some("by key"), Some("by token")]"#,
        ),
        (
            vec![key, token, ("GRAPH_API_VERSION", "v99.0")],
            r#"[Some("by key"), Some("by version")]"#,
        ),
        (
            vec![key, token, ("GRAPH_APP_SECRET", "secret")],
            r#"[Some("by key"), Some("by proof")]"#,
        ),
        // An empty variable counts as unset.
        (
            vec![("DIALOG360_API_KEY", ""), bearer, token],
            r#"Some("by bearer")"#,
        ),
        // Requests to loopback addresses do not use a proxy.
        (
            vec![
                key,
                token,
                ("http_proxy", "http://127.0.0.1:9"),
                ("all_proxy", "http://127.0.0.1:9"),
            ],
            r#"[Some("by key"), Some("by token")]"#,
        ),
        (
            vec![token],
            "neither DIALOG360_API_KEY nor DIALOG360_BEARER_TOKEN is set",
        ),
        (
            vec![key],
            "neither GRAPH_ACCESS_TOKEN nor GRAPH_APP_ID is set",
        ),
        (
            vec![key, app],
            "GRAPH_APP_ID is set, but GRAPH_APP_SECRET is not",
        ),
        (
            vec![key, app, ("GRAPH_APP_SECRET", "secret\n")],
            "GRAPH_APP_SECRET: the credential",
        ),
        (
            vec![key, app, ("GRAPH_APP_SECRET", "secret")],
            r#"[Some("by key"), Some("by app")]"#,
        ),
        (
            vec![("DIALOG360_API_KEY", "a\nb"), token],
            "DIALOG360_API_KEY: the credential for `x-api-key` contains an invalid \
             character: expected visible ASCII; check for a space or a line break at its end",
        ),
        (
            vec![key, ("GRAPH_ACCESS_TOKEN", "a b")],
            "GRAPH_ACCESS_TOKEN: the credential for `authorization` contains an invalid \
             character: expected visible ASCII; check for a space or a line break at its end",
        ),
        (
            vec![key, token, ("GRAPH_API_VERSION", "99")],
            &*format!(
                "GRAPH_API_VERSION: invalid API version `99`: expected a form like `{}`",
                graph::API_VERSION
            ),
        ),
        (
            vec![key, token, ("GRAPH_BASE_URL", "https://example.com/v99.0/")],
            "GRAPH_BASE_URL: invalid base URL: it ends in a version of the API; set the version \
             with `api_version`",
        ),
        (
            vec![key, token, ("GRAPH_BASE_URL", "http://example.com")],
            "GRAPH_BASE_URL: invalid base URL: expected `https`; `http` is allowed only for \
             loopback addresses (`localhost`, `127.0.0.0/8`, `[::1]`)",
        ),
    ] {
        let all: Vec<_> = urls.into_iter().chain(variables).collect();
        let printed = run_in_child("environment::from_env_reads_each_documented_variable", &all);
        assert!(
            printed.contains(part),
            "expected `{part}` with {all:?}: {printed}"
        );
    }
}

#[cfg(unix)]
#[test]
fn from_env_rejects_a_variable_that_is_not_utf_8() {
    use std::os::unix::ffi::OsStrExt;

    if env::var_os(CHILD).is_some() {
        let error = dialog360::Client::from_env().expect_err("an invalid variable");
        println!("{error}");
        return;
    }
    let printed = run_in_child(
        "environment::from_env_rejects_a_variable_that_is_not_utf_8",
        &[("DIALOG360_API_KEY", OsStr::from_bytes(b"\xff"))],
    );
    assert!(
        printed.contains("DIALOG360_API_KEY is not valid UTF-8"),
        "{printed}"
    );
}

/// Counts the occurrences of a text in the memory of this process. The text is passed reversed, so
/// that the search does not find its own argument.
#[cfg(target_os = "linux")]
fn count_in_memory(reversed: &[u8]) -> usize {
    use std::{
        fs::{self, File},
        os::unix::fs::FileExt,
    };

    let memory = File::open("/proc/self/mem").expect("the memory");
    let maps = fs::read_to_string("/proc/self/maps").expect("its map");
    let mut chunk = vec![0; 1 << 20];
    let own = chunk.as_ptr_range();
    let mut found = 0;
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let range = line
            .split(' ')
            .next()
            .and_then(|range| range.split_once('-'));
        let (start, end) = range.expect("a range");
        let number = |text| u64::from_str_radix(text, 16).expect("an address");
        let (mut at, end) = (number(start), number(end));
        while at < end {
            let Ok(read @ 1..) = memory.read_at(&mut chunk, at) else {
                break;
            };
            for (offset, window) in chunk[..read].windows(reversed.len()).enumerate() {
                let address = (at as usize + offset) as *const u8;
                if window.iter().eq(reversed.iter().rev()) && !own.contains(&address) {
                    found += 1;
                }
            }
            at += (read - reversed.len().min(read - 1)) as u64;
            if read < chunk.len() {
                break;
            }
        }
    }
    found
}

#[cfg(target_os = "linux")]
#[test]
fn secrets_are_erased_from_memory_when_their_clients_are_dropped() {
    // The end of the secret, reversed: whatever reuses freed memory overwrites its beginning first.
    const END: &[u8] = b"f8d1c46e-yek-siht-ekil";
    if env::var_os(CHILD).is_none() {
        let test = "environment::secrets_are_erased_from_memory_when_their_clients_are_dropped";
        run_in_child::<&str>(test, &[]);
        return;
    }
    let mut secret = vec![b'x'; 64];
    secret.extend(END.iter().rev());
    let text = std::str::from_utf8(&secret).expect("text");
    let hub = dialog360::Client::builder().api_key(text).build();
    let user = dialog360::Client::builder().login("name", text).build();
    let meta = graph::Client::builder()
        .access_token(text)
        .app_secret(text)
        .build();
    assert!(hub.is_ok() && user.is_ok() && meta.is_ok());
    secret.fill(0);
    assert!(
        count_in_memory(END) > 0,
        "the clients keep the secret in memory"
    );
    drop((hub, user, meta));
    assert_eq!(count_in_memory(END), 0, "the secret is still in memory");
}
