//! The certificate of a server, and the root that signs it. Both are made when it starts, and kept nowhere.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ServerConfig, crypto};

/// The names of this machine.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// What a server needs to speak TLS.
#[derive(Clone)]
pub(crate) struct Certified {
    pub(crate) acceptor: TlsAcceptor,
    /// The root certificate in PEM.
    pub(crate) root: String,
}

impl Certified {
    /// Makes a root, and a certificate for this machine and `address`.
    pub(crate) fn new(address: IpAddr) -> io::Result<Certified> {
        let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
        let root_key = KeyPair::generate().map_err(io::Error::other)?;
        let mut root = params(Vec::new(), "Tenon sandbox root", today)?;
        root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        root.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let certificate = root.self_signed(&root_key).map_err(io::Error::other)?;
        let issuer = Issuer::new(root, root_key);

        let mut names: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
        if !address.is_unspecified() && !NAMES.contains(&address.to_string().as_str()) {
            names.push(address.to_string());
        }
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let mut leaf = params(names, "Tenon sandbox", today)?;
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.use_authority_key_identifier_extension = true;
        let leaf = leaf.signed_by(&key, &issuer).map_err(io::Error::other)?;
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(io::Error::other)?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], key)
            .map_err(io::Error::other)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Certified { acceptor: TlsAcceptor::from(Arc::new(config)), root: certificate.pem() })
    }
}

/// A certificate that is good from yesterday on, for a year: some systems trust none that is good for longer.
fn params(names: Vec<String>, name: &str, today: Date) -> io::Result<CertificateParams> {
    let mut params = CertificateParams::new(names).map_err(io::Error::other)?;
    params.distinguished_name.push(DnType::CommonName, name);
    let moment = |day: Date| date_time_ymd(day.year().into(), day.month().unsigned_abs(), day.day().unsigned_abs());
    params.not_before = moment(today.saturating_sub(1.day()));
    params.not_after = moment(today.saturating_add(365.days()));
    Ok(params)
}
