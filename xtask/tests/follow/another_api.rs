//! The steps of «Another API» in CONTRIBUTING.md.

use crate::{changes::refresh, scratch::Scratch};

/// The files that are edited or written by hand.
pub const EDITED: [&str; 7] = [
    "Cargo.toml",
    "README.md",
    "src/lib.rs",
    "src/weather.rs",
    "tests/alone.rs",
    "tests/it/credentials.rs",
    "tests/it/documents.rs",
];

const DOCUMENT: &str = "\
openapi: 3.1.0
info: {title: Weather, version: '1'}
servers: [{url: 'https://api.example.com'}]
security: [{token: []}]
paths:
  /places/{place_id}/weather:
    parameters:
      - {name: place_id, in: path, required: true, schema: {type: string}}
    get:
      operationId: get_weather
      responses:
        200:
          description: The weather
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Weather'}
    post:
      operationId: report_weather
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Weather'}
      responses:
        204: {description: Reported}
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
  schemas:
    Weather:
      type: object
      properties:
        sky: {type: string, enum: [clear, cloudy]}
        degrees: {type: number}
";

pub fn add(scratch: &Scratch) {
    let append = |file: &str, text: &str| scratch.write(file, &(scratch.read(file) + text));
    let insert = |file: &str, before: &str, text: &str| {
        let old = scratch.read(file);
        assert!(old.contains(before), "{file} has no `{before}`");
        scratch.write(file, &old.replacen(before, &format!("{text}{before}"), 1));
    };
    append(
        "specs/sources.toml",
        "\n[weather]\ndocument = \"https://api.example.com/openapi.yaml\"\n",
    );
    scratch.publish("api.example.com/openapi.yaml", DOCUMENT);
    refresh(scratch, "weather");

    insert("Cargo.toml", "graph = []\n", "weather = []\n");
    insert("Cargo.toml", "\"graph\", \"rustls\"]", "\"weather\", ");
    scratch.write("src/weather.rs", include_str!("weather.rs"));
    insert(
        "src/lib.rs",
        "feature = \"graph\")))]\ncompile_error",
        "feature = \"weather\", ",
    );
    append(
        "src/lib.rs",
        "\n#[cfg(feature = \"weather\")]\npub mod weather;\n",
    );
    insert(
        "tests/it/documents.rs",
        "mod graph {",
        "mod weather {\n    include!(\"../generated/weather.rs\");\n}\n",
    );
    insert(
        "tests/it/documents.rs",
        "    Api {\n        name: \"graph\"",
        "    Api {
        name: \"weather\",
        types: weather::TYPES,
        requests: || {
            Box::pin(requests(weather::OPERATIONS, |url| {
                let client = waba::weather::Client::builder().access_token(SECRET);
                client.base_url(url).build().expect(\"a client\")
            }))
        },
    },
",
    );
    append(
        "tests/alone.rs",
        "
#[cfg(feature = \"weather\")]
#[tokio::test]
async fn weather_works_as_the_only_api() {
    let server = start_server(\"{\\\"degrees\\\": 21.5}\").await;
    let client = waba::weather::Client::builder().access_token(\"token\");
    let client = client.base_url(server.uri()).build().expect(\"a client\");
    let weather = client.get_weather().place_id(\"1\").send().await.expect(\"the weather\");
    assert_eq!(weather.degrees, Some(21.5));
}
",
    );
    insert(
        "tests/it/credentials.rs",
        "            api => panic!(",
        "            \"weather\" => sent_by_weather().await,\n",
    );
    append(
        "tests/it/credentials.rs",
        "
async fn sent_by_weather() -> BTreeSet<String> {
    let server = server::start(json(200, \"{}\")).await;
    let client = waba::weather::Client::builder().access_token(SECRET);
    let client = client.base_url(server.uri()).build().expect(\"a client\");
    client.get_weather().place_id(\"1\").send().await.expect(\"the weather\");
    BTreeSet::from([sent_to(&server).await])
}
",
    );
    insert(
        "README.md",
        "| `rustls` (default)",
        "| `weather` (default) | the Weather API, `waba::weather` |\n",
    );
}
