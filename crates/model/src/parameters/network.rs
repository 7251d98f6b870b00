//! The hyper-parameters of a linear model and of a network.

use super::descent::{Descent, Loss};
use super::layer::{Cost, Image, LAYERS_MAX, Layer, WEIGHTS_MAX};
use super::size::{ROW_WORK_MAX, TableSize, product, within};
use crate::ops::network::{TENSOR_MAX, TRACE_MAX};
use crate::{CLASSES_MAX, FEATURES_MAX};
use assay_codec::{Decode, Encode, Error, Reader, put_seq};

/// How a linear model is trained: logistic regression, or a support vector machine. In range by
/// construction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinearParameters {
    loss: Loss,
    descent: Descent,
}

impl LinearParameters {
    /// Keeps parameters that are in range.
    pub fn new(loss: Loss, descent: Descent) -> Result<Self, &'static str> {
        descent.validate()?;
        Ok(Self { loss, descent })
    }

    /// What is made small.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// How.
    pub fn descent(&self) -> &Descent {
        &self.descent
    }

    /// Returns how many units of work training on a table of this size takes, or why it will not do.
    pub fn work(&self, size: &TableSize) -> Result<u64, &'static str> {
        self.as_network().work(size)
    }

    /// A linear model is a network without a layer before the last.
    pub fn as_network(&self) -> NetworkParameters {
        let Self { loss, descent } = *self;
        NetworkParameters { input: None, layers: Vec::new(), loss, descent }
    }
}

/// How a network is trained. In range by construction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkParameters {
    input: Option<Image>,
    layers: Vec<Layer>,
    loss: Loss,
    descent: Descent,
}

impl NetworkParameters {
    /// Keeps parameters that are in range.
    ///
    /// Without an `input` a row is a list of numbers, and all layers are dense; with one, features are
    /// its cells in the order `[height, width, channels]`. Behind `layers` stands a dense one with an
    /// output for each class, and no rectifier: no need to name it. A pool stands behind a convolution
    /// or another pool, and nothing but dense layers behind a dense one.
    pub fn new(
        input: Option<Image>,
        layers: Vec<Layer>,
        loss: Loss,
        descent: Descent,
    ) -> Result<Self, &'static str> {
        descent.validate()?;
        if LAYERS_MAX < layers.len() {
            return Err("a network has at most 16 layers before its last");
        }
        if input.is_some_and(|image| !(1..=FEATURES_MAX as u64).contains(&image.cells())) {
            return Err("an image has between 1 and 4096 cells");
        }
        if input.is_none() && layers.iter().any(|layer| layer.is_spatial()) {
            return Err("only an image has windows");
        }
        if layers.first().is_some_and(|layer| layer.is_pool()) {
            return Err("a pool stands behind a convolution or another pool");
        }
        if layers.windows(2).any(|pair| !pair[0].is_spatial() && pair[1].is_spatial()) {
            return Err("behind a dense layer stand only dense ones");
        }
        let parameters = Self { input, layers, loss, descent };
        // The least of what is not known: every real table costs as much or more.
        let features = input.map_or(1, |image| image.cells() as usize);
        parameters.row_work(features, 1)?;
        Ok(parameters)
    }

    /// The shape of a row, if it is an image.
    pub fn input(&self) -> Option<Image> {
        self.input
    }

    /// The layers before the last.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// What is made small.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// How.
    pub fn descent(&self) -> &Descent {
        &self.descent
    }

    /// The shapes of the input and of what each layer makes, the last one included.
    pub fn shapes(&self, features: usize, classes: usize) -> Result<Vec<Image>, &'static str> {
        self.walk(features, classes).map(|(shapes, _)| shapes)
    }

    /// How many multiplications, or comparisons, a row costs: as many as a
    /// [`Program`](crate::ops::network::Program) of these layers counts.
    pub fn multiplications(&self, features: usize, classes: usize) -> Result<u64, &'static str> {
        self.walk(features, classes).map(|(_, cost)| cost.steps)
    }

    /// How many weights and biases there are.
    pub fn weights(&self, features: usize, classes: usize) -> Result<u64, &'static str> {
        self.walk(features, classes).map(|(_, cost)| cost.weights)
    }

    /// Returns how many units of work training on a table of this size takes, or why it will not do.
    pub fn work(&self, size: &TableSize) -> Result<u64, &'static str> {
        let row = self.row_work(size.features, size.classes)?;
        within(product(&[row, size.rows as u64]))
    }

    fn walk(&self, features: usize, classes: usize) -> Result<(Vec<Image>, Cost), &'static str> {
        if !(1..=FEATURES_MAX).contains(&features) || !(1..=CLASSES_MAX).contains(&classes) {
            return Err("a network reads between 1 and 4096 features and tells 1024 classes apart");
        }
        let flat = Image::flat(features).ok_or("a network reads at most 4096 features")?;
        let mut image = self.input.unwrap_or(flat);
        if image.cells() != features as u64 {
            return Err("the table has another number of features than the image has cells");
        }
        let last = Layer::Dense { outputs: classes as u16 };
        let (mut shapes, mut all, mut cells) = (vec![image], Cost::default(), image.cells());
        for layer in self.layers.iter().chain([&last]) {
            let (made, cost) = layer.apply(image)?;
            // Seventeen layers of less than 2^40 each.
            all = Cost { steps: all.steps + cost.steps, weights: all.weights + cost.weights };
            if WEIGHTS_MAX < all.weights {
                return Err("a network has at most 2^22 weights");
            }
            // As many as a program may have: pools cost memory, and neither weights nor much work.
            cells += made.cells();
            if (TENSOR_MAX as u64) < made.cells() || (TRACE_MAX as u64) < cells {
                return Err("a layer makes at most 2^22 numbers, and all of them 2^24");
            }
            shapes.push(made);
            image = made;
        }
        Ok((shapes, all))
    }

    /// Units of work of all passes, for each row.
    fn row_work(&self, features: usize, classes: usize) -> Result<u64, &'static str> {
        let (_, cost) = self.walk(features, classes)?;
        // Forwards, backwards and the slope; and a step of all weights for each batch.
        let steps = 4 * cost.weights.div_ceil(self.descent.batch.into());
        let work = product(&[self.descent.epochs.into(), 3 * cost.steps + steps]);
        if ROW_WORK_MAX < work {
            return Err("training takes at most 2^34 units of work for each row");
        }
        Ok(work)
    }
}

impl Encode for LinearParameters {
    fn encode(&self, out: &mut Vec<u8>) {
        self.loss.encode(out);
        self.descent.encode(out);
    }
}

impl Decode for LinearParameters {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Self::new(Loss::decode(from)?, Descent::decode(from)?).map_err(Error::Invalid)
    }
}

impl Encode for NetworkParameters {
    fn encode(&self, out: &mut Vec<u8>) {
        self.input.encode(out);
        put_seq(out, &self.layers);
        self.loss.encode(out);
        self.descent.encode(out);
    }
}

impl Decode for NetworkParameters {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let (input, layers) = (Option::decode(from)?, from.seq(LAYERS_MAX)?);
        let (loss, descent) = (Loss::decode(from)?, Descent::decode(from)?);
        Self::new(input, layers, loss, descent).map_err(Error::Invalid)
    }
}
