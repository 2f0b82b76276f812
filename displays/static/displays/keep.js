// What a board or window screen keeps for the day its server is away: its last frame and programme, and, by its worker, page and media.

import { pageData } from "../hallqueue/page.js";

const OLD_PAGE = 60_000;
const storedHere = `kept:${pageData.topic}:${pageData.lang}`;

/** The last frame and programme of this page: {frame, programme, offset, at}; nothing on the first visit. */
export function keptPage() {
  const kept = JSON.parse(localStorage.getItem(storedHere) ?? "null");
  if (!kept || kept.build !== pageData.build) return null;
  const fresh = Date.parse(pageData.now) + OLD_PAGE > Date.now() + kept.offset;
  // The page itself is new: its own programme and clock are the newer ones.
  return fresh ? { ...kept, programme: pageData.programme, offset: Date.parse(pageData.now) - Date.now() } : kept;
}

/** Keep a frame with its programme; `offset` is the server's clock minus ours in ms. */
export function keepPage(frame, programme, offset) {
  try {
    localStorage.setItem(storedHere, JSON.stringify({ build: pageData.build, frame, programme, offset, at: Date.now() }));
  } catch {
    // A full or forbidden store: the page goes on, and only a reload without a server would miss it.
  }
  keepFiles(programme);
}

let told = "";

/** Tell the worker which files to keep: the page, all it has loaded so far, and the media of its playlists. */
async function keepFiles(programme) {
  if (!("serviceWorker" in navigator)) return;
  const media = programme.playlists.flatMap((list) => list.entries.map((entry) => entry.media)).filter(Boolean);
  const loaded = performance.getEntriesByType("resource").map((each) => each.name);
  const files = [...new Set(loaded.filter((address) => address.startsWith(`${location.origin}/static/`)))];
  const wish = JSON.stringify([files, media]);
  if (wish === told) return;
  told = wish;
  (await ready())?.postMessage({ page: location.href, files, media });
}

async function ready() {
  try {
    await navigator.serviceWorker.register(`/${pageData.hall}/${document.documentElement.dataset.surface}/worker.js`);
    return (await navigator.serviceWorker.ready).active;
  } catch {
    return null;
  }
}
