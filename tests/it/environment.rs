//! What a program has around it: the variables of its environment, and its memory. Each test runs
//! itself again in a process of its own.

use std::{
    env,
    process::{Command, Stdio},
};

use waba::{Error, dialog360, graph};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, path_regex},
};

/// Says to a test that it is the process of its own.
const AGAIN: &str = "WABA_TEST_AGAIN";

/// What the test of this name prints in a process of its own, with these variables.
fn again(test: &str, variables: &[(&str, &str)]) -> String {
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
        .env(AGAIN, "1")
        .envs(variables.iter().copied())
        .stderr(Stdio::inherit())
        .output()
        .expect("it runs");
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
async fn from_env_reads_each_variable_that_it_names() {
    if env::var_os(AGAIN).is_some() {
        match accounts().await {
            Ok(names) => println!("{names:?}"),
            Err(error) => println!("{error}"),
        }
        return;
    }
    let server = MockServer::start().await;
    for (name, value, path, answer) in [
        ("x-api-key", "key", "^/api/", "by key"),
        ("authorization", "Bearer bearer", "^/api/", "by bearer"),
        ("authorization", "Bearer token", "^/v23.0/1$", "by token"),
        ("authorization", "Bearer token", "^/v99.0/1$", "by version"),
    ] {
        Mock::given(header(name, value))
            .and(path_regex(path))
            .respond_with(
                ResponseTemplate::new(200)
                    .set_body_json(serde_json::json!({"id": "1", "name": answer})),
            )
            .mount(&server)
            .await;
    }
    let proven = |request: &wiremock::Request| {
        let query = request.url.query().unwrap_or_default();
        query.contains("appsecret_proof=")
    };
    let answer = serde_json::json!({"id": "1", "name": "by proof"});
    Mock::given(proven)
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .with_priority(1)
        .mount(&server)
        .await;
    let uri = server.uri();
    let token = ("GRAPH_ACCESS_TOKEN", "token");
    let key = ("DIALOG360_API_KEY", "key");
    let bearer = ("DIALOG360_BEARER_TOKEN", "bearer");
    let places = [
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
        // Set to nothing is not set.
        (
            vec![("DIALOG360_API_KEY", ""), bearer, token],
            r#"Some("by bearer")"#,
        ),
        // A proxy is not for what is on this machine.
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
        (vec![key], "GRAPH_ACCESS_TOKEN is not set"),
        (
            vec![("DIALOG360_API_KEY", "a\nb"), token],
            "DIALOG360_API_KEY",
        ),
        (
            vec![key, ("GRAPH_ACCESS_TOKEN", "a b")],
            "GRAPH_ACCESS_TOKEN",
        ),
        (
            vec![key, token, ("GRAPH_API_VERSION", "99")],
            "GRAPH_API_VERSION",
        ),
        (
            vec![key, token, ("GRAPH_BASE_URL", "http://example.com")],
            "GRAPH_BASE_URL",
        ),
    ] {
        let all: Vec<_> = places.into_iter().chain(variables).collect();
        let printed = again(
            "environment::from_env_reads_each_variable_that_it_names",
            &all,
        );
        assert!(printed.contains(part), "`{part}` of {all:?}: {printed}");
    }
}

/// How often a text is, which is given backwards, in the memory of this process.
#[cfg(target_os = "linux")]
fn found_in_memory(backwards: &[u8]) -> usize {
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
            for (offset, window) in chunk[..read].windows(backwards.len()).enumerate() {
                let address = (at as usize + offset) as *const u8;
                if window.iter().eq(backwards.iter().rev()) && !own.contains(&address) {
                    found += 1;
                }
            }
            at += (read - backwards.len().min(read - 1)) as u64;
            if read < chunk.len() {
                break;
            }
        }
    }
    found
}

#[cfg(target_os = "linux")]
#[test]
fn what_a_client_keeps_of_a_secret_is_overwritten_when_it_goes_away() {
    // Its end, backwards: who gets the memory next writes over the beginning first.
    const END: &[u8] = b"f8d1c46e-yek-siht-ekil";
    if env::var_os(AGAIN).is_none() {
        let test = "environment::what_a_client_keeps_of_a_secret_is_overwritten_when_it_goes_away";
        again(test, &[]);
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
    assert!(found_in_memory(END) > 0, "the clients hold it");
    drop((hub, user, meta));
    assert_eq!(found_in_memory(END), 0, "it is still in memory");
}
