//! Weights, from HDF5 or safetensors: by the name of the layer, in the order in which Keras makes them.
//!
//! In an archive the group `layers/<anything>/vars` has an attribute with the layer's name, and members
//! `0`, `1` …; in a file the group `model_weights/<layer>` has an attribute with the paths. Tensors of
//! safetensors have no order: that of their names is known.

use super::Error;
use crate::safetensors::{self, Tensor};
use hdf5_reader::group::Group;
use hdf5_reader::{Hdf5File, OpenOptions};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

/// Most bytes of all arrays together, and of one.
const BYTES_MAX: usize = 1 << 26;
/// Most layers with weights, or groups.
const GROUPS_MAX: usize = 1024;
/// Most arrays of a layer.
const ARRAYS_MAX: usize = 16;

/// Floats of a shape.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Array {
    pub(super) dims: Vec<usize>,
    pub(super) numbers: Vec<f32>,
}

/// Each layer's arrays.
pub(super) enum Weights {
    /// In an HDF5 file.
    File(Hdf5),
    /// In memory, with the layers that were asked for.
    Tensors(BTreeMap<String, Vec<Array>>, RefCell<BTreeSet<String>>),
}

/// Variables of a layer in the order in which Keras makes them, as far as one layer has several.
const VARIABLES: [&str; 10] = [
    "gamma",
    "beta",
    "moving_mean",
    "moving_variance",
    "depthwise_kernel",
    "pointwise_kernel",
    "kernel",
    "embeddings",
    "alpha",
    "bias",
];

impl Weights {
    /// Of the tensors of a safetensors file.
    pub(super) fn of_tensors(
        tensors: BTreeMap<String, Tensor>,
    ) -> Result<Self, safetensors::Error> {
        let mut layers: BTreeMap<String, BTreeMap<usize, Array>> = BTreeMap::new();
        for (name, Tensor { dims, numbers }) in tensors {
            let short = || name.chars().take(80).collect::<String>();
            let place = |variable: &str| VARIABLES.iter().position(|known| *known == variable);
            let parts = name.rsplit_once('/').and_then(|(path, variable)| {
                Some((path.rsplit('/').next()?.to_owned(), place(variable)?))
            });
            let unknown = || safetensors::Error::Name { name: short() };
            let (layer, place) = parts.ok_or_else(unknown)?;
            let array = Array { dims, numbers };
            if layers.entry(layer).or_default().insert(place, array).is_some() {
                return Err(safetensors::Error::Twice { name: short() });
            }
        }
        let in_order = |(layer, arrays): (String, BTreeMap<usize, Array>)| {
            (layer, arrays.into_values().collect())
        };
        Ok(Self::Tensors(layers.into_iter().map(in_order).collect(), RefCell::default()))
    }

    /// Refuses tensors that no layer asked for.
    pub(super) fn finish(&self) -> Result<(), safetensors::Error> {
        let Self::Tensors(layers, read) = self else { return Ok(()) };
        match layers.keys().find(|layer| !read.borrow().contains(*layer)) {
            Some(layer) => {
                Err(safetensors::Error::Unused { layer: layer.chars().take(80).collect() })
            }
            None => Ok(()),
        }
    }

    /// The arrays of a layer, `count` of them.
    pub(super) fn of<const N: usize>(&self, layer: &str) -> Result<[Array; N], Error> {
        let missing = || Error::Weights { layer: layer.chars().take(80).collect() };
        match self {
            Self::File(file) => file.of(layer),
            Self::Tensors(layers, read) => {
                let arrays = layers.get(layer).ok_or_else(missing)?;
                read.borrow_mut().insert(layer.to_owned());
                arrays.clone().try_into().map_err(|_| missing())
            }
        }
    }
}

/// Where each layer's arrays are in a file.
pub(super) struct Hdf5 {
    file: Hdf5File,
    /// Paths of the arrays, by layer.
    paths: BTreeMap<String, Vec<String>>,
    /// Bytes that may still be read.
    left: Cell<usize>,
}

fn failed(error: &hdf5_reader::error::Error) -> Error {
    Error::Hdf5(error.to_string().chars().take(200).collect())
}

fn open(bytes: Vec<u8>) -> Result<Hdf5File, Error> {
    // Nothing outside the file is ever opened, and memory is bounded by what is asked for.
    let options = OpenOptions::default()
        .with_chunk_cache_bytes(0)
        .with_max_chunk_bytes(BYTES_MAX)
        .with_max_read_bytes(BYTES_MAX)
        .with_max_object_header_bytes(1 << 20);
    let length = bytes.len() as u64;
    let file = Hdf5File::from_vec_with_options(bytes, options).map_err(|error| failed(&error))?;
    if file.superblock().eof_address != length {
        return Err(Error::Config("the file is cut off, or something stands behind its end"));
    }
    Ok(file)
}

