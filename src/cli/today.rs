//! Today's date, for what depends on it: the library takes it as an argument.

use std::time::{SystemTime, UNIX_EPOCH};

use tradewind::units::Date;

/// Today in UTC; `None` where the machine's clock shows no year that is kept.
pub(super) fn today() -> Option<Date> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    i32::try_from(seconds / 86_400).ok().and_then(Date::from_days)
}
