//! Layers and images as text.

use assay_model::{Image, Layer};

/// Two convolutions and two pools.
pub(crate) fn default() -> Vec<Layer> {
    let convolution = |filters| Layer::Convolution { filters, side: 3, stride: 1, padding: 1 };
    let pool = Layer::MaxPool { side: 2, stride: 2 };
    vec![convolution(8), pool, convolution(16), pool]
}

/// Reads `conv:8x3`, `conv:8x3/2+0`, `max:2`, `avg:3/1` or `dense:32`.
///
/// A convolution's stride is 1 and its padding half its side, and a pool's stride its side, unless they
/// are given.
pub(crate) fn layer(text: &str) -> Result<Layer, &'static str> {
    const FORMS: &str = "a layer is conv:FILTERSxSIDE[/STRIDE][+PADDING], max:SIDE[/STRIDE], \
                         avg:SIDE[/STRIDE] or dense:N";
    let number = |text: &str| text.parse::<u8>().map_err(|_| FORMS);
    let (kind, rest) = text.split_once(':').ok_or(FORMS)?;
    let (rest, padding) = match rest.split_once('+') {
        Some((rest, padding)) => (rest, Some(number(padding)?)),
        None => (rest, None),
    };
    let (size, stride) = match rest.split_once('/') {
        Some((size, stride)) => (size, Some(number(stride)?)),
        None => (rest, None),
    };
    match (kind, padding, stride) {
        ("dense", None, None) => Ok(Layer::Dense { outputs: size.parse().map_err(|_| FORMS)? }),
        ("conv", padding, stride) => {
            let (filters, side) = size.split_once('x').ok_or(FORMS)?;
            let (filters, side) = (filters.parse().map_err(|_| FORMS)?, number(side)?);
            let padding = padding.unwrap_or(side / 2);
            Ok(Layer::Convolution { filters, side, stride: stride.unwrap_or(1), padding })
        }
        ("max", None, stride) => {
            let side = number(size)?;
            Ok(Layer::MaxPool { side, stride: stride.unwrap_or(side) })
        }
        ("avg", None, stride) => {
            let side = number(size)?;
            Ok(Layer::AveragePool { side, stride: stride.unwrap_or(side) })
        }
        _ => Err(FORMS),
    }
}

/// Reads `8x8x1`: height, width and channels.
pub(crate) fn image(text: &str) -> Result<Image, &'static str> {
    let sizes: Option<Vec<u16>> = text.split('x').map(|size| size.parse().ok()).collect();
    match sizes.as_deref() {
        Some(&[height, width, channels]) => Ok(Image { height, width, channels }),
        _ => Err("an image is HEIGHTxWIDTHxCHANNELS, such as 8x8x1"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Image, Layer, image, layer};

    #[test]
    fn layers_are_what_they_say() {
        let convolution =
            |stride, padding| Layer::Convolution { filters: 8, side: 5, stride, padding };
        assert_eq!(layer("conv:8x5"), Ok(convolution(1, 2)));
        assert_eq!(layer("conv:8x5/2"), Ok(convolution(2, 2)));
        assert_eq!(layer("conv:8x5+0"), Ok(convolution(1, 0)));
        assert_eq!(layer("conv:8x5/3+4"), Ok(convolution(3, 4)));
        assert_eq!(layer("max:2"), Ok(Layer::MaxPool { side: 2, stride: 2 }));
        assert_eq!(layer("avg:3/1"), Ok(Layer::AveragePool { side: 3, stride: 1 }));
        assert_eq!(layer("dense:300"), Ok(Layer::Dense { outputs: 300 }));
        assert_eq!(image("8x4x3"), Ok(Image { height: 8, width: 4, channels: 3 }));
    }

    #[test]
    fn rejects_what_is_no_layer() {
        for text in [
            "",
            "conv",
            "conv:",
            "conv:8",
            "conv:x3",
            "conv:8x300",
            "conv:8x3/",
            "conv:8x3+",
            "max:",
            "max:2+1",
            "max:2/x",
            "avg:-1",
            "dense:2/1",
            "dense:2+1",
            "dense:70000",
            "relu:1",
            "max:2/1/1",
        ] {
            assert!(layer(text).is_err(), "{text}");
        }
        for text in ["", "8", "8x8", "8x8x", "8x8x1x1", "-8x8x1", "70000x1x1"] {
            assert!(image(text).is_err(), "{text}");
        }
    }
}