/// The members of a group that are groups.
fn groups(group: &Group) -> Result<Vec<Group>, Error> {
    let groups = group.groups().map_err(|error| failed(&error))?;
    if GROUPS_MAX < groups.len() {
        return Err(Error::Config("the file has too many groups"));
    }
    Ok(groups)
}

impl Hdf5 {
    /// Of `model.weights.h5`.
    pub(super) fn of_archive(bytes: Vec<u8>) -> Result<Self, Error> {
        let file = open(bytes)?;
        let mut paths = BTreeMap::new();
        let layers = file.group("layers").map_err(|error| failed(&error))?;
        for group in groups(&layers)? {
            let name = group.name().rsplit('/').next().unwrap_or_default().to_owned();
            let Ok(vars) = group.group("vars") else { continue };
            let Ok(attribute) = vars.attribute("name") else { continue };
            let layer = attribute.read_string().map_err(|error| failed(&error))?;
            let (_, arrays) = vars.member_names().map_err(|error| failed(&error))?;
            let arrays = 0..arrays.len().min(ARRAYS_MAX + 1);
            let arrays = arrays.map(|at| format!("layers/{name}/vars/{at}")).collect();
            insert(&mut paths, &layer, arrays)?;
        }
        Ok(Self { file, paths, left: Cell::new(BYTES_MAX) })
    }

    /// Of an `.h5` file.
    pub(super) fn of_file(bytes: Vec<u8>) -> Result<Self, Error> {
        let file = open(bytes)?;
        let mut paths = BTreeMap::new();
        let all = file.group("model_weights").map_err(|error| failed(&error))?;
        for group in groups(&all)? {
            let layer = group.name().rsplit('/').next().unwrap_or_default().to_owned();
            let names = group.attribute("weight_names").map_err(|error| failed(&error))?;
            // A layer without weights has an empty list, of numbers.
            let names = match names.num_elements().map_err(|error| failed(&error))? {
                0 => Vec::new(),
                _ => names.read_strings().map_err(|error| failed(&error))?,
            };
            let names = names.iter().take(ARRAYS_MAX + 1);
            let arrays = names.map(|name| format!("model_weights/{layer}/{name}")).collect();
            insert(&mut paths, &layer, arrays)?;
        }
        Ok(Self { file, paths, left: Cell::new(BYTES_MAX) })
    }

    /// The configuration, which an `.h5` file has in an attribute.
    pub(super) fn config(&self) -> Result<String, Error> {
        let root = self.file.root_group().map_err(|error| failed(&error))?;
        let attribute = root.attribute("model_config").map_err(|error| failed(&error))?;
        attribute.read_string().map_err(|error| failed(&error))
    }

    fn of<const N: usize>(&self, layer: &str) -> Result<[Array; N], Error> {
        let missing = || Error::Weights { layer: layer.chars().take(80).collect() };
        let paths = self.paths.get(layer).ok_or_else(missing)?;
        if paths.len() != N {
            return Err(missing());
        }
        let arrays: Result<Vec<Array>, Error> = paths.iter().map(|path| self.array(path)).collect();
        arrays?.try_into().map_err(|_| missing())
    }

    fn array(&self, path: &str) -> Result<Array, Error> {
        let dataset = self.file.dataset(path).map_err(|error| failed(&error))?;
        let bytes = dataset.raw_byte_len().map_err(|error| failed(&error))?;
        let left = self.left.get().checked_sub(bytes);
        // Several layers may name one array.
        self.left.set(left.ok_or(Error::Config("the network has too many parameters"))?);
        let dims = dataset.shape().iter().map(|&length| usize::try_from(length));
        let dims = dims.collect::<Result<_, _>>();
        let dims = dims.map_err(|_| Error::Config("an array has an axis that is too long"))?;
        let numbers = dataset.read_array::<f32>().map_err(|error| failed(&error))?;
        Ok(Array { dims, numbers: numbers.iter().copied().collect() })
    }
}

fn insert(
    paths: &mut BTreeMap<String, Vec<String>>,
    layer: &str,
    arrays: Vec<String>,
) -> Result<(), Error> {
    match paths.insert(layer.to_owned(), arrays) {
        None => Ok(()),
        Some(_) => Err(Error::DuplicateLayer { name: layer.chars().take(80).collect() }),
    }
}
