//! Squares of a grid that hang together.

/// A connected component, in squares, its ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Component {
    pub(super) x0: u32,
    pub(super) y0: u32,
    pub(super) x1: u32,
    pub(super) y1: u32,
    /// Squares that are set.
    pub(super) squares: usize,
}

impl Component {
    pub(super) fn width(&self) -> u32 {
        self.x1 - self.x0 + 1
    }

    pub(super) fn height(&self) -> u32 {
        self.y1 - self.y0 + 1
    }
}

/// The components of a grid of so many columns, row by row; squares up to `reach` apart hang together.
pub(super) fn components(mut set: Vec<bool>, columns: u32, reach: u32) -> Vec<Component> {
    let width = columns.max(1) as usize;
    let rows = u32::try_from(set.len() / width).unwrap_or(u32::MAX);
    let mut components = Vec::new();
    let mut open = Vec::new();
    for first in 0..set.len() {
        if !std::mem::take(&mut set[first]) {
            continue;
        }
        open.push(first);
        let mut component = Component { x0: u32::MAX, y0: u32::MAX, x1: 0, y1: 0, squares: 0 };
        while let Some(at) = open.pop() {
            let (x, y) = ((at % width) as u32, (at / width) as u32);
            (component.x0, component.x1) = (component.x0.min(x), component.x1.max(x));
            (component.y0, component.y1) = (component.y0.min(y), component.y1.max(y));
            component.squares += 1;
            for near_y in y.saturating_sub(reach)..(y + reach + 1).min(rows) {
                for near_x in x.saturating_sub(reach)..(x + reach + 1).min(columns) {
                    let near = near_y as usize * width + near_x as usize;
                    if std::mem::take(&mut set[near]) {
                        open.push(near);
                    }
                }
            }
        }
        components.push(component);
    }
    components
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_within_reach_hangs_together() {
        let set = || "##..#\n....#\n#....".replace('\n', "").chars().map(|c| c == '#').collect();
        let boxes =
            |reach| components(set(), 5, reach).iter().map(|c| (c.x0, c.y0, c.x1, c.y1, c.squares)).collect::<Vec<_>>();
        assert_eq!(boxes(1), [(0, 0, 1, 0, 2), (4, 0, 4, 1, 2), (0, 2, 0, 2, 1)]);
        assert_eq!(boxes(2), [(0, 0, 1, 2, 3), (4, 0, 4, 1, 2)]);
        assert!(components(Vec::new(), 0, 1).is_empty());
    }
}
