//! The clock of a search: when its time is up, and how far it is, told on a terminal.
//!
//! The only place that asks for the time: the library has no clock.

use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant, SystemTime};

use tradewind::report::progress_text;
use tradewind::units::Date;
use tradewind::{Progress, Stop};

/// A search that is over by then says nothing of itself.
const QUIET: Duration = Duration::from_secs(1);
/// Between two lines.
const PAUSE: Duration = Duration::from_millis(200);

/// The day it is, in UTC; 1970-01-01 on a machine whose clock stands before that.
pub(super) fn today() -> Date {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let days = i64::try_from(since.as_secs() / 86_400).unwrap_or_default();
    Date::from_days(days).unwrap_or(Date::EPOCH)
}

/// A clock that runs.
pub(super) struct Watch {
    started: Instant,
    limit: Option<Duration>,
    /// Where standard error is a terminal: elsewhere, a line that is written over would be noise.
    ticker: Option<Ticker>,
}

impl Watch {
    pub(super) fn start(limit: Option<Duration>) -> Self {
        let ticker = std::io::stderr().is_terminal().then(Ticker::default);
        Watch { started: Instant::now(), limit, ticker }
    }

    /// Tells how far the search is, and whether it may go on.
    pub(super) fn look(&mut self, progress: &Progress) -> ControlFlow<Stop> {
        self.wait(|| progress_text(progress))
    }

    /// Tells what goes on, and whether it may.
    pub(super) fn wait(&mut self, text: impl FnOnce() -> String) -> ControlFlow<Stop> {
        self.tell(text);
        match self.limit {
            Some(limit) if self.started.elapsed() >= limit => ControlFlow::Break(Stop::Deadline),
            _ => ControlFlow::Continue(()),
        }
    }

    /// Tells what is done so far.
    pub(super) fn tell(&mut self, text: impl FnOnce() -> String) {
        let elapsed = self.started.elapsed();
        if let Some(line) = self.ticker.as_mut().and_then(|ticker| ticker.tick(elapsed, text)) {
            show(&line);
        }
    }

    /// Does what tells nothing for long, and tells meanwhile how far it is.
    pub(super) fn during<T>(&mut self, text: impl Fn() -> String + Send, work: impl FnOnce() -> T) -> T {
        if self.ticker.is_none() {
            return work();
        }
        std::thread::scope(|scope| {
            // Dropped where the work ends, even by a panic.
            let (_working, ended) = channel::<()>();
            scope.spawn(move || {
                while ended.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
                    self.tell(&text);
                }
            });
            work()
        })
    }

    /// Takes the line away.
    pub(super) fn end(self) {
        if let Some(line) = self.ticker.as_ref().and_then(Ticker::blank) {
            show(&line);
        }
    }
}

fn show(line: &str) {
    let mut stderr = std::io::stderr().lock();
    // Progress that cannot be shown is no fault.
    let _ = stderr.write_all(line.as_bytes()).and_then(|()| stderr.flush());
}

/// One line, written over again and again by carriage returns alone: no terminal is too dumb for it.
#[derive(Default)]
struct Ticker {
    shown: Option<Duration>,
    width: usize,
}

impl Ticker {
    /// What to write now, if anything.
    fn tick(&mut self, elapsed: Duration, text: impl FnOnce() -> String) -> Option<String> {
        let due = self.shown.map_or(QUIET, |shown| shown + PAUSE);
        if elapsed < due {
            return None;
        }
        let text = format!("{} s: {}", elapsed.as_secs(), text());
        // Blanks over what a longer line left.
        let line = format!("\r{text:<width$}", width = self.width);
        self.shown = Some(elapsed);
        self.width = text.chars().count();
        Some(line)
    }

    /// Blanks over the last line.
    fn blank(&self) -> Option<String> {
        (self.width > 0).then(|| format!("\r{:width$}\r", "", width = self.width))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn nothing_is_said_within_a_second_and_then_five_times_a_second() {
        let mut ticker = Ticker::default();
        let mut tick = |milliseconds, text: &str| ticker.tick(Duration::from_millis(milliseconds), || text.to_owned());
        assert_eq!(tick(999, "one"), None);
        assert_eq!(tick(1000, "one hundred").as_deref(), Some("\r1 s: one hundred"));
        assert_eq!(tick(1199, "two"), None);
        assert_eq!(tick(1200, "two").as_deref(), Some("\r1 s: two        "));
        assert_eq!(ticker.blank().as_deref(), Some("\r        \r"));
        assert_eq!(Ticker::default().blank(), None);
    }

    #[test]
    fn what_tells_nothing_itself_is_told_of_meanwhile() {
        let told = Mutex::new(0);
        let count = || told.lock().expect("no one panicked");
        let mut watch = Watch { started: Instant::now() - QUIET, limit: None, ticker: Some(Ticker::default()) };
        let work = || {
            let start = Instant::now();
            while *count() < 2 && start.elapsed() < Duration::from_secs(60) {
                std::thread::sleep(PAUSE / 10);
            }
            7
        };
        let text = || {
            *count() += 1;
            "at work".to_owned()
        };
        assert_eq!(watch.during(text, work), 7);
        assert!(*count() >= 2, "told again while it went on");
        let mut silent = Watch { ticker: None, ..watch };
        assert_eq!(silent.during(|| panic!("nobody looks"), || 8), 8);
    }
}
