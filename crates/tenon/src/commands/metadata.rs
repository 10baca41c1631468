//! The command `tenon metadata`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use connector_runtime::{DownloadOrigin, Metadata};
use connector_sdk::{Code, Error, Result};
use graph_client::usual_transport;

use crate::failure::CliResult;
use crate::input::read_whole;
use crate::output::Screen;
use crate::{data_dir, progress};

/// Microsoft's own description of Graph
#[derive(Debug, Args)]
pub(crate) struct MetadataArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Download it: the types and the table of permissions, 6 MB, from Microsoft's repositories on GitHub
    Fetch(FetchArgs),
    /// Show what is on this machine
    Status,
}

#[derive(Debug, Args)]
struct FetchArgs {
    /// Use this file instead of downloading: the CSDL or permissions.json, plain or packed with gzip
    #[arg(short, long = "file", value_name = "PATH", conflicts_with_all = ["latest", "mirror"])]
    files: Vec<PathBuf>,
    /// Download the newest version, without checking a known checksum
    #[arg(long)]
    latest: bool,
    /// Mirror with the same paths as <https://raw.githubusercontent.com>
    #[arg(long, value_name = "URL")]
    mirror: Option<String>,
}

/// Runs `tenon metadata`.
pub(crate) async fn metadata(args: MetadataArgs, screen: &Screen) -> CliResult {
    let metadata = data_dir::metadata()?;
    if let Command::Fetch(args) = args.command {
        if args.files.is_empty() {
            let mut origin = DownloadOrigin::default();
            if let Some(mirror) = &args.mirror {
                origin = origin.mirror(mirror)?;
            }
            if args.latest {
                origin = origin.latest();
            }
            metadata.fetch(usual_transport()?.as_ref(), &origin, progress::watched(screen).as_ref()).await?;
        }
        for file in &args.files {
            take(&metadata, file)?;
        }
    }
    screen.value(&metadata.status()?)
}

fn take(metadata: &Metadata, file: &Path) -> Result<()> {
    let content = std::fs::File::open(file).and_then(read_whole).map_err(|error| {
        Error::new(Code::InvalidInput, format!("the file {} cannot be read", file.display())).caused_by(error)
    })?;
    metadata.add(&content, &file.display().to_string()).map(|_| ())
}
