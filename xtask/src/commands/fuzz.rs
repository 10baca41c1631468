//! `cargo xtask fuzz`

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use xtask::Result;
use xtask::checkout::Checkout;

use super::ci::Ended;

/// What rustc is asked for, as `cargo fuzz` asks for it: LLVM's marks of which code was reached, which libFuzzer reads.
/// All of it is there in a stable toolchain.
const INSTRUMENTED: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Where the targets are built, beside what the workspace builds.
const TARGET: &str = "target/fuzz";

/// Run the fuzz targets: none may panic, hang or take more memory than it should, whatever it reads.
///
/// Each begins with its seeds (`fuzz/seeds`) and what earlier runs found of interest (`fuzz/corpus`). An input that
/// breaks it is kept in `fuzz/artifacts`; with `--input` it is read once more. A C++ compiler builds libFuzzer. `cargo
/// fuzz` runs the same targets.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which targets; the default is all of them
    targets: Vec<String>,
    /// How many inputs each reads
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000_000)]
    runs: u64,
    /// How long each runs at most; 0 is without end
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    seconds: u64,
    /// Read only this file, as an earlier run has kept it
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
}

pub(crate) fn run(args: Args, checkout: &Checkout) -> Result<()> {
    if let Some(missing) = missing() {
        return Err(format!("skipped: {missing}, so nothing was run").into());
    }
    let all = targets(checkout)?;
    if let Some(unknown) = args.targets.iter().find(|name| !all.contains(name)) {
        return Err(format!("there is no target {unknown}; there are {}", all.join(", ")).into());
    }
    let wanted = if args.targets.is_empty() { all } else { args.targets.clone() };
    let triple = host_triple()?;
    build(checkout, &triple, &wanted)?;
    let mut broken = Vec::new();
    for name in &wanted {
        println!("-- {name}");
        let program = checkout.path(&format!("{TARGET}/{triple}/release/{name}"));
        if !fuzz(checkout, &program, name, &args)? {
            broken.push(name.as_str());
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(format!("inputs were found that break {}", broken.join(", ")).into()) }
}

/// What asks for the step of `cargo xtask ci`: the first build of the targets takes minutes.
const ASKED_FOR: &str = "TENON_FUZZ";

/// As a step of `cargo xtask ci`: a short run of each. Unless it is asked for, and without the tools, it is skipped
/// aloud.
pub(crate) fn step(checkout: &Checkout) -> Result<Ended> {
    if std::env::var_os(ASKED_FOR).is_none() {
        println!("SKIPPED: no target was run; {ASKED_FOR}=1 asks for it");
        return Ok(Ended::Skipped);
    }
    if let Some(missing) = missing() {
        println!("SKIPPED: {missing}, so no target was run");
        return Ok(Ended::Skipped);
    }
    run(Args { targets: Vec::new(), runs: 50_000, seconds: 3, input: None }, checkout).map(|()| Ended::Passed)
}

// What is needed beyond cargo, and is not here.
fn missing() -> Option<String> {
    if !cfg!(any(target_os = "linux", target_os = "macos")) {
        return Some("libFuzzer is built on Linux and macOS only".to_owned());
    }
    let compiler = std::env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
    let works = Command::new(&compiler).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    (!works.is_ok_and(|status| status.success())).then(|| format!("the C++ compiler {compiler} is not here"))
}

fn targets(checkout: &Checkout) -> Result<Vec<String>> {
    let files = checkout.files("fuzz/fuzz_targets")?;
    let name = |file: &String| Some(Path::new(file).file_stem()?.to_str()?.to_owned());
    Ok(files.iter().filter_map(name).collect())
}

fn host_triple() -> Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let told = Command::new(rustc).arg("-vV").output().map_err(|error| format!("rustc cannot be started: {error}"))?;
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let triple = told.lines().find_map(|line| line.strip_prefix("host: "));
    triple.map(str::to_owned).ok_or_else(|| "rustc does not tell its host".into())
}

// With a target named, what runs while it is built is not instrumented.
fn build(checkout: &Checkout, triple: &str, names: &[String]) -> Result<()> {
    let mut cargo = checkout.cargo();
    cargo.args([
        "build",
        "--quiet",
        "--release",
        "--manifest-path",
        "fuzz/Cargo.toml",
        "--target-dir",
        TARGET,
        "--target",
        triple,
    ]);
    cargo.args(names.iter().flat_map(|name| ["--bin", name.as_str()]));
    let status = cargo
        .env("RUSTFLAGS", INSTRUMENTED)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("CARGO_INCREMENTAL", "0")
        .status();
    let built = status.map_err(|error| format!("cargo cannot be started: {error}"))?.success();
    if built { Ok(()) } else { Err("the fuzz targets cannot be built".into()) }
}

// Whether it went well.
fn fuzz(checkout: &Checkout, program: &Path, name: &str, args: &Args) -> Result<bool> {
    let (corpus, artifacts) = (format!("fuzz/corpus/{name}"), format!("fuzz/artifacts/{name}"));
    for folder in [&corpus, &artifacts] {
        std::fs::create_dir_all(checkout.path(folder)).map_err(|error| format!("{folder} cannot be made: {error}"))?;
    }
    let mut command = Command::new(program);
    command.current_dir(checkout.root()).args([
        "-timeout=20",
        "-rss_limit_mb=2048",
        "-print_final_stats=1",
        "-verbosity=0",
    ]);
    command.arg(format!("-artifact_prefix={artifacts}/"));
    match &args.input {
        Some(input) => command.arg(std::path::absolute(input)?),
        None => {
            command.arg(format!("-runs={}", args.runs)).arg(format!("-max_total_time={}", args.seconds)).arg(corpus);
            let seeds = format!("fuzz/seeds/{name}");
            if checkout.has(&seeds) { command.arg(seeds) } else { &mut command }
        }
    };
    let status = command.status().map_err(|error| format!("{} cannot be started: {error}", program.display()))?;
    Ok(status.success())
}
