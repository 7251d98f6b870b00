//! How a tensor of the file lies in one of ours: its axes, and which of them went together.
//!
//! Ours are always `[height, width, channels]`. A file's are in any order, and `Reshape` puts several
//! into one: what a dense layer then reads is the same cells in another order, and the order is all that
//! must be known, since weights can be rearranged and cells cannot.

use crate::network::graph::Shape;

/// An axis of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    Height,
    Width,
    Channels,
}

use Axis::{Channels, Height, Width};

/// An axis of the file: ours that it consists of, outermost first, with their lengths. Axes of length 1
/// are left out, so that one of the file may consist of none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Dim(pub(super) Vec<(Axis, usize)>);

impl Dim {
    pub(super) fn of(axis: Axis, len: usize) -> Self {
        Self(if len == 1 { Vec::new() } else { vec![(axis, len)] })
    }

    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|part| part.1).product()
    }
}

/// A tensor of ours, with the file's axes behind the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct View {
    pub(super) tensor: usize,
    pub(super) dims: Vec<Dim>,
}

impl View {
    /// `[channels, height, width]`, or without the height.
    pub(super) fn image(tensor: usize, shape: Shape, rank: usize) -> Self {
        let Shape { height, width, channels } = shape;
        let mut dims = vec![Dim::of(Channels, channels)];
        if rank == 3 {
            dims.push(Dim::of(Height, height));
        }
        dims.push(Dim::of(Width, width));
        Self { tensor, dims }
    }

    /// A list.
    pub(super) fn flat(tensor: usize, channels: usize) -> Self {
        Self { tensor, dims: vec![Dim::of(Channels, channels)] }
    }

    /// The same axes of another tensor.
    pub(super) fn of(&self, tensor: usize) -> Self {
        Self { tensor, dims: self.dims.clone() }
    }

    /// Whether the axes are those of [`View::image`].
    pub(super) fn is_image(&self, shape: Shape) -> bool {
        (2..=3).contains(&self.dims.len())
            && (self.dims.len() == 3 || shape.height == 1)
            && *self == Self::image(self.tensor, shape, self.dims.len())
    }

    /// The place of each of our cells in the file's order.
    pub(super) fn order(&self, shape: Shape) -> Vec<usize> {
        let mut strides = [0_usize; 3];
        let mut stride = 1;
        for &(axis, len) in self.dims.iter().flat_map(|dim| &dim.0).rev() {
            strides[axis as usize] = stride;
            stride *= len;
        }
        let [down, right, deep] = strides;
        let row = |y| (0..shape.width).map(move |x| y * down + x * right);
        let places = (0..shape.height).flat_map(row);
        places.flat_map(|place| (0..shape.channels).map(move |z| place + z * deep)).collect()
    }

    /// The one axis of ours that the file's axis `at` is; `None` if it consists of several.
    pub(super) fn axis(&self, at: usize, shape: Shape) -> Option<Axis> {
        match self.dims.get(at)?.0.as_slice() {
            &[(axis, _)] => Some(axis),
            [] => {
                // Any that nobody else is: channels first.
                let len = |axis| match axis {
                    Channels => shape.channels,
                    Height => shape.height,
                    Width => shape.width,
                };
                let order =
                    if at == 0 { [Channels, Height, Width] } else { [Height, Width, Channels] };
                order.into_iter().find(|&axis| len(axis) == 1)
            }
            _ => None,
        }
    }

    /// The same cells under axes of other lengths, if no axis of ours would have to be cut.
    pub(super) fn regrouped(&self, lengths: &[usize]) -> Option<Self> {
        let mut parts = self.dims.iter().flat_map(|dim| dim.0.iter().copied());
        let mut dims = Vec::with_capacity(lengths.len());
        for &length in lengths {
            let mut dim = Dim::default();
            while dim.len() < length {
                dim.0.push(parts.next()?);
            }
            if dim.len() != length {
                return None;
            }
            dims.push(dim);
        }
        parts.next().is_none().then_some(Self { tensor: self.tensor, dims })
    }
}
