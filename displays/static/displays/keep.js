// What a board or window screen keeps for the day its server is away: its last frame and programme, and, by its worker, page and media.

import { pageData } from "../hallqueue/page.js";

const OLD_PAGE = 60_000;
const HEARD_EVERY = 4000; // the server beats every 5 s
const ASK_AGAIN = 60_000;
const keptOf = `kept:${pageData.topic}:${pageData.lang}:`;
const storedHere = keptOf + pageData.build; // until the worker has the new page, the older one finds its own frame
const heardHere = `${storedHere}:heard`;

/** The last frame and programme of this page, and when the server was last heard: {frame, programme, offset, at}; nothing on the first visit. */
export function keptPage() {
  const kept = JSON.parse(localStorage.getItem(storedHere) ?? "null");
  if (!kept) return null;
  kept.at = Math.max(kept.at, Number(localStorage.getItem(heardHere)));
  const offset = Date.parse(pageData.now) - Date.now();
  const isNew = offset > kept.offset - OLD_PAGE && Date.parse(pageData.now) > kept.at + kept.offset;
  // The page itself is new: so is its programme. Its clock is late by its age, which a page from the worker may have.
  return isNew ? { ...kept, programme: pageData.programme, offset: Math.max(offset, kept.offset) } : kept;
}

/** Keep a frame with its programme; `offset` is the server's clock minus ours in ms. */
export function keepPage(frame, programme, offset) {
  store(storedHere, JSON.stringify({ frame, programme, offset, at: Date.now() }));
  keepFiles(programme);
}

let lastKept = 0;

/** Keep when the server was last heard: until then the picture was right, however long ago its last frame came. */
export function keepHeard(at, programme) {
  if (at - lastKept < HEARD_EVERY) return;
  store(heardHere, (lastKept = at));
  keepFiles(programme);
}

function store(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A full or forbidden store: the page goes on, and only a reload without a server would miss it.
  }
}

const wish = { name: "", at: 0, whole: false };

/**
 * Tell the worker which files to keep: the page, all it has loaded so far, and the media of its playlists; once more
 * when that changes, or when the worker has not answered that it has them all.
 */
async function keepFiles(programme) {
  if (!("serviceWorker" in navigator)) return;
  await fontsInUse();
  const media = programme.playlists.flatMap((list) => list.entries.map((entry) => entry.media)).filter(Boolean);
  const loaded = performance.getEntriesByType("resource").map((each) => each.name);
  const files = [...new Set(loaded.filter((address) => address.startsWith(`${location.origin}/static/`)))];
  const name = JSON.stringify([files, media]);
  if (name === wish.name && (wish.whole || Date.now() - wish.at < ASK_AGAIN)) return;
  Object.assign(wish, { name, at: Date.now(), whole: false });
  document.documentElement.dataset.kept = "part";
  (await ready())?.postMessage({ name, page: location.href, files, media });
}

/** A font is asked for when the words that need it are laid out, and is among the loaded files when it is there. */
function fontsInUse() {
  document.documentElement.getBoundingClientRect();
  return document.fonts.ready;
}

navigator.serviceWorker?.addEventListener("message", ({ data }) => {
  if (data.kept !== wish.name) return;
  wish.whole = true;
  document.documentElement.dataset.kept = "whole";
  for (const old of Object.keys(localStorage)) if (old.startsWith(keptOf) && !old.startsWith(storedHere)) localStorage.removeItem(old);
});

async function ready() {
  try {
    await navigator.serviceWorker.register(`/${pageData.hall}/${document.documentElement.dataset.surface}/worker.js`);
    return (await navigator.serviceWorker.ready).active;
  } catch {
    return null;
  }
}
