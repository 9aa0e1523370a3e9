//! Work on several threads whose results do not depend on how many there are.

use std::sync::{Mutex, PoisonError};

/// What `work` makes of every item, in the order of the items.
///
/// Items are handed out one by one, since one may take a thousand times as long as another. What panics in a thread
/// panics in the caller, as it would without threads.
pub(crate) fn each<T: Sync, R: Send>(items: &[T], threads: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = threads.clamp(1, items.len().max(1));
    if threads == 1 {
        return items.iter().map(work).collect();
    }
    let queue = Mutex::new(items.iter().enumerate());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let run = || {
        let mut done = Vec::new();
        while let Some((number, item)) = next() {
            done.push((number, work(item)));
        }
        done
    };
    let mut results = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        let mut results = Vec::with_capacity(items.len());
        for worker in workers {
            match worker.join() {
                Ok(done) => results.extend(done),
                Err(panicked) => std::panic::resume_unwind(panicked),
            }
        }
        results
    });
    results.sort_by_key(|(number, _)| *number);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_the_order_of_the_items_on_any_number_of_threads() {
        let items: Vec<u64> = (0..100).collect();
        let squares: Vec<u64> = items.iter().map(|item| item * item).collect();
        for threads in [0, 1, 2, 7, 1000] {
            assert_eq!(each(&items, threads, |item| item * item), squares, "{threads}");
        }
        assert_eq!(each(&[] as &[u64], 4, |item| *item), [] as [u64; 0]);
    }

    #[test]
    #[should_panic(expected = "item 3")]
    fn what_panics_in_a_thread_panics_in_the_caller() {
        each(&[1, 2, 3, 4], 2, |item| assert_ne!(*item, 3, "item 3"));
    }
}
