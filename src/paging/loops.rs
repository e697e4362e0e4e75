//! Detects lists that never end, because the server repeats a cursor.

use std::{
    collections::{VecDeque, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
};

/// How many of the last cursors are remembered, so that the memory stays the same for any list.
const REMEMBERED: usize = 1000;

/// The cursors of a list so far.
#[derive(Debug, Default)]
pub(crate) struct SeenCursors {
    last: VecDeque<u64>,
    count: u64,
    /// The cursor at the last count that is a power of two. Every loop returns to it at some time.
    checkpoint: Option<u64>,
}

impl SeenCursors {
    /// Remembers `cursor`, and returns whether it has come before.
    ///
    /// A cursor that comes again within 1,000 pages is found at once. A longer loop is found before the
    /// list has twice as many pages as at the first repetition.
    pub(crate) fn repeats(&mut self, cursor: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        cursor.hash(&mut hasher);
        let hash = hasher.finish();
        let repeats = self.last.contains(&hash) || self.checkpoint == Some(hash);
        if self.last.len() == REMEMBERED {
            self.last.pop_front();
        }
        self.last.push_back(hash);
        self.count += 1;
        if self.count.is_power_of_two() {
            self.checkpoint = Some(hash);
        }
        repeats
    }
}

#[cfg(test)]
mod tests {
    use super::{REMEMBERED, SeenCursors};

    /// Returns after how many cursors the first repetition is found.
    fn found_after(cursors: impl Iterator<Item = usize>) -> Option<usize> {
        let mut seen = SeenCursors::default();
        cursors
            .take(100_000)
            .position(|cursor| seen.repeats(&cursor.to_string()))
    }

    #[test]
    fn a_repeated_cursor_is_found_in_loops_of_any_length() {
        assert_eq!(found_after([1, 1].into_iter()), Some(1));
        assert_eq!(found_after([1, 2, 3, 2].into_iter()), Some(3));
        let length = REMEMBERED * 5;
        let found = found_after((0..length).cycle()).expect("the loop is found");
        assert!((length..4 * length).contains(&found), "{found}");
        assert_eq!(found_after(0..), None);
    }
}
