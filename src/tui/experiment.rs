//! An experiment that runs, on a screen.

use crate::engine::trials::Watch;
use crate::experiment::Progress;
use crate::launch::experiment::face::Look;
use anyhow::Result;
use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;

/// Shows it until there is no more news.
pub fn follow(mut watch: Watch, _: Look) -> LocalBoxFuture<'static, Result<Progress>> {
    async move {
        while let Some(happened) = watch.news.recv().await {
            watch.take(happened);
        }
        Ok(watch.progress)
    }
    .boxed_local()
}
