//! Zeros around a tensor become a convolution's own padding.

use super::Draft;
use crate::network::graph::{Linear, Node, Window};

/// The window that reads through `pad`, if that only puts zeros around an axis of `size`.
fn through(window: &Window, pad: &Window, size: usize) -> Option<Window> {
    let is_pad = pad.taps == 1 && pad.stride == 1 && pad.repeat == 1;
    // The whole axis is still there: what the outer window takes for padding stays padding.
    let holds_all = pad.offset <= 0 && size as i64 <= pad.outputs as i64 + pad.offset;
    let offset = window.offset + pad.offset;
    (is_pad && holds_all && window.repeat == 1).then_some(Window { offset, ..*window })
}

/// One pass; whether anything changed.
pub(super) fn fold(draft: &mut Draft) -> bool {
    let mut has_changed = false;
    for index in 0..draft.nodes.len() {
        let Node::Linear(linear) = &draft.nodes[index] else { continue };
        let Some(before) = linear.from.checked_sub(1) else { continue };
        let Node::Fixed { from, rows, columns, channels, factor } = &draft.nodes[before] else {
            continue;
        };
        let source = draft.graph.shapes()[*from];
        if *factor != 1.0 || !channels.is_identity(source.channels) {
            continue;
        }
        let rows = through(&linear.rows, rows, source.height);
        let columns = through(&linear.columns, columns, source.width);
        if let (Some(rows), Some(columns)) = (rows, columns) {
            let from = *from;
            draft.nodes[index] = Node::Linear(Linear { from, rows, columns, ..linear.clone() });
            has_changed = true;
        }
    }
    // Numbers of reads are wrong now, and the next passes rely on them.
    if has_changed {
        draft.count();
    }
    has_changed
}
