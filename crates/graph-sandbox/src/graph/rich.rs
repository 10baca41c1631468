//! Notifications with data, encrypted as Graph encrypts them: the data with AES-256-CBC under a key of its own, whose
//! first half is the initialization vector too, and the key with RSA-OAEP (SHA-1) for the subscriber's certificate.

use aes::Aes256;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockEncryptMut as _, KeyIvInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use num_bigint::BigUint;
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::{digest, hmac};
use rustls_pki_types::CertificateDer;
use serde_json::{Value, json};

/// The length of a SHA-1 hash.
const HASH: usize = 20;

/// The public key of a certificate.
pub(crate) struct Certificate {
    der: Vec<u8>,
    modulus: BigUint,
    exponent: BigUint,
    /// How many bytes the modulus has.
    length: usize,
}

impl Certificate {
    /// Reads a certificate in base64. `None` if it is none, or its key is not RSA with 2,048 to 4,096 bits.
    pub(crate) fn read(text: &str) -> Option<Certificate> {
        let der = STANDARD.decode(text.trim()).ok()?;
        let certificate = CertificateDer::from(der.as_slice());
        let info = webpki::EndEntityCert::try_from(&certificate).ok()?.subject_public_key_info();
        let (info, _) = element(info.as_ref(), 0x30)?;
        let (_algorithm, rest) = element(info, 0x30)?;
        let (bits, _) = element(rest, 0x03)?;
        let (key, _) = element(bits.strip_prefix(&[0])?, 0x30)?;
        let (modulus, rest) = element(key, 0x02)?;
        let (exponent, _) = element(rest, 0x02)?;
        let modulus = BigUint::from_bytes_be(modulus);
        let exponent = BigUint::from_bytes_be(exponent);
        let length = usize::try_from(modulus.bits().div_ceil(8)).ok()?;
        (256..=512).contains(&length).then_some(Certificate { der, modulus, exponent, length })
    }

    /// Encrypts the data of one notification.
    pub(crate) fn encrypt(&self, id: &str, data: &Value) -> Option<Value> {
        let random = SystemRandom::new();
        let mut key = [0; 32];
        random.fill(&mut key).ok()?;
        let cipher = cbc::Encryptor::<Aes256>::new_from_slices(&key, &key[..16]).ok()?;
        let data = cipher.encrypt_padded_vec_mut::<Pkcs7>(data.to_string().as_bytes());
        let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), &data);
        let thumbprint = super::store::hex(&sha1(&self.der)).to_uppercase();
        Some(json!({
            "data": STANDARD.encode(&data), "dataSignature": STANDARD.encode(signature),
            "dataKey": STANDARD.encode(self.seal(&key, &random)?), "encryptionCertificateId": id,
            "encryptionCertificateThumbprint": thumbprint,
        }))
    }

    /// RSAES-OAEP-ENCRYPT of RFC 8017, section 7.1.1, with SHA-1 and an empty label.
    fn seal(&self, message: &[u8], random: &SystemRandom) -> Option<Vec<u8>> {
        let mut seed = [0; HASH];
        random.fill(&mut seed).ok()?;
        let mut block = sha1(b"");
        block.resize((self.length - HASH - 1).checked_sub(message.len() + 1)?, 0);
        block.push(1);
        block.extend_from_slice(message);
        mask(&mut block, &seed);
        mask(&mut seed, &block);
        let encoded = [&[0], seed.as_slice(), &block].concat();
        let sealed = BigUint::from_bytes_be(&encoded).modpow(&self.exponent, &self.modulus).to_bytes_be();
        let mut out = vec![0; self.length.checked_sub(sealed.len())?];
        out.extend(sealed);
        Some(out)
    }
}

fn sha1(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref().to_vec()
}

/// Masks bytes with MGF1 of RFC 8017, appendix B.2.1.
fn mask(bytes: &mut [u8], seed: &[u8]) {
    for (counter, chunk) in (0_u32..).zip(bytes.chunks_mut(HASH)) {
        let stream = sha1(&[seed, &counter.to_be_bytes()].concat());
        chunk.iter_mut().zip(stream).for_each(|(byte, mask)| *byte ^= mask);
    }
}

/// The content of a DER element with this tag, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&[found, first], rest) = bytes.split_first_chunk::<2>()?;
    if found != tag {
        return None;
    }
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        (length.iter().try_fold(0_usize, |sum, byte| sum.checked_mul(256)?.checked_add(usize::from(*byte)))?, rest)
    };
    rest.split_at_checked(length)
}
