// Moments as the hall's own clock and calendar show them, whatever the zone of the browser.

import { pageData } from "./page.js";

const formats = (locale, shape) => new Intl.DateTimeFormat(locale, { timeZone: pageData.time_zone, hourCycle: "h23", ...shape });
const MINUTE = { hour: "2-digit", minute: "2-digit" };
const minute = formats("zh-CN", MINUTE);
const second = formats("zh-CN", { ...MINUTE, second: "2-digit" });
const date = formats("sv-SE", { year: "numeric", month: "2-digit", day: "2-digit" });

/** The hour and minute of a moment (ISO text, a Date, or milliseconds): 09:05; nothing for none. */
export const clock = (moment) => (moment ? minute.format(new Date(moment)) : "");

/** The same to the second: 09:05:07. */
export const exactClock = (moment) => second.format(new Date(moment));

/** The calendar day of a moment: 2026-11-28. */
export const dateOf = (moment) => date.format(new Date(moment));
