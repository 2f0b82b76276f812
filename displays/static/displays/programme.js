// Which notices play at a moment: the schedule's moments and hours against the server's clock in the hall's time zone.

const MINUTES = 60;

/** The entries of all playlists whose days and hours it is, each itself within its validity; `now` in ms. */
export function playingNow(playlists, now, timeZone) {
  const local = localTime(now, timeZone);
  return playlists.filter((list) => isItsTime(list, now, local)).flatMap((list) => list.entries.filter((entry) => isValid(entry, now)));
}

/** Whether the hall's clock stands in one of `spans` (minutes of the day). */
export function isNight(spans, now, timeZone) {
  return isWithin(spans, localTime(now, timeZone).minute);
}

function isItsTime(list, now, { weekday, minute }) {
  const day = list.weekdays.length === 0 || list.weekdays.includes(weekday);
  return day && isValid(list, now) && (list.spans.length === 0 || isWithin(list.spans, minute));
}

function isValid({ since, until }, now) {
  return (!since || now >= Date.parse(since)) && (!until || now < Date.parse(until));
}

function isWithin(spans, minute) {
  return spans.some(([start, end]) => minute >= start && minute < end);
}

function localTime(now, timeZone) {
  const words = new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(now);
  const part = (type) => words.find((each) => each.type === type).value;
  const weekday = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(part("weekday"));
  return { weekday, minute: Number(part("hour")) * MINUTES + Number(part("minute")) };
}
