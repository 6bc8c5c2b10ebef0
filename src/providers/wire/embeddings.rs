//! Vectors of texts in the three dialects there are: OpenAI's `/v1/embeddings`, Ollama's `/api/embed` and Gemini's
//! `batchEmbedContents`. Bodies and what they mean; not the socket.

use crate::core::{CallError, Usage};
use crate::providers::Embedded;
use crate::providers::fault::{Said, bad_response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

/// The most numbers a vector may have: several times what any model has.
const LONGEST: usize = 1 << 15;

/// How texts are asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `/embeddings` beside `/chat/completions`.
    OpenAi,
    /// `/api/embed` at the server's root.
    Ollama,
    /// `/models/NAME:batchEmbedContents`.
    Gemini,
}

impl Dialect {
    /// The last part of the path, in the dialect that names the model there.
    pub fn call(self, model: &str) -> Option<String> {
        let name = model.strip_prefix("models/").unwrap_or(model);
        (self == Self::Gemini).then(|| format!("{name}:batchEmbedContents"))
    }
}

/// The body of a request. Ollama cuts a text that is too long unless it is told not to: then it says so instead.
pub fn body(model: &str, texts: &[String], dialect: Dialect) -> Value {
    match dialect {
        Dialect::OpenAi => json!({"model": model, "input": texts, "encoding_format": "float"}),
        Dialect::Ollama => json!({"model": model, "input": texts, "truncate": false}),
        Dialect::Gemini => {
            let model = format!("models/{}", model.strip_prefix("models/").unwrap_or(model));
            let request = |text: &String| json!({"model": model, "content": {"parts": [{"text": text}]}});
            json!({"requests": texts.iter().map(request).collect::<Vec<Value>>()})
        }
    }
}

/// Reads an answer in any dialect: a vector for each of `count` texts, all of one length.
///
/// # Errors
/// The fault that it reports, or that it is none of what was promised.
pub fn read(bytes: &[u8], count: usize) -> Result<Embedded, CallError> {
    let begins = &bytes[..bytes.len().min(200)];
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
        return Err(bad_response("no JSON where vectors were expected", begins));
    };
    if let Some(said) = Said::read(&value) {
        return Err(said.fault());
    }
    let found = match (value.get("data"), value.get("embeddings")) {
        (Some(Value::Array(data)), _) => by_index(data, count),
        (None, Some(Value::Array(rows))) => {
            rows.iter().map(|row| numbers(row.get("values").unwrap_or(row))).collect()
        }
        _ => None,
    };
    let vectors: Vec<Vec<f32>> = found.ok_or_else(|| bad_response("no vectors in the answer", begins))?;
    if vectors.len() != count {
        let message = format!("{} vectors for {count} texts", vectors.len());
        return Err(bad_response(&message, &[]));
    }
    let length = vectors.first().map_or(0, Vec::len);
    if count > 0 && (length == 0 || length > LONGEST || vectors.iter().any(|one| one.len() != length)) {
        return Err(bad_response("vectors of no length, or of several", &[]));
    }
    Ok(Embedded { vectors, usage: usage(&value) })
}

/// Each vector in its place: servers may send them in any order.
fn by_index(data: &[Value], count: usize) -> Option<Vec<Vec<f32>>> {
    let mut rows: Vec<Option<Vec<f32>>> = vec![None; count];
    for (place, one) in data.iter().enumerate() {
        let index =
            one.get("index").and_then(Value::as_u64).map_or(Some(place), |at| usize::try_from(at).ok());
        let row = rows.get_mut(index?)?;
        if row.is_some() {
            return None;
        }
        *row = Some(numbers(one.get("embedding")?)?);
    }
    rows.into_iter().collect()
}

/// A vector: a list of finite numbers, or the bytes of 32-bit ones in base64, as some servers send whatever is asked for.
fn numbers(value: &Value) -> Option<Vec<f32>> {
    let numbers: Vec<f32> = match value {
        Value::Array(list) => {
            list.iter().map(|one| one.as_f64().map(|one| one as f32)).collect::<Option<_>>()?
        }
        Value::String(text) => {
            let bytes = BASE64_STANDARD.decode(text).ok().filter(|bytes| bytes.len() % 4 == 0)?;
            bytes
                .chunks_exact(4)
                .map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]))
                .collect()
        }
        _ => return None,
    };
    numbers.iter().all(|number| number.is_finite()).then_some(numbers)
}

fn usage(value: &Value) -> Option<Usage> {
    let of_openai = value.pointer("/usage/prompt_tokens").and_then(Value::as_u64);
    let input = of_openai.or_else(|| value.get("prompt_eval_count").and_then(Value::as_u64))?;
    Some(Usage { input, ..Usage::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::ErrorKind;

    fn vectors(text: &str, count: usize) -> Result<Vec<Vec<f32>>, ErrorKind> {
        read(text.as_bytes(), count).map(|it| it.vectors).map_err(|error| error.kind)
    }

    #[test]
    fn all_dialects_are_read_and_places_go_by_index() {
        let openai = r#"{"data":[{"index":1,"embedding":[3,4]},{"index":0,"embedding":[1.5,-2]}],"usage":{"prompt_tokens":9}}"#;
        assert_eq!(vectors(openai, 2), Ok(vec![vec![1.5, -2.0], vec![3.0, 4.0]]));
        assert_eq!(read(openai.as_bytes(), 2).unwrap().usage.unwrap().input, 9);
        let ollama = r#"{"embeddings":[[1,0],[0,1]],"prompt_eval_count":7}"#;
        assert_eq!(vectors(ollama, 2), Ok(vec![vec![1.0, 0.0], vec![0.0, 1.0]]));
        assert_eq!(read(ollama.as_bytes(), 2).unwrap().usage.unwrap().input, 7);
        let gemini = r#"{"embeddings":[{"values":[1,0]},{"values":[0,1]}]}"#;
        assert_eq!(vectors(gemini, 2), Ok(vec![vec![1.0, 0.0], vec![0.0, 1.0]]));
        let packed = r#"{"data":[{"embedding":"AACAPwAAAEA="}]}"#;
        assert_eq!(vectors(packed, 1), Ok(vec![vec![1.0, 2.0]]));
    }

    #[test]
    fn what_is_no_set_of_vectors_is_a_fault() {
        for (text, count) in [
            ("<html>", 1),
            ("{}", 1),
            (r#"{"data":[]}"#, 1),
            (r#"{"data":[{"index":5,"embedding":[1]}]}"#, 1),
            (r#"{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}"#, 2),
            (r#"{"data":[{"embedding":[]}]}"#, 1),
            (r#"{"data":[{"embedding":[1]},{"embedding":[1,2]}]}"#, 2),
            (r#"{"data":[{"embedding":[1e400]}]}"#, 1),
            (r#"{"data":[{"embedding":["a"]}]}"#, 1),
            (r#"{"data":[{"embedding":"AAA"}]}"#, 1),
            (r#"{"embeddings":[[1],[2]]}"#, 1),
        ] {
            assert_eq!(vectors(text, count), Err(ErrorKind::BadResponse), "{text}");
        }
        let error = r#"{"error":{"message":"model 'x' not found","code":"model_not_found"}}"#;
        assert_eq!(vectors(error, 1), Err(ErrorKind::NotFound));
    }
}
