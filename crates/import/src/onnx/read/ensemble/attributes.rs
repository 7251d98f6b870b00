//! Attributes by name and type.

use super::ReadError;
use crate::onnx::read::proto::{Attribute, Node, short};
use assay_model::CLASSES_MAX;

/// All attributes of the operator, in any version. Hit rates are about speed only.
pub(super) const KNOWN: [&str; 21] = [
    "base_values",
    "base_values_as_tensor",
    "class_ids",
    "class_nodeids",
    "class_treeids",
    "class_weights",
    "class_weights_as_tensor",
    "classlabels_int64s",
    "classlabels_strings",
    "nodes_falsenodeids",
    "nodes_featureids",
    "nodes_hitrates",
    "nodes_hitrates_as_tensor",
    "nodes_missing_value_tracks_true",
    "nodes_modes",
    "nodes_nodeids",
    "nodes_treeids",
    "nodes_truenodeids",
    "nodes_values",
    "nodes_values_as_tensor",
    "post_transform",
];

/// All attributes of the operator that answers with numbers, but for those that say how a row goes.
pub(super) const NUMBER: [&str; 10] = [
    "aggregate_function",
    "base_values",
    "base_values_as_tensor",
    "n_targets",
    "post_transform",
    "target_ids",
    "target_nodeids",
    "target_treeids",
    "target_weights",
    "target_weights_as_tensor",
];

/// What happens to scores after the label was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transform {
    None,
    Logistic,
    Softmax,
}

impl Transform {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Logistic => "LOGISTIC",
            Self::Softmax => "SOFTMAX",
        }
    }

    /// An error that says that this transformation is none for these scores.
    pub(super) fn unfit(self) -> ReadError {
        ReadError::Transform { got: self.name().to_owned() }
    }
}

pub(super) struct Attributes<'a>(pub(super) &'a Node<'a>);

impl<'a> Attributes<'a> {
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.attributes.contains_key(name)
    }

    pub(super) fn ints(&self, name: &'static str) -> Result<&'a [i64], ReadError> {
        match self.0.attributes.get(name) {
            Some(Attribute::Ints(values)) => Ok(values),
            None => Err(ReadError::NoAttribute { name }),
            Some(_) => Err(ReadError::AttributeType { name: name.to_owned() }),
        }
    }

    /// As many integers as `expected`.
    pub(super) fn list(&self, name: &'static str, expected: usize) -> Result<&'a [i64], ReadError> {
        let list = self.ints(name)?;
        length(name, expected, list.len())?;
        Ok(list)
    }

    pub(super) fn texts(&self, name: &'static str) -> Result<&'a [&'a [u8]], ReadError> {
        match self.0.attributes.get(name) {
            Some(Attribute::Texts(values)) => Ok(values),
            None => Err(ReadError::NoAttribute { name }),
            Some(_) => Err(ReadError::AttributeType { name: name.to_owned() }),
        }
    }

    /// Floats, from the list or from the tensor that may stand in its place.
    pub(super) fn floats(
        &self,
        name: &'static str,
        tensor: &'static str,
    ) -> Result<Vec<f64>, ReadError> {
        match (self.0.attributes.get(name), self.0.attributes.get(tensor)) {
            (Some(Attribute::Floats(values)), None) => Ok(values.clone()),
            (None, Some(Attribute::Tensor(values))) => {
                values.numbers().ok_or_else(|| ReadError::AttributeType { name: tensor.to_owned() })
            }
            (None, None) => Err(ReadError::NoAttribute { name }),
            (Some(_), Some(_)) => Err(ReadError::DuplicateAttribute { name: name.to_owned() }),
            _ => Err(ReadError::AttributeType { name: name.to_owned() }),
        }
    }

    /// What is added to the sums; nothing if there is no such attribute.
    pub(super) fn base(&self) -> Result<Vec<f64>, ReadError> {
        match self.floats("base_values", "base_values_as_tensor") {
            Err(ReadError::NoAttribute { .. }) => Ok(Vec::new()),
            other => other,
        }
    }

    pub(super) fn labels(&self) -> Result<Vec<String>, ReadError> {
        let integers = "classlabels_int64s";
        let labels: Vec<String> = match (self.has(integers), self.has("classlabels_strings")) {
            (true, false) => {
                let labels = self.ints(integers)?.iter().take(CLASSES_MAX + 1);
                labels.map(ToString::to_string).collect()
            }
            (false, true) => {
                let labels = self.texts("classlabels_strings")?.iter().take(CLASSES_MAX + 1);
                let label = |bytes: &&[u8]| String::from_utf8(bytes.to_vec());
                labels.map(label).collect::<Result<_, _>>().map_err(|_| ReadError::NotText)?
            }
            _ => return Err(ReadError::Labels),
        };
        if (2..=CLASSES_MAX).contains(&labels.len()) { Ok(labels) } else { Err(ReadError::Labels) }
    }

    pub(super) fn transform(&self) -> Result<Transform, ReadError> {
        match self.0.attributes.get("post_transform") {
            None | Some(Attribute::Text(b"NONE")) => Ok(Transform::None),
            Some(Attribute::Text(b"LOGISTIC")) => Ok(Transform::Logistic),
            Some(Attribute::Text(b"SOFTMAX")) => Ok(Transform::Softmax),
            Some(Attribute::Text(other)) => {
                Err(ReadError::Transform { got: short(&String::from_utf8_lossy(other)) })
            }
            Some(_) => Err(ReadError::AttributeType { name: "post_transform".to_owned() }),
        }
    }
}

pub(super) fn length(name: &'static str, expected: usize, got: usize) -> Result<(), ReadError> {
    if expected == got { Ok(()) } else { Err(ReadError::Length { name, expected, got }) }
}
