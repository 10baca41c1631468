//! Blobs in S3, Azure Blob Storage and Google Cloud Storage, over the program's own transport.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::{Code, Error, Result, Transport, read_to_end};
use http_body_util::BodyExt;
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::{ClientOptions, ObjectStore, ObjectStoreScheme};
use tokio::time::timeout;
use url::Url;

use super::ObjectBlobs;

/// Time that one request may take.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Maximum size of a response, in bytes. A blob has about 1 MiB, and a page of a list has 1,000 names.
const MAX_RESPONSE: usize = 16 << 20;

impl ObjectBlobs {
    /// Creates a store in an object storage, below the path of its URL: `s3://bucket/path`, `az://container/path` or
    /// `gs://bucket/path`; the https addresses of their services are understood too. Credentials and settings come
    /// from the variables of the environment that the service's own tools read (`AWS_…`, `AZURE_…`, `GOOGLE_…`), or
    /// from the identity of the machine. Requests go through `transport`.
    ///
    /// # Errors
    /// `invalid_input` when it is the URL of something else, or the settings do not suffice.
    pub fn at_url(url: &Url, transport: Arc<dyn Transport>) -> Result<ObjectBlobs> {
        let (scheme, below) = ObjectStoreScheme::parse(url).map_err(|_| no_storage())?;
        // Errors of the builders may repeat settings, which may be secret.
        let objects: Arc<dyn ObjectStore> = match scheme {
            ObjectStoreScheme::AmazonS3 => over(AmazonS3Builder::from_env().with_url(url.as_str()), transport)?,
            ObjectStoreScheme::MicrosoftAzure => {
                let builder = MicrosoftAzureBuilder::from_env().with_url(url.as_str());
                let builder = builder.with_http_connector(OverTransport(transport));
                Arc::new(builder.build().map_err(|_| unset("Azure Blob Storage"))?)
            }
            ObjectStoreScheme::GoogleCloudStorage => {
                let builder = GoogleCloudStorageBuilder::from_env().with_url(url.as_str());
                let builder = builder.with_http_connector(OverTransport(transport));
                Arc::new(builder.build().map_err(|_| unset("Google Cloud Storage"))?)
            }
            _ => return Err(no_storage()),
        };
        Ok(ObjectBlobs::new(objects, below))
    }
}

/// Builds a store in S3, or in what is spoken to as to S3.
pub(super) fn over(builder: AmazonS3Builder, transport: Arc<dyn Transport>) -> Result<Arc<dyn ObjectStore>> {
    Ok(Arc::new(builder.with_http_connector(OverTransport(transport)).build().map_err(|_| unset("S3"))?))
}

fn no_storage() -> Error {
    Error::new(Code::InvalidInput, "this is no address of an object storage")
        .with_hint("Give one such as s3://bucket/path, az://container/path or gs://bucket/path.")
}

fn unset(service: &str) -> Error {
    Error::new(Code::InvalidInput, format!("the settings for {service} are incomplete or wrong"))
        .with_hint("Set the variables of the environment that name the account, the region and the credentials.")
}

/// An HTTP client over a transport.
#[derive(Clone)]
struct OverTransport(Arc<dyn Transport>);

impl fmt::Debug for OverTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OverTransport")
    }
}

impl HttpConnector for OverTransport {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for OverTransport {
    async fn call(&self, request: HttpRequest) -> std::result::Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let send = async {
            let (parts, body) = self.0.send(http::Request::from_parts(parts, body)).await?.into_parts();
            Ok::<(_, Bytes), Error>((parts, read_to_end(body, MAX_RESPONSE).await?))
        };
        let answered = timeout(TIMEOUT, send).await.map_err(|error| HttpError::new(HttpErrorKind::Timeout, error))?;
        let (parts, body) = answered.map_err(|error| {
            let kind =
                if error.code() == Code::Unavailable { HttpErrorKind::Connect } else { HttpErrorKind::Interrupted };
            HttpError::new(kind, error)
        })?;
        Ok(HttpResponse::from_parts(parts, body.into()))
    }
}
