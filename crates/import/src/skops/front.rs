//! What stands in front of an estimator in a `Pipeline`: scalers.
//!
//! In front of a network a scaler is a layer. In front of trees it goes into the thresholds, exactly: a
//! scaler is a monotone function of a feature, also with all its roundings, so that among the 32-bit
//! floats there is one up to which the scaled value goes left. It is found by trying, with the very
//! steps that scikit-learn takes for a row of 64-bit floats.

use super::part::Part;
use super::{Error, names, only, same, zip};
use crate::model::tree;
use crate::network::graph::{Fault, Function, Graph, Node};
use assay_model::{FEATURES_MAX, Ordered};

/// Most steps of a pipeline.
const STEPS_MAX: usize = 16;
/// Numbers of a scaler lie below this: nothing overflows 64 bits on its way.
const NUMBER_MAX: f64 = 1e60;

/// Parts of scalers that are read.
const READ: [&str; 14] = [
    "with_mean",
    "with_std",
    "with_centering",
    "with_scaling",
    "feature_range",
    "clip",
    "n_features_in_",
    "feature_names_in_",
    "mean_",
    "scale_",
    "min_",
    "center_",
    "copy",
    "_sklearn_version",
];
/// Parts from which those are made.
const FITTED: [&str; 9] = [
    "n_samples_seen_",
    "var_",
    "data_min_",
    "data_max_",
    "data_range_",
    "max_abs_",
    "quantile_range",
    "unit_variance",
    "force_copy",
];

/// One scaler; a list has a number for each feature.
#[derive(Clone, Debug)]
enum Scaler {
    /// `(x − center) / scale`.
    Centred { center: Option<Vec<f64>>, scale: Option<Vec<f64>> },
    /// `x · scale + offset`, perhaps clipped.
    Affine { scale: Vec<f64>, offset: Vec<f64>, clip: Option<(f64, f64)> },
}

impl Scaler {
    fn apply(&self, feature: usize, x: f64) -> f64 {
        let at = |list: &Vec<f64>| list.get(feature).copied();
        match self {
            Self::Centred { center, scale } => {
                let x = center.as_ref().and_then(at).map_or(x, |center| x - center);
                scale.as_ref().and_then(at).map_or(x, |scale| x / scale)
            }
            Self::Affine { scale, offset, clip } => {
                let x = at(scale).map_or(x, |scale| x * scale);
                let x = at(offset).map_or(x, |offset| x + offset);
                clip.map_or(x, |(low, high)| x.max(low).min(high))
            }
        }
    }
}

/// Scalers, and the names that the first one knows its features by.
#[derive(Clone, Debug, Default)]
pub(super) struct Front {
    scalers: Vec<Scaler>,
    /// The number of features, if there are scalers.
    features: Option<i64>,
    pub(super) names: Option<Vec<String>>,
}

impl Front {
    /// Refuses an estimator of another number of features.
    pub(super) fn fits(&self, features: i64) -> Result<(), Error> {
        same("features", self.features.unwrap_or(features), features)
    }

    /// The greatest float that a node sends left which compares 32-bit floats with `value`.
    pub(super) fn threshold(
        &self,
        feature: u16,
        index: usize,
        value: f64,
    ) -> Result<Ordered, tree::Error> {
        self.search(feature, index, value, |x| f64::from(x as f32))
    }

    /// The same of a node that compares 64-bit floats.
    pub(super) fn wide_threshold(
        &self,
        feature: u16,
        index: usize,
        value: f64,
    ) -> Result<Ordered, tree::Error> {
        self.search(feature, index, value, |x| x)
    }

    fn search(
        &self,
        feature: u16,
        index: usize,
        value: f64,
        narrow: impl Fn(f64) -> f64,
    ) -> Result<Ordered, tree::Error> {
        if self.scalers.is_empty() || !value.is_finite() {
            return tree::threshold(index, value);
        }
        let goes_left = |code: u32| {
            // -0.0 has no code of its own: the one between its neighbours is +0.0.
            let code = Ordered::new(code).unwrap_or(Ordered::ZERO);
            let x = f64::from(f32::from_bits(code.to_f32_bits()));
            let scale = |x, scaler: &Scaler| scaler.apply(feature.into(), x);
            narrow(self.scalers.iter().fold(x, scale)) <= value
        };
        let (mut low, mut high) = (Ordered::MIN.get(), Ordered::MAX.get());
        if !goes_left(low) {
            return Err(tree::Error::TooLow { index, got: value });
        }
        while low < high {
            // Between the two, the greater one of two halves: it ends.
            let middle = low + (high - low).div_ceil(2);
            if goes_left(middle) { low = middle } else { high = middle - 1 }
        }
        Ok(Ordered::new(low).unwrap_or(Ordered::ZERO))
    }

