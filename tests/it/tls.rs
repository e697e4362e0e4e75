//! A client sends nothing to a server whose certificate is invalid.

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use reqwest::{Certificate, ClientBuilder};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer},
};
use waba::{Error, ErrorKind, RetryPolicy, graph};

use crate::{
    environment::{CHILD, run_in_child},
    server::SECRET,
};

/// Returns the parameters of a certificate for `name`.
fn certificate_for(name: &str) -> CertificateParams {
    CertificateParams::new([name.to_owned()]).expect("a name")
}

/// Starts a server with a self-signed certificate. Returns its URL, the certificate, and the number of
/// requests that it has read.
async fn start_server(certificate: CertificateParams) -> (String, Certificate, Arc<AtomicUsize>) {
    let key = KeyPair::generate().expect("a key");
    let cert = certificate.self_signed(&key).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .expect("a usable certificate");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    let count = Arc::new(AtomicUsize::new(0));
    let requests = count.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, requests) = (acceptor.clone(), requests.clone());
            tokio::spawn(async move {
                let mut stream = acceptor.accept(stream).await.ok()?;
                if stream.read(&mut [0; 4096]).await.ok()? > 0 {
                    requests.fetch_add(1, Ordering::SeqCst);
                }
                let response = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"id\":\"1\"}";
                stream.write_all(response).await.ok()?;
                stream.shutdown().await.ok()
            });
        }
    });
    let certificate = Certificate::from_der(cert.der()).expect("a certificate");
    (url, certificate, count)
}

async fn get(
    url: &str,
    settings: impl Fn(ClientBuilder) -> ClientBuilder + Send + Sync + 'static,
) -> Result<(), Error> {
    let meta = graph::Client::builder()
        .access_token(SECRET)
        .base_url(url)
        .retry_policy(RetryPolicy::default().initial_backoff(Duration::from_millis(1)))
        .configure_http(settings)
        .build()?;
    let call = meta.get_whatsapp_business_account().waba_id("1");
    call.send().await.map(drop)
}

#[tokio::test]
async fn sends_nothing_to_a_server_with_an_untrusted_certificate() {
    let (url, certificate, requests) = start_server(certificate_for("127.0.0.1")).await;
    let error = get(&url, |http| http)
        .await
        .expect_err("an untrusted certificate");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Network, 1));
    assert!(!error.is_retryable(), "{error}");
    let expected = "the TLS certificate of 127.0.0.1 is not trusted";
    assert_eq!(error.message(), Some(expected));
    assert_eq!(requests.load(Ordering::SeqCst), 0);
    // The client trusts a certificate that the caller adds.
    let trusting = move |http: ClientBuilder| http.tls_certs_only([certificate.clone()]);
    get(&url, trusting).await.expect("a response");
    assert_eq!(requests.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn sends_nothing_to_a_server_with_a_certificate_for_another_name() {
    let (url, certificate, requests) = start_server(certificate_for("other.example.com")).await;
    let trusting = move |http: ClientBuilder| http.tls_certs_only([certificate.clone()]);
    let error = get(&url, trusting)
        .await
        .expect_err("a certificate for another name");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Network, 1));
    let expected = "the TLS certificate of 127.0.0.1 is for another host";
    assert_eq!(error.message(), Some(expected));
    assert_eq!(requests.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn sends_nothing_to_a_server_with_an_expired_certificate() {
    let mut expired = certificate_for("127.0.0.1");
    expired.not_after = date_time_ymd(2020, 1, 1);
    let (url, certificate, requests) = start_server(expired).await;
    let trusting = move |http: ClientBuilder| http.tls_certs_only([certificate.clone()]);
    let error = get(&url, trusting)
        .await
        .expect_err("an expired certificate");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Network, 1));
    let expected = "the TLS certificate of 127.0.0.1 has expired or is not valid yet";
    assert_eq!(error.message(), Some(expected));
    assert_eq!(requests.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn https_requests_to_this_machine_use_no_proxy() {
    if env::var_os(CHILD).is_some() {
        let (url, certificate, _) = start_server(certificate_for("127.0.0.1")).await;
        let trusting = move |http: ClientBuilder| http.tls_certs_only([certificate.clone()]);
        get(&url, trusting).await.expect("a response");
        return;
    }
    let proxy = "http://127.0.0.1:9";
    run_in_child(
        "tls::https_requests_to_this_machine_use_no_proxy",
        &[
            ("https_proxy", proxy),
            ("HTTPS_PROXY", proxy),
            ("all_proxy", proxy),
        ],
    );
}
