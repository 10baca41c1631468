//! Many calls, so many of them in flight.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinSet;
use xtask::Result;

/// What became of many calls.
#[derive(Debug, Default)]
pub(super) struct Landed {
    pub(super) failed: usize,
    /// The first failure of one of the tasks.
    pub(super) why: Option<String>,
}

impl Landed {
    /// # Errors
    /// When a call failed: then what was measured is not the work.
    pub(super) fn all_well(self) -> Result<()> {
        match self.why {
            None => Ok(()),
            Some(why) => Err(format!("{} calls failed; one of them: {why}", self.failed).into()),
        }
    }
}

/// Calls `work` with each of the inputs; `width` tasks take one after the other.
pub(super) async fn fly<T, F>(
    width: usize,
    inputs: Vec<T>,
    work: impl Fn(T) -> F + Clone + Send + 'static,
) -> Result<Landed>
where
    T: Send + 'static,
    F: Future<Output = Result<()>> + Send,
{
    let inputs = Arc::new(Mutex::new(inputs));
    let mut tasks = JoinSet::new();
    for _ in 0..width {
        let (inputs, work) = (inputs.clone(), work.clone());
        tasks.spawn(async move {
            let mut landed = Landed::default();
            loop {
                let next = inputs.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let Some(input) = next else { return landed };
                if let Err(error) = work(input).await {
                    landed.failed += 1;
                    landed.why.get_or_insert_with(|| error.to_string());
                }
            }
        });
    }
    let mut all = Landed::default();
    while let Some(landed) = tasks.join_next().await {
        let landed = landed?;
        all.failed += landed.failed;
        all.why = all.why.or(landed.why);
    }
    Ok(all)
}
