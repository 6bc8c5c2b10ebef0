//! Models on this machine for someone who has no council yet: Ollama, where it answers. Nothing else is asked.

use super::Launch;
use crate::app::welcome::Nearby;
use crate::config::is_loopback;
use crate::core::ModelRef;
use crate::providers::probe;

impl Launch {
    /// Looks for Ollama where its own clients would, if that is this machine. Where there are no models to ask, a few
    /// words for the welcome screen say so. Only for someone who has no council.
    pub async fn look_for_models(&self) -> (Option<Nearby>, Option<String>) {
        let provider = self.config.providers.get("ollama").filter(|provider| is_loopback(&provider.base_url));
        let Some(provider) = provider.filter(|_| self.council.is_none()) else { return (None, None) };
        let address = host_and_port(&provider.base_url);
        match probe::ollama(&provider.base_url).await {
            None => (None, Some(format!("no Ollama on {address}"))),
            Some(models) if models.is_empty() => {
                (None, Some(format!("Ollama on {address} has no model to ask; ollama pull NAME gets one")))
            }
            Some(models) => {
                let model = |model: String| ModelRef { provider: "ollama".to_owned(), model };
                let models = models.into_iter().map(model).collect();
                (Some(Nearby { what: "Ollama".to_owned(), address, models }), None)
            }
        }
    }
}

/// Host and port of an address.
fn host_and_port(base_url: &str) -> String {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default().to_owned()
}
