//! Windows, against their formula.

use super::super::Window;
use proptest::prelude::*;

fn formula(window: &Window, output: u32, tap: u32, size: u32) -> Option<u32> {
    let place = i128::from(output) * i128::from(window.stride)
        + i128::from(tap) * i128::from(window.dilation)
        + i128::from(window.offset);
    let index = place.div_euclid(i128::from(window.repeat));
    (0..i128::from(size)).contains(&index).then_some(index as u32)
}

#[track_caller]
fn check(window: &Window, size: u32) {
    for tap in 0..window.taps {
        let outputs = window.outputs_of(tap, size);
        for output in 0..window.outputs {
            let expected = formula(window, output, tap, size);
            assert_eq!(window.input(output, tap, size), expected, "{window:?} {output} {tap}");
            assert_eq!(outputs.contains(&output), expected.is_some(), "{window:?} tap {tap}");
            let taps = window.taps_of(output, size);
            assert_eq!(taps.contains(&tap), expected.is_some(), "{window:?} output {output}");
        }
    }
}

proptest! {
    #[test]
    fn an_output_reads_what_the_formula_says(
        sizes in prop::array::uniform5(1_u32..7), offset in -20_i32..20, size in 1_u32..9,
    ) {
        let [outputs, taps, stride, dilation, repeat] = sizes;
        check(&Window { outputs, taps, stride, dilation, offset, repeat }, size);
    }

    #[test]
    fn any_numbers_are_read_without_panic(
        numbers: [u32; 5], offset: i32, at: [u32; 2], size: u32,
    ) {
        let [outputs, taps, stride, dilation, repeat] = numbers;
        let window = Window { outputs, taps, stride, dilation, offset, repeat };
        let _any = window.input(at[0], at[1], size);
        let reached = [window.outputs_of(at[1], size), window.taps_of(at[0], size)];
        prop_assert!(reached[0].end <= outputs && reached[1].end <= taps);
    }
}

#[test]
fn the_usual_windows_are_what_their_names_say() {
    let reads = |window: Window, size: u32| -> Vec<Vec<u32>> {
        let of = |output| (0..window.taps).filter_map(move |tap| window.input(output, tap, size));
        (0..window.outputs).map(|output| of(output).collect()).collect()
    };
    assert_eq!(reads(Window::identity(3), 3), [[0], [1], [2]]);
    assert_eq!(reads(Window::whole(3), 3), [[0, 1, 2]]);
    assert_eq!(reads(Window::sliding(3, 3, 1, 1), 3), [vec![0, 1], vec![0, 1, 2], vec![1, 2]]);
    assert_eq!(reads(Window::sliding(2, 2, 2, 0), 5), [[0, 1], [2, 3]]);
    assert_eq!(reads(Window::placed(4, 2), 2), [vec![], vec![], vec![0], vec![1]]);
    assert_eq!(reads(Window::placed(2, -1), 3), [[1], [2]]);
    assert_eq!(reads(Window::repeated(2, 2), 2), [[0], [0], [1], [1]]);
}