    /// Adds the scalers to a graph whose input they read; returns the last tensor.
    pub(super) fn push(&self, graph: &mut Graph) -> Result<usize, Fault> {
        let mut from = 0;
        let features = graph.input().cells();
        for scaler in &self.scalers {
            let (factors, clip) = match scaler {
                Scaler::Centred { scale: None, .. } => (vec![1.0; features], None),
                Scaler::Centred { scale: Some(scale), .. } => {
                    (scale.iter().map(|scale| scale.recip() as f32).collect(), None)
                }
                Scaler::Affine { scale, clip, .. } => {
                    (scale.iter().map(|&scale| scale as f32).collect(), *clip)
                }
            };
            // What becomes of 0, before it is clipped.
            let offsets: Vec<f32> = match scaler {
                Scaler::Affine { offset, .. } => offset.iter().map(|&x| x as f32).collect(),
                Scaler::Centred { .. } => {
                    (0..features).map(|feature| scaler.apply(feature, 0.0) as f32).collect()
                }
            };
            from = graph.push(Node::Scale { from, factors, offsets })?;
            if let Some((low, high)) = clip {
                let function = Function::Clip { low: low as f32, high: high as f32 };
                from = graph.push(Node::Map { from, function })?;
            }
        }
        Ok(from)
    }
}

/// The estimator of a file, with the scalers before it if it is a pipeline.
pub(super) fn split<'a>(root: Part<'a>) -> Result<(Front, Part<'a>), Error> {
    if !is_pipeline(root.text("__module__")?, root.text("__class__")?) {
        return Ok((Front::default(), root));
    }
    let pipeline = root.of("ObjectNode", "pipeline")?.child("content")?;
    only(&pipeline, &[&["steps", "transform_input", "memory", "verbose", "_sklearn_version"]])?;
    let mut steps = pipeline.item("steps")?.items()?;
    if STEPS_MAX < steps.len() {
        return Err(pipeline.other("pipeline of at most 16 steps"));
    }
    let estimator = |step: Part<'a>| {
        let [_, estimator] = <[Part<'a>; 2]>::try_from(step.tuple()?)
            .map_err(|_| step.other("name and estimator"))?;
        Ok::<_, Error>(estimator)
    };
    let last = steps.pop().ok_or_else(|| pipeline.other("pipeline with steps"))?;
    let mut front = Front::default();
    for step in steps {
        front.scaler(&estimator(step)?)?;
    }
    Ok((front, estimator(last)?))
}

/// Whether an object is a pipeline.
pub(super) fn is_pipeline(module: &str, class: &str) -> bool {
    class == "Pipeline" && module.starts_with("sklearn.pipeline")
}

impl Front {
    fn scaler(&mut self, part: &Part<'_>) -> Result<(), Error> {
        let (module, class) = (part.text("__module__")?, part.text("__class__")?);
        if !module.starts_with("sklearn.preprocessing") {
            return Err(Error::Step { got: zip::beginning(&format!("{module}.{class}")) });
        }
        let known = ["StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler"];
        if !known.contains(&class) {
            return Err(Error::Step { got: zip::beginning(&format!("{module}.{class}")) });
        }
        let content = part.child("content")?;
        only(&content, &[&READ, &FITTED])?;
        let features = content.item("n_features_in_")?.integer()?;
        let list = |name: &str| match content.optional(name)? {
            Some(part) if !part.is_none() => {
                let numbers = part.array()?.wide_floats()?;
                same("features", features, numbers.len() as i64)?;
                let is_sound = |x: &f64| x.abs() <= NUMBER_MAX;
                if numbers.iter().all(is_sound) {
                    Ok(Some(numbers))
                } else {
                    Err(part.other("list of numbers"))
                }
            }
            _ => Ok(None),
        };
        let positive = |name: &str| match list(name)? {
            Some(scale) if scale.iter().any(|&scale| scale < NUMBER_MAX.recip()) => {
                Err(content.item(name)?.other("list of positive numbers"))
            }
            scale => Ok(scale),
        };
        let needed = |name: &str| positive(name)?.ok_or(Error::Missing { place: name.to_owned() });
        let scaler = match class {
            "StandardScaler" => {
                // The mean is there whether it is subtracted or not.
                let is_centred = content.item("with_mean")?.truth()?;
                let center = list("mean_")?.filter(|_| is_centred);
                Scaler::Centred { center, scale: positive("scale_")? }
            }
            "RobustScaler" => {
                Scaler::Centred { center: list("center_")?, scale: positive("scale_")? }
            }
            "MaxAbsScaler" => Scaler::Centred { center: None, scale: Some(needed("scale_")?) },
            _ => {
                let missing = || Error::Missing { place: "min_".to_owned() };
                let offset = list("min_")?.ok_or_else(missing)?;
                Scaler::Affine { scale: needed("scale_")?, offset, clip: clip(&content)? }
            }
        };
        if self.features.replace(features).is_some_and(|before| before != features) {
            return Err(part.other("scaler of as many features as the one before"));
        }
        if self.scalers.is_empty()
            && let Some(part) = content.optional("feature_names_in_")?
        {
            self.names = Some(names(&part, FEATURES_MAX)?);
        }
        self.scalers.push(scaler);
        Ok(())
    }
}

fn clip(content: &Part<'_>) -> Result<Option<(f64, f64)>, Error> {
    // Older versions do not clip.
    let flag = content.optional("clip")?;
    if !flag.map(|flag| flag.truth()).transpose()?.unwrap_or(false) {
        return Ok(None);
    }
    let range = content.item("feature_range")?;
    match range.tuple()?.as_slice() {
        [low, high] => Ok(Some((low.number()?, high.number()?))),
        _ => Err(range.other("pair of numbers")),
    }
}
