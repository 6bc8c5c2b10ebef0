//! Where names stand beside the marks of a plot, so that none covers another one or a mark. Places only; nothing is drawn.

/// An upright rectangle: its left upper corner and its size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Area {
    /// Its left end.
    pub x: f64,
    /// Its upper end.
    pub y: f64,
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
}

impl Area {
    /// Whether two have a point in common.
    pub fn meets(&self, other: &Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }

    /// Whether another one lies within it.
    pub fn holds(&self, other: &Self) -> bool {
        other.x >= self.x
            && other.y >= self.y
            && other.x + other.width <= self.x + self.width
            && other.y + other.height <= self.y + self.height
    }
}

/// How far a name is moved from its mark, near places first.
const FAR: [f64; 7] = [9.0, 16.0, 26.0, 40.0, 60.0, 90.0, 130.0];

/// In which directions, the most usual first.
const WAYS: [(f64, f64); 8] =
    [(1.0, 0.0), (-1.0, 0.0), (1.0, -1.0), (1.0, 1.0), (-1.0, -1.0), (-1.0, 1.0), (0.0, -1.0), (0.0, 1.0)];

/// A mark's place, and the size of its name.
pub(super) type Wanted = ((f64, f64), (f64, f64));

/// A place for each name of the given size beside its mark, within `bounds`, clear of all other names and of what is `taken`; also
/// clear of what is `better_free`, where there is such a place. `None` where there is none.
pub(super) fn places(
    marks: &[Wanted],
    bounds: Area,
    taken: &[Area],
    better_free: &[Area],
) -> Vec<Option<Area>> {
    let mut placed: Vec<Area> = Vec::new();
    let one = |(mark, size): &Wanted| {
        let all: Vec<Area> = beside(*mark, *size)
            .filter(|area| bounds.holds(area) && !taken.iter().chain(&placed).any(|other| area.meets(other)))
            .collect();
        let free = all.iter().find(|area| !better_free.iter().any(|other| area.meets(other)));
        let found = free.or(all.first()).copied();
        placed.extend(found);
        found
    };
    marks.iter().map(one).collect()
}

fn beside((x, y): (f64, f64), (width, height): (f64, f64)) -> impl Iterator<Item = Area> {
    let at = move |(far, (right, down)): (f64, (f64, f64))| {
        let x = match right {
            right if right > 0.0 => x + far,
            right if right < 0.0 => x - far - width,
            _ => x - width / 2.0,
        };
        let y = match down {
            down if down > 0.0 => y + far,
            down if down < 0.0 => y - far - height,
            _ => y - height / 2.0,
        };
        Area { x, y, width, height }
    };
    FAR.into_iter().flat_map(|far| WAYS.into_iter().map(move |way| (far, way))).map(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_marks_at_one_place_never_meet() {
        let bounds = Area { x: 0.0, y: 0.0, width: 480.0, height: 300.0 };
        let marks = [((240.0, 150.0), (90.0, 14.0)); 12];
        let taken = [Area { x: 235.0, y: 145.0, width: 10.0, height: 10.0 }];
        let placed: Vec<Area> = places(&marks, bounds, &taken, &[]).into_iter().flatten().collect();
        assert_eq!(placed.len(), 12);
        for (at, one) in placed.iter().enumerate() {
            assert!(bounds.holds(one) && !taken[0].meets(one));
            assert!(placed[at + 1..].iter().all(|other| !one.meets(other)), "{one:?} of {placed:?}");
        }
    }

    #[test]
    fn a_name_keeps_off_what_is_better_left_free_where_it_can() {
        let bounds = Area { x: 0.0, y: 0.0, width: 200.0, height: 100.0 };
        let bar = Area { x: 101.0, y: 0.0, width: 90.0, height: 100.0 };
        let placed = places(&[((100.0, 50.0), (40.0, 14.0))], bounds, &[], &[bar]);
        assert!(placed[0].is_some_and(|area| !area.meets(&bar) && area.x < 100.0));
    }

    #[test]
    fn a_name_without_any_room_is_left_out() {
        let bounds = Area { x: 0.0, y: 0.0, width: 20.0, height: 20.0 };
        assert_eq!(places(&[((10.0, 10.0), (40.0, 14.0))], bounds, &[], &[]), [None]);
    }
}
